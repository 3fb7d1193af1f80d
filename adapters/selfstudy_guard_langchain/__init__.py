"""selfstudy-guard for LangChain: runnables, transformers, middleware, the built-in model as a chat model."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selfstudy_guard_langchain.chains import guard_chain
    from selfstudy_guard_langchain.completers import LangChainCompleter, langchain_completer
    from selfstudy_guard_langchain.embedded import EmbeddedChatModel
    from selfstudy_guard_langchain.filters import (
        FilterInstructions,
        InstructionFilterCompressor,
        InstructionFilterTransformer,
    )
    from selfstudy_guard_langchain.guarded import GuardedModel
    from selfstudy_guard_langchain.middleware import SelfStudyGuardMiddleware
    from selfstudy_guard_langchain.tracking import AnchorQuestions, TrackCoverage

_HOME = {
    "AnchorQuestions": "tracking",
    "EmbeddedChatModel": "embedded",
    "FilterInstructions": "filters",
    "GuardedModel": "guarded",
    "InstructionFilterCompressor": "filters",
    "InstructionFilterTransformer": "filters",
    "LangChainCompleter": "completers",
    "SelfStudyGuardMiddleware": "middleware",
    "TrackCoverage": "tracking",
    "guard_chain": "chains",
    "langchain_completer": "completers",
}

__all__ = [
    "AnchorQuestions",
    "EmbeddedChatModel",
    "FilterInstructions",
    "GuardedModel",
    "InstructionFilterCompressor",
    "InstructionFilterTransformer",
    "LangChainCompleter",
    "SelfStudyGuardMiddleware",
    "TrackCoverage",
    "guard_chain",
    "langchain_completer",
]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from selfstudy_guard_langchain.host import require

    require()
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
