"""An audit as one HTML page, in the look and under the content-security policy of the coverage report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from selfstudy_guard.audit.audit_tables import (
    at_a_glance,
    before_and_after,
    by_group,
    groups_of,
    name_of,
    short,
    whole_design,
)
from selfstudy_guard.audit.results import AuditResult, Curve, ExperimentResult, Figure
from selfstudy_guard.display.grids import Grid
from selfstudy_guard.display.visible import plain
from selfstudy_guard.report.charts import ChartLine, intervals, line_chart, thin
from selfstudy_guard.report.page import render
from selfstudy_guard.report.view import Headline, Tile, counted, number

_LOOKS = ("even", "run", "other", "reach", "ideal")
"""Colours of the lines of one chart, in order; the first condition, without the guard, is grey."""


@dataclass(frozen=True)
class FigureGroup:
    """A table that is folded behind its summary; of a figure with ratios of odds the last column is a drawing."""

    grid: Grid
    summary: str
    drawn: Sequence[Markup] = ()
    caption: str = ""


@dataclass(frozen=True)
class Drawn:
    """One chart with its legend."""

    chart: Markup
    key: Sequence[ChartLine]
    caption: str


@dataclass(frozen=True)
class Ran:
    """One experiment on one model."""

    name: str
    bound: bool
    verdict: str
    overall: Grid
    charts: Sequence[Drawn]
    groups: Sequence[FigureGroup]
    notes: Sequence[str]


@dataclass(frozen=True)
class AuditPart:
    """One experiment, on all its models."""

    anchor: str
    heading: str
    finding: str
    runs: Sequence[Ran]


@dataclass(frozen=True)
class AuditView:
    """Everything that the page shows."""

    title: str
    verdict: Headline
    tiles: Sequence[Tile]
    glance: Grid
    parts: Sequence[AuditPart]
    version: str
    made: str
    foot: str = ""


def audit_html(result: AuditResult) -> str:
    """The whole audit as one page that needs no network; every text in it is escaped."""
    models = list(dict.fromkeys(experiment.model for experiment in result.experiments if not experiment.bound))
    bounds = {experiment.model for experiment in result.experiments if experiment.bound}
    view = AuditView(
        title=", ".join([*models, *(f"{name} (a bound)" for name in sorted(bounds))]) or "Nothing was run",
        verdict=_verdict(result),
        tiles=_tiles(result, models, bool(bounds)),
        glance=at_a_glance(result),
        parts=_parts(result),
        version=result.version,
        made=result.created,
        foot="; ".join(f"{name}: {_brief(value)}" for name, value in sorted(result.settings.items())),
    )
    return render(view, "audit.html.j2", package="selfstudy_guard.audit")


def _verdict(result: AuditResult) -> Headline:
    found = [beside.trend for experiment in result.experiments for beside in before_and_after(experiment)]
    better, worse = found.count("better"), found.count("worse")
    line = (
        f"Of {counted(len(found), 'figure')} measured without and with the guard, clearly better with it: {better}; "
        f"clearly worse: {worse}; not told apart, or without an interval: {len(found) - better - worse}."
    )
    stopped = (f"Not finished: {result.stopped}.",) if result.stopped else ()
    advice = (*stopped, *dict.fromkeys(_said(one) for one in result.experiments if one.verdict))
    if not found:
        return Headline("fair", "Nothing to compare", "No figure was measured without and with the guard.", advice)
    if worse:
        return Headline("poor", "Look closer", line, advice)
    return Headline(
        "good" if better else "fair", "Better with the guard" if better else "No clear change", line, advice
    )


def _said(experiment: ExperimentResult) -> str:
    return f"{experiment.title}, {name_of(experiment)}: {experiment.verdict}"


def _tiles(result: AuditResult, models: Sequence[str], bound: bool) -> list[Tile]:
    calls = sum(experiment.calls for experiment in result.experiments)
    failed = sum(experiment.failed for experiment in result.experiments)
    tiles = [
        Tile("Experiments", number(len({one.name for one in result.experiments})), "of the paper's stress tests"),
        Tile("Models", number(len(models)), "and the obedient reader, an upper bound" if bound else ""),
        Tile("Calls", number(calls), f"{failed:,} failed" if failed else "none failed", "fair" if failed else ""),
    ]
    usage = result.usage
    if usage.cost:
        tiles.append(Tile("Cost", f"${usage.cost:,.2f}", f"{usage.tokens:,} tokens"))
    elif usage.tokens:
        tiles.append(Tile("Tokens", number(usage.tokens), "sent and received"))
    return tiles


def _parts(result: AuditResult) -> list[AuditPart]:
    parts = []
    for place, name in enumerate(dict.fromkeys(experiment.name for experiment in result.experiments), 1):
        runs = [experiment for experiment in result.experiments if experiment.name == name]
        # An anchor is a number: names come from files that others may have written.
        parts.append(AuditPart(f"e{place}", runs[0].title, runs[0].finding, [_ran(one) for one in runs]))
    return parts


def _ran(experiment: ExperimentResult) -> Ran:
    failed = f" {counted(experiment.failed, 'call')} failed and count for nothing." if experiment.failed else ""
    return Ran(
        name=name_of(experiment),
        bound=experiment.bound,
        verdict=experiment.verdict,
        overall=whole_design(experiment),
        charts=_charts(experiment.curves),
        groups=[_group(dimension, levels) for dimension, levels in groups_of(experiment).items()],
        notes=(*experiment.notes, f"{counted(experiment.calls, 'call')} to the model.{failed}"),
    )


def _group(dimension: str, levels: dict[str, list[Figure]]) -> FigureGroup:
    """Rows are the levels of one dimension of the design; ratios of odds are also drawn."""
    names = dict.fromkeys((one.name, one.condition) for figures in levels.values() for one in figures)
    odds = next((key for key in names if "odds" in key[0]), None)
    grid, summary = by_group(dimension, levels), f"By {dimension}" if dimension else "In parts"
    if odds is None:
        return FigureGroup(grid, summary)
    figures = ({(one.name, one.condition): one for one in found} for found in levels.values())
    return FigureGroup(grid, summary, [_interval(found.get(odds)) for found in figures], f"{odds[0]} from 0.1 to 10")


def _interval(figure: Figure | None) -> Markup:
    if figure is None or figure.low is None or figure.high is None:
        return Markup("")
    if not (figure.value > 0 and figure.low > 0 and figure.high > 0):
        return Markup("")
    return intervals(figure.low, figure.value, figure.high)


def _charts(curves: Sequence[Curve]) -> list[Drawn]:
    """One chart for each name of a curve, a line for each condition; only shares are drawn."""
    drawn = []
    for name in dict.fromkeys(curve.name for curve in curves):
        family = [curve for curve in curves if curve.name == name and _drawable(curve)]
        if not family:
            continue
        lines = [
            ChartLine(curve.condition, [(x, y) for x, y in thin(_points(curve))], _LOOKS[min(place, len(_LOOKS) - 1)])
            for place, curve in enumerate(family)
        ]
        banded = next((curve for curve in family if len(curve.low) == len(curve.high) == len(curve.x)), None)
        ends = "; ".join(f"{one.condition}: {short(one.y[-1])} at {short(one.x[-1])}" for one in family)
        chart = line_chart(
            lines,
            title=plain(name),
            description=plain(ends),
            x_title=plain(family[0].x_label),
            y_title=plain(family[0].y_label or name),
            band=[] if banded is None else list(zip(banded.x, banded.low, banded.high, strict=True)),
        )
        band = f" The band is the interval of 95 % of {banded.condition}." if banded is not None else ""
        drawn.append(Drawn(chart, lines, f"{name.capitalize()}; at the right end {ends}.{band}"))
    return drawn


def _points(curve: Curve) -> list[tuple[float, ...]]:
    return list(zip(curve.x, curve.y, strict=True))


def _drawable(curve: Curve) -> bool:
    values = (*curve.x, *curve.y, *curve.low, *curve.high)
    if not curve.x or len(curve.x) != len(curve.y) or not all(math.isfinite(value) for value in values):
        return False
    return all(0 <= value <= 1 for value in curve.y)


def _brief(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value[:8]) + (" ..." if len(value) > 8 else "")
    text = "none" if value is None else str(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
