"""Saturation: coverage against the number of calls, without and with the guard.

What the paper found: generators do not scan a document evenly. Coverage saturates early and concentrates on a few
salient spans, and more questions mostly repeat what was asked.
What is varied: whether a question is asked about a passage as a whole (the user's prompt or a plain one) or tied to a
target by the guard (sampler, prompts, checks, up to three tries). What is held fixed: model, documents, number of
calls, how many calls each part of the documents gets, and attribution, which knows no target.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from selfstudy_guard.audit.asking import (
    Tried,
    ask_anchored,
    dealt,
    excerpts,
    first_questions,
    least_covered,
    own_ways,
    passage_characters,
    passages_of,
    plain_request,
)
from selfstudy_guard.audit.audit_settings import Setting
from selfstudy_guard.audit.results import Better, Curve, ExperimentResult, Figure
from selfstudy_guard.coverage import CoverageSummary, CoverageTracker
from selfstudy_guard.coverage.statistics import wilson

NAME = "saturation"
TITLE = "Saturation"
FINDING = (
    "The paper: unguided generators cover a document early and unevenly, and then repeat themselves. Here the same "
    "model asks about the same documents with and without the guard, at the same number of calls."
)
LEVELS = (0.5, 0.8, 0.95)
_PER_TARGET = 2
"""Calls for each target: the documents are cut where the calls would not allow it."""


def calls(setting: Setting) -> int:
    """Calls that `run` will make, at most."""
    return 2 * (setting.budget // 2)


def run(setting: Setting) -> ExperimentResult:
    """Ask both ways with half of the calls each, and measure coverage by attribution."""
    half = setting.budget // 2
    whole, _, _ = setting.guarded(setting.documents)
    documents = excerpts(setting.documents, dict(whole.segmentations), max(4, half // _PER_TARGET))
    sampler, flows, prepared = setting.guarded(documents)
    eligible = len(sampler.targets)
    if not eligible:
        return ExperimentResult(
            name=NAME, title=TITLE, finding=FINDING, model=setting.model, verdict="No target may be asked about."
        )
    segmentations = dict(sampler.segmentations)

    free = CoverageTracker(documents, segmentations=segmentations)
    passages = dealt(passages_of(documents, segmentations, passage_characters(setting)), half, setting, NAME)
    requests = [plain_request(setting, one.text, f"{NAME}:unguided:{i}") for i, one in enumerate(passages)]
    for passage, question in zip(passages, first_questions(setting.caller.answers(requests)), strict=True):
        free.add(question or "", document_id=passage.document_id)

    tied = CoverageTracker(documents, segmentations=segmentations)
    course: list[tuple[int, float]] = []

    def count(tried: Tried) -> None:
        if tried.question is not None:
            tied.add(tried.question, target=tried.draw.target, document_id=tried.draw.target.document_id)
        course.append((tried.calls, tied.coverage))

    ask_anchored(
        setting,
        f"{NAME}:anchored",
        least_covered(sampler, tied),
        lambda draw: own_ways(setting, flows, prepared, draw),
        half,
        on_question=count,
    )
    unguided, anchored = free.summary(seed=setting.seed), tied.summary(seed=setting.seed)
    anchored_curve = _course(course, half)
    curves = [_rarefied(unguided), anchored_curve, _ideal(eligible, half)]
    figures = [
        *_figures("unguided", unguided, half, curves[0]),
        *_figures("anchored", anchored, half, anchored_curve),
    ]
    return ExperimentResult(
        name=NAME,
        title=TITLE,
        finding=FINDING,
        model=setting.model,
        figures=tuple(figures),
        curves=tuple(curves),
        verdict=_verdict(unguided, anchored, half),
        notes=_notes(unguided, anchored, eligible, len(documents), half),
    )


def _figures(condition: str, summary: CoverageSummary, used: int, curve: Curve) -> list[Figure]:
    gini = summary.concentration.gini
    covered = wilson(summary.covered, summary.eligible)
    band = (covered.low, covered.high) if condition == "anchored" else _bounds(summary)
    figures = [
        _figure("coverage", condition, summary.coverage, band, used, "higher"),
        _figure("questions", condition, summary.questions, None, used),
        _figure("Gini", condition, gini.value, (gini.interval.low, gini.interval.high), summary.questions, "lower"),
        _figure("Gini of questions at random", condition, gini.at_random, None, summary.questions),
        _figure("not about the documents", condition, summary.unattributed / max(1, summary.questions), None, used),
    ]
    if condition == "unguided":
        reach = summary.saturation.reachable_interval
        figures.append(_figure("asymptote", condition, summary.saturation.asymptote, None, used, "higher"))
        figures.append(
            _figure("reachable", condition, summary.saturation.reachable, (reach.low, reach.high), used, "higher")
        )
    else:
        # Targets are visited in turn: what was asked about last is where the curve leads, not an extrapolation.
        figures.append(_figure("asymptote", condition, summary.coverage, None, used, "higher"))
    for level in LEVELS:
        at = next((x for x, y in zip(curve.x, curve.y, strict=True) if y >= level), None)
        if at is not None:
            figures.append(_figure(f"calls to {level:.0%} coverage", condition, at, None, used, "lower"))
    return figures


def _figure(
    name: str,
    condition: str,
    value: float,
    bounds: tuple[float, float] | None,
    n: int,
    better: Better = "neither",
) -> Figure:
    low, high = bounds or (None, None)
    return Figure(name=name, condition=condition, value=value, low=low, high=high, n=n, better=better)


def _bounds(summary: CoverageSummary) -> tuple[float, float]:
    return summary.coverage_interval.low, summary.coverage_interval.high


def _rarefied(summary: CoverageSummary) -> Curve:
    """Expected coverage after so many of the unguided questions, over all their orders."""
    points = summary.saturation.curve
    return Curve(
        name="coverage",
        condition="unguided",
        x=tuple(float(point.questions) for point in points),
        y=tuple(point.coverage for point in points),
        low=tuple(point.low for point in points),
        high=tuple(point.high for point in points),
        x_label="calls",
        y_label="coverage",
    )


def _course(course: Sequence[tuple[int, float]], used: int) -> Curve:
    """Coverage as it grew: the order of anchored questions is the guard's choice, so it is not averaged away."""
    last = course[-1][1] if course else 0.0
    points = [*((float(at), value) for at, value in course), (float(used), last)]
    return Curve(
        name="coverage",
        condition="anchored",
        x=tuple(x for x, _ in points),
        y=tuple(y for _, y in points),
        x_label="calls",
        y_label="coverage",
    )


