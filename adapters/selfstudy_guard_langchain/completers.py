"""Any LangChain chat model as a completer: what `generate(model=ChatOpenAI(...))` calls."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from selfstudy_guard.engine.provider_codes import held_back, quota_used_up, refused_parameter, without_system
from selfstudy_guard.errors import (
    AuthenticationError,
    CompletionError,
    InputError,
    ProviderError,
    RateLimitError,
    RequestError,
    UnknownModelError,
)
from selfstudy_guard.finish_reasons import finish_reason
from selfstudy_guard.records import Reply, Request, Usage
from selfstudy_guard_langchain.host import require

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_BY_STATUS: Mapping[int, type[CompletionError]] = {
    400: RequestError,
    401: AuthenticationError,
    403: AuthenticationError,
    404: UnknownModelError,
    413: RequestError,
    422: RequestError,
    429: RateLimitError,
}


def langchain_completer(model: Any, **options: Any) -> LangChainCompleter:
    """A completer for a LangChain chat model (or a runnable that ends in one).

    Args:
        model: a `BaseChatModel`, or what `bind`, `with_retry` or `with_fallbacks` made of one.
        **options: bound to every call (`temperature`, `stop` ...); they win over what a request asks for.

    Raises:
        InputError: `model` is not a chat model.
    """
    return LangChainCompleter(model, **options)


class LangChainCompleter:
    """Sends requests to a LangChain chat model: sync as `complete`, async as `acomplete`.

    The model's own retries stay as its owner set them; failures are raised as `CompletionError` with their cause. A
    model that refuses an option or the system role is asked again without it, once, and it is remembered.
    Prices are not known to LangChain, so the cost of a call is None.
    """

    def __init__(self, model: Any, **options: Any) -> None:
        require()
        from langchain_core.runnables import Runnable

        if not isinstance(model, Runnable):
            raise InputError(f"{type(model).__name__} is no LangChain chat model: give a BaseChatModel")
        self._runnable = model
        self._options = dict(options)
        self._refused: frozenset[str] = frozenset()
        name = getattr(model, "model_name", None) or getattr(model, "model", None)
        self.model = name if isinstance(name, str) else type(model).__name__

    def complete(self, request: Request) -> Reply:
        """Send `request` and wait; raises `CompletionError` when the call fails."""
        while True:
            messages, arguments = self._messages(request), self._arguments(request)
            try:
                return self._reply(self._runnable.invoke(messages, **arguments))
            except Exception as error:
                if not self._goes_without(error, messages, arguments):
                    return self._held_back(error)

    async def acomplete(self, request: Request) -> Reply:
        """The same, awaited."""
        while True:
            messages, arguments = self._messages(request), self._arguments(request)
            try:
                return self._reply(await self._runnable.ainvoke(messages, **arguments))
            except Exception as error:
                if not self._goes_without(error, messages, arguments):
                    return self._held_back(error)

    def _goes_without(self, error: Exception, messages: Sequence[BaseMessage], arguments: Mapping[str, Any]) -> bool:
        """Whether the request should be sent again without what the model refuses; every refusal is learnt once."""
        name = refused_parameter(error, arguments, system=any(one.type == "system" for one in messages))
        if name is None or held_back(error):
            return False
        if name not in self._refused:
            said = "the role system: it goes before the user's" if name == "system" else f"{name}: it is left out"
            warnings.warn(f"{self.model} refuses {said} from now on", stacklevel=3)
        self._refused |= {name}
        return True

    def _held_back(self, error: Exception) -> Reply:
        """The reply that an error stands for, where a content filter held the prompt back; else it is raised."""
        if held_back(error):
            return Reply(text="", finish_reason="content_filter", model=self.model)
        raise _translated(error, self.model) from error

    def _arguments(self, request: Request) -> dict[str, Any]:
        # `stop` is the one sampling argument that every chat model takes; others are set on the model by its owner.
        wanted: dict[str, Any] = {"stop": list(request.stop)} if request.stop else {}
        return {name: value for name, value in (wanted | self._options).items() if name not in self._refused}

    def _messages(self, request: Request) -> list[BaseMessage]:
        from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

        kinds: dict[str, type[BaseMessage]] = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
        plain = [{"role": message.role, "content": message.content} for message in request.messages]
        said = without_system(plain) if "system" in self._refused else plain
        return [kinds[one["role"]](content=one["content"]) for one in said]

    def _reply(self, message: Any) -> Reply:
        if isinstance(message, str):
            return Reply(text=message, model=self.model)
        metadata = getattr(message, "response_metadata", None) or {}
        finish = metadata.get("finish_reason") or metadata.get("stop_reason") or metadata.get("done_reason") or "stop"
        usage = getattr(message, "usage_metadata", None) or {}
        details = usage.get("input_token_details") or {}
        extra = getattr(message, "additional_kwargs", None) or {}
        return Reply(
            text=_text(message),
            finish_reason=finish_reason(finish),
            model=str(metadata.get("model_name") or metadata.get("model") or self.model),
            usage=Usage(
                prompt_tokens=int(usage.get("input_tokens") or 0),
                cached_tokens=int(details.get("cache_read") or 0),
                completion_tokens=int(usage.get("output_tokens") or 0),
            ),
            reasoning=extra.get("reasoning_content") or None,
        )


def _text(message: Any) -> str:
    content = getattr(message, "content", None)
    if content is None:
        raise ProviderError(
            f"the chat model returned {type(message).__name__}, which holds no content", retryable=False
        )
    if isinstance(content, str):
        return content
    return "".join(
        part if isinstance(part, str) else str(part.get("text", "")) for part in content if isinstance(part, str | dict)
    )


def _translated(error: Exception, model: str) -> CompletionError:
    """Foreign errors once, by their HTTP status where the provider's client tells it."""
    if isinstance(error, CompletionError):
        return error
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    kind = _BY_STATUS.get(status) if isinstance(status, int) else None
    if quota_used_up(error):
        kind = AuthenticationError
    # The provider's text may quote the prompt, so only the name of the error is passed on; the rest is its cause.
    message = f"{model}: {type(error).__name__}" + (f" (HTTP {status})" if status else "")
    if kind is AuthenticationError and quota_used_up(error):
        message += " — the quota of this account is used up: see its plan and billing"
    if kind is not None:
        return kind(message, status=status, retry_after=_retry_after(response))
    passing = isinstance(error, TimeoutError | ConnectionError | asyncio.TimeoutError) or (
        isinstance(status, int) and status >= 500
    )
    return ProviderError(message, status=status if isinstance(status, int) else None, retryable=passing)


def _retry_after(response: Any) -> float | None:
    headers = getattr(response, "headers", None)
    try:
        return float(headers["retry-after"]) if headers and "retry-after" in headers else None
    except (TypeError, ValueError):
        return None
