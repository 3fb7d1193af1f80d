"""Ending a run from the keyboard, and driving an async one where an event loop runs already."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from selfstudy_guard.engine.drivers import Session


@contextmanager
def interruptible(session: Session) -> Iterator[None]:
    """First Ctrl-C: end after what is in flight. Second: at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_signal(number: int, frame: FrameType | None) -> None:
        if session.stop.is_set():
            raise KeyboardInterrupt
        session.stop.set()
        session.notify("stopping after the requests in flight; press Ctrl-C again to stop at once")

    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, on_signal)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def await_anywhere(coroutine: Any) -> None:
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
