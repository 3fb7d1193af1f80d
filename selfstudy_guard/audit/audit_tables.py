"""Audits as tables: before and after the guard, models side by side, for the terminal; and two audits side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from selfstudy_guard.audit.results import AuditResult, ExperimentResult, Figure
from selfstudy_guard.records import Frozen
from selfstudy_guard.report.visible import plain

Trend = Literal["better", "worse", "not told apart", "different"]
"""Of a later figure against an earlier one; "different" where neither direction is good, or where no interval tells
whether it is more than chance."""

BOUND = "upper bound, not a model"
"""Label of everything that the obedient reader made."""


@dataclass(frozen=True)
class TwoAudits:
    """One figure without and with the guard, in one experiment on one model."""

    name: str
    without: Figure
    guarded: Figure

    @property
    def trend(self) -> Trend:
        """What the guard did to it."""
        return trend(self.without, self.guarded)


class Change(Frozen):
    """One figure in two audits; `clear` means that it is better or worse by more than the intervals allow for."""

    experiment: str
    model: str
    figure: str
    condition: str
    old: float
    new: float
    clear: bool
    trend: Trend


def name_of(experiment: ExperimentResult) -> str:
    """The model's name, with the label of a bound."""
    return f"{experiment.model} ({BOUND})" if experiment.bound else experiment.model


def shown(figure: Figure) -> str:
    """A figure with its interval, as people read it."""
    if figure.low is None or figure.high is None:
        return short(figure.value)
    return f"{short(figure.value)} ({short(figure.low)} to {short(figure.high)})"


def short(value: float) -> str:
    """Three digits, and whole numbers in full."""
    return f"{value:,.0f}" if abs(value) >= 100 or (value == int(value) and abs(value) > 1) else f"{value:.3g}"


def overall(experiment: ExperimentResult) -> list[Figure]:
    """The figures of the whole design, without those of its groups."""
    return [figure for figure in experiment.figures if not figure.group]


def names_and_conditions(figures: Iterable[Figure]) -> tuple[list[str], list[str]]:
    """Names and conditions of the figures, each once and in order."""
    by_name: dict[str, list[str]] = {}
    for one in figures:
        by_name.setdefault(one.name, []).append(one.condition)
    # The figure of the most conditions gives their order, so that the guarded ones come last.
    longest_first = sorted(by_name.values(), key=len, reverse=True)
    return list(by_name), list(dict.fromkeys(condition for conditions in longest_first for condition in conditions))


def before_and_after(experiment: ExperimentResult) -> list[TwoAudits]:
    """Every overall figure that has a good direction, in its first condition and in its last, which is the guarded
    one; figures of a single condition are left out."""
    found = []
    for name in names_and_conditions(overall(experiment))[0]:
        figures = [one for one in overall(experiment) if one.name == name and one.better != "neither"]
        if len(figures) > 1:
            found.append(TwoAudits(name, figures[0], figures[-1]))
    return found


def groups_of(experiment: ExperimentResult) -> dict[str, dict[str, list[Figure]]]:
    """Figures of the groups "dimension=level": dimension -> level -> figures; a group without "=" has dimension ""."""
    found: dict[str, dict[str, list[Figure]]] = {}
    for figure in experiment.figures:
        if figure.group:
            dimension, equals, level = figure.group.partition("=")
            home = found.setdefault(dimension if equals else "", {})
            home.setdefault(level if equals else figure.group, []).append(figure)
    return found


def trend(old: Figure, new: Figure) -> Trend:
    """What became of a figure: better or worse only where both have intervals and these do not overlap."""
    if not _apart(old, new):
        return "not told apart"
    if new.better == "neither" or old.low is None or new.low is None:
        return "different"
    return "better" if (new.value > old.value) == (new.better == "higher") else "worse"


