"""`guard_chain`: every model inside a chain is replaced by a guarded one, or the chain is refused.

Looking at the steps is only the early and kind half: `hidden.py` says what a step visibly reaches. What no look can
see is proved when the chain runs (`proof.py`): a model that starts outside a guarded one is refused before it sends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from langchain_core.language_models import BaseLanguageModel
from langchain_core.runnables import (
    Runnable,
    RunnableBinding,
    RunnableBranch,
    RunnableParallel,
    RunnableSequence,
    RunnableWithFallbacks,
)
from langchain_core.runnables.base import RunnableBindingBase, RunnableEach
from langchain_core.runnables.configurable import RunnableConfigurableAlternatives, RunnableConfigurableFields
from langchain_core.runnables.passthrough import RunnableAssign
from langchain_core.runnables.router import RouterRunnable

from selfstudy_guard.errors import InputError, UnguardedCallError
from selfstudy_guard.guard import Guard
from selfstudy_guard.guard.purposes import Purpose
from selfstudy_guard_langchain.chat import GuardedChatModel
from selfstudy_guard_langchain.guarded import GuardedChain, GuardedModel
from selfstudy_guard_langchain.hidden import hidden
from selfstudy_guard_langchain.routing import lead_calls_through_the_guard


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
    `with_retry` and `with_fallbacks` round a model stay inside its guard. In compiled graphs, models that the functions
    of nodes call are guarded when they are called. The chain that was passed is not changed.

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

    walk = _Walk(guard, guarded)
    found = walk.through(chain, "chain")
    if not walk.models:
        raise UnguardedCallError(
            f"no model was found in this chain ({type(chain).__name__}), so nothing of it can be guarded: pass the "
            "chain that ends in the model, or wrap the call itself with guard.asking() or guard.answering()"
        )
    return found if isinstance(found, GuardedModel | GuardedChain) else GuardedChain(bound=found, guard=guard)


class _Walk:
    """Goes through a chain and rebuilds it round guarded models."""

    def __init__(self, guard: Guard, guarded: Callable[[Runnable[Any, Any]], Runnable[Any, Any]]) -> None:
        self._guard = guard
        self._guarded = guarded
        self._in_node = False
        self.models = 0

    def through(self, step: Runnable[Any, Any], where: str) -> Runnable[Any, Any]:
        """`step` with its models guarded; the very same object where it holds none."""
        if isinstance(step, GuardedModel | GuardedChatModel | GuardedChain):
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
        if hasattr(step, "nodes") and callable(getattr(step, "copy", None)):
            return self._graph(step, where)
        self._refuse_hidden(step, where)
        self.models += self._in_node  # a function that may call one
        return step

    def _graph(self, step: Any, where: str) -> Runnable[Any, Any]:
        """A compiled LangGraph, its nodes rebuilt; the graph that was passed is not changed."""
        nodes = {}
        for name, node in step.nodes.items():
            bound = getattr(node, "bound", None)
            changed = bound if bound is None else self._node(bound, f"{where}.nodes[{name}]")
            nodes[name] = node if bound is None else node.copy({"bound": changed})
        graph: Runnable[Any, Any] = step.copy({"nodes": nodes})
        return graph

    def _node(self, bound: Runnable[Any, Any], where: str) -> Runnable[Any, Any]:
        """A node, rebuilt; the calls of models that functions in it make are led through the guard."""
        lead_calls_through_the_guard()
        outside, self._in_node = self._in_node, True
        changed = self.through(bound, where)
        self._in_node = outside
        return GuardedChain(bound=changed, guard=self._guard, route=self._guarded)

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
        name = hidden(step, models=not self._in_node)
        if name is not None:
            raise UnguardedCallError(
                f"{where} ({type(step).__name__}) reaches {name}, which cannot be guarded there: move the model out of "
                "it into the chain (prompt | model | parser), give it a GuardedChatModel(bound=model, guard=guard) "
                "instead, or wrap the call inside it with guard.asking() or guard.answering()"
            )


def _is_model(step: Any) -> bool:
    """Whether `step` is a model, or bindings, retries and fallbacks round nothing but models."""
    if isinstance(step, BaseLanguageModel):
        return True
    if isinstance(step, RunnableWithFallbacks):
        return all(_is_model(part) for part in (step.runnable, *step.fallbacks))
    if isinstance(step, RunnableEach | GuardedChain):
        return False
    if isinstance(step, RunnableConfigurableFields):
        return _is_model(step.default)
    if isinstance(step, RunnableConfigurableAlternatives):
        others = [part for part in step.alternatives.values() if isinstance(part, Runnable)]
        return all(_is_model(part) for part in (step.default, *others))
    if type(step).__name__ == "_ConfigurableModel":  # what init_chat_model returns where the model is chosen by config
        return True
    if isinstance(step, RunnableBindingBase):
        return _is_model(step.bound)
    return False
