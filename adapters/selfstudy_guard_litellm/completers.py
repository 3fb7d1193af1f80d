"""LiteLLM models as completers: what `generate(model="openai/gpt-4o-mini")` calls."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from selfstudy_guard.engine.provider_codes import held_back, refused_parameter, without_system
from selfstudy_guard.errors import InputError, ProviderError
from selfstudy_guard.finish_reasons import finish_reason
from selfstudy_guard.questions import visible_text
from selfstudy_guard.records import Reply, Request, Usage
from selfstudy_guard_litellm.host import load_litellm
from selfstudy_guard_litellm.known_models import check_model
from selfstudy_guard_litellm.translate import translate

if TYPE_CHECKING:
    from selfstudy_guard.engine.batch_driver import BatchProvider


_OPTIONAL: tuple[str, ...] = tuple(
    (
        "temperature seed stop max_tokens max_completion_tokens response_format top_p presence_penalty "
        "frequency_penalty reasoning_effort"
    ).split()
)
"""Parameters that a request goes without where a model refuses them."""


def litellm_completer(model: str, **options: Any) -> LiteLLMCompleter:
    """A completer for one LiteLLM model string.

    Args:
        model: a LiteLLM model string (`openai/gpt-4o-mini`, `anthropic/...`, `ollama/...`); a leading `litellm/`
            or `litellm:` is dropped.
        **options: passed to every `litellm.completion` call (`api_base`, `api_key`, `timeout`, `extra_headers`,
            `temperature` ...); they win over what a request asks for.

    Raises:
        InputError: LiteLLM has no provider for the model.
        MissingExtraError: LiteLLM is not installed.
    """
    completer = LiteLLMCompleter(model, **options)
    check_model(completer.model, options)
    return completer


class LiteLLMCompleter:
    """Sends requests through LiteLLM: sync as `complete`, async as `acomplete`; any number at a time.

    A model that refuses a parameter or the system role is asked again without it, once, and it is remembered: the
    limit of tokens goes under the name `max_completion_tokens`, a system message before the user's, the rest is left
    out; a warning says so.

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
        self._told: set[str] = set()
        self._refused: set[str] = set()
        self._mutex = threading.Lock()

    def __repr__(self) -> str:
        return f"LiteLLMCompleter({self.model!r})"

    def complete(self, request: Request) -> Reply:
        """Send `request` and wait; raises `CompletionError` when the call fails."""
        litellm = load_litellm()
        while True:
            arguments = self._arguments(litellm, request)
            try:
                response = litellm.completion(**arguments)
            except Exception as error:
                if self._goes_without(error, arguments):
                    continue
                return self._held_back(litellm, error, request)
            if not getattr(response, "choices", None) and self._learn_system(arguments):
                continue
            return self._reply(litellm, response, arguments)

    async def acomplete(self, request: Request) -> Reply:
        """The same, awaited."""
        litellm = load_litellm()
        while True:
            arguments = self._arguments(litellm, request)
            try:
                response = await litellm.acompletion(**arguments)
            except Exception as error:
                if self._goes_without(error, arguments):
                    continue
                return self._held_back(litellm, error, request)
            if not getattr(response, "choices", None) and self._learn_system(arguments):
                continue
            return self._reply(litellm, response, arguments)

    def price_is_given(self) -> None:
        """Say that whoever calls counts costs by a price of their own, so that no warning is due."""
        self._told.add("price")

    def _goes_without(self, error: Exception, arguments: Mapping[str, Any]) -> bool:
        """Whether the request should be sent again without what the model refuses; every refusal is learnt once."""
        if getattr(error, "status_code", None) not in (400, 404, 422, 500, None) or held_back(error):
            return False
        sent = [name for name in _OPTIONAL if arguments.get(name) is not None]
        system = any(message["role"] == "system" for message in arguments["messages"])
        name = refused_parameter(error, sent, system=system)
        if name is None:
            return False
        self._learn(name)
        return True

    def learns_from(self, error: Exception) -> bool:
        """Whether an error of a request that went out elsewhere (a batch) names what to go without from now on."""
        return self._goes_without(error, {"messages": [{"role": "system"}], **dict.fromkeys(_OPTIONAL, True)})

    def _learn_system(self, arguments: Mapping[str, Any]) -> bool:
        """Whether a request should be sent again without the role system, since nothing came back.

        LiteLLM (1.106) answers "roles must alternate" with a try of its own, and loses what comes of it.
        """
        if not any(message["role"] == "system" for message in arguments["messages"]):
            return False
        self._learn("system")
        return True

    def _learn(self, name: str) -> None:
        with self._mutex:
            new = name not in self._refused
            self._refused.add(name)
        if new:
            instead = {
                "system": "the system message goes before the user's",
                "max_tokens": "the limit goes as max_completion_tokens",
            }.get(name, "it is left out from now on")
            said = "the role system" if name == "system" else name
            self._warn(f"refused {name}", f"{self.model} refuses {said}: {instead}")

    def _warn(self, key: str, message: str) -> None:
        if key not in self._told:
            self._told.add(key)
            warnings.warn(message, stacklevel=4)

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
        if isinstance(error, litellm.ContentPolicyViolationError) or held_back(error):
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
        return self._without_refused(arguments)

    def _without_refused(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments as this model takes them, by what it refused so far."""
        refused = frozenset(self._refused)
        limit = arguments.get("max_tokens")
        kept = {name: value for name, value in arguments.items() if name not in refused}
        if "max_tokens" in refused and limit is not None and "max_completion_tokens" not in refused:
            kept.setdefault("max_completion_tokens", limit)
        if "system" in refused:
            kept["messages"] = without_system(kept["messages"])
        return kept

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

    def _reply(self, litellm: Any, response: Any, arguments: Mapping[str, Any] | None = None) -> Reply:
        choices = getattr(response, "choices", None)
        choice: Any = choices[0] if choices else None
        message = getattr(choice, "message", None)
        if message is None:
            raise ProviderError(f"{self.model}: the provider's reply holds no message")
        text = message.content
        if isinstance(text, list):
            text = "".join(str(part.get("text", "")) for part in text if isinstance(part, Mapping))
        reply = Reply(
            text=text or "",
            finish_reason=finish_reason(choice.finish_reason or "stop"),
            model=str(getattr(response, "model", "") or self.model),
            usage=self._usage(litellm, response),
            reasoning=getattr(message, "reasoning_content", None) or None,
        )
        self._tell_cut(reply, arguments or {})
        return reply

    def _tell_cut(self, reply: Reply, arguments: Mapping[str, Any]) -> None:
        """Say once which limit to raise where replies are cut, or where nothing but reasoning came."""
        seen = visible_text(reply.text)
        reasoned = reply.reasoning is not None or seen != reply.text.strip()
        limit = arguments.get("max_completion_tokens", arguments.get("max_tokens"))
        named = f"max_tokens ({limit})" if limit is not None else "max_tokens"
        more = max(4000, 4 * limit) if isinstance(limit, int) else 4000
        remedy = f"raise {named}, with --model-option max_tokens={more} or model_options={{'max_tokens': {more}}}"
        if not seen and reasoned:
            self._warn("reasoning", f"{self.model} reasons and comes to no reply before it stops: {remedy}")
        elif reply.finish_reason == "length":
            self._warn("cut", f"a reply of {self.model} was cut off by the limit of tokens: {remedy}")

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
            self._warn(
                "price",
                f"LiteLLM's price table does not know {self.model!r}, so costs are not counted; give a price with "
                f"--price IN,OUT or price=(IN, OUT), in dollars per million tokens, or register it:  "
                f'litellm.register_model({{"{self.model}": {{"input_cost_per_token": ..., '
                f'"output_cost_per_token": ..., "litellm_provider": "...", "mode": "chat"}}}})',
            )
            return None


def _response_format(schema: Mapping[str, Any]) -> dict[str, Any]:
    plain = dict(schema)
    # Providers refuse "strict" for schemas that leave properties open.
    strict = plain.get("additionalProperties") is False and set(plain.get("required", ())) == set(
        plain.get("properties", {})
    )
    return {"type": "json_schema", "json_schema": {"name": "reply", "schema": plain, "strict": strict}}
