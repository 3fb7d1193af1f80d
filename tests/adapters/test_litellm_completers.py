"""LiteLLM completers: requests and replies, cost, structured output, errors translated once, one party retries."""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import pytest
from selfstudy_guard_litellm import litellm_completer
from selfstudy_guard_litellm.completers import LiteLLMCompleter
from selfstudy_guard_litellm.translate import retry_after

from selfstudy_guard import generate
from selfstudy_guard.errors import (
    AuthenticationError,
    CompletionError,
    InputError,
    MissingExtraError,
    ProviderError,
    RateLimitError,
    RequestError,
    UnknownModelError,
)
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.records import Document, Message, Request
from tests.adapters.providers import Provider
from tests.adapters.test_litellm_matrix import TEXT

litellm = pytest.importorskip("litellm")

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1", "localhost"])

SCHEMA = {
    "type": "object",
    "properties": {"question": {"type": "string"}},
    "required": ["question"],
    "additionalProperties": False,
}


def request(**more: Any) -> Request:
    content = 'Ask about """the pier of Kalvø""".'
    return Request(purpose="question", messages=(Message(role="user", content=content),), **more)


async def awaited(attempt: Any, shown: Request) -> Any:
    outcome = attempt(shown)
    return await outcome if inspect.isawaitable(outcome) else outcome


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, server: Provider) -> None:
    for name in ("OPENAI", "ANTHROPIC", "GEMINI", "MISTRAL"):
        monkeypatch.setenv(f"{name}_API_KEY", "sk-test-0123456789abcdef")
    monkeypatch.setattr(litellm, "suppress_debug_info", True)
    server.clear()


def test_it_is_both_kinds_of_completer(server: Provider) -> None:
    completer = litellm_completer("openai/gpt-4o-mini")
    assert isinstance(completer, Completer)
    assert isinstance(completer, AsyncCompleter)


def test_a_request_and_its_reply(server: Provider) -> None:
    completer = litellm_completer("openai/gpt-4o-mini", api_base=server.url + "/v1")
    reply = completer.complete(request(max_tokens=50, temperature=0.2, seed=3, stop=("##",)))
    (body,) = (json.loads(raw) for raw in server.bodies)
    assert body["messages"] == [{"role": "user", "content": 'Ask about """the pier of Kalvø""".'}]
    assert (body["max_tokens"], body["temperature"], body["seed"], body["stop"]) == (50, 0.2, 3, ["##"])
    assert "Kalvø" in reply.text
    assert reply.finish_reason == "stop"
    assert reply.usage.cached_tokens == 16
    assert reply.usage.prompt_tokens > 0
    prices = litellm.model_cost["gpt-4o-mini"]
    fresh = reply.usage.prompt_tokens - 16
    cost = fresh * prices["input_cost_per_token"] + 16 * prices["cache_read_input_token_cost"]
    cost += reply.usage.completion_tokens * prices["output_cost_per_token"]
    assert reply.usage.cost == pytest.approx(cost)


async def test_the_same_awaited(server: Provider) -> None:
    completer = litellm_completer("anthropic/claude-3-5-haiku-20241022", api_base=server.url + "/anthropic")
    reply = await completer.acomplete(request())
    assert "Kalvø" in reply.text
    assert reply.usage.prompt_tokens == 50


def test_options_win_and_a_prefix_is_dropped(server: Provider) -> None:
    completer = litellm_completer("litellm/openai/gpt-4o-mini", api_base=server.url + "/v1", temperature=0.9, top_p=0.5)
    completer.complete(request(temperature=0.1))
    body = json.loads(server.bodies[0])
    assert (body["model"], body["temperature"], body["top_p"]) == ("gpt-4o-mini", 0.9, 0.5)


def test_what_a_model_does_not_take_is_not_sent(server: Provider) -> None:
    completer = litellm_completer("anthropic/claude-3-5-haiku-20241022", api_base=server.url + "/anthropic")
    completer.complete(request(seed=3, temperature=0.5))
    body = json.loads(server.bodies[0])
    assert "seed" not in body
    assert body["temperature"] == 0.5


def test_structured_output_only_where_the_model_has_it(server: Provider) -> None:
    litellm_completer("openai/gpt-4o-mini", api_base=server.url + "/v1").complete(request(response_schema=SCHEMA))
    litellm_completer("openai/local-llama", api_base=server.url + "/v1").complete(request(response_schema=SCHEMA))
    with_schema, without = (json.loads(raw) for raw in server.bodies)
    assert with_schema["response_format"]["json_schema"] == {"name": "reply", "schema": SCHEMA, "strict": True}
    assert "response_format" not in without


def test_an_unknown_price_is_said_once_with_the_remedy(server: Provider) -> None:
    completer = litellm_completer("openai/local-llama", api_base=server.url + "/v1")
    with pytest.warns(UserWarning, match=r"litellm\.register_model\(\{\"openai/local-llama\""):
        assert completer.complete(request()).usage.cost is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        completer.complete(request())


@pytest.mark.parametrize(
    ("model", "kind", "status", "retryable"),
    [
        ("openai/fail-429", RateLimitError, 429, True),
        ("openai/fail-401", AuthenticationError, 401, False),
        ("openai/fail-500", ProviderError, 500, True),
        ("openai/fail-400", RequestError, 400, False),
        ("anthropic/fail-429", RateLimitError, 429, True),
        ("anthropic/fail-401", AuthenticationError, 401, False),
        ("mistral/fail-500", ProviderError, 500, True),
    ],
)
async def test_errors_are_translated_once(
    server: Provider, model: str, kind: type[CompletionError], status: int, retryable: bool
) -> None:
    base = server.url + ("/anthropic" if model.startswith("anthropic") else "/v1")
    completer = litellm_completer(model, api_base=base)
    for attempt in (completer.complete, completer.acomplete):
        server.clear()
        with pytest.raises(kind) as caught:
            await awaited(attempt, request())
        error = caught.value
        assert error.status == status
        assert error.retryable is retryable
        assert error.__cause__ is not None
        assert type(error.__cause__).__module__.startswith("litellm")
        assert error.retry_after == (7.0 if status == 429 else None)
        assert len(server.bodies) == 1, "somebody else retried"
        assert "\n" not in str(error)
        assert "sk-test" not in str(error)


