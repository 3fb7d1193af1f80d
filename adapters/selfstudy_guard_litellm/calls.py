"""LiteLLM's entry points with the same signatures, guarded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, TypeVar

from selfstudy_guard.errors import InputError, UnguardedCallError
from selfstudy_guard.guard import Guard
from selfstudy_guard.guard.purposes import purpose_named
from selfstudy_guard_litellm.host import load_litellm

F = TypeVar("F", bound=Callable[..., Any])
Purpose = Literal["auto", "ask", "answer", "generate", "either", "filter"]

WRAPPED = (
    "completion",
    "acompletion",
    "text_completion",
    "atext_completion",
    "responses",
    "aresponses",
    "anthropic_messages",
)
_HARMLESS = frozenset(
    ("register_model", "completion_cost", "token_counter", "get_model_info", "supports_response_schema")
)


def wrapper_for(guard: Guard, purpose: Purpose, *, per_call: int = 5) -> Callable[[F], F]:
    """The method of `guard` that wraps a call of this purpose.

    Args:
        guard: the guard.
        purpose: "auto" (one question or an answer, told from the messages), "ask" (one question), "answer", "generate"
            (`per_call` questions or pairs), "either" (`per_call` questions or an answer, told from the messages) or
            "filter" (cleaned, but not recorded); the names of `Guard`'s methods ("asking") do, too.
        per_call: only for "generate" and "either".

    Raises:
        InputError: unknown purpose.
    """
    named = purpose_named(purpose)
    return lambda call: guard.wrapped(call, named, per_call=per_call)


class GuardedLiteLLM:
    """LiteLLM's entry points, guarded: `completion`, `acompletion`, `batch_completion`, `text_completion`,
    `atext_completion`, `responses`, `aresponses`, `anthropic_messages`, `anthropic.messages.create` / `acreate` and
    `router(...)`, each with the signature and the return value of LiteLLM's own.

    Any other function of LiteLLM is refused with `UnguardedCallError`, so that nothing looks guarded that is not; call
    it on `litellm` itself.

    Args:
        guard: the guard.
        purpose: what the calls are for, as in `wrapper_for`.
        per_call: questions of one call, only for the purposes "generate" and "either".
    """

    def __init__(self, guard: Guard, purpose: Purpose = "auto", *, per_call: int = 5) -> None:
        self._wrap: Callable[[Any], Any] = wrapper_for(guard, purpose, per_call=per_call)
        self._purpose = purpose_named(purpose)
        self._ready: dict[str, Callable[..., Any]] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        litellm = load_litellm()
        if name in WRAPPED:
            if name not in self._ready:
                self._ready[name] = self._one_prompt(self._wrap(getattr(litellm, name)))
            return self._ready[name]
        if name in _HARMLESS or not callable(getattr(litellm, name, None)):
            return getattr(litellm, name)
        raise UnguardedCallError(
            f"{name} is not guarded by this adapter; guarded are {', '.join(WRAPPED)}, batch_completion, "
            f"anthropic.messages and router. litellm.{name} is there for an unguarded call."
        )

    def batch_completion(
        self, model: str, messages: Sequence[Any] = (), *args: Any, max_workers: int | None = 100, **kwargs: Any
    ) -> list[Any]:
        """`litellm.batch_completion`: a list of conversations, a list of responses in the same order.

        As there, an error of one call stands in its place in the list; an unguarded call raises, and nothing is sent.
        """
        if args:
            raise InputError("batch_completion takes model and messages by place, everything else by name")
        completion = self.completion

        def one(conversation: Any) -> Any:
            try:
                return completion(model=model, messages=conversation, **kwargs)
            except UnguardedCallError:
                raise
            except Exception as error:
                return error

        with ThreadPoolExecutor(max_workers=max_workers) as pool:
            return list(pool.map(one, messages))

    @property
    def anthropic(self) -> _Anthropic:
        """`litellm.anthropic`, guarded."""
        return _Anthropic(self._wrap)

    def router(self, router: Any) -> GuardedRouter:
        """A LiteLLM Router, guarded."""
        return GuardedRouter(router, self._wrap)

    def _one_prompt(self, call: Callable[..., Any]) -> Callable[..., Any]:
        if self._purpose == "filtering" or getattr(call, "__name__", "") not in ("text_completion", "atext_completion"):
            return call
        import functools

        @functools.wraps(call)
        def single(*args: Any, **kwargs: Any) -> Any:
            prompt = kwargs.get("prompt", args[0] if args else None)
            if isinstance(prompt, (list, tuple)) and len(prompt) > 1:
                raise UnguardedCallError(
                    "text_completion with several prompts in one call cannot be anchored and checked one by one: call "
                    'it once for each prompt, or use the purpose "filter"'
                )
            return call(*args, **kwargs)

        return single


class _Anthropic:
    def __init__(self, wrap: Callable[[Any], Any]) -> None:
        self.messages = _AnthropicMessages(wrap)


class _AnthropicMessages:
    """`litellm.anthropic.messages`, guarded."""

    def __init__(self, wrap: Callable[[Any], Any]) -> None:
        messages = load_litellm().anthropic.messages
        self.create: Callable[..., Any] = wrap(messages.create)
        self.acreate: Callable[..., Any] = wrap(messages.acreate)


class GuardedRouter:
    """A LiteLLM Router whose calls are guarded; what it does not guard, it refuses.

    Args:
        router: a `litellm.Router`.
        wrap: wraps one callable, such as `guard.asking`.
    """

    _GUARDED = (*WRAPPED, "aanthropic_messages")

    def __init__(self, router: Any, wrap: Callable[[Any], Any]) -> None:
        self._router = router
        self._wrap = wrap
        self._ready: dict[str, Callable[..., Any]] = {}

    async def abatch_completion(self, models: list[str], messages: Any, **kwargs: Any) -> list[Any]:
        """`Router.abatch_completion`: every model gets the conversation, or each of a list of conversations.

        Returns:
            As there: a list of responses, one for each model, or a list of such lists for a list of conversations.
        """
        import asyncio

        acompletion = self.acompletion
        if isinstance(messages, list) and messages and isinstance(messages[0], list):
            rows = [[acompletion(model=model, messages=one, **kwargs) for model in models] for one in messages]
            return [list(await asyncio.gather(*row)) for row in rows]
        return list(await asyncio.gather(*(acompletion(model=model, messages=messages, **kwargs) for model in models)))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        value = getattr(self._router, name)
        if name in self._GUARDED:
            if name not in self._ready:
                self._ready[name] = self._wrap(value)
            return self._ready[name]
        if not callable(value) or name.startswith(("get_", "set_", "reset", "discard", "flush_")):
            return value
        raise UnguardedCallError(
            f"Router.{name} is not guarded by this adapter; guarded are {', '.join(self._GUARDED)} and "
            "abatch_completion. Call it on the router itself for an unguarded call."
        )
