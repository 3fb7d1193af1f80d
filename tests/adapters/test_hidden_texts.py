"""A registered document in an odd place of a call: no entry point sends it raw, encoded or out of sight."""

from __future__ import annotations

import base64
import codecs
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("litellm")
pytest.importorskip("langchain_core")
pytest.importorskip("starlette", reason="the extra 'server' is not installed")

import httpx
import litellm
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import RunnableLambda
from openai import OpenAI
from pydantic import Field
from selfstudy_guard_langchain import GuardedChatModel, guard_chain
from selfstudy_guard_litellm import GuardedLiteLLM, register_guard
from selfstudy_guard_server import HttpUpstream, make_app

from selfstudy_guard import Guard
from selfstudy_guard.errors import InputError, UnguardedCallError
from tests.adapters.providers import Provider as Wire
from tests.support.provider import KEY, served
from tests.test_guard import HARBOUR, PLANTED, TEXT, question_messages
from tests.test_guard_hidden_texts import deep

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])

COPIES = {
    "base64": base64.b64encode(TEXT.encode()).decode(),
    "rot13": codecs.encode(TEXT, "rot13"),
}
VALUES: dict[str, Any] = {
    "the text": TEXT,
    "a list 14 deep": deep(TEXT, 14),
    "a key far in": {"pages": [{"all": {TEXT: None}}]},
    **COPIES,
}
PLACES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "an unknown field": lambda value: {"extra": {"note": value}},
    "a field of a message": lambda value: {"message": {"note": value}},
    "a tool": lambda value: {
        "call": {
            "tools": [
                {
                    "type": "function",
                    "function": {"name": "look", "parameters": {"type": "object", "properties": {}, "note": value}},
                }
            ]
        }
    },
    "an earlier message": lambda value: {"before": [{"role": "user", "content": "Page:", "page": value}]},
}


def call(place: str, value: Any) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    """Messages with a document in the open, further arguments, and fields that only the provider knows."""
    found = PLACES[place](value)
    messages = [*found.get("before", ()), *(dict(one) for one in question_messages(TEXT))]
    messages[-1].update(found.get("message", {}))
    return messages, found.get("call", {}), found.get("extra", {})


def by_client(guard: Guard, url: str, messages: Any, call: Any, extra: Any) -> None:
    client = guard.client(OpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0), purpose="filtering")
    client.chat.completions.create(model="m", messages=messages, **call, extra_body=extra or None)


def by_litellm(guard: Guard, url: str, messages: Any, call: Any, extra: Any) -> None:
    guarded = GuardedLiteLLM(guard, purpose="filter")
    guarded.completion(
        model="openai/m", messages=messages, api_base=f"{url}/v1", api_key=KEY, **call, extra_body=extra or None
    )


def by_model_string(guard: Guard, url: str, messages: Any, call: Any, extra: Any) -> None:
    register_guard(guard)
    litellm.completion(
        model="guard_filter/openai/m", messages=messages, api_base=f"{url}/v1", api_key=KEY, **call,
        extra_body=extra or None,
    )  # fmt: skip


def by_server(guard: Guard, url: str, messages: Any, call: Any, extra: Any) -> None:
    with served(make_app(guard, HttpUpstream(url), purpose="filter")) as address:
        body = {"model": "m", "messages": messages, **call, **extra}
        done = httpx.post(f"{address}/v1/chat/completions", json=body, timeout=30, trust_env=False)
    if done.status_code == 400:
        raise UnguardedCallError(done.text)
    done.raise_for_status()


def _langchain(messages: Any) -> list[Any]:
    kinds = {"user": HumanMessage, "assistant": AIMessage}
    return [
        kinds.get(one["role"], HumanMessage)(
            one["content"], additional_kwargs={key: one[key] for key in one if key not in ("role", "content")}
        )
        for one in messages
    ]


