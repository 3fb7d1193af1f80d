"""`guard.client`: an OpenAI client of which nothing is sent unguarded, whatever is made of it."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

from selfstudy_guard import Guard
from selfstudy_guard.errors import InputError, UnguardedCallError
from tests.support.provider import KEY, Provider, served
from tests.test_guard import FACTS, HARBOUR, PLANTED, TEXT, answer_messages, question_messages

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])

ASKING = question_messages(TEXT)
CHAT: dict[str, Any] = {"model": "m", "messages": ASKING}


class Q(BaseModel):
    question: str


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def address(provider: Provider) -> Iterator[str]:
    with served(provider.app) as found:
        yield f"{found}/v1"


@pytest.fixture
def bare(address: str) -> OpenAI:
    return OpenAI(base_url=address, api_key=KEY, max_retries=0)


def _streamed(client: Any) -> Any:
    with client.chat.completions.stream(**CHAT) as stream:
        return [event.type for event in stream]


def _raw_pieces(client: Any) -> Any:
    with client.chat.completions.with_streaming_response.create(**CHAT) as response:
        return b"".join(response.iter_bytes())


WAYS: dict[str, Callable[[Any], Any]] = {
    "create": lambda client: client.chat.completions.create(**CHAT),
    "stream=True": lambda client: list(client.chat.completions.create(**CHAT, stream=True)),
    "stream()": _streamed,
    "parse": lambda client: client.chat.completions.parse(**CHAT, response_format=Q),
    "raw": lambda client: client.chat.completions.with_raw_response.create(**CHAT).parse(),
    "raw pieces": _raw_pieces,
    "completions": lambda client: client.completions.create(model="m", prompt=ASKING[1]["content"]),
    "responses": lambda client: client.responses.create(model="m", input=ASKING[1]["content"]),
    "responses.parse": lambda client: client.responses.parse(model="m", input=ASKING[1]["content"], text_format=Q),
    "extra_body": lambda client: client.chat.completions.create(**CHAT, extra_body={"note": TEXT}),
    "post": lambda client: client.post("/chat/completions", body=CHAT, cast_to=object),
    "with_options": lambda client: client.with_options(timeout=5).chat.completions.create(**CHAT),
    "copy": lambda client: client.copy(max_retries=0).responses.create(model="m", input=ASKING[1]["content"]),
    "copy of a copy": lambda client: client.copy().with_options(timeout=5).chat.completions.create(**CHAT),
    "copy.copy": lambda client: copy.copy(client).chat.completions.create(**CHAT),
    "copied resource": lambda client: copy.copy(client.chat.completions).create(**CHAT),
}


def said_by(provider: Provider) -> str:
    return json.dumps(provider.bodies, ensure_ascii=False)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_a_client_is_guarded(provider: Provider, bare: OpenAI, way: str) -> None:
    bare.chat.completions  # noqa: B018  # reached before it is guarded
    with Guard([HARBOUR], question_attempts=1) as guard:
        client = guard.client(bare, "asking")
        assert isinstance(client, OpenAI)
        WAYS[way](client)
        assert guard.balance.planned == 1
        assert guard.balance.closes
    assert PLANTED not in said_by(provider)
    assert FACTS[0] in said_by(provider)


def test_a_client_asks_and_answers_and_makes_records(provider: Provider, bare: OpenAI) -> None:
    with Guard([HARBOUR]) as guard:
        client = guard.client(bare)
        question = client.chat.completions.create(**CHAT).choices[0].message.content
        client.with_options(timeout=9).chat.completions.create(model="m", messages=answer_messages(TEXT, question))
        assert guard.balance.answered == 1
        assert guard.records[0].question.text == question


def test_an_async_client_is_guarded_too(provider: Provider, address: str) -> None:
    async def run(guard: Guard) -> None:
        client = guard.client(AsyncOpenAI(base_url=address, api_key=KEY, max_retries=0), "asking")
        await client.chat.completions.create(**CHAT)
        async for _ in await client.with_options(timeout=5).chat.completions.create(**CHAT, stream=True):
            pass
        async with client.chat.completions.stream(**CHAT) as stream:
            async for _ in stream:
                pass
        await client.close()

    with Guard([HARBOUR]) as guard:
        asyncio.run(run(guard))
        assert guard.balance.planned == 3
    assert PLANTED not in said_by(provider)


def test_what_cannot_be_guarded_is_refused_and_not_sent(provider: Provider, bare: OpenAI) -> None:
    with Guard([HARBOUR]) as guard:
        client = guard.client(bare, "asking")
        for refused in (
            lambda: client.batches.create(completion_window="24h", endpoint="/v1/responses", input_file_id="f"),
            lambda: client.files.create(file=TEXT.encode(), purpose="batch"),
            lambda: client.post("/assistants", body={"instructions": TEXT}, cast_to=object),
            lambda: client.responses.connect(),
            lambda: client.realtime.connect(model="m"),
            lambda: client.chat.completions.create(
                model="m", messages=question_messages("Nobody registered this text.")
            ),
        ):
            with pytest.raises(UnguardedCallError):
                refused()
        for copied in (pickle.dumps, copy.deepcopy):
            with pytest.raises((pickle.PicklingError, TypeError)):
                copied(client)
        assert not provider.bodies
        client.embeddings.create(model="e", input="some words")
        assert [model.id for model in client.models.list()] == ["m"]


def test_a_client_with_one_guarded_method_is_not_copied(provider: Provider, bare: OpenAI) -> None:
    with Guard([HARBOUR]) as guard:
        guard.asking(bare.chat.completions.create)  # wrapped, but not put in its place: the client is as it was
        bare.with_options(timeout=5).embeddings.create(model="e", input="some words")
        bare.chat.completions.create = guard.asking(bare.chat.completions.create)  # type: ignore[method-assign]
        for copied in (lambda: bare.with_options(timeout=5), lambda: bare.copy()):
            with pytest.raises(UnguardedCallError, match=r"guard\.client"):
                copied()
        copy.copy(bare).chat.completions.create(**CHAT)
        bare.chat.completions.with_raw_response.create(**CHAT)
        assert guard.balance.planned == 2
    assert PLANTED not in said_by(provider)


def test_only_clients_of_the_kind_are_taken() -> None:
    with Guard([HARBOUR]) as guard:
        with pytest.raises(InputError, match="no client"):
            guard.client(object())
        with pytest.raises(InputError, match="is not known"):
            guard.client(OpenAI(api_key="x"), "guess")  # type: ignore[arg-type]
