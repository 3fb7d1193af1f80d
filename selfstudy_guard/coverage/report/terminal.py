"""The figures for a terminal: a verdict and a small table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from selfstudy_guard.coverage.report.parts import percent
from selfstudy_guard.coverage.report.verdict import uniform_share
from selfstudy_guard.coverage.report.visible import plain
from selfstudy_guard.coverage.summary import CoverageSummary

if TYPE_CHECKING:
    from rich.table import Table


def summary_rows(summary: CoverageSummary) -> list[tuple[str, str, str]]:
    """Name, value and note of each figure, in the order of the report."""
    rows = [
        ("questions", f"{summary.questions:,}", ""),
        (
            "coverage",
            percent(summary.coverage),
            f"{summary.covered:,} of {summary.eligible:,} targets; "
            f"at random {percent(uniform_share(summary.questions, summary.eligible))}",
        ),
        ("of the text", percent(summary.token_coverage), "by tokens"),
        ("of the sections", percent(summary.section_coverage), ""),
        ("hijack rate", percent(summary.hijack_rate), "questions that draw on what is not content"),
        ("not supported", f"{summary.unattributed:,}", "questions that no sentence supports"),
    ]
    if summary.on_target is not None:
        rows.append(("on target", percent(summary.on_target), "questions that draw on the target they were tied to"))
    return rows


def summary_table(summaries: Mapping[str, CoverageSummary]) -> Table:
    """A rich table with one column a summary; with one summary, its notes stand beside the values."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=len(summaries) > 1)
    table.add_column("", style="bold")
    columns = [summary_rows(summary) for summary in summaries.values()]
    for name in summaries:
        table.add_column(plain(name), justify="right")
    if len(columns) == 1:
        table.add_column("", style="dim")
    names = list(dict.fromkeys(row[0] for column in columns for row in column))
    for name in names:
        values = [next((row for row in column if row[0] == name), (name, "", "")) for column in columns]
        cells = [row[1] for row in values]
        table.add_row(name, *cells, *([values[0][2]] if len(columns) == 1 else []))
    return table
