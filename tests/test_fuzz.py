"""A short run of every fuzz target of benchmarks/fuzz.py, the same inputs each time."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

_PATH = Path(__file__).parent.parent / "benchmarks" / "fuzz.py"


@pytest.fixture(scope="module")
def fuzz():
    spec = importlib.util.spec_from_file_location("fuzz", _PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["fuzz"]


@pytest.mark.parametrize("target", ["reading", "segmentation", "replies", "datasets"])
def test_invariants_hold_for_mutated_inputs(fuzz, target):
    assert fuzz.run(target, count=400, seed=11) == 400


def test_a_broken_invariant_is_an_error_with_its_input(fuzz, monkeypatch, capsys):
    def check(data: bytes) -> None:
        assert len(data) < 40

    monkeypatch.setitem(fuzz.TARGETS, "broken", fuzz.Target(check, (b"a" * 30,)))
    with pytest.raises(AssertionError):
        fuzz.run("broken", count=100_000)
    assert "broken, input" in capsys.readouterr().err
