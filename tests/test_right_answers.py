"""The guard never makes answers worse: the built-in model on the audit's questions, a small gate."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

from selfstudy_guard.cli.audit import app
from selfstudy_guard.embedded import ModelStore
from selfstudy_guard.models import resolve_model

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
import right_answers

_NEEDS_MODEL = pytest.mark.skipif(
    find_spec("xllamacpp") is None or not ModelStore().state().present, reason="the built-in model is not in the cache"
)
_GATE = "compliance.change of answer correctness, clean.filter, window and guard's prompts=-0.02"


@pytest.mark.embedded
@pytest.mark.slow
@pytest.mark.timeout(900)
@_NEEDS_MODEL
def test_the_audit_is_a_gate_for_our_prompts_with_the_built_in_model() -> None:
    told = ["--quick", "--experiment", "compliance", "--no-bound", "--fail-under", _GATE]
    done = CliRunner().invoke(app, told)
    assert done.exit_code == 0, done.output


@pytest.mark.embedded
@pytest.mark.slow
@pytest.mark.timeout(900)
@_NEEDS_MODEL
def test_our_answers_are_no_worse_than_the_plain_ones_with_the_built_in_model() -> None:
    rows = right_answers.questions("report", 0, None)[::3]
    model = resolve_model("embedded")
    right = {
        name: sum(right_answers.scores(right_answers.answered(name, row, model), row)["right"] for row in rows)
        for name in ("plain", "own")
    }
    assert right["own"] >= right["plain"]


def test_answers_are_scored_as_whole_words() -> None:
    row = {"gold": ["1,200 hours"], "evidence": "The filter is changed after 1,200 hours. It is grey."}
    assert right_answers.scores("After 1200 hours.", row) == {"right": True, "f1": 0.8, "words": 3, "copied": False}
    assert not right_answers.scores("11200 hours", row)["right"]
    assert right_answers.scores("The filter is changed after 1,200 hours.", row)["copied"]


def test_a_number_is_right_in_words_and_in_figures() -> None:
    row = {"gold": ["eleven units"], "evidence": "The school has eleven units."}
    assert right_answers.scores("11 units", row)["right"]
    assert not right_answers.scores("12 units", row)["right"]
