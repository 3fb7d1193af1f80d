"""Concentration of counts over targets, shares against what is expected, and their bootstrap intervals; numpy only.

Everywhere `counts[i]` is the number of questions whose footprint holds target `i`, zeros included; a histogram of the
counts does as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.coverage.histogram import EXACT, Histogram, even_draws, poisson_draws
from selfstudy_guard.coverage.summary import Bias, Concentration, Interval, Measured

Counts = NDArray[Any]
Counted = Counts | Histogram

_DRAWS = 4_000_000
"""Most random numbers that one bootstrap over targets draws; large corpora get fewer resamples, at least 20."""


def gini(counts: Counted) -> float:
    """Gini coefficient, 0 (every target equally often) to 1 - 1/n (one target takes all); 0 for no questions.

    Source: Gini 1912; this form in Damgaard and Weiner 2000, Ecology 81:1139, doi:10.2307/177185.
    """
    counted = Histogram.of(counts)
    total, size = float(counted.total), counted.size
    if not size or not total:
        return 0.0
    numbers = counted.targets.astype(np.float64)
    below = np.cumsum(numbers) - numbers
    return float((counted.times * numbers * (2 * below + numbers - size)).sum() / (size * total))


def entropy(counts: Counted) -> float:
    """Shannon entropy of the counts' shares, in nats.

    Source: Shannon 1948, doi:10.1002/j.1538-7305.1948.tb01338.x.
    """
    counted = Histogram.of(counts)
    positive = counted.times > 0
    if not positive.any():
        return 0.0
    share = counted.times[positive] / counted.total
    return max(0.0, float(-(counted.targets[positive] * share * np.log(share)).sum()))


def normalised_entropy(counts: Counted) -> float:
    """Entropy over its maximum for this many targets: 0 (one target takes all) to 1 (all equal).

    Source: Pielou 1966, doi:10.1016/0022-5193(66)90013-0. One target, or no question, gives 0.
    """
    counted = Histogram.of(counts)
    size = counted.size
    return min(1.0, entropy(counted) / float(np.log(size))) if size > 1 else 0.0


def effective_number(counts: Counted) -> float:
    """Number of equally often asked targets that would give the same entropy; 0 for no questions.

    Source: Hill 1973, doi:10.2307/1934352 (order 1); Jost 2006, doi:10.1111/j.2006.0030-1299.14714.x.
    """
    counted = Histogram.of(counts)
    return float(np.exp(entropy(counted))) if counted.total else 0.0


def top_share(counts: Counted, part: float = 0.1) -> float:
    """Share of all footprints that fall on the most asked `part` of targets (at least one target); 0 for none.

    Source: the concentration ratio of industrial economics (Hall and Tideman 1967, doi:10.1080/01621459.1967.10482897).
    """
    counted = Histogram.of(counts)
    total, size = float(counted.total), counted.size
    if not size or not total:
        return 0.0
    times, targets = counted.times[::-1], counted.targets[::-1]
    left = max(1, round(part * size)) - (np.cumsum(targets) - targets)
    return float((times * np.clip(left, 0, targets)).sum() / total)


def resampled(counts: Counts, seed: int = 0, resamples: int = 200) -> NDArray[np.int64]:
    """Bootstrap resamples of the questions: shape (resamples, targets), each row with as many as `counts` holds.

    Source: Efron 1979, doi:10.1214/aos/1176344552 (resampling the questions is a multinomial draw over targets).
    """
    values = np.asarray(counts, dtype=np.int64)
    total = int(values.sum())
    if not total:
        return np.zeros((0, values.size), dtype=np.int64)
    times = int(max(20, min(resamples, _DRAWS // max(1, values.size))))
    return np.random.default_rng(seed).multinomial(total, values / total, size=times)


def interval(values: NDArray[Any], level: float = 0.95) -> Interval:
    """Percentile interval of bootstrap values (Efron and Tibshirani 1993, section 13.3)."""
    if not values.size:
        return Interval()
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(low=float(low), high=float(high))


def wilson(hits: int, total: int) -> Interval:
    """95 per cent interval of a share.

    Source: Wilson 1927, doi:10.1080/01621459.1927.10502953. Nothing counted gives 0 to 1.
    """
    if not total:
        return Interval(low=0.0, high=1.0)
    z, share = 1.959964, hits / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * float(np.sqrt(share * (1 - share) / total + z * z / (4 * total * total))) / (1 + z * z / total)
    return Interval(low=max(0.0, centre - half), high=min(1.0, centre + half))


def concentration(counts: Counted, seed: int = 0) -> Concentration:
    """All concentration figures, each with a bootstrap interval and with what questions at random would give.

    Few questions look concentrated even when they are spread evenly, so every figure needs the second number beside it.
    Which target has which count makes no difference.
    """
    counted = Histogram.of(counts)
    total, size = counted.total, counted.size
    samples = _resampled(counted, seed)
    even = _even(size, total, seed)

    def measured(figure: Callable[[Counted], float], highest: float = 1.0) -> Measured:
        drawn = np.array([figure(row) for row in samples])
        value = figure(counted)
        # Resampling repeats questions, which looks like concentration: shift the interval by that bias.
        shift = float(drawn.mean()) - value if drawn.size else 0.0
        bounds = interval(np.clip(drawn - shift, 0.0, highest))
        chance = float(np.mean([figure(row) for row in even])) if total else 0.0
        return Measured(value=value, interval=bounds, at_random=chance)

    return Concentration(
        gini=measured(gini),
        normalised_entropy=measured(normalised_entropy),
        effective_number=measured(effective_number, float(size)),
        top_decile_share=measured(top_share),
    )


def _resampled(counted: Histogram, seed: int) -> list[Histogram]:
    if counted.size > EXACT:
        return poisson_draws(counted, 200, seed) if counted.total else []
    return [Histogram.of(row) for row in resampled(counted.expanded(), seed)]


def _even(size: int, total: int, seed: int) -> list[Histogram]:
    if not size or not total:
        return []
    if size > EXACT:
        return even_draws(size, total, 20, seed + 1)
    rows = np.random.default_rng(seed + 1).multinomial(total, np.full(size, 1 / size), size=20)
    return [Histogram.of(row) for row in rows]


def share_bias_of(name: str, *, targets: int, hits: int, total: int, expected: float, seed: int = 0) -> Bias:
    """How often the targets of a group are asked about against their share of the text, from sums.

    Args:
        name: of the group.
        targets, hits, total: targets of the group, footprints on it, all footprints.
        expected: its share of the text, 0 to 1.

    Returns:
        Observed and expected share, and their ratio with a bootstrap interval (1.0 = no bias).
    """
    observed = hits / total if total else 0.0
    ratio = observed / expected if expected else None
    bounds = None
    if ratio is not None and total:
        drawn = np.random.default_rng(seed).binomial(total, observed, size=1000) / total / expected
        bounds = interval(drawn)
    return Bias(name=name, targets=targets, observed=observed, expected=expected, ratio=ratio, interval=bounds)


def odds_ratio(name: str, covered: NDArray[np.bool_], marked: NDArray[np.bool_]) -> Bias:
    """Odds that a marked target is asked about at all over those of an unmarked one, with Woolf's 95 per cent interval.

    Source: Woolf 1955, doi:10.1111/j.1469-1809.1955.tb01348.x, with the half-count correction of Haldane 1956,
    doi:10.1111/j.1469-1809.1956.tb01285.x. `ratio` is None where nothing, or everything, is marked.
    """
    return odds_ratio_of(
        name,
        float((covered & marked).sum()),
        float((~covered & marked).sum()),
        float((covered & ~marked).sum()),
        float((~covered & ~marked).sum()),
    )


def odds_ratio_of(name: str, a: float, b: float, c: float, d: float) -> Bias:
    """`odds_ratio` from sums: covered and uncovered marked targets, then covered and uncovered others."""
    observed = a / (a + b) if a + b else 0.0
    expected = c / (c + d) if c + d else 0.0
    if not (a + b) or not (c + d):
        return Bias(name=name, targets=int(a + b), observed=observed, expected=expected, ratio=None, interval=None)
    log = float(np.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5))))
    error = 1.959964 * float(np.sqrt(1 / (a + 0.5) + 1 / (b + 0.5) + 1 / (c + 0.5) + 1 / (d + 0.5)))
    bounds = Interval(low=float(np.exp(log - error)), high=float(np.exp(log + error)))
    ratio = float(np.exp(log))
    return Bias(name=name, targets=int(a + b), observed=observed, expected=expected, ratio=ratio, interval=bounds)
