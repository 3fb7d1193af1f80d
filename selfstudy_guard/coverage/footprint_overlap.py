"""Do different styles, prompts or models ask about the same targets? Overlap of footprints against chance."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.coverage.histogram import EXACT
from selfstudy_guard.coverage.joint import Joint
from selfstudy_guard.coverage.statistics import interval, resampled
from selfstudy_guard.coverage.summary import Interval, Overlap

Counts = NDArray[Any]


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
    return overlap_of(names, Joint.of(one, two), seed=seed, permutations=permutations)


def overlap_of(names: tuple[str, str], joint: Joint, *, seed: int = 0, permutations: int = 200) -> Overlap:
    """`overlap` from the joint counts; for many targets the expectations are computed, not drawn (see `Joint`)."""
    x, y = joint.one, joint.two
    if joint.size > EXACT:
        chance, p_value = joint.by_chance()
        same, bounds = joint.if_same(), interval(joint.resampled(permutations, seed))
    else:
        chance, p_value, same, bounds = _permuted(*joint.expanded(), seed=seed, times=permutations)
    return Overlap(
        one=names[0],
        two=names[1],
        questions=(int((x * joint.targets).sum()), int((y * joint.targets).sum())),
        jaccard=joint.jaccard(),
        morisita_horn=joint.morisita_horn(),
        interval=bounds,
        by_chance=chance,
        if_same=same,
        p_value=p_value,
    )


def _permuted(x: Counts, y: Counts, *, seed: int, times: int) -> tuple[float, float, float, Interval]:
    """Mean by chance, p-value, mean if the same, and bootstrap interval, all drawn target by target."""
    value = morisita_horn(x, y)
    rng = np.random.default_rng(seed)
    chance = np.array([morisita_horn(x, rng.permutation(y)) for _ in range(times)])
    pooled = x + y
    same: list[float] = []
    if pooled.sum() and x.sum() and y.sum():
        for _ in range(max(5, times // 4)):
            dealt = rng.multivariate_hypergeometric(pooled, int(x.sum()), method="marginals")
            same.append(morisita_horn(dealt, pooled - dealt))
    mean = float(chance.mean()) if chance.size else 0.0
    p_value = float((1 + (chance >= value).sum()) / (1 + times))
    return mean, p_value, float(np.mean(same)) if same else 0.0, _interval(x, y, seed)


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
    pairs = {(one, two): Joint.of(groups[one], groups[two]) for one, two in combinations(sorted(named), 2)}
    return convergence_of(pairs, seed=seed)


def convergence_of(pairs: Mapping[tuple[str, str], Joint], *, seed: int = 0) -> tuple[Overlap, ...]:
    """`convergence` from joint counts by pair of groups; groups without questions are left out."""
    found = [
        overlap_of(names, joint, seed=seed) for names, joint in pairs.items() if joint.one.any() and joint.two.any()
    ]
    return tuple(sorted(found, key=lambda pair: (-pair.morisita_horn, pair.one, pair.two)))
