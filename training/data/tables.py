"""All tables of fillers in one: what every template of this package may name."""

from __future__ import annotations

from training.data import benign, code, errands, given_tasks, patterns, tasks
from training.data.slots import SLOTS

TABLES: dict[str, tuple[str, ...]] = {
    **SLOTS,
    **{
        "brandpkg": ("norvela-utils", "fastkettle", "tessel_helper", "lumapath", "left-padder"),
        "task_core": (*tasks.TASK_CORES, *errands.RESEARCH_CORES, *given_tasks.GIVEN_CORES),
        "work_core": (*tasks.WORK_CORES, *errands.ERRANDS, *given_tasks.TRADE_CORES, *given_tasks.TRADE_CORES),
    },
    **{
        "plain_task": ("@Task_core.", "@Task_core.", "@Task_core"),
        "quick_question": tasks.QUICK_QUESTIONS,
        "snippet": patterns.SNIPPETS,
        "payload_code": patterns.PAYLOAD_CODE,
    },
    **{"secret": SLOTS["secret"], "polite_task": ("please @task_core", "could you @task_core?", "@task_core")},
    **benign.BENIGN_SLOTS,
    "given_sentence": given_tasks.GIVEN_SENTENCES,
    **given_tasks.GIVEN_SLOTS,
    "deed": code.DEEDS,
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
    "place": code.PLACES,
    "chore": code.CHORES,
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
    "spot": code.SPOTS,
    "tool_kind": code.TOOL_KINDS,
    "subject": errands.SUBJECTS,
    "effect": errands.EFFECTS,
    "effect_noun": ("history", "critics", "costs", "effects", "future"),
    "feeling": errands.FEELINGS,
}
