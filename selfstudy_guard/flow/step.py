"""One step of a generator as a value: what every loop that drives a flow is written with."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

Asked = TypeVar("Asked")
Told = TypeVar("Told")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Yielded(Generic[Asked]):
    """The generator wants something."""

    value: Asked


@dataclass(frozen=True, slots=True)
class Returned(Generic[Result]):
    """The generator has ended."""

    value: Result


@overload
def step(generator: Generator[Asked, Told, Result], value: Told) -> Yielded[Asked] | Returned[Result]: ...


@overload
def step(generator: Generator[Asked, Told, Result], value: Told | None = None) -> Yielded[Asked] | Returned[Result]: ...


def step(generator: Generator[Asked, Told, Result], value: Told | None = None) -> Yielded[Asked] | Returned[Result]:
    """Send `value` (None to a fresh generator), and say what came of it.

    Only `send` stands inside the `try`: a StopIteration of the caller's own must not look like a finished flow.
    """
    try:
        return Yielded(next(generator) if value is None else generator.send(value))
    except StopIteration as stop:
        return Returned(stop.value)


def finished(generator: Generator[Any, Any, Result]) -> Result:
    """What a generator returns that has nothing to ask.

    Raises:
        AssertionError: it asked all the same.
    """
    now = step(generator)
    assert isinstance(now, Returned), f"asked for {type(now.value).__name__}"
    return now.value
