"""HTTP with Anthropic's batch interface: one exchange at a time, bounded in size, the key told to nobody else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx

from selfstudy_guard.errors import AuthenticationError, CompletionError, ProviderError
from selfstudy_guard_litellm.batch_parts import quotes, refusal
from selfstudy_guard_litellm.translate import KEY, retry_after

LONGEST_LINE = 8 * 2**20
"""Bytes of one result; of a longer one the beginning is read."""
LONGEST_ANSWER = 4 * 2**20
"""Bytes of any other answer of the API."""

_VERSION = "2023-06-01"


class MessageBatchApi:
    """The exchanges with `/v1/messages/batches`.

    Args:
        model: the model string, for messages.
        options: of the completer (`timeout`, `extra_headers`).
        key: given in the options; None takes it from ANTHROPIC_API_KEY at each exchange.
        base: address given in the options; None takes ANTHROPIC_API_BASE, ANTHROPIC_BASE_URL or Anthropic's own.
    """

    def __init__(self, model: str, options: Mapping[str, Any], key: str | None, base: str | None) -> None:
        from litellm.llms.anthropic.common_utils import AnthropicModelInfo

        self._info: Any = AnthropicModelInfo
        self._model, self._options, self._key = model, options, key
        self._base = re.sub(r"(?:/v1(?:/messages(?:/batches)?)?)?/*$", "", str(self._info.get_api_base(base)))
        self._http: httpx.Client | None = None

    def lines(self, batch_id: str) -> Iterator[bytes]:
        """The results, line by line; of a line that is too long, its beginning."""
        # Not the results_url of the answer: the key goes to no address that an answer names.
        with self._sent("GET", f"/{path_of(batch_id)}/results") as response:
            held = b""
            for chunk in response.iter_bytes():
                *whole, rest = chunk.split(b"\n")
                for part in whole:
                    if (held := _joined(held, part)).strip():
                        yield held
                    held = b""
                held = _joined(held, rest)
            if held.strip():
                yield held

    def json(
        self, method: str, path: str, *, body: bytes | None = None, betas: Iterable[str] = (), sent: Sequence[str] = ()
    ) -> dict[str, Any]:
        """The JSON object that one request is answered with.

        Args:
            method: GET or POST.
            path: behind `/v1/messages/batches`.
            body: JSON.
            betas: names for the header `anthropic-beta`.
            sent: texts in the body; an error of the provider that quotes one of them is not quoted.

        Raises:
            CompletionError: the provider refused, cannot be reached, or answers something else.
        """
        with self._sent(method, path, body=body, betas=betas, quoted=sent) as response:
            value = _object(_read(response))
        if value is None or (method == "POST" and not isinstance(value.get("id"), str)):
            raise ProviderError(f"{self._model}: an answer of the batch interface cannot be read")
        return value

    @contextmanager
    def _sent(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        betas: Iterable[str] = (),
        quoted: Sequence[str] = (),
    ) -> Iterator[httpx.Response]:
        """One exchange with the API; the body of the answer is left to the caller."""
        try:
            with (
                self._client().stream(
                    method, f"{self._base}/v1/messages/batches{path}", content=body, headers=self._headers(betas)
                ) as response,
            ):
                if response.status_code != 200:
                    raise self._refused(response, quoted)
                yield response
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderError(f"{self._model}: {type(error).__name__} in the batch interface") from error

    def _client(self) -> httpx.Client:
        """Made once: reading the certificates takes longer than a call."""
        if self._http is None:
            # No redirects: the key would go along.
            self._http = httpx.Client(timeout=self._options.get("timeout") or 600.0, follow_redirects=False)
        return self._http

    def _headers(self, betas: Iterable[str]) -> dict[str, str]:
        given = dict(self._info.get_auth_header(self._key, self._base) or {})
        if not given:
            raise AuthenticationError(f"{self._model}: no API key: set ANTHROPIC_API_KEY in the environment")
        if not all(value.isascii() and value.isprintable() for value in given.values()):
            # The client's own error would quote the key.
            raise AuthenticationError(f"{self._model}: the API key holds characters that no key has")
        all_betas = {*betas, *filter(None, [given.pop("anthropic-beta", None)])}
        return {
            "anthropic-version": _VERSION,
            "content-type": "application/json",
            **({"anthropic-beta": ",".join(sorted(all_betas))} if all_betas else {}),
            **(self._options.get("extra_headers") or {}),
            **given,
        }

    def _refused(self, response: httpx.Response, quoted: Sequence[str]) -> CompletionError:
        error = (_object(_read(response)) or {}).get("error")
        code = str(error.get("type") or "") if isinstance(error, Mapping) else ""
        said = " ".join(str(error.get("message") or "").split())[:200] if isinstance(error, Mapping) else ""
        said = "" if quotes(said, quoted) else KEY.sub("[key]", said)
        wait = retry_after(httpx.HTTPStatusError("", request=response.request, response=response))
        return refusal(
            self._model,
            response.status_code,
            code,
            said=said,
            where=" from the batch interface",
            retry_after=wait,
        )


def path_of(batch_id: str) -> str:
    """The provider's part of our id of a batch, as a part of a URL."""
    return quote(batch_id.partition(":")[0], safe="")


def _joined(held: bytes, part: bytes) -> bytes:
    return held + part if len(held) <= LONGEST_LINE else held


def _read(response: httpx.Response) -> bytes:
    data = b""
    for chunk in response.iter_bytes():
        data += chunk
        if len(data) > LONGEST_ANSWER:
            break
    return data


def _object(data: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
