"""LangChain chat models: a used-up quota and a content filter are told by their codes, wherever a client keeps them."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("langchain_core")

from langchain_core.runnables import RunnableLambda
from selfstudy_guard_langchain.completers import langchain_completer

from selfstudy_guard.errors import AuthenticationError, RateLimitError
from selfstudy_guard.records import Message, Reply, Request

ASKED = Request(purpose="answer", messages=(Message(role="user", content="How much oil?"),))


class ClientError(Exception):
    def __init__(self, status: int, body: Any, code: str | None = None) -> None:
        super().__init__("the provider refused")
        self.status_code, self.body, self.code = status, body, code


def outcome(error: Exception, cause: Exception | None = None) -> Any:
    def fail(messages: Any) -> Any:
        raise error from cause

    try:
        return langchain_completer(RunnableLambda(fail)).complete(ASKED)
    except Exception as raised:
        return raised


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (ClientError(429, {"error": {"code": "insufficient_quota"}}), None),
        (ClientError(429, None, code="insufficient_quota"), None),
        (ClientError(400, [{"error": {"type": "billing_not_active"}}]), None),
        (RuntimeError("wrapped"), ClientError(402, {"code": "insufficient_balance"})),
    ],
)
def test_a_quota_that_is_used_up(error: Exception, cause: Exception | None) -> None:
    found = outcome(error, cause)
    assert type(found) is AuthenticationError
    assert not found.retryable
    assert "quota" in str(found)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (ClientError(400, {"error": {"code": "content_filter"}}), None),
        (ClientError(400, {"innererror": {"code": "ResponsibleAIPolicyViolation"}}), None),
        (ValueError("wrapped"), ClientError(400, {"error": {"code": "data_inspection_failed"}})),
    ],
)
def test_a_content_filter_is_a_reply(error: Exception, cause: Exception | None) -> None:
    found = outcome(error, cause)
    assert isinstance(found, Reply)
    assert found.finish_reason == "content_filter"


def test_a_rate_limit_stays_one() -> None:
    assert type(outcome(ClientError(429, {"error": {"code": "rate_limit_exceeded"}}))) is RateLimitError
