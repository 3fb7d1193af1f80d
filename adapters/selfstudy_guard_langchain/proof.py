"""The proof at run time: no LangChain model starts inside a guarded chain unless a guard has seen its messages.

The source of a step cannot show that no model hides in it: an object in a closure, a registry, a graph. LangChain tells
its callback handlers of every model that starts, before anything is sent, and an error that such a handler raises ends
the call. One handler is therefore known to the whole process from the first guarded chain on. It asks three questions:

1. Does the model run for a `GuardedModel`? Then the messages must be those that the guard let through.
2. Does it run inside a guarded chain? A context variable says so; tasks, executors and streams carry it along. Then it
   stands outside every guarded model, and the call is refused.
3. Does it run beside a guarded chain, in a thread that the chain's own code started (threads inherit no context)? Then
   it is refused if its messages hold a document that the guard of a running chain knows.

What no callback can see is a client library (openai, httpx ...) that a step calls by itself.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import BaseMessage, convert_to_messages
from langchain_core.prompt_values import ChatPromptValue, PromptValue, StringPromptValue
from langchain_core.tracers.context import register_configure_hook

from selfstudy_guard.errors import UnguardedCallError
from selfstudy_guard.guard import Guard
from selfstudy_guard.guard.responses import content_text

T = TypeVar("T")


@dataclass(frozen=True)
class Inside:
    """A guarded chain is running, and no guarded model of it.

    Attributes:
        guard: the chain's guard.
        route: makes a guarded model of one that a function of a graph's node calls; None where such a call is refused.
    """

    guard: Guard
    route: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Passed:
    """A guarded model is running: what its guard let through, as texts of messages and as one prompt string."""

    texts: tuple[str, ...]
    prompt: str

    @classmethod
    def of(cls, given: Any) -> Passed:
        """What a model makes of its input: a prompt value, a string, or messages in any of LangChain's forms."""
        if isinstance(given, str):
            given = StringPromptValue(text=given)
        elif not isinstance(given, PromptValue):
            given = ChatPromptValue(messages=convert_to_messages(given))
        return cls(tuple(_text(message) for message in given.to_messages()), given.to_string())


@dataclass(frozen=True)
class Own:
    """The guard itself is at work before a guarded model runs; a model that starts now is the guard's own judge."""


State = Inside | Own | Passed

_STATE: ContextVar[State | None] = ContextVar("selfstudy_guard_langchain_state", default=None)


@contextmanager
def state(value: State) -> Iterator[None]:
    """Say what runs within this block."""
    token = _STATE.set(value)
    try:
        with _PROOF.chain_of(value.guard) if isinstance(value, Inside) else nullcontext():
            yield
    finally:
        _STATE.reset(token)


def route_of() -> Callable[[Any], Any] | None:
    """What makes a guarded model of one that is called now; None outside the nodes of guarded graphs."""
    now = _STATE.get()
    return now.route if isinstance(now, Inside) else None


async def awaited(value: State, call: Coroutine[Any, Any, T]) -> T:
    """The result of `call`, awaited while `value` holds."""
    with state(value):
        return await call


def streamed(value: State, pieces: Iterator[T]) -> Iterator[T]:
    """The pieces, each made while `value` holds; between pieces the consumer's own state is back."""
    while True:
        with state(value):
            try:
                piece = next(pieces)
            except StopIteration:
                return
        yield piece


async def astreamed(value: State, pieces: AsyncIterator[T]) -> AsyncIterator[T]:
    """The same for awaited pieces."""
    while True:
        with state(value):
            try:
                piece = await anext(pieces)
            except StopAsyncIteration:
                return
        yield piece


class _Proof(BaseCallbackHandler):
    """Raises where a model starts that no guard stands before."""

    raise_error = True
    run_inline = True

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[int, tuple[Guard, int]] = {}

    @contextmanager
    def chain_of(self, guard: Guard) -> Iterator[None]:
        """A chain of `guard` runs within this block, in this thread or others."""
        with self._lock:
            self._running[id(guard)] = (guard, self._running.get(id(guard), (guard, 0))[1] + 1)
        try:
            yield
        finally:
            with self._lock:
                left = self._running.pop(id(guard))[1] - 1
                if left:
                    self._running[id(guard)] = (guard, left)

    def on_chat_model_start(
        self, serialized: dict[str, Any], messages: list[list[BaseMessage]], *, run_id: UUID, **kwargs: Any
    ) -> None:
        """Look at the messages of a chat model before they are sent."""
        for each in messages:
            texts = tuple(_text(message) for message in each)
            self._check(texts, lambda passed, texts=texts: texts == passed.texts, serialized)  # type: ignore[misc]

    def on_llm_start(self, serialized: dict[str, Any], prompts: list[str], *, run_id: UUID, **kwargs: Any) -> None:
        """Look at the prompts of a text model before they are sent."""
        for prompt in prompts:
            self._check((prompt,), lambda passed, prompt=prompt: prompt == passed.prompt, serialized)  # type: ignore[misc]

    def _check(self, texts: Sequence[str], same: Callable[[Passed], bool], serialized: dict[str, Any] | None) -> None:
        now = _STATE.get()
        if isinstance(now, Own):
            return
        if isinstance(now, Passed):
            if same(now):
                return
            raise UnguardedCallError(
                f"{_name(serialized)} was about to be sent other messages than its guard let through: something "
                "changes them between the guarded model and the provider. Change them before the guarded model"
            )
        if isinstance(now, Inside):
            raise UnguardedCallError(
                f"{_name(serialized)} started inside a guarded chain and outside its guarded models; nothing was sent. "
                "Move it out of the function into the chain (prompt | model | parser), hand the function a "
                "GuardedChatModel, or wrap the call inside it with guard.asking() or guard.answering()"
            )
        with self._lock:
            guards = [guard for guard, _ in self._running.values()]
        for guard in guards:
            if guard.recognises(texts):
                raise UnguardedCallError(
                    f"{_name(serialized)} started in a thread beside a guarded chain, with text of a document that the "
                    "chain's guard knows; nothing was sent. Hand that thread a GuardedChatModel"
                )


_PROOF = _Proof()
_HANDLER: ContextVar[BaseCallbackHandler | None] = ContextVar("selfstudy_guard_langchain_proof", default=_PROOF)
register_configure_hook(_HANDLER, inheritable=True)


def _text(message: BaseMessage) -> str:
    return content_text(message.content)


def _name(serialized: dict[str, Any] | None) -> str:
    named = (serialized or {}).get("name") or ((serialized or {}).get("id") or ["a model"])[-1]
    return f"the model {named}" if named != "a model" else "a model"
