"""Rules, orders and manuals that address people are kept: own inputs, written before the filter saw any of them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from selfstudy_guard import InstructionFilter

INPUTS = tomllib.loads((Path(__file__).parent / "data" / "filter_rules_for_people.toml").read_text("utf-8"))["inputs"]
MOST = {"dev": 2, "report": 6}
"""How many of the 24 inputs of a half may hold a finding; with the weights before it was 7 and 13."""


@pytest.mark.parametrize("half", ["dev", "report"])
def test_text_that_tells_people_what_to_do_is_kept(half: str) -> None:
    inputs: list[dict[str, Any]] = [one for one in INPUTS if one["half"] == half]
    assert len(inputs) == 24
    found = {one["kind"]: [f.quote for f in InstructionFilter().find(one["text"])] for one in inputs}
    wrong = {kind: quotes for kind, quotes in found.items() if quotes}
    assert len(wrong) <= MOST[half], wrong
