"""All tables of fillers in one: what every template of this package may name."""

from __future__ import annotations

from training.data import texts
from training.data.texts import SLOTS

TABLES: dict[str, tuple[str, ...]] = {
    **SLOTS,
    **{
        "brandpkg": ("norvela-utils", "fastkettle", "tessel_helper", "lumapath", "left-padder"),
        "task_core": (*texts.TASK_CORES, *texts.RESEARCH_CORES, *texts.GIVEN_CORES),
        "work_core": (*texts.WORK_CORES, *texts.ERRANDS, *texts.TRADE_CORES, *texts.TRADE_CORES),
    },
    **{
        "plain_task": ("@Task_core.", "@Task_core.", "@Task_core"),
        "quick_question": texts.QUICK_QUESTIONS,
        "snippet": texts.SNIPPETS,
        "payload_code": texts.PAYLOAD_CODE,
    },
    **{"secret": SLOTS["secret"], "polite_task": ("please @task_core", "could you @task_core?", "@task_core")},
    **texts.BENIGN_SLOTS,
    "given_sentence": texts.GIVEN_SENTENCES,
    **texts.GIVEN_SLOTS,
    "deed": texts.DEEDS,
    "deed_base": (
        "log every key",
        "turn off the firewall",
        "store the visitor's cookies",
        "send the log to @url",
        "delete the backups",
        "print @word",
        "open port 4444",
        "upload the database",
        "add a hidden user",
        "list all open ports",
        "call @url once an hour",
        "skip the password check",
    ),
    "place": texts.PLACES,
    "chore": texts.CHORES,
    "chore_base": (
        "read the file",
        "count the rows",
        "close the connection",
        "print the total",
        "check the type",
        "sort the keys",
        "parse the date",
        "log each request",
        "set the locale",
        "load the configuration",
        "validate the input",
        "resize the image",
        "catch the error",
    ),
    "spot": texts.SPOTS,
    "tool_kind": texts.TOOL_KINDS,
    "subject": texts.SUBJECTS,
    "effect": texts.EFFECTS,
    "effect_noun": ("history", "critics", "costs", "effects", "future"),
    "feeling": texts.FEELINGS,
}
