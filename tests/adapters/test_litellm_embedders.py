"""The LiteLLM embedder: batches, order, unit rows, and failures as our errors."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from selfstudy_guard.errors import CompletionError, InputError, ProviderError
from selfstudy_guard.protocols import Embedder

pytest.importorskip("litellm")

from selfstudy_guard_litellm import LiteLLMEmbedder
from selfstudy_guard_litellm.host import load_litellm


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    seen: list[dict] = []

    def embedding(**arguments):
        seen.append(arguments)
        rows = [{"index": i, "embedding": [float(len(text)), 1.0]} for i, text in enumerate(arguments["input"])]
        return SimpleNamespace(data=rows[::-1])

    monkeypatch.setattr(load_litellm(), "embedding", embedding)
    return seen


def test_batches_come_back_in_order(calls: list[dict]) -> None:
    embedder = LiteLLMEmbedder("openai/some-embedding", batch=2, api_base="http://localhost:1")
    assert isinstance(embedder, Embedder)
    rows = embedder.embed(["a", "", "four", "four", "x"])
    assert [len(call["input"]) for call in calls] == [2, 2, 1]
    assert calls[0]["input"][1] == " "
    assert all(call["num_retries"] == 0 and call["api_base"] == "http://localhost:1" for call in calls)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1] * 5)
    assert rows[2] == pytest.approx(np.array([4, 1]) / 17**0.5)
    assert embedder.embed([]).shape[0] == 0


def test_failures_are_our_errors(monkeypatch: pytest.MonkeyPatch, calls: list[dict]) -> None:
    litellm = load_litellm()
    monkeypatch.setattr(litellm, "embedding", lambda **arguments: SimpleNamespace(data=[]))
    with pytest.raises(ProviderError, match="0 embeddings"):
        LiteLLMEmbedder("openai/x").embed(["a"])

    def broken(**arguments):
        raise litellm.exceptions.APIConnectionError("no route", llm_provider="openai", model="x")

    monkeypatch.setattr(litellm, "embedding", broken)
    with pytest.raises(CompletionError) as caught:
        LiteLLMEmbedder("openai/x").embed(["a"])
    assert caught.value.retryable
    with pytest.raises(InputError, match="model string is empty"):
        LiteLLMEmbedder(" ")
    with pytest.raises(InputError, match="batch"):
        LiteLLMEmbedder("openai/x", batch=0)
    assert "litellm" in sys.modules
