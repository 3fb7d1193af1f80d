"""In which order targets are drawn. A policy is a small callable that checks itself when it is made.

Timed policies give every draw of a target a time; draws happen in the order of their times. A target that is visited
at a rate r is drawn for the v-th time at (v + phase) / r. Only additions, multiplications and divisions of IEEE 754
are used, so that the order is the same everywhere.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from selfstudy_guard.errors import InputError
from selfstudy_guard.sampling.even import Stratified
from selfstudy_guard.sampling.seeded import mixed, number_key, units
from selfstudy_guard.sampling.sheets import Ref, Sheet, Streamed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from selfstudy_guard.records import Target


@runtime_checkable
class Policy(Protocol):
    """Decides which target comes next."""

    def order(self, sheets: Sequence[Sheet], seed: int) -> Iterator[Ref]:
        """Endless draws over the sheets; ends only where nothing can be drawn."""
        ...


class TimedPolicy(Protocol):
    """A policy that knows the time of every draw from one sheet alone, so that it can be planned as a stream."""

    def __call__(self, sheet: Sheet, seed: int, visit: int) -> NDArray[Any]:
        """Times of the draws number `visit` (from 0) of all rows, float64; they grow with `visit`; inf is never."""
        ...


@dataclass(frozen=True, slots=True)
class Uniform(Streamed):
    """Every target once, in random order; then every target again, in a new order."""

    def __call__(self, sheet: Sheet, seed: int, visit: int) -> NDArray[Any]:
        """Times in [visit, visit + 1)."""
        return visit + units(mixed(number_key(seed, "uniform", sheet.document_id, visit), sheet.starts))


@dataclass(frozen=True, slots=True)
class Proportional(Streamed):
    """Draws in proportion to a target's tokens: twice as long, twice as often and, on average, twice as early.

    Args:
        per: tokens that are worth one draw a round; sets the unit of time only.
    """

    per: int = 32

    def __post_init__(self) -> None:
        if self.per < 1:
            raise InputError(f"Proportional(per={self.per}) cannot be used: tokens per draw must be at least 1")

    def __call__(self, sheet: Sheet, seed: int, visit: int) -> NDArray[Any]:
        """Times (visit + phase) * per / tokens (sequential Poisson sampling, Ohlsson 1998)."""
        import numpy as np

        phase = units(mixed(number_key(seed, "tokens", sheet.document_id, visit), sheet.starts))
        times: NDArray[np.float64] = (visit + phase) * self.per / np.maximum(sheet.tokens, 1)
        return times


@dataclass(frozen=True, slots=True)
class Weighted(Streamed):
    """Another timed policy, with every target visited `weight(target)` times as often; weight 0 is never.

    Args:
        weight: from a target to a finite number of at least 0; or a mapping from target ids (others weigh 1).
        base: the policy that is weighted.
    """

    weight: Callable[[Target], float] | Mapping[str, float]
    base: TimedPolicy = Uniform()  # frozen and without state

    def __post_init__(self) -> None:
        if not callable(self.weight) and not isinstance(self.weight, Mapping):
            raise InputError("Weighted needs a function from a target to a number, or a mapping from target ids")
        if not callable(self.base):
            raise InputError(
                f"Weighted cannot weigh {type(self.base).__name__}: only Uniform, Proportional and Weighted have rates"
            )

    def __call__(self, sheet: Sheet, seed: int, visit: int) -> NDArray[Any]:
        """Times of the base, divided by the weights."""
        import numpy as np

        if len(sheet.targets) != len(sheet):
            raise InputError("Weighted needs the targets themselves; this sheet holds only their numbers")
        if callable(self.weight):
            weights = np.array([float(self.weight(target)) for target in sheet.targets], dtype=np.float64)
        else:
            weights = np.array([float(self.weight.get(target.id, 1.0)) for target in sheet.targets], dtype=np.float64)
        wrong = np.flatnonzero(~(weights >= 0) | np.isinf(weights))
        if len(wrong):
            target = sheet.targets[int(wrong[0])]
            raise InputError(
                f"the weight of target {target.id} is {weights[wrong[0]]}: weights are finite and at least 0"
            )
        times = self.base(sheet, seed, visit)
        slowed: NDArray[np.float64] = np.full(len(sheet), np.inf)
        np.divide(times, weights, out=slowed, where=weights > 0)
        return slowed


@dataclass(frozen=True, slots=True)
class LeastCovered:
    """The target with the smallest realised coverage next; what was drawn least, and then another policy, settle ties.

    Coverage is asked for again before every draw, so questions that missed their target, or hit another one, count.
    A target that stays uncovered after `patience` draws waits until all others have had as many.

    Args:
        count: how many accepted questions draw on a target (`CoverageTracker.count`); may only grow.
        base: the order among equals.
        patience: draws without any effect after which a target goes to the end.
    """

    count: Callable[[Target], int]
    base: Policy = field(default_factory=Stratified)
    patience: int = 3

    def __post_init__(self) -> None:
        if not callable(self.count):
            raise InputError("LeastCovered needs a function from a target to the number of questions that cover it")
        if not isinstance(self.base, Policy):
            raise InputError(f"LeastCovered cannot settle ties by {self.base!r}: it is no policy")
        if self.patience < 1:
            raise InputError(f"LeastCovered(patience={self.patience}) cannot be used: at least 1 draw is needed")

    def order(self, sheets: Sequence[Sheet], seed: int) -> Iterator[Ref]:
        """Endless draws."""
        import heapq

        at = {sheet.document_id: sheet for sheet in sheets}
        total = sum(map(len, sheets))
        first: list[tuple[str, int]] = []
        seen: set[tuple[str, int]] = set()
        for draws, ref in enumerate(self.base.order(sheets, seed)):
            if (ref.document_id, ref.row) not in seen:
                seen.add((ref.document_id, ref.row))
                first.append((ref.document_id, ref.row))
            if len(first) == total or draws > 50 * total:
                break

        def urgency(name: tuple[str, int], drawn: int) -> tuple[int, int]:
            found = self.count(at[name[0]].targets[name[1]])
            if found < 0:
                raise InputError(f"the coverage count of target {at[name[0]].targets[name[1]].id} is negative")
            # Tried often and still uncovered: counts as covered once for every `patience` draws.
            return max(found, drawn // self.patience), drawn

        heap = [(*urgency(name, 0), place, name) for place, name in enumerate(first)]
        heapq.heapify(heap)
        while heap:
            _, drawn, place, name = heap[0]
            now = urgency(name, drawn)
            if now > heap[0][:2]:  # covered since it was queued, by its own question or by another one
                heapq.heapreplace(heap, (*now, place, name))
                continue
            heapq.heapreplace(heap, (*urgency(name, drawn + 1), place, name))
            yield Ref(name[0], name[1], drawn)


def named_policy(name: str | Policy) -> Policy:
    """The policy of a name ("uniform", "stratified", "tokens"), or the policy itself.

    Raises:
        InputError: for an unknown name, or something that is no policy.
    """
    known: dict[str, Callable[[], Policy]] = {"uniform": Uniform, "stratified": Stratified, "tokens": Proportional}
    if isinstance(name, str):
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            meant = f" (did you mean {close[0]!r}?)" if close else ""
            raise InputError(
                f"unknown sampling policy {name!r}{meant}: use one of {', '.join(sorted(known))}, or a policy object"
            )
        return known[name]()
    if not isinstance(name, Policy):
        raise InputError(f"{name!r} is no sampling policy: it has no method order(sheets, seed)")
    return name


def policy_name(policy: str | Policy) -> str:
    """How a policy is named in the ledger: its name, or what a policy object shows of itself.

    Raises:
        InputError: as `named_policy`.
    """
    found = named_policy(policy)
    if isinstance(policy, str):
        return policy
    return re.sub(r" at 0x[0-9a-f]+", "", repr(found))  # a function shows its address, which differs between runs
