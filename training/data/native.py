"""Draws orders and harmless sentences in the register of the document that they stand in (`grammars/native*.toml`)."""

from __future__ import annotations

import random
from collections.abc import Mapping

from training.data.grammar import capital, expand
from training.data.tables import TABLES
from training.data.texts import NATIVE, NATIVE_LANGUAGES, SLOTS
from training.data.voices import FIGURES, UNSPACED

INTENTS = {
    "output": "answer_hijack",
    "norm": "answer_hijack",
    "condition": "answer_hijack",
    "record": "format_mandate",
    "step": "answer_hijack",
    "story": "answer_hijack",
    "topical": "answer_hijack",
    "bulletin": "task_conflict",
    "authority": "override",
    "study": "meta_training",
    "promote": "persuasion_ads",
    "gate": "answer_hijack",
    "fault": "refusal",
    "mislead": "answer_hijack",
    "rewrite": "format_mandate",
    "sidework": "task_conflict",
    "insert": "persuasion_ads",
    "blocked": "answer_hijack",
    "outage": "refusal",
    "verify": "answer_hijack",
    "agent": "tool_call",
    "plead": "exfiltration",
    "scene": "exfiltration",
    "argue": "exfiltration",
    "probe": "exfiltration",
    "program": "tool_call",
    "trade": "tool_call",
    "hype": "task_conflict",
}
"""Kind to intent."""
_SHARES = {
    "output": 9,
    "norm": 3,
    "topical": 4,
    "step": 2,
    "condition": 2,
    "bulletin": 2,
    "promote": 4,
    "gate": 4,
    "fault": 3,
    "mislead": 4,
    "rewrite": 3,
    "sidework": 5,
    "insert": 7,
    "blocked": 7,
    "outage": 7,
    "verify": 7,
    "agent": 7,
    "plead": 8,
    "scene": 6,
    "argue": 6,
    "probe": 5,
    "program": 5,
    "trade": 6,
    "hype": 5,
}
_ENGLISH = {**TABLES, **NATIVE["slots"], **NATIVE["harmless_slots"]}


def gap(lang: str) -> str:
    """What stands between two sentences of a language."""
    return "" if lang in UNSPACED else " "


def order(rng: random.Random, given: Mapping[str, str], kind: str | None = None) -> tuple[str, str]:
    """Kind and text of an English order, of one sentence or record."""
    kinds = list(NATIVE["orders"])
    kind = kind or rng.choices(kinds, [_SHARES.get(name, 1) for name in kinds])[0]
    return kind, capital(expand(rng.choice(NATIVE["orders"][kind]), rng, _ENGLISH, given))


def harmless(kind: str, rng: random.Random, given: Mapping[str, str]) -> str:
    """A harmless English sentence or record of the same kind and words."""
    return capital(expand(rng.choice(NATIVE["harmless"][kind]), rng, _ENGLISH, given))


def foreign(lang: str, table: str, rng: random.Random, given: Mapping[str, str]) -> str:
    """A sentence of "orders" or "harmless" in another language."""
    rules = NATIVE_LANGUAGES[lang]
    return capital(expand(rng.choice(rules[table]), rng, {**SLOTS, **FIGURES, "claim": rules["claim"]}, given))
