"""What both batch interfaces share: patience, the errors inside a batch, and the price of batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from tenacity import Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_random_exponential

from selfstudy_guard.engine.provider_codes import QUOTA
from selfstudy_guard.engine.retry import WaitAsAsked
from selfstudy_guard.errors import (
    AuthenticationError,
    CompletionError,
    InputError,
    ProviderError,
    RateLimitError,
    RequestError,
    UnknownModelError,
)
from selfstudy_guard.records import Reply, Request

T = TypeVar("T")

_PASSING = frozenset({"api_error", "overloaded_error", "timeout_error", "rate_limit_error", "billing_error"})


def patiently(call: Callable[[], T], *, tries: int, longest_wait: float) -> T:
    """`call()`, repeated while it fails in passing.

    Args:
        call: raises `CompletionError`.
        tries: most calls.
        longest_wait: seconds between two of them, where the provider names none.
    """
    retrying = Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, CompletionError) and error.retryable),
        stop=stop_after_attempt(tries),
        wait=WaitAsAsked(wait_random_exponential(multiplier=0.5, max=longest_wait)),
        reraise=True,
    )
    return retrying(call)


def check_size(requests: Sequence[Request], size: int, *, most: int, largest: int) -> None:
    """Refuse what the provider would refuse after an upload of minutes.

    Raises:
        InputError: too many requests, too many bytes, or two requests with one key.
    """
    if len(requests) > most or size > largest:
        raise InputError(
            f"a batch of {len(requests):,} requests and {size:,} bytes is too large (at most "
            f"{most:,} and {largest:,}): give a smaller batch_size"
        )
    keys = {request.key for request in requests}
    if len(keys) != len(requests):
        raise InputError(f"{len(requests) - len(keys)} requests of the batch have the key of another one")


def refusal(
    model: str,
    status: Any,
    code: str = "",
    *,
    said: str = "",
    where: str = " in a batch",
    retry_after: float | None = None,
) -> CompletionError:
    """The error for a status and the provider's code.

    Args:
        model: the model string, for the message.
        status: HTTP status, if the answer held a number.
        code: the provider's word for what is wrong.
        said: its sentence, if that quotes neither a document nor a key.
        where: what the status is of.
        retry_after: seconds that the provider asked to wait.
    """
    told = ": ".join(part for part in (code[:80], said[:200]) if part)
    message = f"{model}: status {status}{where}{f' ({told})' if told else ''}"
    number = status if isinstance(status, int) else None
    if number in (401, 403):
        return AuthenticationError(f"{message}: check the API key", status=number)
    if number == 404:
        return UnknownModelError(message, status=number)
    if number == 429:
        kind = AuthenticationError if code.lower() in QUOTA else RateLimitError
        return kind(message, status=number, retry_after=retry_after)
    if number is None or number == 200 or number >= 500 or number in (408, 409, 425):
        return ProviderError(message, status=number, retry_after=retry_after)
    return RequestError(message, status=number)


def refusal_by_name(model: str, name: str) -> CompletionError:
    """The error for a result that has a name in place of a status, as in Anthropic's batches."""
    message = f"{model}: a request of the batch ended with {name[:80]!r}"
    if name in ("authentication_error", "permission_error"):
        return AuthenticationError(f"{message}: check the API key")
    if name == "not_found_error":
        return UnknownModelError(message)
    return ProviderError(message) if name in _PASSING else RequestError(message)


def at_batch_price(litellm: Any, model: str, provider: str, reply: Reply, *, share: float | None = None) -> Reply:
    """`reply` with the price of batches, where LiteLLM's table has one.

    Args:
        litellm: the LiteLLM module.
        model, provider: as LiteLLM names them.
        reply: with the price of a single call.
        share: of that price, where the table has none of batches; None leaves the price of a single call, an upper
            bound.
    """
    usage = reply.usage
    try:
        info: Mapping[str, Any] = litellm.get_model_info(model, custom_llm_provider=provider)
        sent, received = info["input_cost_per_token_batches"], info["output_cost_per_token_batches"]
        cost = usage.prompt_tokens * float(sent) + usage.completion_tokens * float(received)
    except Exception:  # LiteLLM raises a bare Exception for models that its table lacks
        if usage.cost is None or share is None:
            return reply
        cost = usage.cost * share
    return reply.model_copy(update={"usage": usage.model_copy(update={"cost": cost})})


def quotes(text: str, sent: Iterable[str], *, run: int = 30) -> bool:
    """Whether `text` repeats `run` characters in a row of what was sent."""
    parts = [text[at : at + run] for at in range(0, max(1, len(text) - run), run // 3)] if len(text) >= run else []
    return any(part in whole for whole in sent for part in parts)


class RowError(Exception):
    """What a row of a batch's results says went wrong, in the form of an error of a client."""

    def __init__(self, status: Any, body: Mapping[str, Any]) -> None:
        super().__init__(str(body.get("message") or ""))
        self.status_code, self.body = status, body
