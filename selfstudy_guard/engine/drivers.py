"""The only effects of a run: two thin drivers, in threads and in tasks, over the same session."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

from selfstudy_guard.engine.scheduler import Send
from selfstudy_guard.engine.session import Arrival, Session, Unsent
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.records import Reply, Request


def run(session: Session, completer: Completer) -> None:
    """Drive the session to its end with threads.

    Raises:
        CompletionError: an error that every request would meet.
        LimitReached, LedgerError: as `Session` and the ledger say.
    """
    back: SimpleQueue[Arrival] = SimpleQueue()

    def call(send: Send) -> None:
        begun = time.monotonic()
        outcome: Any = Unsent()
        try:
            if not session.stop.wait(send.wait):
                begun = time.monotonic()
                outcome = completer.complete(send.request)
        except BaseException as error:
            outcome = error
        back.put(Arrival(send, outcome, time.monotonic() - begun))

    pool = ThreadPoolExecutor(session.concurrency.most, thread_name_prefix="selfstudy-guard")
    try:
        while True:
            for send in session.next_actions():
                pool.submit(call, send)
            if not session.due and back.empty():
                session.ledger.flush()  # whoever looks at the run meanwhile sees how far it is
                if session.over:
                    return
            session.completed(_queued(back, None if session.due else back.get()))
    except BaseException:
        session.stop.set()
        session.completed(_queued(back))  # what was paid for is kept, whatever ended the run
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        session.close()


async def arun(session: Session, completer: AsyncCompleter | Completer) -> None:
    """Drive the session to its end with tasks of the running event loop. A sync completer is called in threads.

    Raises:
        CompletionError: an error that every request would meet.
        LimitReached, LedgerError: as `Session` and the ledger say.
    """
    back: asyncio.Queue[Arrival] = asyncio.Queue()
    # Asked once, since looking whether an object fits a protocol takes longer than the rest of a call.
    complete = completer.acomplete if isinstance(completer, AsyncCompleter) else _in_thread(completer)

    async def call(send: Send) -> None:
        begun = time.monotonic()
        outcome: Any = Unsent()
        try:
            await _pause(session, send.wait)
            if not session.stop.is_set():
                begun = time.monotonic()
                outcome = await complete(send.request)
        except BaseException as error:
            outcome = error
        back.put_nowait(Arrival(send, outcome, time.monotonic() - begun))

    tasks: set[asyncio.Task[None]] = set()
    try:
        while True:
            for send in session.next_actions():
                tasks.add(task := asyncio.create_task(call(send)))
                task.add_done_callback(tasks.discard)
            if not session.due and back.empty():
                session.ledger.flush()  # whoever looks at the run meanwhile sees how far it is
                if session.over:
                    return
            # New requests leave before the next reply is worked on. Else all that came back together would be worked
            # on with nothing in flight, and their successors would come back together again.
            await asyncio.sleep(0)
            session.completed(_queued(back, None if session.due else await back.get()))
    except BaseException:
        session.stop.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        session.completed(_queued(back))  # what was paid for is kept, whatever ended the run
        raise
    finally:
        session.close()


def drive(session: Session, completer: Completer | AsyncCompleter) -> None:
    """Drive the session to its end as the completer wants it, also where an event loop runs in this thread.

    Raises:
        CompletionError, LimitReached, LedgerError: as `run`.
    """
    if isinstance(completer, Completer):
        run(session, completer)
    else:
        _await_anywhere(arun(session, completer))


def _in_thread(completer: Completer) -> Callable[[Request], Awaitable[Reply]]:
    async def complete(request: Request) -> Reply:
        return await asyncio.to_thread(completer.complete, request)

    return complete


async def _pause(session: Session, seconds: float) -> None:
    """Sleep, but not longer than the run goes on."""
    until = time.monotonic() + seconds
    while seconds and not session.stop.is_set() and (left := until - time.monotonic()) > 0:
        await asyncio.sleep(min(left, 0.2))


def _queued(back: SimpleQueue[Arrival] | asyncio.Queue[Arrival], first: Arrival | None = None) -> list[Arrival]:
    """All that came back, without waiting for more."""
    came = [] if first is None else [first]
    while not back.empty():
        came.append(back.get_nowait())
    return came


def _await_anywhere(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end, also where this thread's event loop is busy (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(coroutine)
        return
    errors: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(coroutine)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, name="selfstudy-guard")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
