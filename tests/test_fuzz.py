"""A short run of every fuzz target of tests/harness/fuzz.py, the same inputs each time."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def fuzz():
    return importlib.import_module("tests.harness.fuzz")


@pytest.mark.parametrize("target", ["reading", "segmentation", "filter", "replies", "datasets"])
def test_invariants_hold_for_mutated_inputs(fuzz, target):
    assert fuzz.run(target, count=400, seed=11) == 400


def test_the_corpus_begins_with_the_texts_of_the_tests(fuzz):
    assert set(fuzz.TARGETS) == {"reading", "segmentation", "filter", "replies", "datasets"}
    for target in fuzz.TARGETS.values():
        assert all(fuzz.texts_of((module,)) for module in target.tests), "a test module that is gone seeds nothing"
        assert len(target.corpus()) > len(target.seeds) + 50


def test_all_targets_in_parallel_give_one_summary(tmp_path):
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "tests.harness.fuzz",
        "all",
        "--seconds",
        "1",
        "--json",
        str(tmp_path / "x.json"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-3000:]
    targets = json.loads((tmp_path / "x.json").read_text())["targets"]
    assert set(targets) == {"reading", "segmentation", "filter", "replies", "datasets"}
    assert all(found["broken"] == 0 and found["inputs"] > 0 for found in targets.values())


def test_a_broken_invariant_is_an_error_with_its_input(fuzz, monkeypatch, capsys):
    def check(data: bytes) -> None:
        assert len(data) < 40

    monkeypatch.setitem(fuzz.TARGETS, "broken", fuzz.Target(check, (b"a" * 30,)))
    with pytest.raises(AssertionError):
        fuzz.run("broken", count=100_000)
    assert "broken, input" in capsys.readouterr().err
