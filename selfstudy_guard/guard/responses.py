"""What a wrapped call returned, read as a reply: objects and dicts of the common interfaces, messages, strings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from selfstudy_guard.errors import InputError
from selfstudy_guard.finish_reasons import finish_reason
from selfstudy_guard.records import LONGEST_REPLY, FinishReason, Oversize, Reply, Usage


class NotFinalError(Exception):
    """Raised by a reader: the response asks for something first (a tool), and another call will bring the reply."""


def read_reply(response: Any, reader: Callable[[Any], str] | None = None) -> Reply:
    """The reply in a response, bounded; `reader` takes its text where the response is of a kind of one's own.

    Reads OpenAI chat and text completions, the Responses interface, Anthropic messages (each as object or dict),
    LangChain messages, other objects with `content` or `text`, and strings.

    Raises:
        InputError: the type is none of these, or `reader` failed or gave no text.
        NotFinalError: as `reader` says.
    """
    if reader is not None:
        try:
            read: Any = reader(response)
        except NotFinalError:
            raise
        except Exception as error:
            raise InputError(f"the reader of a guarded call failed: {type(error).__name__}: {error}") from error
        if not isinstance(read, str):
            raise InputError(f"the reader of a guarded call gave {type(read).__name__} and not a text")
        return Reply(text=read, model=_model(response), usage=_usage(response)).bounded()
    response = _opened(response)
    if isinstance(response, str):
        return Reply(text=response).bounded()
    text = response_text(response)
    if text is None:
        raise InputError(
            f"a guarded call returned {type(response).__name__}, which holds no text that the guard can read: return "
            "a str, an OpenAI- or Anthropic-style response or a LangChain message"
        )
    reply = Reply(text=text, finish_reason=_finish(response), model=_model(response), usage=_usage(response))
    return reply.bounded()


def _opened(response: Any) -> Any:
    """The JSON of a raw HTTP response (requests, httpx, the raw responses of client libraries); others as they are."""
    response = field(response, "http_response") or response
    if field(response, "status_code") is None or not callable(field(response, "json")):
        return response
    try:
        return response.json()
    except ValueError:
        return field(response, "text")
    except RuntimeError as error:  # httpx: not read yet
        raise InputError(f"a guarded call returned a {type(response).__name__} that nobody has read yet") from error


def response_text(response: Any) -> str | None:
    """The visible text of a response; None if it is of no known shape."""
    choices = field(response, "choices")
    if isinstance(choices, Sequence) and not isinstance(choices, str):
        return _choice_text(choices[0]) if choices else ""
    output = field(response, "output")
    if isinstance(output, Sequence) and not isinstance(output, str):
        return "".join(
            str(field(part, "text") or "")
            for item in output
            if field(item, "type") in (None, "message")
            for part in (field(item, "content") or ())
        )
    for name in ("content", "text", "message"):
        value = field(response, name)
        if name == "message" and value is not None and not isinstance(value, str):
            return response_text(value)
        if value is not None and not callable(value):
            return content_text(value) or _tool_arguments(response)
    return None


def _tool_arguments(message: Any) -> str:
    """Structured output by tool call: the arguments are the reply. OpenAI's, LangChain's and Anthropic's forms."""
    found = []
    for call in field(message, "tool_calls") or ():
        given = field(field(call, "function"), "arguments") if field(call, "function") else field(call, "args")
        found.append(given if isinstance(given, str) else json.dumps(given, ensure_ascii=False) if given else "")
    content = field(message, "content")
    for part in content if isinstance(content, Sequence) and not isinstance(content, str) else ():
        if field(part, "type") == "tool_use" and field(part, "input"):
            found.append(json.dumps(field(part, "input"), ensure_ascii=False))
    return "\n".join(found)


def content_text(content: Any) -> str:
    """Message content as text: a string, or the text parts of a list."""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        found = []
        for part in content:
            if isinstance(part, str):
                found.append(part)
            elif field(part, "type") in (None, "text", "output_text"):
                found.append(str(field(part, "text") or ""))
        return "".join(found)
    return ""


def field(value: Any, name: str) -> Any:
    """`value[name]` of a mapping, `value.name` of an object; None where there is none."""
    if isinstance(value, Mapping):
        return value.get(name)
    return getattr(value, name, None)


def is_stream(response: Any) -> bool:
    """Whether a response comes in pieces: an iterator or async iterator that is not a whole response itself."""
    if isinstance(response, (str, bytes, Mapping, Sequence, BaseModel)):
        return False
    return isinstance(response, (Iterator, AsyncIterator)) or (
        (hasattr(response, "__iter__") or hasattr(response, "__aiter__")) and response_text(response) is None
    )


