"""Draws whole prompts: an opening, a body and what is asked; and harmless documents of the same bodies (`whole.toml`).

Most sentences of such a prompt would be harmless alone. They are labelled with it, so that the model learns to take a
prompt by what stands round it. `plea` writes such requests in other languages (`pleas.toml`).
"""

from __future__ import annotations

import random
from collections.abc import Mapping

from training.data.grammar import capital, expand
from training.data.tables import TABLES
from training.data.texts import PLEAS, SLOTS, WHOLE
from training.data.voices import FIGURES

INTENTS = {
    "staged": "exfiltration",
    "given_text": "exfiltration",
    "steps": "tool_call",
    "record": "tool_call",
    "code": "tool_call",
    "world": "persona",
    "pressing": "exfiltration",
    "forms": "exfiltration",
    "puzzle": "exfiltration",
    "screening": "answer_hijack",
    "repeat_it": "exfiltration",
    "notice": "tool_call",
    "smalltalk": "task_conflict",
    "template": "override",
    "questionnaire": "exfiltration",
    "expressions": "exfiltration",
    "error_report": "override",
    "cells": "override",
    "turns": "override",
    "review": "tool_call",
    "log": "tool_call",
    "translation": "override",
    "wishes": "answer_hijack",
    "metadata": "format_mandate",
    "norms": "answer_hijack",
    "stories": "answer_hijack",
    "conditions": "answer_hijack",
    "sidewishes": "task_conflict",
}
_TABLES = {**TABLES, **WHOLE["slots"]}
GENRES = (*(f"whole_{kind}" for kind in WHOLE["harmless"]), *(f"plea:{lang}" for lang in PLEAS))


def order(rng: random.Random, given: Mapping[str, str]) -> tuple[str, str]:
    """Kind and text of a whole prompt."""
    kind = rng.choice(sorted(INTENTS))
    return kind, capital(expand(rng.choice(WHOLE["orders"][kind]), rng, _TABLES, given))


def harmless(kind: str, rng: random.Random, given: Mapping[str, str]) -> str:
    """A harmless passage of the same bodies, or of the words of `plea`."""
    if kind.startswith("plea:"):
        return plea(kind[5:], "harmless", rng, given)
    return capital(expand(rng.choice(WHOLE["harmless"][kind]), rng, _TABLES, given))


def plea(lang: str, table: str, rng: random.Random, given: Mapping[str, str]) -> str:
    """A request to a chat assistant ("orders") or a sentence of the same words ("harmless") in another language."""
    rules = PLEAS[lang]
    return capital(expand(rng.choice(rules[table]), rng, {**SLOTS, **FIGURES, **rules}, given))
