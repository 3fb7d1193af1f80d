"""A guarded chat model passes LangChain's standard unit tests, and agents and tools take it as any chat model."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("langchain_tests.unit_tests", reason="langchain-tests is not installed")

from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import tool
from langchain_core.utils.function_calling import convert_to_openai_tool
from langchain_tests.unit_tests import ChatModelUnitTests
from pydantic import BaseModel
from selfstudy_guard_langchain import GuardedChatModel

from selfstudy_guard import Guard
from selfstudy_guard.errors import UnguardedCallError
from tests.adapters.test_langchain import QUESTION, Wire
from tests.test_guard import HARBOUR, PLANTED, TEXT


class Calls(Wire):
    """Answers by the first tool that it is given."""

    model: str = "calls"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Runnable[Any, Any]:
        return self.bind(tools=[convert_to_openai_tool(one) for one in tools], **kwargs)

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        said = self._answer(messages)
        tools = kwargs.get("tools")
        done = any(message.type == "tool" for message in messages)
        if not tools or done:
            return ChatResult(generations=[ChatGeneration(message=AIMessage(said))])
        function = tools[0]["function"]
        call = {"name": function["name"], "args": dict.fromkeys(function["parameters"]["properties"], said), "id": "1"}
        return ChatResult(generations=[ChatGeneration(message=AIMessage("", tool_calls=[call]))])


class TestUnit(ChatModelUnitTests):
    """Construction, standard parameters, tools and structured output."""

    @property
    def chat_model_class(self) -> type:
        return GuardedChatModel

    @property
    def chat_model_params(self) -> dict:
        return {"bound": Calls(), "guard": Guard([HARBOUR], unguarded="warn")}

    @property
    def init_from_env_params(self) -> tuple[dict, dict, dict]:
        return {}, {}, {}


class Answer(BaseModel):
    """An answer."""

    answer: str


MESSAGES = [HumanMessage(f"<text>{TEXT}</text>\n\nQuestion: {QUESTION}")]


def test_structured_output_is_guarded_and_recorded() -> None:
    model = Calls()
    with Guard([HARBOUR]) as guard:
        shaped = GuardedChatModel(bound=model, guard=guard, purpose="answering").with_structured_output(Answer)
        assert isinstance(shaped.invoke(MESSAGES), Answer)
        raw = GuardedChatModel(bound=model, guard=guard, purpose="answering").with_structured_output(
            Answer, include_raw=True
        )
        assert isinstance(raw.invoke(MESSAGES)["parsed"], Answer)
        assert guard.balance.answered >= 1
    assert not [body for body in model._sent if PLANTED.encode() in body]


def test_an_agent_runs_on_a_guarded_chat_model() -> None:
    agents = pytest.importorskip("langchain.agents", reason="langchain is not installed")

    @tool
    def read(page: str) -> str:
        """Read a page."""
        return TEXT

    model = Calls()
    with Guard([HARBOUR], unguarded="warn") as guard:
        agent = agents.create_agent(GuardedChatModel(bound=model, guard=guard, purpose="filtering"), tools=[read])
        with pytest.warns(UserWarning, match="no registered document"):
            result = agent.invoke({"messages": [HumanMessage(QUESTION)]})
    assert result["messages"][-1].content
    assert len(model._sent) == 2
    assert not [body for body in model._sent if PLANTED.encode() in body]


def test_a_call_without_a_registered_document_is_refused() -> None:
    model = Calls()
    with Guard([HARBOUR]) as guard, pytest.raises(UnguardedCallError):
        GuardedChatModel(bound=model, guard=guard).invoke("What is new in town, and who says so? Tell me all of it.")
    assert not model._sent
