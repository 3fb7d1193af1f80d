"""The two drivers of a guarded call: one waits, one awaits; neither decides anything."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from selfstudy_guard.flow.step import Returned, step
from selfstudy_guard.guard.arguments import Arguments
from selfstudy_guard.guard.call_review import Consult
from selfstudy_guard.guard.flows import Behaviour


def drive(behaviour: Behaviour, call: Callable[..., Any]) -> Any:
    """Run a behaviour around a sync callable."""
    now = step(behaviour)
    while not isinstance(now, Returned):
        event = now.value
        try:
            response = event.now() if isinstance(event, Consult) else _made(event, call)
        except BaseException as error:
            behaviour.throw(error)
            raise
        if inspect.isawaitable(response):
            # A plain function that hands out a coroutine: so does the guarded one.
            return adrive(behaviour, call, begun=response)
        now = step(behaviour, response)
    return now.value


async def adrive(
    behaviour: Behaviour, call: Callable[..., Awaitable[Any]], *, begun: Awaitable[Any] | None = None
) -> Any:
    """Run a behaviour around an async callable; `begun` is its first call where that is under way already."""
    now = step(behaviour) if begun is None else None
    while not isinstance(now, Returned):
        try:
            if now is None:
                assert begun is not None
                response = await begun
            elif isinstance(now.value, Consult):
                response = await now.value.awaited()
            else:
                response = await _made(now.value, call)
        except BaseException as error:
            behaviour.throw(error)
            raise
        now = step(behaviour, response)
    return now.value


def _made(arguments: Arguments, call: Callable[..., Any]) -> Any:
    return call(*arguments.args, **(arguments.kwargs or {}))