def print_audit(result: AuditResult, console: Console) -> None:
    """Every experiment as a table of its overall figures with the verdict under it."""
    for experiment in result.experiments:
        if overall(experiment):
            table = _side_by_side(experiment)
            fits = console.measure(table, options=console.options.update(max_width=10_000)).maximum <= console.width
            console.print(table if fits else _one_below_the_other(experiment))
        else:
            console.print(_title(experiment))
        console.print(printable(experiment.verdict))
        for note in _notes(experiment):
            console.print(printable(f"- {note}", "dim"))
        console.print()
    if result.stopped:
        console.print(printable(f"Not finished: {result.stopped}.", "yellow"))


def _title(experiment: ExperimentResult) -> Text:
    return printable(f"{experiment.title}: {name_of(experiment)}", "bold")


def _side_by_side(experiment: ExperimentResult) -> Table:
    names, conditions = names_and_conditions(overall(experiment))
    table = Table(title=_title(experiment), title_justify="left")
    table.add_column("")
    for condition in conditions:
        table.add_column(printable(condition), justify="right")
    for name in names:
        row = [experiment.figure(name, condition) for condition in conditions]
        table.add_row(printable(name), *(shown(figure) if figure else "" for figure in row))
    return table


def _one_below_the_other(experiment: ExperimentResult) -> Table:
    """The same for a narrow terminal: a row for each figure and condition."""
    names, conditions = names_and_conditions(overall(experiment))
    table = Table("figure", "condition", "value", title=_title(experiment), title_justify="left")
    for name in names:
        table.add_section()
        found = [experiment.figure(name, condition) for condition in conditions]
        for place, figure in enumerate(figure for figure in found if figure):
            table.add_row(printable("" if place else name), printable(figure.condition), shown(figure))
    return table


def _notes(experiment: ExperimentResult) -> list[str]:
    failed = [f"{experiment.failed} calls failed and count for nothing."] if experiment.failed else []
    return [*experiment.notes, *failed]


def changes(old: AuditResult, new: AuditResult) -> list[Change]:
    """Figures that both audits hold, in the order of the newer one.

    Figures are matched by experiment, model, name and condition. Where each audit is of one model (bounds do not
    count) the two are compared although their names differ.
    """
    renamed = _one_model(old), _one_model(new)
    before = {
        (experiment.name, _same(experiment.model, renamed), figure.name, figure.condition): figure
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
                        clear=trend(was, figure) in ("better", "worse"),
                        trend=trend(was, figure),
                    )
                )
    return rows


def _one_model(result: AuditResult) -> str | None:
    models = {experiment.model for experiment in result.experiments if not experiment.bound}
    return models.pop() if len(models) == 1 else None


def _same(model: str, renamed: tuple[str | None, str | None]) -> str:
    old, new = renamed
    return new if new is not None and model == old else model


def different_designs(old: AuditResult, new: AuditResult) -> list[str]:
    """Settings in which two audits differ: names, sorted. Their figures then differ for that reason, too."""
    names = (old.settings.keys() | new.settings.keys()) - {"experiments"}
    found = [name for name in sorted(names) if old.settings.get(name) != new.settings.get(name)]
    models = _one_model(old), _one_model(new)
    return [*found, "model"] if None not in models and models[0] != models[1] else found


def print_changes(rows: Sequence[Change], console: Console) -> None:
    """The changes as one table; clear ones are bold."""
    if not rows:
        console.print("the two audits have no figure in common")
        return
    table = Table()
    several = len({row.model for row in rows}) > 1
    for heading in ("experiment", "model", "figure", "condition") if several else ("experiment", "figure", "condition"):
        table.add_column(heading)
    table.add_column("old", justify="right")
    table.add_column("new", justify="right")
    table.add_column("")
    for row in rows:
        texts = (row.experiment, *((row.model,) if several else ()), row.figure, row.condition)
        names = (printable(text) for text in texts)
        table.add_row(*names, short(row.old), short(row.new), row.trend, style="bold" if row.clear else "")
    console.print(table)


def printable(text: str, style: str = "") -> Text:
    """Untrusted text for a terminal: no markup is read in it, and control characters are named."""
    return Text(plain(text), style=style)


def _apart(old: Figure, new: Figure) -> bool:
    if old.low is None or old.high is None or new.low is None or new.high is None:
        return old.value != new.value
    return old.high < new.low or new.high < old.low
