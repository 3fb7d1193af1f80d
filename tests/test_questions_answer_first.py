"""The answer that a small model is given before its question: a few words of the sentence, the surest kind."""

from __future__ import annotations

import re

import pytest

from selfstudy_guard.questions import Prompts
from selfstudy_guard.questions.answer_first import answer_first
from selfstudy_guard.questions.scaffold import Scaffold
from selfstudy_guard.questions.several_prompts import parse_several, several_request
from selfstudy_guard.records import Draw, Target


@pytest.mark.parametrize(
    ("text", "answer", "asks"),
    [
        ("In 1911 the lock was widened.", "1911", "When was"),
        ("The lock, once a ford, opened on 3 May 1911.", "3 May 1911", "When did"),
        ("From the weir, boats need 40 minutes to the lock.", "40 minutes", "How long"),
        ("Nobody swims there because the water is cold.", "because the water is cold", "Why"),
        ("At the end of the war the ferry went to Anna Holm.", "Anna Holm", "To whom"),
        ("Long ago, people washed their wool in a wide stone basin.", "a wide stone basin", "In what"),
        ("Between 1903 and 1911 nobody came.", None, ""),
        ("It is so.", None, ""),
        ("", None, ""),
    ],
)
def test_the_surest_kind_of_answer_is_taken(text: str, answer: str | None, asks: str) -> None:
    found = answer_first(text)
    assert (found[0] if found else None) == answer
    if found is not None:
        assert re.match(found[1], asks)
        assert found[0] in text


def test_words_that_stand_twice_are_not_asked_for() -> None:
    assert answer_first("The mill of Holm ground for Holm alone.") is None


def test_a_part_without_an_opening_is_answered_before_its_question() -> None:
    texts = ("The old weir was rebuilt in 1911.", "In Holm, barley was malted until Anna Berg left.")
    targets = [Target(document_id="weir.txt", start=0, end=len(text), text=text) for text in texts]
    prompts = Prompts.builtin("small")
    helps = [Scaffold.of(Draw(target=target), "en", prompts) for target in targets]
    assert helps[0].opening(1)
    assert helps[0].answer_first(1) == ("in 1911", ""), "an opening is surer, and its answer is known"
    assert helps[1].answer_first(1) == answer_first(texts[1])
    request = several_request(
        targets,
        prompts=prompts,
        key="k",
        begins=[one.opening(1) for one in helps],
        answers=[one.answer_first(1) for one in helps],
    )
    assert request.response_schema is not None
    first, second = (request.response_schema["properties"][n]["properties"] for n in ("1", "2"))
    assert list(first) == ["sentence", "answer", "question"]
    assert list(second) == ["sentence", "answer", "question"]
    assert second["answer"] == {"const": "Anna Berg"}
    reply = '{"2": {"sentence": "x", "answer": "Anna Berg", "question": "Who left Holm?"}}'
    assert parse_several(reply, 2) == [None, ("Who left Holm?", "Anna Berg")]


def test_only_plain_questions_about_english_sentences_are_asked_that_way() -> None:
    target = Target(document_id="d", start=0, end=40, text="In Holm, barley was malted until Anna Berg left.")
    prompts = Prompts.builtin("small")
    assert Scaffold.of(Draw(target=target), "de", prompts).answer_first(1) is None
    assert Scaffold.of(Draw(target=target, style="creative"), "en", prompts).answer_first(1) is None
    row = target.model_copy(update={"kind": "table_row"})
    assert Scaffold.of(Draw(target=row), "en", prompts).answer_first(1) is None
