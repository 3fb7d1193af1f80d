"""The built-in model as a LiteLLM provider, `builtin/smollm2`: for trying things out, tests and the example proxy."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

from selfstudy_guard.errors import CompletionError
from selfstudy_guard.guard.responses import content_text
from selfstudy_guard.models import resolve_model
from selfstudy_guard.records import Message, Reply, Request
from selfstudy_guard_litellm.host import load_litellm

litellm = load_litellm()
CustomLLM: Any = litellm.CustomLLM
CustomLLMError: Any = litellm.llms.custom_llm.CustomLLMError

_ROLES = {"system": "system", "developer": "system", "assistant": "assistant"}


class CompleterProvider(CustomLLM):  # type: ignore[misc]  # typed as Any, so that type checks do not read all of LiteLLM
    """Serves one of our completers through LiteLLM; streaming comes in one piece.

    Args:
        model: as for `generate(model=...)`; None for the built-in model. Loaded at the first call.
    """

    def __init__(self, model: Any = None) -> None:
        super().__init__()
        self._model = model
        self._completer: Any = None
        self._mutex = threading.Lock()

    def completion(self, model: str, messages: list[Any], **options: Any) -> Any:
        """A whole response, as a LiteLLM ModelResponse."""
        reply = self._reply(messages, options.get("optional_params") or {})
        response = options.get("model_response") or litellm.ModelResponse()
        response.model = model
        response.choices[0].message.content = reply.text
        response.choices[0].finish_reason = reply.finish_reason
        sent, said = reply.usage.prompt_tokens, reply.usage.completion_tokens
        usage = litellm.Usage(prompt_tokens=sent, completion_tokens=said, total_tokens=sent + said)
        response.usage = usage
        return response

    async def acompletion(self, model: str, messages: list[Any], **options: Any) -> Any:
        """The same, awaited."""
        return await asyncio.to_thread(self.completion, model, messages, **options)

    def streaming(self, model: str, messages: list[Any], **options: Any) -> Iterator[Any]:
        """The response in one piece."""
        yield _piece(self._reply(messages, options.get("optional_params") or {}))

    async def astreaming(self, model: str, messages: list[Any], **options: Any) -> AsyncIterator[Any]:
        """The same, awaited."""
        yield _piece(await asyncio.to_thread(self._reply, messages, options.get("optional_params") or {}))

    def _reply(self, messages: list[Any], options: dict[str, Any]) -> Reply:
        with self._mutex:
            if self._completer is None:
                self._completer = resolve_model(self._model)
        stop = options.get("stop") or ()
        request = Request(
            purpose="question",
            messages=tuple(_message(message) for message in messages),
            max_tokens=options.get("max_tokens") or options.get("max_completion_tokens"),
            temperature=options.get("temperature"),
            seed=options.get("seed"),
            stop=(stop,) if isinstance(stop, str) else tuple(stop),
        )
        try:
            reply: Reply = self._completer.complete(request)
        except CompletionError as error:
            raise CustomLLMError(status_code=error.status or 500, message=str(error)) from error
        return reply


def _message(message: Any) -> Message:
    role: Any = _ROLES.get(str(message.get("role")), "user")
    return Message(role=role, content=content_text(message.get("content")))


def _piece(reply: Reply) -> dict[str, Any]:
    return {
        "text": reply.text,
        "is_finished": True,
        "finish_reason": reply.finish_reason,
        "index": 0,
        "tool_use": None,
        "usage": {
            "prompt_tokens": reply.usage.prompt_tokens,
            "completion_tokens": reply.usage.completion_tokens,
            "total_tokens": reply.usage.tokens,
        },
    }


def register_model(model: Any = None, *, provider: str = "builtin") -> None:
    """Make `PROVIDER/anything` a LiteLLM model string for one of our completers.

    Args:
        model: as for `generate(model=...)`; None for the built-in model.
        provider: name of the provider.
    """
    kept = [item for item in litellm.custom_provider_map if item["provider"] != provider]
    litellm.custom_provider_map = [*kept, {"provider": provider, "custom_handler": CompleterProvider(model)}]
    litellm.utils.custom_llm_setup()


handler = CompleterProvider()
"""What a proxy's config.yaml names: `custom_handler: selfstudy_guard_litellm.builtin.handler`."""
