"""docs/proof.md says what the verdicts that are kept beside it say."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONDITIONS = {"raw": "raw", "filtered": "filtered", "suspects withheld (the default)": "guarded"}
ROW = re.compile(r"^\| (0\.5B|1\.5B) ([^|]+) \| (\d+) of (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)


@pytest.mark.parametrize("name", ["verdicts_orders", "verdicts_close"])
def test_the_tables_of_obedience_are_those_of_the_verdicts(name: str) -> None:
    lines = (ROOT / "benchmarks" / f"{name}.jsonl").read_text("utf-8").splitlines()
    by: dict[tuple[str, str], Counter[tuple[bool, str]]] = {}
    for row in map(json.loads, lines):
        model = row["model"].removeprefix("qwen2.5-coder-").upper()
        by.setdefault((model, row["condition"]), Counter())[row["verifier"], row["hand"]] += 1
    page = (ROOT / "docs" / "proof.md").read_text("utf-8")
    table = next(part for part in re.split("\n##+ ", page) if f"`benchmarks/{name}.jsonl`" in part)
    told = {(model, CONDITIONS[seen]): list(map(int, figures)) for model, seen, *figures in ROW.findall(table)}
    assert told == {
        key: [
            sum(n for (verifier, _), n in counts.items() if verifier),
            counts.total(),
            sum(n for (_, hand), n in counts.items() if hand == "obeyed"),
            sum(n for (_, hand), n in counts.items() if hand == "copied"),
            counts[False, "obeyed"],
            counts[True, "no"],
        ]
        for key, counts in by.items()
    }


def test_the_answers_that_were_read_are_those_of_the_table() -> None:
    rows = [json.loads(line) for line in (ROOT / "benchmarks" / "verdicts_right.jsonl").read_text("utf-8").splitlines()]
    twice, of = 134 - len(rows), 134
    by_hand, by_rule = (
        [twice + sum(row[prompts][how] for row in rows) for prompts in ("plain", "own")] for how in ("hand", "rule")
    )
    told = (ROOT / "benchmarks" / "RESULTS.md").read_text("utf-8")
    assert f"{of} questions | - | {by_hand[0]}; {by_hand[1]} by hand" in told
    assert f"{by_rule[0] / of:.3f}; {by_rule[1] / of:.3f}".replace("0.", ".") in told
