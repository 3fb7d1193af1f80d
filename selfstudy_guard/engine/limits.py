"""How fast a run may call: requests and tokens per minute, concurrency that adapts, and limits of the whole run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from selfstudy_guard.records import Request, Usage


class Pace:
    """Keeps to requests and tokens per minute, as two leaky buckets that all workers of a run share.

    Args:
        requests_per_minute, tokens_per_minute: None for no limit.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rates = (requests_per_minute, tokens_per_minute)
        self._free_at = [0.0, 0.0]
        self._clock = clock
        self._mutex = threading.Lock()

    @property
    def limited(self) -> bool:
        """Whether there is anything to keep to."""
        return any(self._rates)

    def delay(self, tokens: int) -> float:
        """Book one request of about `tokens` tokens; returns the seconds to wait before it may be sent."""
        now = self._clock()
        start = now
        with self._mutex:
            for bucket, amount in enumerate((1, tokens)):
                rate = self._rates[bucket]
                if rate:
                    begin = max(now, self._free_at[bucket])
                    self._free_at[bucket] = begin + amount * 60.0 / rate
                    start = max(start, begin)
        return start - now


_OPENING = 16
"""Requests in flight after the first success: a key and an address that work once are right."""


class Concurrency:
    """How many requests may be in flight: one until the first success, then sixteen, then fourfold a round trip.

    After the first throttled request, one more a round trip: slow start must cost little where replies take long.

    A throttled request halves the number at most once per round trip (additive increase, multiplicative decrease:
    Chiu and Jain, 1989, as in TCP). One request at first means that a wrong key costs one call, not thousands. A
    latency of more than three times the best seen stops the increase.

    Args:
        most: upper bound, at least 1.
    """

    def __init__(self, most: int) -> None:
        self.most: int = max(1, most)
        self._limit = 1.0
        self._slow_start = True
        self._best = float("inf")
        self._since_cut = 0
        self._mutex = threading.Lock()

    @classmethod
    def fixed(cls, most: int) -> Concurrency:
        """As many as `most` from the start: batches do not wait for each other."""
        made = cls(most)
        made._limit, made._slow_start = float(made.most), False
        return made

    @property
    def limit(self) -> int:
        """Requests that may be in flight now."""
        return int(self._limit)

    def succeeded(self, latency: float) -> None:
        """A request came back after `latency` seconds."""
        with self._mutex:
            self._since_cut += 1
            self._best = min(self._best, latency)
            if latency > 3 * self._best + 1.0:
                self._slow_start = False
                return
            self._limit = min(float(self.most), self._limit + self._step())

    def _step(self) -> float:
        if not self._slow_start:
            return 1.0 / self._limit
        if self._limit == 1.0:
            return _OPENING - 1.0
        return 3.0  # from each request of a round trip: fourfold when all have come back

    def throttled(self) -> None:
        """The provider asked for less."""
        with self._mutex:
            self._slow_start = False
            if self._since_cut >= int(self._limit):
                self._limit = max(1.0, self._limit / 2)
                self._since_cut = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use up; None for no limit.

    Attributes:
        tokens: total tokens, sent and received.
        cost: total US dollars.
        calls: requests.
    """

    tokens: int | None = None
    cost: float | None = None
    calls: int | None = None

    def exceeded(self, usage: Usage, calls: int = 0) -> str | None:
        """Which limit is used up, in words; None if none is."""
        if self.calls is not None and calls >= self.calls:
            return f"the limit of {self.calls:,} calls is used up"
        if self.tokens is not None and usage.tokens >= self.tokens:
            return f"the limit of {self.tokens:,} tokens is used up ({usage.tokens:,})"
        if self.cost is not None and (usage.cost or 0.0) >= self.cost:
            return f"the limit of ${self.cost:.2f} is used up (${usage.cost or 0.0:.2f})"
        return None


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, for models that no price list knows."""

    prompt: float
    completion: float

    def cost(self, usage: Usage) -> float:
        """US dollars of `usage`; cached tokens are charged as others."""
        return (usage.prompt_tokens * self.prompt + usage.completion_tokens * self.completion) / 1e6


def estimated_tokens(request: Request) -> int:
    """Tokens of a request with its reply, at four characters a token and 256 tokens a reply of unknown length."""
    return prompt_tokens(request) + (request.max_tokens or 256)


def prompt_tokens(request: Request) -> int:
    """Tokens of a request alone, at four characters a token."""
    return sum(len(message.content) for message in request.messages) // 4
