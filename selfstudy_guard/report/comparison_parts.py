"""The parts of the page about what is set beside the data: a second data set, a human question set."""

from __future__ import annotations

import numpy as np

from selfstudy_guard.coverage.footprint_overlap import overlap
from selfstudy_guard.coverage.show import side_by_side
from selfstudy_guard.display.visible import shorten, visible
from selfstudy_guard.report.charts import bar
from selfstudy_guard.report.comparisons import Beside, Reach
from selfstudy_guard.report.gathering import Inputs
from selfstudy_guard.report.view import PageBlock, Part, TableCell, counted, number, percent

MISSED_SHOWN = 40


def compare_part(inputs: Inputs, name: str, beside: Beside | None) -> Part | None:
    """Both data sets side by side, and what each covers that the other does not."""
    if beside is None:
        return None
    one, two = visible(shorten(name or "this", 40)), visible(shorten(beside.name, 40))
    figures = PageBlock(
        "Side by side",
        head=("", one, two),
        rows=[list(row) for row in side_by_side(inputs.summary, beside.tracker.summary())],
        numeric=frozenset({1, 2}),
    )
    here = np.concatenate([np.zeros(0, np.int32), *(source.asked for source in inputs.sources)])
    there = np.concatenate([np.zeros(0, np.int32), *(source.beside for source in inputs.sources)])
    split = {
        "both": int(((here > 0) & (there > 0)).sum()),
        "only the first": int(((here > 0) & (there == 0)).sum()),
        "only the second": int(((here == 0) & (there > 0)).sum()),
        "neither": int(((here == 0) & (there == 0)).sum()),
    }
    shared = overlap((name, beside.name), here, there)
    total = max(1, here.size)
    targets = PageBlock(
        "Targets covered by",
        f"Their overlap is {shared.morisita_horn:.2f} (Morisita-Horn), where unrelated choices would share "
        f"{shared.by_chance:.2f} and one generator asked twice {shared.if_same:.2f}.",
        head=("", "Targets", "Share", ""),
        rows=[
            [
                label,
                number(n),
                percent(n / total),
                TableCell(bar(n / total, "gap" if label == "neither" else "run"), "w"),
            ]
            for label, n in split.items()
        ],
        numeric=frozenset({1, 2}),
    )
    return Part(
        "compare", "Compared", "Two data sets compared", "tables", "", {"blocks": [figures, targets], "two": True}
    )


def reach_part(reached: Reach | None) -> Part | None:
    """How much of a human question set's evidence the data covers."""
    if reached is None:
        return None
    low, high = reached.interval
    lede = (
        f"The evidence of {counted(reached.located, 'question')} of {reached.questions:,} was found in the documents; "
        f"the data covers that of {reached.covered:,}: {percent(reached.share)} (95 % interval {percent(low)} to "
        f"{percent(high)})."
    )
    missed = PageBlock(
        "Evidence that no question of the data draws on",
        head=("Question", "Answer", "Document"),
        rows=[
            [
                visible(shorten(e.question, 240)),
                visible(shorten(e.answer, 160)),
                TableCell(visible(e.document_id), "id"),
            ]
            for e in reached.missed[:MISSED_SHOWN]
        ],
        table_caption=f"{MISSED_SHOWN} of {len(reached.missed):,}" if len(reached.missed) > MISSED_SHOWN else "",
        empty="" if reached.missed else "None: all of the evidence found is covered.",
    )
    return Part("questions", "Questions", "Human questions", "tables", lede, {"blocks": [missed]})
