"""docs/questions.md says what the verdicts that are kept beside it say."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
WAYS = {
    "plain script, four pairs a text": "plain",
    "one by one, question first": "1, question first",
    "one by one": "1, pair at once",
    "five a request": "5, second run",
}
ROW = re.compile(r"^\| (0\.5B|1\.5B) \| ([^|]+) \| .* \| (\d+) of (\d+) \|$", re.MULTILINE)


def test_the_table_of_pairs_is_that_of_the_verdicts() -> None:
    read: dict[tuple[str, str], Counter[bool]] = {}
    for row in map(json.loads, (ROOT / "benchmarks" / "verdicts.jsonl").read_text("utf-8").splitlines()):
        if row["corpus"] == "peers":
            key = row["model"].removeprefix("qwen2.5-coder-").upper(), row["way"]
            read.setdefault(key, Counter())[row["good"]] += 1
    rows = ROW.findall((ROOT / "docs" / "questions.md").read_text("utf-8"))
    assert len(rows) == 7
    for model, way, good, of in rows:
        counts = read[model, WAYS[way]]
        assert (counts[True], counts.total()) == (int(good), int(of)), (model, way)
