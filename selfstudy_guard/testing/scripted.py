"""A completer that answers from a list or a function, and keeps what it was asked."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Iterator
from threading import Lock

from selfstudy_guard.records import Reply, Request, Usage

Scripted = str | Reply | Exception
Script = Iterable[Scripted] | Callable[[Request], Scripted | Awaitable[Scripted]]


class ScriptExhaustedError(AssertionError):
    """More requests came than the script has replies.

    It is an assertion error, neither `StopIteration` (a flow would look finished) nor a `CompletionError`
    (a driver would try again): it always reaches the test.
    """


class ScriptedCompleter:
    """Answers each request with the next reply of a script; sync and async, from any thread.

    Args:
        replies: texts, `Reply` values, or exceptions to raise, in order; or a function of the request that gives one
            of these (for async use it may be a coroutine function).
        model: the name that replies made from texts carry.

    Attributes:
        requests: every request so far, in the order of arrival.
    """

    def __init__(self, replies: Script, *, model: str = "scripted") -> None:
        self.requests: list[Request] = []
        self._model = model
        self._lock = Lock()
        self._function = replies if callable(replies) else None
        self._replies: Iterator[Scripted] = iter(()) if callable(replies) else iter(replies)

    def complete(self, request: Request) -> Reply:
        """The next reply.

        Raises:
            ScriptExhaustedError: the script is used up.
            Exception: the one that stands in the script at this place.
        """
        scripted = self._next(request)
        if inspect.isawaitable(scripted):
            if inspect.iscoroutine(scripted):
                scripted.close()
            raise TypeError("an async script needs acomplete(); complete() got a coroutine")
        return self._reply(request, scripted)

    async def acomplete(self, request: Request) -> Reply:
        """The next reply, awaited; raises as `complete`."""
        scripted = self._next(request)
        if inspect.isawaitable(scripted):
            scripted = await scripted
        return self._reply(request, scripted)

    def _next(self, request: Request) -> Scripted | Awaitable[Scripted]:
        with self._lock:
            self.requests.append(request)
            number = len(self.requests)
            if self._function is None:
                for scripted in self._replies:
                    return scripted
                raise ScriptExhaustedError(
                    f"the script has {number - 1} replies, and request {number} came "
                    f"(purpose {request.purpose!r}, key {request.key!r})"
                )
        return self._function(request)

    def _reply(self, request: Request, scripted: Scripted) -> Reply:
        if isinstance(scripted, Exception):
            raise scripted
        if isinstance(scripted, Reply):
            return scripted
        return Reply(text=scripted, model=self._model, usage=estimated_usage(request, scripted))


def estimated_usage(request: Request, text: str) -> Usage:
    """Tokens of a call at four characters a token, free of charge."""
    sent = sum(len(message.content) for message in request.messages)
    return Usage(prompt_tokens=-(-sent // 4), completion_tokens=-(-len(text) // 4), cost=0.0)
