"""The only effects of a run: two thin drivers, sync and async, over the same session.

Everything that is decided (what to send, when to retry, when to stop) stands in `Session`, `Dispatcher` and the retry
policy; a driver only waits.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

from tenacity import AsyncRetrying, Retrying

from selfstudy_guard.engine.scheduler import Send
from selfstudy_guard.engine.session import LONGEST_WAIT, Session, Timed, WaitAsAsked
from selfstudy_guard.errors import CompletionError, ProviderError
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.records import Reply, Request

__all__ = ["LONGEST_WAIT", "Session", "WaitAsAsked", "arun", "run"]


def run(session: Session, completer: Completer) -> None:
    """Drive the session to its end with threads.

    Raises:
        CompletionError: an error that every request would meet.
        LimitReached, LedgerError: as `Session` and the ledger say.
    """

    complete = _checked(completer.complete)
    session.ledger.defer()

    def pause(seconds: float) -> None:
        session.stop.wait(seconds)

    def call(send: Send) -> Timed:
        if session.stop.wait(session.pace.delay(_tokens(send.request))):
            raise _Unsent
        begun = time.monotonic()
        try:
            reply = complete(send.request)
        except CompletionError as error:
            retrying = Retrying(sleep=pause, **session.retry_policy())
            reply = retrying(_after(error, complete), send.request)
        return reply, time.monotonic() - begun

    flying: dict[Future[Timed], Send] = {}
    # Futures queue up as they end: `wait` would look at every request in flight for each one that came back.
    back: SimpleQueue[Future[Timed]] = SimpleQueue()
    ended: deque[tuple[Send, Reply | BaseException]] = deque()
    failed = 0  # ended, but not settled: counts as in flight, so that a wrong key is known before the next call
    pool = ThreadPoolExecutor(session.concurrency.most, thread_name_prefix="selfstudy-guard")

    def take_in(futures: list[Future[Timed]]) -> int:
        while not back.empty():
            futures.append(back.get())
        came = [(flying.pop(future), _outcome(future)) for future in futures if not future.cancelled()]
        ended.extend(session.arrived(came))
        return sum(isinstance(what, BaseException) for _, what in came)

    try:
        while True:
            while (send := session.next(len(flying) + failed)) is not None:
                flying[(future := pool.submit(call, send))] = send
                future.add_done_callback(back.put)
            if not ended and back.empty():
                session.ledger.flush()  # whoever looks at the run meanwhile sees how far it is
                if not flying:
                    return
            failed += take_in([] if ended else [back.get()])
            # One at a time, so that new requests leave before the next reply is worked on.
            send, outcome = ended.popleft()
            failed -= isinstance(outcome, BaseException)
            if not isinstance(outcome, _Unsent):
                session.settle(send, outcome)
    except BaseException:
        session.stop.set()
        take_in([])  # what was paid for is kept, whatever ended the run
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        session.dispatcher.close()


async def arun(session: Session, completer: AsyncCompleter | Completer) -> None:
    """Drive the session to its end with tasks of the running event loop. A sync completer is called in threads.

    Raises:
        CompletionError: an error that every request would meet.
        LimitReached, LedgerError: as `Session` and the ledger say.
    """

    async def in_thread(request: Request) -> Reply:
        assert isinstance(completer, Completer)
        return await asyncio.to_thread(completer.complete, request)

    # Asked once, since looking whether an object fits a protocol takes longer than the rest of a call.
    complete = _async_checked(completer.acomplete if isinstance(completer, AsyncCompleter) else in_thread)
    session.ledger.defer()

    async def pause(seconds: float) -> None:
        """Sleep, but not longer than the run goes on."""
        until = time.monotonic() + seconds
        while not session.stop.is_set() and (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(left, 0.2))

    async def call(send: Send) -> Timed:
        await pause(session.pace.delay(_tokens(send.request)))
        if session.stop.is_set():
            raise _Unsent
        begun = time.monotonic()
        reply: Reply
        try:
            reply = await complete(send.request)
        except CompletionError as error:
            retrying = AsyncRetrying(sleep=pause, **session.retry_policy())
            reply = await retrying(_async_after(error, complete), send.request)
        return reply, time.monotonic() - begun

    flying: dict[asyncio.Task[Timed], Send] = {}
    # Tasks queue up as they end: `asyncio.wait` would look at every request in flight for each one that came back.
    back: asyncio.Queue[asyncio.Task[Timed]] = asyncio.Queue()
    ended: deque[tuple[Send, Reply | BaseException]] = deque()
    failed = 0  # ended, but not settled: counts as in flight, so that a wrong key is known before the next call

    def take_in(tasks: list[asyncio.Task[Timed]]) -> int:
        while not back.empty():
            tasks.append(back.get_nowait())
        came = [(flying.pop(task), _outcome(task)) for task in tasks]
        ended.extend(session.arrived(came))
        return sum(isinstance(what, BaseException) for _, what in came)

    try:
        while True:
            while (send := session.next(len(flying) + failed)) is not None:
                flying[(started := asyncio.create_task(call(send)))] = send
                started.add_done_callback(back.put_nowait)
            if not ended and back.empty():
                session.ledger.flush()  # whoever looks at the run meanwhile sees how far it is
                if not flying:
                    return
            # New requests leave before the next reply is worked on. Else all that came back together would be worked
            # on with nothing in flight, and their successors would come back together again.
            await asyncio.sleep(0)
            failed += take_in([] if ended else [await back.get()])
            send, outcome = ended.popleft()
            failed -= isinstance(outcome, BaseException)
            if not isinstance(outcome, _Unsent):
                session.settle(send, outcome)
    except BaseException:
        session.stop.set()
        for task in flying:
            task.cancel()
        await asyncio.gather(*flying, return_exceptions=True)
        take_in([])  # what was paid for is kept, whatever ended the run
        raise
    finally:
        session.dispatcher.close()


def _outcome(ended: Future[Timed] | asyncio.Task[Timed]) -> Timed | BaseException:
    """The reply with its time, or the error."""
    if ended.cancelled():
        return asyncio.CancelledError()
    return ended.exception() or ended.result()


class _Unsent(Exception):  # noqa: N818  # not an error: the run was stopped before the request went out
    pass


def _checked(complete: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    def checked(request: Request) -> Reply:
        try:
            return _is_reply(complete(request))
        except Exception as error:
            raise _foreign(error) from error

    return checked


def _async_checked(complete: Callable[[Request], Any]) -> Callable[[Request], Any]:
    async def checked(request: Request) -> Reply:
        try:
            return _is_reply(await complete(request))
        except Exception as error:
            raise _foreign(error) from error

    return checked


def _after(error: CompletionError, complete: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    """`complete`, whose first try was made already and ended in `error`.

    Nearly every request succeeds at its first try, which then costs nothing of the retry loop. The loop is given the
    first error as its first try, so it counts, waits and gives up as if it had made that try itself.
    """
    made = [error]

    def after(request: Request) -> Reply:
        if made:
            raise made.pop()
        return complete(request)

    return after


def _async_after(error: CompletionError, complete: Callable[[Request], Any]) -> Callable[[Request], Any]:
    made = [error]

    async def after(request: Request) -> Reply:
        if made:
            raise made.pop()
        reply: Reply = await complete(request)
        return reply

    return after


def _is_reply(reply: Any) -> Reply:
    if not isinstance(reply, Reply):
        raise ProviderError(f"the completer returned {type(reply).__name__}, not a Reply", retryable=False)
    return reply


def _foreign(error: Exception) -> Exception:
    """Completers may raise CompletionError only; a time-out of the standard library is met often enough to know it."""
    if isinstance(error, TimeoutError | ConnectionError) and not isinstance(error, CompletionError):
        return ProviderError(f"{type(error).__name__} while calling the model")
    return error


def _tokens(request: Request) -> int:
    """Estimated tokens of a request with its reply, four characters a token."""
    return sum(len(message.content) for message in request.messages) // 4 + (request.max_tokens or 256)
