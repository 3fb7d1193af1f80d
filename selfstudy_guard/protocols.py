"""The seams: Protocols with one method each, so that anything with the right method fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from selfstudy_guard.records import Balance, FilterResult, Finding, Reply, Request


@runtime_checkable
class Completer(Protocol):
    """Anything that sends one request to a model and waits for the reply."""

    def complete(self, request: Request) -> Reply:
        """Send `request`; raises `CompletionError` (and only that) when the call fails."""
        ...


@runtime_checkable
class AsyncCompleter(Protocol):
    """The same, awaited."""

    async def acomplete(self, request: Request) -> Reply:
        """Send `request`; raises `CompletionError` (and only that) when the call fails."""
        ...


@runtime_checkable
class Detector(Protocol):
    """A further layer of the instruction filter."""

    def detect(self, text: str) -> Sequence[Finding]:
        """Findings in code points of `text`; may overlap."""
        ...


class Spanned(Protocol):
    """Anything that covers a half-open range of code points."""

    @property
    def start(self) -> int:
        """The first one."""

    @property
    def end(self) -> int:
        """Where it ends."""


class Finds(Protocol):
    """What is needed of an instruction filter at least."""

    def find(self, text: str) -> tuple[Finding, ...]:
        """Instruction-like spans of a text, in its offsets."""
        ...


@runtime_checkable
class Examines(Protocol):
    """An instruction filter that also tells what it believes of every unit of a text."""

    def examine(self, text: str) -> FilterResult:
        """Findings and beliefs of a text, in its offsets; nothing is treated."""
        ...


@runtime_checkable
class ExaminesMany(Protocol):
    """An instruction filter that examines texts side by side, which is faster than one by one."""

    def examine_many(self, texts: Sequence[str]) -> Sequence[FilterResult]:
        """What `examine` says of every text, in order."""
        ...


@runtime_checkable
class Embedder(Protocol):
    """Sentence embeddings for attribution."""

    def embed(self, texts: Sequence[str]) -> Any:
        """Array of shape (len(texts), dimensions), float32, rows of unit length."""
        ...


@runtime_checkable
class Progress(Protocol):
    """Told about a run as it goes."""

    def update(self, balance: Balance) -> None:
        """Called after every finished draw."""
        ...
