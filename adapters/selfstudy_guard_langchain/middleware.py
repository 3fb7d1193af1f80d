"""Agents: everything that tools bring in is filtered before the model reads it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from langchain_core.messages import BaseMessage, ToolMessage

from selfstudy_guard.errors import MissingExtraError, UnguardedCallError
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.guard import Guard
from selfstudy_guard.records import FilterMode

try:
    from langchain.agents.middleware import AgentMiddleware
except ModuleNotFoundError as error:
    raise MissingExtraError("SelfStudyGuardMiddleware", "langchain") from error


_OPAQUE = frozenset(("image", "image_url", "audio", "input_audio", "file", "input_file", "video"))
"""Parts of messages that hold no text which could be looked at."""
_LABELS = frozenset(("type", "id", "tool_use_id", "tool_call_id", "media_type", "mime_type", "role"))
"""Fields of parts that are read by programs and not by the model."""


class SelfStudyGuardMiddleware(AgentMiddleware[Any, Any, Any]):
    """Filters what the model of an agent is about to read; the agent's own state keeps the raw texts.

    What tools returned is document through and through and is filtered whole. With a guard, registered documents are
    also found and filtered in all other messages and in the system prompt.

    Args:
        guard: knows documents that reach the model by other ways than tools; None filters tool results only.
        mode: how findings are treated, where no guard is given.
        threshold: score from which a span is taken out (0 to 1); None for the filter's own.
    """

    def __init__(
        self, guard: Guard | None = None, *, mode: FilterMode = "remove", threshold: float | None = None
    ) -> None:
        super().__init__()
        self._guard = guard
        self._filter = InstructionFilter(mode=mode, threshold=threshold, cap=1.0)

    def wrap_model_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
        """Hand a filtered copy of the request on."""
        return handler(self._filtered(request))

    async def awrap_model_call(self, request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
        """The same, awaited."""
        return await handler(self._filtered(request))

    def _filtered(self, request: Any) -> Any:
        changes: dict[str, Any] = {"messages": [self._message(message) for message in request.messages]}
        if self._guard is not None and request.system_message is not None:
            changes["system_message"] = self._registered(request.system_message)
        return request.override(**changes)

    def _message(self, message: BaseMessage) -> BaseMessage:
        if isinstance(message, ToolMessage):
            return message.model_copy(update={"content": self._content(message.content)})
        return message if self._guard is None else self._registered(message)

    def _registered(self, message: BaseMessage) -> BaseMessage:
        assert self._guard is not None
        try:
            return self._guard.protect(message)
        except UnguardedCallError:
            return message  # an agent's own words hold no document; what tools bring was filtered as a whole

    def _content(self, content: Any) -> Any:
        """Tool results of any form, with every text in them filtered; what cannot be looked into is refused."""
        if isinstance(content, str):
            return self._text(content)
        if isinstance(content, Mapping):
            return self._part(content)
        if isinstance(content, list | tuple):
            return [self._content(part) for part in content]
        if content is None or isinstance(content, bool | int | float):
            return content
        raise UnguardedCallError(
            f"a tool returned {type(content).__name__}, which cannot be filtered: return text, or take the tool out of "
            "the agent"
        )

    def _part(self, part: Mapping[str, Any]) -> dict[str, Any]:
        kind = part.get("type")
        source = part.get("source")
        opaque = isinstance(source, Mapping) and source.get("type") not in (None, "text", "content")
        if kind in _OPAQUE or opaque or any(isinstance(value, bytes | bytearray) for value in part.values()):
            raise UnguardedCallError(
                f"a tool returned a part of type {kind!r}, which cannot be filtered: return text, or take the tool out "
                "of the agent"
            )
        return {key: value if key in _LABELS else self._content(value) for key, value in part.items()}

    def _text(self, text: str) -> str:
        """Text, or JSON as text, which keeps its form: only the strings in it are filtered."""
        if text.lstrip()[:1] in ("{", "["):
            try:
                value = json.loads(text)
            except ValueError:
                pass
            else:
                cleaned = self._content(value)
                return text if cleaned == value else json.dumps(cleaned, ensure_ascii=False)
        return self._filter.clean(text).text
