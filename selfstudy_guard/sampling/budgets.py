"""How many questions are planned: a budget is asked before every draw, and says why it stops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Target


class Budget(Protocol):
    """Decides whether a plan goes on."""

    def begin(self, targets: Sequence[Target]) -> Callable[[int], str | None]:
        """A check for one plan over the eligible `targets`: from the number of draws made to why it stops, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Questions:
    """A fixed number of questions."""

    n: int

    def __post_init__(self) -> None:
        if self.n < 0:
            raise InputError(f"a plan of {self.n} questions is not possible: n must be at least 0")

    def begin(self, targets: Sequence[Target]) -> Callable[[int], str | None]:
        """Stops after `n` draws."""
        return lambda made: f"the {self.n:,} questions asked for are planned" if made >= self.n else None


@dataclass(frozen=True, slots=True)
class PerTarget:
    """So many questions for every eligible target (1.5 is three for every two)."""

    questions: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.questions < float("inf"):
            raise InputError(f"{self.questions} questions per target are not possible: the number must be above 0")

    def begin(self, targets: Sequence[Target]) -> Callable[[int], str | None]:
        """Stops after `questions` times the number of targets, rounded up."""
        most = _ceil(self.questions * len(targets))
        why = f"{self.questions:g} questions for each of {len(targets):,} targets are planned"
        return lambda made: why if made >= most else None


@dataclass(frozen=True, slots=True)
class PerThousandTokens:
    """So many questions for every 1,000 tokens of eligible text."""

    questions: float

    def __post_init__(self) -> None:
        if not 0 < self.questions < float("inf"):
            raise InputError(
                f"{self.questions} questions per 1,000 tokens are not possible: the number must be above 0"
            )

    def begin(self, targets: Sequence[Target]) -> Callable[[int], str | None]:
        """Stops after the share of the tokens, rounded up."""
        tokens = sum(target.tokens for target in targets)
        most = _ceil(self.questions * tokens / 1000)
        why = f"{self.questions:g} questions per 1,000 tokens of {tokens:,} eligible tokens are planned"
        return lambda made: why if made >= most else None


@dataclass(frozen=True, slots=True)
class UntilCoverage:
    """Until a share of the targets is covered by accepted questions, or that cannot be reached.

    Args:
        share: coverage that is enough, above 0 and at most 1.
        count: how many accepted questions draw on a target (`CoverageTracker.count`); it may only grow.
        most_per_target: draws per eligible target after which the plan gives up.
    """

    share: float
    count: Callable[[Target], int]
    most_per_target: float = 4.0

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise InputError(f"coverage {self.share} cannot be aimed at: use a share above 0 and at most 1")
        if not callable(self.count):
            raise InputError("UntilCoverage needs a function from a target to the number of questions that cover it")
        if self.most_per_target <= 0:
            raise InputError("UntilCoverage needs most_per_target above 0")

    def begin(self, targets: Sequence[Target]) -> Callable[[int], str | None]:
        """Stops when enough targets are covered; each check asks only about targets not covered yet."""
        missing = list(targets)
        most = _ceil(self.most_per_target * len(targets))
        # The slack keeps 0.99 of 100 at 99, whatever the rounding of the product.
        needed = min(len(targets), _ceil(self.share * len(targets) - 1e-9))

        def check(made: int) -> str | None:
            nonlocal missing
            missing = [target for target in missing if self.count(target) < 1]
            covered = len(targets) - len(missing)
            if covered >= needed:
                return (
                    f"coverage {covered / len(targets):.1%} is reached after {made:,} questions"
                    if targets
                    else "no target"
                )
            if made >= most:
                return (
                    f"coverage stays at {covered / len(targets):.1%} after {made:,} questions "
                    f"({self.most_per_target:g} for every target): {len(missing):,} targets are not covered"
                )
            return None

        return check


def _ceil(number: float) -> int:
    return int(-(-number // 1))
