"""Asking the judge of a guard, who looks at doubtful passages once more before they are cut.

A behaviour asks either through the very call that it guards (same model, same options), or yields a `Consult` for the
guard's own judge; the driver sends it.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

from selfstudy_guard.errors import InputError
from selfstudy_guard.flow.step import Returned, step
from selfstudy_guard.guard.arguments import Arguments
from selfstudy_guard.guard.pending import OpenDraw
from selfstudy_guard.guard.responses import is_stream, read_reply
from selfstudy_guard.ledger import Ledger
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.records import Reply, Request

T = TypeVar("T")


@dataclass(frozen=True)
class Consult:
    """One request for the guard's own judge."""

    request: Request
    judge: Completer | AsyncCompleter

    def now(self) -> Reply:
        """Send it and wait; raises as the completer does."""
        judge = self.judge
        if isinstance(judge, Completer):
            return judge.complete(self.request)
        return _waited(lambda: judge.acomplete(self.request))

    async def awaited(self) -> Reply:
        """The same, awaited; a sync completer is called in a thread."""
        if isinstance(self.judge, AsyncCompleter):
            return await self.judge.acomplete(self.request)
        return await asyncio.to_thread(self.judge.complete, self.request)


Asking = Generator["Arguments | Consult", Any, T]


def settled(asking: Asking[T], what: str) -> T:
    """The end of `asking` where there is no call to ask through: only the guard's own judge can be.

    Raises:
        InputError: the judge is the wrapped call.
    """
    now = step(asking)
    while not isinstance(now, Returned):
        if not isinstance(now.value, Consult):
            asking.close()
            raise InputError(no_call(what))
        now = step(asking, now.value.now())
    return now.value


def no_call(what: str) -> str:
    """The message for those who asked for a judge where there is none to ask."""
    return f"{what} makes no call that a judge could be asked through: name one, Guard(..., judge=MODEL)"


def consulted(
    ledger: Ledger,
    judge: Completer | AsyncCompleter | None,
    looking: Generator[Request, Reply, T],
    one: OpenDraw | None,
    through: Callable[[Request], Arguments] | None = None,
) -> Asking[T]:
    """Run a look; replies come from the ledger, or else from the judge, and are then written down.

    Args:
        ledger: keeps the replies.
        judge: what is asked; None asks through the wrapped call.
        looking: from `flow.evidence.cut_in_view`.
        one: the draw that it belongs to, if any.
        through: the wrapped call's arguments for a request, where the guard has no judge of its own.
    """
    now = step(looking)
    while not isinstance(now, Returned):
        request = now.value
        value = ledger.reply(request.key)
        if value is None:
            if judge is not None:
                reply = yield Consult(request, judge)
            else:
                assert through is not None
                reply = _read((yield through(request)))
            # Two calls at the same time may both have asked: the first reply counts, both are paid for.
            stored = ledger.reply(request.key)
            name = request.key if stored is None else f"{request.key}:{secrets.token_hex(4)}"
            ledger.save_reply(name, one.key if one is not None else "", "judge", reply)
            value = stored or reply
        now = step(looking, value)
    return now.value


def _read(response: Any) -> Reply:
    if is_stream(response):
        raise InputError(
            "a judge cannot be asked through a call that streams: name a judge of its own, Guard(..., judge=MODEL)"
        )
    return read_reply(response)


def _waited(make: Callable[[], Any]) -> Reply:
    """Await something in sync code, also where this thread's event loop is busy."""
    replies: list[Reply] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            replies.append(asyncio.run(make()))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, name="selfstudy-guard-judge")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return replies[0]
