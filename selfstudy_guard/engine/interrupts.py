"""Ending a run from the keyboard."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from selfstudy_guard.engine.session import Session


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
