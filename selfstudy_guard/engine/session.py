"""The loop over requests, without I/O: it says what to send now, and is told what came back.

A driver does no more than this, in threads, tasks or batches:

    while True:
        for send in session.next_actions():   # start each, after `send.wait` seconds
            ...
        if session.over: return
        session.completed(...)                # what came back meanwhile; waits for it unless `session.due`

Window, admission in plan order, pacing, retry, price, limits, bounds of replies and interrupts are decided here and in
what it holds (`Scheduler`, `Concurrency`, `Pace`, `Limits`, `Retries`), for `generate`, Ray, batches and the audit.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

from selfstudy_guard.engine.limits import Concurrency, Limits, Pace, Price, estimated_tokens
from selfstudy_guard.engine.retry import Retries
from selfstudy_guard.engine.scheduler import Scheduler, Send
from selfstudy_guard.errors import CompletionError, LimitReached, ProviderError
from selfstudy_guard.records import Reply, Usage

_BUSY = (429, 503, 529)
"""HTTP statuses by which a provider asks for less."""


_TRIES_IN_SILENCE = 4
"""Sends of one request while nothing ever answered: about four seconds of waiting between them."""


class ReplyStore(Protocol):
    """Where replies are kept (the ledger)."""

    @property
    def usage(self) -> Usage:
        """All that was used up so far."""
        ...

    def reply(self, key: str) -> Reply | None:
        """The stored reply of a request."""
        ...

    def save_reply(self, key: str, draw_key: str, purpose: str, reply: Reply) -> None:
        """Make a paid reply durable."""
        ...

    def together(self) -> AbstractContextManager[None]:
        """What is written inside becomes durable together."""
        ...

    def defer(self) -> None:
        """What follows from replies need not be durable at once."""
        ...

    def flush(self) -> None:
        """Make everything durable."""
        ...


class Unsent(Exception):  # noqa: N818  # not an error: the run was stopped before the request went out
    """Stands for the outcome of a request that was not sent."""


class Arrival(NamedTuple):
    """What came back of a request: its reply, or what was raised, and how many seconds it took."""

    send: Send
    outcome: Any
    seconds: float = 0.0


@dataclass
class Session:
    """What a driver asks what to do during one run.

    Attributes:
        scheduler: the flows.
        ledger: where replies go the moment they arrive.
        concurrency: how many requests may be in flight.
        pace: requests and tokens per minute.
        limits: what the run may use up.
        price: used where the provider's own price is not known.
        retries: when a failed request is sent again.
        stop: set to end the run after the requests in flight.
        notify: told in one line what a person should know (not for progress).
        needs_price: whether an unknown price ends the run; None where a cost limit is set.
        in_step: whether replies are worked on only when all that is out came back, and in plan order. What is drawn
            next then depends on no timing, also where stored replies are used again.
        stopped_because: why nothing more is sent, in words, or None.
        calls: requests that were taken up, those with stored replies in step included.
        replies: how many of them were handed to their flows.
    """

    scheduler: Scheduler[Any]
    ledger: ReplyStore
    concurrency: Concurrency
    pace: Pace = field(default_factory=Pace)
    limits: Limits = field(default_factory=Limits)
    price: Price | None = None
    retries: Retries = field(default_factory=Retries)
    stop: threading.Event = field(default_factory=threading.Event)
    notify: Callable[[str], object] = lambda message: None
    needs_price: bool | None = None
    in_step: bool = False
    ends_in_silence: bool = False
    """Whether a provider that cannot be reached ends the run after a few seconds, as long as no reply ever came."""
    stopped_because: str | None = field(default=None, init=False)
    calls: int = field(default=0, init=False)
    replies: int = field(default=0, init=False)
    _silent: bool = field(default=True, init=False)
    """Whether no reply has come yet."""
    _told_of_silence: bool = field(default=False, init=False)
    _flying: int = field(default=0, init=False)
    _broken: BaseException | None = field(default=None, init=False)
    """What ends the run: raised before the next request, so that a wrong key costs one call."""
    _ended: deque[tuple[Send, Reply | CompletionError]] = field(default_factory=deque, init=False)
    _again: deque[Send] = field(default_factory=deque, init=False)
    _price_checked: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.ledger.defer()

    # -- what a driver calls ------------------------------------------------------------------------------------

    @property
    def due(self) -> bool:
        """Whether a reply waits to be worked on: then the driver need not wait for one."""
        if self._broken is not None or not self.in_step:
            return self._broken is not None or bool(self._ended)
        whole = not self._flying and (not self._again or self.stopped_because is not None)
        return bool(self._ended) and whole

    @property
    def over(self) -> bool:
        """Whether nothing is in flight, and nothing left to be worked on."""
        return not self._flying and not self._ended

    def next_actions(self) -> list[Send]:
        """Work on one reply that came back, and say what is to be sent now.

        One at a time, so that new requests leave before the next reply is worked on.

        Raises:
            CompletionError: an error that every request would meet, or the last of many in a row.
            LimitReached: a cost limit that cannot be kept.
        """
        if self._broken is not None:
            raise self._broken
        while self.due:
            self._work_on(self._next_ended())
            if not self.in_step:
                break
        sends = []
        while (send := self._next()) is not None:
            sends.append(send)
        return sends

    def completed(self, came: Iterable[Arrival]) -> None:
        """Make the replies that came back together durable, before anything else is done with one of them."""
        with self.ledger.together():
            for send, outcome, seconds in came:
                outcome = _understood(outcome)
                if isinstance(outcome, Reply):
                    self._silent = False
                    self.concurrency.succeeded(seconds)
                    outcome = self.keep(send.request.key, send.job.key, send.request.purpose, outcome)
                    try:
                        self._check_price(outcome)
                    except LimitReached as error:  # before anything else is sent that would have to be paid
                        self._broken = self._broken or error
                self.returned(send, outcome)

    def keep(self, key: str, draw_key: str, purpose: str, reply: Reply) -> Reply:
        """Price a reply where its provider did not, cut one without end, and write it to the ledger."""
        reply = reply.bounded()
        if reply.usage.cost is None and self.price is not None:
            usage = reply.usage.model_copy(update={"cost": self.price.cost(reply.usage)})
            reply = reply.model_copy(update={"usage": usage})
        self.ledger.save_reply(key, draw_key, purpose, reply)
        return reply

    def returned(self, send: Send, outcome: Reply | BaseException) -> None:
        """A request is no longer in flight, and its reply is kept; one that failed in passing is sent again."""
        self._flying -= 1
        if isinstance(outcome, Unsent):
            return
        if isinstance(outcome, CompletionError) and not outcome.fatal:
            wait = None if self.stop.is_set() else self.retries.wait(outcome, send.tried + 1)
            if wait is not None and self._silent and outcome.status is None:
                if self.ends_in_silence and send.tried + 1 >= _TRIES_IN_SILENCE:
                    self._broken = self._broken or outcome
                    return
                if not self._told_of_silence:
                    self._told_of_silence = True
                    self.notify(f"no reply yet, trying again: {outcome}")
            if wait is not None:
                if outcome.status in _BUSY:
                    self.concurrency.throttled()
                self._again.append(replace(send, wait=wait, tried=send.tried + 1))
                return
        elif not isinstance(outcome, Reply):
            self._broken = self._broken or outcome
            return
        self._ended.append((send, outcome))

    def close(self) -> None:
        """Close the flows that are still open; their draws stay pending."""
        for send in (*self._again, *(send for send, _ in self._ended)):
            send.job.flow.close()
        self.scheduler.close()

    # -- what is decided ----------------------------------------------------------------------------------------

    def _next(self) -> Send | None:
        """The next request that may be sent now."""
        while True:
            if self.stop.is_set():
                self.stopped_because = self.stopped_because or "interrupted"
                return None
            if self._flying >= self.concurrency.limit:
                return None
            send = self._taken()
            if send is None:
                return None
            stored = self.ledger.reply(send.request.key) if self.in_step else None
            exceeded = self.limits.exceeded(Usage() if stored else self.ledger.usage, self.calls)
            if exceeded is not None:
                self._again.appendleft(send)
                self.stopped_because = exceeded
                return None
            self.calls += send.tried == 0
            if stored is not None:
                self._ended.append((send, stored))
                continue
            self._flying += 1
            wait = self.pace.delay(estimated_tokens(send.request)) if self.pace.limited else 0.0
            return send if wait <= send.wait else replace(send, wait=wait)

    def _taken(self) -> Send | None:
        if self.in_step and not (self._again or self._flying or self._ended):
            self._again.extend(iter(self.scheduler.take, None))
        if self._again:
            return self._again.popleft()
        return None if self.in_step else self.scheduler.take()

    def _next_ended(self) -> tuple[Send, Reply | CompletionError]:
        if not self.in_step:
            return self._ended.popleft()
        first = min(self._ended, key=lambda ended: ended[0].job.position)
        self._ended.remove(first)
        return first

    def _work_on(self, ended: tuple[Send, Reply | CompletionError]) -> None:
        """Hand a reply to its flow; an error ends its draw."""
        send, outcome = ended
        self.replies += 1
        if isinstance(outcome, Reply):
            self._check_price(outcome)
            self.scheduler.deliver(send, outcome)
        elif not (self.stop.is_set() and outcome.retryable):
            self.scheduler.give_up(send, outcome)
        # Else an interruption cut its retries short, which is no failure: the draw stays pending.

    def _check_price(self, reply: Reply) -> None:
        """Say once that a price is unknown; a cost limit that cannot be kept ends the run."""
        if self._price_checked:
            return
        if reply.finish_reason == "content_filter" and not reply.usage.tokens:
            return  # which no provider charges
        self._price_checked = True
        if reply.usage.cost is None:
            model = reply.model or "this model"
            if self.limits.cost is not None if self.needs_price is None else self.needs_price:
                raise LimitReached(
                    f"the price of {model} is not known, so --max-cost cannot be kept: give the price with "
                    "--price IN,OUT (dollars per million tokens), or use --max-tokens instead"
                )
            self.notify(f"the price of {model} is not known; cost is not counted (see --price)")


def _understood(outcome: Any) -> Reply | BaseException:
    """Completers return a Reply or raise a CompletionError; what else is met often enough is made one."""
    if isinstance(outcome, Reply | CompletionError):
        return outcome
    if isinstance(outcome, TimeoutError | ConnectionError):
        error = ProviderError(f"{type(outcome).__name__} while calling the model")
        error.__cause__ = outcome
        return error
    if isinstance(outcome, BaseException):
        return outcome
    return ProviderError(f"the completer returned {type(outcome).__name__}, not a Reply", retryable=False)
