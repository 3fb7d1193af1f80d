"""From our requests to llama.cpp's chat completions, and back: replies, finish reasons, errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from selfstudy_guard.errors import ProviderError, RequestError
from selfstudy_guard.finish_reasons import finish_reason
from selfstudy_guard.records import Reply, Request, Usage


def chat_body(request: Request) -> dict[str, Any]:
    """The chat completion, in OpenAI's format, that asks what `request` asks."""
    body: dict[str, Any] = {
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "cache_prompt": True,
    }
    if request.max_tokens is not None:
        body["max_tokens"] = request.max_tokens
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.seed is not None:
        body["seed"] = request.seed % (1 << 31)  # llama.cpp reads 32 bits, and the highest value as "random"
    if request.stop:
        body["stop"] = list(request.stop)
    if request.response_schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "reply", "schema": dict(request.response_schema)},
        }
    return body


def chat_reply(answer: Any, reported: str) -> Reply:
    """What llama.cpp answered, as a reply of the model named `reported`.

    Raises:
        RequestError, ProviderError: it answered with an error, or with something that cannot be read.
    """
    if not isinstance(answer, Mapping):
        raise ProviderError(
            f"the local model answered with {type(answer).__name__} instead of a reply", retryable=False
        )
    if "error" in answer:
        raise _translated(cast("Mapping[str, Any]", answer["error"]))
    try:
        choice = answer["choices"][0]
        usage = answer.get("usage") or {}
        details = usage.get("prompt_tokens_details") or {}
        return Reply(
            text=choice["message"].get("content") or "",
            finish_reason=finish_reason(choice.get("finish_reason")),
            model=reported,
            reasoning=choice["message"].get("reasoning_content") or None,
            usage=Usage(
                prompt_tokens=int(usage.get("prompt_tokens", 0)),
                cached_tokens=int(details.get("cached_tokens", 0)),
                completion_tokens=int(usage.get("completion_tokens", 0)),
                cost=0.0,
            ),
        )
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ProviderError(f"the local model's answer cannot be read: {error!r}", retryable=False) from error


def chat_piece(piece: Any, reported: str) -> Reply:
    """One piece of a streamed answer, as a partial reply.

    Raises:
        RequestError, ProviderError: it holds an error, or cannot be read.
    """
    if isinstance(piece, Mapping) and "error" in piece:
        raise _translated(cast("Mapping[str, Any]", piece["error"]))
    try:
        choice, timings = piece["choices"][0], piece.get("timings") or {}
        read, cached = int(timings.get("prompt_n", 0)), int(timings.get("cache_n", 0))
        return Reply(
            text=choice["delta"].get("content") or "",
            finish_reason=finish_reason(choice.get("finish_reason")),
            model=reported,
            usage=Usage(
                prompt_tokens=read + cached,
                cached_tokens=cached,
                completion_tokens=int(timings.get("predicted_n", 0)),
                cost=0.0,
            ),
        )
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ProviderError(f"the local model's answer cannot be read: {error!r}", retryable=False) from error


def _translated(error: Mapping[str, Any]) -> RequestError | ProviderError:
    status = int(error.get("code") or 500)
    if error.get("type") == "exceed_context_size_error":
        return RequestError(
            f"the prompt has {error.get('n_prompt_tokens')} tokens, more than the {error.get('n_ctx')} that the local "
            "model was loaded for: give a larger context_tokens or a smaller window",
            status=status,
        )
    message = str(error.get("message") or "no message")[:200]
    if 400 <= status < 500:
        return RequestError(f"the local model refuses the request: {message}", status=status)
    return ProviderError(f"the local model failed: {message}", retryable=False, status=status)
