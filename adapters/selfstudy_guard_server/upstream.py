"""Where guarded requests go: an HTTP service, or the built-in model. Neither decides anything.

A reply is handed on as it came: the same status, body and headers. An error of the service passes through as
`UpstreamError`, so that the guard counts the call as failed and the client sees what the service said.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Protocol

import httpx
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool

from selfstudy_guard.errors import InputError
from selfstudy_guard.models import resolve_model
from selfstudy_guard.records import Message, Reply, Request
from selfstudy_guard_server.connections import SmallPools

_NOT_FORWARDED = frozenset(
    "host content-length connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding "
    "upgrade accept-encoding".split()
)
"""Headers that belong to one connection and not to the request."""
_NOT_RETURNED = _NOT_FORWARDED | {"content-encoding", "server", "date"}


class Whole(dict[str, Any]):
    """A reply that came in one piece: its JSON object, and the bytes and headers that it came with."""

    def __init__(self, value: Mapping[str, Any], content: bytes, headers: Mapping[str, str], status: int = 200) -> None:
        super().__init__(value)
        self.content, self.headers, self.status = content, headers, status


class Pieces:
    """A reply that comes as server-sent events: raw bytes, as they come.

    Args:
        pieces: the bytes.
        close: called once when nobody reads any more.
        headers: headers to hand on.
    """

    def __init__(self, pieces: AsyncIterator[bytes], close: Any, headers: Mapping[str, str]) -> None:
        self._pieces, self._close, self.headers = pieces, close, headers

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces

    async def aclose(self) -> None:
        """Let go of the connection."""
        await self._close()


class UpstreamError(Exception):
    """The service answered with an error; status, body and headers are handed on."""

    def __init__(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        super().__init__(f"the upstream answered with status {status}")
        self.status, self.content, self.headers = status, content, headers


class Upstream(Protocol):
    """Sends a request body on."""

    async def send(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Whole | Pieces:
        """The reply to `body`."""

    async def forward(self, method: str, path: str, content: bytes, headers: Mapping[str, str]) -> Whole:
        """The reply to a request that is passed on as it is."""

    async def aclose(self) -> None:
        """Let go of what is held."""


class HttpUpstream:
    """An OpenAI- or Anthropic-compatible service.

    Args:
        base_url: its address, with or without a final `/v1`.
        timeout: most seconds to wait for the next bytes of a reply.
        connections: most connections at a time.

    Raises:
        InputError: `base_url` is no http or https address.
    """

    def __init__(self, base_url: str, timeout: float = 600, connections: int = 256) -> None:
        if not base_url.startswith(("http://", "https://")):
            raise InputError(f"the upstream {base_url!r} is no address: give http(s)://HOST[:PORT][/v1], or embedded")
        self.base_url = base_url.rstrip("/").removesuffix("/v1")
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=min(10.0, timeout)),
            transport=SmallPools(connections),
            follow_redirects=False,
            trust_env=False,  # a proxy that the environment names would see the documents
        )

    async def send(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Whole | Pieces:
        """The reply to `body`.

        Raises:
            UpstreamError: the service answered with an error, with something else than JSON, or could not be reached.
        """
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        told = {**_kept(headers), "content-type": "application/json"}
        request = self._client.build_request("POST", self.base_url + path, content=content, headers=told)
        try:
            response = await self._client.send(request, stream=True)
            if body.get("stream") and response.status_code < 400:
                return Pieces(response.aiter_bytes(), response.aclose, _returned(response.headers))
            try:
                raw = await response.aread()
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise _unreachable(error) from error
        if response.status_code >= 400:
            raise UpstreamError(response.status_code, raw, _returned(response.headers))
        try:
            value = json.loads(raw)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise UpstreamError(502, _error("the upstream answered with something else than a JSON object"), {})
        return Whole(value, raw, _returned(response.headers), response.status_code)

    async def forward(self, method: str, path: str, content: bytes, headers: Mapping[str, str]) -> Whole:
        """The reply to a request that is passed on as it is, whatever it says."""
        try:
            response = await self._client.request(
                method, self.base_url + path, content=content or None, headers=_kept(headers)
            )
        except httpx.HTTPError as error:
            raise _unreachable(error) from error
        return Whole({}, response.content, _returned(response.headers), response.status_code)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class EmbeddedUpstream:
    """The built-in model, or a local GGUF, behind `/v1/chat/completions`: to try the server without a key.

    Args:
        model: "embedded" or "gguf:PATH".

    Raises:
        MissingExtraError: the extra `embedded` is not installed.
    """

    def __init__(self, model: str = "embedded") -> None:
        self._model = model
        self._completer: Any = resolve_model(model)
        self._one_at_a_time = threading.Lock()

    async def send(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Whole | Pieces:
        """The reply to `body`.

        Raises:
            UpstreamError: another path than chat completions, or a request that the model cannot read.
        """
        if path != "/v1/chat/completions":
            raise UpstreamError(404, _error(f"the built-in model answers /v1/chat/completions only, not {path}"), {})
        request = _request(body)
        name = f"chatcmpl-{uuid.uuid4().hex}"
        if body.get("stream"):
            return Pieces(iterate_in_threadpool(self._events(request, name)), _nothing, _EVENTS)
        value = _completion(await run_in_threadpool(self._complete, request), name)
        return Whole(value, json.dumps(value, ensure_ascii=False).encode(), {"content-type": "application/json"})

    async def forward(self, method: str, path: str, content: bytes, headers: Mapping[str, str]) -> Whole:
        """The list of models; the built-in model has no embeddings."""
        if path != "/v1/models":
            raise UpstreamError(404, _error(f"the built-in model has no {path}"), {})
        value = {"object": "list", "data": [{"id": self._model, "object": "model", "owned_by": "selfstudy-guard"}]}
        return Whole(value, json.dumps(value).encode(), {"content-type": "application/json"})

    async def aclose(self) -> None:
        """Nothing is held."""

    def _complete(self, request: Request) -> Reply:
        with self._one_at_a_time:
            reply: Reply = self._completer.complete(request)
            return reply

    def _events(self, request: Request, name: str) -> Iterator[bytes]:
        reply = self._complete(request)
        for text, finish in ((reply.text, None), ("", reply.finish_reason)):
            choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish}
            event = {"id": name, "object": "chat.completion.chunk", "model": self._model, "choices": [choice]}
            yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
        yield b"data: [DONE]\n\n"


_EVENTS = {"content-type": "text/event-stream"}


async def _nothing() -> None:
    """There is nothing to close."""


def _request(body: Mapping[str, Any]) -> Request:
    messages = body.get("messages")
    if not isinstance(messages, list) or not all(isinstance(one, dict) for one in messages) or not messages:
        raise UpstreamError(400, _error("`messages` is needed: a list of {role, content}"), {})
    shaped = body.get("response_format")
    schema = (shaped.get("json_schema") or {}).get("schema") if isinstance(shaped, dict) else None
    stop = body.get("stop") or ()
    try:
        return Request(
            purpose="answer",
            messages=tuple(Message(role=_role(one), content=_text(one.get("content"))) for one in messages),
            response_schema=schema,
            max_tokens=body.get("max_completion_tokens") or body.get("max_tokens") or 256,
            temperature=body.get("temperature"),
            seed=body.get("seed"),
            stop=(stop,) if isinstance(stop, str) else tuple(stop),
        )
    except ValueError as error:
        raise UpstreamError(400, _error(f"the built-in model cannot read this request: {error}"), {}) from error


def _role(message: Mapping[str, Any]) -> Any:
    role = message.get("role")
    return role if role in ("system", "assistant") else "system" if role == "developer" else "user"


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return str(content or "")


def _completion(reply: Reply, name: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": reply.text}
    usage = reply.usage
    return {
        "id": name,
        "object": "chat.completion",
        "created": int(time.time()),
        "model": reply.model,
        "choices": [{"index": 0, "message": message, "finish_reason": reply.finish_reason}],
        "usage": {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.tokens,
        },
    }


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in headers.items()
        if name.lower() not in _NOT_FORWARDED and not name.lower().startswith("x-selfstudy-guard")
    }


def _returned(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _NOT_RETURNED}


def _unreachable(error: Exception) -> UpstreamError:
    kind = "did not answer in time" if isinstance(error, httpx.TimeoutException) else "could not be reached"
    status = 504 if isinstance(error, httpx.TimeoutException) else 502
    return UpstreamError(status, _error(f"the upstream {kind} ({type(error).__name__})"), {})


def _error(message: str, kind: str = "upstream_error") -> bytes:
    """A body in the form that OpenAI's clients read errors from."""
    return json.dumps({"error": {"message": message, "type": kind, "code": kind, "param": None}}).encode()
