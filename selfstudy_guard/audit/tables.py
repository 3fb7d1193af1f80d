"""Audits as tables: for the terminal, and two audits side by side."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from selfstudy_guard.audit.results import AuditResult, ExperimentResult, Figure
from selfstudy_guard.records import Frozen


class Change(Frozen):
    """One figure in two audits; `clear` means that their intervals do not overlap."""

    experiment: str
    model: str
    figure: str
    condition: str
    old: float
    new: float
    clear: bool


def shown(figure: Figure) -> str:
    """A figure with its interval, as people read it."""
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3g}"
    return f"{figure.value:.3g} ({figure.low:.3g} to {figure.high:.3g})"


def overall(experiment: ExperimentResult) -> list[Figure]:
    """The figures of the whole design, without those of its groups."""
    return [figure for figure in experiment.figures if not figure.group]


def print_audit(result: AuditResult, console: Console) -> None:
    """Every experiment as a table of its overall figures with the verdict under it."""
    for experiment in result.experiments:
        label = " (upper bound, not a model)" if experiment.bound else ""
        conditions = list(dict.fromkeys(figure.condition for figure in overall(experiment)))
        table = Table(title=f"{experiment.title}: {experiment.model}{label}", title_justify="left")
        table.add_column("")
        for condition in conditions:
            table.add_column(condition, justify="right")
        for name in dict.fromkeys(figure.name for figure in overall(experiment)):
            row = [experiment.figure(name, condition) for condition in conditions]
            table.add_row(name, *(shown(figure) if figure else "" for figure in row))
        console.print(table)
        console.print(experiment.verdict, markup=False, highlight=False)
        for note in experiment.notes:
            console.print(f"  {note}", style="dim", markup=False, highlight=False)


def changes(old: AuditResult, new: AuditResult) -> list[Change]:
    """Figures that both audits hold, in the order of the newer one."""
    before = {
        (experiment.name, experiment.model, figure.name, figure.condition): figure
        for experiment in old.experiments
        for figure in overall(experiment)
    }
    rows = []
    for experiment in new.experiments:
        for figure in overall(experiment):
            was = before.get((experiment.name, experiment.model, figure.name, figure.condition))
            if was is not None:
                rows.append(
                    Change(
                        experiment=experiment.name,
                        model=experiment.model,
                        figure=figure.name,
                        condition=figure.condition,
                        old=was.value,
                        new=figure.value,
                        clear=_apart(was, figure),
                    )
                )
    return rows


def print_changes(rows: list[Change], console: Console) -> None:
    """The changes as one table; clear ones are bold."""
    table = Table()
    for heading in ("experiment", "model", "figure", "condition", "old", "new"):
        table.add_column(heading)
    for row in rows:
        style = "bold" if row.clear else ""
        table.add_row(
            row.experiment, row.model, row.figure, row.condition, f"{row.old:.3g}", f"{row.new:.3g}", style=style
        )
    console.print(table)
    if not rows:
        console.print("the two audits have no figure in common")


def _apart(old: Figure, new: Figure) -> bool:
    if None in (old.low, old.high, new.low, new.high):
        return old.value != new.value
    assert old.low is not None
    assert old.high is not None
    assert new.low is not None
    assert new.high is not None
    return old.high < new.low or new.high < old.low
