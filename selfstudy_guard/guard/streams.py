"""A stream that passes through untouched and is looked at when it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from selfstudy_guard.guard.responses import StreamReader
from selfstudy_guard.records import Reply


class GuardedStream:
    """Hands on every piece of a stream, sync or async, and calls `at_end` with the whole reply when it is through.

    Attributes and methods of the stream itself (`close`, `response` ...) are reached as before. A stream that is left
    after its finish reason came counts as read. One that is left earlier is not looked at: its question stays pending
    in the ledger.

    Args:
        stream: what the wrapped call returned.
        at_end: told the reply once, after the last piece.
    """

    def __init__(self, stream: Any, at_end: Callable[[Reply], None]) -> None:
        self._stream = stream
        self._at_end: Callable[[Reply], None] | None = at_end
        self._reader = StreamReader()
        self._pieces: Iterator[Any] | None = None
        self._apieces: AsyncIterator[Any] | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._stream, name)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._pieces is None:
            self._pieces = iter(self._stream)
        try:
            piece = next(self._pieces)
        except StopIteration:
            self._end()
            raise
        self._reader.take(piece)
        return piece

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        if self._apieces is None:
            self._apieces = aiter(self._stream)
        try:
            piece = await anext(self._apieces)
        except StopAsyncIteration:
            self._end()
            raise
        self._reader.take(piece)
        return piece

    def __del__(self) -> None:
        if self._reader.finished:
            self._end()

    def __enter__(self) -> GuardedStream:
        if hasattr(self._stream, "__enter__"):
            self._stream.__enter__()
        return self

    def __exit__(self, *error: Any) -> Any:
        leave = getattr(self._stream, "__exit__", None)
        return leave(*error) if leave is not None else None

    async def __aenter__(self) -> GuardedStream:
        if hasattr(self._stream, "__aenter__"):
            await self._stream.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> Any:
        leave = getattr(self._stream, "__aexit__", None)
        return await leave(*error) if leave is not None else None

    def _end(self) -> None:
        at_end, self._at_end = self._at_end, None
        if at_end is not None:
            at_end(self._reader.reply())