def model(url: str) -> Any:
    """A chat model of LangChain that posts all that it is given."""
    from langchain_core.language_models.chat_models import BaseChatModel

    class Posts(BaseChatModel):
        model_kwargs: dict[str, Any] = Field(default_factory=dict)

        @property
        def _llm_type(self) -> str:
            return "posts"

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
            said = [
                {"role": "user", "content": one.content, **one.additional_kwargs, "more": one.response_metadata}
                for one in messages
            ]
            httpx.post(
                f"{url}/v1/chat/completions", json={"messages": said, **self.model_kwargs, **kwargs}, trust_env=False
            )
            return ChatResult(generations=[ChatGeneration(message=AIMessage("It opens in spring."))])

    return Posts()


def by_chat_model(guard: Guard, url: str, messages: Any, call: Any, extra: Any) -> None:
    guarded = GuardedChatModel(bound=model(url), guard=guard, purpose="filtering")
    guarded.invoke(_langchain(messages), **call, **({"extra_body": extra} if extra else {}))


def by_chain(guard: Guard, url: str, messages: Any, call: Any, extra: Any) -> None:
    bound = model(url).bind(**call, **({"extra_body": extra} if extra else {}))
    chain = guard_chain(RunnableLambda(_langchain) | bound, guard, purpose="filtering")
    chain.invoke(messages)


def by_fallback(guard: Guard, url: str, messages: Any, call: Any, extra: Any) -> None:
    bound = model(url).bind(**call, **({"extra_body": extra} if extra else {}))
    chain = guard_chain(RunnableLambda(_langchain) | bound.with_fallbacks([model(url)]), guard, purpose="filtering")
    chain.invoke(messages)


ENTRIES = {
    "OpenAI client": by_client,
    "GuardedLiteLLM": by_litellm,
    "guard/": by_model_string,
    "server": by_server,
    "GuardedChatModel": by_chat_model,
    "guard_chain": by_chain,
    "guard_chain, fallbacks": by_fallback,
}


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with Wire() as found:
        yield found


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, wire: Wire) -> None:
    monkeypatch.setattr(litellm, "suppress_debug_info", True)
    monkeypatch.setattr(litellm, "custom_provider_map", [])
    monkeypatch.setattr(litellm, "callbacks", [])
    wire.clear()


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("entry", ENTRIES)
def test_a_document_in_an_odd_place_is_filtered_or_refused(entry: str, place: str, value: str, wire: Wire) -> None:
    refused = None
    with Guard([HARBOUR]) as guard:
        try:
            ENTRIES[entry](guard, wire.url, *call(place, VALUES[value]))
        except Exception as error:
            refused = error
    assert PLANTED not in wire.sent
    for copy in COPIES.values():
        assert json.dumps(copy)[1:-1] not in wire.sent
    if refused is None:
        assert wire.bodies, "it was neither sent nor refused"
    else:
        assert "document" in str(refused) or "guarded" in str(refused), refused
        assert not wire.bodies


def test_several_replies_that_a_model_was_bound_to_are_refused(wire: Wire) -> None:
    with Guard([HARBOUR]) as guard:
        chain = guard_chain(model(wire.url).bind(n=3), guard, purpose="asking")
        with pytest.raises(InputError, match="asks for 3 replies"):
            chain.invoke(_langchain(question_messages(TEXT)))
    assert not wire.bodies


@pytest.mark.parametrize("inside", [False, True], ids=["alone", "as a fallback"])
def test_a_document_that_a_model_was_made_with_is_refused(wire: Wire, inside: bool) -> None:
    made = model(wire.url).model_copy(update={"model_kwargs": {"note": TEXT}})
    chosen = model(wire.url).with_fallbacks([made]) if inside else made
    with Guard([HARBOUR]) as guard, pytest.raises(UnguardedCallError, match="registered document"):
        guard_chain(chosen, guard, purpose="filtering").invoke(_langchain(question_messages(TEXT)))
    assert not wire.bodies
