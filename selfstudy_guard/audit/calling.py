"""Sends the requests of an experiment through the engine: resumable through a ledger, within limits, in parallel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Generic, TypeVar

from selfstudy_guard.engine.drivers import drive
from selfstudy_guard.engine.limits import Concurrency, Limits, Price
from selfstudy_guard.engine.retry import Retries
from selfstudy_guard.engine.scheduler import Admissions, Job, Scheduler
from selfstudy_guard.engine.session import Session
from selfstudy_guard.errors import LimitReached
from selfstudy_guard.flow.pair import Flow
from selfstudy_guard.ledger import Ledger
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.records import Reply, Request, Target, Usage, Verdict

T = TypeVar("T")
_EVERYTHING = 1_000_000
"""Open flows of requests that depend on nothing, and failures in a row that an experiment bears."""


class Caller:
    """Answers requests from the ledger where it can, and from the model where it must.

    Args:
        completer: the model.
        ledger: keeps every reply under its request's key; an audit that goes on pays for nothing twice.
        name: prefix of the keys, so that several models share one ledger.
        concurrency: most requests in flight.
        limits: what the audit may use up.
        price: used where the provider's own price is not known.
        tries: most sends of one request.
        on_reply: told after every reply.

    Attributes:
        calls: replies so far, stored ones included.
        failed: requests without a reply.
    """

    def __init__(
        self,
        completer: Completer | AsyncCompleter,
        ledger: Ledger,
        *,
        name: str = "",
        concurrency: int = 8,
        limits: Limits | None = None,
        price: Price | None = None,
        tries: int = 5,
        on_reply: Callable[[], None] | None = None,
    ) -> None:
        self._completer = completer
        self._ledger = ledger
        self._name = name
        self._limits = limits or Limits()
        self._price = price
        self._concurrency = Concurrency(min(concurrency, getattr(completer, "max_concurrency", None) or concurrency))
        self._retries = Retries(tries)
        self._on_reply = on_reply
        self.calls: int = 0
        self.failed: int = 0

    def answers(self, requests: Sequence[Request]) -> list[Reply | None]:
        """Replies in the order of the requests; None where none could be had.

        Raises:
            CompletionError: an error that every request would meet (wrong key, unknown model).
            LimitReached: a limit is used up; the same command goes on with a higher one.
        """
        found: dict[str, Reply | None] = {}
        self.drive(
            ((one.key, _alone(one)) for one in requests),
            on_end=lambda key, reply, used: found.update({key: reply}),
        )
        return [found.get(one.key) for one in requests]

    def drive(
        self,
        flows: Iterable[tuple[str, Flow[T]]],
        *,
        on_end: Callable[[str, T | None, int], object],
        admissions: Admissions | None = None,
        window: int = _EVERYTHING,
        calls: int | None = None,
    ) -> None:
        """Drive flows to their ends, `window` at a time and in step, so that the same replies give the same course.

        Args:
            flows: key and flow, opened as there is room.
            on_end: told of every flow that ended its key, its outcome (None: it failed), and how many replies had been
                used up; flows that `calls` cuts off do not end.
            admissions: decides whether a question is new; None where no flow asks.
            window: most open flows.
            calls: most requests, those with stored replies included; None for no limit.

        Raises:
            CompletionError, LimitReached: as `answers`.
        """
        ends: _Ends[T] = _Ends()
        jobs = (Job(position, key, _keyed(key, flow)) for position, (key, flow) in enumerate(flows))
        session = Session(
            scheduler=Scheduler(jobs, ends, admissions or _NoAdmissions(), window=window, patience=_EVERYTHING),
            ledger=_ModelReplies(self._ledger, self._name, self._count),
            concurrency=self._concurrency,
            limits=replace(self._limits, calls=calls),
            price=self._price,
            retries=self._retries,
            in_step=True,
        )
        ends.told = lambda key, outcome: on_end(key, outcome, session.replies)
        drive(session, self._completer)
        self.failed += ends.failed
        if session.stopped_because is not None and (calls is None or session.calls < calls):
            raise LimitReached(f"{session.stopped_because}; the same command goes on where it stopped")

    def _count(self) -> None:
        self.calls += 1
        if self._on_reply is not None:
            self._on_reply()


class _Ends(Generic[T]):
    """What became of the flows; nobody stores it."""

    def __init__(self) -> None:
        self.failed = 0
        self.told: Callable[[str, T | None], object] = lambda key, outcome: None

    def reply(self, key: str) -> None:
        """Stored replies are found in step, by the session."""

    def finish(self, outcome: tuple[str, T]) -> tuple[str, T]:
        """A flow ended."""
        self.told(*outcome)
        return outcome

    def fail(self, key: str, reason: str, detail: str) -> None:
        """No reply could be had for a flow."""
        self.failed += 1
        self.told(key, None)


class _ModelReplies:
    """The replies of one model in the audit's ledger."""

    def __init__(self, ledger: Ledger, name: str, count: Callable[[], None]) -> None:
        self._ledger = ledger
        self._name = name
        self._count = count

    @property
    def usage(self) -> Usage:
        """All that the audit used up."""
        return self._ledger.usage

    def reply(self, key: str) -> Reply | None:
        """The stored reply of a request."""
        found = self._ledger.reply(f"{self._name}:{key}")
        if found is not None:
            self._count()
        return found

    def save_reply(self, key: str, draw_key: str, purpose: str, reply: Reply) -> None:
        """Make a paid reply durable."""
        self._ledger.save_reply(f"{self._name}:{key}", self._name, purpose, reply)
        self._count()

    def together(self) -> AbstractContextManager[None]:
        """What is written inside becomes durable together."""
        return self._ledger.together()

    def defer(self) -> None:
        """Nothing follows from replies that would be stored."""

    def flush(self) -> None:
        """Make everything durable."""
        self._ledger.flush()


class _NoAdmissions:
    """For flows that ask for none."""

    def admit(self, key: str, question: str, target: Target) -> Verdict:
        """Any question is new."""
        return Verdict(accepted=True)


def _alone(request: Request) -> Flow[Reply]:
    """One request, and no more."""
    reply = yield request
    assert isinstance(reply, Reply)
    return reply


def _keyed(key: str, flow: Flow[T]) -> Flow[tuple[str, T]]:
    outcome = yield from flow
    return key, outcome
