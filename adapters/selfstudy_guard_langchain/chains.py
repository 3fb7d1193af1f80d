"""`guard_chain`: every model inside a chain is replaced by a guarded one, or the chain is refused."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from langchain_core.language_models import BaseLanguageModel
from langchain_core.runnables import (
    Runnable,
    RunnableBinding,
    RunnableBranch,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
    RunnableSequence,
    RunnableWithFallbacks,
)
from langchain_core.runnables.base import RunnableBindingBase, RunnableEach, RunnableGenerator
from langchain_core.runnables.passthrough import RunnableAssign, RunnablePick
from langchain_core.runnables.router import RouterRunnable
from pydantic import BaseModel

from selfstudy_guard.errors import InputError, UnguardedCallError
from selfstudy_guard.guard import Guard
from selfstudy_guard_langchain.guarded import GuardedModel, Purpose

_CLIENTS = frozenset(
    {
        "litellm",
        "openai",
        "anthropic",
        "google",
        "mistralai",
        "ollama",
        "cohere",
        "groq",
        "together",
        "replicate",
        "boto3",
        "vertexai",
        "huggingface_hub",
        "transformers",
        "vllm",
        "llama_cpp",
        "xllamacpp",
        "dashscope",
        "httpx",
        "requests",
        "aiohttp",
        "urllib",
        "urllib3",
        "http",
    }
)
"""Packages that can call a model without LangChain; a function that reaches one of them cannot be proved guarded."""


def guard_chain(
    chain: Runnable[Any, Any],
    guard: Guard,
    *,
    purpose: Purpose = "guarding",
    per_call: int = 5,
    style: str | None = None,
) -> Runnable[Any, Any]:
    """A copy of `chain` in which every call of a model goes through `guard`.

    Sequences, parallels, assigns, branches, routers, maps and bindings are looked into; `bind`, `with_config`,
    `with_retry` and `with_fallbacks` round a model stay inside its guard. The chain that was passed is not changed.

    Args:
        chain: any runnable; a model alone will do.
        guard: knows the documents that the prompts are made from.
        purpose: what the models are called for; "guarding" decides call by call.
        per_call: how many questions one call asks for, with purpose "generating".
        style: question style that replies are checked against.

    Raises:
        UnguardedCallError: a model stands where it cannot be guarded, or the chain holds no model at all.
        InputError: `chain` is not a runnable.
    """
    if not isinstance(chain, Runnable):
        raise InputError(f"{type(chain).__name__} is no runnable: give a LangChain chain or model")

    def guarded(model: Runnable[Any, Any]) -> Runnable[Any, Any]:
        return GuardedModel(bound=model, guard=guard, purpose=purpose, per_call=per_call, style=style)

    walk = _Walk(guarded)
    found = walk.through(chain, "chain")
    if not walk.models:
        raise UnguardedCallError(
            f"no model was found in this chain ({type(chain).__name__}), so nothing of it can be guarded: pass the "
            "chain that ends in the model, or wrap the call itself with guard.asking() or guard.answering()"
        )
    return found


class _Walk:
    """Goes through a chain and rebuilds it round guarded models."""

    def __init__(self, guarded: Callable[[Runnable[Any, Any]], Runnable[Any, Any]]) -> None:
        self._guarded = guarded
        self.models = 0

    def through(self, step: Runnable[Any, Any], where: str) -> Runnable[Any, Any]:
        """`step` with its models guarded; the very same object where it holds none."""
        if isinstance(step, GuardedModel):
            self.models += 1
            return step
        if _is_model(step):
            self.models += 1
            return self._guarded(step)
        if isinstance(step, RunnableSequence):
            steps = [self.through(part, f"{where}[{place}]") for place, part in enumerate(step.steps)]
            return RunnableSequence(*steps, name=step.name)
        if isinstance(step, RunnableParallel):
            return step.model_copy(update={"steps__": self._mapping(step.steps__, where)})
        if isinstance(step, RunnableAssign):
            return step.model_copy(update={"mapper": self.through(step.mapper, f"{where}.assign")})
        if isinstance(step, RunnableBranch):
            return self._branch(step, where)
        if isinstance(step, RouterRunnable):
            return step.model_copy(update={"runnables": self._mapping(step.runnables, where)})
        if isinstance(step, RunnableEach):
            return step.model_copy(update={"bound": self.through(step.bound, f"{where}.map")})
        if isinstance(step, RunnableWithFallbacks):
            update = {
                "runnable": self.through(step.runnable, f"{where}.fallbacks[0]"),
                "fallbacks": [
                    self.through(part, f"{where}.fallbacks[{place}]") for place, part in enumerate(step.fallbacks, 1)
                ],
            }
            return step.model_copy(update=update)
        if isinstance(step, RunnableBinding | RunnableBindingBase):
            return step.model_copy(update={"bound": self.through(step.bound, f"{where}.bound")})
        self._refuse_hidden(step, where)
        return step

    def _mapping(self, steps: Mapping[str, Any], where: str) -> dict[str, Any]:
        return {name: self.through(part, f"{where}.{name}") for name, part in steps.items()}

    def _branch(self, step: RunnableBranch[Any, Any], where: str) -> Runnable[Any, Any]:
        branches = [
            (self.through(condition, f"{where}.if[{place}]"), self.through(part, f"{where}.then[{place}]"))
            for place, (condition, part) in enumerate(step.branches)
        ]
        return step.model_copy(update={"branches": branches, "default": self.through(step.default, f"{where}.else")})

    def _refuse_hidden(self, step: Runnable[Any, Any], where: str) -> None:
        """Raise if a model, or a way to call one, stands inside a step that cannot be rebuilt."""
        name = _hidden(step, set(), 0)
        if name is not None:
            raise UnguardedCallError(
                f"{where} ({type(step).__name__}) reaches {name}, which cannot be guarded there: move the model out of "
                "it into the chain (prompt | model | parser), or wrap the call inside it with guard.asking() or "
                "guard.answering()"
            )


def _is_model(step: Any) -> bool:
    """Whether `step` is a model, or bindings, retries and fallbacks round nothing but models."""
    if isinstance(step, BaseLanguageModel):
        return True
    if isinstance(step, RunnableWithFallbacks):
        return all(_is_model(part) for part in (step.runnable, *step.fallbacks))
    if isinstance(step, RunnableEach):
        return False
    if isinstance(step, RunnableBindingBase):
        return _is_model(step.bound)
    return False


def _hidden(value: Any, seen: set[int], depth: int) -> str | None:
    """Name of a model, or of a package that can call one, that `value` reaches; None if it reaches none."""
    if id(value) in seen or depth > 8:
        return None
    seen.add(id(value))
    if isinstance(value, GuardedModel) or getattr(value, "__selfstudy_guard__", False) is True:
        return None
    if isinstance(value, BaseLanguageModel):
        return f"the model {type(value).__name__}"
    if isinstance(value, RunnableLambda | RunnableGenerator | RunnablePassthrough):
        functions = [getattr(value, field, None) for field in ("func", "afunc", "_transform", "_atransform")]
        return _first(functions, seen, depth)
    if isinstance(value, RunnablePick):
        return None
    if inspect.isfunction(value) or inspect.ismethod(value):
        return _hidden_in_function(value, seen, depth)
    if isinstance(value, BaseModel):
        return _first([getattr(value, field) for field in type(value).model_fields], seen, depth)
    if isinstance(value, Runnable):
        return _first(vars(value).values() if hasattr(value, "__dict__") else (), seen, depth)
    if isinstance(value, Mapping):
        return _first(value.values(), seen, depth)
    if isinstance(value, list | tuple | set | frozenset):
        return _first(value, seen, depth)
    if callable(value) and not isinstance(value, type) and hasattr(value, "func"):
        return _first([value.func, *getattr(value, "args", ()), *getattr(value, "keywords", {}).values()], seen, depth)
    return None


def _first(values: Iterable[Any], seen: set[int], depth: int) -> str | None:
    for value in values:
        found = _hidden(value, seen, depth + 1)
        if found is not None:
            return found
    return None


def _hidden_in_function(function: Any, seen: set[int], depth: int) -> str | None:
    """Looks at what a function's code can reach: closure, globals, defaults, imports, the object it is bound to."""
    owner = getattr(function, "__self__", None)
    if owner is not None:
        found = _hidden(owner, seen, depth + 1)
        if found is not None:
            return found
    plain = inspect.unwrap(getattr(function, "__func__", function))
    if not inspect.isfunction(plain):
        return None
    reached = inspect.getclosurevars(plain)
    for name, value in {**reached.nonlocals, **reached.globals}.items():
        package = _package_of(value)
        if package in _CLIENTS and getattr(value, "__selfstudy_guard__", False) is not True:
            return f"{package} (as {name})"
        found = _hidden(value, seen, depth + 1)
        if found is not None:
            return found
    for name in _imported_in(plain):
        if name.partition(".")[0] in _CLIENTS:
            return f"{name} (imported inside)"
    return _first(plain.__defaults__ or (), seen, depth)


def _package_of(value: Any) -> str:
    module = value.__name__ if inspect.ismodule(value) else getattr(value, "__module__", None) or type(value).__module__
    return str(module).partition(".")[0]


def _imported_in(function: Any) -> list[str]:
    """Modules that a function's own code imports."""
    import dis

    return [str(step.argval) for step in dis.get_instructions(function) if step.opname == "IMPORT_NAME"]
