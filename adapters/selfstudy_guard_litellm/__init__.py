"""LiteLLM adapter: guarded entry points, a `guard/...` provider, a proxy guardrail, and completers.

LiteLLM is imported at first use, never by importing this package.
"""

from __future__ import annotations

from selfstudy_guard_litellm.completers import LiteLLMCompleter, litellm_completer

__all__ = ["LiteLLMCompleter", "litellm_completer"]
