"""When a failed request is sent again, and after how long; tenacity's strategies, asked without its loop."""

from __future__ import annotations

from dataclasses import dataclass

from tenacity import RetryCallState, Retrying
from tenacity.wait import wait_base, wait_random_exponential

from selfstudy_guard.errors import CompletionError

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


@dataclass(frozen=True)
class Retries:
    """The one retry policy.

    Attributes:
        tries: most sends of one request.
        longest: most seconds of a wait that the provider did not ask for.
    """

    tries: int = 6
    longest: float = 30.0

    def wait(self, error: CompletionError, tried: int) -> float | None:
        """Seconds to wait before a request is sent again that failed for the `tried`-th time; None for never."""
        if not error.retryable or tried >= self.tries:
            return None
        state = RetryCallState(Retrying(), None, (), {})
        state.attempt_number = tried
        state.set_exception((type(error), error, error.__traceback__))
        return WaitAsAsked(wait_random_exponential(multiplier=0.5, max=self.longest))(state)
