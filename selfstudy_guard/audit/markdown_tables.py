"""An audit as Markdown tables, for a paper or an issue."""

from __future__ import annotations

from selfstudy_guard.audit.audit_tables import at_a_glance, by_group, groups_of, name_of, whole_design
from selfstudy_guard.audit.results import AuditResult, ExperimentResult
from selfstudy_guard.display.grids import markdown_text, to_markdown


def audit_markdown(result: AuditResult) -> str:
    """The audit as Markdown: all models at a glance, then every experiment with its groups, verdict and limits.

    Names and sentences are escaped, so that nothing in them is read as markup.
    """
    lines = ["# Audit", "", *_head(result), "", "## At a glance", "", *_glance(result)]
    for name in dict.fromkeys(experiment.name for experiment in result.experiments):
        runs = [experiment for experiment in result.experiments if experiment.name == name]
        lines += ["", f"## {markdown_text(runs[0].title)}", "", markdown_text(runs[0].finding)]
        for experiment in runs:
            lines += ["", f"### {markdown_text(name_of(experiment))}", "", *_experiment(experiment)]
    return "\n".join(lines).rstrip() + "\n"


def _head(result: AuditResult) -> list[str]:
    settings = result.settings
    documents = settings.get("documents") or []
    words = [f"selfstudy-guard {result.version}", result.created]
    words += [f"{name} {settings[name]}" for name in ("seed", "budget") if settings.get(name) is not None]
    words += ["quick design"] if settings.get("quick") else []
    words += [f"{len(documents)} documents"] if documents else []
    lines = [markdown_text(", ".join(word for word in words if word)) + "."]
    lines.append("In brackets: intervals of 95 %.")
    if result.stopped:
        lines.append(f"**Not finished**: {markdown_text(result.stopped)}.")
    return lines


def _glance(result: AuditResult) -> list[str]:
    grid = at_a_glance(result)
    return to_markdown(grid) if grid.rows else ["No figure was measured both without and with the guard."]


def _experiment(experiment: ExperimentResult) -> list[str]:
    grid = whole_design(experiment)
    lines = to_markdown(grid) if grid.rows else ["Nothing was measured."]
    for dimension, levels in groups_of(experiment).items():
        lines += ["", *to_markdown(by_group(dimension, levels))]
    if experiment.verdict:
        lines += ["", markdown_text(experiment.verdict)]
    calls = f"{experiment.calls:,} calls to the model, {experiment.failed:,} failed."
    return [*lines, "", *(f"- {markdown_text(note)}" for note in (*experiment.notes, calls))]
