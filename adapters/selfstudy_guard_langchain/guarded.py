"""A chat model (or what `bind`, retry and fallbacks made of one) whose every call goes through a guard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, ClassVar, Literal

from langchain_core.runnables import Runnable, RunnableConfig, RunnableSerializable
from pydantic import ConfigDict, Field

from selfstudy_guard.guard import Guard

Purpose = Literal["guarding", "asking", "answering", "generating", "filtering"]
"""What the calls of a model are for: the method of `Guard` that wraps them. "guarding" decides call by call."""


class GuardedModel(RunnableSerializable[Any, Any]):
    """Takes and returns exactly what the model does; documents inside the messages are anchored or filtered first.

    Config, tags, callbacks and extra arguments pass through to the model untouched; `batch` and `abatch` are Runnable's
    own and call `invoke` and `ainvoke`. A stream passes through piece by piece and is checked at its end.

    Attributes:
        bound: the model.
        guard: knows the documents.
        purpose: what the calls are for.
        per_call: how many questions one call asks for, with purpose "generating".
        style: question style that replies are checked against; None takes the guard's.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    bound: Runnable[Any, Any]
    guard: Guard = Field(exclude=True)
    purpose: Purpose = "guarding"
    per_call: int = 5
    style: str | None = None

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """Guard one call.

        Raises:
            UnguardedCallError: no registered document was found in the input; nothing was sent.
        """

        def call(messages: Any, **more: Any) -> Any:
            return self.bound.invoke(messages, config, **more)

        return self._wrapped(call)(input, **kwargs)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """Guard one awaited call; raises as `invoke`."""

        async def call(messages: Any, **more: Any) -> Any:
            return await self.bound.ainvoke(messages, config, **more)

        return await self._wrapped(call)(input, **kwargs)

    def stream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        """Guard one streamed call; raises as `invoke`, before the first piece."""

        def call(messages: Any, **more: Any) -> Any:
            return self.bound.stream(messages, config, **more)

        yield from self._wrapped(call)(input, **kwargs)

    async def astream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Any]:
        """Guard one awaited streamed call; raises as `invoke`, before the first piece."""

        async def call(messages: Any, **more: Any) -> Any:
            return self.bound.astream(messages, config, **more)

        async for piece in await self._wrapped(call)(input, **kwargs):
            yield piece

    def _wrapped(self, call: Callable[..., Any]) -> Callable[..., Any]:
        if self.purpose == "generating":
            return self.guard.generating(call, per_call=self.per_call, style=self.style)
        if self.purpose == "asking":
            return self.guard.asking(call, style=self.style)
        if self.purpose == "guarding":
            return self.guard.guarding(call, style=self.style)
        return self.guard.answering(call) if self.purpose == "answering" else self.guard.filtering(call)
