"""Models that the functions of a graph's nodes call are guarded when they are called.

A function cannot be rebuilt round a guarded model as a chain can. But while a node of a guarded graph runs, a context
variable says so, and the four ways to call a model (`invoke`, `ainvoke`, `stream`, `astream`) then lead through a
`GuardedModel`. The four are wrapped once, when the first such graph is made, and do nothing outside of such nodes. A
model that is called past them is refused by `proof.py`, as everywhere.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from langchain_core.language_models import BaseChatModel, BaseLLM

from selfstudy_guard_langchain.proof import route_of

_WAYS = ("invoke", "ainvoke", "stream", "astream")
_LOCK = threading.Lock()


def lead_calls_through_the_guard() -> None:
    """Wrap the ways to call a model, once a process."""
    with _LOCK:
        for kind in (BaseChatModel, BaseLLM):
            for name in _WAYS:
                original = getattr(kind, name)
                if not hasattr(original, "__selfstudy_guard_route__"):
                    setattr(kind, name, _routed(name, original))


def _routed(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        route = None if getattr(self, "__selfstudy_guard__", False) else route_of()
        return original(self, *args, **kwargs) if route is None else getattr(route(self), name)(*args, **kwargs)

    call.__selfstudy_guard_route__ = True  # type: ignore[attr-defined]
    return call
