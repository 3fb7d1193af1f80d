"""A run that is killed with SIGKILL at random moments and resumed loses nothing; the full count is a benchmark."""

from __future__ import annotations

import importlib
import os

import pytest

from selfstudy_guard import generate
from selfstudy_guard.generation.run import Run
from selfstudy_guard.testing import ExtractiveReader

pytestmark = [
    pytest.mark.block_network(allowed_hosts=["127.0.0.1"]),
    pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there"),
]


@pytest.fixture(scope="module")
def benchmark_module():
    return importlib.import_module("tests.harness.kill_resume")


@pytest.mark.slow
def test_killed_and_resumed_among_faults(benchmark_module, tmp_path):
    outcome = benchmark_module.kill_and_resume(tmp_path, kills=3, n=36, seed=5)
    assert outcome.problems == []
    assert outcome.kills == 3
    assert outcome.records + outcome.rejected + outcome.failed == 36
    assert outcome.records > 0


@pytest.mark.slow
def test_killed_and_resumed_gives_the_records_of_an_undisturbed_run(benchmark_module, tmp_path):
    (tmp_path / "killed").mkdir()
    outcome = benchmark_module.kill_and_resume(tmp_path / "killed", kills=2, n=20, seed=6, rate=0.0)
    assert outcome.problems == []
    model = ExtractiveReader(model="fake")
    undisturbed = generate([tmp_path / "killed" / "documents"], model=model, n=20, out=tmp_path / "whole", seed=7)
    killed = Run.open(tmp_path / "killed" / "run")

    def content(run):
        return [(r.key, r.target, r.question.text, r.answer.text, r.evidence) for r in run.records]

    assert content(killed) == content(undisturbed)
    assert len(killed.records) > 10
