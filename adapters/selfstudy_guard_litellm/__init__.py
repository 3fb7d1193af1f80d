"""LiteLLM adapter: guarded entry points, a `guard/...` provider, a proxy guardrail, and completers.

LiteLLM is imported at first use, never by importing this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfstudy_guard.lazy import lazy_names
from selfstudy_guard_litellm.host import require

if TYPE_CHECKING:
    from selfstudy_guard_litellm.batches import LiteLLMBatches
    from selfstudy_guard_litellm.calls import GuardedLiteLLM, GuardedRouter
    from selfstudy_guard_litellm.completers import LiteLLMCompleter, litellm_completer
    from selfstudy_guard_litellm.embedders import LiteLLMEmbedder
    from selfstudy_guard_litellm.provider import GuardRefusedError, register_guard
    from selfstudy_guard_litellm.proxy import SelfStudyGuardrail

_HOME = {
    "GuardRefusedError": ".provider",
    "GuardedLiteLLM": ".calls",
    "GuardedRouter": ".calls",
    "LiteLLMBatches": ".batches",
    "LiteLLMCompleter": ".completers",
    "LiteLLMEmbedder": ".embedders",
    "SelfStudyGuardrail": ".proxy",
    "litellm_completer": ".completers",
    "register_guard": ".provider",
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

__getattr__, __dir__ = lazy_names(__name__, _HOME, require)
