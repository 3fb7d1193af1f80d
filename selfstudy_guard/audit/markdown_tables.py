"""An audit as Markdown tables, for a paper or an issue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from selfstudy_guard.audit.audit_tables import (
    before_and_after,
    groups_of,
    name_of,
    names_and_conditions,
    overall,
    shown,
)
from selfstudy_guard.audit.results import AuditResult, ExperimentResult
from selfstudy_guard.report.visible import plain

_MARKS = re.compile(r"([\\`*_\[\]<>|#~$!&])")
"""Characters that begin markup, links, HTML, formulas, mentions of issues or cells of a table."""


def audit_markdown(result: AuditResult) -> str:
    """The audit as Markdown: all models at a glance, then every experiment with its groups, verdict and limits.

    Names and sentences are escaped, so that nothing in them is read as markup.
    """
    lines = ["# Audit", "", *_head(result), "", "## At a glance", "", *_glance(result)]
    for name in dict.fromkeys(experiment.name for experiment in result.experiments):
        runs = [experiment for experiment in result.experiments if experiment.name == name]
        lines += ["", f"## {_text(runs[0].title)}", "", _text(runs[0].finding)]
        for experiment in runs:
            lines += ["", f"### {_text(name_of(experiment))}", "", *_experiment(experiment)]
    return "\n".join(lines).rstrip() + "\n"


def _head(result: AuditResult) -> list[str]:
    settings = result.settings
    documents = settings.get("documents") or []
    words = [f"selfstudy-guard {result.version}", result.created]
    words += [f"{name} {settings[name]}" for name in ("seed", "budget") if settings.get(name) is not None]
    words += ["quick design"] if settings.get("quick") else []
    words += [f"{len(documents)} documents"] if documents else []
    lines = [_text(", ".join(word for word in words if word)) + "."]
    lines.append("In brackets: intervals of 95 %.")
    if result.stopped:
        lines.append(f"**Not finished**: {_text(result.stopped)}.")
    return lines


def _glance(result: AuditResult) -> list[str]:
    rows = [
        (
            experiment.title,
            name_of(experiment),
            beside.name,
            f"{shown(beside.without)}, {beside.without.condition}",
            f"{shown(beside.guarded)}, {beside.guarded.condition}",
            beside.trend,
        )
        for experiment in result.experiments
        for beside in before_and_after(experiment)
    ]
    if not rows:
        return ["No figure was measured both without and with the guard."]
    head = ("experiment", "model", "figure", "without the guard", "with the guard", "the guard makes it")
    return _table(head, rows)


def _experiment(experiment: ExperimentResult) -> list[str]:
    names, conditions = names_and_conditions(overall(experiment))
    rows = []
    for name in names:
        found = [experiment.figure(name, condition) for condition in conditions]
        rows.append((name, *(shown(figure) if figure else "" for figure in found)))
    lines = _table(("", *conditions), rows) if rows else ["Nothing was measured."]
    for dimension, levels in groups_of(experiment).items():
        keys = list(dict.fromkeys((one.name, one.condition) for figures in levels.values() for one in figures))
        by_level = [
            (level, {(one.name, one.condition): shown(one) for one in figures}) for level, figures in levels.items()
        ]
        rows = [(level, *(cells.get(key, "") for key in keys)) for level, cells in by_level]
        head = (dimension or "part", *(f"{name}, {condition}" for name, condition in keys))
        lines += ["", *_table(head, rows)]
    if experiment.verdict:
        lines += ["", _text(experiment.verdict)]
    calls = f"{experiment.calls:,} calls to the model, {experiment.failed:,} failed."
    return [*lines, "", *(f"- {_text(note)}" for note in (*experiment.notes, calls))]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [_row(head), "|" + " --- |" * len(head)]
    return [*lines, *(_row(row) for row in rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_text(cell) for cell in cells) + " |"


def _text(text: str) -> str:
    """One line of `text` in which nothing is markup; control characters are named."""
    escaped = _MARKS.sub(r"\\\1", " ".join(plain(text).split()))
    # Autolinks and mentions are made from bare words: a zero-width joiner would hide, an entity shows.
    return re.sub(r"(?<=\w)://", "&#58;//", escaped).replace("@", "&#64;")
