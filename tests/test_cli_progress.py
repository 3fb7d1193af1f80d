"""The progress line: no guess before there is something to go by, and none that counts the loading of the model."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from selfstudy_guard.cli import progress
from selfstudy_guard.records import Balance


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1000.0

        def monotonic(self):
            return self.now

    made = Clock()
    monkeypatch.setattr(progress, "time", made)
    return made


def lines(clock, steps, *, terminal=False):
    told = io.StringIO()
    console = Console(file=told, force_terminal=terminal, width=200)
    with progress.RunProgress(console) as shown:
        for seconds, ended, answered in steps:
            clock.now += seconds
            shown.update(
                Balance(planned=40, answered=answered, rejected=ended - answered, pending=40 - ended, coverage=0)
            )
    return told.getvalue()


def test_nothing_is_guessed_from_the_time_that_the_model_took_to_load(clock):
    said = lines(clock, [(0, 0, 0), (60, 1, 1), *[(2, 1 + done, 1) for done in range(1, 12)]]).splitlines()
    assert all("/s" not in line and "/min" not in line and " left" not in line for line in said[:2])
    assert "30/min" in said[-1]
    assert f"{(40 - int(said[-1].split('/')[0])) * 2} s left" in said[-1]


def test_the_bar_says_the_same(clock):
    said = lines(clock, [(0, 0, 0), (60, 1, 1), (2, 2, 1)], terminal=True)
    assert "left" not in said
    assert "0.0/s" not in said


def test_a_run_that_goes_on_counts_from_where_it_was(clock):
    said = lines(clock, [(0, 30, 30), (6, 31, 31), *[(1, 31 + done, 31) for done in range(1, 9)]]).splitlines()
    assert "1.0/s" in said[-1]


def test_coverage_is_not_said_before_the_first_answer(clock):
    said = lines(clock, [(6, 0, 0), (6, 1, 0), (6, 2, 1)]).splitlines()
    assert ["coverage" in line for line in said] == [False, False, True]


def test_a_fast_run_has_its_rate_in_seconds(clock):
    said = lines(clock, [(0, 0, 0), (1, 2, 2), (6, 38, 30), (1, 40, 30)]).splitlines()
    assert "6.0/s" in said[0]
    assert "left" not in said[-1]
