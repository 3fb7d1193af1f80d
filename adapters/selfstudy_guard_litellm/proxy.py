"""A guardrail for the LiteLLM proxy: filters the documents in every request that it lets through."""

from __future__ import annotations

import time
from importlib import import_module
from typing import Any

from selfstudy_guard.errors import InputError, MissingExtraError, UnguardedCallError, UnguardedCause
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.flow.withholding import WITHHOLD
from selfstudy_guard.guard import Guard
from selfstudy_guard.guard.arguments import Arguments
from selfstudy_guard.guard.opaque import unread_parts
from selfstudy_guard_litellm.host import load_litellm

load_litellm()
CustomGuardrail: Any = import_module("litellm.integrations.custom_guardrail").CustomGuardrail
GuardrailEventHooks: Any = import_module("litellm.types.guardrails").GuardrailEventHooks
try:
    HTTPException: Any = import_module("fastapi").HTTPException
except ImportError as error:
    raise MissingExtraError("A guardrail for the LiteLLM proxy", "proxy") from error

GENERATES = frozenset(
    "completion acompletion text_completion atext_completion anthropic_messages aanthropic_messages responses "
    "aresponses generate_content agenerate_content generate_content_stream agenerate_content_stream".split()
)
"""Call types whose requests hold their texts in the open: filtered."""

READS_NOTHING = frozenset(
    "embedding aembedding embeddings moderation amoderation rerank arerank image_generation aimage_generation "
    "speech aspeech audio_speech transcription atranscription audio_transcription".split()
)
"""Call types that no model answers with text of its own: let through."""


_REMEDIES: dict[UnguardedCause, str] = {
    "unregistered": "Name the document among the guardrail's `documents`, or set `unregistered: pass`",
    "opaque": "Send the text itself, or set `opaque: pass`",
}


class SelfStudyGuardrail(CustomGuardrail):  # type: ignore[misc]  # typed as Any
    """Filters registered documents in proxy requests before they are sent (mode `pre_call`).

    Covers `/v1/chat/completions`, `/v1/completions`, `/v1/messages`, `/v1/responses` and Gemini's `generateContent`,
    streaming and not. What it cannot cover it refuses with HTTP 400: requests in which no registered document is
    found, parts that it cannot read (files, document uploads, stored prompts), and other kinds of calls to a model
    (batches, assistants, real-time, agents). With `default_on: true` a client cannot switch it off.

    In the proxy's config.yaml:

        guardrails:
          - guardrail_name: selfstudy-guard
            litellm_params:
              guardrail: selfstudy_guard_litellm.proxy.SelfStudyGuardrail
              mode: pre_call
              default_on: true
              documents: [docs/]

    Args:
        documents: paths of the registered documents (files, folders, globs), or `Document` objects.
        filter_mode: "remove", "mask", "quote" or "flag".
        block_above: refuse a request that holds a finding with at least this score (0 to 1); None never refuses.
        unregistered: "refuse" (default) or "pass", for requests without a registered document.
        opaque: "refuse" (default) or "pass", for parts that cannot be read.
        withhold: belief from which text is left out that the question of a request does not need; None leaves it.
        **kwargs: what LiteLLM hands to every guardrail.

    Raises:
        InputError: no documents, or a bad argument.
    """

    def __init__(
        self,
        documents: Any = None,
        filter_mode: Any = "remove",
        block_above: float | None = None,
        unregistered: str = "refuse",
        opaque: str = "refuse",
        withhold: float | None = WITHHOLD,
        **kwargs: Any,
    ) -> None:
        if not documents:
            raise InputError(
                "the guardrail needs `documents`: paths of the documents whose text it is to find in requests"
            )
        for name, value in (("unregistered", unregistered), ("opaque", opaque)):
            if value not in ("refuse", "pass"):
                raise InputError(f'{name} is {value!r}: use "refuse" or "pass"')
        if block_above is not None and not 0 <= block_above <= 1:
            raise InputError(f"block_above is {block_above}: a score from 0 to 1, or leave it out")
        self._guard = Guard(
            documents,
            instruction_filter=InstructionFilter(mode=filter_mode),
            opaque="raise" if opaque == "refuse" else "warn",
            withhold=withhold,
        )
        self._block_above = block_above
        self._unregistered = unregistered
        self._opaque = opaque
        kwargs.setdefault("supported_event_hooks", [GuardrailEventHooks.pre_call])
        super().__init__(**kwargs)

    def should_run_guardrail(self, data: Any, event_type: Any) -> bool:
        """As LiteLLM decides, but a request cannot switch off a guardrail that is on for all."""
        if self.default_on and event_type == GuardrailEventHooks.pre_call:
            return True
        return bool(super().should_run_guardrail(data, event_type))

    async def async_pre_call_hook(
        self, user_api_key_dict: Any, cache: Any, data: dict[str, Any], call_type: str
    ) -> Any:
        """The request with its documents filtered, or HTTP 400.

        Args:
            user_api_key_dict: not used.
            cache: not used.
            data: body of the request, with the proxy's own fields.
            call_type: LiteLLM's name of the kind of call.

        Raises:
            HTTPException: 400 for what cannot be guarded or holds a finding above the threshold.
        """
        begun = time.time()
        kind = str(getattr(call_type, "value", call_type))
        if kind in READS_NOTHING:
            return data
        if kind not in GENERATES:
            raise self._refusal(f"calls of the kind {kind!r} cannot be guarded")
        opaque = next(unread_parts(Arguments((), data)), None)
        if opaque is not None and self._opaque == "refuse":
            raise self._refusal(f"the request holds {opaque}, whose text the guardrail cannot read")
        body = {name: value for name, value in data.items() if name in _BODY}
        try:
            cleaned, findings = self._guard.protected(body)
        except UnguardedCallError as error:
            if self._unregistered == "pass" and error.cause == "unregistered":
                self._log(data, [], "success", begun, note="no registered document in the request")
                return data
            said = str(error) if error.cause is None else f"{error.found}. {_REMEDIES[error.cause]}"
            raise self._refusal(said) from error
        worst = max((finding.score for finding in findings), default=0.0)
        if self._block_above is not None and findings and worst >= self._block_above:
            self._log(data, findings, "guardrail_intervened", begun)
            raise self._refusal(
                f"its document holds {len(findings)} instruction-like passage(s), the highest score is {worst:.2f}"
            )
        data.update(cleaned)
        self._log(data, findings, "success", begun)
        return data

    def _refusal(self, reason: str) -> Exception:
        refusal: Exception = HTTPException(
            status_code=400, detail={"error": f"selfstudy-guard refused the request: {reason}"}
        )
        return refusal

    def _log(self, data: dict[str, Any], findings: Any, status: Any, begun: float, note: str | None = None) -> None:
        """Hand what was found to the proxy's logging hooks; document text is not part of it."""
        listed = [
            {"intent": f.intent, "channel": f.channel, "score": round(f.score, 3), "characters": f.end - f.start}
            for f in findings
        ]
        self.add_standard_logging_guardrail_information_to_request_data(
            guardrail_json_response={"findings": listed, "note": note} if note else {"findings": listed},
            request_data=data,
            guardrail_status=status,
            start_time=begun,
            end_time=time.time(),
            duration=time.time() - begun,
            guardrail_provider="selfstudy-guard",
            event_type=GuardrailEventHooks.pre_call,
        )


_BODY = frozenset(
    "messages system prompt input instructions contents systemInstruction system_instruction config tools "
    "functions tool_choice suffix prediction documents response_format text".split()
)
"""Fields of a request body that a model reads."""
