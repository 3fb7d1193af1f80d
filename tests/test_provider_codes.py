"""What a provider means by an error is told by its codes, wherever a client library puts them."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from selfstudy_guard.engine.provider_codes import codes, held_back, quota_used_up, refused_parameter, without_system


class ClientError(Exception):
    """An error with the attributes that client libraries set."""

    def __init__(self, said: str = "Error code: 400", **attributes: Any) -> None:
        super().__init__(said)
        for name, value in attributes.items():
            setattr(self, name, value)


def wrapped(inner: Exception, times: int = 1) -> Exception:
    """`inner` as the cause of further errors."""
    for _ in range(times):
        try:
            raise RuntimeError("the call failed") from inner
        except RuntimeError as error:
            inner = error
    return inner


EMPTY = {"error": {"message": "You have no credit left.", "type": "insufficient_quota", "code": "insufficient_quota"}}
HELD = {"error": {"innererror": {"code": "ResponsibleAIPolicyViolation"}, "code": "BadRequest", "status": 400}}


@pytest.mark.parametrize(
    "error",
    [
        ClientError(body=EMPTY),
        ClientError(body=json.dumps(EMPTY)),
        ClientError(response=SimpleNamespace(text=f"HTTP 429 {json.dumps(EMPTY)}")),
        ClientError(message=f"OpenAIException - {json.dumps(EMPTY)}"),
        ClientError(code="insufficient_quota"),
        ClientError(type=" Insufficient_Quota "),
        ClientError(error_code=1113),
        wrapped(ClientError(body=[EMPTY]), 5),
    ],
)
def test_an_empty_account_is_known_wherever_its_code_stands(error: Exception) -> None:
    assert quota_used_up(error)
    assert not held_back(error)


def test_a_code_in_the_text_or_too_deep_is_no_code() -> None:
    assert not quota_used_up(ClientError("insufficient_quota is what this page is about"))
    assert not quota_used_up(wrapped(ClientError(body=EMPTY), 9))
    deep: Any = EMPTY
    for _ in range(8):
        deep = {"detail": deep}
    assert not quota_used_up(ClientError(body=deep))
    assert not quota_used_up(ClientError(message='{"code": "insufficient_quota"', code=True, type="x" * 200))


def test_a_response_that_was_not_read_is_no_error() -> None:
    class Unread:
        @property
        def text(self) -> str:
            raise RuntimeError("attempted to access streaming response content")

    assert codes(ClientError(response=Unread(), code=429)) == {"429"}


def test_a_content_filter_is_known_by_its_inner_code() -> None:
    assert held_back(ClientError(body=HELD))
    assert not quota_used_up(ClientError(body=HELD))


@pytest.mark.parametrize(
    ("error", "sent", "system", "expected"),
    [
        (ClientError(body={"error": {"code": "unsupported_parameter", "param": "top_p"}}), ["top_p"], False, "top_p"),
        (ClientError(body={"error": {"code": "unsupported_value", "param": "seed"}}), ["top_p"], False, None),
        (ClientError("Unrecognized request argument: `seed`"), ["seed", "top_p"], False, "seed"),
        (ClientError("max_tokens is not supported; use 'max_completion_tokens'"), ["max_tokens"], False, "max_tokens"),
        (ClientError("'response_format' is not supported"), ["response"], False, None),
        (ClientError("System role not supported"), ["top_p"], True, "system"),
        (ClientError("System role not supported"), ["top_p"], False, None),
        (ClientError("roles must alternate user/assistant"), [], True, "system"),
        (ClientError("The value of top_p must be at most 1"), ["top_p"], False, None),
        (ClientError("Rate limit reached"), ["top_p"], True, None),
    ],
)
def test_a_refused_parameter_is_named(error: Exception, sent: list[str], system: bool, expected: str | None) -> None:
    assert refused_parameter(error, sent, system=system) == expected


def test_a_system_message_moves_into_the_first_one_of_the_user() -> None:
    system, user = {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello."}
    assert without_system([system, user]) == [{"role": "user", "content": "Be brief.\n\nHello."}]
    assert without_system([system]) == [{"role": "user", "content": "Be brief."}]
    assert user == {"role": "user", "content": "Hello."}
