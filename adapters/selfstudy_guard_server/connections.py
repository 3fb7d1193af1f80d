"""Many connections to one service, in small pools.

The pool of httpcore looks at every connection whenever a request begins or ends: with 64 of them that took half of
the server's time. Pools of four do not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx

_EACH = 4
"""Connections of one pool."""


class SmallPools(httpx.AsyncBaseTransport):
    """A transport that hands each request to the pool with the fewest requests under way.

    Args:
        connections: most connections at a time, in all pools together (rounded up to a whole pool).
    """

    def __init__(self, connections: int) -> None:
        context = httpx.create_ssl_context()
        limits = httpx.Limits(max_connections=_EACH, max_keepalive_connections=_EACH)
        self._pools = [
            httpx.AsyncHTTPTransport(verify=context, limits=limits, trust_env=False)
            for _ in range(max(1, -(-connections // _EACH)))
        ]
        self._under_way = [0] * len(self._pools)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The response to a request; its place is free again when the response is closed."""
        place = min(range(len(self._pools)), key=self._under_way.__getitem__)
        self._under_way[place] += 1

        def leave() -> None:
            self._under_way[place] -= 1

        try:
            response = await self._pools[place].handle_async_request(request)
        except BaseException:
            leave()
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_Counted(response.stream, leave),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self._pools:
            await pool.aclose()


class _Counted(httpx.AsyncByteStream):
    """A stream that says once when it is closed."""

    def __init__(self, stream: httpx.AsyncByteStream, leave: Callable[[], None]) -> None:
        self._stream = stream
        self._leave: Callable[[], None] | None = leave

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            yield piece

    async def aclose(self) -> None:
        leave, self._leave = self._leave, None
        try:
            await self._stream.aclose()
        finally:
            if leave is not None:
                leave()
