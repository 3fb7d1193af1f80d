"""The grammars of this package as tables: every text of it stands in `grammars/*.toml`, and is read here, once.

A template chooses with `[a|b]` and fills `@slot` from a table (`grammar.py`). Most files hold arrays; where a file has
a template a line in one long string, "⏎" stands for a line break.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

Lines = tuple[str, ...]
Tables = dict[str, Lines]

_FOLDER = Path(__file__).parent / "grammars"


@cache
def _file(name: str) -> dict[str, Any]:
    with (_FOLDER / f"{name}.toml").open("rb") as content:
        return tomllib.load(content)


def _lines(value: str | list[str]) -> Lines:
    if isinstance(value, list):
        return tuple(value)
    return tuple(line.replace("⏎", "\n") for line in value.splitlines() if line)


def _array(file: str, name: str) -> Lines:
    return _lines(_file(file)[name])


def _table(file: str, name: str | None = None) -> Tables:
    content = _file(file) if name is None else _file(file)[name]
    return {key: _lines(value) for key, value in content.items()}


def _tables(file: str, name: str | None = None) -> dict[str, Tables]:
    content = _file(file) if name is None else _file(file)[name]
    return {key: {inner: _lines(value) for inner, value in table.items()} for key, table in content.items()}


def _rules(file: str, name: str) -> dict[str, str]:
    return dict(_file(file)[name])


BENIGN_SLOTS = _table("benign", "BENIGN_SLOTS")
BENIGN = _table("benign", "BENIGN")
BENIGN_LANGUAGES = _table("benign", "BENIGN_LANGUAGES")
BRIEF = _table("brief", "BRIEF")
BRIEF_HARMLESS = _table("brief", "BRIEF_HARMLESS")
BODIES = _array("code", "BODIES")
LEADS = _array("code", "LEADS")
DEEDS = _array("code", "DEEDS")
PLACES = _array("code", "PLACES")
MORE_BODIES = _array("code", "MORE_BODIES")
BENIGN_BODIES = _array("code", "BENIGN_BODIES")
BENIGN_LEADS = _array("code", "BENIGN_LEADS")
CHORES = _array("code", "CHORES")
SPOTS = _array("code", "SPOTS")
TOOL_KINDS = _array("code", "TOOL_KINDS")
SUBJECTS = _array("errands", "SUBJECTS")
RESEARCH_CORES = _array("errands", "RESEARCH_CORES")
EFFECTS = _array("errands", "EFFECTS")
FEELINGS = _array("errands", "FEELINGS")
ERRANDS = _array("errands", "ERRANDS")
LETTERS = _array("errands", "LETTERS")
LEAKS = _array("errands", "LEAKS")
ROLES = _array("errands", "ROLES")
EVERYDAY = _table("everyday", "EVERYDAY")
OPENINGS = _table("everyday", "OPENINGS")
TOPIC_LINES = _array("everyday", "TOPIC_LINES")
FRAMES = _table("frames", "FRAMES")
GENERATOR_FRAMES = _table("frames", "GENERATOR_FRAMES")
OPENERS = _array("frames", "OPENERS")
CLOSERS = _array("frames", "CLOSERS")
GIVEN_SLOTS = _table("given_tasks", "GIVEN_SLOTS")
GIVEN_CORES = _array("given_tasks", "GIVEN_CORES")
GIVEN_SENTENCES = _array("given_tasks", "GIVEN_SENTENCES")
TRADE_CORES = _array("given_tasks", "TRADE_CORES")
LANGUAGES = _tables("languages", "LANGUAGES")
RARE = _table("languages", "RARE")
RARE_FRAMES = _array("languages", "RARE_FRAMES")
MORE_LANGUAGES = _tables("languages_tasks", "MORE_LANGUAGES")
MORE_RARE = _table("languages_tasks", "MORE_RARE")
ON_TOPIC = _table("languages_tasks", "ON_TOPIC")
MACHINE_PROSE = _table("machine_prose", "MACHINE_PROSE")
ORDERS = _table("patterns", "ORDERS")
SENTENCES = _table("patterns", "SENTENCES")
PAYLOAD_CODE = _array("patterns", "PAYLOAD_CODE")
SNIPPETS = _array("patterns", "SNIPPETS")
PRETEXTS = _array("pretexts", "PRETEXTS")
REQUESTS = _array("pretexts", "REQUESTS")
FOREIGN = _table("pretexts", "FOREIGN")
PROMPTS_ALONE = _array("prompts_alone", "PROMPTS_ALONE")
SLOTS = _table("slots", "SLOTS")
TASK_CORES = _array("tasks", "TASK_CORES")
WORK_CORES = _array("tasks", "WORK_CORES")
QUICK_QUESTIONS = _array("tasks", "QUICK_QUESTIONS")
WEST = _rules("voices_west", "WEST")
EAST = _rules("voices_east", "EAST")
MORE_VOICES = _rules("voices_more", "MORE_VOICES")


def _joined(*files: str) -> dict[str, Tables]:
    """Tables of several files: those of the same name hold the lines of each file in turn."""
    out: dict[str, dict[str, Lines]] = {}
    for file in files:
        for name, table in _tables(file).items():
            kept = out.setdefault(name, {})
            for key, lines in table.items():
                kept[key] = (*kept.get(key, ()), *lines)
    return dict(out)


NATIVE = _joined("native", "native_more")
"""English in the register of its document: fillers, orders and harmless sentences by kind."""
NATIVE_LANGUAGES = _joined("native_languages", "native_languages_more")
"""The same in other languages: `claim`, `orders` and `harmless` of each."""
WORKPLACE = _table("workplace")
"""Harmless text that people feed to generators and that reads like orders, by genre."""
DIRECTIONS = _tables("directions")
"""Harmless documents that tell people what to do, or speak of software for language models."""
WHOLE = _joined("whole", "whole_more")
"""Whole prompts by kind, and harmless passages of the same bodies."""
PLEAS = _tables("pleas")
"""Requests to a chat assistant in other languages: `orders` and `harmless` of each, and what fills them."""
CALM = _table("calm")
"""Short calm documents in twelve languages, one template a line."""
