"""Sends the requests of an experiment: resumable through a ledger, within limits, in parallel."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from selfstudy_guard.engine.drivers import WaitAsAsked
from selfstudy_guard.engine.limits import Limits, Price
from selfstudy_guard.errors import CompletionError, LimitReached
from selfstudy_guard.ledger import Ledger
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.records import Reply, Request


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
        self._concurrency = max(1, min(concurrency, getattr(completer, "max_concurrency", None) or concurrency))
        self._tries = tries
        self._on_reply = on_reply
        self.calls = 0
        self.failed = 0
        self._ended: BaseException | None = None
        self._mutex = threading.Lock()

    def answers(self, requests: Sequence[Request]) -> list[Reply | None]:
        """The replies in the order of the requests; None where none could be had.

        Raises:
            CompletionError: an error that every request would meet (wrong key, unknown model).
            LimitReached: a limit is used up; the same command goes on with a higher one.
        """
        with ThreadPoolExecutor(self._concurrency) as pool:
            futures = [pool.submit(self._unless_ended, request) for request in requests]
            try:
                return [future.result() for future in futures]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _unless_ended(self, request: Request) -> Reply | None:
        # A worker may take the next request before the others are cancelled.
        if self._ended is not None:
            raise self._ended
        try:
            return self._one(request)
        except BaseException as error:
            self._ended = error
            raise

    def _one(self, request: Request) -> Reply | None:
        key = f"{self._name}:{request.key}"
        reply = self._ledger.reply(key)
        if reply is None:
            exceeded = self._limits.exceeded(self._ledger.usage)
            if exceeded is not None:
                raise LimitReached(f"{exceeded}; the same command goes on where it stopped")
            reply = self._sent(request)
            if reply is None:
                return None
            reply = self._priced(reply)
            self._ledger.save_reply(key, self._name, request.purpose, reply)
            if reply.usage.cost is None and self._limits.cost is not None:
                raise LimitReached(
                    f"the price of {reply.model or 'this model'} is not known, so the cost limit cannot be kept: give "
                    "the price with --price IN,OUT (dollars per million tokens), or leave --max-cost out"
                )
        with self._mutex:
            self.calls += 1
        if self._on_reply is not None:
            self._on_reply()
        return reply

    def _priced(self, reply: Reply) -> Reply:
        if reply.usage.cost is not None or self._price is None:
            return reply
        usage = reply.usage.model_copy(update={"cost": self._price.cost(reply.usage)})
        return reply.model_copy(update={"usage": usage})

    def _sent(self, request: Request) -> Reply | None:
        retrying = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, CompletionError) and error.retryable),
            stop=stop_after_attempt(self._tries),
            wait=WaitAsAsked(wait_random_exponential(multiplier=0.5, max=30)),
            reraise=True,
        )
        try:
            reply: Reply = retrying(self._complete, request)
            return reply
        except CompletionError as error:
            if error.fatal:
                raise
            with self._mutex:
                self.failed += 1
            return None

    def _complete(self, request: Request) -> Reply:
        if isinstance(self._completer, Completer):
            return self._completer.complete(request)
        awaited: Any = self._completer.acomplete(request)
        return asyncio.run(awaited)  # type: ignore[no-any-return]  # acomplete returns a Reply
