"""The server: requests with documents go through the guard, a few others pass, and the rest is refused with a reason.

    POST /v1/chat/completions, /v1/completions, /v1/responses, /v1/messages     guarded, streaming and not
    GET  /v1/models, POST /v1/embeddings                                        passed on as they are
    POST /documents                                                             registers more documents
    GET  /, /healthz, /metrics                                                  coverage report, health, figures

Keys of clients are passed on in their headers and are kept, logged or reported nowhere.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from selfstudy_guard.errors import InputError, UnguardedCallError, UnguardedCause
from selfstudy_guard.guard import Guard
from selfstudy_guard.records import Document
from selfstudy_guard_server.purposes import HEADER, Purpose
from selfstudy_guard_server.upstream import Upstream, UpstreamError, Whole

_REMEDIES: dict[UnguardedCause, str] = {
    "unregistered": 'Register the text first (POST /documents with {"id": "...", "text": "..."}), or start the server '
    "with --unguarded filter",
    "opaque": "Send the text itself, or start the server with --opaque warn",
}
GUARDED = ("/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages")


@dataclass(frozen=True)
class Limits:
    """What one server takes at most.

    Attributes:
        body: bytes of a request.
        concurrency: requests at the upstream at a time.
        waiting: requests that wait for their turn; more are told to come again (429).
        retry_after: seconds that they are told to wait.
    """

    body: int = 16 * 2**20
    concurrency: int = 64
    waiting: int = 512
    retry_after: int = 2


class TooLargeError(Exception):
    """A request body above the limit."""


def make_app(
    guard: Guard,
    upstream: Upstream,
    *,
    purpose: Purpose | str = "auto",
    limits: Limits | None = None,
) -> Starlette:
    """The server as an ASGI application; it closes guard and upstream when it shuts down.

    Args:
        guard: knows the documents; `Guard(..., unguarded="warn")` lets requests without one through.
        upstream: where requests go.
        purpose: what requests are for that do not say it themselves.
        limits: None for the defaults of `Limits`.

    Raises:
        InputError: no such purpose.
    """
    chosen = purpose if isinstance(purpose, Purpose) else Purpose.read(purpose)
    server = _Server(guard, upstream, chosen, limits or Limits())
    return Starlette(
        routes=[
            *(Route(path, server.guarded, methods=["POST"]) for path in GUARDED),
            Route("/v1/models", server.passed, methods=["GET"]),
            Route("/v1/models/{name:path}", server.passed, methods=["GET"]),
            Route("/v1/embeddings", server.passed, methods=["POST"]),
            Route("/documents", server.documents, methods=["GET", "POST"]),
            Route("/", server.report, methods=["GET"]),
            Route("/healthz", server.healthy, methods=["GET"]),
            Route("/metrics", server.metrics, methods=["GET"]),
            Route("/{path:path}", server.refused, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ],
        lifespan=server.lifespan,
    )


class _HandedOn(StreamingResponse):
    """A stream of the upstream that is handed on; it lets go of its place when it ends, also if it never began.

    A client that leaves before the first piece ends the response without a step of the stream having been taken.
    """

    def __init__(self, pieces: Any, leave: Callable[[], None]) -> None:
        super().__init__(pieces, headers=dict(pieces.headers))
        self._pieces, self._leave = pieces, leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()
            await self._pieces.aclose()


class _Server:
    def __init__(self, guard: Guard, upstream: Upstream, purpose: Purpose, limits: Limits) -> None:
        self._guard = guard
        self._upstream = upstream
        self._purpose = purpose
        self._limits = limits
        self._turn = asyncio.Semaphore(limits.concurrency)
        self._inside = 0
        self._registering = asyncio.Lock()
        self._counts: Counter[tuple[str, int]] = Counter()

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """Requests under way have ended when this is left, so nothing that was answered is lost."""
        try:
            yield
        finally:
            await self._upstream.aclose()
            self._guard.close()

    # -- requests that carry documents --------------------------------------------------------------------------

    async def guarded(self, request: HttpRequest) -> Response:
        path = request.url.path
        try:
            body = await self._json(request)
            purpose = self._purpose_of(request, body)
        except TooLargeError:
            return self._told(path, 413, f"the request is larger than {self._limits.body:,} bytes", "too_large")
        except InputError as error:
            return self._told(path, 400, str(error), "invalid_request")
        if self._inside >= self._limits.concurrency + self._limits.waiting:
            busy = self._told(path, 429, "too many requests wait already: try again", "busy")
            busy.headers["retry-after"] = str(self._limits.retry_after)
            return busy
        self._inside += 1
        handed_on = False
        try:
            await self._turn.acquire()
        except BaseException:  # cancelled while it waited: it holds no turn to give back
            self._inside -= 1
            raise
        try:
            response = await self._answered(path, body, purpose, request.headers)
            handed_on = isinstance(response, _HandedOn)
            return response
        finally:
            if not handed_on:
                self._leave()

    async def _answered(
        self, path: str, body: dict[str, Any], purpose: Purpose, headers: Mapping[str, str]
    ) -> Response:
        async def call(**given: Any) -> Any:
            return await self._upstream.send(path, given, headers)

        try:
            reply = await purpose.wrapped(self._guard, call)(**body)
        except UpstreamError as error:
            self._counts[path, error.status] += 1
            return Response(error.content, error.status, {"content-type": "application/json", **error.headers})
        except UnguardedCallError as error:
            said = str(error) if error.cause is None else f"{error.found}. {_REMEDIES[error.cause]}"
            return self._told(path, 400, said, "unguarded_call")
        except InputError as error:
            return self._told(path, 400, str(error), "invalid_request")
        self._counts[path, 200] += 1
        if isinstance(reply, Whole):
            return Response(reply.content, reply.status, dict(reply.headers))
        return _HandedOn(reply, self._leave)

    def _leave(self) -> None:
        self._inside -= 1
        self._turn.release()

    async def _json(self, request: HttpRequest) -> dict[str, Any]:
        raw = await self._body(request)
        try:
            body = json.loads(raw)
        except ValueError as error:
            raise InputError(f"the body of the request is no JSON: {error}") from error
        if not isinstance(body, dict):
            raise InputError("the body of the request is no JSON object")
        return body

    async def _body(self, request: HttpRequest) -> bytes:
        raw = bytearray()
        async for piece in request.stream():
            raw += piece
            if len(raw) > self._limits.body:
                raise TooLargeError
        return bytes(raw)

    def _purpose_of(self, request: HttpRequest, body: dict[str, Any]) -> Purpose:
        named: Purpose | None = None
        model = body.get("model")
        if isinstance(model, str):
            named, body["model"] = Purpose.of_model(model)
        told = request.headers.get(HEADER)
        return Purpose.read(told) if told is not None else named or self._purpose

    # -- other requests -----------------------------------------------------------------------------------------

    async def passed(self, request: HttpRequest) -> Response:
        path = request.url.path
        try:
            content = await self._body(request)
            reply = await self._upstream.forward(request.method, path, content, request.headers)
        except TooLargeError:
            return self._told(path, 413, f"the request is larger than {self._limits.body:,} bytes", "too_large")
        except UpstreamError as error:
            self._counts[path, error.status] += 1
            return Response(error.content, error.status, {"content-type": "application/json", **error.headers})
        self._counts[path, reply.status] += 1
        return Response(reply.content, reply.status, dict(reply.headers))

    async def refused(self, request: HttpRequest) -> Response:
        paths = ", ".join(GUARDED)
        message = f"{request.url.path} cannot be guarded, so nothing was sent: use one of {paths}"
        return self._told("other", 400, message, "not_guarded")

    async def documents(self, request: HttpRequest) -> Response:
        if request.method == "GET":
            rows = [{"id": one.id, "characters": len(one.text)} for one in self._guard.documents]
            return JSONResponse({"documents": rows})
        try:
            given = await self._json(request)
            listed: Any = given.get("documents", [given])
            if not isinstance(listed, list):
                raise InputError("give {id, text} or {documents: [{id, text}, ...]}")
            added = [_document(row) for row in listed]
            async with self._registering:
                await run_in_threadpool(self._guard.register, added)
        except TooLargeError:
            return self._told("/documents", 413, f"more than {self._limits.body:,} bytes", "too_large")
        except (InputError, ValueError) as error:
            return self._told("/documents", 400, str(error), "invalid_request")
        return JSONResponse({"registered": len(added), "documents": len(self._guard.documents)}, 201)

    async def report(self, request: HttpRequest) -> Response:
        return HTMLResponse(await run_in_threadpool(self._guard.report_html))

    async def healthy(self, request: HttpRequest) -> Response:
        return JSONResponse({"status": "ok", "documents": len(self._guard.documents), "inside": self._inside})

    async def metrics(self, request: HttpRequest) -> Response:
        balance, notes = self._guard.balance, self._guard.notes
        lines = ["# TYPE selfstudy_guard_requests_total counter"]
        lines += [
            f'selfstudy_guard_requests_total{{path="{path}",status="{status}"}} {count}'
            for (path, status), count in sorted(self._counts.items())
        ]
        lines += ["# TYPE selfstudy_guard_requests_inside gauge", f"selfstudy_guard_requests_inside {self._inside}"]
        lines += ["# TYPE selfstudy_guard_draws gauge"]
        lines += [
            f'selfstudy_guard_draws{{state="{name}"}} {getattr(balance, name)}'
            for name in ("planned", "answered", "rejected", "failed", "pending")
        ]
        lines += ["# TYPE selfstudy_guard_calls_total counter"]
        lines += [f'selfstudy_guard_calls_total{{kind="{name}"}} {count}' for name, count in _counted(notes)]
        return PlainTextResponse("\n".join(lines) + "\n")

    def _told(self, path: str, status: int, message: str, kind: str) -> Response:
        self._counts[path, status] += 1
        return JSONResponse({"error": {"message": message, "type": kind, "code": kind, "param": None}}, status)


def _document(row: Any) -> Document:
    fields = row if isinstance(row, dict) else {}
    if not all(isinstance(fields.get(name), str) and fields[name] for name in ("id", "text")):
        raise InputError("each document needs `id` and `text`, both texts that are not empty")
    return Document(id=fields["id"], text=fields["text"], media_type=fields.get("media_type"))


def _counted(notes: Any) -> list[tuple[str, int]]:
    values = notes.model_dump() if hasattr(notes, "model_dump") else vars(notes)
    return [(name, value) for name, value in values.items() if isinstance(value, int)]
