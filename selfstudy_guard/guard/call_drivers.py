"""The two drivers of a guarded call: one waits, one awaits; neither decides anything."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from selfstudy_guard.guard.arguments import Arguments
from selfstudy_guard.guard.call_review import Consult
from selfstudy_guard.guard.flows import Behaviour


def drive(behaviour: Behaviour, call: Callable[..., Any]) -> Any:
    """Run a behaviour around a sync callable."""
    try:
        # Only `send` may end it: a StopIteration out of the call must not look like a finished behaviour.
        event = behaviour.send(None)
    except StopIteration as stop:
        return stop.value
    while True:
        try:
            response = event.now() if isinstance(event, Consult) else _made(event, call)
        except BaseException as error:
            behaviour.throw(error)
            raise
        if inspect.isawaitable(response):
            # A plain function that hands out a coroutine: so does the guarded one.
            return _awaited(behaviour, call, lambda pending=response: pending)  # type: ignore[misc]  # bound now
        try:
            event = behaviour.send(response)
        except StopIteration as stop:
            return stop.value


async def adrive(behaviour: Behaviour, call: Callable[..., Awaitable[Any]]) -> Any:
    """Run a behaviour around an async callable."""
    try:
        event = behaviour.send(None)
    except StopIteration as stop:
        return stop.value
    return await _awaited(behaviour, call, _begin(event, call))


async def _awaited(
    behaviour: Behaviour, call: Callable[..., Awaitable[Any]], begin: Callable[[], Awaitable[Any]]
) -> Any:
    while True:
        try:
            response = await begin()
        except BaseException as error:
            behaviour.throw(error)
            raise
        try:
            event = behaviour.send(response)
        except StopIteration as stop:
            return stop.value
        begin = _begin(event, call)


def _begin(event: Arguments | Consult, call: Callable[..., Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    return event.awaited if isinstance(event, Consult) else lambda: _made(event, call)


def _made(arguments: Arguments, call: Callable[..., Any]) -> Any:
    return call(*arguments.args, **(arguments.kwargs or {}))
