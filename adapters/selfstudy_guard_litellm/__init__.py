"""selfstudy-guard for LiteLLM: guarded entry points, custom provider, proxy guardrail, completer."""
