"""Agents: everything that tools bring in is filtered before the model reads it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
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
        if isinstance(content, str):
            return self._filter.clean(content).text
        return [self._part(part) for part in content]

    def _part(self, part: Any) -> Any:
        if isinstance(part, str):
            return self._filter.clean(part).text
        if isinstance(part.get("text"), str):
            return {**part, "text": self._filter.clean(part["text"]).text}
        if part.get("type") in ("image", "image_url", "audio", "file", "video"):
            raise UnguardedCallError(
                f"a tool returned a part of type {part.get('type')!r}, which cannot be filtered: return text, or take "
                "the tool out of the agent"
            )
        return part
