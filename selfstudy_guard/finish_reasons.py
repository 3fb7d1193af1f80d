"""Why a reply ended, whatever the provider calls it."""

from __future__ import annotations

from collections.abc import Mapping

from selfstudy_guard.records import FinishReason

_NAMES: Mapping[FinishReason, str] = {
    "stop": "stop end_turn stop_sequence completed eos",
    "length": "length max_tokens incomplete",
    "content_filter": "content_filter refusal safety prohibited_content sensitive",
    "tool_calls": "tool_calls tool_use function_call",
}
_MEANS: Mapping[str, FinishReason] = {name: reason for reason, names in _NAMES.items() for name in names.split()}


def finish_reason(told: object) -> FinishReason:
    """What a provider's word means; "other" for one that is not known."""
    return _MEANS.get(str(told).lower(), "other")
