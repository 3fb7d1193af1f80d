"""LiteLLM's errors, translated once into ours, with cause, status and retry-after."""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any

from selfstudy_guard.engine.provider_codes import chain, quota_used_up
from selfstudy_guard.errors import (
    AuthenticationError,
    CompletionError,
    ProviderError,
    RateLimitError,
    RequestError,
    UnknownModelError,
)

KEY = re.compile(r"(?i)\b(?:sk|pk|rk|xai|gsk|hf|AIza|key|bearer)[-_ ][\w*.-]{6,}|\bAIza[\w-]{10,}|[A-Za-z0-9_-]{40,}")
"""What looks like a key in a provider's message."""
_PREFIX = re.compile(r"^(?:litellm\.)?[\w.]*(?:Error|Exception|Timeout):\s*")
_KEYLESS = re.compile(r"(?i)missing credentials|api_key client option must be set|missing .{0,20}api key")
_LONGEST = 300
_QUOTE = 30  # characters in a row that make a provider's message a quotation of the request


def translate(litellm: Any, error: Exception, model: str, sent: Iterable[str] = ()) -> CompletionError:
    """Our error for one of LiteLLM's; the caller raises it `from error`.

    Args:
        litellm: the LiteLLM module.
        error: what LiteLLM raised.
        model: the model string, for the message.
        sent: texts that were sent; a provider that quotes them in its error is not quoted by us.

    Returns:
        An error of the tree in `selfstudy_guard.errors`, with `status` and `retry_after` (seconds) where known.
    """
    status = _status(litellm, error)
    kind = _kind(litellm, error, status)
    message = f"{model}: {_line(error, sent)}"
    if quota_used_up(error):
        message += " — the quota of this account is used up: see its plan and billing"
    elif kind is AuthenticationError:
        message += " — check the API key in the environment variable of this provider"
    elif kind is UnknownModelError:
        message += " — model strings read PROVIDER/MODEL, such as openai/gpt-4o-mini"
    retryable = None if kind is not CompletionError else False
    return kind(message, retryable=retryable, retry_after=retry_after(error), status=status)


def _status(litellm: Any, error: BaseException) -> int | None:
    """The status that the provider sent; LiteLLM's own one is a guess where no answer came at all."""
    for cause in chain(error.__cause__ or error.__context__):
        status = getattr(getattr(cause, "response", None), "status_code", None)
        if isinstance(status, int) and status >= 400 and type(cause).__module__.split(".")[0] in ("httpx", "openai"):
            return status
    status = getattr(error, "status_code", None)
    guessed = (litellm.APIConnectionError, litellm.InternalServerError, litellm.Timeout)
    if not isinstance(status, int) or status < 400 or isinstance(error, guessed):
        return None
    return status


def _kind(litellm: Any, error: Exception, status: int | None) -> type[CompletionError]:
    if isinstance(error, (litellm.AuthenticationError, litellm.PermissionDeniedError)) or quota_used_up(error):
        # A used-up quota comes as a 429 or 400 as well, and waiting does not help against it.
        return AuthenticationError
    if isinstance(error, litellm.RateLimitError):
        return RateLimitError
    if _KEYLESS.search(str(error)):
        return AuthenticationError  # LiteLLM calls a missing key an internal server error
    if status is not None and status >= 500:
        return ProviderError
    if isinstance(error, litellm.NotFoundError) or "LLM Provider NOT provided" in str(error):
        return UnknownModelError
    if status in (401, 402, 403):
        return AuthenticationError
    if status == 404:
        return UnknownModelError
    if isinstance(error, (litellm.BadRequestError, litellm.UnprocessableEntityError)):
        return RequestError
    if status is not None and 400 <= status < 500 and status not in (408, 409, 425, 429):
        return RequestError
    if status == 429:
        return RateLimitError
    passing = (litellm.Timeout, litellm.APIConnectionError, litellm.APIError, litellm.InternalServerError, OSError)
    if status is not None or isinstance(error, passing):
        return ProviderError
    return CompletionError


def retry_after(error: BaseException) -> float | None:
    """Seconds that the provider asked to wait, from `retry-after-ms` or `retry-after` (seconds or HTTP date)."""
    for headers in _headers(error):
        for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
            value = headers.get(name)
            if value is None:
                continue
            try:
                return max(0.0, float(value) * unit)
            except (TypeError, ValueError):
                pass
            try:
                return max(0.0, email.utils.parsedate_to_datetime(str(value)).timestamp() - time.time())
            except (TypeError, ValueError):
                continue
    return None


def _headers(error: BaseException | None) -> Iterator[Any]:
    """All response headers that an error carries: LiteLLM keeps them in different places for different providers."""
    for cause in chain(error):
        for source, name in (
            (getattr(cause, "response", None), "headers"),
            (cause, "litellm_response_headers"),
            (cause, "headers"),
        ):
            headers = getattr(source, name, None)
            if headers:
                yield headers


def _line(error: Exception, sent: Iterable[str]) -> str:
    text = " ".join(str(error).split())
    for _ in range(3):
        text = _PREFIX.sub("", text, count=1)
    text = text.split(" Traceback (most recent call last)", 1)[0]
    whole = " ".join("\n".join(sent).split())
    if (
        any(text[at : at + _QUOTE] in whole for at in range(0, max(1, len(text) - _QUOTE), _QUOTE // 3))
        and len(text) >= _QUOTE
    ):
        return f"{type(error).__name__} (the provider's message quotes the request and is left out)"
    text = KEY.sub("[key]", text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
