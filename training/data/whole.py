"""Draws whole prompts: an opening, a body and what is asked; and harmless documents of the same bodies (`whole.toml`).

Most sentences of such a prompt would be harmless alone. They are labelled with it, so that the model learns to take a
prompt by what stands round it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

from training.data.grammar import capital, expand
from training.data.tables import TABLES
from training.data.texts import WHOLE

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
}
_TABLES = {**TABLES, **WHOLE["slots"]}
GENRES = tuple(f"whole_{kind}" for kind in WHOLE["harmless"])


def order(rng: random.Random, given: Mapping[str, str]) -> tuple[str, str]:
    """Kind and text of a whole prompt."""
    kind = rng.choice(sorted(INTENTS))
    return kind, capital(expand(rng.choice(WHOLE["orders"][kind]), rng, _TABLES, given))


def harmless(kind: str, rng: random.Random, given: Mapping[str, str]) -> str:
    """A harmless passage of the same bodies."""
    return capital(expand(rng.choice(WHOLE["harmless"][kind]), rng, _TABLES, given))
