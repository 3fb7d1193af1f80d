"""Two groups of questions: how many targets were asked about so often by the one and so often by the other.

As a histogram, it is small for any number of targets, adds up over documents, and holds all that an overlap needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import erfc, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Joint:
    """Distinct pairs of counts, ascending, and their numbers of targets.

    Attributes:
        one, two: questions of the two groups.
        targets: how many targets have this pair of counts, at least one.
    """

    one: Numbers
    two: Numbers
    targets: Numbers

    @classmethod
    def of(cls, one: NDArray[Any], two: NDArray[Any]) -> Joint:
        """From the questions by target of both groups (arrays of one length)."""
        x, y = np.asarray(one, dtype=np.int64), np.asarray(two, dtype=np.int64)
        height = int(y.max(initial=0)) + 1
        codes, targets = np.unique(x * height + y, return_counts=True)
        return cls(codes // height, codes % height, targets.astype(np.int64))

    @classmethod
    def counted(
        cls, both: Mapping[tuple[int, int], int], one: Mapping[int, int], two: Mapping[int, int], size: int
    ) -> Joint:
        """From the targets that both drew on, the positive counts of each, and the number of all targets."""
        rows = {pair: n for pair, n in both.items() if n}
        for place, group in enumerate((one, two)):
            alone = {times: n for times, n in group.items() if n}
            for pair, n in both.items():
                alone[pair[place]] -= n
            rows |= {((times, 0), (0, times))[place]: n for times, n in alone.items() if n}
        neither = size - sum(rows.values())
        if neither:
            rows[0, 0] = neither
        ordered = sorted(rows)
        columns = np.array(ordered, dtype=np.int64).reshape(-1, 2)
        return cls(columns[:, 0], columns[:, 1], np.array([rows[pair] for pair in ordered], dtype=np.int64))

    @property
    def size(self) -> int:
        """Number of targets."""
        return int(self.targets.sum())

    def expanded(self) -> tuple[Numbers, Numbers]:
        """The counts of both groups by target, ascending."""
        return np.repeat(self.one, self.targets), np.repeat(self.two, self.targets)

    def jaccard(self) -> float:
        """As `convergence.jaccard`."""
        both = int(self.targets[(self.one > 0) & (self.two > 0)].sum())
        either = int(self.targets[(self.one > 0) | (self.two > 0)].sum())
        return both / either if either else 0.0

    def morisita_horn(self) -> float:
        """As `convergence.morisita_horn`."""
        return float(_horn(self._sums()))

    def _sums(self) -> Floats:
        """Sums over targets of x, y, x^2, y^2 and xy."""
        x, y, n = (column.astype(np.float64) for column in (self.one, self.two, self.targets))
        return np.array([(n * term).sum() for term in (x, y, x * x, y * y, x * y)])

    def by_chance(self) -> tuple[float, float]:
        """Overlap expected where the second group's counts fall on targets at random, and a one-sided p-value.

        Source: Hoeffding 1951, doi:10.1214/aoms/1177729545: the sum of products is nearly normal under permutation.
        """
        x, y, xx, yy, xy = self._sums().tolist()
        size = float(self.size)
        if not x or not y:
            return 0.0, 1.0
        chance = float(_horn(np.array([x, y, xx, yy, x * y / size])))
        spread = sqrt(max(0.0, (xx - x * x / size) * (yy - y * y / size)) / (size - 1))
        return chance, 0.5 * erfc((xy - x * y / size) / spread / sqrt(2)) if spread else 1.0

    def if_same(self) -> float:
        """Overlap expected where the pooled questions are dealt out to the two groups at random.

        From the mean and variance of the hypergeometric distribution, target by target.
        """
        x, y, xx, yy, xy = self._sums().tolist()
        pooled, squares = x + y, xx + 2 * xy + yy
        if not x or not y:
            return 0.0
        share = x / pooled
        spread = share * (1 - share) * (pooled * pooled - squares) / (pooled - 1)
        dealt_x, dealt_y = spread + share**2 * squares, spread + (1 - share) ** 2 * squares
        return float(_horn(np.array([x, y, dealt_x, dealt_y, share * squares - dealt_x])))

    def resampled(self, times: int, seed: int) -> Floats:
        """Overlaps of Poisson bootstrap resamples, shifted by the bias that resampling brings.

        The five sums over very many independent targets are jointly normal; their moments are those of the Poisson
        distribution.
        """
        x, y, n = (column.astype(np.float64) for column in (self.one, self.two, self.targets))
        if not (x * n).any() or not (y * n).any():
            return np.zeros(0)
        means = np.array([(n * term).sum() for term in (x, y, x + x * x, y + y * y, x * y)])
        cov = np.zeros((5, 5))
        terms = {
            (0, 0): x,
            (1, 1): y,
            (2, 2): 4 * x**3 + 6 * x**2 + x,
            (3, 3): 4 * y**3 + 6 * y**2 + y,
            (4, 4): (x + x * x) * (y + y * y) - (x * y) ** 2,
            (0, 2): 2 * x**2 + x,
            (1, 3): 2 * y**2 + y,
            (0, 4): x * y,
            (1, 4): x * y,
            (2, 4): y * (2 * x**2 + x),
            (3, 4): x * (2 * y**2 + y),
        }
        for (row, column), term in terms.items():
            cov[row, column] = cov[column, row] = (n * term).sum()
        drawn = np.random.default_rng(seed).multivariate_normal(means, cov, size=times, method="eigh")
        overlaps = np.array([_horn(row) for row in drawn])
        shifted: Floats = np.clip(overlaps - overlaps.mean() + self.morisita_horn(), 0.0, 1.0)
        return shifted


def _horn(sums: Floats) -> float:
    """Morisita-Horn overlap from the sums of x, y, x^2, y^2 and xy."""
    x, y, xx, yy, xy = sums.tolist()
    return min(1.0, 2 * xy / (x * y) / (xx / x**2 + yy / y**2)) if x and y else 0.0
