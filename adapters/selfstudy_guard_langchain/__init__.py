"""selfstudy-guard for LangChain: runnables, transformers, middleware, the built-in model as a chat model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfstudy_guard.lazy import lazy_names
from selfstudy_guard_langchain.host import require

if TYPE_CHECKING:
    from selfstudy_guard_langchain.chains import guard_chain
    from selfstudy_guard_langchain.chat import GuardedChatModel
    from selfstudy_guard_langchain.completers import LangChainCompleter, langchain_completer
    from selfstudy_guard_langchain.embedded import EmbeddedChatModel
    from selfstudy_guard_langchain.filters import (
        FilterInstructions,
        InstructionFilterCompressor,
        InstructionFilterTransformer,
    )
    from selfstudy_guard_langchain.guarded import GuardedChain, GuardedModel
    from selfstudy_guard_langchain.middleware import SelfStudyGuardMiddleware
    from selfstudy_guard_langchain.tracking import AnchorQuestions, TrackCoverage

_HOME = {
    "AnchorQuestions": ".tracking",
    "EmbeddedChatModel": ".embedded",
    "FilterInstructions": ".filters",
    "GuardedChain": ".guarded",
    "GuardedChatModel": ".chat",
    "GuardedModel": ".guarded",
    "InstructionFilterCompressor": ".filters",
    "InstructionFilterTransformer": ".filters",
    "LangChainCompleter": ".completers",
    "SelfStudyGuardMiddleware": ".middleware",
    "TrackCoverage": ".tracking",
    "guard_chain": ".chains",
    "langchain_completer": ".completers",
}

__all__ = [
    "AnchorQuestions",
    "EmbeddedChatModel",
    "FilterInstructions",
    "GuardedChain",
    "GuardedChatModel",
    "GuardedModel",
    "InstructionFilterCompressor",
    "InstructionFilterTransformer",
    "LangChainCompleter",
    "SelfStudyGuardMiddleware",
    "TrackCoverage",
    "guard_chain",
    "langchain_completer",
]

__getattr__, __dir__ = lazy_names(__name__, _HOME, require)
