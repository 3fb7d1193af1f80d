"""Verdicts of a reader on pairs (verdicts.jsonl): by the model that wrote a pair and the hash of "question|answer".

A row also tells corpus and way of the run that it was read in; where a pair was read in several, all must agree.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

_FILE = Path(__file__).parent / "verdicts.jsonl"


def pair_hash(question: str, answer: str) -> str:
    """The name of a pair."""
    return hashlib.blake2b(f"{question}|{answer}".encode(), digest_size=8).hexdigest()


def verdicts(model: str) -> dict[str, bool]:
    """Whether the pairs that a model wrote are good, by their hash; those that a reader took both ways are bad."""
    found: dict[str, bool] = {}
    for row in map(json.loads, _FILE.read_text("utf-8").splitlines()):
        if row["model"] == model:
            found[row["pair"]] = row["good"] and found.get(row["pair"], True)
    return found


def read(pairs: Iterable[tuple[str, str]], model: str) -> list[bool]:
    """The verdicts on those of `pairs` that were read."""
    known = verdicts(model)
    return [known[name] for name in (pair_hash(*pair) for pair in pairs) if name in known]
