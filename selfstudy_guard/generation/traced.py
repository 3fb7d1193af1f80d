"""OpenTelemetry spans and metrics of model calls, through the API package alone (extra `otel`).

Nothing is recorded unless the program set a provider up, and the API package costs nothing without one. A span is made
for each call, named and described by the semantic conventions for generative AI, whose names stand here and nowhere
else. Prompts and replies are never recorded: `content` is off, and there is no switch, since documents are untrusted
and may be private.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from selfstudy_guard.models import model_name
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.records import Reply, Request

OPERATION, REQUEST_MODEL, RESPONSE_MODEL = "gen_ai.operation.name", "gen_ai.request.model", "gen_ai.response.model"
INPUT_TOKENS, OUTPUT_TOKENS = "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"
TOKEN_TYPE, ERROR = "gen_ai.token.type", "error.type"
TOKENS, DURATION = "gen_ai.client.token.usage", "gen_ai.client.operation.duration"
PURPOSE = "selfstudy_guard.purpose"
"""What of the method a call was for: question, answer, judge, rate."""


def traced(completer: Any) -> Any:
    """The completer with spans round its calls, where the program uses OpenTelemetry; else as it is."""
    if "opentelemetry" not in sys.modules:
        return completer
    return TracedCompleter(completer)


class TracedCompleter:
    """A completer whose calls make spans and metrics; all else is asked of the one inside.

    Args:
        inside: makes the calls.
    """

    def __init__(self, inside: Completer | AsyncCompleter) -> None:
        from opentelemetry import metrics, trace

        self._inside = inside
        self._model = model_name(inside)
        self._tracer: Any = trace.get_tracer("selfstudy_guard")
        meter: Any = metrics.get_meter("selfstudy_guard")
        self._tokens: Any = meter.create_histogram(TOKENS, unit="{token}")
        self._duration: Any = meter.create_histogram(DURATION, unit="s")
        if isinstance(inside, AsyncCompleter):
            self.acomplete = self._acomplete
        if isinstance(inside, Completer) or not isinstance(inside, AsyncCompleter):
            self.complete = self._complete

    def __getattr__(self, name: str) -> Any:
        if name in ("complete", "acomplete"):
            raise AttributeError(name)  # only what the one inside can do
        return getattr(self._inside, name)

    def _complete(self, request: Request) -> Reply:
        with self._span(request) as told:
            reply: Reply = self._inside.complete(request)  # type: ignore[union-attr]  # looked at once, in __init__
            told(reply)
            return reply

    async def _acomplete(self, request: Request) -> Reply:
        with self._span(request) as told:
            reply: Reply = await self._inside.acomplete(request)  # type: ignore[union-attr]  # as above
            told(reply)
            return reply

    @contextmanager
    def _span(self, request: Request) -> Iterator[Any]:
        facts: dict[str, Any] = {OPERATION: "chat", REQUEST_MODEL: self._model}
        begun = time.monotonic()
        with self._tracer.start_as_current_span(f"chat {self._model}") as span:
            span.set_attributes({**facts, PURPOSE: request.purpose})

            def told(reply: Reply) -> None:
                span.set_attribute(RESPONSE_MODEL, reply.model or self._model)
                span.set_attribute(INPUT_TOKENS, reply.usage.prompt_tokens)
                span.set_attribute(OUTPUT_TOKENS, reply.usage.completion_tokens)
                self._tokens.record(reply.usage.prompt_tokens, {**facts, TOKEN_TYPE: "input"})
                self._tokens.record(reply.usage.completion_tokens, {**facts, TOKEN_TYPE: "output"})

            try:
                yield told
            except BaseException as error:
                facts[ERROR] = type(error).__name__
                span.set_attribute(ERROR, type(error).__name__)
                raise
            finally:
                self._duration.record(time.monotonic() - begun, facts)
