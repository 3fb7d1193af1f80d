"""LangChain: every composition either filters a planted passage or raises; types and config pass through."""

from __future__ import annotations

import asyncio
import json
import pickle
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("langchain_core", reason="the extra 'langchain' is not installed")

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document as LCDocument
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, ToolMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.prompts import ChatPromptTemplate, PromptTemplate
from langchain_core.runnables import (
    RunnableBranch,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
)
from langchain_core.runnables.router import RouterRunnable
from pydantic import PrivateAttr
from selfstudy_guard_langchain import (
    AnchorQuestions,
    FilterInstructions,
    GuardedModel,
    InstructionFilterCompressor,
    InstructionFilterTransformer,
    SelfStudyGuardMiddleware,
    TrackCoverage,
    guard_chain,
)

from selfstudy_guard import Guard, generate
from selfstudy_guard.errors import InputError, UnguardedCallError
from selfstudy_guard.testing.reader import respond
from tests.test_guard import FACTS, HARBOUR, PLANTED, TEXT

QUESTION = "In which year was the lighthouse at Kalvø built?"


class Wire(BaseChatModel):
    """A chat model that keeps the bytes it would have sent."""

    fail_first: bool = False
    _sent: list[bytes] = PrivateAttr(default_factory=list)
    _configs: list[Any] = PrivateAttr(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "wire"

    def _answer(self, messages: list[BaseMessage]) -> str:
        plain = [{"role": "user" if m.type == "human" else m.type, "content": m.content} for m in messages]
        self._sent.append(json.dumps(plain, ensure_ascii=False).encode())
        if self.fail_first and len(self._sent) == 1:
            raise ConnectionError("down")
        return respond(plain)

    def _generate(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        message = AIMessage(content=self._answer(messages), response_metadata={"finish_reason": "stop"})
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[Any]:
        for word in self._answer(messages).split(" "):
            yield ChatGenerationChunk(message=AIMessageChunk(content=word + " "))


PROMPT = ChatPromptTemplate.from_messages(
    [("system", "Answer from the text."), ("human", "<text>{context}</text>\n\nQuestion: {question}")]
)
ASK = ChatPromptTemplate.from_messages([("human", "Write one question about this text:\n\n{context}")])


def compositions(model: Wire, spare: Wire) -> dict[str, Any]:
    return {
        "model alone": PROMPT | model,
        "parser": PROMPT | model | StrOutputParser(),
        "bind": PROMPT | model.bind(temperature=0) | StrOutputParser(),
        "with_config": PROMPT | model.with_config(tags=["a"]) | StrOutputParser(),
        "with_retry": PROMPT | model.with_retry(stop_after_attempt=2) | StrOutputParser(),
        "bind and retry": PROMPT | model.bind(temperature=0).with_retry(stop_after_attempt=2) | StrOutputParser(),
        "fallbacks": PROMPT | model.with_fallbacks([spare]) | StrOutputParser(),
        "chain with fallbacks": (PROMPT | model).with_fallbacks([PROMPT | spare]) | StrOutputParser(),
        "chain with retry": (PROMPT | model | StrOutputParser()).with_retry(stop_after_attempt=2),
        "assign": RunnablePassthrough.assign(answer=PROMPT | model | StrOutputParser()),
        "parallel": RunnableParallel(one=PROMPT | model, two=PROMPT | spare),
        "branch": RunnableBranch((lambda x: True, PROMPT | model), PROMPT | spare),
        "lambda before": RunnableLambda(lambda x: x) | PROMPT | model,
        "lambda after": PROMPT | model | RunnableLambda(lambda message: message),
        "router": RunnableLambda(lambda x: {"key": "a", "input": x}) | RouterRunnable({"a": PROMPT | model}),
        "string prompt": PromptTemplate.from_template("<text>{context}</text>\nQuestion: {question}") | model,
        "nested": (PROMPT | (model | StrOutputParser())) | RunnableLambda(str.strip),
        "map": RunnableLambda(lambda x: [x]) | (PROMPT | model).map(),
    }


def use(chain: Any, way: str) -> Any:
    value = {"context": TEXT, "question": QUESTION}
    if way == "invoke":
        return chain.invoke(value)
    if way == "batch":
        return chain.batch([value, value])
    if way == "stream":
        return list(chain.stream(value))
    if way == "ainvoke":
        return asyncio.run(chain.ainvoke(value))
    if way == "abatch":
        return asyncio.run(chain.abatch([value, value]))

    async def pieces() -> list[Any]:
        return [piece async for piece in chain.astream(value)]

    return asyncio.run(pieces())


@pytest.mark.parametrize("way", ["invoke", "batch", "stream", "ainvoke", "abatch", "astream"])
@pytest.mark.parametrize("name", sorted(compositions(Wire(), Wire())))
def test_no_composition_lets_a_planted_passage_through(name: str, way: str) -> None:
    model, spare = Wire(), Wire()
    with Guard([HARBOUR]) as guard:
        use(guard_chain(compositions(model, spare)[name], guard), way)
    sent = [*model._sent, *spare._sent]
    assert sent
    for body in sent:
        assert b"BANANA" not in body
        assert FACTS[0].split(" from")[0].encode() in body
        assert QUESTION.encode() in body


def hidden_in_closure(model: Wire) -> Any:
    return RunnableLambda(lambda value: model.invoke(str(value)))


def hidden_in_default(model: Wire) -> Any:
    def call(value: Any, inner: Any = model) -> Any:
        return inner.invoke(str(value))

    return RunnableLambda(call)


def hidden_client(model: Wire) -> Any:
    def call(value: Any) -> Any:
        import litellm

        return litellm.completion(model="m", messages=[{"role": "user", "content": str(value)}])

    return PROMPT | model | RunnableLambda(call)


def hidden_method(model: Wire) -> Any:
    class Holder:
        def __init__(self) -> None:
            self.chain = PROMPT | model

        def __call__(self, value: Any) -> Any:
            return self.chain.invoke(value)

    return RunnableLambda(Holder().__call__)


@pytest.mark.parametrize("hide", [hidden_in_closure, hidden_in_default, hidden_client, hidden_method])
def test_a_model_where_it_cannot_be_guarded_is_refused(hide: Callable[[Wire], Any]) -> None:
    model = Wire()
    with Guard([HARBOUR]) as guard, pytest.raises(UnguardedCallError):
        guard_chain(hide(model), guard)
    assert not model._sent


def test_a_chain_without_a_model_is_refused_and_so_is_anything_else() -> None:
    with Guard([HARBOUR]) as guard:
        with pytest.raises(UnguardedCallError, match="no model was found"):
            guard_chain(PROMPT | StrOutputParser(), guard)
        with pytest.raises(InputError, match="no runnable"):
            guard_chain(lambda x: x, guard)  # type: ignore[arg-type]


def test_a_lambda_that_calls_a_guarded_function_passes() -> None:
    model = Wire()
    with Guard([HARBOUR]) as guard:
        call = guard.answering(model.invoke)
        chain = guard_chain(RunnableLambda(lambda value: call(value)) | ASK | model, guard, purpose="asking")
        assert isinstance(chain.bound.steps[-1], GuardedModel)


def test_an_input_without_a_registered_document_raises_and_sends_nothing() -> None:
    model = Wire()
    with Guard([HARBOUR]) as guard:
        chain = guard_chain(PROMPT | model, guard)
        with pytest.raises(UnguardedCallError):
            chain.invoke({"context": "Another text that nobody registered anywhere.", "question": QUESTION})
        with pytest.raises(UnguardedCallError):
            list(chain.stream({"context": "Another text that nobody registered.", "question": QUESTION}))
    assert not model._sent


def test_asking_and_answering_chains_make_records_and_leave_the_given_chain_alone() -> None:
    model = Wire()
    ask, answer = ASK | model | StrOutputParser(), PROMPT | model | StrOutputParser()
    with Guard([HARBOUR]) as guard:
        asking, answering = guard_chain(ask, guard, purpose="asking"), guard_chain(answer, guard, purpose="answering")
        for _ in range(3):
            question = asking.invoke({"context": TEXT})
            answering.invoke({"context": TEXT, "question": question})
        assert guard.balance.answered == 3
        assert len({record.target.start for record in guard.records}) == 3
        assert guard.coverage().coverage > 0.5
    assert ask.steps[1] is model


def test_retries_and_fallbacks_work_inside_the_guard() -> None:
    model, spare = Wire(fail_first=True), Wire()
    with Guard([HARBOUR]) as guard:
        guard_chain(PROMPT | model.with_fallbacks([spare]), guard).invoke({"context": TEXT, "question": QUESTION})
        assert len(spare._sent) == 1
        assert not any(b"BANANA" in body for body in (*model._sent, *spare._sent))


def test_callbacks_tags_and_metadata_reach_the_model() -> None:
    seen: list[Any] = []

    class Handler(BaseCallbackHandler):
        def on_chat_model_start(
            self, serialized: Any, messages: Any, *, tags: Any = None, metadata: Any = None, **kwargs: Any
        ) -> None:
            seen.append((tags, metadata))

    with Guard([HARBOUR]) as guard:
        chain = guard_chain(PROMPT | Wire(), guard)
        config = {"callbacks": [Handler()], "tags": ["mine"], "metadata": {"run": 7}}
        chain.invoke({"context": TEXT, "question": QUESTION}, config=config)
    assert "mine" in seen[0][0]
    assert seen[0][1]["run"] == 7


@pytest.mark.parametrize("mode", ["remove", "mask"])
def test_filter_instructions_returns_the_type_that_came_in(mode: Any) -> None:
    step = FilterInstructions(mode=mode, document_key="context")
    assert "BANANA" not in step.invoke(TEXT)
    document = step.invoke(LCDocument(page_content=TEXT, metadata={"source": "a"}))
    assert isinstance(document, LCDocument)
    assert document.metadata["source"] == "a"
    assert document.metadata["selfstudy_guard"]["findings"][0]["quote"].startswith("Ignore")
    assert "BANANA" not in document.page_content
    value = step.invoke({"context": [LCDocument(page_content=TEXT), TEXT], "question": PLANTED})
    assert "BANANA" not in value["context"][0].page_content + value["context"][1]
    assert value["question"] == PLANTED, "only the document is touched"
    assert [("BANANA" in text) for text in step.batch([TEXT, "A quiet sentence about lamps."])] == [False, False]
    assert asyncio.run(step.ainvoke(TEXT)) == step.invoke(TEXT)
    assert "".join(step.stream(TEXT)) == step.invoke(TEXT)


def test_filter_instructions_refuses_what_it_cannot_tell_apart() -> None:
    prompt = PROMPT.invoke({"context": TEXT, "question": QUESTION})
    for value in (prompt, prompt.to_messages(), prompt.to_messages()[0], [{"role": "user", "content": TEXT}]):
        with pytest.raises(UnguardedCallError, match="before the prompt"):
            FilterInstructions().invoke(value)
    with pytest.raises(InputError, match="document_key"):
        FilterInstructions().invoke({"context": TEXT})
    with pytest.raises(InputError, match="'text'"):
        FilterInstructions(document_key="text").invoke({"context": TEXT})
    with pytest.raises(InputError, match="int"):
        FilterInstructions().invoke(3)
    with Guard([HARBOUR]) as guard:
        filtered = FilterInstructions(guard=guard).invoke(prompt)
        assert type(filtered) is type(prompt)
        assert "BANANA" not in filtered.to_string()
        assert "Answer from the text." in filtered.to_string()


def test_filter_instructions_can_be_pickled_before_and_after_use() -> None:
    step = FilterInstructions(mode="mask", document_key="context")
    for _ in range(2):
        again = pickle.loads(pickle.dumps(step))  # our own object
        assert again.invoke({"context": TEXT}) == step.invoke({"context": TEXT})


def test_steps_with_a_guard_in_memory_can_be_pickled_and_one_with_a_run_folder_says_why_not(tmp_path: Any) -> None:
    prompt = ASK.invoke({"context": TEXT})
    with Guard([HARBOUR], seed=3) as guard:
        for held in (FilterInstructions(guard=guard), AnchorQuestions(guard=guard)):
            again = pickle.loads(pickle.dumps(held))  # our own object
            assert again.invoke(prompt) == held.invoke(prompt)
            assert "BANANA" not in again.invoke(prompt).to_string()
        counting = pickle.loads(pickle.dumps(TrackCoverage(guard=guard)))
        counting.invoke(QUESTION)
        assert counting.guard.coverage().questions == 1
        assert guard.coverage().questions == 0
        model = pickle.loads(pickle.dumps(GuardedModel(bound=Wire(), guard=guard)))
        model.invoke(PROMPT.invoke({"context": TEXT, "question": QUESTION}))
        assert not any(b"BANANA" in body for body in model.bound._sent)
    with Guard([HARBOUR], out=tmp_path / "run") as guard, pytest.raises(InputError, match="only one process may write"):
        pickle.dumps(TrackCoverage(guard=guard))


def test_anchor_and_track_in_a_chain_of_ones_own() -> None:
    model = Wire()
    with Guard([HARBOUR]) as guard:
        chain = ASK | AnchorQuestions(guard=guard) | model | StrOutputParser() | TrackCoverage(guard=guard)
        questions = [chain.invoke({"context": TEXT}) for _ in range(3)]
        assert all(isinstance(question, str) for question in questions)
        assert not any(b"BANANA" in body for body in model._sent)
        anchors = {body.split(b"what this part of the text says")[1][:80] for body in model._sent}
        assert len(anchors) == 3
        assert guard.coverage().questions == 3
        with pytest.raises(InputError, match="document_key"):
            AnchorQuestions(guard=guard).invoke({"prompt": TEXT})
        with pytest.raises(InputError, match="question"):
            TrackCoverage(guard=guard).invoke({"q": "?"})


def test_transformer_and_compressor_keep_order_and_say_what_they_took() -> None:
    documents = [LCDocument(page_content=TEXT), LCDocument(page_content="The tide turns at noon.", metadata={"n": 2})]
    made = InstructionFilterTransformer().transform_documents(documents)
    assert [("BANANA" in one.page_content) for one in made] == [False, False]
    assert made[1].page_content == "The tide turns at noon."
    assert documents[0].page_content == TEXT
    assert pickle.loads(pickle.dumps(InstructionFilterTransformer(mode="mask"))).transform_documents(documents)
    compressor = InstructionFilterCompressor()
    kept = compressor.compress_documents([*documents, LCDocument(page_content=PLANTED)], QUESTION)
    assert len(kept) == 2
    assert asyncio.run(compressor.acompress_documents(documents, QUESTION)) == compressor.compress_documents(
        documents, QUESTION
    )


@pytest.mark.parametrize("way", ["invoke", "ainvoke"])
def test_the_middleware_filters_what_tools_bring_in(way: str) -> None:
    agents = pytest.importorskip("langchain.agents", reason="langchain is not installed")
    model = Wire()
    agent = agents.create_agent(model, tools=[], middleware=[SelfStudyGuardMiddleware()])
    call = {"name": "read", "args": {}, "id": "1", "type": "tool_call"}
    state = {
        "messages": [
            HumanMessage(QUESTION),
            AIMessage("", tool_calls=[call]),
            ToolMessage(TEXT, tool_call_id="1"),
        ]
    }
    result = agent.invoke(state) if way == "invoke" else asyncio.run(agent.ainvoke(state))
    assert model._sent
    assert not any(b"BANANA" in body for body in model._sent)
    assert any("BANANA" in str(message.content) for message in result["messages"]), "the agent's state stays raw"


NESTED = {
    "search result": [{"type": "search_result", "source": "a", "content": [{"type": "text", "text": TEXT}]}],
    "document": [{"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": TEXT}}],
    "tool result": [{"type": "tool_result", "tool_use_id": "1", "content": [{"type": "text", "text": TEXT}]}],
    "json part": [{"type": "json", "json": {"page": 1, "text": TEXT}}],
    "json text": json.dumps({"page": 1, "rows": [{"text": TEXT}], "next": None}),
    "json list": json.dumps([TEXT, 2]),
    "list of strings": [TEXT],
}


@pytest.mark.parametrize("content", NESTED.values(), ids=NESTED)
def test_nested_tool_results_keep_their_form_and_lose_only_the_order(content: Any) -> None:
    message = SelfStudyGuardMiddleware()._message(ToolMessage(content, tool_call_id="1"))
    shown = message.content if isinstance(message.content, str) else json.dumps(message.content, ensure_ascii=False)
    assert "BANANA" not in shown
    assert all(fact in shown for fact in FACTS)
    if isinstance(content, str):
        assert type(json.loads(shown)) is type(json.loads(content))
    else:
        assert [set(part) if isinstance(part, dict) else str for part in message.content] == [
            set(part) if isinstance(part, dict) else str for part in content
        ]


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image", "base64": "AAAA"},
        {"type": "file", "file_id": "x"},
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "AAAA"}},
        {"type": "tool_result", "content": [{"type": "image_url", "image_url": {"url": "data:x"}}]},
    ],
)
def test_parts_that_nobody_can_look_into_are_refused(part: Any) -> None:
    with pytest.raises(UnguardedCallError, match="cannot be filtered"):
        SelfStudyGuardMiddleware()._message(ToolMessage([part], tool_call_id="1"))


