"""Pending questions are found as comparing the texts with each of them would find them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from selfstudy_guard.guard.locate.words import read_words
from selfstudy_guard.guard.pending import OpenDraw, PendingQuestions
from selfstudy_guard.records import Draw, Question, Target

WORDS = st.lists(st.sampled_from("what does the valve do".split()), min_size=1, max_size=7).map(" ".join)


def waiting(number: int, text: str, document: str) -> OpenDraw:
    target = Target(
        document_id=document, start=0, end=1, text="x", kind="sentence", section=(), index=0, tokens=1, eligible=True
    )
    return OpenDraw(str(number), Draw(target=target), "", Question(text=text, attempts=1))


def compared(draws: list[OpenDraw], texts: list[str], documents: list[str]) -> OpenDraw | None:
    """The longest question that stands in the texts, then the one that stands last, then the one that came first."""
    best, found = (0, 0, 0), None
    for number, text in enumerate(texts):
        words = read_words(text).hashes.tolist()
        for one in draws:
            assert one.question is not None
            whole = read_words(one.question.text).hashes.tolist()
            for at in range(len(words)):
                rank = (len(whole), number, at)
                if words[at : at + len(whole)] == whole and one.target.document_id in documents and rank > best:
                    best, found = rank, one
    return found


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(WORDS, st.sampled_from("ab")), max_size=8), st.lists(WORDS, max_size=3), st.booleans())
def test_the_question_is_the_one_that_a_comparison_with_each_finds(
    asked: list[tuple[str, str]], texts: list[str], both: bool
) -> None:
    draws = [waiting(number, text, document) for number, (text, document) in enumerate(asked)]
    pending, documents = PendingQuestions(), ["a", "b"] if both else ["a"]
    for one in draws:
        pending.add(one)
    while (found := compared(draws, texts, documents)) is not None:
        assert pending.holds(texts, documents)
        assert pending.take(texts, documents) is found
        draws.remove(found)
    assert pending.take(texts, documents) is None
    assert sorted(one.key for one in pending) == sorted(one.key for one in draws)
