"""Pairs of one call: every layout is recorded, and what cannot be read says so instead of waiting for ever."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest

from selfstudy_guard import Document, Guard
from selfstudy_guard.guard.warnings import GuardWarning
from selfstudy_guard.testing.reader import respond

FACTS = (
    "The lighthouse at Kalvo was built in 1871 from red granite by the town of Orrin.",
    "The ferry to Skerry carries ninety passengers and two lorries on every crossing.",
    "The museum in the old mill keeps a loom that wove sails until the year 1911.",
)
TEXT = "\n\n".join(FACTS)
PAIRS = "Write question-answer pairs about this text:\n\n" + TEXT


def ran(reply: Callable[[list[tuple[str, str]]], str], prompt: str = PAIRS) -> Guard:
    """A guard after one call for two pairs whose reply lays them out so."""

    def model(messages: list[dict[str, Any]]) -> dict[str, Any]:
        quoted = messages[-1]["content"].split(chr(34) * 3)[1::2]
        pairs = [(respond([{"role": "user", "content": f'"""{text}"""'}]), text) for text in quoted]
        return {"choices": [{"message": {"content": reply(pairs)}, "finish_reason": "stop"}], "model": "m"}

    guard = Guard([Document(id="coast.txt", text=TEXT)])
    guard.generating(model, per_call=2)([{"role": "user", "content": prompt}])
    return guard


@pytest.mark.parametrize(
    "layout",
    [
        lambda pairs: "\n\n".join(f"### Question {n}\n{q}\n\n### Answer\n{a}" for n, (q, a) in enumerate(pairs, 1)),
        lambda pairs: "\n\n".join(f"**{q}**\n{a}" for q, a in pairs),
        lambda pairs: "| Question | Answer |\n|---|---|\n" + "\n".join(f"| {q} | {a} |" for q, a in pairs),
        lambda pairs: "\n".join(f"Вопрос: {q}\nОтвет: {a}" for q, a in pairs),
        lambda pairs: (
            "Questions:\n"
            + "\n".join(f"{n}. {q}" for n, (q, _) in enumerate(pairs, 1))
            + "\n\nAnswers:\n"
            + "\n".join(f"{n}. {a}" for n, (_, a) in enumerate(pairs, 1))
        ),
    ],
)
def test_pairs_are_recorded_in_any_layout(layout: Callable[[list[tuple[str, str]]], str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        guard = ran(layout)
    assert len(guard.records) == 2
    assert all(record.answer.text == record.target.text for record in guard.records)
    assert guard.balance.pending == 0


def test_a_reply_that_cannot_be_read_is_rejected_with_its_reason() -> None:
    with pytest.warns(GuardWarning, match="could not be read"):
        guard = ran(lambda pairs: "The lighthouse is old; that is what I would ask about, and the ferry as well.")
    assert guard.balance.pending == 0
    assert guard.balance.closes
    assert {one.reason for one in guard.rejections} == {"unreadable"}
    assert all("lighthouse is old" in (one.question or "") for one in guard.rejections)


def test_answers_that_cannot_be_found_do_not_leave_questions_waiting() -> None:
    def reply(pairs: list[tuple[str, str]]) -> str:
        told = " ".join(f"As to what comes next, one may well reply thus: {a}" for _, a in pairs)
        return "\n".join(f"1. {q}" for q, _ in pairs) + "\n\nAnswers:\n" + told

    with pytest.warns(GuardWarning, match="could not be read"):
        guard = ran(reply)
    assert guard.balance.pending == 0
    assert {one.reason for one in guard.rejections} == {"unreadable"}


def test_questions_alone_wait_for_their_answers() -> None:
    guard = ran(lambda pairs: "\n".join(f"{n}. {q}" for n, (q, _) in enumerate(pairs, 1)))
    assert guard.balance.pending == 2
