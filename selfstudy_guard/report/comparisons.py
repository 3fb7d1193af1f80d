"""What a report may set beside a data set: a second data set, and a human question set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from selfstudy_guard.coverage.tracker import CoverageTracker
from selfstudy_guard.report.entries import Entry


@dataclass(frozen=True)
class Beside:
    """A second data set over the same documents and the same targets."""

    name: str
    tracker: CoverageTracker
    entries: Sequence[Entry] = ()


@dataclass(frozen=True)
class Reach:
    """How much of a question set's evidence a data set covers.

    Attributes:
        questions: questions of the set.
        located: those whose evidence was found in the documents.
        covered: those of them whose evidence at least one question of the data set draws on.
        missed: entries whose evidence no question draws on.
    """

    questions: int
    located: int
    covered: int
    missed: tuple[Entry, ...]

    @property
    def share(self) -> float:
        """Covered among located."""
        return self.covered / self.located if self.located else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share (Wilson 1927, score interval, doi:10.1080/01621459.1927.10502953)."""
        if not self.located:
            return (0.0, 1.0)
        z, n, p = 1.96, self.located, self.share
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
        return (max(0.0, middle - half), min(1.0, middle + half))
