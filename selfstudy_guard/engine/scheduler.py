"""Keeps many flows in flight without doing any I/O: which request goes out next, and who gets which reply.

Ordering, admission, replay and failure are decided here once. Admissions are granted in plan order: a question waits
until every earlier draw has passed its question stage. The same replies therefore give the same records at any
concurrency.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Generic, Protocol, TypeVar

from selfstudy_guard.errors import CompletionError
from selfstudy_guard.flow.pair import Admission, Flow
from selfstudy_guard.flow.step import Returned, step
from selfstudy_guard.records import Reply, Request, Target, Verdict

T = TypeVar("T")


@dataclass(slots=True)
class Job(Generic[T]):
    """One open draw: its place in the plan, its key and its flow."""

    position: int
    key: str
    flow: Flow[T]
    settled: bool = field(default=False, init=False)
    """Whether the question stage is over."""


@dataclass(frozen=True, slots=True)
class Send:
    """A request that is to be sent, and the job that waits for its reply.

    Attributes:
        job: whose flow gets the reply.
        request: what is sent.
        wait: seconds to wait before.
        tried: how often it was sent before.
    """

    job: Job[Any]
    request: Request
    wait: float = 0.0
    tried: int = 0


class Admissions(Protocol):
    """Decides whether a question is new in the run; asked in plan order."""

    def admit(self, key: str, question: str, target: Target) -> Verdict:
        """Accept and remember `question` for the draw `key`, or say why not."""
        ...


class Outcomes(Protocol[T]):
    """Where stored replies are found, and how draws ended is kept (the ledger)."""

    def reply(self, key: str) -> Reply | None:
        """The stored reply of a request."""
        ...

    def finish(self, outcome: T) -> T:
        """End a draw; returns the outcome as it was stored."""
        ...

    def fail(self, key: str, reason: str, detail: str) -> None:
        """End a draw that no reply could be had for."""
        ...


class Scheduler(Generic[T]):
    """The flows in flight.

    Args:
        jobs: open draws in plan order; opened only as there is room.
        store: the ledger.
        admissions: the run's memory of accepted questions.
        window: most open jobs. Jobs that wait for their admission count, so it should be several times the number of
            requests in flight.
        on_outcome: told every outcome as it is stored.
        patience: failed requests in a row, without one success, after which the run ends.
    """

    def __init__(
        self,
        jobs: Iterator[Job[T]],
        store: Outcomes[T],
        admissions: Admissions,
        *,
        window: int = 64,
        on_outcome: Callable[[T | None], object] | None = None,
        patience: int = 20,
    ) -> None:
        self._jobs = jobs
        self._store = store
        self._admissions = admissions
        self._window = window
        self._on_outcome = on_outcome
        self._patience = patience
        self._failures_in_row = 0
        self._open = 0
        self._exhausted = False
        self._ready: list[tuple[int, Request, Job[T]]] = []
        self._unsettled: list[tuple[int, Job[T]]] = []
        self._waiting: dict[int, tuple[Job[T], Admission]] = {}
        self._asked: dict[str, list[Job[T]]] = {}
        """Requests that are out, by key, and the flows beside the first that wait for the same reply."""

    def take(self) -> Send | None:
        """The next request to send, earliest draw first; None if there is nothing to send before another reply."""
        while not self._ready and not self._exhausted and self._open < self._window:
            job = next(self._jobs, None)
            if job is None:
                self._exhausted = True
                break
            self._open += 1
            heapq.heappush(self._unsettled, (job.position, job))
            self._advance(job, None)
            self._wake()
        if not self._ready:
            return None
        _, request, job = heapq.heappop(self._ready)
        return Send(job, request)

    def deliver(self, send: Send, reply: Reply) -> None:
        """Hand a stored reply to its flow, and to those that asked the same meanwhile."""
        self._failures_in_row = 0
        for job in (send.job, *self._followers(send)):
            self._advance(job, reply)
        self._wake()

    def give_up(self, send: Send, error: CompletionError) -> None:
        """A request failed for good: the draw (and those that asked the same) ends as failed, with its reason.

        Raises:
            CompletionError: the same error, if it would hit every request, or if nothing succeeds any more.
        """
        if error.fatal:
            raise error
        self._failures_in_row += 1
        for job in (send.job, *self._followers(send)):
            self._store.fail(job.key, type(error).__name__, str(error))
            self._end(job, None)
        self._wake()
        if self._failures_in_row >= self._patience:
            raise error

    def close(self) -> None:
        """Close all open flows; their draws stay pending."""
        for _, _, job in self._ready:
            job.flow.close()
        for job, _ in self._waiting.values():
            job.flow.close()
        for job in chain.from_iterable(self._asked.values()):
            job.flow.close()

    def _followers(self, send: Send) -> list[Job[T]]:
        """Flows that wait for the same reply, in plan order; its key is free again."""
        return sorted(self._asked.pop(send.request.key, ()), key=lambda job: job.position)

    def _advance(self, job: Job[T], value: Reply | Verdict | None) -> None:
        """Run one flow until it needs a reply, has to wait for its admission, or ends."""
        while True:
            stepped = step(job.flow) if value is None else step(job.flow, value)
            if isinstance(stepped, Returned):
                self._end(job, stepped.value)
                return
            event = stepped.value
            if isinstance(event, Admission):
                if not self._has_turn(job):
                    self._waiting[job.position] = (job, event)
                    return
                value = self._admit(job, event)
                continue
            stored = self._store.reply(event.key)
            if stored is None:
                if event.key in self._asked:
                    self._asked[event.key].append(job)
                else:
                    self._asked[event.key] = []
                    heapq.heappush(self._ready, (job.position, event, job))
                return
            value = stored

    def _admit(self, job: Job[T], event: Admission) -> Verdict:
        verdict = self._admissions.admit(job.key, event.question, event.target)
        if verdict.accepted:
            self._settle(job)
        return verdict

    def _end(self, job: Job[T], outcome: T | None) -> None:
        if outcome is not None:
            outcome = self._store.finish(outcome)
        self._open -= 1
        self._settle(job)
        if self._on_outcome is not None:
            self._on_outcome(outcome)

    def _settle(self, job: Job[T]) -> None:
        job.settled = True
        while self._unsettled and self._unsettled[0][1].settled:
            heapq.heappop(self._unsettled)

    def _has_turn(self, job: Job[T]) -> bool:
        return self._unsettled[0][1] is job

    def _wake(self) -> None:
        """Go on with the jobs whose turn has come, one after the other."""
        while self._unsettled:
            entry = self._waiting.pop(self._unsettled[0][0], None)
            if entry is None:
                return
            job, event = entry
            self._advance(job, self._admit(job, event))
