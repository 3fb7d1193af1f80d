"""LiteLLM models as completers: what `generate(model="openai/gpt-4o-mini")` calls."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from selfstudy_guard.errors import InputError, ProviderError
from selfstudy_guard.records import FinishReason, Reply, Request, Usage
from selfstudy_guard_litellm.host import load_litellm
from selfstudy_guard_litellm.translate import translate

if TYPE_CHECKING:
    from selfstudy_guard.engine.batch_driver import BatchProvider

_FINISH: Mapping[str, FinishReason] = {
    "stop": "stop",
    "eos": "stop",
    "length": "length",
    "content_filter": "content_filter",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
}


def litellm_completer(model: str, **options: Any) -> LiteLLMCompleter:
    """A completer for one LiteLLM model string.

    Args:
        model: a LiteLLM model string (`openai/gpt-4o-mini`, `anthropic/...`, `ollama/...`); a leading `litellm/`
            or `litellm:` is dropped.
        **options: passed to every `litellm.completion` call (`api_base`, `api_key`, `timeout`, `extra_headers`,
            `temperature` ...); they win over what a request asks for.
    """
    return LiteLLMCompleter(model, **options)


class LiteLLMCompleter:
    """Sends requests through LiteLLM: sync as `complete`, async as `acomplete`; any number at a time.

    One party retries, and it is not this one: LiteLLM is called with `num_retries=0`, and every failure is raised as
    a `CompletionError` with its cause, HTTP status and retry-after. The cost of a call comes from LiteLLM's own price
    table; for a model that is not in it the cost is None, and a warning says once how to register a price.
    LiteLLM itself is imported at the first call.

    Args:
        model: as in `litellm_completer`.
        **options: as in `litellm_completer`.
    """

    def __init__(self, model: str, **options: Any) -> None:
        for prefix in ("litellm/", "litellm:"):
            model = model.removeprefix(prefix)
        if not model.strip():
            raise InputError("the model string is empty: give a LiteLLM model string such as openai/gpt-4o-mini")
        for name in ("messages", "stream", "n", "num_retries", "max_retries"):
            if name in options:
                raise InputError(f"option {name!r} cannot be set for a completer: it sets this itself")
        self.model = model
        self.options = dict(options)
        self._supported: frozenset[str] | None = None
        self._schemas = False
        self._told = False

    def __repr__(self) -> str:
        return f"LiteLLMCompleter({self.model!r})"

    def complete(self, request: Request) -> Reply:
        """Send `request` and wait; raises `CompletionError` when the call fails."""
        litellm = load_litellm()
        try:
            response = litellm.completion(**self._arguments(litellm, request))
        except Exception as error:
            return self._held_back(litellm, error, request)
        return self._reply(litellm, response)

    async def acomplete(self, request: Request) -> Reply:
        """The same, awaited."""
        litellm = load_litellm()
        try:
            response = await litellm.acompletion(**self._arguments(litellm, request))
        except Exception as error:
            return self._held_back(litellm, error, request)
        return self._reply(litellm, response)

    def batches(self) -> BatchProvider:
        """The provider's batch interface, as `generate(..., batch=True)` uses it.

        Raises:
            InputError: this provider has no batches that are known here.
        """
        from selfstudy_guard_litellm.batches import batches_of

        return batches_of(self)

    def _held_back(self, litellm: Any, error: Exception, request: Request) -> Reply:
        """The reply that an error stands for: an empty one where the provider's content filter held the prompt back.

        It is about this prompt and would come again, so it is no failed call; every other error is raised.
        """
        if isinstance(error, litellm.ContentPolicyViolationError):
            return Reply(text="", finish_reason="content_filter", model=self.model, usage=Usage(cost=0.0))
        raise self._translated(litellm, error, request) from error

    def _translated(self, litellm: Any, error: Exception, request: Request) -> Exception:
        return translate(litellm, error, self.model, (message.content for message in request.messages))

    def _arguments(self, litellm: Any, request: Request) -> dict[str, Any]:
        supported = self._know(litellm)
        wanted: dict[str, Any] = {
            "temperature": request.temperature,
            "seed": request.seed,
            "stop": list(request.stop) or None,
            "max_tokens": request.max_tokens,
        }
        arguments: dict[str, Any] = {
            "model": self.model,
            "messages": [message.model_dump() for message in request.messages],
            "num_retries": 0,
            "max_retries": 0,
            **{name: value for name, value in wanted.items() if value is not None and name in supported},
        }
        if request.response_schema is not None and self._schemas:
            arguments["response_format"] = _response_format(request.response_schema)
        arguments.update(self.options)
        return arguments

    def _know(self, litellm: Any) -> frozenset[str]:
        """What the model takes, from LiteLLM's tables; asked once, since a lookup costs about a millisecond."""
        if self._supported is None:
            # Without this LiteLLM prints help texts to stdout, which belongs to results.
            litellm.suppress_debug_info = True
            provider = self.options.get("custom_llm_provider")
            try:
                known = litellm.get_supported_openai_params(self.model, custom_llm_provider=provider)
                self._schemas = bool(litellm.supports_response_schema(self.model, custom_llm_provider=provider))
            except Exception:
                # A model unknown to the tables: the call itself says what is wrong with it.
                known = None
            self._supported = frozenset(known or ("temperature", "seed", "stop", "max_tokens"))
        return self._supported

    def _reply(self, litellm: Any, response: Any) -> Reply:
        choices = getattr(response, "choices", None)
        choice: Any = choices[0] if choices else None
        message = getattr(choice, "message", None)
        if message is None:
            raise ProviderError(f"{self.model}: the provider's reply holds no message")
        text = message.content
        if isinstance(text, list):
            text = "".join(str(part.get("text", "")) for part in text if isinstance(part, Mapping))
        return Reply(
            text=text or "",
            finish_reason=_FINISH.get(str(choice.finish_reason or "stop"), "other"),
            model=str(getattr(response, "model", "") or self.model),
            usage=self._usage(litellm, response),
            reasoning=getattr(message, "reasoning_content", None) or None,
        )

    def _usage(self, litellm: Any, response: Any) -> Usage:
        usage = getattr(response, "usage", None)
        details = getattr(usage, "prompt_tokens_details", None)
        return Usage(
            prompt_tokens=int(getattr(usage, "prompt_tokens", 0) or 0),
            cached_tokens=int(getattr(details, "cached_tokens", 0) or 0),
            completion_tokens=int(getattr(usage, "completion_tokens", 0) or 0),
            cost=self._cost(litellm, response),
        )

    def price(self) -> tuple[float, float] | None:
        """US dollars per million tokens (sent, received) from LiteLLM's price table; None for an unknown model."""
        litellm = load_litellm()
        try:
            known = litellm.get_model_info(self.model, custom_llm_provider=self.options.get("custom_llm_provider"))
            sent, received = known["input_cost_per_token"], known["output_cost_per_token"]
        except Exception:
            # LiteLLM raises a bare Exception for models that its table lacks.
            return None
        if sent is None or received is None:
            return None
        return float(sent) * 1e6, float(received) * 1e6

    def _cost(self, litellm: Any, response: Any) -> float | None:
        try:
            return float(
                litellm.completion_cost(
                    completion_response=response,
                    model=self.model,
                    custom_llm_provider=self.options.get("custom_llm_provider"),
                )
            )
        except Exception:
            # LiteLLM raises a bare Exception for models that its table lacks.
            if not self._told:
                self._told = True
                warnings.warn(
                    f"LiteLLM's price table does not know {self.model!r}, so costs are not counted; register a price:  "
                    f'litellm.register_model({{"{self.model}": {{"input_cost_per_token": ..., '
                    f'"output_cost_per_token": ..., "litellm_provider": "...", "mode": "chat"}}}})',
                    stacklevel=2,
                )
            return None


def _response_format(schema: Mapping[str, Any]) -> dict[str, Any]:
    plain = dict(schema)
    # Providers refuse "strict" for schemas that leave properties open.
    strict = plain.get("additionalProperties") is False and set(plain.get("required", ())) == set(
        plain.get("properties", {})
    )
    return {"type": "json_schema", "json_schema": {"name": "reply", "schema": plain, "strict": strict}}