def test_structured_output_by_tool_call_is_read_like_text() -> None:
    class Calls(Wire):
        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
            said = self._answer(messages)
            call = {"name": "Q", "args": {"question": said}, "id": "1", "type": "tool_call"}
            return ChatResult(generations=[ChatGeneration(message=AIMessage("", tool_calls=[call]))])

    model = Calls()
    with Guard([HARBOUR]) as guard:
        chain = guard_chain(ASK | model, guard, purpose="asking")
        assert chain.invoke({"context": TEXT}).tool_calls
        assert len(model._sent) == 1, "a good reply is not asked for again"
        assert guard.balance.rejected == 0
        assert guard.balance.pending == 1


def test_the_middleware_with_a_guard_filters_registered_documents_anywhere() -> None:
    agents = pytest.importorskip("langchain.agents", reason="langchain is not installed")
    model = Wire()
    with Guard([HARBOUR]) as guard:
        agent = agents.create_agent(
            model, tools=[], system_prompt=f"Background: {TEXT}", middleware=[SelfStudyGuardMiddleware(guard)]
        )
        agent.invoke({"messages": [HumanMessage(QUESTION)]})
        agent.invoke({"messages": [HumanMessage(f"{TEXT}\n\n{QUESTION}")]})
    assert len(model._sent) == 2
    assert not any(b"BANANA" in body for body in model._sent)


