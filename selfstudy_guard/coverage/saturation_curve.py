"""Coverage against the number of questions: the curve, where it ends, and what the next per cent costs.

A question is a sample and a target is a species: the estimators are those of incidence data in ecology.
`counts[i]` is the number of questions whose footprint holds target `i` (a histogram of the counts does as well);
`questions` is how many were asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.coverage.histogram import Histogram, log_factorials
from selfstudy_guard.coverage.summary import CurvePoint, Interval, Saturation

Counts = NDArray[Any] | Histogram
Floats = NDArray[np.float64]


def rarefied(counts: Counts, questions: int, at: NDArray[Any]) -> tuple[Floats, Floats]:
    """Expected covered targets after `at` of the questions in random order, and the standard deviation of that.

    Source: Colwell, Mao and Chang 2004, Ecology 85:2717, doi:10.1890/03-0557, equations 5 and 6 (for one target a
    question this is Hurlbert's rarefaction). It is an average over all orders, so it needs no order to be kept.
    """
    counted = Histogram.of(counts)
    points = np.asarray(at, dtype=np.int64)
    how_many = counted.targets[counted.times > 0]
    times = np.minimum(counted.times[counted.times > 0], questions)
    if not times.size:
        return np.zeros(points.size), np.zeros(points.size)
    seen = np.concatenate(
        [_seen_small(times[times <= _SMALL], questions, points), _seen_large(times[times > _SMALL], questions, points)],
        axis=1,
    )
    expected = (seen * how_many).sum(axis=1)
    reach = max(chao2(Histogram(times, how_many), questions), float(how_many.sum()))
    variance = (seen**2 * how_many).sum(axis=1) - expected**2 / reach
    return expected, np.sqrt(np.maximum(variance, 0.0))


_SMALL = 4096


def _seen_small(times: NDArray[np.int64], questions: int, points: NDArray[np.int64]) -> Floats:
    """Chance that a target is among `points` questions, factor by factor: exact where it is tiny."""
    if not times.size:
        return np.zeros((points.size, 0))
    drawn = np.minimum(points[:, None] / (questions - np.arange(int(times.max())))[None, :], 1.0)
    with np.errstate(divide="ignore"):  # certain: log of nothing
        logs = np.cumsum(np.log1p(-drawn), axis=1)
    seen: Floats = -np.expm1(logs[:, times - 1])
    return seen


def _seen_large(times: NDArray[np.int64], questions: int, points: NDArray[np.int64]) -> Floats:
    left = questions - points[:, None] - times[None, :]
    logs = (
        log_factorials(questions - points)[:, None]
        - log_factorials(np.maximum(left, 0))
        + log_factorials(questions - times)[None, :]
        - log_factorials(np.array(questions))
    )
    return np.where(left >= 0, 1 - np.exp(logs), 1.0)


def chao2(counts: Counts, questions: int) -> float:
    """Lower bound of how many targets the generator reaches at all, seen or not.

    Source: Chao 1987, doi:10.2307/2531532 (Chao2; the bias-corrected form where no target was hit exactly twice).
    """
    counted = Histogram.of(counts)
    seen, once, twice = counted.seen, counted.at(1), counted.at(2)
    if not questions:
        return 0.0
    factor = (questions - 1) / questions
    unseen = factor * (once * once / (2 * twice) if twice else once * (once - 1) / 2)
    return seen + unseen


def chao2_interval(counts: Counts, questions: int) -> Interval:
    """95 per cent interval of `chao2`, in targets; never below what was seen.

    Source: Chao 1987 (log-normal interval); variances as in Colwell's EstimateS, appendix B, equations 6 and 7.
    """
    counted = Histogram.of(counts)
    seen, once, twice = counted.seen, counted.at(1), counted.at(2)
    unseen = chao2(counted, questions) - seen
    if unseen <= 0:
        return Interval(low=float(seen), high=float(seen))
    factor = (questions - 1) / questions
    if twice:
        ratio = once / twice
        variance = twice * (factor / 2 * ratio**2 + factor**2 * ratio**3 + factor**2 / 4 * ratio**4)
    else:
        variance = factor * once * (once - 1) / 2 + factor**2 * once * (2 * once - 1) ** 2 / 4
        variance = max(0.0, variance - factor**2 * once**4 / (4 * (seen + unseen)))
    spread = float(np.exp(1.959964 * np.sqrt(np.log1p(variance / unseen**2))))
    return Interval(low=seen + unseen / spread, high=seen + unseen * spread)


def unseen_mass(counts: Counts) -> float:
    """Probability that the next footprint falls on a target not drawn on so far; 1.0 before the first question.

    Source: Good 1953, doi:10.1093/biomet/40.3-4.237 (the Good-Turing estimate: singletons over all).
    """
    counted = Histogram.of(counts)
    return float(counted.at(1) / counted.total) if counted.total else 1.0


def fitted_asymptote(points: NDArray[Any], covered: NDArray[Any]) -> float:
    """Asymptote, in targets, of the better of two accumulation curves fitted to the rarefied one.

    The exponential `S(m) = S_max (1 - exp(-m / b))` fits where all reachable targets are equally likely, the Clench
    curve `S(m) = S_max m / (b + m)` where some are rare; the smaller squared error decides.
    Source: Soberon and Llorente 1993, doi:10.1046/j.1523-1739.1993.07030480.x. For each `b` the best `S_max` is a
    linear fit; `b` is searched on a logarithmic grid and refined.
    """
    x, y = np.asarray(points, dtype=np.float64), np.asarray(covered, dtype=np.float64)
    if not x.size or not y.any():
        return 0.0
    exponential = _fit(x, y, lambda scale: 1 - np.exp(-x / scale))
    clench = _fit(x, y, lambda scale: x / (scale + x))
    return min(exponential, clench)[1]


def _fit(x: Floats, y: Floats, curve: Callable[[float], Floats]) -> tuple[float, float]:
    """(squared error, height) of the best scale of `curve`."""

    def at(scale: float) -> tuple[float, float]:
        shape = curve(scale)
        height = float((shape * y).sum() / (shape * shape).sum())
        return float(((y - height * shape) ** 2).sum()), height

    low, high = float(np.log(max(x.min(), 1.0))) - 3, float(np.log(x.max())) + 5
    for _ in range(4):
        grid = np.linspace(low, high, 40)
        best = int(np.argmin([at(float(np.exp(place)))[0] for place in grid]))
        low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, grid.size - 1)])
    return at(float(np.exp((low + high) / 2)))


def further_questions(counts: Counts, questions: int, more: float, eligible: int) -> int | None:
    """Questions needed until `more` further targets are covered, from the same generator; None: out of its reach.

    Source: Chao, Colwell, Lin and Gotelli 2009, Ecology 90:1125, doi:10.1890/07-2147.1, equation 12.
    """
    counted = Histogram.of(counts)
    unseen = min(chao2(counted, questions), eligible) - counted.seen
    once = counted.at(1)
    if more <= 0:
        return 0
    if unseen <= more or not once:
        return None
    rate = once / (once + questions * unseen)
    return int(np.ceil(np.log1p(-more / unseen) / np.log1p(-rate)))


def at_random(questions: NDArray[Any] | int, eligible: int) -> Any:
    """Share of targets covered when every question draws one target at random: the ideal to compare with."""
    return 1 - (1 - 1 / eligible) ** np.asarray(questions) if eligible else np.zeros_like(np.asarray(questions))


def saturation(counts: Counts, questions: int, points: int = 40) -> Saturation:
    """The whole curve with its 95 per cent band, and every estimate of where it leads.

    Args:
        counts: questions by eligible target.
        questions: how many were asked (those that draw on nothing included).
        points: places on the curve.
    """
    values = Histogram.of(counts)
    eligible = values.size
    if not questions or not eligible:
        return Saturation()
    at = np.unique(np.round(np.geomspace(1, questions, points)).astype(np.int64))
    expected, deviation = rarefied(values, questions, at)
    ideal = at_random(at, eligible)
    curve = tuple(
        CurvePoint(
            questions=int(m),
            coverage=float(s / eligible),
            low=float(max(0.0, s - 1.96 * d) / eligible),
            high=float(min(eligible, s + 1.96 * d) / eligible),
            at_random=float(r),
        )
        for m, s, d, r in zip(at, expected, deviation, ideal, strict=True)
    )
    even = np.unique(np.round(np.linspace(1, questions, points)).astype(np.int64))
    steady, _ = rarefied(values, questions, even)
    reach = chao2_interval(values, questions)
    return Saturation(
        curve=curve,
        asymptote=min(1.0, fitted_asymptote(even, steady) / eligible),
        reachable=min(1.0, chao2(values, questions) / eligible),
        reachable_interval=Interval(low=min(1.0, reach.low / eligible), high=min(1.0, reach.high / eligible)),
        next_is_new=unseen_mass(values),
        next_per_cent=further_questions(values, questions, 0.01 * eligible, eligible),
    )
