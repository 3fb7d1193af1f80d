"""The guardrail's own decisions, without a proxy round it."""

from __future__ import annotations

import base64
from typing import Any

import pytest

pytest.importorskip("litellm", reason="LiteLLM is not installed")
pytest.importorskip("fastapi", reason="the proxy's packages are not installed")

from selfstudy_guard_litellm.proxy import HTTPException, SelfStudyGuardrail

from tests.test_guard import HARBOUR, PLANTED, TEXT


async def sent(guardrail: SelfStudyGuardrail, messages: list[dict[str, Any]], **fields: Any) -> Any:
    data = {"model": "m", "messages": messages, **fields}
    return await guardrail.async_pre_call_hook(None, None, data, "completion")


ASKED = [{"role": "user", "content": f"Answer from the passage.\n\n{TEXT}"}]
OTHER = [{"role": "user", "content": "What is the capital of Norway?"}]
ENCODED = [*ASKED, {"role": "user", "content": base64.b64encode(TEXT.encode()).decode()}]


async def test_a_request_without_a_document_passes_only_where_that_is_set() -> None:
    assert (await sent(SelfStudyGuardrail([HARBOUR], unregistered="pass"), OTHER))["messages"] == OTHER
    with pytest.raises(HTTPException) as refused:
        await sent(SelfStudyGuardrail([HARBOUR]), OTHER)
    said = refused.value.detail["error"]
    assert "set `unregistered: pass`" in said
    assert "Guard(" not in said


@pytest.mark.parametrize("unregistered", ["refuse", "pass"])
async def test_what_cannot_be_read_beside_a_document_is_refused_whatever_passes_else(unregistered: str) -> None:
    """A request with a document may pass only filtered, also where requests without one may pass as they are."""
    guardrail = SelfStudyGuardrail([HARBOUR], unregistered=unregistered)
    with pytest.raises(HTTPException) as refused:
        await sent(guardrail, ENCODED)
    assert "set `opaque: pass`" in refused.value.detail["error"]
    with pytest.raises(HTTPException):
        await sent(guardrail, [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}])


async def test_a_document_in_the_open_is_filtered() -> None:
    data = await sent(SelfStudyGuardrail([HARBOUR], unregistered="pass"), ASKED)
    assert PLANTED not in str(data["messages"])