def _ideal(eligible: int, used: int) -> Curve:
    """Coverage of questions that draw a target at random each."""
    from selfstudy_guard.coverage.saturation_curve import at_random

    at = np.unique(np.round(np.geomspace(1, used, 30)))
    return Curve(
        name="coverage",
        condition="targets at random",
        x=tuple(float(x) for x in at),
        y=tuple(float(y) for y in at_random(at, eligible)),
        x_label="calls",
        y_label="coverage",
    )


def _verdict(unguided: CoverageSummary, anchored: CoverageSummary, used: int) -> str:
    return (
        f"With {used} calls each, unguided questions drew on {unguided.coverage:.0%} of the targets and anchored ones "
        f"on {anchored.coverage:.0%}; unguided generation would end at about {unguided.saturation.asymptote:.0%}."
    )


def _notes(
    unguided: CoverageSummary, anchored: CoverageSummary, eligible: int, documents: int, used: int
) -> tuple[str, ...]:
    notes = [
        f"{eligible} eligible targets of {documents} documents, {used} calls for each condition.",
        "Coverage is attributed from the questions alone; a refused question of the guard costs a call and counts for "
        "nothing.",
    ]
    for name, summary in (("unguided", unguided), ("anchored", anchored)):
        missed = [f"{level:.0%}" for level in LEVELS if summary.coverage < level]
        if missed:
            notes.append(f"{name}: {', '.join(missed)} coverage was not reached within {used} calls.")
    return tuple(notes)
