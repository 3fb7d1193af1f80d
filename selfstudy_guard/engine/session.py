"""What the drivers of a run share: what to send, when to retry, when to stop, and that no reply is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tenacity import RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_base, wait_random_exponential

from selfstudy_guard.engine.limits import Concurrency, Limits, Pace, Price
from selfstudy_guard.engine.scheduler import Dispatcher, Send
from selfstudy_guard.errors import CompletionError, LimitReached
from selfstudy_guard.ledger import Ledger
from selfstudy_guard.records import Reply

LONGEST_WAIT = 120.0
"""Seconds that a retry-after is believed; a longer one would look like a hang."""


class WaitAsAsked(wait_base):
    """Waits as long as the provider asked for, else exponentially with full jitter."""

    def __init__(self, fallback: wait_base) -> None:
        self._fallback = fallback

    def __call__(self, retry_state: RetryCallState) -> float:
        """Seconds to wait before the next try."""
        error = retry_state.outcome.exception() if retry_state.outcome else None
        asked = getattr(error, "retry_after", None)
        jittered = float(self._fallback(retry_state))
        if asked is None or not 0 <= asked < float("inf"):
            return jittered
        return min(float(asked), LONGEST_WAIT) + min(jittered, 1.0)


Timed = tuple[Reply, float]
"""A reply and how many seconds it took."""


@dataclass
class Session:
    """What both drivers share during one run.

    Attributes:
        dispatcher: the flows.
        ledger: where replies go the moment they arrive.
        concurrency: how many requests may be in flight.
        pace: requests and tokens per minute.
        limits: what the run may use up.
        price: used where the provider's own price is not known.
        tries: most sends of one request.
        stop: set to end the run after the requests in flight.
        notify: told in one line what a person should know (not for progress).
    """

    dispatcher: Dispatcher
    ledger: Ledger
    concurrency: Concurrency
    pace: Pace = field(default_factory=Pace)
    limits: Limits = field(default_factory=Limits)
    price: Price | None = None
    tries: int = 6
    stop: threading.Event = field(default_factory=threading.Event)
    notify: Callable[[str], None] = lambda message: None
    longest_backoff: float = 30.0
    stopped_because: str | None = field(default=None, init=False)
    _price_checked: bool = field(default=False, init=False)

    def next(self, in_flight: int) -> Send | None:
        """The next request that may be sent now."""
        if self.stop.is_set():
            self.stopped_because = self.stopped_because or "interrupted"
            return None
        if in_flight >= self.concurrency.limit:
            return None
        exceeded = self.limits.exceeded(self.ledger.usage)
        if exceeded is not None:
            self.stopped_because = exceeded
            return None
        return self.dispatcher.take()

    def arrived(self, came: Sequence[tuple[Send, Timed | BaseException]]) -> list[tuple[Send, Reply | BaseException]]:
        """Make the replies that came back together durable, before anything else is done with one of them.

        Args:
            came: requests with their reply and how many seconds it took, or with their error.
        """
        found: list[tuple[Send, Reply | BaseException]] = []
        with self.ledger.together():
            for send, what in came:
                if isinstance(what, BaseException):
                    found.append((send, what))
                    continue
                reply, seconds = what
                self.concurrency.succeeded(seconds)
                found.append((send, self.keep(send.request.key, send.job.key, send.request.purpose, reply)))
        return found

    def keep(self, key: str, draw_key: str, purpose: str, reply: Reply) -> Reply:
        """Price a reply where its provider did not, cut one without end, and write it to the ledger."""
        reply = reply.bounded()
        if reply.usage.cost is None and self.price is not None:
            usage = reply.usage.model_copy(update={"cost": self.price.cost(reply.usage)})
            reply = reply.model_copy(update={"usage": usage})
        self.ledger.save_reply(key, draw_key, purpose, reply)
        return reply

    def check_price(self, reply: Reply) -> None:
        """Say once that a price is unknown; a cost limit that cannot be kept ends the run.

        Raises:
            LimitReached: a cost limit was given and the price is not known.
        """
        held_back = reply.finish_reason == "content_filter" and not reply.usage.tokens  # which no provider charges
        if self._price_checked or held_back:
            return
        self._price_checked = True
        if reply.usage.cost is None:
            if self.limits.cost is not None:
                raise LimitReached(
                    f"the price of {reply.model or 'this model'} is not known, so --max-cost cannot be kept: "
                    "give the price with --price IN,OUT (dollars per million tokens), or use --max-tokens instead"
                )
            self.notify(f"the price of {reply.model or 'this model'} is not known; cost is not counted (see --price)")

    def settle(self, send: Send, outcome: Reply | BaseException) -> None:
        """Hand what came of a request to the dispatcher; raises what must end the run."""
        if isinstance(outcome, Reply):
            self.check_price(outcome)
            self.dispatcher.deliver(send, outcome)
        elif isinstance(outcome, CompletionError):
            # A retry that the interruption cut short is no failure: the draw stays pending.
            if not (self.stop.is_set() and outcome.retryable):
                self.dispatcher.give_up(send, outcome)
        else:
            raise outcome

    def retry_policy(self) -> dict[str, Any]:
        """The one retry policy, for tenacity's sync and async forms alike."""
        return {
            "retry": retry_if_exception(self._may_retry),
            "stop": stop_after_attempt(self.tries),
            "wait": WaitAsAsked(wait_random_exponential(multiplier=0.5, max=self.longest_backoff)),
            "before_sleep": self._before_retry,
            "reraise": True,
        }

    def _may_retry(self, error: BaseException) -> bool:
        return isinstance(error, CompletionError) and error.retryable and not self.stop.is_set()

    def _before_retry(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if getattr(error, "status", None) in (429, 503, 529):
            self.concurrency.throttled()
