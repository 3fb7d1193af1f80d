"""Progress of a run: a bar on a terminal, plain lines elsewhere; always on stderr."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from selfstudy_guard.records import Balance

PLAIN_EVERY = 5.0
"""Seconds between two plain lines."""


_ENOUGH = 5
"""Outcomes after the first one from which rate and time left can be told; the first waited for the model to load."""


class RunProgress:
    """Shows answered, rejected, coverage, tokens, cost, rate and time left; a context manager."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun = time.monotonic()
        self._ended_before: int | None = None
        self._first: tuple[float, int] | None = None  # when the first outcomes came, and how many had ended then
        self._last_line = 0.0
        self._bar: Progress | None = None
        if console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.completed:.0f}/{task.total:.0f}"),
                TextColumn("{task.fields[detail]}"),
                TimeElapsedColumn(),
                console=console,
            )
            self._task = self._bar.add_task("asking", total=1, detail="")

    def __enter__(self) -> RunProgress:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *raised: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def update(self, balance: Balance) -> None:
        """Show the balance."""
        ended = balance.planned - balance.pending
        if self._ended_before is None:
            self._ended_before = ended
        now = time.monotonic()
        if self._first is None and ended > self._ended_before:
            self._first = now, ended
        detail = self._detail(balance, self._rate(now, ended))
        seconds = now - self._begun
        if self._bar is not None:
            self._bar.update(self._task, completed=ended, total=max(1, balance.planned), detail=detail)
        elif seconds - self._last_line >= PLAIN_EVERY or not balance.pending:
            self._last_line = seconds
            self._console.print(f"{ended}/{balance.planned}: {detail}", highlight=False, soft_wrap=True)

    def _rate(self, now: float, ended: int) -> float | None:
        """Outcomes a second since the first ones; None before that can be told."""
        if self._first is None or ended - self._first[1] < _ENOUGH:
            return None
        return (ended - self._first[1]) / max(1e-3, now - self._first[0])

    @staticmethod
    def _detail(balance: Balance, rate: float | None) -> str:
        parts = [f"{balance.answered} answered", f"{balance.rejected} rejected"]
        if balance.failed:
            parts.append(f"{balance.failed} failed")
        if balance.coverage is not None and balance.answered:
            parts.append(f"coverage {balance.coverage:.0%}")
        parts.append(f"{balance.usage.tokens:,} tokens")
        if balance.usage.cost:
            parts.append(f"${balance.usage.cost:.3f}")
        if rate is not None:
            parts.append(f"{rate:.1f}/s" if rate >= 0.95 else f"{60 * rate:.0f}/min")
            if balance.pending:
                parts.append(f"{balance.pending / rate:.0f} s left")
        return ", ".join(parts)


class SidesProgress:
    """One live line for two things that are done one after the other; plain lines now and then elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._side = ""
        self._told = 0.0
        self._live: Progress | None = None
        if console.is_terminal:
            count = TextColumn("{task.completed:.0f}/{task.total:.0f}")
            self._live = Progress(
                TextColumn("{task.description}"), BarColumn(), count, TimeElapsedColumn(), console=console
            )
            self._task = self._live.add_task("reading", total=1)

    def __enter__(self) -> SidesProgress:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def update(self, side: str, done: int, of: int) -> None:
        """Show how far a side is."""
        now = time.monotonic()
        if self._live is not None:
            self._live.update(self._task, description=side, completed=done, total=max(1, of))
        elif side != self._side or now - self._told >= 4 * PLAIN_EVERY or done == of:
            self._side, self._told = side, now
            self._console.print(f"{side}: {done} of {of}", highlight=False, soft_wrap=True)
