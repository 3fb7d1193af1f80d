"""Refusals of providers by their codes: quota, content filter, parameters and roles that a model does not take."""

# ruff: noqa: E501  # one refusal stays on one line
from __future__ import annotations

import json
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from selfstudy_guard_litellm import litellm_completer

from selfstudy_guard.engine.provider_codes import codes, held_back, quota_used_up, refused_parameter
from selfstudy_guard.errors import AuthenticationError, RateLimitError, RequestError
from selfstudy_guard.records import Message, Reply, Request

pytest.importorskip("litellm")
pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1", "localhost"])

Answer = tuple[int, dict[str, Any]]
SAID = {"choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Nine litres."}}],
        "id": "1", "object": "chat.completion", "created": 1, "model": "m", "usage": {"prompt_tokens": 5, "completion_tokens": 3, "total_tokens": 8}}  # fmt: skip


@contextmanager
def serving(answer: Callable[[dict[str, Any]], Answer]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server that answers every request as told; gives its address and the bodies that it was sent."""
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            seen.append(body)
            status, value = answer(body)
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", seen
    finally:
        server.shutdown()
        server.server_close()


def request(**more: Any) -> Request:
    messages = (Message(role="system", content="Be brief."), Message(role="user", content="How much oil?"))
    return Request(purpose="answer", messages=messages, **more)


def asked(answer: Callable[[dict[str, Any]], Answer], times: int = 1, **more: Any) -> tuple[Any, list[dict[str, Any]]]:
    """What a completer makes of the answer, or its error; and what was sent."""
    with serving(answer) as (url, seen):
        completer = litellm_completer("openai/my-model", api_base=url, api_key="k")
        outcome: Any = None
        for _ in range(times):
            try:
                outcome = completer.complete(request(**more))
            except Exception as error:
                outcome = error
        return outcome, seen


def error_of(status: int, **fields: Any) -> Callable[[dict[str, Any]], Answer]:
    return lambda body: (status, {"error": {"message": "It cannot be done.", **fields}})


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (429, {"code": "insufficient_quota", "type": "insufficient_quota"}),
        (429, {"type": "exceeded_current_quota_error"}),
        (403, {"code": "billing_hard_limit_reached"}),
        (400, {"code": "Arrearage"}),
        (429, {"code": "1113"}),
        (402, {"code": "insufficient_balance"}),
        (400, {"type": "invalid_request_error", "details": {"error_code": "credit_balance_too_low"}}),
    ],
)
def test_a_quota_that_is_used_up_ends_the_run(status: int, fields: dict[str, Any]) -> None:
    outcome, seen = asked(error_of(status, **fields))
    assert type(outcome) is AuthenticationError
    assert not outcome.retryable
    assert "quota" in str(outcome)
    assert len(seen) == 1


def test_a_rate_limit_is_no_used_up_quota() -> None:
    outcome, _ = asked(error_of(429, code="rate_limit_exceeded", type="requests"))
    assert type(outcome) is RateLimitError
    assert outcome.retryable


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "content_filter", "innererror": {"code": "ResponsibleAIPolicyViolation"}},
        {"code": "invalid_request_error", "innererror": {"code": "ResponsibleAIPolicyViolation"}},
        {"code": "data_inspection_failed"},
        {"code": "1301"},
        {"type": "content_policy_violation"},
        {"code": None, "details": [{"reason": "SAFETY"}]},
        {"code": "invalid_prompt"},
    ],
)
def test_a_content_filter_is_a_reply(fields: dict[str, Any]) -> None:
    outcome, seen = asked(error_of(400, **fields))
    assert isinstance(outcome, Reply)
    assert outcome.finish_reason == "content_filter"
    assert len(seen) == 1


def test_another_bad_request_stays_one() -> None:
    outcome, seen = asked(
        error_of(400, code="context_length_exceeded", message="max_tokens is too large: 50."), max_tokens=50
    )
    assert type(outcome) is RequestError
    assert len(seen) == 1


def without(name: str, message: str, **fields: Any) -> Callable[[dict[str, Any]], Answer]:
    """A model that refuses one parameter."""

    def answer(body: dict[str, Any]) -> Answer:
        return (400, {"error": {"message": message, **fields}}) if name in body else (200, SAID)

    return answer


@pytest.mark.parametrize(
    ("name", "message", "fields"),
    [
        ("max_tokens", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", {"code": "unsupported_parameter", "param": "max_tokens"}),
        ("temperature", "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.", {"code": "unsupported_value", "param": "temperature"}),
        ("temperature", "`temperature` is deprecated for this model.", {"type": "invalid_request_error"}),
        ("seed", "Unrecognized request argument supplied: seed", {"type": "invalid_request_error"}),
        ("seed", "Extra inputs are not permitted, field: 'seed', value: 3", {}),
        ("stop", "Unsupported parameter: 'stop' is not supported with this model.", {"param": "stop"}),
    ],
)  # fmt: skip
def test_a_parameter_that_is_refused_is_left_out_and_remembered(
    name: str, message: str, fields: dict[str, Any]
) -> None:
    with pytest.warns(UserWarning, match=f"refuses {name}"):
        outcome, seen = asked(without(name, message, **fields), 2, max_tokens=90, temperature=0.2, seed=3, stop=("##",))
    assert outcome.text == "Nine litres."
    assert [name in body for body in seen] == [True, False, False]
    if name == "max_tokens":
        assert seen[-1]["max_completion_tokens"] == 90
    else:
        assert seen[-1]["max_tokens"] == 90


@pytest.mark.parametrize(
    "message",
    [
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        "System role not supported",
        "Developer instruction is not enabled for models/gemma",
        "Conversation roles must alternate user/assistant/user/assistant/...",
    ],
)
def test_a_system_message_that_is_refused_goes_before_the_users(message: str) -> None:
    def answer(body: dict[str, Any]) -> Answer:
        if any(one["role"] == "system" for one in body["messages"]):
            return 400, {"error": {"message": message, "type": "invalid_request_error"}}
        return 200, SAID

    with pytest.warns(UserWarning, match="role system"):
        outcome, seen = asked(answer, 2)
    assert outcome.text == "Nine litres."
    assert len(seen) <= 4
    assert seen[-1]["messages"] == [{"role": "user", "content": "Be brief.\n\nHow much oil?"}]


def test_several_refusals_are_learnt_one_by_one_and_an_endless_one_ends() -> None:
    def picky(body: dict[str, Any]) -> Answer:
        for name in ("temperature", "max_tokens", "max_completion_tokens"):
            if name in body:
                return 400, {"error": {"message": f"Unsupported parameter: '{name}'", "param": name}}
        return 200, SAID

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcome, seen = asked(picky, 1, max_tokens=9, temperature=0.1)
        assert outcome.text == "Nine litres."
        assert len(seen) == 4
        outcome, seen = asked(
            lambda body: (400, {"error": {"message": "Unsupported parameter: 'top_k'"}}), 1, max_tokens=9
        )
    assert type(outcome) is RequestError
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("message", "finish", "told"),
    [
        ({"role": "assistant", "content": "", "reasoning_content": "Hm."}, "length", "reasons and comes to no reply"),
        ({"role": "assistant", "content": "<think>Hm"}, "length", "reasons and comes to no reply"),
        ({"role": "assistant", "content": "Nine lit"}, "length", "cut off"),
    ],
)
def test_cut_replies_say_which_limit_to_raise(message: dict[str, str], finish: str, told: str) -> None:
    value = {**SAID, "choices": [{"index": 0, "finish_reason": finish, "message": message}]}
    with pytest.warns(UserWarning, match=rf"{told}.*max_tokens \(400\).*--model-option max_tokens=4000"):
        asked(lambda body: (200, value), 2, max_tokens=400)


def test_no_warning_about_costs_where_a_price_is_given() -> None:
    # A name of its own: a router of another test makes LiteLLM believe that its deployments cost nothing.
    with serving(lambda body: (200, {**SAID, "model": "model-without-a-price"})) as (url, _):
        completer = litellm_completer("openai/model-without-a-price", api_base=url, api_key="k")
        completer.price_is_given()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert completer.complete(request()).usage.cost is None
        with pytest.warns(UserWarning, match="--price IN,OUT"):
            litellm_completer("openai/model-without-a-price", api_base=url, api_key="k").complete(request())


def test_codes_are_found_wherever_a_client_keeps_them() -> None:
    class Inner(Exception):
        body = {"error": {"code": "insufficient_quota"}}  # noqa: RUF012

    class WithText(Exception):
        message = 'Error code: 400 - {"error": {"innererror": {"code": "ResponsibleAIPolicyViolation"}}}'

    wrapped = RuntimeError("it failed")
    wrapped.__cause__ = ValueError("again")
    wrapped.__cause__.__cause__ = Inner()
    assert quota_used_up(wrapped)
    assert held_back(WithText())
    assert codes(ValueError("plain")) == frozenset()
    assert refused_parameter(ValueError("temperature is high today"), ("temperature",)) is None
