"""A coverage summary for people: one table, and a figure for papers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from selfstudy_guard.coverage.summary import Bias, CoverageSummary, Interval
from selfstudy_guard.display.grids import Grid

_SHOWN = 0.05
"""Smaller ratios are drawn here, so that the axis keeps its scale."""


def _per_cent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _between(bounds: Interval | None, scale: float = 1.0) -> str:
    return "" if bounds is None else f"{scale * bounds.low:.2f} to {scale * bounds.high:.2f}"


def verdict(summary: CoverageSummary) -> str:
    """The whole summary in one line."""
    if not summary.questions:
        return f"No question yet: {summary.eligible} targets in {summary.documents} documents wait."
    line = f"{summary.questions} questions draw on {summary.covered} of {summary.eligible} targets"
    return f"{line} ({_per_cent(summary.coverage)})."


def rows(summary: CoverageSummary) -> Iterator[tuple[str, str, str]]:
    """(figure, value, what to set it against), in the order of docs/coverage.md."""
    saturation, shape = summary.saturation, summary.concentration
    ideal = saturation.curve[-1].at_random if saturation.curve else 0.0
    bounds = _between(summary.coverage_interval, 100)
    yield "coverage", _per_cent(summary.coverage), f"{bounds} %; {_per_cent(ideal)} at random"
    yield "tokens covered", _per_cent(summary.token_coverage), ""
    yield "sections covered", _per_cent(summary.section_coverage), ""
    if summary.on_target is None:  # a plan that goes round reaches every target: an estimate would mislead
        yield (
            "reachable at least",
            _per_cent(saturation.reachable),
            f"fitted asymptote {_per_cent(saturation.asymptote)}",
        )
        yield "next question is new", _per_cent(saturation.next_is_new), ""
        further = saturation.next_per_cent
        yield "questions for one more per cent", "out of reach" if further is None else f"{further:,}", ""
    for name, figure in (
        ("Gini", shape.gini),
        ("normalised entropy", shape.normalised_entropy),
        ("effective number of targets", shape.effective_number),
        ("share of the top tenth", shape.top_decile_share),
    ):
        value = f"{figure.value:,.1f}" if figure.value > 1 else f"{figure.value:.2f}"
        chance = f"{figure.at_random:,.1f}" if figure.at_random > 1 else f"{figure.at_random:.2f}"
        yield name, value, f"{_between(figure.interval)}; {chance} at random"
    yield "hijack rate", _per_cent(summary.hijack_rate), f"{_between(summary.hijack_interval, 100)} %"
    yield "not in any document", f"{summary.unattributed:,}", ""
    if summary.on_target is not None:
        yield "on target", _per_cent(summary.on_target), ""
    repeats = summary.duplicates
    yield "duplicates", f"{repeats.exact:,} exact, {repeats.near:,} near", _per_cent(repeats.near_share)
    for title, biases in (("position", summary.position), ("kind", summary.kinds), ("form", summary.forms)):
        for bias in biases:
            yield from _bias(title, bias)
    for family, overlaps in summary.convergence.items():
        for pair in overlaps[:3]:
            against = f"{pair.by_chance:.2f} by chance, {pair.if_same:.2f} if the same"
            yield f"{family}: {pair.one} and {pair.two}", f"{pair.morisita_horn:.2f}", against
    filtering = summary.filtering
    if filtering.findings:
        kinds = ", ".join(f"{name} {n}" for name, n in filtering.by_intent.items())
        yield "findings of the filter", f"{filtering.findings:,}", kinds
    yield "retention", _per_cent(filtering.retention), ""
    if filtering.withholding:
        yield "withheld", _per_cent(filtering.withheld), f"on suspicion, from {filtering.withholding:,} answers"
    for reason, n in summary.rejections.items():
        yield f"rejected, {reason}", f"{n:,}", ""


def side_by_side(one: CoverageSummary, two: CoverageSummary) -> list[tuple[str, str, str]]:
    """(figure, value, value) of two summaries: the figures that both have, without the biases and overlaps."""
    first, second = ({name: value for name, value, _ in rows(summary)} for summary in (one, two))
    first = {"questions": f"{one.questions:,}", **first}
    second = {"questions": f"{two.questions:,}", **second}
    return [(name, first[name], second[name]) for name in first if name in second and ":" not in name]


def _bias(title: str, bias: Bias) -> Iterator[tuple[str, str, str]]:
    if bias.ratio is not None and bias.targets:
        yield f"{title}: {bias.name}", f"{bias.ratio:.2f} times", _between(bias.interval)


def as_grid(summary: CoverageSummary) -> Grid:
    """The summary as one table under its verdict."""
    return Grid(list(rows(summary)), title=verdict(summary), words=frozenset({2}))


def figures(summary: CoverageSummary) -> Any:
    """A matplotlib figure for papers: the coverage curve with its band, and the biases with their intervals.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        from selfstudy_guard.errors import MissingExtraError

        raise MissingExtraError("drawing figures", "plots") from error
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    curve = summary.saturation.curve
    x = [point.questions for point in curve]
    left.fill_between(x, [p.low for p in curve], [p.high for p in curve], alpha=0.25, linewidth=0)
    left.plot(x, [p.coverage for p in curve], label="these questions")
    left.plot(x, [p.at_random for p in curve], linestyle="--", label="drawn at random")
    left.axhline(summary.saturation.reachable, linestyle=":", color="grey", label="reachable at least")
    left.set(xlabel="questions", ylabel="coverage", ylim=(0, 1.02))
    left.legend(frameon=False)
    biases = [bias for bias in (*summary.position, *summary.kinds, *summary.forms) if bias.ratio]
    for place, bias in enumerate(reversed(biases)):
        if bias.interval is not None:
            right.plot([max(bias.interval.low, _SHOWN), max(bias.interval.high, _SHOWN)], [place, place], color="C0")
        right.plot([max(bias.ratio or 0.0, _SHOWN)], [place], "o", color="C0")
    right.axvline(1.0, linestyle=":", color="grey")
    right.set(xscale="log", xlabel="asked about, times the expected")
    right.set_yticks(range(len(biases)), [bias.name.replace("_", " ") for bias in reversed(biases)])
    return figure
