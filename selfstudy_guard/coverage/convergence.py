"""Do different styles, prompts or models ask about the same targets? Overlap of footprints against chance."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.coverage.statistics import interval, resampled
from selfstudy_guard.coverage.summary import Interval, Overlap

Counts = NDArray[Any]

_DRAWS = 20_000_000
"""Most random numbers that one pair may cost; large corpora get fewer permutations."""


def jaccard(one: Counts, two: Counts) -> float:
    """Targets that both drew on over targets that either did; 0 where neither drew on any.

    Source: Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x.
    """
    a, b = np.asarray(one) > 0, np.asarray(two) > 0
    either = int((a | b).sum())
    return int((a & b).sum()) / either if either else 0.0


def morisita_horn(one: Counts, two: Counts) -> float:
    """Overlap of two distributions over targets, 0 (disjoint) to 1 (the same shares); 0 where one is empty.

    Source: Horn 1966, doi:10.1086/282436. Unlike Jaccard it hardly depends on how many questions were asked.
    """
    x, y = np.asarray(one, dtype=np.float64), np.asarray(two, dtype=np.float64)
    all_x, all_y = float(x.sum()), float(y.sum())
    if not all_x or not all_y:
        return 0.0
    x, y = x / all_x, y / all_y
    return min(1.0, float(2 * (x * y).sum() / ((x * x).sum() + (y * y).sum())))


def overlap(names: tuple[str, str], one: Counts, two: Counts, *, seed: int = 0, permutations: int = 200) -> Overlap:
    """Overlap of two groups, beside two expectations.

    `by_chance` moves the second group's counts to random targets (a permutation test, Pitman 1937): what unrelated
    choices of the same concentration would share; `p_value` is one-sided against it. `if_same` deals the pooled
    questions out to the two groups at random: what two runs of one and the same generator would share.
    """
    x, y = np.asarray(one, dtype=np.int64), np.asarray(two, dtype=np.int64)
    value = morisita_horn(x, y)
    times = int(max(19, min(permutations, _DRAWS // max(1, x.size))))
    rng = np.random.default_rng(seed)
    chance = np.array([morisita_horn(x, rng.permutation(y)) for _ in range(times)])
    pooled = x + y
    same: list[float] = []
    if pooled.sum() and x.sum() and y.sum():
        for _ in range(max(5, times // 4)):
            dealt = rng.multivariate_hypergeometric(pooled, int(x.sum()), method="marginals")
            same.append(morisita_horn(dealt, pooled - dealt))
    return Overlap(
        one=names[0],
        two=names[1],
        questions=(int(x.sum()), int(y.sum())),
        jaccard=jaccard(x, y),
        morisita_horn=value,
        interval=_interval(x, y, seed),
        by_chance=float(chance.mean()) if chance.size else 0.0,
        if_same=float(np.mean(same)) if same else 0.0,
        p_value=float((1 + (chance >= value).sum()) / (1 + times)),
    )


def _interval(x: Counts, y: Counts, seed: int) -> Interval:
    """Bootstrap over the questions of both groups, shifted by the bias that resampling brings."""
    drawn_x, drawn_y = resampled(x, seed), resampled(y, seed + 1)
    drawn = np.array([morisita_horn(one, two) for one, two in zip(drawn_x, drawn_y, strict=False)])
    if not drawn.size:
        return Interval()
    shift = float(drawn.mean()) - morisita_horn(x, y)
    return interval(np.clip(drawn - shift, 0.0, 1.0))


def convergence(groups: Mapping[str, Counts], *, seed: int = 0, most: int = 12) -> tuple[Overlap, ...]:
    """Overlap of every pair among the `most` largest groups, the most alike first.

    Args:
        groups: questions by target for each style, prompt or model; all of one length, in one order.
        seed: of the permutations.
        most: largest number of groups that are paired.
    """
    named = sorted(groups, key=lambda name: (-int(np.asarray(groups[name]).sum()), name))[:most]
    pairs = [
        overlap((one, two), groups[one], groups[two], seed=seed)
        for one, two in combinations(sorted(named), 2)
        if np.asarray(groups[one]).any() and np.asarray(groups[two]).any()
    ]
    return tuple(sorted(pairs, key=lambda pair: (-pair.morisita_horn, pair.one, pair.two)))
