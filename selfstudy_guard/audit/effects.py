"""Which parts of a crossed design matter: logistic main effects with intervals, and a permutation test of each factor.

Several cases may share one instruction (the same one under three questions). They are a block, and blocks, not cases,
are what the intervals and tests take as independent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_RIDGE = 0.1
"""Penalty on each level's coefficient, times the number of levels of its factor: one of many levels is drawn to its
mean more, as a random effect would be. It keeps coefficients finite where a level always or never obeys."""
_STEPS = 100


@dataclass(frozen=True)
class Effect:
    """How far one level lies from the mean of its factor, all other factors held fixed.

    Attributes:
        factor, level: what it is about.
        log_odds: difference in log-odds from the mean over the factor's levels.
        low, high: 95 % interval.
        n: cases of this level.
    """

    factor: str
    level: str
    log_odds: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class FactorTest:
    """Whether the levels of one factor differ at all.

    Attributes:
        factor: its name.
        spread: highest minus lowest share of its levels.
        p: share of random relabellings that differ as much; small means that it matters.
    """

    factor: str
    spread: float
    p: float


def main_effects(
    factors: Mapping[str, Sequence[str]], outcomes: Sequence[bool], blocks: Sequence[str]
) -> tuple[Effect, ...]:
    """Main effects of all factors in one logistic model.

    Fitted by Newton's method (iteratively reweighted least squares) with a ridge (Le Cessie and Van Houwelingen 1992,
    doi:10.2307/2347628). The interval rests on the larger of two variances: that of the model, and the one that allows
    for blocks (Liang and Zeger 1986, doi:10.1093/biomet/73.1.13).

    Args:
        factors: for each factor the level of every case.
        outcomes: whether each case obeyed.
        blocks: name of the block of every case.

    Returns:
        Effects in the order of the factors, levels sorted; empty where every case, or none, obeyed.
    """
    y = np.asarray(outcomes, dtype=np.float64)
    if not y.size or y.min() == y.max():
        return ()
    columns = [(name, level) for name, given in factors.items() for level in sorted(set(given))]
    x = np.ones((y.size, 1 + len(columns)))
    for place, (name, level) in enumerate(columns, 1):
        x[:, place] = [given == level for given in factors[name]]
    sizes = {name: len(set(given)) for name, given in factors.items()}
    ridge = np.diag([1e-6, *[_RIDGE * sizes[name] for name, _ in columns]])
    beta = _fitted(x, y, ridge)
    chance = _logistic(x @ beta)
    inverse = np.linalg.inv(x.T @ (x * (chance * (1 - chance))[:, None]) + ridge)
    scores = x * (y - chance)[:, None]
    _, members = np.unique(np.asarray(blocks), return_inverse=True)
    sums = np.zeros((int(members.max()) + 1, x.shape[1]))
    np.add.at(sums, members, scores)
    robust = inverse @ (sums.T @ sums) @ inverse
    effects: list[Effect] = []
    for place, (name, level) in enumerate(columns, 1):
        # The level against the mean of all levels of its factor.
        contrast = np.zeros(x.shape[1])
        peers = [other for other, (factor, _) in enumerate(columns, 1) if factor == name]
        contrast[peers] = -1 / len(peers)
        contrast[place] += 1
        value = float(contrast @ beta)
        variance = max(float(contrast @ inverse @ contrast), float(contrast @ robust @ contrast), 0.0)
        half = 1.959964 * variance**0.5
        effects.append(Effect(name, level, value, value - half, value + half, int(x[:, place].sum())))
    return tuple(effects)


def factor_tests(
    factors: Mapping[str, Sequence[str]],
    outcomes: Sequence[bool],
    blocks: Sequence[str],
    *,
    seed: int = 0,
    permutations: int = 2000,
) -> tuple[FactorTest, ...]:
    """A permutation test for each factor, by itself.

    The statistic is the sum of squares between levels. A factor that varies within blocks is tested by permuting
    outcomes within each block, any other by permuting whole blocks (Good 2005, Permutation, Parametric and Bootstrap
    Tests of Hypotheses, section 7). One factor with a single level gives spread 0 and p 1.
    """
    y = np.asarray(outcomes, dtype=np.float64)
    _, members = np.unique(np.asarray(blocks), return_inverse=True)
    tests: list[FactorTest] = []
    for number, (name, given) in enumerate(factors.items()):
        _, levels = np.unique(np.asarray(given), return_inverse=True)
        if levels.size == 0 or levels.max() == 0 or y.min() == y.max():
            tests.append(FactorTest(name, 0.0, 1.0))
            continue
        shares = np.bincount(levels, y) / np.bincount(levels)
        spread = float(shares.max() - shares.min())
        rng = np.random.default_rng([seed, number])
        within = _varies_within(levels, members)
        values, labels = (y, levels) if within else _block_means(y, levels, members)
        seen = _between(values, labels)
        by_block = [np.flatnonzero(members == block) for block in range(int(members.max()) + 1)] if within else []
        as_much = 0
        for _ in range(permutations):
            mixed = values.copy()
            if within:
                for cases in by_block:
                    mixed[cases] = rng.permutation(values[cases])
            else:
                mixed = rng.permutation(values)
            as_much += _between(mixed, labels) >= seen - 1e-12
        tests.append(FactorTest(name, spread, (1 + as_much) / (1 + permutations)))
    return tuple(tests)


def _fitted(x: Numbers, y: Numbers, ridge: Numbers) -> Numbers:
    beta = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        chance = _logistic(x @ beta)
        gradient = x.T @ (y - chance) - ridge @ beta
        weight = np.maximum(chance * (1 - chance), 1e-9)
        step = np.linalg.solve(x.T @ (x * weight[:, None]) + ridge, gradient)
        scale = 1.0
        before = _penalised(x, y, ridge, beta)
        while scale > 1e-4 and _penalised(x, y, ridge, beta + scale * step) < before:
            scale /= 2
        beta = beta + scale * step
        if float(np.abs(step).max()) < 1e-8:
            break
    return beta


def _penalised(x: Numbers, y: Numbers, ridge: Numbers, beta: Numbers) -> float:
    line = x @ beta
    return float(y @ line - np.logaddexp(0, line).sum() - beta @ ridge @ beta / 2)


def _logistic(line: Numbers) -> Numbers:
    half: Numbers = (1 + np.tanh(line / 2)) / 2
    return half


def _between(values: Numbers, levels: NDArray[Any]) -> float:
    sizes = np.bincount(levels)
    sums = np.bincount(levels, values)
    kept = sizes > 0
    return float((sums[kept] ** 2 / sizes[kept]).sum())


def _varies_within(levels: NDArray[Any], members: NDArray[Any]) -> bool:
    pairs = np.unique(np.stack([members, levels]), axis=1)
    return bool(pairs.shape[1] > int(members.max()) + 1)


def _block_means(y: Numbers, levels: NDArray[Any], members: NDArray[Any]) -> tuple[Numbers, NDArray[Any]]:
    means: Numbers = np.bincount(members, y) / np.bincount(members)
    labels = np.zeros(means.size, dtype=np.int64)
    labels[members] = levels
    return means, labels
