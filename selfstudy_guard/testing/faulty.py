"""A completer that fails on purpose: seeded faults around another completer."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from threading import Lock

from selfstudy_guard.errors import CompletionError, InputError, ProviderError, RateLimitError, RequestError
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.records import Reply, Request

FAULTS = tuple(
    "rate_limit rate_limit_retry_after server timeout connection request empty garbage truncated content_filter "
    "echo".split()
)
"""Names of all faults of `FaultyCompleter`."""

_GARBAGE = "\u0000\ufffd\ufffd{{[[ null undefined \ud83d NaN ]]}} <|eot_id|>\x1b[2J"


class FaultyCompleter:
    """Fails some calls of another completer, and spoils some replies.

    Which call meets which fault depends only on the seed, the key of the request and how often that key came before:
    the order in which concurrent requests arrive makes no difference.

    Args:
        inner: answers the calls that meet no fault; sync, async or both.
        rate: share of calls with a fault, 0 to 1.
        seed: of the faults.
        faults: which of `FAULTS` may happen, all equally likely.
        retry_after: seconds that "rate_limit_retry_after" asks to wait.

    Attributes:
        met: how often each fault happened.

    Raises:
        InputError: a rate outside 0 to 1, or an unknown fault.
    """

    def __init__(
        self,
        inner: Completer | AsyncCompleter,
        *,
        rate: float = 0.2,
        seed: int = 0,
        faults: Sequence[str] = FAULTS,
        retry_after: float = 0.01,
    ) -> None:
        if not 0 <= rate <= 1:
            raise InputError(f"rate must be from 0 to 1, not {rate}")
        if unknown := [fault for fault in faults if fault not in FAULTS]:
            raise InputError(f"no fault {unknown[0]!r}; choose from {', '.join(FAULTS)}")
        self.met: Counter[str] = Counter()
        self._inner = inner
        self._rate = rate
        self._seed = seed
        self._faults = tuple(faults)
        self._retry_after = retry_after
        self._calls: Counter[str] = Counter()
        self._lock = Lock()

    def complete(self, request: Request) -> Reply:
        """The inner reply, a spoilt one, or a `CompletionError`."""
        if not isinstance(self._inner, Completer):
            raise TypeError("the inner completer has no complete(); use acomplete()")
        fault = self._draw(request)
        self._raise(fault)
        return self._spoil(fault, request, self._inner.complete(request))

    async def acomplete(self, request: Request) -> Reply:
        """The same, awaited; an inner completer that is only sync is called directly."""
        fault = self._draw(request)
        self._raise(fault)
        if isinstance(self._inner, AsyncCompleter):
            reply = await self._inner.acomplete(request)
        else:
            reply = self._inner.complete(request)
        return self._spoil(fault, request, reply)

    def _draw(self, request: Request) -> str | None:
        name = request.key or request.messages[-1].content
        with self._lock:
            number = self._calls[name]
            self._calls[name] += 1
            chance = random.Random(f"{self._seed}\0{name}\0{number}".encode("utf-8", "surrogatepass"))
            if not self._faults or chance.random() >= self._rate:
                return None
            fault = chance.choice(self._faults)
            self.met[fault] += 1
        return fault

    def _raise(self, fault: str | None) -> None:
        error: CompletionError | None = None
        match fault:
            case "rate_limit":
                error = RateLimitError("too many requests (a planned fault)", status=429)
            case "rate_limit_retry_after":
                error = RateLimitError("too many requests (planned)", status=429, retry_after=self._retry_after)
            case "server":
                error = ProviderError("internal server error (a planned fault)", status=500)
            case "timeout":
                error = ProviderError("the provider did not answer in time (a planned fault)", status=408)
            case "connection":
                error = ProviderError("connection reset (a planned fault)")
            case "request":
                error = RequestError("request refused (a planned fault)", status=400)
        if error is not None:
            raise error

    def _spoil(self, fault: str | None, request: Request, reply: Reply) -> Reply:
        match fault:
            case "empty":
                return reply.model_copy(update={"text": ""})
            case "garbage":
                return reply.model_copy(update={"text": _GARBAGE})
            case "truncated":
                half = reply.text[: len(reply.text) // 2]
                return reply.model_copy(update={"text": half, "finish_reason": "length"})
            case "content_filter":
                return reply.model_copy(update={"text": "", "finish_reason": "content_filter"})
            case "echo":
                return reply.model_copy(update={"text": request.messages[-1].content})
        return reply
