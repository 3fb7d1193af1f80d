"""Answers and faults of `FaultyProvider` as streams of server-sent events."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from selfstudy_guard.testing.provider_faults import Sent

_HEADERS = {"content-type": "text/event-stream", "transfer-encoding": "chunked"}
_LAST_CHUNK = b"0\r\n\r\n"


def stream_of(whole: Mapping[str, Any], body: Mapping[str, Any]) -> Sent:
    """A whole completion, sent as a stream."""
    return _sent(_events(whole, body))


def faulty_stream(fault: str, sent: Sent, whole: Mapping[str, Any], body: Mapping[str, Any]) -> Sent:
    """What `fault` looks like in a stream.

    Args:
        fault: its name.
        sent: what it sends to a request without streaming.
        whole: the good completion.
        body: the request.
    """
    events = _events(whole, body)
    if fault == "reset":
        data = _sent(events).body
        return Sent(200, _HEADERS, data, cut=len(data) // 2)
    if fault == "slow-loris":
        return Sent(200, _HEADERS, _sent(events).body, dribble=True)
    if fault == "truncated-json":
        half = events[: len(events) // 2 + 1]
        return _sent([*half[:-1], half[-1][: len(half[-1]) // 2]])
    if fault == "invalid-utf8":
        return _sent([event.replace(b'"content": "', b'"content": "\xff\xfe\xc3\x28') for event in events])
    if sent.headers.get("content-type") != "application/json":
        return sent
    return _sent(_events(json.loads(sent.body), body))


def _sent(events: Sequence[bytes]) -> Sent:
    chunks = b"".join(f"{len(event):x}\r\n".encode() + event + b"\r\n" for event in events)
    return Sent(200, _HEADERS, chunks + _LAST_CHUNK)


def _events(whole: Mapping[str, Any], body: Mapping[str, Any]) -> list[bytes]:
    """A whole completion as server-sent events."""
    base = {key: whole[key] for key in ("id", "created", "model")} | {"object": "chat.completion.chunk"}
    deltas: list[dict[str, Any]] = []
    for choice in whole["choices"]:
        message = choice["message"]
        content = message.get("content") or ""
        step = max(20, len(content) // 200)
        first = {key: value for key, value in message.items() if key not in ("content", "tool_calls")}
        if calls := message.get("tool_calls"):
            first["tool_calls"] = [{"index": index, **call} for index, call in enumerate(calls)]
        parts = [first, *({"content": content[at : at + step]} for at in range(0, len(content), step))]
        deltas += [{"index": 0, "delta": part, "finish_reason": None} for part in parts]
        deltas.append({"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]})
    chunks = [base | {"choices": [delta]} for delta in deltas]
    if (body.get("stream_options") or {}).get("include_usage"):
        chunks.append(base | {"choices": [], "usage": whole["usage"]})
    return [f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks] + [b"data: [DONE]\n\n"]
