"""The only effects of a run: two thin drivers, sync and async, over the same dispatcher.

Everything that is decided (what to send, when to retry, when to stop) stands in `Session`, `Dispatcher` and the retry
policy; a driver only waits.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from tenacity import AsyncRetrying, RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_base, wait_random_exponential

from selfstudy_guard.dispatch import Dispatcher, Send
from selfstudy_guard.errors import CompletionError, LimitReached, ProviderError
from selfstudy_guard.ledger import Ledger
from selfstudy_guard.pacing import Concurrency, Limits, Pace, Price
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.records import Reply, Request

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


@dataclass
class Session:
    """What both drivers share during one run.

    Attributes:
        dispatcher: the flows.
        ledger: where replies go the moment they arrive.
        concurrency: how many requests may be in flight.
        pace: requests and tokens per minute.
        limits: what the run may use up.
        price: used where the provider's own price is not known.
        tries: most sends of one request.
        stop: set to end the run after the requests in flight.
        notify: told in one line what a person should know (not for progress).
    """

    dispatcher: Dispatcher
    ledger: Ledger
    concurrency: Concurrency
    pace: Pace = field(default_factory=Pace)
    limits: Limits = field(default_factory=Limits)
    price: Price | None = None
    tries: int = 6
    stop: threading.Event = field(default_factory=threading.Event)
    notify: Callable[[str], None] = lambda message: None
    longest_backoff: float = 30.0
    stopped_because: str | None = field(default=None, init=False)
    _price_checked: bool = field(default=False, init=False)

    def next(self, in_flight: int) -> Send | None:
        """The next request that may be sent now."""
        if self.stop.is_set():
            self.stopped_because = self.stopped_because or "interrupted"
            return None
        if in_flight >= self.concurrency.limit:
            return None
        exceeded = self.limits.exceeded(self.ledger.usage)
        if exceeded is not None:
            self.stopped_because = exceeded
            return None
        return self.dispatcher.take()

    def arrived(self, send: Send, reply: Reply, seconds: float) -> Reply:
        """Make a reply durable before anything else is done with it; called where it arrives, in any thread."""
        self.concurrency.succeeded(seconds)
        return self.keep(send.request.key, send.job.key, send.request.purpose, reply)

    def keep(self, key: str, draw_key: str, purpose: str, reply: Reply) -> Reply:
        """Price a reply where its provider did not, cut one without end, and write it to the ledger."""
        reply = reply.bounded()
        if reply.usage.cost is None and self.price is not None:
            usage = reply.usage.model_copy(update={"cost": self.price.cost(reply.usage)})
            reply = reply.model_copy(update={"usage": usage})
        self.ledger.save_reply(key, draw_key, purpose, reply)
        return reply

    def check_price(self, reply: Reply) -> None:
        """Say once that a price is unknown; a cost limit that cannot be kept ends the run.

        Raises:
            LimitReached: a cost limit was given and the price is not known.
        """
        if self._price_checked:
            return
        self._price_checked = True
        if reply.usage.cost is None:
            if self.limits.cost is not None:
                raise LimitReached(
                    f"the price of {reply.model or 'this model'} is not known, so --max-cost cannot be kept: "
                    "give the price with --price IN,OUT (dollars per million tokens), or use --max-tokens instead"
                )
            self.notify(f"the price of {reply.model or 'this model'} is not known; cost is not counted (see --price)")

    def settle(self, send: Send, outcome: Reply | BaseException) -> None:
        """Hand what came of a request to the dispatcher; raises what must end the run."""
        if isinstance(outcome, Reply):
            self.check_price(outcome)
            self.dispatcher.deliver(send, outcome)
        elif isinstance(outcome, CompletionError):
            # A retry that the interruption cut short is no failure: the draw stays pending.
            if not (self.stop.is_set() and outcome.retryable):
                self.dispatcher.give_up(send, outcome)
        else:
            raise outcome

    def retry_policy(self) -> dict[str, Any]:
        """The one retry policy, for tenacity's sync and async forms alike."""
        return {
            "retry": retry_if_exception(self._may_retry),
            "stop": stop_after_attempt(self.tries),
            "wait": WaitAsAsked(wait_random_exponential(multiplier=0.5, max=self.longest_backoff)),
            "before_sleep": self._before_retry,
            "reraise": True,
        }

    def _may_retry(self, error: BaseException) -> bool:
        return isinstance(error, CompletionError) and error.retryable and not self.stop.is_set()

    def _before_retry(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if getattr(error, "status", None) in (429, 503, 529):
            self.concurrency.throttled()


def run(session: Session, completer: Completer) -> None:
    """Drive the session to its end with threads.

    Raises:
        CompletionError: an error that every request would meet.
        LimitReached, LedgerError: as `Session` and the ledger say.
    """

    complete = _checked(completer.complete)

    def pause(seconds: float) -> None:
        session.stop.wait(seconds)

    def call(send: Send) -> Reply:
        if session.stop.wait(session.pace.delay(_tokens(send.request))):
            raise _Unsent
        begun = time.monotonic()
        try:
            reply = complete(send.request)
        except CompletionError as error:
            retrying = Retrying(sleep=pause, **session.retry_policy())
            reply = retrying(_after(error, complete), send.request)
        return session.arrived(send, reply, time.monotonic() - begun)

    flying: dict[Future[Reply], Send] = {}
    ended: deque[tuple[Future[Reply], Send]] = deque()
    failed = 0  # ended, but not settled: counts as in flight, so that a wrong key is known before the next call
    pool = ThreadPoolExecutor(session.concurrency.most, thread_name_prefix="selfstudy-guard")
    try:
        while True:
            while (send := session.next(len(flying) + failed)) is not None:
                flying[pool.submit(call, send)] = send
            if not ended:
                if not flying:
                    return
                done, _ = wait(flying, return_when=FIRST_COMPLETED)
                ended.extend((future, flying.pop(future)) for future in done)
                failed = sum(future.exception() is not None for future in done)
            else:
                # One at a time, so that new requests leave before the next reply is worked on.
                future, send = ended.popleft()
                error = future.exception()
                failed -= error is not None
                if not isinstance(error, _Unsent):
                    session.settle(send, error if error is not None else future.result())
    except BaseException:
        session.stop.set()
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

    async def pause(seconds: float) -> None:
        """Sleep, but not longer than the run goes on."""
        until = time.monotonic() + seconds
        while not session.stop.is_set() and (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(left, 0.2))

    async def call(send: Send) -> Reply:
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
        return session.arrived(send, reply, time.monotonic() - begun)

    flying: dict[asyncio.Task[Reply], Send] = {}
    # Tasks queue up as they end: `asyncio.wait` would look at every request in flight for each one that came back.
    ended: asyncio.Queue[tuple[asyncio.Task[Reply], Send]] = asyncio.Queue()

    failed = 0  # ended, but not settled: counts as in flight, so that a wrong key is known before the next call

    def end(task: asyncio.Task[Reply]) -> None:
        nonlocal failed
        failed += not task.cancelled() and task.exception() is not None
        ended.put_nowait((task, flying.pop(task)))

    try:
        while True:
            while (send := session.next(len(flying) + failed)) is not None:
                started = asyncio.create_task(call(send))
                flying[started] = send
                started.add_done_callback(end)
            if not flying and ended.empty():
                return
            # New requests leave before the next reply is worked on. Else all that came back together would be worked
            # on with nothing in flight, and their successors would come back together again.
            await asyncio.sleep(0)
            task, send = await ended.get()
            error = task.exception()
            failed -= error is not None
            if not isinstance(error, _Unsent):
                session.settle(send, error if error is not None else task.result())
    except BaseException:
        session.stop.set()
        raise
    finally:
        left = list(flying)
        for task in left:
            task.cancel()
        while not ended.empty():
            left.append(ended.get_nowait()[0])
        await asyncio.gather(*left, return_exceptions=True)
        session.dispatcher.close()


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
