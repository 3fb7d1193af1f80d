"""LiteLLM adapter: guarded entry points, a `guard/...` provider, a proxy guardrail, and completers.

LiteLLM is imported at first use, never by importing this package.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from selfstudy_guard_litellm.completers import LiteLLMCompleter, litellm_completer

if TYPE_CHECKING:
    from selfstudy_guard_litellm.batches import LiteLLMBatches
    from selfstudy_guard_litellm.calls import GuardedLiteLLM, GuardedRouter
    from selfstudy_guard_litellm.embedders import LiteLLMEmbedder
    from selfstudy_guard_litellm.provider import GuardRefusedError, register_guard
    from selfstudy_guard_litellm.proxy import SelfStudyGuardrail

_HOME = {
    "GuardRefusedError": "provider",
    "GuardedLiteLLM": "calls",
    "GuardedRouter": "calls",
    "LiteLLMBatches": "batches",
    "LiteLLMEmbedder": "embedders",
    "SelfStudyGuardrail": "proxy",
    "register_guard": "provider",
}

__all__ = [
    "GuardRefusedError",
    "GuardedLiteLLM",
    "GuardedRouter",
    "LiteLLMBatches",
    "LiteLLMCompleter",
    "LiteLLMEmbedder",
    "SelfStudyGuardrail",
    "litellm_completer",
    "register_guard",
]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return __all__
