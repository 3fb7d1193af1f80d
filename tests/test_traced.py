"""OpenTelemetry: spans and metrics under the names of the field, never with text; nothing without a provider."""

import sys

import pytest

from selfstudy_guard import Document, generate
from selfstudy_guard.errors import ProviderError
from selfstudy_guard.generation.traced import TracedCompleter, traced
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.testing.reader import ExtractiveReader

sdk = pytest.importorskip("opentelemetry.sdk.trace")

SECRET = "The vault of Marlo was dug in 1811 by Ingrid Dahl."


@pytest.fixture
def recorded(monkeypatch):
    from opentelemetry import metrics, trace
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    provider, meters = sdk.TracerProvider(), MeterProvider(metric_readers=[reader])
    provider.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    monkeypatch.setattr(metrics, "get_meter", meters.get_meter)
    return spans, reader


def test_each_call_makes_a_span_with_the_fields_names_and_without_text(recorded):
    spans, reader = recorded
    run = generate([Document(id="vault.txt", text=SECRET)], model=ExtractiveReader(), n=1)
    made = spans.get_finished_spans()
    assert len(made) == run.calls > 0
    first = made[0].attributes
    assert first["gen_ai.operation.name"] == "chat"
    assert first["gen_ai.request.model"] == "ExtractiveReader"
    assert first["gen_ai.usage.input_tokens"] > 0
    assert first["selfstudy_guard.purpose"] == "question"
    everything = " ".join(span.to_json() for span in made)
    assert "vault of Marlo" not in everything
    assert "Ingrid" not in everything
    metrics = reader.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics
    assert {metric.name for metric in metrics} == {"gen_ai.client.token.usage", "gen_ai.client.operation.duration"}


def test_a_failed_call_names_its_error_and_not_its_message(recorded):
    class Broken:
        model = "broken"

        def complete(self, request):
            raise ProviderError("could not read: the vault", retryable=False)

    with pytest.raises(ProviderError):
        TracedCompleter(Broken()).complete(_request())
    (span,) = recorded[0].get_finished_spans()
    assert span.attributes["error.type"] == "ProviderError"


def test_it_can_do_what_the_one_inside_can(recorded):
    class Only:
        model, max_concurrency = "only", 3

        async def acomplete(self, request):
            raise AssertionError

    async_only = TracedCompleter(Only())
    assert isinstance(async_only, AsyncCompleter)
    assert not isinstance(async_only, Completer)
    assert async_only.max_concurrency == 3


def test_a_program_without_opentelemetry_pays_nothing(monkeypatch):
    monkeypatch.delitem(sys.modules, "opentelemetry", raising=False)
    reader = ExtractiveReader()
    assert traced(reader) is reader


def _request():
    from selfstudy_guard.records import Message, Request

    return Request(purpose="answer", messages=(Message(role="user", content=SECRET),), key="k")
