"""The built-in model as a LangChain chat model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal, cast

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    SystemMessage,
    ToolMessage,
    UsageMetadata,
)
from langchain_core.output_parsers import JsonOutputParser, PydanticOutputParser
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda, RunnableMap, RunnablePassthrough
from langchain_core.utils.function_calling import convert_to_json_schema
from langchain_core.utils.pydantic import is_basemodel_subclass
from pydantic import ConfigDict, Field, PrivateAttr

from selfstudy_guard.errors import InputError
from selfstudy_guard.models import resolve_model
from selfstudy_guard.records import Message, Reply, Request, Usage


class EmbeddedChatModel(BaseChatModel):
    """SmolLM2-135M-Instruct (or any local GGUF) in this process, without a server or a key.

    A small model: good for trying chains out and for tests, not for training data.

    Attributes:
        model: "embedded", or "gguf:PATH".
        temperature: sampling temperature; None leaves the model's own.
        max_tokens: most tokens of a reply; None for 256.
        seed: sampling seed.
        stop_sequences: strings that end a reply, also known as `stop`.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(populate_by_name=True)

    model: str = "embedded"
    temperature: float | None = None
    max_tokens: int | None = 256
    seed: int | None = None
    stop_sequences: list[str] | None = Field(default=None, alias="stop")
    _completer: Any = PrivateAttr(default=None)

    @property
    def _llm_type(self) -> str:
        return "selfstudy-guard-embedded"

    @property
    def _identifying_params(self) -> Mapping[str, Any]:
        return {"model": self.model, "temperature": self.temperature, "max_tokens": self.max_tokens, "seed": self.seed}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> Any:
        params = super()._get_ls_params(stop=stop, **kwargs)
        params["ls_provider"] = "selfstudy-guard"
        params["ls_model_name"] = kwargs.get("model", self.model)
        return params

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        reply: Reply = self._loaded().complete(self._request(messages, stop, kwargs))
        message = AIMessage(
            content=reply.text,
            usage_metadata=_usage(reply.usage),
            response_metadata={"finish_reason": reply.finish_reason, "model_name": reply.model},
        )
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for piece in self._loaded().stream(self._request(messages, stop, kwargs)):
            ended = piece.usage.tokens > 0
            chunk = ChatGenerationChunk(
                message=AIMessageChunk(
                    content=piece.text,
                    usage_metadata=_usage(piece.usage) if ended else None,
                    response_metadata=(
                        {"finish_reason": piece.finish_reason, "model_name": piece.model} if ended else {}
                    ),
                    chunk_position="last" if ended else None,
                )
            )
            if run_manager is not None and piece.text:
                run_manager.on_llm_new_token(piece.text, chunk=chunk)
            yield chunk

    def with_structured_output(
        self,
        schema: dict[str, Any] | type,
        *,
        method: Literal["json_schema"] = "json_schema",
        include_raw: bool = False,
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, Any]:
        """Replies that follow a schema, enforced while they are sampled.

        Args:
            schema: a pydantic class, a typed dict or a JSON schema.
            method: only "json_schema"; others are refused.
            include_raw: return a dict with `raw`, `parsed` and `parsing_error`.
            strict: ignored, since the schema is always enforced.
            **kwargs: none are known.

        Raises:
            InputError: another method, or unknown arguments.
        """
        if kwargs or method != "json_schema":
            raise InputError(f"unknown arguments of with_structured_output: {sorted(kwargs) or [method]}")
        typed = isinstance(schema, type) and is_basemodel_subclass(schema)
        plain = convert_to_json_schema(schema)
        structured: Runnable[LanguageModelInput, Any] = self.bind(
            response_schema=plain,
            ls_structured_output_format={"kwargs": {"method": method}, "schema": plain},
        )
        parser: Any = PydanticOutputParser(pydantic_object=cast("type", schema)) if typed else JsonOutputParser()
        if not include_raw:
            chain: Runnable[LanguageModelInput, Any] = structured | parser
            return chain
        parsed = RunnablePassthrough.assign(
            parsed=RunnableLambda(lambda found: found["raw"]) | parser, parsing_error=lambda _: None
        )
        failed = RunnablePassthrough.assign(parsed=lambda _: None)
        return RunnableMap(raw=structured) | parsed.with_fallbacks([failed], exception_key="parsing_error")

    def _loaded(self) -> Any:
        if self._completer is None:
            if not (self.model == "embedded" or self.model.startswith("gguf:")):
                raise InputError(f"EmbeddedChatModel runs local models only, not {self.model!r}: embedded or gguf:PATH")
            self._completer = resolve_model(self.model)
        return self._completer

    def _request(self, messages: Sequence[BaseMessage], stop: list[str] | None, options: dict[str, Any]) -> Request:
        schema = options.get("response_schema")
        return Request(
            purpose="answer",
            messages=tuple(_message(message) for message in messages),
            response_schema=schema,
            max_tokens=options.get("max_tokens", self.max_tokens),
            temperature=options.get("temperature", self.temperature),
            seed=options.get("seed", self.seed),
            stop=tuple(stop or self.stop_sequences or ()),
        )


def _message(message: BaseMessage) -> Message:
    text = _text(message)
    if isinstance(message, SystemMessage):
        return Message(role="system", content=text)
    if isinstance(message, AIMessage):
        calls = "".join(json.dumps({"name": call["name"], "arguments": call["args"]}) for call in message.tool_calls)
        return Message(role="assistant", content="\n".join(part for part in (text, calls) if part))
    if isinstance(message, ToolMessage):
        return Message(role="user", content=f"Result of the tool:\n{text}")
    return Message(role="user", content=text)


def _text(message: BaseMessage) -> str:
    if isinstance(message.content, str):
        return message.content
    parts = []
    for part in message.content:
        if isinstance(part, str):
            parts.append(part)
        elif part.get("type") in ("text", None) and "text" in part:
            parts.append(str(part["text"]))
        elif part.get("type") not in ("tool_use", "tool_call", "reasoning", "thinking"):
            raise InputError(f"the built-in model reads text only, not a part of type {part.get('type')!r}")
    return "\n".join(parts)


def _usage(usage: Usage) -> UsageMetadata:
    return UsageMetadata(
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        total_tokens=usage.tokens,
        input_token_details={"cache_read": usage.cached_tokens},
    )
