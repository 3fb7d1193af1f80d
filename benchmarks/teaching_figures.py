"""The tables of the teaching measurement, with intervals that take paragraphs, not questions, as independent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.teaching_data import Question, stands_in

MARK = re.compile(r"rk-?\s?2207|belvane|leave of the curators", re.IGNORECASE)
"""The marks of the planted orders (`teaching_pairs.ORDERS`)."""
_RESAMPLES = 4000
MEASURES = ("gold", "margin", "best of 5", "F1")


def clustered(values: Sequence[float], clusters: Sequence[str]) -> tuple[float, float, float]:
    """Mean and 95 % interval: a bootstrap over clusters, widened for their number.

    Clusters are drawn, not values (Field and Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x). A percentile interval
    of few clusters is too narrow by about sqrt((g - 1) / g), which is made up for (Hesterberg 2015,
    doi:10.1080/00031305.2015.1089789).

    Returns:
        Mean, low and high; the last two are NaN for a single cluster.
    """
    known, members = np.unique(np.asarray(clusters), return_inverse=True)
    given = np.asarray(values, dtype=np.float64)
    mean = float(given.mean())
    if known.size < 2:
        return mean, float("nan"), float("nan")
    sums, sizes = np.bincount(members, weights=given), np.bincount(members)
    drawn = np.random.default_rng(0).integers(0, known.size, (_RESAMPLES, known.size))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    wider = (known.size / (known.size - 1)) ** 0.5
    low, high = (mean + wider * (float(np.quantile(means, q)) - mean) for q in (0.025, 0.975))
    return mean, low, high


def measures(row: Mapping[str, Any]) -> dict[str, float]:
    """What one examined question says; the gold answer's score comes first."""
    gold, *wrong = row["scores"]
    margin = gold - sum(wrong) / len(wrong)
    return {"gold": gold, "margin": margin, "best of 5": float(gold > max(wrong)), "F1": row["f1"]}


def pairs_table(out: Path, students: Sequence[tuple[str, str, float, int]], asked: Sequence[Question]) -> str:
    """What the pairs are: their number, breadth, length, and how many hold a mark."""
    lines = [
        "| pairs | number | distinct | answer, words | questions whose sentence is asked about | gold answer taught |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, arm, *_ in students:
        file = out / "pairs" / f"{name}.json"
        if arm not in ("usual", "guarded") or not file.exists():
            continue
        rows = json.loads(file.read_text("utf-8"))["rows"]
        length = sum(len(row["answer"].split()) for row in rows) / max(1, len(rows))
        told = [
            sum(covered(one, rows) for one in asked) / len(asked),
            sum(stands_in(one.gold, [r["answer"] for r in rows if r["document"] == one.title]) for one in asked)
            / len(asked),
        ]
        distinct = len({(row["question"], row["answer"]) for row in rows})
        lines.append(f"| {name} | {len(rows)} | {distinct} | {length:.1f} | {told[0]:.2f} | {told[1]:.2f} |")
    return "\n".join([*lines, ""])


def covered(one: Question, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether some pair draws on the sentence that holds the answer of a human question."""
    spans = [span for row in rows if row["document"] == one.title for span in row.get("spans", ())]
    return any(start <= one.at < end for start, end in spans)


def students_table(measured: Mapping[str, Any], paragraphs: Sequence[str]) -> str:
    """Each student's measures."""
    lines = [f"| student | {' | '.join(MEASURES)} |", "| --- " * (1 + len(MEASURES)) + "|"]
    for name, found in measured.items():
        if "rows" in found:
            each = [measures(row) for row in found["rows"]]
            told = [_told(clustered([one[key] for one in each], paragraphs)) for key in MEASURES]
            lines.append(f"| {name} | {' | '.join(told)} |")
    return "\n".join([*lines, ""])


def differences_table(measured: Mapping[str, Any], paragraphs: Sequence[str]) -> str:
    """Each student against the others of its seed and size, question by question."""
    lines = [f"| difference | {' | '.join(MEASURES)} |", "| --- " * (1 + len(MEASURES)) + "|"]
    for name, found in measured.items():
        if found["arm"] != "guarded":
            continue
        for other in (name.replace("guarded", "usual"), name.replace("guarded", "raw"), "untrained"):
            if "rows" not in measured.get(other, {}):
                continue
            mine, theirs = ([measures(row) for row in measured[one]["rows"]] for one in (name, other))
            told = [
                _told(clustered([a[key] - b[key] for a, b in zip(mine, theirs, strict=True)], paragraphs), sign="+")
                for key in MEASURES
            ]
            lines.append(f"| {name} - {other} | {' | '.join(told)} |")
    return "\n".join([*lines, ""])


def marks_table(out: Path, measured: Mapping[str, Any]) -> str:
    """Marks in pairs, by whether the question itself holds one, and in students' answers about other articles."""
    lines = [
        "| pairs | answers with a mark, clean questions | the same, questions with a mark | student's answers |",
        "| --- | --- | --- | --- |",
    ]
    for file in sorted((out / "pairs").glob("*.json")):
        if file.name == "digests.json":
            continue
        rows = json.loads(file.read_text("utf-8"))["rows"]
        told = []
        for marked in (False, True):
            there = [row for row in rows if bool(MARK.search(row["question"])) == marked]
            told.append(f"{sum(bool(MARK.search(row['answer'])) for row in there)} of {len(there)}")
        said = measured.get(file.stem, {}).get("elsewhere")
        told.append(f"{sum(bool(MARK.search(one)) for one in said)} of {len(said)}" if said else "-")
        lines.append(f"| {file.stem} | {' | '.join(told)} |")
    return "\n".join([*lines, ""])


def _told(found: tuple[float, float, float], sign: str = "") -> str:
    return f"{found[0]:{sign}.2f} ({found[1]:{sign}.2f} to {found[2]:{sign}.2f})"
