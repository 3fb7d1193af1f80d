"""Harmless documents that give directions to people: statutes, rules, notices, lists of changes (`directions.toml`)."""

from __future__ import annotations

import random
from collections.abc import Mapping

from training.data.grammar import capital, expand
from training.data.tables import TABLES
from training.data.texts import DIRECTIONS

_TABLES = {**TABLES, **DIRECTIONS["slots"]}
GENRES = tuple(DIRECTIONS["genres"])


def direction(genre: str, rng: random.Random, given: Mapping[str, str] | None = None) -> str:
    """One line of a genre."""
    return capital(expand(rng.choice(DIRECTIONS["genres"][genre]), rng, _TABLES, given))


def directions(genre: str, rng: random.Random) -> str:
    """A whole document: a heading, then its lines one below the other, in one paragraph or apart."""
    lines = [direction(genre, rng) for _ in range(rng.randint(3, 12))]
    if rng.random() < 0.5:
        lines.insert(rng.randrange(len(lines)), direction(rng.choice(GENRES), rng))
    text = rng.choice(("\n", "\n", "\n", " ", "\n\n")).join(dict.fromkeys(lines))
    head = expand(rng.choice(DIRECTIONS["heads"][genre]), rng, _TABLES) if rng.random() < 0.7 else ""
    return head + rng.choice(("\n", "\n\n")) + text if head else text
