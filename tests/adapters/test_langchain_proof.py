"""A model may hide anywhere in a guarded chain: it is refused when the chain is made, or when it starts; never sent."""

from __future__ import annotations

import asyncio
import functools
import importlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

pytest.importorskip("langchain_core", reason="the extra 'langchain' is not installed")

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import ConfigurableField, RunnableGenerator, RunnableLambda, RunnablePassthrough
from langchain_core.tools import tool
from langgraph.graph import END, START, StateGraph
from selfstudy_guard_langchain import GuardedChatModel, guard_chain
from typing_extensions import TypedDict

from selfstudy_guard import Guard
from selfstudy_guard.errors import UnguardedCallError
from tests.adapters.test_langchain import QUESTION, Wire
from tests.test_guard import HARBOUR, PLANTED, TEXT

PROMPT = ChatPromptTemplate.from_messages([("human", "<text>{context}</text>\n\nQuestion: {question}")])
INPUT = {"context": TEXT, "question": QUESTION}
WAYS = ("invoke", "ainvoke", "batch", "abatch", "stream", "astream")


class Spy(Wire):
    """A model whose sent bytes are seen wherever it hides."""

    sent: ClassVar[list[bytes]] = []

    def get_token_ids(self, text: str) -> list[int]:
        return list(range(len(text.split())))

    def _answer(self, messages: Any) -> str:
        said = super()._answer(messages)
        Spy.sent.append(self._sent[-1])
        return said


@pytest.fixture(autouse=True)
def nothing_sent() -> None:
    Spy.sent.clear()


class Service:
    """Holds a model where a look at functions does not see it."""

    def __init__(self) -> None:
        self.llm = Spy()

    def summarise(self, value: dict[str, Any]) -> Any:
        return self.llm.invoke(f"Summarise:\n{value['context']}").content

    __call__ = summarise


@dataclass
class Held:
    llm: BaseChatModel

    def go(self, value: dict[str, Any]) -> Any:
        return self.llm.invoke(value["context"])


class Slotted:
    __slots__ = ("llm",)

    def __init__(self) -> None:
        self.llm = Spy()

    def go(self, value: dict[str, Any]) -> Any:
        return self.llm.invoke(value["context"])


