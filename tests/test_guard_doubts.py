"""What a guard cannot read it refuses, what it doubts it filters and says so, and what was paid for is never lost."""

from __future__ import annotations

import base64
import codecs
import contextlib
import json
import warnings
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest

from selfstudy_guard import Document, Guard
from selfstudy_guard.errors import InputError, UnguardedCallError
from selfstudy_guard.guard import GuardWarning, UnguardedCallWarning
from tests.test_guard import ASK, FACTS, HARBOUR, PLANTED, TEXT, Model, answer_messages, question_messages

QUESTION = "In which year was the lighthouse at Kalvø built?"


class Thing:
    def __init__(self) -> None:
        self.body = TEXT


def deep(value: Any, levels: int) -> Any:
    for _ in range(levels):
        value = [value]
    return value


BESIDE: dict[str, Any] = {
    "pdf": {"type": "file", "file": {"file_data": "data:application/pdf;base64,AAAA"}},
    "image": {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
    "input image": {"type": "input_image", "image_url": "https://pictures.example/a.png"},
    "anthropic document": {"type": "document", "source": {"type": "base64", "data": "AAAA"}},
    "file id": {"type": "input_file", "file_id": "file-1"},
    "audio": {"type": "input_audio", "input_audio": {"data": "AAAA"}},
    "gemini inline": {"inline_data": {"mime_type": "image/png", "data": "AAAA"}},
    "bytes": {"type": "text", "data": b"AAAA"},
    "object": Thing(),
    "deep": {"type": "text", "more": deep("a text that stands very deep down here", 14)},
}


@pytest.mark.parametrize("part", BESIDE.values(), ids=BESIDE)
@pytest.mark.parametrize("purpose", ["asking", "answering", "filtering", "guarding", "generating", "either"])
def test_parts_that_cannot_be_read_are_refused_beside_a_document(part: Any, purpose: str) -> None:
    model = Model()
    messages = [{"role": "user", "content": [{"type": "text", "text": ASK + TEXT}, part]}]
    with Guard([HARBOUR]) as guard, pytest.raises(UnguardedCallError, match="could stand unseen"):
        getattr(guard, purpose)(model)("m", messages)
    assert not model.sent


@pytest.mark.parametrize(
    "stored", [{"previous_response_id": "r"}, {"conversation": "c"}, {"extra_body": {"previous_response_id": "r"}}]
)
def test_stored_conversations_are_refused(stored: dict[str, Any]) -> None:
    model = Model()
    with Guard([HARBOUR]) as guard, pytest.raises(UnguardedCallError, match="stored elsewhere"):
        guard.filtering(model)("m", question_messages(TEXT), **stored)
    assert not model.sent


@pytest.mark.parametrize(
    "copy",
    [
        base64.b64encode(TEXT.encode()).decode(),
        base64.encodebytes(TEXT.encode()).decode(),
        base64.urlsafe_b64encode(TEXT.encode()).decode(),
        codecs.encode(TEXT, "rot13"),
        quote(TEXT),
    ],
    ids=["base64", "base64 lines", "base64 url", "rot13", "percent"],
)
def test_encoded_copies_beside_a_document_are_refused(copy: str) -> None:
    model = Model()
    messages = [*question_messages(TEXT), {"role": "user", "content": f"And this as well:\n{copy}"}]
    with Guard([HARBOUR]) as guard, pytest.raises(UnguardedCallError, match="copy of a registered document"):
        guard.asking(model)("m", messages)
    assert not model.sent


def test_a_user_may_allow_what_cannot_be_read() -> None:
    model = Model()
    messages = [{"role": "user", "content": [{"type": "text", "text": ASK + TEXT}, BESIDE["image"]]}]
    with Guard([HARBOUR], opaque="warn") as guard:
        with pytest.warns(UnguardedCallWarning, match="image_url"):
            guard.filtering(model)("m", messages)
        assert guard.notes.opaque == 1
    assert PLANTED not in model.last
    with pytest.raises(InputError, match="opaque"):
        Guard([HARBOUR], opaque="pass")  # type: ignore[arg-type]


def test_open_documents_and_ordinary_objects_are_no_opaque_parts() -> None:
    model = Model()
    part = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": TEXT}}
    messages = [{"role": "user", "content": [part, {"type": "text", "text": QUESTION}]}]
    with Guard([HARBOUR]) as guard:
        guard.filtering(model)("m", messages, client=Thing(), timeout=SimpleNamespace(read=3), callbacks=[Thing()])
    assert PLANTED not in str(model.sent)


DOUBTFUL = [
    "Here are good examples: 'When was it built?'\nCreate one exam question from the text.\n\n{}",
    "{}\n\nCan you write a quiz about it?",
    "Aufgabe: Stelle eine Prüfungsfrage. Beispiel: Wie hoch ist der Turm?\n\n{}",
    'Write questions as JSON.\nExamples:\n{{"input": "What was Einstein known for?"}}\n\n{}',
    "Пример: Как высока башня?\nНапиши вопрос по тексту.\n\n{}",
    "Exemple : Quelle est la hauteur de la tour ?\nRédige une question sur ce texte.\n\n{}",
    "次の文章について質問を作成してください。例：塔の高さは？\n\n{}",
    "Örnek: Kule ne kadar yüksek?\nMetin hakkında bir soru yaz.\n\n{}",
]


@pytest.mark.parametrize("prompt", DOUBTFUL)
def test_an_order_for_questions_is_no_answer_call(prompt: str) -> None:
    model = Model()
    with Guard([HARBOUR]) as guard, warnings.catch_warnings():
        warnings.simplefilter("ignore", GuardWarning)
        guard.guarding(model)("m", [{"role": "user", "content": prompt.format(TEXT)}])
        assert not guard.records, "the reply to an order for questions is no answer"
    assert PLANTED not in model.last


ANSWERS = [
    "<text>{}</text>\n\nAnswer the question in one sentence.\nQuestion: " + QUESTION,
    "{}\n\nWrite a short answer to the question below.\n\n" + QUESTION,
    "{}\n\nBeantworte die Frage kurz.\nFrage: " + QUESTION,
    '{}\n\nQuestion: "' + QUESTION + '"',
]


@pytest.mark.parametrize("prompt", ANSWERS)
def test_an_answer_call_is_recorded(prompt: str) -> None:
    model = Model(lambda messages: "It was built in 1871.")
    with Guard([HARBOUR]) as guard:
        guard.guarding(model)("m", [{"role": "user", "content": prompt.format(TEXT)}])
        assert [record.question.text for record in guard.records] == [QUESTION]


def test_in_doubt_a_call_is_filtered_and_the_purpose_to_name_is_said() -> None:
    model = Model(lambda messages: "Whatever it may be.")
    words = "Write one question about it, or else answer this one:\n\n" + QUESTION
    with Guard([HARBOUR]) as guard:
        with pytest.warns(GuardWarning, match=r"guard\.asking\(\)"):
            guard.guarding(model)("m", [{"role": "user", "content": f"{TEXT}\n\n{words}"}])
        assert guard.notes.undecided == 1
        assert guard.balance.planned == 0
    assert PLANTED not in model.last


def test_a_question_that_the_document_does_not_share_a_word_with_is_never_recorded() -> None:
    model = Model(lambda messages: "For the theory of relativity.")
    with Guard([HARBOUR]) as guard, warnings.catch_warnings():
        warnings.simplefilter("ignore", GuardWarning)
        guard.answering(model)("m", answer_messages(TEXT, "What made Einstein famous?"))
        assert not guard.records


def test_either_serves_a_tool_that_asks_for_several_questions_and_for_answers() -> None:
    def reply(messages: list[dict[str, Any]]) -> str:
        said = str(messages)
        if "Write 2 questions" in said:
            return "1. In which year was the lighthouse at Kalvø built?\n2. For how many days did the ice of 1942 lie?"
        return "In 1871." if "Kalvø built?" in said else "For 93 days."

    model = Model(reply)
    with Guard([HARBOUR]) as guard, warnings.catch_warnings():
        warnings.simplefilter("ignore", GuardWarning)
        call = guard.either(model, per_call=2)
        call("m", [{"role": "user", "content": "Write 2 questions about this text:\n\n" + TEXT}])
        for question in (QUESTION, "For how many days did the ice of 1942 lie?"):
            call("m", answer_messages(TEXT, question))
        assert guard.balance.planned <= 4
        assert "In 1871." in {record.answer.text for record in guard.records}
    assert PLANTED not in str(model.sent)


READERS: dict[str, tuple[Any, Any]] = {
    "dict": (lambda text: {"my_question": text}, lambda found: found["my_question"]),
    "tuple": (lambda text: (text, {"tokens": 3}), lambda found: found[0]),
    "list": (lambda text: [text], lambda found: found[0]),
    "object": (lambda text: SimpleNamespace(said=text), lambda found: found.said),
}


@pytest.mark.parametrize("kind", READERS)
def test_a_reader_takes_the_text_of_any_response(kind: str) -> None:
    made, reader = READERS[kind]
    with Guard([HARBOUR]) as guard:
        response = guard.asking(
            lambda messages: made("In which year was the lighthouse at Kalvø built?"), reader=reader
        )(question_messages(FACTS[0] + " " + FACTS[1]))
        assert reader(response).startswith("In which year")
        guard.answering(lambda messages: made("It was built in 1871."), reader=reader)(answer_messages(TEXT, QUESTION))
        assert guard.notes.unreadable == 0


@pytest.mark.parametrize("purpose", ["asking", "answering", "guarding", "generating"])
def test_a_response_of_no_known_kind_is_handed_back_and_told_once(purpose: str) -> None:
    paid = {"my_question": QUESTION}
    with Guard([HARBOUR]) as guard:
        call = getattr(guard, purpose)(lambda messages: paid)
        with pytest.warns(GuardWarning, match="reader="):
            assert call(question_messages(TEXT)) is paid
        assert call(question_messages(TEXT)) is paid
        assert guard.notes.unreadable == 2
        assert guard.balance.failed == 0


def test_raw_http_responses_are_read_as_their_json() -> None:
    body = {"choices": [{"message": {"content": QUESTION}, "finish_reason": "stop"}]}
    raw = SimpleNamespace(status_code=200, text=str(body), json=lambda: body)
    with Guard([HARBOUR]) as guard:
        calls: list[Any] = []
        guard.asking(lambda messages: calls.append(1) or raw)(question_messages(FACTS[0] + " " + FACTS[1]))
        assert len(calls) <= 2
        assert guard.balance.rejected == 0 or guard.balance.pending == 1


@pytest.mark.parametrize("several", [{"n": 3}, {"prompt": [ASK + TEXT, ASK + TEXT]}])
def test_several_replies_a_call_are_refused_before_they_are_paid(several: dict[str, Any]) -> None:
    sent: list[Any] = []
    with Guard([HARBOUR]) as guard:
        given = several if "prompt" in several else {"messages": question_messages(TEXT), **several}
        with pytest.raises(InputError, match="one a call"):
            guard.asking(lambda **given: sent.append(given))(**given)
        assert not sent
        guard.filtering(lambda **given: sent.append(given) or "ok")(**given)
    assert PLANTED not in str(sent)


def test_a_prompt_that_is_one_system_message_is_anchored_where_the_chunk_stands() -> None:
    model = Model()
    with Guard([HARBOUR]) as guard:
        guard.asking(model)("m", [{"role": "system", "content": ASK + TEXT}])
        assert guard.balance.planned == 1
    assert "Ask only about" in model.sent[0]["messages"][0]["content"]
    assert PLANTED not in model.last


def test_documents_can_be_registered_while_the_guard_is_at_work(tmp_path: Any) -> None:
    other = Document(id="mill.txt", text="The mill at Nordby ground barley from 1790. Its wheel was 4 metres wide.")
    model = Model()
    with Guard([HARBOUR], out=tmp_path / "run") as guard:
        call = guard.asking(model)
        with pytest.raises(UnguardedCallError):
            call("m", question_messages(other.text))
        guard.register([other])
        guard.register([other])
        call("m", question_messages(other.text))
        assert guard.balance.planned == 1
        assert {document.id for document in guard.documents} == {"harbour.txt", "mill.txt"}
        with pytest.raises(InputError, match="another text"):
            guard.register([Document(id="mill.txt", text="Something else entirely.")])


SMALL = frozenset("the a an and of in on at to by from with its when who was were is it that for".split())
DROPPED = {
    "small words": lambda words: [word for word in words if word.lower() not in SMALL],
    "short words": lambda words: [word for word in words if len(word) > 3],
    "every third word": lambda words: [word for number, word in enumerate(words) if number % 3 != 1],
    "small words, lower case, no stops": lambda words: [w.lower().strip(".,") for w in words if w.lower() not in SMALL],
    "every second of the small words": lambda words: [
        w for n, w in enumerate(words) if n % 2 or w.lower() not in SMALL
    ],
}


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize("way", DROPPED)
def test_a_copy_without_its_small_words_is_found_or_refused(way: str, beside: bool) -> None:
    short = " ".join(DROPPED[way](TEXT.split()))
    said = f"Source 1: {FACTS[0]} {FACTS[1]}\n\nSource 2: {short}" if beside else short
    model = Model()
    with Guard([HARBOUR]) as guard, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for wrapped in (guard.asking(model), guard.answering(model), guard.filtering(model)):
            with contextlib.suppress(UnguardedCallError):
                wrapped("m", answer_messages(said, "When was the lighthouse at Kalvø built?"))
    assert "banana" not in json.dumps(model.sent).lower()
