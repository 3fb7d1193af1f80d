"""Whole everyday documents in English, as carriers and as clean text: mail, news, law, reviews, forums and others."""

from __future__ import annotations

import random
from collections.abc import Mapping

from training.data.grammar import capital, expand
from training.data.texts import EVERYDAY, OPENINGS, TOPIC_LINES


def everyday(genre: str, rng: random.Random, tables: Mapping[str, tuple[str, ...]]) -> str:
    """A whole document of a genre of `EVERYDAY`: a few paragraphs, no sentence twice.

    Args:
        genre: a key of `EVERYDAY`.
        rng: source of every choice.
        tables: fillers.
    """
    given = {key: rng.choice(tables[key]) for key in ("city", "first", "gadget", "device", "brand", "concept")}
    lines = rng.sample(EVERYDAY[genre], min(len(EVERYDAY[genre]), rng.randint(4, 13)))
    if genre == "letter":
        lines.sort(key=lambda line: line.startswith("[Best"))
    text = expand(rng.choice(OPENINGS.get(genre, ("",))), rng, {**tables, "topic_line": TOPIC_LINES}, given)
    for line in lines:
        text += capital(expand(line, rng, tables, given)) + rng.choice((" ", " ", " ", "\n\n", "\n"))
    return text.strip()
