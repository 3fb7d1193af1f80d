"""What the calls of a host are for, by name: one table for every adapter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from selfstudy_guard.errors import InputError

Purpose = Literal["guarding", "asking", "answering", "generating", "either", "filtering"]
"""The method of `Guard` that wraps the calls. "guarding" and "either" decide call by call."""

SHORT_NAMES: Mapping[str, Purpose] = {
    "auto": "guarding",
    "ask": "asking",
    "answer": "answering",
    "generate": "generating",
    "either": "either",
    "filter": "filtering",
}
"""What commands, headers and model strings call them."""


def purpose_named(name: str) -> Purpose:
    """The purpose of a name, short ("ask") or that of the method ("asking"); raises `InputError` if there is none."""
    found = next((long for short, long in SHORT_NAMES.items() if name in (short, long)), None)
    if found is None:
        raise InputError(f"purpose {name!r} is not known: use one of {', '.join(SHORT_NAMES.values())}")
    return found
