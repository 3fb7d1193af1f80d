"""Word lists of English that the rules for openings, references and facts look at, read once from data/english.toml."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any


@lru_cache(maxsize=1)
def _lists() -> dict[str, dict[str, Any]]:
    text = resources.files("selfstudy_guard.questions").joinpath("data", "english.toml").read_text("utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=256)
def listed(name: str, part: str = "openings") -> frozenset[str]:
    """The words of one list."""
    return frozenset(_lists()[part][name].split())


@lru_cache(maxsize=16)
def grouped(name: str, part: str = "facts") -> tuple[tuple[frozenset[str], ...], ...]:
    """A list of groups: words that mean the same stand together, and "/" parts those that exclude each other."""
    return tuple(
        tuple(frozenset(side.split()) for side in group.split("/") if side.strip()) for group in _lists()[part][name]
    )