def test_unreachable_unknown_and_keyless(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProviderError) as caught:
        litellm_completer("openai/gpt-4o-mini", api_base="http://127.0.0.1:9/v1", timeout=2).complete(request())
    assert caught.value.retryable
    with pytest.raises(UnknownModelError, match="PROVIDER/MODEL") as unknown:
        LiteLLMCompleter("nobody/nothing").complete(request())
    assert unknown.value.fatal
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(AuthenticationError, match="check the API key"):
        litellm_completer("openai/gpt-4o-mini").complete(request())


UNKNOWN = """
import sys
from selfstudy_guard import Document, Guard, generate
from selfstudy_guard.errors import InputError
page = Document(id="a", text="The weir was built in 1912 by two brothers from the coast.")
model = sys.argv[1]
for call in (
    lambda: generate([page], model=model, n=1, out="run"),
    lambda: Guard([page], out="run", judge=model),
):
    try:
        call()
    except InputError as error:
        print(error, "| loaded:", "litellm" in sys.modules)
"""


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("nobody/nothing", "LiteLLM knows no provider for the model 'nobody/nothing': write PROVIDER/MODEL"),
        ("opnai/gpt-4o", "(did you mean openai/gpt-4o?)"),
        ("litellm:antropic/claude", "(did you mean anthropic/claude?)"),
    ],
)
def test_an_unknown_provider_is_told_before_anything_is_loaded_or_made(tmp_path, model, message) -> None:
    command = [sys.executable, "-c", UNKNOWN, model]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(told) == 2
    for line in told:
        assert message in line
        assert line.endswith("loaded: False")
    assert not (tmp_path / "run").exists()


def test_every_way_to_name_a_known_model_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    for model in (
        "openai/new-model",
        "hosted_vllm/mine",
        "gpt-4o-mini",
        "openrouter/a/b",
        "ollama/x",
        "azure/deployment",
    ):
        litellm_completer(model)
    litellm_completer("mine", api_base="http://127.0.0.1:9/v1", custom_llm_provider="openai")
    with pytest.raises(InputError, match="api_base"):
        litellm_completer("gpt-99")
    monkeypatch.setattr(litellm, "custom_provider_map", [{"provider": "my_own", "custom_handler": object()}])
    litellm_completer("my_own/model")
    monkeypatch.setattr(litellm, "model_alias_map", {"gpt-99": "openai/gpt-4o-mini"})
    litellm_completer("gpt-99")


def test_a_message_that_quotes_the_request_is_left_out(server: Provider) -> None:
    secret = "a private sentence of the document that must not be printed"
    shown = Request(purpose="answer", messages=(Message(role="user", content=secret),))
    with pytest.raises(CompletionError) as caught:
        litellm_completer("openai/gpt-4o-mini", mock_response=litellm.BadRequestError(secret, "m", "p")).complete(shown)
    assert "private sentence" not in str(caught.value)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "12"}, 12.0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, 0.0),
        ({}, None),
    ],
)
def test_retry_after_is_read(headers: dict[str, str], seconds: float | None) -> None:
    error: Any = Exception()
    error.response = SimpleNamespace(headers=headers)
    assert retry_after(error) == seconds


def test_retry_after_as_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30))
    error: Any = Exception()
    error.response = SimpleNamespace(headers={"retry-after": later})
    found = retry_after(error)
    assert found is not None
    assert 25 < found <= 31


def test_bad_options_are_named() -> None:
    with pytest.raises(InputError, match="model string is empty"):
        litellm_completer("litellm/")
    with pytest.raises(InputError, match="'stream' cannot be set"):
        litellm_completer("openai/gpt-4o-mini", stream=True)


def test_a_missing_extra_names_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "litellm", None)
    with pytest.raises(MissingExtraError, match=r'pip install "selfstudy-guard\[litellm\]"'):
        litellm_completer("openai/gpt-4o-mini").complete(request())


def test_generate_by_model_string(server: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_BASE", server.url + "/v1")
    run = generate([Document(id="harbour.txt", text=TEXT)], model="openai/gpt-4o-mini", n=3, seed=1)
    assert len(run.records) == 3
    assert run.balance.usage.cost is not None
    assert "BANANA" not in server.sent


@pytest.mark.parametrize("purpose", ["question", "answer", "judge"])
def test_a_prompt_that_the_providers_filter_holds_back_is_an_empty_reply(
    monkeypatch: pytest.MonkeyPatch, purpose: Any
) -> None:
    def refuse(**arguments: Any) -> None:
        raise litellm.ContentPolicyViolationError("jailbreak detected", model="gpt-4o-mini", llm_provider="openai")

    async def arefuse(**arguments: Any) -> None:
        refuse()

    monkeypatch.setattr(litellm, "completion", refuse)
    monkeypatch.setattr(litellm, "acompletion", arefuse)
    completer: Any = litellm_completer("openai/gpt-4o-mini")
    request = Request(purpose=purpose, messages=(Message(role="user", content="hi"),))
    for reply in (completer.complete(request), asyncio.run(completer.acomplete(request))):
        assert (reply.text, reply.finish_reason, reply.usage.cost) == ("", "content_filter", 0.0)
