"""How many targets were asked about how often: all that the statistics need, and small for any number of targets.

A corpus of 100 million targets has a histogram of some dozen rows. Histograms of different documents add up row by row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import lgamma
from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[Any]
Numbers = NDArray[np.int64]

EXACT = 20_000
"""Up to so many targets resampling draws target by target; above that it draws histograms, which cost the same for any
number of targets."""


@dataclass(frozen=True)
class Histogram:
    """Distinct counts and their numbers of targets.

    Attributes:
        times: numbers of questions, ascending; zero is among them where targets were not asked about.
        targets: how many targets were asked about so many times, at least one.
    """

    times: Numbers
    targets: Numbers

    @classmethod
    def of(cls, counts: Counts | Histogram) -> Histogram:
        """The histogram of questions by target; a histogram is handed back."""
        if isinstance(counts, Histogram):
            return counts
        times, targets = np.unique(np.asarray(counts, dtype=np.int64), return_counts=True)
        return cls(times, targets.astype(np.int64))

    @classmethod
    def counted(cls, rows: Mapping[int, int], size: int) -> Histogram:
        """From positive counts (number of questions to number of targets) and the number of all targets."""
        named = {times: n for times, n in rows.items() if n}
        missed = size - sum(named.values())
        if missed:
            named[0] = missed
        times = np.array(sorted(named), dtype=np.int64)
        return cls(times, np.array([named[int(t)] for t in times], dtype=np.int64))

    @property
    def size(self) -> int:
        """Number of targets."""
        return int(self.targets.sum())

    @property
    def total(self) -> int:
        """Sum of the counts."""
        return int((self.times * self.targets).sum())

    @property
    def seen(self) -> int:
        """Targets that were asked about."""
        return int(self.targets[self.times > 0].sum())

    def at(self, times: int) -> int:
        """Targets that were asked about exactly so many times."""
        return int(self.targets[self.times == times].sum())

    def expanded(self) -> Numbers:
        """One count a target, ascending."""
        return np.repeat(self.times, self.targets)


def log_factorials(numbers: NDArray[Any]) -> NDArray[np.float64]:
    """Logarithm of the factorial of each number; of small arrays of numbers of any size."""
    values, back = np.unique(numbers, return_inverse=True)
    found: NDArray[np.float64] = np.array([lgamma(value + 1.0) for value in values.tolist()], dtype=np.float64)
    return found[back].reshape(np.shape(numbers))


def poisson_draws(counted: Histogram, times: int, seed: int) -> list[Histogram]:
    """Bootstrap resamples of many questions: every count is drawn again from a Poisson distribution around itself.

    Source: Chamandy, Muralidharan, Najmi and Naidu 2012, Estimating Uncertainty for Massive Data Streams (the Poisson
    bootstrap; it tends to the multinomial one as the number of questions grows).
    """
    rng = np.random.default_rng(seed)
    drawn: list[list[tuple[Numbers, Numbers]]] = [[] for _ in range(times)]
    for mean, targets in zip(counted.times.tolist(), counted.targets.tolist(), strict=True):
        _draw(rng, float(mean), targets, drawn)
    return [_gathered(parts) for parts in drawn]


def even_draws(size: int, total: int, times: int, seed: int) -> list[Histogram]:
    """What `total` questions that each draw one of `size` targets at random give, for many targets."""
    drawn: list[list[tuple[Numbers, Numbers]]] = [[] for _ in range(times)]
    _draw(np.random.default_rng(seed), total / size, size, drawn)
    return [_gathered(parts) for parts in drawn]


def _draw(rng: np.random.Generator, mean: float, targets: int, drawn: list[list[tuple[Numbers, Numbers]]]) -> None:
    """To each resample: how often `targets` targets of one mean are drawn."""
    top = int(mean + 10 * mean**0.5 + 20)
    if not mean:
        for parts in drawn:
            parts.append((np.zeros(1, dtype=np.int64), np.array([targets], dtype=np.int64)))
    elif targets > top:
        values = np.arange(top + 1)
        chance = np.exp(values * np.log(mean) - mean - log_factorials(values))
        for parts, row in zip(drawn, rng.multinomial(targets, chance / chance.sum(), size=len(drawn)), strict=True):
            parts.append((values, row))
    else:  # fewer targets than values that they may take
        for parts, some in zip(drawn, rng.poisson(mean, size=(len(drawn), targets)), strict=True):
            parts.append((some, np.ones(targets, dtype=np.int64)))


def _gathered(parts: list[tuple[Numbers, Numbers]]) -> Histogram:
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Histogram(none, none)
    times, back = np.unique(np.concatenate([values for values, _ in parts]), return_inverse=True)
    targets = np.zeros(times.size, dtype=np.int64)
    np.add.at(targets, back, np.concatenate([numbers for _, numbers in parts]))
    return Histogram(times[targets > 0], targets[targets > 0])
