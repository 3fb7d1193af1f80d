"""A completer for OpenAI-compatible servers on the standard library alone: for tests against `FaultyProvider`.

Real runs go through LiteLLM or another host; this one has no keys, no TLS and no prices.
"""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any
from urllib.parse import urlsplit

from selfstudy_guard.errors import (
    AuthenticationError,
    CompletionError,
    InputError,
    ProviderError,
    RateLimitError,
    RequestError,
    UnknownModelError,
)
from selfstudy_guard.finish_reasons import finish_reason
from selfstudy_guard.records import Reply, Request, Usage

_LONGEST_WAIT = 600.0
MOST_BYTES = 64 * 2**20
"""Bytes of a reply after which reading stops."""


class ProviderCompleter:
    """Sends requests to a local server over plain HTTP; one connection a thread, kept open.

    Args:
        base_url: `http://127.0.0.1:PORT/v1`, as `FaultyProvider.base_url`.
        model: name of the model in the requests.
        timeout: seconds without a byte after which a call counts as failed.
        most_bytes: of a reply; a longer one is read no further and counts as failed.

    Raises:
        InputError: the address is no plain HTTP address.
    """

    def __init__(
        self, base_url: str, *, model: str = "fake", timeout: float = 5.0, most_bytes: int = MOST_BYTES
    ) -> None:
        address = urlsplit(base_url)
        if address.scheme != "http" or not address.hostname:
            raise InputError(f"base_url must look like http://127.0.0.1:PORT/v1, not {base_url!r}")
        self.model = model
        self._host, self._port, self._path = address.hostname, address.port, address.path.rstrip("/")
        self._timeout = timeout
        self._most_bytes = most_bytes
        self._own = threading.local()

    def complete(self, request: Request) -> Reply:
        """Send `request` and wait; raises `CompletionError` when the call fails."""
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        }
        if request.seed is not None:
            body["seed"] = request.seed
        if request.response_schema is not None:
            schema = {"name": "reply", "schema": dict(request.response_schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        status, headers, data = self._post(json.dumps(body).encode())
        if status != 200:
            raise _refused(status, headers.get("retry-after"))
        return _reply(data)

    def _post(self, body: bytes) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        for fresh in (False, True):
            if connection is None or fresh:
                connection = http.client.HTTPConnection(self._host, self._port or 80, timeout=self._timeout)
            try:
                headers = {"content-type": "application/json"}
                connection.request("POST", f"{self._path}/chat/completions", body, headers)
                response = connection.getresponse()
                data = response.read(self._most_bytes + 1)
            except http.client.RemoteDisconnected as error:
                connection.close()
                if fresh:
                    raise ProviderError("the provider hung up") from error
                continue  # an idle connection may have been closed by the other side: once more on a new one
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self._own.connection = None
                raise ProviderError(f"the connection failed: {type(error).__name__}") from error
            if len(data) > self._most_bytes:
                connection.close()  # what is left of it is not waited for
                self._own.connection = None
                raise ProviderError(f"the reply has more than {self._most_bytes:,} bytes and was read no further")
            self._own.connection = connection
            return response.status, response.headers, data
        raise AssertionError("the second round returns or raises")


def _refused(status: int, retry_after: str | None) -> CompletionError:
    message = f"the provider answered with status {status}"
    if status in (401, 403):
        return AuthenticationError(message, status=status)
    if status == 404:
        return UnknownModelError(message, status=status)
    if status == 429:
        return RateLimitError(message, status=status, retry_after=_seconds(retry_after))
    if status in (408, 409) or status >= 500:
        return ProviderError(message, status=status, retry_after=_seconds(retry_after))
    return RequestError(message, status=status)


def _seconds(value: str | None) -> float | None:
    """A retry-after in seconds; None where it is missing or absurd."""
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds <= _LONGEST_WAIT else None


def _reply(data: bytes) -> Reply:
    try:
        value = json.loads(data)
        choice = value["choices"][0]
        usage = value.get("usage") or {}
        return Reply(
            text=choice["message"].get("content") or "",
            finish_reason=finish_reason(choice.get("finish_reason")),
            model=str(value.get("model", "")),
            usage=Usage(
                prompt_tokens=int(usage.get("prompt_tokens", 0)),
                completion_tokens=int(usage.get("completion_tokens", 0)),
                cost=0.0,
            ),
            reasoning=choice["message"].get("reasoning_content"),
        )
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ProviderError(f"the provider's reply cannot be read: {type(error).__name__}") from error
