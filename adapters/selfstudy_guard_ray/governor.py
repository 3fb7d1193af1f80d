"""Rates and limits that hold for all workers of a job together: one small actor that every request asks first."""

from __future__ import annotations

import asyncio
from typing import Any

from selfstudy_guard.pacing import Limits, Pace
from selfstudy_guard.records import Usage
from selfstudy_guard.settings import Pacing
from selfstudy_guard_ray.host import load_ray


class Governor:
    """Books requests and adds up what was spent.

    A limit is passed by what is in flight when it is reached, at most (the workers' concurrency, one request each).

    Args:
        pacing: requests and tokens per minute, and the limits of the whole job.
    """

    def __init__(self, pacing: Pacing) -> None:
        self._pace = Pace(pacing.requests_per_minute, pacing.tokens_per_minute)
        self._limits = Limits(tokens=pacing.max_tokens, cost=pacing.max_cost)
        self._spent = Usage()

    def book(self, tokens: int, spent: Usage) -> tuple[float, str | None]:
        """Book one request.

        Args:
            tokens: estimated tokens of the request and its reply.
            spent: what the caller used since it asked last.

        Returns:
            Seconds to wait before sending, and the limit that is used up, in words, or None.
        """
        self._spent += spent
        exceeded = self._limits.exceeded(self._spent)
        return (0.0, exceeded) if exceeded else (self._pace.delay(tokens), None)

    def spent(self) -> Usage:
        """What all workers reported so far."""
        return self._spent


def is_needed(pacing: Pacing) -> bool:
    """Whether anything is to be limited; without that no request asks anybody."""
    rates = (pacing.requests_per_minute, pacing.tokens_per_minute, pacing.max_tokens, pacing.max_cost)
    return any(value is not None for value in rates)


def start_governor(pacing: Pacing) -> Any:
    """A governor as a Ray actor, to be handed to every worker of a job; it ends with its handle.

    Raises:
        MissingExtraError: Ray is not installed.
    """
    return load_ray().remote(Governor).options(num_cpus=0, max_restarts=-1, max_task_retries=-1).remote(pacing)


async def book(governor: Any, tokens: int, spent: Usage) -> tuple[float, str | None]:
    """Ask a governor, which is an actor handle or the object itself; one that died counts again from nothing."""
    if isinstance(governor, Governor):
        return governor.book(tokens, spent)
    answer: tuple[float, str | None] = await asyncio.wrap_future(governor.book.remote(tokens, spent).future())
    return answer
