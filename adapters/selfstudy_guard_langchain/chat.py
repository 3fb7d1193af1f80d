"""A guarded model that is a chat model itself: for agents, graphs and frameworks that want a `BaseChatModel`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult, LLMResult
from langchain_core.runnables import Runnable, RunnableBinding, RunnableConfig
from pydantic import ConfigDict, Field

from selfstudy_guard.errors import InputError
from selfstudy_guard.guard import Guard
from selfstudy_guard.guard.purposes import Purpose
from selfstudy_guard_langchain.guarded import GuardedModel
from selfstudy_guard_langchain.proof import Own, astreamed, awaited, state, streamed

_QUIET: RunnableConfig = {"callbacks": []}
"""The inner model's run is not told to the handlers of the outer one: its tokens would be counted twice."""


class GuardedChatModel(BaseChatModel):
    """`bound` with a guard before it: whatever calls this model, its documents are anchored or filtered first.

    Tools, structured output, streaming, token counts and caching are those of `bound`. Calls without a registered
    document are refused unless the guard allows them (`Guard(..., unguarded="warn")`), which agents need.

    Attributes:
        bound: the chat model.
        guard: knows the documents.
        purpose: what the calls are for; "guarding" decides call by call.
        per_call: how many questions one call asks for, with purpose "generating".
        style: question style that replies are checked against; None takes the guard's.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(arbitrary_types_allowed=True)

    __selfstudy_guard__: ClassVar[bool] = True
    bound: BaseChatModel
    guard: Guard = Field(exclude=True)
    purpose: Purpose = "guarding"
    per_call: int = 5
    style: str | None = None

    @property
    def _llm_type(self) -> str:
        return f"selfstudy-guard-{self.bound._llm_type}"

    @property
    def _identifying_params(self) -> Mapping[str, Any]:
        return {"purpose": self.purpose, **self.bound._identifying_params}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> Any:
        return self.bound._get_ls_params(stop=stop, **kwargs)

    def get_num_tokens(self, text: str) -> int:
        """Tokens of `text` as `bound` counts them."""
        return self.bound.get_num_tokens(text)

    def get_token_ids(self, text: str) -> list[int]:
        """Token ids of `text` as `bound` counts them."""
        return self.bound.get_token_ids(text)

    # LangChain tells its handlers of this model before the guard is at work; the proof must know that it is one.

    def generate(self, *args: Any, **kwargs: Any) -> LLMResult:
        """As any chat model, with a guard before it."""
        with state(Own()):
            return super().generate(*args, **kwargs)

    async def agenerate(self, *args: Any, **kwargs: Any) -> LLMResult:
        """The same, awaited."""
        return await awaited(Own(), super().agenerate(*args, **kwargs))

    def stream(self, *args: Any, **kwargs: Any) -> Iterator[AIMessageChunk]:
        """The same, piece by piece."""
        return streamed(Own(), super().stream(*args, **kwargs))

    def astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[AIMessageChunk]:
        """The same, awaited piece by piece."""
        return astreamed(Own(), super().astream(*args, **kwargs))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        reply = self._guarded().invoke(messages, _QUIET, **_with_stop(stop, kwargs))
        return _result(reply)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        reply = await self._guarded().ainvoke(messages, _QUIET, **_with_stop(stop, kwargs))
        return _result(reply)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for piece in self._guarded().stream(messages, _QUIET, **_with_stop(stop, kwargs)):
            chunk = ChatGenerationChunk(message=_chunk(piece))
            if run_manager is not None:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        async for piece in self._guarded().astream(messages, _QUIET, **_with_stop(stop, kwargs)):
            chunk = ChatGenerationChunk(message=_chunk(piece))
            if run_manager is not None:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[LanguageModelInput, AIMessage]:
        """The model with tools, in the form that `bound` gives them."""
        bound = self.bound.bind_tools(tools, **kwargs)
        if isinstance(bound, RunnableBinding) and bound.bound is self.bound:
            return self.bind(**bound.kwargs)
        return self._rebuilt(bound)

    def with_structured_output(
        self, schema: dict[str, Any] | type, *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """Replies that follow a schema, by the way that `bound` knows."""
        return self._rebuilt(self.bound.with_structured_output(schema, include_raw=include_raw, **kwargs))

    def _rebuilt(self, chain: Runnable[Any, Any]) -> Runnable[Any, Any]:
        from selfstudy_guard_langchain.chains import guard_chain

        return guard_chain(chain, self.guard, purpose=self.purpose, per_call=self.per_call, style=self.style)

    def _guarded(self) -> GuardedModel:
        return GuardedModel(
            bound=self.bound, guard=self.guard, purpose=self.purpose, per_call=self.per_call, style=self.style
        )


def _with_stop(stop: list[str] | None, options: dict[str, Any]) -> dict[str, Any]:
    return options if stop is None else {**options, "stop": stop}


def _result(reply: Any) -> ChatResult:
    if not isinstance(reply, BaseMessage):
        raise InputError(f"the guarded chat model returned {type(reply).__name__} and not a message")
    return ChatResult(generations=[ChatGeneration(message=reply)])


def _chunk(piece: Any) -> AIMessageChunk:
    if isinstance(piece, AIMessageChunk):
        return piece
    return AIMessageChunk(**piece.model_dump(exclude={"type"}))
