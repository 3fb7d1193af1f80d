"""Replies as they come in real life."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfstudy_guard.questions import parse_answer, parse_pairs, parse_question

ONE = "What does the pump weigh?"
TWO = "When was the pump built?"


PIECES = (
    "What Which is the valve pump 12 1.5 12,5 3rd don’t x-y - 50% A&B C++ a b A Q 1. ? ? . , : Sure, Okay. Note Answer "
    "Answer: Question Frage Antwort Solution final analysis commentary assistant assistantfinal here Here Let me know "
    "I hope this helps. According to the passage, based on the text . Would you like me to one two Ü ñ ² … 中文 ;"
).split()


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map(" ".join))
def test_a_bare_reply_is_read_as_one_that_is_looked_through(reply: str) -> None:
    """A line break before it makes a reply one that is looked through; it says nothing itself."""
    for text in (reply, f"{reply}?", f"What {reply}?", f"The {reply}."):
        assert parse_question(text) == parse_question(f"\n{text}")
        assert parse_answer(text) == parse_answer(f"\n{text}")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (ONE, (ONE,)),
        (f"Here is a question: {ONE}", (ONE,)),
        (f"Here's a question about the pump:\n\n{ONE}", (ONE,)),
        (f"Sure! Here is one:\n\n{ONE}\n\nLet me know if you want another one!", (ONE,)),
        (f"Certainly! {ONE}", (ONE,)),
        (f"Question: {ONE}", (ONE,)),
        (f"**Question:** {ONE}", (ONE,)),
        (f"**Question 1:** {ONE}\n**Question 2:** {TWO}", (ONE, TWO)),
        (f"1. {ONE}\n2. {TWO}", (ONE, TWO)),
        (f"1) {ONE}\n2) {TWO}", (ONE, TWO)),
        (f"- {ONE}\n* {TWO}", (ONE, TWO)),
        (f"Q1: {ONE}\nQ2: {TWO}", (ONE, TWO)),
        (f"Questions:\n{ONE}\n{TWO}", (ONE, TWO)),
        (f"```\n{ONE}\n```", (ONE,)),
        (f'```json\n{{"question": "{ONE}",}}\n```', (ONE,)),
        (f'{{"question": "{ONE}"}}', (ONE,)),
        (f'{{"questions": ["{ONE}", "{TWO}",]}}', (ONE, TWO)),
        (f'Here you go: ["{ONE}", "{TWO}"]', (ONE, TWO)),
        (f'[{{"question": "{ONE}", "answer": "9 kg"}}, {{"question": "{TWO}"', (ONE,)),
        (f"{{'question': '{ONE}'}}", (ONE,)),
        (f'{{\n  // the question\n  "question": "{ONE}"\n}}', (ONE,)),
        (f"<think>Is it heavy? Perhaps?</think>\n{ONE}", (ONE,)),
        (f"The user wants a question. What about mass?</think>{ONE}", (ONE,)),
        ("<think>What about mass?", ()),
        (f'"{ONE}"', (ONE,)),
        (f"“{ONE}”", (ONE,)),
        (f"**{ONE}**", (ONE,)),
        (f"<question>{ONE}</question>", (ONE,)),
        (f"{ONE}\n\nAnswer: Nine kilograms?", (ONE,)),
        ("What does the pump\nweigh when it is dry?", ("What does the pump weigh when it is dry?",)),
        ("泵有多重？", ("泵有多重？",)),
        ("Summarise how the pump is vented.", ("Summarise how the pump is vented.",)),
        (f"{ONE} (This asks for a fact.)", (ONE,)),
        (f"{ONE}\n{ONE}", (ONE,)),
        ("", ()),
        ("   \n\t", ()),
        ("---", ()),
        ("{}", ()),
        ("[]", ()),
    ],
)
def test_questions(reply: str, expected: tuple[str, ...]) -> None:
    assert parse_question(reply) == expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("Nine kilograms.", "Nine kilograms."),
        ("Answer: Nine kilograms.", "Nine kilograms."),
        ("**Answer:** Nine kilograms.", "Nine kilograms."),
        ("A: Nine kilograms.", "Nine kilograms."),
        ("Sure! Here is the answer:\nNine kilograms.", "Nine kilograms."),
        ('{"answer": "Nine kilograms.",}', "Nine kilograms."),
        ('```json\n{"answer": "Nine kilograms."}\n```', "Nine kilograms."),
        ("```\nNine kilograms.\n```", "Nine kilograms."),
        ('"Nine kilograms."', "Nine kilograms."),
        ("<think>ten?</think>Nine kilograms.", "Nine kilograms."),
        ("<think>ten?", ""),
        ("Question: What does the pump weigh?\nAnswer: Nine kilograms.", "Nine kilograms."),
        ('{"answer": 9}', "9"),
        ("- one\n- two", "- one\n- two"),
        ("Use this:\n```\npump --dry\n```", "Use this:\n```\npump --dry\n```"),
        ('She said "yes" and "no"', 'She said "yes" and "no"'),
        ("", ""),
    ],
)
def test_answers(reply: str, expected: str) -> None:
    assert parse_answer(reply) == expected


@pytest.mark.parametrize(
    "reply",
    [
        f"Q: {ONE}\nA: Nine.\n\nQ: {TWO}\nA: In 1999.",
        f"Q1: {ONE}\nA1: Nine.\nQ2: {TWO}\nA2: In 1999.",
        f"**Question 1:** {ONE}\n**Answer:** Nine.\n\n**Question 2:** {TWO}\n**Answer:** In 1999.",
        f"1. Question: {ONE}\n   Answer: Nine.\n2. Question: {TWO}\n   Answer: In 1999.",
        f'[{{"question": "{ONE}", "answer": "Nine."}}, {{"question": "{TWO}", "answer": "In 1999."}},]',
        f'{{"qa_pairs": [{{"q": "{ONE}", "a": "Nine."}}, {{"q": "{TWO}", "a": "In 1999."}}]}}',
        f'Here are the pairs:\n```json\n[["{ONE}", "Nine."], ["{TWO}", "In 1999."]]\n```',
        f'{{"questions": ["{ONE}", "{TWO}"], "answers": ["Nine.", "In 1999."]}}',
        f"<question>{ONE}</question><answer>Nine.</answer>\n<question>{TWO}</question><answer>In 1999.</answer>",
    ],
)
def test_pairs(reply: str) -> None:
    assert parse_pairs(reply) == [(ONE, "Nine."), (TWO, "In 1999.")]


def test_a_pair_may_lack_its_answer_and_answers_have_several_lines() -> None:
    assert parse_pairs(f"Q: {ONE}") == [(ONE, "")]
    assert parse_pairs(f"Q: {ONE}\nA: Nine\nkilograms.") == [(ONE, "Nine\nkilograms.")]


_SCRAPS = '?|{|}|[|]|\n|```\n|"|,|<think>|</think>|Question:|Answer:|1. |**|What is x'
_SCRAPS += "|\\|//|“|Here is|:| |A:|<answer>|\ud800|？|{'a':"
_PIECES = st.lists(st.sampled_from(_SCRAPS.split("|")), max_size=40).map("".join)


@given(st.one_of(st.text(max_size=200), _PIECES))
@settings(max_examples=300, deadline=None)
def test_no_reply_breaks_the_parsers(reply: str) -> None:
    for question in parse_question(reply):
        assert question.strip()
        assert "\n" not in question
    assert isinstance(parse_answer(reply), str)
    for question, _ in parse_pairs(reply):
        assert question


@pytest.mark.parametrize(
    "piece", ["{", "[", "<think>", "```\n", '{"a":', "1. ", "Here is ", "?", "“", "Q: a?\n", ", ", "[1,"]
)
def test_long_hostile_replies_take_linear_time(piece: str) -> None:
    def cost(n: int) -> float:
        best = 9.0
        for _ in range(2):
            begun = time.process_time()
            reply = piece * n
            parse_question(reply)
            parse_answer(reply)
            parse_pairs(reply)
            best = min(best, time.process_time() - begun)
        return best

    # Four times the text in less than about four times the time; the constant absorbs noise of short runs.
    assert cost(16_000 // len(piece)) < 10 * cost(4_000 // len(piece)) + 0.2


def test_braces_that_make_no_literal_are_no_error():
    """Found by fuzzing: a set of lists, as Python reads it."""
    for reply in ("{  []}", '{[], "question": 1}', "[{[]}]"):
        assert all(isinstance(question, str) for question in parse_question(reply))
        assert parse_pairs(reply) == []
