"""LiteLLM's entry points guarded: nothing but the document changes, and what callbacks cannot do."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from selfstudy_guard_litellm.translate import retry_after

from selfstudy_guard.errors import InputError, UnguardedCallError
from selfstudy_guard.guard import Guard, GuardWarning
from selfstudy_guard.records import Document
from tests.adapters.providers import Provider
from tests.adapters.test_litellm_matrix import PLANTED, STRANGE, TEXT, messages

litellm = pytest.importorskip("litellm")

from litellm.integrations.custom_logger import CustomLogger  # noqa: E402
from selfstudy_guard_litellm import GuardedLiteLLM, GuardRefusedError, register_guard  # noqa: E402

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1", "localhost"])

CLEAN = TEXT.replace(f"{PLANTED}\n\n", "")
EVERYTHING: dict[str, Any] = {
    "temperature": 0.3,
    "top_p": 0.9,
    "max_tokens": 77,
    "seed": 5,
    "stop": ["##"],
    "user": "someone",
    "presence_penalty": 0.1,
    "response_format": {"type": "json_object"},
    "tools": [{"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}],
    "tool_choice": "auto",
    "extra_headers": {"x-mine": "1"},
    "extra_body": {"top_k": 4},
    "metadata": {"trace": "t"},
}


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, server: Provider) -> None:
    for name in ("OPENAI", "ANTHROPIC"):
        monkeypatch.setenv(f"{name}_API_KEY", "test")
    monkeypatch.setattr(litellm, "suppress_debug_info", True)
    monkeypatch.setattr(litellm, "custom_provider_map", [])
    monkeypatch.setattr(litellm, "callbacks", [])
    server.clear()


@pytest.fixture
def guard() -> Guard:
    return Guard([Document(id="harbour.txt", text=TEXT), Document(id="clean.txt", text=CLEAN)])


def bodies(server: Provider) -> list[Any]:
    found = [json.loads(body) for body in server.bodies]
    server.clear()
    return found


def test_a_filtered_call_without_findings_sends_the_very_same_body(guard: Guard, server: Provider) -> None:
    arguments = {"messages": messages(CLEAN), "api_base": server.url + "/v1", **EVERYTHING}
    litellm.completion(model="openai/gpt-4o-mini", **arguments)
    GuardedLiteLLM(guard, "filter").completion(model="openai/gpt-4o-mini", **arguments)
    bare, guarded = bodies(server)
    assert guarded == bare


def test_an_asking_call_changes_the_user_message_only(guard: Guard, server: Provider) -> None:
    arguments = {"messages": messages(CLEAN), "api_base": server.url + "/v1", **EVERYTHING}
    litellm.completion(model="openai/gpt-4o-mini", **arguments)
    GuardedLiteLLM(guard, "ask").completion(model="openai/gpt-4o-mini", **arguments)
    bare, guarded = bodies(server)[:2]
    mine, ours = bare.pop("messages"), guarded.pop("messages")
    assert guarded == bare
    assert ours[0]["content"].startswith(mine[0]["content"].rstrip())


@pytest.mark.parametrize("provider", ["guard_filter", "guard_ask"])
def test_a_guarded_model_string_passes_every_argument_on(guard: Guard, server: Provider, provider: str) -> None:
    register_guard(guard)
    arguments = {"messages": messages(CLEAN), "api_base": server.url + "/v1", "api_key": "k", **EVERYTHING}
    litellm.completion(model="openai/gpt-4o-mini", **arguments)
    litellm.completion(model=f"{provider}/openai/gpt-4o-mini", **arguments)
    bare, guarded = bodies(server)[:2]
    if provider == "guard_ask":
        bare.pop("messages")
        guarded.pop("messages")
    assert guarded == bare


def test_the_signatures_are_those_of_litellm(guard: Guard) -> None:
    calls = GuardedLiteLLM(guard)
    for name in ("completion", "acompletion", "text_completion", "responses", "aresponses", "anthropic_messages"):
        assert inspect.signature(getattr(calls, name)) == inspect.signature(getattr(litellm, name)), name
        assert inspect.iscoroutinefunction(getattr(calls, name)) == inspect.iscoroutinefunction(getattr(litellm, name))


def test_the_response_is_litellms_own(guard: Guard, server: Provider) -> None:
    response = GuardedLiteLLM(guard, "ask").completion(
        model="openai/gpt-4o-mini", messages=messages(TEXT), api_base=server.url + "/v1"
    )
    assert isinstance(response, litellm.ModelResponse)
    assert response.choices[0].message.content


def test_batch_completion_keeps_order_and_puts_errors_in_their_place(guard: Guard, server: Provider) -> None:
    calls = GuardedLiteLLM(guard, "ask")
    whole = calls.batch_completion(
        "openai/gpt-4o-mini", [messages(TEXT)] * 3, api_base=server.url + "/v1", max_workers=2
    )
    assert [type(response).__name__ for response in whole] == ["ModelResponse"] * 3
    failed = calls.batch_completion("openai/fail-401", [messages(TEXT)], api_base=server.url + "/v1")
    assert isinstance(failed[0], litellm.AuthenticationError)
    with pytest.raises(InputError, match="everything else by name"):
        calls.batch_completion("openai/gpt-4o-mini", [messages(TEXT)], None)


def test_whole_runs_in_two_lines(guard: Guard, server: Provider) -> None:
    ask, answer = GuardedLiteLLM(guard, "ask").completion, GuardedLiteLLM(guard, "answer").completion
    for _ in range(3):
        q = ask(model="openai/gpt-4o-mini", messages=messages(TEXT), api_base=server.url + "/v1")
        question = q.choices[0].message.content
        content = f"<text>{TEXT}</text>\n\nQuestion: {question}"
        answer(model="openai/gpt-4o-mini", messages=[{"role": "user", "content": content}], api_base=server.url + "/v1")
    assert len(guard.records) == 3
    assert guard.balance.closes
    assert guard.balance.usage.prompt_tokens > 0
    assert guard.balance.usage.cached_tokens > 0
    assert guard.balance.usage.cost is not None


def test_one_model_string_tells_asking_from_answering(guard: Guard, server: Provider) -> None:
    register_guard(guard)
    model, base = "guard/openai/gpt-4o-mini", server.url + "/v1"
    q = litellm.completion(model=model, messages=messages(TEXT), api_base=base).choices[0].message.content
    content = f"<text>{TEXT}</text>\n\nQuestion: {q}"
    litellm.completion(model=model, messages=[{"role": "user", "content": content}], api_base=base)
    assert [record.question.text for record in guard.records] == [q]
    asking, answering = bodies(server)
    assert "Ask only about" in json.dumps(asking)
    assert "Ask only about" not in json.dumps(answering)


def test_a_refusal_is_both_errors_and_is_not_retried(guard: Guard, server: Provider) -> None:
    register_guard(guard)
    with pytest.raises(UnguardedCallError, match="no registered document") as caught:
        litellm.completion(model="guard/openai/gpt-4o-mini", messages=messages(STRANGE), num_retries=3)
    assert isinstance(caught.value, GuardRefusedError)
    assert isinstance(caught.value, litellm.BadRequestError)
    assert server.bodies == []


def test_errors_of_the_provider_stay_litellms(guard: Guard, server: Provider) -> None:
    register_guard(guard)
    for call in (
        lambda: GuardedLiteLLM(guard).completion(
            model="openai/fail-429", messages=messages(TEXT), api_base=server.url + "/v1", max_retries=0
        ),
        lambda: litellm.completion(
            model="guard/openai/fail-429", messages=messages(TEXT), api_base=server.url + "/v1", max_retries=0
        ),
    ):
        with pytest.raises(litellm.RateLimitError) as caught:
            call()
        assert retry_after(caught.value) == 7
    assert guard.balance.failed == 2


def test_what_is_not_guarded_is_refused_by_name(guard: Guard) -> None:
    calls = GuardedLiteLLM(guard)
    with pytest.raises(UnguardedCallError, match="embedding is not guarded"):
        _ = calls.embedding
    with pytest.raises(UnguardedCallError, match=r"Router\.acreate_batch is not guarded"):
        _ = calls.router(litellm.Router(model_list=[])).acreate_batch
    assert callable(calls.token_counter)
    with pytest.raises(InputError, match="purpose 'guess' is not known"):
        GuardedLiteLLM(guard, "guess")  # type: ignore[arg-type]


def test_importing_the_adapter_does_not_import_litellm() -> None:
    code = (
        "import sys, selfstudy_guard_litellm; from selfstudy_guard.guard import Guard; print('litellm' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_first_use_needs_no_network() -> None:
    code = (
        "import socket\n"
        "def refuse(*args, **kwargs): raise AssertionError('network')\n"
        "socket.getaddrinfo = refuse; socket.create_connection = refuse\n"
        "from selfstudy_guard_litellm.host import load_litellm\n"
        "print(len(load_litellm().model_cost) > 100)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "True", done.stderr[-1000:]
    assert "retrying" not in done.stderr


# -- what LiteLLM's callbacks cannot do ----------------------------------------------------------------------
# If one of these fails with a newer LiteLLM, callbacks have become able to change what is sent, and a simpler adapter
# than wrapping may be possible. Until then a guard that hangs on callbacks would only look like one.


class Changer(CustomLogger):  # type: ignore[misc]  # LiteLLM is untyped here
    """Tries to take the planted passage out at every hook that there is."""

    def __init__(self) -> None:
        super().__init__()
        self.called: list[str] = []

    def _change(self, name: str, data: Any) -> Any:
        self.called.append(name)
        if isinstance(data, dict) and "messages" in data:
            for message in data["messages"]:
                message["content"] = message["content"].replace(PLANTED, "")
        return data

    def log_pre_api_call(self, model: Any, messages: Any, kwargs: Any) -> None:
        self._change("log_pre_api_call", {"messages": messages})

    async def async_pre_call_hook(self, user_api_key_dict: Any, cache: Any, data: Any, call_type: Any) -> Any:
        return self._change("async_pre_call_hook", data)

    async def async_moderation_hook(self, data: Any, user_api_key_dict: Any, call_type: Any) -> Any:
        return self._change("async_moderation_hook", data)


def fresh_messages() -> list[dict[str, Any]]:
    return json.loads(json.dumps(messages(TEXT)))  # type: ignore[no-any-return]


def test_sdk_callbacks_do_not_change_what_is_sent(server: Provider) -> None:
    changer = Changer()
    litellm.callbacks = [changer]
    litellm.completion(model="openai/gpt-4o-mini", messages=fresh_messages(), api_base=server.url + "/v1")
    assert "BANANA" in server.sent
    assert "async_pre_call_hook" not in changer.called


async def test_async_sdk_callbacks_do_not_change_what_is_sent(server: Provider) -> None:
    changer = Changer()
    litellm.callbacks = [changer]
    await litellm.acompletion(model="openai/gpt-4o-mini", messages=fresh_messages(), api_base=server.url + "/v1")
    assert "BANANA" in server.sent
    assert "async_pre_call_hook" not in changer.called
    assert "async_moderation_hook" not in changer.called


def test_input_callbacks_do_not_change_what_is_sent(server: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def change(details: Any) -> None:
        seen.append(details)
        for message in details.get("messages") or []:
            message["content"] = "changed"

    monkeypatch.setattr(litellm, "input_callback", [change])
    litellm.completion(model="openai/gpt-4o-mini", messages=fresh_messages(), api_base=server.url + "/v1")
    assert "BANANA" in server.sent


def test_a_judge_is_asked_through_the_same_entry_point_without_the_shape_of_the_answer(server: Provider) -> None:
    judging = Guard([Document(id="harbour.txt", text=TEXT)], judge=True, judge_band=(0.01, 1.0))
    arguments = {"api_base": server.url + "/v1", **EVERYTHING}
    with pytest.warns(GuardWarning, match="no verdict"):
        GuardedLiteLLM(judging, "answer").completion(model="openai/gpt-4o-mini", messages=messages(TEXT), **arguments)
    *asked, answered = bodies(server)
    assert asked
    for body in asked:
        assert [message["role"] for message in body["messages"]] == ["user"]
        assert body["messages"][0]["content"].startswith("You check passages")
        assert body["model"] == answered["model"]
        assert (body["seed"], body["max_tokens"], body["top_k"]) == (5, 77, 4)
        assert not {"tools", "tool_choice", "response_format", "n", "stop"} & body.keys()
    assert {"tools", "response_format"} <= answered.keys()
    assert judging.notes.without_verdict >= len(asked)


def _router(server: Provider, *models: str, **settings: Any) -> Any:
    groups = [
        {
            "model_name": f"group{place}",
            "litellm_params": {"model": model, "api_base": f"{server.url}/v1", "api_key": "x"},
        }
        for place, model in enumerate(models)
    ]
    return litellm.Router(model_list=groups, num_retries=0, **settings)


def test_a_bare_fallback_behind_a_guarded_model_is_refused_before_anything_is_sent(server: Provider) -> None:
    register_guard(Guard([Document(id="d", text=TEXT)]))
    guarded, bare = "guard/openai/m", "openai/m"
    for name in ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks"):
        router = _router(server, guarded, bare, **{name: [{"group0": ["group1"]}]})
        with pytest.raises(Exception, match="no guard stands before"):
            router.completion(model="group0", messages=messages(TEXT))
    with pytest.raises(Exception, match="no guard stands before"):
        _router(server, guarded, bare, default_fallbacks=["group1"]).completion(model="group0", messages=messages(TEXT))
    beside = {"model_name": "group0", "litellm_params": {"model": bare, "api_base": server.url, "api_key": "x"}}
    mixed = litellm.Router(model_list=[*_router(server, guarded).model_list, beside], num_retries=0)
    with pytest.raises(Exception, match="no guard stands before"):
        mixed.completion(model="group0", messages=messages(TEXT))
    with pytest.raises(Exception, match="no guard stands before"):
        litellm.completion(model=guarded, messages=messages(TEXT), fallbacks=[bare])
    assert not server.bodies


def test_guarded_fallbacks_and_bare_routers_work_as_before(server: Provider) -> None:
    register_guard(Guard([Document(id="d", text=TEXT)]))
    router = _router(server, "guard_filter/openai/m", "guard_filter/openai/n", fallbacks=[{"group0": ["group1"]}])
    router.completion(model="group0", messages=messages(TEXT))
    _router(server, "openai/m", "openai/n", fallbacks=[{"group0": ["group1"]}]).completion(
        model="group0", messages=messages(CLEAN)
    )
    assert len(server.bodies) == 2
    assert PLANTED not in str(server.bodies)


@pytest.mark.parametrize("name", ["ask", "asking"])
def test_a_purpose_has_a_short_name_and_that_of_the_method(guard: Guard, server: Provider, name: Any) -> None:
    GuardedLiteLLM(guard, name).completion(model="openai/m", messages=messages(TEXT), api_base=server.url + "/v1")
    assert guard.balance.planned == 1
    with pytest.raises(InputError, match="purpose 'guess' is not known: use one of guarding, asking"):
        GuardedLiteLLM(guard, "guess")  # type: ignore[arg-type]
