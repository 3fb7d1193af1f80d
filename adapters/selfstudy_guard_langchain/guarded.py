"""A chat model (or what `bind`, retry and fallbacks made of one) whose every call goes through a guard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

from langchain_core.language_models import BaseLanguageModel
from langchain_core.runnables import Runnable, RunnableConfig, RunnableSerializable, RunnableWithFallbacks
from langchain_core.runnables.base import RunnableBindingBase
from langchain_core.runnables.configurable import RunnableConfigurableAlternatives, RunnableConfigurableFields
from pydantic import ConfigDict, Field

from selfstudy_guard.guard import Guard
from selfstudy_guard.guard.purposes import Purpose
from selfstudy_guard_langchain.proof import Inside, Own, Passed, astreamed, awaited, state, streamed

_OTHERS = "bound_elsewhere"
"""Name under which a guard is shown what it cannot change; no model takes an argument of this name."""
_OWN = ("model_kwargs", "extra_body", "default_query")
"""Fields of LangChain's models whose values are sent with every call."""


def bound_arguments(model: Any) -> dict[str, Any]:
    """What a model was bound to (`bind`, `bind_tools`): the guard has to see it as if the call had said it.

    What fallbacks and alternatives were bound to differs from model to model, and what a model was made with cannot be
    said in a call. The guard sees that where nothing can be changed, so a document there is refused.
    """
    if isinstance(model, RunnableBindingBase):
        return {**bound_arguments(model.bound), **model.kwargs}
    others: list[Any] = []
    if isinstance(model, RunnableWithFallbacks):
        others = [bound_arguments(one) for one in model.runnables]
    elif isinstance(model, RunnableConfigurableFields | RunnableConfigurableAlternatives):
        others = [bound_arguments(one) for one in (model.default, *getattr(model, "alternatives", {}).values())]
    elif type(model).__name__ == "_ConfigurableModel":
        others = list(getattr(model, "_queued_declarative_operations", ()))
    elif isinstance(model, BaseLanguageModel):
        others = [getattr(model, name, None) for name in _OWN]
    return {_OTHERS: SimpleNamespace(held=others)} if any(others) else {}


def _taken(more: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in more.items() if name != _OTHERS}


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

    __selfstudy_guard__: ClassVar[bool] = True
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
            with state(Passed.of(messages)):
                return self.bound.invoke(messages, config, **_taken(more))

        with state(Own()):
            return self._wrapped(call)(input, **{**bound_arguments(self.bound), **kwargs})

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """Guard one awaited call; raises as `invoke`."""

        async def call(messages: Any, **more: Any) -> Any:
            return await awaited(Passed.of(messages), self.bound.ainvoke(messages, config, **_taken(more)))

        return await awaited(Own(), self._wrapped(call)(input, **{**bound_arguments(self.bound), **kwargs}))

    def stream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        """Guard one streamed call; raises as `invoke`, before the first piece."""

        def call(messages: Any, **more: Any) -> Any:
            return streamed(Passed.of(messages), self.bound.stream(messages, config, **_taken(more)))

        with state(Own()):
            pieces = self._wrapped(call)(input, **{**bound_arguments(self.bound), **kwargs})
        yield from pieces

    async def astream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Any]:
        """Guard one awaited streamed call; raises as `invoke`, before the first piece."""

        async def call(messages: Any, **more: Any) -> Any:
            return astreamed(Passed.of(messages), self.bound.astream(messages, config, **_taken(more)))

        async for piece in await awaited(
            Own(), self._wrapped(call)(input, **{**bound_arguments(self.bound), **kwargs})
        ):
            yield piece

    def _wrapped(self, call: Callable[..., Any]) -> Callable[..., Any]:
        return self.guard.wrapped(call, self.purpose, per_call=self.per_call, style=self.style)


class GuardedChain(RunnableBindingBase[Any, Any]):
    """A chain whose models are guarded, and in which no other model may start; takes and returns what the chain does.

    Attributes:
        bound: the chain, rebuilt round guarded models.
        guard: knows the documents.
        route: makes guarded models of those that functions in the chain call; None where such calls are refused.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    __selfstudy_guard__: ClassVar[bool] = True
    guard: Guard = Field(exclude=True)
    route: Callable[[Any], Any] | None = Field(default=None, exclude=True)

    @property
    def _inside(self) -> Inside:
        return Inside(self.guard, self.route)

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """Run the chain.

        Raises:
            UnguardedCallError: a call of a model could not be guarded; it was not sent.
        """
        with state(self._inside):
            return super().invoke(input, config, **kwargs)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """Run the chain, awaited; raises as `invoke`."""
        return await awaited(self._inside, super().ainvoke(input, config, **kwargs))

    def batch(self, inputs: list[Any], config: Any = None, **kwargs: Any) -> list[Any]:
        """Run the chain for many inputs; raises as `invoke`."""
        with state(self._inside):
            return super().batch(inputs, config, **kwargs)

    async def abatch(self, inputs: list[Any], config: Any = None, **kwargs: Any) -> list[Any]:
        """The same, awaited; raises as `invoke`."""
        return await awaited(self._inside, super().abatch(inputs, config, **kwargs))

    def batch_as_completed(self, inputs: Sequence[Any], config: Any = None, **kwargs: Any) -> Iterator[Any]:
        """The same, each result as it comes; raises as `invoke`."""
        yield from streamed(self._inside, super().batch_as_completed(inputs, config, **kwargs))

    async def abatch_as_completed(self, inputs: Sequence[Any], config: Any = None, **kwargs: Any) -> AsyncIterator[Any]:
        """The same, awaited; raises as `invoke`."""
        async for one in astreamed(self._inside, super().abatch_as_completed(inputs, config, **kwargs)):
            yield one

    def stream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        """Run the chain, piece by piece; raises as `invoke`."""
        yield from streamed(self._inside, super().stream(input, config, **kwargs))

    async def astream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Any]:
        """The same, awaited; raises as `invoke`."""
        async for piece in astreamed(self._inside, super().astream(input, config, **kwargs)):
            yield piece

    def transform(self, input: Iterator[Any], config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        """Run the chain on a stream of input; raises as `invoke`."""
        yield from streamed(self._inside, super().transform(input, config, **kwargs))

    async def atransform(
        self, input: AsyncIterator[Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Any]:
        """The same, awaited; raises as `invoke`."""
        async for piece in astreamed(self._inside, super().atransform(input, config, **kwargs)):
            yield piece
