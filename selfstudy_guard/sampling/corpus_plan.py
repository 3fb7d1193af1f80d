"""The plan of a whole corpus that streams by: the draws that a policy would make with all of it in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from selfstudy_guard.sampling.capped import Capped
from selfstudy_guard.sampling.even import Stratified
from selfstudy_guard.sampling.last import columns_in_turn
from selfstudy_guard.sampling.plan_arrays import PlanColumns
from selfstudy_guard.sampling.policies import Policy, Proportional, Uniform
from selfstudy_guard.sampling.sheets import Sheet
from selfstudy_guard.sampling.stream import PlanPart, StratifiedPart, Tally


def is_streamed(policy: Policy) -> bool:
    """Whether `plan_columns` can plan a policy from numbers alone; others need all targets in memory."""
    if isinstance(policy, Capped):
        return is_streamed(policy.base)
    return isinstance(policy, Uniform | Proportional | Stratified)


def plan_columns(sheets: Callable[[], Iterable[Sheet]], policy: Policy, n: int, seed: int = 0) -> PlanColumns:
    """The first `n` draws over documents that stream by, in memory that grows with `n` and with nothing else.

    The same draws as `last.in_turn` over all sheets at once.

    Args:
        sheets: called for every look at the documents: three for timed policies, five for stratified plans, more
            where some targets are asked about last.
        policy: Uniform, Proportional, Weighted (sheets need their targets) or Stratified.
        n: length of the plan.
        seed: the plan's seed.

    Raises:
        InputError: a policy that needs the whole corpus at once (LeastCovered asks for realised coverage).
    """
    if isinstance(policy, Capped):
        return planned(sheets, policy, n, seed)
    return columns_in_turn(lambda some, count: planned(some, policy, count, seed), sheets, n)


def planned(sheets: Callable[[], Iterable[Sheet]], policy: Policy, n: int, seed: int) -> PlanColumns:
    """The first `n` draws of `policy.order` over all sheets at once."""
    import numpy as np

    if isinstance(policy, Stratified):
        tally = Tally(policy)
        for sheet in sheets():
            tally.add(sheet)
        total = sum(size * count for size, count in tally.sizes.items())
        if not total:
            return PlanPart(n, Uniform(), seed).columns()
        part = StratifiedPart(min(n, total), tally, seed)
        for sheet in sheets():
            part.add(sheet)
        once = part.columns(sheets())
        again = np.arange(n) % total  # round after round in the same order
        visit = (np.arange(n) // total).astype(np.int32)
        return once if n <= total else PlanColumns(once.documents, once.document[again], once.row[again], visit)
    timed = PlanPart(n, policy, seed, within=_within(sheets, policy, n))  # type: ignore[arg-type]  # checked there
    for sheet in sheets():
        timed.add(sheet)
    return timed.columns()


def _within(sheets: Callable[[], Iterable[Sheet]], policy: Policy, n: int) -> float:
    """A time before which at least `n` draws happen; infinite where the policy does not tell."""
    import numpy as np

    if not isinstance(policy, Uniform | Proportional):
        return float("inf")
    targets = tokens = 0
    for sheet in sheets():
        targets += len(sheet)
        tokens += int(np.maximum(sheet.tokens, 1).sum())
    if not targets:
        return float("inf")
    if isinstance(policy, Uniform):
        return float(-(-n // targets))
    # A target is drawn at least floor(time * tokens / per) times; the floors lose less than one draw a target.
    return (n + targets) * policy.per / tokens