def test_any_chat_model_is_a_completer() -> None:
    run = generate([HARBOUR], model=Wire(), n=4)
    assert run.balance.answered >= 3
    assert run.balance.closes


def test_a_judge_is_asked_through_the_chains_own_model() -> None:
    class Judging(Wire):
        def _answer(self, messages: list[BaseMessage]) -> str:
            said = super()._answer(messages)
            return "ORDER" if "You check passages" in str(messages[0].content) else said

    doubtful = PLANTED.replace("Ignore", "Do ignore")
    document = HARBOUR.model_copy(update={"text": TEXT.replace(PLANTED, doubtful)})
    for run in (lambda chain, value: chain.invoke(value), lambda chain, value: asyncio.run(chain.ainvoke(value))):
        model = Judging()
        guard = Guard([document], judge=True, judge_band=(0.01, 1.0), withhold=None)
        chain = guard_chain(PROMPT | model | StrOutputParser(), guard, purpose="answering")
        run(chain, {"context": document.text, "question": QUESTION})
        asked = [sent for sent in model._sent if b"You check passages" in sent]
        assert 1 <= len(asked) == len(model._sent) - 1
        assert all(len(json.loads(sent)) == 1 for sent in asked)
        assert "BANANA" not in model._sent[-1].decode()
    streamed = guard_chain(PROMPT | Judging(), Guard([document], judge=True, judge_band=(0.01, 1.0), withhold=None))
    with pytest.raises(InputError, match="streams"):
        list(streamed.stream({"context": document.text, "question": QUESTION}))
    with pytest.raises(InputError, match="judge=MODEL"):
        FilterInstructions(guard=Guard([document], judge=True)).invoke(
            PROMPT.invoke({"context": document.text, "question": QUESTION})
        )


