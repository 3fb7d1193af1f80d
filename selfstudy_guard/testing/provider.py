"""A local OpenAI-compatible server that fails on purpose, by a seed: for tests and for overhead benchmarks.

`with FaultyProvider(rate=0.2) as provider:` serves `provider.base_url` (`http://127.0.0.1:PORT/v1`) from a thread of
its own; `python -m selfstudy_guard.testing --latency 0.05` serves from a process of its own.
It needs nothing but the standard library and listens on the loopback interface alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import random
import socket
import struct
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfstudy_guard.errors import InputError
from selfstudy_guard.testing.provider_faults import (
    FATAL_FAULTS,
    PROVIDER_FAULTS,
    Sent,
    as_json,
    completion,
    error,
    faulty,
    good,
)
from selfstudy_guard.testing.provider_stream import faulty_stream, stream_of
from selfstudy_guard.testing.reader import respond

Responder = Callable[[Sequence[Mapping[str, Any]]], str]


@dataclass(frozen=True)
class Received:
    """One request that reached the provider.

    Attributes:
        number: from 1, in the order of arrival.
        path: of the URL.
        body: the decoded JSON body.
        headers: by lower-case name; the value of authorization is not kept.
        fault: the fault that it met, or None.
        at: `time.monotonic()` of its arrival, seconds.
    """

    number: int
    path: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    fault: str | None
    at: float


class FaultyProvider:
    """Serves `/v1/chat/completions` (plain and streaming), `/v1/models`, and `/counts` (total, met and peak, as JSON).

    Which request meets which fault depends on the seed, the messages and how often these messages came before, not on
    the order in which concurrent requests arrive. Without faults (`rate=0`) it is a well-behaved provider with a fixed
    latency.

    Args:
        rate: share of requests with a fault, 0 to 1.
        seed: of the faults.
        faults: which of `PROVIDER_FAULTS` (and `FATAL_FAULTS`) may happen, all equally likely.
        latency: seconds that every answer takes.
        spike: further seconds of the fault "latency".
        stall: seconds over which "slow-loris" dribbles before it hangs up.
        retry_after: seconds that "429-retry-after" asks for.
        respond: makes the good answers from the messages; by default the target's own words and an extracted sentence.
        keep: how many of the last requests `received` keeps.
        port: to listen on; 0 takes a free one.

    Attributes:
        received: the last requests, oldest first.
        met: how often each fault happened.
        total: how many requests came.
        peak: most requests in flight at a time.
    """

    def __init__(
        self,
        *,
        rate: float = 0.0,
        seed: int = 0,
        faults: Sequence[str] = PROVIDER_FAULTS,
        latency: float = 0.0,
        spike: float = 0.5,
        stall: float = 2.0,
        retry_after: float = 0.05,
        respond: Responder | None = None,
        keep: int = 10_000,
        port: int = 0,
    ) -> None:
        if not 0 <= rate <= 1:
            raise InputError(f"rate must be from 0 to 1, not {rate}")
        _check_faults(faults)
        self.received: deque[Received] = deque(maxlen=keep)
        self.met: Counter[str] = Counter()
        self.total: int = 0
        self.peak: int = 0
        self._in_flight = 0
        self._rate, self._seed, self._faults = rate, seed, tuple(faults)
        self._latency, self._spike, self._stall, self._retry_after = latency, spike, stall, retry_after
        self._respond = respond
        self._port = port
        self._forced: deque[str] = deque()
        self._seen: Counter[bytes] = Counter()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None
        self._failure: BaseException | None = None

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT/v1`, as clients take it."""
        return f"http://127.0.0.1:{self._port}/v1"

    def force(self, *faults: str) -> None:
        """Let the next requests meet exactly these faults, in this order ("none" for a good answer)."""
        _check_faults([fault for fault in faults if fault != "none"])
        self._forced.extend(faults)

    def start(self) -> FaultyProvider:
        """Listen, in a thread of its own; returns when requests can come.

        Raises:
            OSError: the port is taken.
        """
        self._thread = threading.Thread(target=self._serve_in_thread, name="faulty-provider", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def stop(self) -> None:
        """Hang up on everybody and end the thread."""
        if self._loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._stop.set)
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def __enter__(self) -> FaultyProvider:
        return self.start()

    def __exit__(self, *raised: object) -> None:
        self.stop()

    def _serve_in_thread(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as failure:
            self._failure = failure
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", self._port, backlog=4096)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task that ends cancelled makes asyncio log a fault for every connection that a client left open.
        ends = ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError
        with contextlib.suppress(*ends):
            while await self._exchange(reader, writer):
                pass
        writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Read one request and answer it; whether the connection stays open."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        start, *lines = head.split("\r\n")
        method, path, *_ = start.split(" ")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        data = await reader.readexactly(int(headers.get("content-length") or 0))
        headers.pop("authorization", None)
        if method == "GET" and path.rstrip("/").endswith("/models"):
            return await self._send(writer, as_json({"object": "list", "data": [{"id": "fake", "object": "model"}]}))
        if method == "GET" and path == "/counts":
            counts = {"total": self.total, "met": dict(self.met), "peak": self.peak}
            return await self._send(writer, as_json(counts))
        if method != "POST" or not path.partition("?")[0].endswith("/chat/completions"):
            return await self._send(writer, error(404))
        try:
            body = json.loads(data)
        except ValueError:
            return await self._send(writer, error(400))
        self._in_flight += 1
        self.peak = max(self.peak, self._in_flight)
        try:
            return await self._answer(writer, path, headers, body)
        finally:
            self._in_flight -= 1

    async def _answer(
        self, writer: asyncio.StreamWriter, path: str, headers: Mapping[str, str], body: Mapping[str, Any]
    ) -> bool:
        began = time.monotonic()
        self.total += 1
        number = self.total
        fault, chance = self._draw(body)
        self.received.append(Received(number, path, body, headers, fault, began))
        text = self._good_text(body)
        wait = self._latency + (self._spike if fault == "latency" else 0.0) - (time.monotonic() - began)
        if wait > 0:
            await asyncio.sleep(wait)
        if fault is None or fault == "latency":
            if body.get("stream"):
                return await self._send(writer, stream_of(completion(text, body=body, number=number), body))
            return await self._send(writer, good(text, body=body, number=number))
        sent = faulty(fault, text, body=body, number=number, retry_after=self._retry_after, chance=chance)
        if body.get("stream") and sent.status == 200:
            sent = faulty_stream(fault, sent, completion(text, body=body, number=number), body)
        return await self._send(writer, sent)

    def _draw(self, body: Mapping[str, Any]) -> tuple[str | None, float]:
        key = hashlib.sha256(json.dumps(body.get("messages")).encode()).digest()
        times = self._seen[key]
        self._seen[key] += 1
        dice = random.Random(key + struct.pack("<qq", self._seed, times))
        hit, fault, chance = dice.random() < self._rate, dice.choice(self._faults or ("none",)), dice.random()
        if self._forced:
            hit, fault = True, self._forced.popleft()
        if not hit or fault == "none":
            return None, chance
        self.met[fault] += 1
        return fault, chance

    def _good_text(self, body: Mapping[str, Any]) -> str:
        messages = body.get("messages") or []
        if self._respond is not None:
            return self._respond(messages)
        wanted = body.get("response_format") or {}
        schema = None
        if wanted.get("type") == "json_schema":
            schema = (wanted.get("json_schema") or {}).get("schema")
        elif wanted.get("type") == "json_object":
            schema = {}
        seed = body.get("seed")
        return respond(messages, schema=schema, variant=seed if isinstance(seed, int) else 0)

    async def _send(self, writer: asyncio.StreamWriter, sent: Sent) -> bool:
        head = {"content-length": str(len(sent.body)), **sent.headers, "connection": "keep-alive"}
        if "transfer-encoding" in head:
            del head["content-length"]
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        writer.write(f"HTTP/1.1 {sent.status} Planned\r\n{lines}\r\n".encode("latin-1"))
        if sent.cut is not None:
            writer.write(sent.body[: sent.cut])
            await writer.drain()
            _reset(writer)
            return False
        if sent.dribble:
            await self._dribble(writer, sent.body)
            return False
        writer.write(sent.body)
        await writer.drain()
        return True

    async def _dribble(self, writer: asyncio.StreamWriter, body: bytes) -> None:
        pause = max(0.01, self._stall / 20)
        until = time.monotonic() + self._stall
        for index in range(len(body) - 1):
            if time.monotonic() > until:
                return
            writer.write(body[index : index + 1])
            await writer.drain()
            await asyncio.sleep(pause)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection so that the client sees a reset, not an end."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _check_faults(faults: Sequence[str]) -> None:
    for fault in faults:
        if fault not in PROVIDER_FAULTS and fault not in FATAL_FAULTS:
            raise InputError(f"no fault {fault!r}; choose from {', '.join((*PROVIDER_FAULTS, *FATAL_FAULTS))}")
