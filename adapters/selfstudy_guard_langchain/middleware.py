"""Agents: everything that tools bring in is filtered before the model reads it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from selfstudy_guard.errors import InputError, MissingExtraError, UnguardedCallError
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.guard import Guard
from selfstudy_guard.guard.purposes import Purpose, purpose_named
from selfstudy_guard.guard.responses import NotFinalError, response_text
from selfstudy_guard.records import FilterMode

try:
    from langchain.agents.middleware import AgentMiddleware
except ModuleNotFoundError as error:
    raise MissingExtraError("SelfStudyGuardMiddleware", "langchain") from error

F = TypeVar("F", bound=Callable[..., Any])

_OPAQUE = frozenset(("image", "image_url", "audio", "input_audio", "file", "input_file", "video"))
"""Parts of messages that hold no text which could be looked at."""
_LABELS = frozenset(("type", "id", "tool_use_id", "tool_call_id", "media_type", "mime_type", "role"))
"""Fields of parts that are read by programs and not by the model."""


class SelfStudyGuardMiddleware(AgentMiddleware[Any, Any, Any]):
    """Filters what the model of an agent is about to read; the agent's own state keeps the raw texts.

    What tools returned is document through and through and is filtered whole. With a guard, registered documents are
    also found and filtered in all other messages and in the system prompt. With a purpose as well, calls that hold a
    registered document are anchored, checked and recorded by it; a reply that calls a tool is not the last word and
    is not looked at.

    Args:
        guard: knows documents that reach the model by other ways than tools; None filters tool results only.
        purpose: what the agent's replies about a registered document are; None only filters.
        per_call: questions of one reply, for the purposes "generating" and "either".
        mode: how findings are treated, where no guard is given.
        threshold: score from which a span is taken out (0 to 1); None for the filter's own.

    Raises:
        InputError: a purpose without a guard, or no such purpose.
    """

    def __init__(
        self,
        guard: Guard | None = None,
        *,
        purpose: Purpose | None = None,
        per_call: int = 5,
        mode: FilterMode = "remove",
        threshold: float | None = None,
    ) -> None:
        super().__init__()
        if purpose is not None:
            purpose = purpose_named(purpose)
            if guard is None:
                raise InputError("a purpose goes with a guard: SelfStudyGuardMiddleware(guard, purpose=...)")
        self._guard = guard
        self._purpose = purpose
        self._per_call = per_call
        self._filter = InstructionFilter(mode=mode, threshold=threshold, cap=1.0)

    def wrap_model_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
        """Hand a filtered copy of the request on; with a purpose, through the guard."""
        if not self._is_recorded(request):
            return handler(self._filtered(request))

        def call(messages: Any, system: Any) -> Any:
            return handler(self._with_clean_tools(request, messages, system))

        return self._recorded(call)(request.messages, request.system_message)

    async def awrap_model_call(self, request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
        """The same, awaited."""
        if not self._is_recorded(request):
            return await handler(self._filtered(request))

        async def call(messages: Any, system: Any) -> Any:
            return await handler(self._with_clean_tools(request, messages, system))

        return await self._recorded(call)(request.messages, request.system_message)

    def _is_recorded(self, request: Any) -> bool:
        if self._guard is None or self._purpose is None:
            return False
        return self._guard.recognises((request.messages, request.system_message))

    def _recorded(self, call: F) -> F:
        assert self._guard is not None
        assert self._purpose is not None
        return self._guard.wrapped(call, self._purpose, per_call=self._per_call, reader=_last_word)

    def _with_clean_tools(self, request: Any, messages: Any, system: Any) -> Any:
        """The request with what the guard made of it, and tool results of other documents filtered too."""
        cleaned = [self._message(one) if isinstance(one, ToolMessage) else one for one in messages]
        return request.override(messages=cleaned, system_message=system)

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


def _last_word(response: Any) -> str:
    """The text of an agent's reply; structured output is read like text."""
    response = getattr(response, "model_response", response)
    said = [one for one in getattr(response, "result", [response]) if isinstance(one, AIMessage)]
    message = said[-1]
    if message.tool_calls and getattr(response, "structured_response", None) is None:
        raise NotFinalError
    return response_text(message) or ""
