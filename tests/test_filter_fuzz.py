"""Fuzzing the instruction filter: a few thousand inputs of `benchmarks/fuzz_filter.py`, and Hypothesis on top."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fuzz_filter import KINDS, Checker, make, run
from selfstudy_guard.instructions import InstructionFilter
from selfstudy_guard.records import FilterResult, Finding

CHECKER = Checker()


def test_a_few_thousand_inputs() -> None:
    seen = run(3000, seed=2026)
    assert seen["inputs"] == 3000
    assert seen["with findings"] > 300  # the inputs do reach the detectors
    assert all(seen[kind] for kind in KINDS)


@given(st.text(st.characters(), max_size=120), st.sampled_from([None, 0.0, 0.3, 1.0]), st.none() | st.text(max_size=20))
@settings(max_examples=200, deadline=None)
def test_any_string(text: str, threshold: float | None, question: str | None) -> None:
    CHECKER.check(text, threshold=threshold, question=question)


SOUP = (
    "<!--",
    "-->",
    "ignore",
    "all",
    "previous",
    "instructions",
    ".",
    "\n",
    "[INST]",
    '{"',
    "\u200b",
    "QUJD",
    "█",
    "]",
    "answer",
)


@given(st.lists(st.sampled_from(SOUP), max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_soup(words: list[str]) -> None:
    CHECKER.check(" ".join(words))


@pytest.mark.parametrize(
    "text", ["", "\n", "\x00", "\ud800", "█", "█" * 50, "\u200b" * 50, "<!--", "a" * 20000, " " * 20000, "]]>" * 3000]
)
def test_edges(text: str) -> None:
    CHECKER.check(text)
    CHECKER.check(text, threshold=0.0)


def test_the_same_seed_gives_the_same_inputs() -> None:
    assert [make(random.Random(f"1/{n}")) for n in range(50)] == [make(random.Random(f"1/{n}")) for n in range(50)]


class _Broken(InstructionFilter):
    """A filter that breaks one invariant, to see that the checker notices."""

    def __init__(self, fault: str) -> None:
        super().__init__()
        self.fault = fault

    def clean(self, text: str, question: str | None = None) -> FilterResult:
        found = Finding(
            start=2, end=5, quote=text[2:5], intent="x", channel="y", score=0.9, detector="z", action="removed"
        )
        good = FilterResult(text=text[:2] + text[5:], findings=(found,), retention=1 - 3 / len(text))
        return {
            "quote": good.model_copy(update={"findings": (found.model_copy(update={"quote": "?"}),)}),
            "range": good.model_copy(update={"findings": (found.model_copy(update={"end": 10**6}),)}),
            "overlap": good.model_copy(update={"findings": (found, found)}),
            "text": good.model_copy(update={"text": text}),
            "retention": good.model_copy(update={"retention": 0.5}),
            "again": good,
        }[self.fault]


@pytest.mark.parametrize("fault", ["quote", "range", "overlap", "text", "retention", "again"])
def test_the_checker_notices_every_fault(fault: str) -> None:
    checker = Checker()
    for mode in ("remove", "mask", "quote", "flag"):
        checker._filters[(mode, None)] = _Broken(fault)
    with pytest.raises(AssertionError):
        checker.check("a text of some length", every=False)
