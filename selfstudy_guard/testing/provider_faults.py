"""The faults of `FaultyProvider`: what each one sends in place of a good answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PROVIDER_FAULTS = tuple(
    "latency 408 409 429 429-retry-after 429-absurd-retry-after 500 502 503 529 reset truncated-json "
    "wrong-content-type empty-choices empty null-content garbage content-filter length tool-calls reasoning-only "
    "huge invalid-utf8 lone-surrogate echo slow-loris".split()
)
"""Faults that a run must survive; the default of `FaultyProvider`."""

FATAL_FAULTS = ("401", "403", "404", "400")
"""Further faults that may be forced: every one of these ends a request, and the first three end a run."""

ABSURD_RETRY_AFTER = ("-5", "soon", "1e308", "99999999999999999999", "", "Fri, 31 Dec 2999 23:59:59 GMT", "NaN")
"""Values of retry-after that a client must not follow."""

HUGE_CHARACTERS = 10_000_000
_ERRORS = {
    400: ("invalid_request_error", "This model's maximum context length is exceeded (a planned fault)."),
    401: ("invalid_api_key", "Incorrect API key provided (a planned fault)."),
    403: ("permission_denied", "You have no access to this model (a planned fault)."),
    404: ("model_not_found", "The model does not exist (a planned fault)."),
    408: ("timeout", "The request took too long (a planned fault)."),
    409: ("conflict", "The resource was changed by another request (a planned fault)."),
    429: ("rate_limit_exceeded", "Rate limit reached (a planned fault)."),
    500: ("server_error", "The server had an error (a planned fault)."),
    502: ("bad_gateway", "Bad gateway (a planned fault)."),
    503: ("service_unavailable", "The engine is overloaded (a planned fault)."),
    529: ("overloaded_error", "Overloaded (a planned fault)."),
}


@dataclass(frozen=True)
class Sent:
    """What goes out: status, headers, body, and how the body is delivered.

    Attributes:
        cut: bytes of the body after which the connection is reset; None sends all.
        dribble: whether the body is sent byte by byte, and never to its end.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int | None = None
    dribble: bool = False


def completion(text: str | None, *, body: Mapping[str, Any], number: int, finish: str = "stop") -> dict[str, Any]:
    """A chat completion in the OpenAI form."""
    sent = sum(len(str(message.get("content") or "")) for message in body.get("messages") or ())
    prompt, received = -(-sent // 4), -(-len(text or "") // 4)
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": str(body.get("model", "fake")),
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish, "logprobs": None}
        ],
        "usage": {"prompt_tokens": prompt, "completion_tokens": received, "total_tokens": prompt + received},
    }


def good(text: str, *, body: Mapping[str, Any], number: int) -> Sent:
    """A good answer."""
    return as_json(completion(text, body=body, number=number))


def as_json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Sent:
    """`value` as a JSON body."""
    return Sent(status, {"content-type": "application/json", **(headers or {})}, json.dumps(value).encode())


def error(status: int, headers: Mapping[str, str] | None = None) -> Sent:
    """An error in the OpenAI form."""
    kind, message = _ERRORS.get(status, ("invalid_request_error", "Planned fault."))
    return as_json({"error": {"message": message, "type": kind, "param": None, "code": kind}}, status, headers)


def faulty(fault: str, text: str, *, body: Mapping[str, Any], number: int, retry_after: float, chance: float) -> Sent:
    """What `fault` sends where `text` would have been the good answer.

    Args:
        fault: a name of `PROVIDER_FAULTS` or `FATAL_FAULTS`.
        text: the good answer.
        body: the request.
        number: of the request.
        retry_after: seconds that "429-retry-after" asks for.
        chance: 0 to 1, picks among the variants of a fault.
    """
    whole = completion(text, body=body, number=number)
    message = whole["choices"][0]["message"]
    encoded = json.dumps(whole).encode()
    kind = {"content-type": "application/json"}
    if fault[:3].isdigit():
        return _status(fault, retry_after, chance)
    match fault:
        case "reset":
            return Sent(200, kind, encoded, cut=int(chance * len(encoded)))
        case "truncated-json":
            return Sent(200, kind, encoded[: int(chance * (len(encoded) - 1))])
        case "wrong-content-type":
            return Sent(
                200, {"content-type": "text/html"}, b"<html><body><h1>Sign in to this network</h1></body></html>"
            )
        case "empty-choices":
            return as_json(whole | {"choices": []})
        case "empty":
            message["content"] = ""
        case "null-content":
            message["content"] = None
        case "garbage":
            message["content"] = "\u0000\ufffd{{[[ null NaN ]]}} <|eot_id|>\x1b[2J\x07 \u202e" * 3
        case "content-filter":
            message["content"] = ""
            whole["choices"][0]["finish_reason"] = "content_filter"
        case "length":
            message["content"] = text[: len(text) // 2]
            whole["choices"][0]["finish_reason"] = "length"
        case "tool-calls":
            call = {"id": "call_1", "type": "function", "function": {"name": "search", "arguments": '{"query": "x"}'}}
            message.update(content=None, tool_calls=[call])
            whole["choices"][0]["finish_reason"] = "tool_calls"
        case "reasoning-only":
            message.update(content="", reasoning_content="The user wants something. Let me think about it at length.")
        case "huge":
            message["content"] = (text + " ") * (HUGE_CHARACTERS // (len(text) + 1) + 1)
        case "invalid-utf8":
            return Sent(200, kind, encoded.replace(b'"content": "', b'"content": "\xff\xfe\xc3\x28', 1))
        case "lone-surrogate":
            return Sent(200, kind, encoded.replace(b'"content": "', b'"content": "\\ud83d \\udc00 ', 1))
        case "echo":
            message["content"] = str((body.get("messages") or [{}])[-1].get("content"))
        case "slow-loris":
            return Sent(200, kind, encoded, dribble=True)
    return as_json(whole)


def _status(fault: str, retry_after: float, chance: float) -> Sent:
    status = int(fault[:3])
    if fault.endswith("-absurd-retry-after"):
        return error(status, {"retry-after": ABSURD_RETRY_AFTER[int(chance * len(ABSURD_RETRY_AFTER))]})
    if fault.endswith("-retry-after"):
        return error(status, {"retry-after": f"{retry_after:g}"})
    if status == 502:
        return Sent(502, {"content-type": "text/html"}, b"<html><h1>502 Bad Gateway</h1></html>")
    return error(status)
