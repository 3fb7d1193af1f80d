"""Targets that stay uncovered are drawn again until enough are covered, or their tries are used up."""

from __future__ import annotations

import asyncio

import pytest

from selfstudy_guard import Document, agenerate, generate
from selfstudy_guard.errors import InputError
from selfstudy_guard.generation.redraw import Redraws
from selfstudy_guard.records import Reply, Request
from selfstudy_guard.testing import ExtractiveReader

TEXT = (
    "The pump of the Aldra series weighs nine kilograms. The gauge at the harbour is read every four hours. "
    "Herons fish below the northern dam in winter. The bakery of Carrow burned down in 1878."
)
DOCUMENTS = [Document(id="d.txt", text=TEXT)]


class Sulky:
    """Writes nothing about the first `sulks` requests for each target, then what an extractive reader writes."""

    model = "sulky"

    def __init__(self, sulks: int) -> None:
        self.reader = ExtractiveReader()
        self.sulks = sulks
        self.asked: dict[str, int] = {}

    def complete(self, request: Request) -> Reply:
        if request.purpose == "question":
            about = request.messages[-1].content
            self.asked[about] = self.asked.get(about, 0) + 1
            if self.asked[about] <= self.sulks:
                return Reply(text="No.", model=self.model)
        return self.reader.complete(request)


def covered(run) -> float:
    return run.coverage.coverage


@pytest.mark.parametrize("asynchronous", [False, True])
def test_rejected_targets_are_drawn_again_until_all_are_covered(asynchronous: bool) -> None:
    options = {"question_attempts": 1, "until_coverage": 1.0}
    plain = generate(DOCUMENTS, model=Sulky(1), question_attempts=1)
    assert plain.balance.answered == 0
    if asynchronous:
        run = asyncio.run(agenerate(DOCUMENTS, model=Sulky(1), **options))
    else:
        run = generate(DOCUMENTS, model=Sulky(1), **options)
    assert covered(run) == 1.0
    assert run.balance.closes
    assert run.balance.rejected == 4
    assert {record.draw for record in run.records} == {1}


def test_tries_are_used_up_and_told() -> None:
    told: list[str] = []
    run = generate(
        DOCUMENTS,
        model=Sulky(100),
        question_attempts=1,
        until_coverage=0.99,
        draws_per_target=3,
        notify=told.append,
    )
    assert run.balance.planned == run.balance.rejected == 12
    assert run.balance.reasons
    assert "drawn 3 times" in told[-1]


def test_enough_is_enough() -> None:
    told: list[str] = []
    run = generate(DOCUMENTS, model=ExtractiveReader(), until_coverage=0.5, notify=told.append)
    assert run.balance.planned == 4
    assert any("enough" in line for line in told)


def test_rounds_go_on_where_a_run_stopped(tmp_path) -> None:
    options = {"question_attempts": 1, "seed": 2, "model": Sulky(2)}
    first = generate(DOCUMENTS, out=tmp_path, **options)
    assert first.balance.answered == 0
    run = generate(DOCUMENTS, out=tmp_path, until_coverage=1.0, **options)
    assert covered(run) == 1.0
    again = generate(DOCUMENTS, out=tmp_path, until_coverage=1.0, **options)
    assert [record.key for record in again.records] == [record.key for record in run.records]


def test_a_target_that_comes_again_is_asked_in_its_next_style() -> None:
    styles = ("factual", "question")
    run = generate(DOCUMENTS, model=Sulky(100), styles=styles, question_attempts=1, until_coverage=1.0)
    drawn: dict[int, list[tuple[str, int]]] = {}
    for rejection in run.iter_rejections():
        drawn.setdefault(rejection.target.start, []).append((rejection.style, rejection.draw))
    assert len(drawn) == 4
    for draws in drawn.values():
        assert sorted(draws) == [("factual", 0), ("factual", 1), ("question", 0), ("question", 1)]


@pytest.mark.parametrize("share", [0, -0.1, 1.01])
def test_a_share_that_cannot_be_aimed_at_is_an_error(share: float) -> None:
    with pytest.raises(InputError, match="until_coverage"):
        Redraws(share)


def test_a_limit_without_an_aim_is_an_error() -> None:
    with pytest.raises(InputError, match="until_coverage"):
        generate(DOCUMENTS, model=ExtractiveReader(), draws_per_target=2)
    with pytest.raises(InputError, match="draws_per_target"):
        generate(DOCUMENTS, model=ExtractiveReader(), until_coverage=1.0, draws_per_target=0)