class StreamReader:
    """Gathers the text of a stream from its pieces, of whichever interface they are."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._held = 0
        self._characters = 0
        self._digest = hashlib.sha256()
        self._raw = b""
        self._finish: str | None = None
        self._model = ""
        self._usage = Usage()

    @property
    def finished(self) -> bool:
        """Whether a piece said why the model stopped."""
        return self._finish is not None

    def take(self, piece: Any) -> None:
        """Note one piece; pieces without text are looked at for the finish reason and usage."""
        if isinstance(piece, bytes):
            self._take_events(piece)
            return
        if isinstance(piece, str) and piece.lstrip().startswith(("data:", "event:")):
            self._take_events(piece.encode())
            return
        text = _delta(piece)
        if text:
            self._characters += len(text)
            self._digest.update(text.encode("utf-8", "surrogatepass"))
            if self._held <= LONGEST_REPLY:  # of a stream without end no more is held than shows that it is one
                self._parts.append(text)
                self._held += len(text)
        self._model = self._model or _model(piece)
        usage = _usage(piece)
        if usage.tokens:
            self._usage = usage
        reason = _raw_finish(piece) or field(field(piece, "delta"), "stop_reason")
        if isinstance(reason, str):
            self._finish = reason

    def reply(self) -> Reply:
        """The reply that the pieces make, bounded."""
        reply = Reply(
            text="".join(self._parts),
            finish_reason=finish_reason(self._finish or "stop"),
            model=self._model,
            usage=self._usage,
        )
        return reply.bounded(Oversize(characters=self._characters, sha256=self._digest.hexdigest()))

    def _take_events(self, piece: bytes) -> None:
        """Server-sent events in raw bytes, as Anthropic-style streams come; events may be cut anywhere."""
        self._raw += piece
        *lines, self._raw = self._raw.split(b"\n")
        for line in lines:
            line = line.strip()
            if not line.startswith(b"data:") or line == b"data: [DONE]":
                continue
            try:
                event = json.loads(line[5:])
            except ValueError:
                continue
            self.take(event)


def _delta(piece: Any) -> str:
    if isinstance(piece, str):
        return piece
    choices = field(piece, "choices")
    if isinstance(choices, Sequence) and not isinstance(choices, str):
        if not choices:
            return ""
        delta = field(choices[0], "delta")
        if delta is not None:
            return content_text(field(delta, "content")) or _tool_pieces(delta)
        return str(field(choices[0], "text") or "")
    kind = field(piece, "type")
    kind = getattr(kind, "value", kind)
    if isinstance(kind, str) and (kind.startswith("response.") or kind in _ANTHROPIC):
        if kind == "response.output_text.delta":
            return str(field(piece, "delta") or "")
        if kind == "content_block_delta":
            return str(field(field(piece, "delta"), "text") or field(field(piece, "delta"), "partial_json") or "")
        return ""
    # LiteLLM's own chunks of custom providers, LangChain message chunks, plain objects.
    for name in ("content", "text", "completion"):
        value = field(piece, name)
        if value is not None and not callable(value):
            return content_text(value) or _tool_pieces(piece)
    return ""


def _tool_pieces(delta: Any) -> str:
    """What a piece of a stream adds to the arguments of a tool call: OpenAI's and LangChain's forms."""
    calls = field(delta, "tool_calls") or ()
    pieces = [field(field(call, "function"), "arguments") for call in calls if field(call, "function")]
    pieces += [field(call, "args") for call in field(delta, "tool_call_chunks") or ()]
    return "".join(piece for piece in pieces if isinstance(piece, str))


_ANTHROPIC = frozenset(
    (
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
        "ping",
    )
)


def _choice_text(choice: Any) -> str:
    message = field(choice, "message")
    if message is None:
        return str(field(choice, "text") or "")
    return content_text(field(message, "content")) or _tool_arguments(message)


def _raw_finish(response: Any) -> Any:
    choices = field(response, "choices")
    if isinstance(choices, Sequence) and not isinstance(choices, str) and choices:
        return field(choices[0], "finish_reason")
    metadata = field(response, "response_metadata")
    for source, name in (
        (response, "stop_reason"),
        (field(response, "incomplete_details"), "reason"),
        (response, "status"),
        (metadata, "finish_reason"),
        (metadata, "stop_reason"),
    ):
        reason = field(source, name)
        if isinstance(reason, str):
            return "length" if reason == "max_output_tokens" else reason
    return None


def _finish(response: Any) -> FinishReason:
    reason = _raw_finish(response)
    return finish_reason(reason) if isinstance(reason, str) else "stop"


def _model(response: Any) -> str:
    for source, name in ((response, "model"), (field(response, "response_metadata"), "model_name")):
        value = field(source, name)
        if isinstance(value, str):
            return value
    return ""


def _usage(response: Any) -> Usage:
    usage = field(response, "usage") or field(response, "usage_metadata")
    if usage is None:
        return Usage()

    def count(*names: str) -> int:
        for name in names:
            value = field(usage, name)
            if isinstance(value, int) and not isinstance(value, bool):
                return max(0, value)
        return 0

    details = field(usage, "prompt_tokens_details") or field(usage, "input_tokens_details")
    cached = field(details, "cached_tokens")
    hidden = field(response, "_hidden_params")
    cost = hidden.get("response_cost") if isinstance(hidden, Mapping) else None
    return Usage(
        prompt_tokens=count("prompt_tokens", "input_tokens"),
        cached_tokens=cached if isinstance(cached, int) else count("cache_read_input_tokens"),
        completion_tokens=count("completion_tokens", "output_tokens"),
        cost=float(cost) if isinstance(cost, (int, float)) else None,
    )
