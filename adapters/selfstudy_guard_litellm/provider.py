"""Model strings `guard/PROVIDER/MODEL`: all that a script changes to be guarded."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from selfstudy_guard.errors import UnguardedCallError
from selfstudy_guard.guard import Guard
from selfstudy_guard_litellm.calls import Purpose, wrapper_for
from selfstudy_guard_litellm.fallbacks import look_before_fallbacks
from selfstudy_guard_litellm.host import load_litellm

litellm = load_litellm()
CustomLLM: Any = litellm.CustomLLM
BadRequestError: Any = litellm.BadRequestError

PROVIDERS: dict[str, Purpose] = {
    "guard": "auto",
    "guard_ask": "ask",
    "guard_answer": "answer",
    "guard_generate": "generate",
    "guard_either": "either",
    "guard_filter": "filter",
}
"""Provider names and what their calls are for."""


class GuardRefusedError(BadRequestError, UnguardedCallError):  # type: ignore[misc]  # typed as Any
    """An unguarded call, as an error that LiteLLM neither wraps nor retries."""


class GuardProvider(CustomLLM):  # type: ignore[misc]  # typed as Any, so that type checks do not read all of LiteLLM
    """Hands a guarded call on to the provider that the rest of the model string names.

    Args:
        wrap: wraps one callable, such as `guard.asking`.
    """

    def __init__(self, wrap: Callable[[Any], Any]) -> None:
        super().__init__()
        self._completion = wrap(litellm.completion)
        self._acompletion = wrap(litellm.acompletion)

    def completion(self, model: str, messages: list[Any], **options: Any) -> Any:
        """A whole response."""
        try:
            return self._completion(**_inner(model, messages, options))
        except UnguardedCallError as error:
            raise _refused(error, model) from error

    async def acompletion(self, model: str, messages: list[Any], **options: Any) -> Any:
        """The same, awaited."""
        try:
            return await self._acompletion(**_inner(model, messages, options))
        except UnguardedCallError as error:
            raise _refused(error, model) from error

    def streaming(self, model: str, messages: list[Any], **options: Any) -> Iterator[Any]:
        """The pieces of a response."""
        try:
            stream = self._completion(**_inner(model, messages, options), stream=True)
        except UnguardedCallError as error:
            raise _refused(error, model) from error
        for piece in stream:
            if _is_last(piece):
                # LiteLLM stops reading here, and the guard looks at a stream when it has ended.
                rest = list(stream)
                yield piece
                yield from rest
                return
            yield piece

    async def astreaming(self, model: str, messages: list[Any], **options: Any) -> AsyncIterator[Any]:
        """The pieces of a response, awaited."""
        try:
            stream = await self._acompletion(**_inner(model, messages, options), stream=True)
        except UnguardedCallError as error:
            raise _refused(error, model) from error
        async for piece in stream:
            if _is_last(piece):
                rest = [later async for later in stream]
                yield piece
                for later in rest:
                    yield later
                return
            yield piece


def register_guard(guard: Guard, *, per_call: int = 5) -> None:
    """Make the providers `guard`, `guard_ask`, `guard_answer`, `guard_generate`, `guard_either`, `guard_filter` known.

    A script then writes `model="guard/openai/gpt-4o-mini"` and is guarded; everything else of the call passes through.
    `guard` tells from the messages whether a call asks or answers; the other names say it. From then on a guarded model
    with a bare fallback, or a router's group that mixes both, is refused with `GuardRefusedError` before it is called.

    Args:
        guard: the guard; registering another one later replaces it.
        per_call: questions of one call of `guard_generate` and `guard_either`.
    """
    ours = [
        {"provider": name, "custom_handler": GuardProvider(wrapper_for(guard, purpose, per_call=per_call))}
        for name, purpose in PROVIDERS.items()
    ]
    kept = [item for item in litellm.custom_provider_map if item["provider"] not in PROVIDERS]
    litellm.custom_provider_map = [*kept, *ours]
    litellm.utils.custom_llm_setup()
    look_before_fallbacks(_is_guarded, lambda message, model: _refused(UnguardedCallError(message), model))


def _is_guarded(model: str) -> bool:
    return model.partition("/")[0] in PROVIDERS


def _inner(model: str, messages: list[Any], options: dict[str, Any]) -> dict[str, Any]:
    """The call that the guarded model string stands for."""
    parameters = {name: value for name, value in (options.get("optional_params") or {}).items() if name != "stream"}
    arguments: dict[str, Any] = {"model": model, "messages": messages, **parameters}
    for name in ("api_base", "api_key", "timeout", "client"):
        if options.get(name) is not None:
            arguments.setdefault(name, options[name])
    # LiteLLM drops these for providers that it does not know, so they are taken from where it notes them.
    noted = getattr(options.get("logging_obj"), "model_call_details", None) or {}
    for name in ("user", "max_retries", "metadata", "api_version"):
        value = noted.get(name) if noted.get(name) is not None else (options.get("litellm_params") or {}).get(name)
        if value is not None:
            arguments.setdefault(name, value)
    if options.get("headers"):
        arguments["extra_headers"] = {**dict(options["headers"]), **(parameters.get("extra_headers") or {})}
    return arguments


def _is_last(piece: Any) -> bool:
    choices: Any = getattr(piece, "choices", None)
    return bool(choices) and choices[0].finish_reason is not None


def _refused(error: UnguardedCallError, model: str) -> Exception:
    kind: Any = GuardRefusedError
    refusal: Exception = kind(message=str(error), model=model, llm_provider="guard")
    return refusal
