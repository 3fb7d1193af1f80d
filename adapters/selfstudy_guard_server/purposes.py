"""What a request is for: told by a header, by the first part of the model's name, or once for the whole server.

x-selfstudy-guard-purpose: generate:5
{"model": "ask/gpt-4o-mini", ...}
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from selfstudy_guard.errors import InputError
from selfstudy_guard.guard import Guard
from selfstudy_guard.guard.purposes import SHORT_NAMES

HEADER = "x-selfstudy-guard-purpose"
Call = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Purpose:
    """What calls are for.

    Attributes:
        name: "auto" decides call by call, "ask" asks for one question, "answer" for an answer, "generate" for several
            questions or pairs at once, "either" for tools that ask for several questions and for answers through one
            model; "filter" only takes instructions out.
        per_call: how many questions one call asks for, with "generate" and "either".
    """

    name: str = "auto"
    per_call: int = 5

    @classmethod
    def read(cls, text: str) -> Purpose:
        """From `NAME` or `NAME:K`.

        Raises:
            InputError: no such purpose, or K is no number from 1.
        """
        name, colon, count = text.strip().partition(":")
        if name not in SHORT_NAMES:
            raise InputError(
                f"{text!r} is no purpose: use {', '.join(SHORT_NAMES)}, or generate:K with K questions a call"
            )
        if not colon:
            return cls(name)
        if name not in ("generate", "either") or not count.isascii() or not count.isdigit() or int(count) < 1:
            raise InputError(f"{text!r} is no purpose: a number goes with generate:K or either:K, and is at least 1")
        return cls(name, int(count))

    @classmethod
    def of_model(cls, model: str) -> tuple[Purpose | None, str]:
        """The purpose that stands before a model's name, and the name without it."""
        first, slash, rest = model.partition("/")
        if slash and first.partition(":")[0] in SHORT_NAMES:
            return cls.read(first), rest
        return None, model

    def wrapped(self, guard: Guard, call: Call) -> Call:
        """`call` with the guard before it."""
        return guard.wrapped(call, SHORT_NAMES[self.name], per_call=self.per_call)

    def __str__(self) -> str:
        return f"{self.name}:{self.per_call}" if self.name in ("generate", "either") else self.name