class Lazy:
    """Makes its model when it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        if name != "llm":
            raise AttributeError(name)
        return getattr(importlib.import_module(__name__), "S" + "py")()

    def go(self, value: dict[str, Any]) -> Any:
        return self.llm.invoke(value["context"])


SERVICE, REGISTRY = Service(), {"summary": [Service()]}


def by_global(value: dict[str, Any]) -> Any:
    return SERVICE.summarise(value)


def by_registry(value: dict[str, Any]) -> Any:
    return REGISTRY["summary"][0].summarise(value)


def by_name(value: dict[str, Any]) -> Any:
    return getattr(importlib.import_module(__name__), "S" + "py")().invoke(value["context"])


def by_class(value: dict[str, Any]) -> Any:
    return Spy().invoke(value["context"])


def with_own_config(value: dict[str, Any]) -> Any:
    return Lazy().llm.invoke(value["context"], config={"callbacks": [], "metadata": {}})


def in_a_thread(value: dict[str, Any]) -> Any:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            Lazy().go(value)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


def streamed(value: dict[str, Any]) -> Any:
    return "".join(piece.content for piece in Lazy().llm.stream(value["context"]))


async def awaited(value: dict[str, Any]) -> Any:
    return await Lazy().llm.ainvoke(value["context"])


@tool
def as_tool(context: str) -> str:
    """Summarise."""
    return str(Lazy().llm.invoke(context).content)


def deep(value: dict[str, Any], left: int = 12) -> Any:
    return Lazy().go(value) if left == 0 else functools.partial(deep, left=left - 1)(value)


def generated(pieces: Any) -> Any:
    for piece in pieces:
        yield Lazy().go(piece)


HIDING: dict[str, Any] = {
    "method of an instance": Service().summarise,
    "instance with __call__": RunnableLambda(Service().__call__),
    "dataclass": Held(Spy()).go,
    "slots": Slotted().go,
    "partial": functools.partial(Held.go, Held(Spy())),
    "global": by_global,
    "registry": by_registry,
    "class": by_class,
    "made by name": by_name,
    "made lazily": Lazy().go,
    "own config": with_own_config,
    "thread": in_a_thread,
    "stream inside": streamed,
    "deep": deep,
    "tool": RunnableLambda(lambda value: as_tool.invoke({"context": value["context"]})),
    "closure of a closure": (lambda llm: lambda value: (lambda: llm.invoke(value["context"]))())(Lazy().llm),
}


def chain_with(hiding: Any) -> Any:
    return RunnablePassthrough.assign(summary=hiding) | PROMPT | Spy() | StrOutputParser()


def run(chain: Any, way: str) -> Any:
    if way == "batch":
        return chain.batch([INPUT])
    if way == "stream":
        return list(chain.stream(INPUT))
    if way == "abatch":
        return asyncio.run(chain.abatch([INPUT]))
    if way == "ainvoke":
        return asyncio.run(chain.ainvoke(INPUT))
    if way == "astream":

        async def pieces() -> list[Any]:
            return [piece async for piece in chain.astream(INPUT)]

        return asyncio.run(pieces())
    return chain.invoke(INPUT)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("place", HIDING)
def test_a_hidden_model_sends_nothing(place: str, way: str) -> None:
    with Guard([HARBOUR]) as guard, pytest.raises(UnguardedCallError):
        run(guard_chain(chain_with(HIDING[place]), guard, purpose="answering"), way)
    assert not [body for body in Spy.sent if PLANTED.encode() in body], "the planted passage was sent"


def test_an_awaited_hidden_model_and_a_generator_send_nothing() -> None:
    with Guard([HARBOUR]) as guard:
        with pytest.raises(UnguardedCallError):
            asyncio.run(guard_chain(chain_with(RunnableLambda(awaited)), guard).ainvoke(INPUT))
        with pytest.raises(UnguardedCallError):
            guard_chain(RunnableGenerator(generated) | RunnableLambda(str) | Spy(), guard).invoke(INPUT)
    assert not Spy.sent


def graph_with(node: Callable[[dict[str, Any]], Any] | Any) -> Any:
    class State(TypedDict, total=False):
        context: str
        question: str
        summary: Any

    graph = StateGraph(State)
    graph.add_node("summarise", node)
    graph.add_edge(START, "summarise")
    graph.add_edge("summarise", END)
    return graph.compile()


def by_chain(state: dict[str, Any]) -> Any:
    return {"summary": (PROMPT | Lazy().llm | StrOutputParser()).invoke(state)}


def by_pieces(state: dict[str, Any]) -> Any:
    messages = PROMPT.invoke(state).to_messages()
    return {"summary": "".join(piece.content for piece in Lazy().llm.stream(messages))}


async def by_awaited_pieces(state: dict[str, Any]) -> Any:
    pieces = [piece.content async for piece in Lazy().llm.astream(PROMPT.invoke(state).to_messages())]
    return {"summary": "".join(map(str, pieces))}


async def by_await(state: dict[str, Any]) -> Any:
    return {"summary": (await Lazy().llm.ainvoke(PROMPT.invoke(state))).content}


class Worker:
    def __init__(self) -> None:
        self.llm = Spy()
        self.calls = 0

    def helped(self, state: dict[str, Any]) -> str:
        self.calls += 1
        return str(self.llm.invoke(PROMPT.invoke(state)).content)

    def go(self, state: dict[str, Any]) -> Any:
        return {"summary": self.helped(state)}

    __call__ = go


def by_subgraph(state: dict[str, Any]) -> Any:
    return {"summary": graph_with(by_chain).invoke(state)["summary"]}


def by_batch(state: dict[str, Any]) -> Any:
    return {"summary": Lazy().llm.batch([PROMPT.invoke(state)])[0].content}


def by_retries(state: dict[str, Any]) -> Any:
    bound = Lazy().llm.bind(stop=["\n"]).with_retry().with_config(tags=["t"])
    return {"summary": bound.with_fallbacks([Spy()]).invoke(PROMPT.invoke(state)).content}


WORKER = Worker()
NODES: dict[str, Any] = {
    "global": lambda state: WORKER.go(state),
    "method": WORKER.go,
    "object": Worker(),
    "closure": (lambda llm: lambda state: {"summary": llm.invoke(PROMPT.invoke(state)).content})(Spy()),
    "class": lambda state: {"summary": Spy().invoke(PROMPT.invoke(state)).content},
    "chain inside": by_chain,
    "stream inside": by_pieces,
    "awaited": by_await,
    "awaited stream": by_awaited_pieces,
    "graph inside": by_subgraph,
    "graph as node": graph_with(by_chain),
    "batch inside": by_batch,
    "bound, retried": by_retries,
    "lambda step": RunnableLambda(by_chain).with_config(tags=["t"]),
    "function in a chain": RunnablePassthrough() | RunnableLambda(by_chain) | RunnablePassthrough(),
    "partial": functools.partial(Worker.go, Worker()),
}


@pytest.mark.parametrize("way", ["invoke", "ainvoke", "stream", "astream"])
@pytest.mark.parametrize("node", NODES)
def test_models_that_functions_of_a_graph_call_are_guarded(node: str, way: str) -> None:
    if node.startswith("awaited") and way in ("invoke", "stream"):
        pytest.skip("an async node has no sync form")
    with Guard([HARBOUR]) as guard:
        run(guard_chain(graph_with(NODES[node]), guard, purpose="answering"), way)
        assert guard.balance.answered == 1
    assert len(Spy.sent) == 1
    assert PLANTED.encode() not in Spy.sent[0]
    assert b"red granite" in Spy.sent[0]


def test_a_graph_keeps_what_it_was_and_a_bare_one_is_left_alone() -> None:
    graph, worker = graph_with(WORKER.go), WORKER.calls
    with Guard([HARBOUR]) as guard:
        guard_chain(graph, guard, purpose="answering").invoke(INPUT)
        assert WORKER.calls == worker + 1, "the node's own object is at work"
        graph.invoke(INPUT)
        assert guard.notes.calls == 1
    assert PLANTED.encode() in Spy.sent[1]


def test_what_a_graph_cannot_guard_is_refused_or_raises() -> None:
    import httpx

    def posts(state: dict[str, Any]) -> Any:
        Spy()
        return {"summary": httpx.post("http://127.0.0.1:9/v1/chat/completions", json=state).text}

    def past(state: dict[str, Any]) -> Any:
        return {"summary": Lazy().llm.generate([[HumanMessage(state["context"])]])}

    class Routes(TypedDict, total=False):
        context: str
        question: str

    choosing = StateGraph(Routes)
    choosing.add_node("start", lambda state: {})
    choosing.add_edge(START, "start")
    choosing.add_conditional_edges("start", lambda state: str(Lazy().go(state)) and END, [END])
    for graph in (graph_with(posts), graph_with(in_a_thread), graph_with(past), choosing.compile()):
        with Guard([HARBOUR]) as guard, pytest.raises(UnguardedCallError):
            guard_chain(graph, guard, purpose="answering").invoke(INPUT)
    assert not Spy.sent


def test_a_graph_beside_a_visible_model_is_guarded() -> None:
    for node in (lambda state: {"summary": Lazy().go(state)}, lambda state: {"summary": SERVICE.summarise(state)}):
        Spy.sent.clear()
        with Guard([HARBOUR]) as guard:
            guard_chain(
                RunnablePassthrough.assign(x=graph_with(node)) | PROMPT | Spy(), guard, purpose="answering"
            ).invoke(INPUT)
        assert len(Spy.sent) == 2
        assert not [body for body in Spy.sent if PLANTED.encode() in body]


def test_models_in_the_nodes_of_a_compiled_graph_are_guarded() -> None:
    node = PROMPT | Spy() | StrOutputParser() | RunnableLambda(lambda text: {"summary": text})
    with Guard([HARBOUR]) as guard:
        guard_chain(graph_with(node), guard, purpose="answering").invoke(INPUT)
        assert guard.balance.answered == 1
    assert len(Spy.sent) == 1
    assert PLANTED.encode() not in Spy.sent[0]


def test_configurable_models_are_guarded_whichever_is_chosen() -> None:
    model = Spy().configurable_alternatives(ConfigurableField(id="which"), default_key="one", two=Spy())
    with Guard([HARBOUR]) as guard:
        chain = guard_chain(PROMPT | model, guard, purpose="answering")
        for which in ("one", "two"):
            chain.with_config(configurable={"which": which}).invoke(INPUT)
    assert len(Spy.sent) == 2
    assert not [body for body in Spy.sent if PLANTED.encode() in body]


def test_models_elsewhere_in_the_process_are_left_alone() -> None:
    other = Spy()
    with Guard([HARBOUR]) as guard:
        chain = guard_chain(PROMPT | Spy(), guard, purpose="answering")
        beside = RunnableLambda(lambda value: value)
        assert other.invoke("An unrelated prompt.").content
        guard_chain(beside | PROMPT | Spy(), guard, purpose="answering").invoke(INPUT)
        pieces = chain.stream(INPUT)
        next(iter(pieces))
        assert other.invoke(TEXT).content, "between two pieces the consumer's own calls are its own"
        list(pieces)


def test_a_guarded_chat_model_does_what_agents_ask_of_it() -> None:
    spy = Spy()
    with Guard([HARBOUR], unguarded="warn") as guard:
        model = GuardedChatModel(bound=spy, guard=guard, purpose="answering")
        messages = PROMPT.invoke(INPUT).to_messages()
        assert isinstance(model.invoke(messages), AIMessage)
        assert isinstance(asyncio.run(model.ainvoke(messages)), AIMessage)
        assert "".join(str(piece.content) for piece in model.stream(messages))
        assert model.get_num_tokens("one two") == spy.get_num_tokens("one two")
        assert model.generate_prompt([PROMPT.invoke(INPUT)]).generations
        assert guard_chain(PROMPT | model, guard).invoke(INPUT).content, "a guarded model is not refused in a chain"
        hidden = RunnableLambda(lambda value: model.invoke(messages).content)
        assert guard_chain(RunnablePassthrough.assign(x=hidden) | PROMPT | Spy(), guard).invoke(INPUT).content
        assert guard.balance.answered >= 1
    assert Spy.sent
    assert not [body for body in Spy.sent if PLANTED.encode() in body]


def test_messages_that_change_behind_the_guard_are_not_sent() -> None:
    class Adds(Spy):
        def _convert_input(self, model_input: Any) -> Any:
            from langchain_core.prompt_values import ChatPromptValue

            return ChatPromptValue(messages=[*super()._convert_input(model_input).to_messages(), HumanMessage(TEXT)])

    with Guard([HARBOUR]) as guard, pytest.raises(UnguardedCallError, match="other messages"):
        guard_chain(PROMPT | Adds(), guard, purpose="answering").invoke(INPUT)
    assert not Spy.sent
