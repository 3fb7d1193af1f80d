"""Ratings of pairs, and the advice when most of the first questions are rejected."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from selfstudy_guard import generate
from selfstudy_guard.errors import InputError
from selfstudy_guard.generation.remedies import FIRST, FirstOutcomes
from selfstudy_guard.questions.rating import parse_rating
from selfstudy_guard.records import Document, Rejection, Reply, Request, Target

TEXT = (
    "The harbour of Bergen has 21 wooden cranes on its quay.\n\nThe mill of Arendal burnt down in the winter of 1878."
)
DOCUMENT = Document(id="places.txt", text=TEXT)


class Model:
    """Asks, answers and rates: the mill gets the lowest marks."""

    def __init__(self, name: str = "scripted") -> None:
        self.model = name
        self.purposes: list[str] = []

    def complete(self, request: Request) -> Reply:
        self.purposes.append(request.purpose)
        last = request.messages[-1].content
        if request.purpose == "rate":
            mark = 1 if "Question: When did the mill" in last else 5
            marks = {"faithfulness": mark, "answerability": 5, "usefulness": 4}
            return Reply(text=f"Sure: {json.dumps(marks)}", model=self.model)
        mill = "mill" in (last.partition("<quoted_part>")[2] or last.partition("</passage>")[2])
        if request.purpose == "question":
            asked = (
                "When did the mill of Arendal burn down?"
                if mill
                else "How many cranes does the harbour of Bergen have?"
            )
            return Reply(text=asked, model=self.model)
        return Reply(text="In the winter of 1878" if mill else "21", model=self.model)


def test_pairs_are_rated_by_the_model_and_the_rating_is_kept(tmp_path: Path) -> None:
    run = generate([DOCUMENT], model=Model(), prompts="large", rate=True, out=tmp_path / "run")
    scores = {record.question.text[:3]: record.rating.score for record in run.records if record.rating}
    assert scores == {"How": 0.75, "Whe": 0.0}
    assert all(record.rating is not None and record.rating.rater == "scripted" for record in run.records)
    exported = run.export("openai", tmp_path / "all.jsonl", min_score=0.5)
    assert len(exported.read_text("utf-8").splitlines()) == 1
    told = json.loads((tmp_path / "all.provenance.jsonl").read_text("utf-8").splitlines()[0])
    assert told["rating"]["score"] == 0.75


def test_nothing_is_rated_unless_somebody_is_named() -> None:
    model = Model()
    run = generate([DOCUMENT], model=model, prompts="large")
    assert "rate" not in model.purposes
    assert all(record.rating is None for record in run.records)


def test_another_model_rates_and_low_pairs_are_rejected() -> None:
    own, other = Model(), Model("judge")
    run = generate([DOCUMENT], model=own, prompts="large", rate=other, min_score=0.5)
    assert own.purposes.count("rate") == 0
    assert other.purposes == ["rate", "rate"]
    assert run.balance.answered == 1
    assert run.balance.reasons == {"low-rating": 1}


def test_a_least_score_needs_a_rater() -> None:
    with pytest.raises(InputError, match="min_score"):
        generate([DOCUMENT], model=Model(), min_score=0.5)


@pytest.mark.parametrize(
    ("reply", "score"),
    [
        ('{"faithfulness": 5, "answerability": 3, "usefulness": 5}', 0.5),
        ("Faithfulness: 4\nAnswerability: 5\n**Usefulness**: 5", 0.75),
        ('{"faithfulness": 9, "answerability": 3, "usefulness": 5}', None),
        ('{"faithfulness": 5}', None),
        ("", None),
        ("I would say it is fine.", None),
    ],
)
def test_marks_are_read(reply: str, score: float | None) -> None:
    found = parse_rating(reply, "judge")
    assert (found.score if found else None) == score


@pytest.mark.parametrize(
    ("model", "prompts", "reason", "advice"),
    [
        ("openai/local-model", "large", "off-target", "--prompts small"),
        ("openai/local-model", "large", "empty", "--reply-tokens"),
        ("embedded", "small", "off-target", "larger"),
    ],
)
def test_a_run_that_rejects_most_says_what_to_try(model: str, prompts: str, reason: str, advice: str) -> None:
    target = Target(document_id="d", start=0, end=1, text="x", index=0)
    bad = Rejection(key="k", target=target, style="factual", draw=0, stage="question", reason=reason)
    first = FirstOutcomes(model, prompts)
    said = [first.add(bad) for _ in range(2 * FIRST)]
    assert [text is not None for text in said] == [i == FIRST - 1 for i in range(2 * FIRST)]
    assert advice in str(said[FIRST - 1])


def test_pairs_of_one_request_are_rated_in_one_request() -> None:
    names = ("Arendal", "Bergen", "Cadiz", "Dover", "Esbjerg")
    text = "\n\n".join(f"The harbour of {name} has {20 + i} wooden cranes." for i, name in enumerate(names))

    class Several(Model):
        def complete(self, request: Request) -> Reply:
            self.purposes.append(request.purpose)
            last = request.messages[-1].content
            if request.purpose == "rate":
                rows = {number: {"faithfulness": number, "answerability": 5, "usefulness": 5} for number in range(1, 6)}
                assert last.count("Question:") == len(names)
                return Reply(text=json.dumps(rows), model="scripted")
            found = re.findall(r"^(\d)\. The harbour of (\w+) has (\d+)", last.partition("<parts>")[2], re.M)
            pairs = {
                number: {"question": f"How many wooden cranes does the harbour of {name} have?", "answer": count}
                for number, name, count in found
            }
            return Reply(text=json.dumps(pairs), model="scripted")

    model = Several()
    run = generate([Document(id="h.txt", text=text)], model=model, prompts="large", per_call=5, rate=True)
    assert model.purposes == ["question", "rate"]
    by_place = sorted(run.records, key=lambda record: record.target.start)
    assert [record.rating.score for record in by_place if record.rating] == [0.0, 0.25, 0.5, 0.75, 1.0]
