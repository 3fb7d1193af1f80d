"""What a provider means by an error: told by the codes it sends, anywhere in the chain of causes, not by its wording.

Client libraries put a provider's JSON in different places (`body`, `response`, attributes), and wrap one error in
another. Words are read only where a code says no more than "invalid request", and only to learn which of the
parameters that were sent is meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import regex

QUOTA = frozenset(
    (
        "insufficient_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
        "billing_error",
        "quota_exceeded",
        "exceeded_current_quota_error",  # Moonshot
        "insufficient_balance",
        "insufficient_credits",
        "insufficient_user_quota",
        "credit_balance_too_low",
        "credits_exhausted",
        "arrearage",  # DashScope
        "allocationquota.freetieronly",
        "account_deactivated",
        "organization_quota_exceeded",
        "payment_required",
        "1113",  # Zhipu
        "accountoverdueerror",  # Volcengine
    )
)
"""Codes of an account that has nothing left: waiting does not help."""
FILTERED = frozenset(
    (
        "content_filter",
        "content_filtered",
        "content_filter_error",
        "responsibleaipolicyviolation",
        "content_policy_violation",
        "content_policy",
        "moderation_blocked",
        "moderation_error",
        "data_inspection_failed",  # DashScope
        "datainspectionfailed",
        "sensitivecontentdetected",
        "input_text_sensitive_content_detected",
        "inputtextsensitivecontentdetected",
        "content_blocked",
        "prompt_blocked",
        "prohibited_content",
        "safety",
        "safety_violation",
        "guardrail_violation",
        "guardrail_intervened",
        "invalid_prompt",  # OpenAI's reasoning models, for a prompt that their policy refuses
        "1301",  # Zhipu
    )
)
"""Codes of a prompt or reply that a content filter held back: it would be held back again."""
_UNSUPPORTED = frozenset(
    ("unsupported_parameter", "unsupported_value", "unknown_parameter", "unrecognized_argument", "extra_forbidden")
)
_CODE_KEYS = ("code", "type", "reason", "status", "error_code", "errorCode", "Code", "block_reason", "blockReason")
_REFUSES = regex.compile(
    r"""unsupported | not\ support | n't\ support | unrecogni[sz]ed
      | unknown\ (?:parameter|argument|field|name) | unexpected\ (?:keyword|parameter|field)
      | extra\ (?:inputs|fields) | extra_forbidden
      | not\ (?:permitted|allowed|available|enabled|accepted|compatible) | can(?:not|'t)\ be\ set
      | only\ the\ default | is\ deprecated | use\ '?"?max_completion_tokens
      | must\ alternate | only\ user | only\ supports?\ user | invalid\ role""",
    regex.I | regex.X,
)
"""Words that a parameter or role is refused in."""
_SYSTEM = regex.compile(
    r"""system\ (?:role|message|prompt|instruction)s? | ['"`]system['"`] | developer\ instruction
      | messages\[0\]\.role | roles\ must\ alternate | role[:\ ]+['"]?system""",
    regex.I | regex.X,
)
_LONGEST = 20_000


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and its causes, at most eight."""
    for _ in range(8):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def codes(error: BaseException) -> frozenset[str]:
    """Every code that the error and its causes carry, in lower case."""
    found: set[str] = set()
    for cause in chain(error):
        for name in ("code", "type", "error_code"):
            _take(getattr(cause, name, None), found)
        for body in _bodies(cause):
            _collect(body, found)
    return frozenset(found)


def quota_used_up(error: BaseException) -> bool:
    """Whether the account behind the key has nothing left."""
    return bool(codes(error) & QUOTA)


def held_back(error: BaseException) -> bool:
    """Whether a content filter held the prompt or the reply back."""
    return bool(codes(error) & FILTERED)


def refused_parameter(error: BaseException, sent: Iterable[str], *, system: bool = False) -> str | None:
    """The parameter that a model does not take; None where the error is about something else.

    Args:
        error: what the client raised.
        sent: names of the parameters that the request had.
        system: whether it had a system message; "system" is then a possible result.
    """
    names = sorted(sent, key=len, reverse=True)
    texts = [text for cause in chain(error) for text in _texts(cause)]
    whole = " ".join(texts)[:_LONGEST]
    unsupported = bool(codes(error) & _UNSUPPORTED) or _REFUSES.search(whole) is not None
    if not unsupported:
        return None
    for cause in chain(error):
        for body in _bodies(cause):
            param = _param(body)
            if param in names:
                return param
    if system and _SYSTEM.search(whole):
        return "system"
    return next((name for name in names if regex.search(rf"(?<![\w]){regex.escape(name)}(?![\w])", whole)), None)


def without_system(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """Messages of which the system's stand before the first one of the user, for models without that role."""
    said = "\n\n".join(message["content"] for message in messages if message["role"] == "system")
    rest = [dict(message) for message in messages if message["role"] != "system"]
    first = next((message for message in rest if message["role"] == "user"), None)
    if first is None:
        return [{"role": "user", "content": said}, *rest]
    first["content"] = f"{said}\n\n{first['content']}"
    return rest


def _bodies(cause: BaseException) -> Iterator[Any]:
    """The JSON that an error carries."""
    body = getattr(cause, "body", None)
    if isinstance(body, Mapping | list):
        yield body
    response = getattr(cause, "response", None)
    text: Any = None
    try:
        text = getattr(response, "text", None)
    except Exception:  # a streamed response that was not read
        text = None
    for one in (text, body if isinstance(body, str) else None, getattr(cause, "message", None)):
        if isinstance(one, str) and "{" in one[:2000]:
            start = one.index("{")
            try:
                yield json.JSONDecoder(strict=False).raw_decode(one[:_LONGEST], start)[0]
            except (ValueError, RecursionError):
                continue


def _texts(cause: BaseException) -> Iterator[str]:
    yield str(cause)[:_LONGEST]
    for body in _bodies(cause):
        yield json.dumps(body, ensure_ascii=False, default=str)[:_LONGEST]


def _collect(body: Any, found: set[str], depth: int = 0) -> None:
    if depth > 5:
        return
    if isinstance(body, Mapping):
        for key, value in body.items():
            if key in _CODE_KEYS:
                _take(value, found)
            if isinstance(value, Mapping | list):
                _collect(value, found, depth + 1)
    elif isinstance(body, list):
        for value in body[:20]:
            _collect(value, found, depth + 1)


def _take(value: Any, found: set[str]) -> None:
    if isinstance(value, str) and 0 < len(value) <= 80:
        found.add(value.strip().lower())
    elif isinstance(value, int) and not isinstance(value, bool):
        found.add(str(value))


def _param(body: Any) -> str | None:
    if isinstance(body, Mapping):
        param = body.get("param")
        if isinstance(param, str) and param:
            return param
        for value in body.values():
            found = _param(value) if isinstance(value, Mapping) else None
            if found:
                return found
    return None