class Picky(Wire):
    """A model that refuses some options and the system role, as some services do."""

    refuses: tuple[str, ...] = ()

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        given = {**kwargs, **({"stop": stop} if stop else {})}
        for name in self.refuses:
            if name in given or (name == "system" and any(one.type == "system" for one in messages)):
                error = ValueError(f"Unsupported parameter: '{name}' is not supported with this model.")
                if name == "system":
                    error = ValueError("System role not supported")
                error.status_code = 400  # type: ignore[attr-defined]
                raise error
        return super()._generate(messages, stop, run_manager)


@pytest.mark.parametrize("refuses", [("temperature",), ("seed", "max_tokens"), ("stop",), ("system",)])
def test_what_a_model_refuses_is_left_out_and_remembered(refuses: tuple[str, ...]) -> None:
    from selfstudy_guard_langchain.completers import LangChainCompleter

    from selfstudy_guard.records import Message, Request

    completer = LangChainCompleter(Picky(refuses=refuses), temperature=0.1, seed=3, max_tokens=50)
    said = (Message(role="system", content="Be brief."), Message(role="user", content=f"{TEXT}\n\n{QUESTION}"))
    request = Request(purpose="answer", messages=said, stop=("##",))
    with pytest.warns(UserWarning, match="refuses"):
        assert completer.complete(request).text
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert asyncio.run(completer.acomplete(request)).text
