"""What the calls of a host are for, by name: one table for every adapter."""

from __future__ import annotations

from typing import Literal, get_args

from selfstudy_guard.errors import InputError

Purpose = Literal["guarding", "asking", "answering", "generating", "either", "filtering"]
"""The method of `Guard` that wraps the calls. "guarding" and "either" decide call by call."""

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


def check_purpose(purpose: str) -> None:
    """Raises `InputError` if there is no such purpose."""
    if purpose not in PURPOSES:
        raise InputError(f"purpose {purpose!r} is not known: use one of {', '.join(PURPOSES)}")
