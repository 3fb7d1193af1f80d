"""Rates and limits that hold for all workers of a job together: one small actor that every request asks first."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from pathlib import Path
from typing import Any

from selfstudy_guard.engine.limits import Limits, Pace
from selfstudy_guard.errors import LedgerError, LedgerWriteError
from selfstudy_guard.records import Usage
from selfstudy_guard.settings import Pacing
from selfstudy_guard_ray.host import load_ray
from selfstudy_guard_ray.store import replace

_EVERY = 0.2
"""Seconds of work, or of leave given, between two writes of what was spent."""


class Governor:
    """Books requests and adds up what was spent.

    A limit is passed by what is in flight when it is reached, at most (the workers' concurrency, one request each).
    Every worker says how much it used since it began, so a governor that Ray starts again knows what the living
    workers used as soon as they ask; what dead ones used it reads from its file, where it has one.

    Args:
        pacing: requests and tokens per minute, and the limits of the whole job.
        before: what was spent before.
        file: where to keep what was spent; None for nowhere.
        call: a name of this call, by which a governor that was started again knows its file.
    """

    def __init__(self, pacing: Pacing, before: Usage | None = None, file: str | None = None, call: str = "") -> None:
        self._limits = Limits(tokens=pacing.max_tokens, cost=pacing.max_cost)
        self._workers: dict[str, Usage] = {"": before or Usage()}
        self._file, self._call = file, call
        self._written = self._written_until = float("-inf")
        self._begin = time.monotonic()
        if file is not None and (kept := _read(file)).get("call") == call:
            self._workers |= {name: Usage(**usage) for name, usage in kept["workers"].items()}
            # Requests that were given leave before are not all sent yet: nothing new goes out until they are.
            self._begin += min(max(0.0, kept["until"] - time.time()), 600.0)
        self._until = self._begin
        self._pace = Pace(pacing.requests_per_minute, pacing.tokens_per_minute, self._clock)

    def _clock(self) -> float:
        return max(time.monotonic(), self._begin)

    def book(self, tokens: int, used: Usage, worker: str = "a worker") -> tuple[float, str | None]:
        """Book one request.

        Args:
            tokens: estimated tokens of the request and its reply.
            used: all that the caller used since it began.
            worker: name of the caller.

        Returns:
            Seconds to wait before sending, and the limit that is used up, in words, or None.

        Raises:
            LedgerWriteError: what was spent cannot be kept.
        """
        self._workers[worker] = used
        exceeded = self._limits.exceeded(self.spent())
        delay = 0.0
        if exceeded is None:
            held = self._clock() - time.monotonic()
            delay = max(0.0, held) + self._pace.delay(tokens)
            self._until = max(self._until, time.monotonic() + delay)
        self._keep(at_once=exceeded is not None)
        return delay, exceeded

    def spent(self) -> Usage:
        """What all workers reported so far, and what was spent before."""
        return sum(self._workers.values(), Usage())

    def _keep(self, *, at_once: bool) -> None:
        now = time.monotonic()
        waits = max(now - self._written, self._until - self._written_until) < _EVERY
        if self._file is None or (waits and not at_once):
            return
        self._written, self._written_until = now, self._until
        kept = {
            "call": self._call,
            "until": time.time() + self._until - now,
            "workers": {name: usage.model_dump() for name, usage in self._workers.items()},
        }
        try:
            replace(Path(self._file), json.dumps(kept).encode("utf-8"), sync=False)
        except OSError as error:
            raise LedgerWriteError(f"{self._file} cannot be written: {error.strerror or error}") from error


def _read(file: str) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = json.loads(Path(file).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise LedgerError(f"{file} is damaged: delete it, and only what was answered counts as spent") from error
    return kept


def spent_before(file: Path) -> Usage:
    """What the governors of earlier calls wrote to their file."""
    return sum((Usage(**usage) for usage in _read(str(file)).get("workers", {}).values()), Usage())


def is_needed(pacing: Pacing) -> bool:
    """Whether anything is to be limited; without that no request asks anybody."""
    rates = (pacing.requests_per_minute, pacing.tokens_per_minute, pacing.max_tokens, pacing.max_cost)
    return any(value is not None for value in rates)


def start_governor(pacing: Pacing, *, before: Usage | None = None, file: str | Path | None = None) -> Any:
    """A governor as a Ray actor, to be handed to every worker of a job; it ends with its handle.

    Args:
        pacing: the rates and limits.
        before: what was spent before and counts.
        file: where the actor keeps what was spent, visible wherever Ray may start it again.

    Raises:
        MissingExtraError: Ray is not installed.
    """
    actor = load_ray().remote(Governor).options(num_cpus=0, max_restarts=-1, max_task_retries=-1)
    return actor.remote(pacing, before, None if file is None else str(file), uuid.uuid4().hex)


async def book(governor: Any, tokens: int, used: Usage, worker: str) -> tuple[float, str | None]:
    """Ask a governor, which is an actor handle or the object itself.

    Where it is lost for good, or cannot keep what is spent, the answer is that nothing more may be sent.
    """
    if isinstance(governor, Governor):
        return governor.book(tokens, used, worker)
    failures = load_ray().exceptions.RayError
    try:
        answer: tuple[float, str | None] = await asyncio.wrap_future(
            governor.book.remote(tokens, used, worker).future()
        )
    except failures as error:
        first = str(getattr(error, "cause", None) or error).strip().splitlines()[0]
        return 0.0, f"the actor that keeps the limits of the job was lost ({first})"
    return answer
