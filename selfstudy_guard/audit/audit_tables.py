"""Audits as tables: before and after the guard, models side by side, for the terminal; and two audits side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.console import Console
from rich.text import Text

from selfstudy_guard.audit.results import AuditResult, ExperimentResult, Figure
from selfstudy_guard.display.grids import Grid, to_rich
from selfstudy_guard.display.visible import plain
from selfstudy_guard.records import Frozen

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


def at_a_glance(result: AuditResult) -> Grid:
    """Every figure that was measured without and with the guard, of all models."""
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
    head = ("Experiment", "Model", "Figure", "Without the guard", "With the guard", "The guard makes it")
    return Grid(rows, head, words=frozenset({1, 2, 5}))


def whole_design(experiment: ExperimentResult, *, title: str = "") -> Grid:
    """The overall figures: a row a figure, a column a condition."""
    names, conditions = names_and_conditions(overall(experiment))
    found = [(name, [experiment.figure(name, condition) for condition in conditions]) for name in names]
    rows = [(name, *(shown(figure) if figure else "" for figure in figures)) for name, figures in found]
    return Grid(rows, ("", *conditions), title)


def by_group(dimension: str, levels: dict[str, list[Figure]]) -> Grid:
    """Figures of one dimension of the design: a row a level, a column a figure in one condition."""
    keys = list(dict.fromkeys((one.name, one.condition) for figures in levels.values() for one in figures))
    cells = {level: {(one.name, one.condition): shown(one) for one in figures} for level, figures in levels.items()}
    rows = [(level, *(found.get(key, "") for key in keys)) for level, found in cells.items()]
    return Grid(rows, (dimension or "part", *(f"{name}, {condition}" for name, condition in keys)))


def print_audit(result: AuditResult, console: Console) -> None:
    """Every experiment as a table of its overall figures with the verdict under it."""
    for experiment in result.experiments:
        title = f"{experiment.title}: {name_of(experiment)}"
        grid = whole_design(experiment, title=title)
        if grid.rows:
            table = to_rich(grid, framed=True)
            fits = console.measure(table, options=console.options.update(max_width=10_000)).maximum <= console.width
            console.print(table if fits else to_rich(_one_below_the_other(experiment, title), framed=True))
        else:
            console.print(Text(plain(title), "bold"))
        console.print(Text(plain(experiment.verdict)))
        for note in _notes(experiment):
            console.print(Text(plain(f"- {note}"), "dim"))
        console.print()
    if result.stopped:
        console.print(Text(plain(f"Not finished: {result.stopped}."), "yellow"))


def _one_below_the_other(experiment: ExperimentResult, title: str) -> Grid:
    """The same for a narrow terminal: a row for each figure and condition."""
    names, conditions = names_and_conditions(overall(experiment))
    rows: list[tuple[str, ...]] = []
    for name in names:
        found = [figure for condition in conditions if (figure := experiment.figure(name, condition))]
        rows += [("" if at else name, figure.condition, shown(figure)) for at, figure in enumerate(found)]
        rows.append(())
    return Grid(rows, ("figure", "condition", "value"), title, words=frozenset({1, 2}))


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
    several = len({row.model for row in rows}) > 1
    words = ("experiment", *(("model",) if several else ()), "figure", "condition")
    grid = Grid(
        [(*(str(getattr(row, name)) for name in words), short(row.old), short(row.new), row.trend) for row in rows],
        (*words, "old", "new", ""),
        words=frozenset({*range(len(words)), len(words) + 2}),
        strong=frozenset(place for place, row in enumerate(rows) if row.clear),
    )
    console.print(to_rich(grid, framed=True))


def _apart(old: Figure, new: Figure) -> bool:
    if old.low is None or old.high is None or new.low is None or new.high is None:
        return old.value != new.value
    return old.high < new.low or new.high < old.low
