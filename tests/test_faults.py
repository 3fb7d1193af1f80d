"""The fault matrix: every fault of a provider, met by every completer, ends in a reply or a `CompletionError`."""

from __future__ import annotations

import asyncio
import importlib.util
import math

import pytest

from selfstudy_guard import Document, agenerate, generate
from selfstudy_guard.errors import (
    AuthenticationError,
    CompletionError,
    RateLimitError,
    RequestError,
    SelfStudyGuardError,
    UnknownModelError,
)
from selfstudy_guard.records import Message, Reply, Request
from selfstudy_guard.testing import FATAL_FAULTS, PROVIDER_FAULTS, FaultyProvider, ProviderCompleter

pytestmark = [
    pytest.mark.block_network(allowed_hosts=["127.0.0.1", "localhost"]),
    pytest.mark.filterwarnings("ignore:LiteLLM's price table:UserWarning"),
]

LITELLM = pytest.mark.skipif(importlib.util.find_spec("litellm") is None, reason="needs the extra litellm")
REQUEST = Request(
    purpose="question",
    key="k",
    messages=(Message(role="user", content='Ask about:\n"""The pump holds nine litres of oil."""'),),
)
MANUAL = Document(
    id="m.md",
    text="# Pumps\n\nThe main pump holds nine litres of oil.\n\nEvery second spring the caretaker drains the boiler.\n",
)
RETRYABLE = ("408", "409", "429", "429-retry-after", "429-absurd-retry-after", "500", "502", "503", "529", "reset")
KINDS = {"401": AuthenticationError, "403": AuthenticationError, "404": UnknownModelError, "400": RequestError}


@pytest.fixture(scope="module")
def provider():
    with FaultyProvider(spike=0.05, stall=0.4, retry_after=0.01) as running:
        yield running


def completer(name: str, url: str):
    if name == "standard library":
        return ProviderCompleter(url, timeout=0.8)
    from selfstudy_guard_litellm.completers import litellm_completer

    return litellm_completer("openai/fake", api_base=url, api_key="none", timeout=3)


def outcome(name: str, provider: FaultyProvider, fault: str) -> Reply | CompletionError:
    model = completer(name.removesuffix(" async"), provider.base_url)
    provider.force(fault)
    try:
        return asyncio.run(model.acomplete(REQUEST)) if name.endswith("async") else model.complete(REQUEST)
    except CompletionError as error:
        return error


COMPLETERS = ["standard library", pytest.param("litellm", marks=LITELLM), pytest.param("litellm async", marks=LITELLM)]


@pytest.mark.parametrize("fault", [*PROVIDER_FAULTS, *FATAL_FAULTS])
@pytest.mark.parametrize("name", COMPLETERS)
def test_every_fault_is_a_reply_or_an_error_of_ours(provider, name, fault):
    found = outcome(name, provider, fault)
    if isinstance(found, Reply):
        assert fault not in RETRYABLE
        assert fault not in FATAL_FAULTS
    else:
        assert str(found)
        assert len(str(found)) < 1000
        assert found.retry_after is None or not math.isnan(found.retry_after)
        if fault in RETRYABLE:
            assert found.retryable
        if fault in FATAL_FAULTS:
            assert isinstance(found, KINDS[fault])
            assert not found.retryable
            assert found.fatal == (fault != "400")
        if fault.startswith("429"):
            assert isinstance(found, RateLimitError)
        if fault == "429-retry-after":
            assert found.retry_after == pytest.approx(0.01)
    assert isinstance(outcome(name, provider, "none"), Reply)  # and the next call is well


@pytest.mark.parametrize("fault", [fault for fault in PROVIDER_FAULTS if fault != "429-absurd-retry-after"])
def test_a_run_outlives_every_fault(fault, tmp_path):
    """Half of the requests meet the one fault; every draw ends in a record or a reason, and the balance closes."""
    with FaultyProvider(rate=0.5, seed=3, faults=[fault], spike=0.02, stall=0.2, retry_after=0.01) as provider:
        model = ProviderCompleter(provider.base_url, timeout=0.4)
        run = generate([MANUAL], model=model, n=2, out=tmp_path / "run", seed=1)
    balance = run.balance
    assert balance.closes
    assert balance.pending == 0
    assert balance.answered + balance.rejected + balance.failed == 2
    assert balance.failed == sum(1 for _ in run.iter_failures())
    assert all(reason and detail for _, reason, detail in run.iter_failures())
    assert all(rejection.reason for rejection in run.iter_rejections())
    for record in run.records:
        record.model_dump_json()


@pytest.mark.parametrize("fault", ["401", "403", "404"])
def test_a_fatal_error_ends_a_run_at_the_first_call(fault):
    with FaultyProvider() as provider:
        provider.force(*[fault] * 10)
        with pytest.raises(SelfStudyGuardError):
            generate([MANUAL], model=ProviderCompleter(provider.base_url), n=2)
        assert provider.total == 1


async def test_async_runs_outlive_faults_too():
    with FaultyProvider(
        rate=0.4, seed=5, spike=0.02, stall=0.2, retry_after=0.01, faults=("500", "429", "empty")
    ) as it:
        run = await agenerate([MANUAL], model=ProviderCompleter(it.base_url), n=2, seed=1)
    assert run.balance.closes
    assert run.balance.pending == 0


def test_of_an_endless_answer_only_the_head_is_kept_and_it_is_asked_for_again(tmp_path):
    with FaultyProvider() as provider:
        provider.force("huge", "none", "huge", "none")
        run = generate([MANUAL], model=ProviderCompleter(provider.base_url), n=1, out=tmp_path / "run", concurrency=1)
    assert run.balance.answered == 1
    assert provider.total == 4
    run.close()
    assert sum(file.stat().st_size for file in (tmp_path / "run").iterdir()) < 500_000
    with FaultyProvider(rate=1.0, faults=["huge"]) as provider:
        run = generate([MANUAL], model=ProviderCompleter(provider.base_url), n=1)
    assert dict(run.balance.reasons) == {"oversized": 1}


def test_a_reply_of_too_many_bytes_is_read_no_further():
    with FaultyProvider() as provider:
        model = ProviderCompleter(provider.base_url, most_bytes=100_000)
        provider.force("huge")
        with pytest.raises(CompletionError, match=r"more than 100,000 bytes") as caught:
            model.complete(REQUEST)
        assert caught.value.retryable
        assert model.complete(REQUEST).text
