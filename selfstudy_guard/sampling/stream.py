"""Plans for corpora that do not fit in memory: read once, in any number of parts, with memory for the plan only.

A `PlanPart` is fed the sheets of some documents. Parts that were fed different documents add up, in any order and
however the corpus was split, to the same plan as one part that was fed everything.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from selfstudy_guard.errors import InputError
from selfstudy_guard.sampling.even import Stratified, Stratum, schedule
from selfstudy_guard.sampling.plan_arrays import PlanColumns
from selfstudy_guard.sampling.policies import Policy, TimedPolicy
from selfstudy_guard.sampling.sheets import Ref, Sheet

if TYPE_CHECKING:
    from numpy.typing import NDArray


class PlanPart:
    """The first `n` draws of a timed policy (Uniform, Proportional, Weighted) over the documents seen so far.

    Args:
        n: length of the plan; memory grows with it and with nothing else.
        policy: a timed policy.
        seed: the plan's seed.
        within: a time before which at least `n` draws of the whole corpus happen, where it is known; spares looking at
            later ones.
    """

    def __init__(self, n: int, policy: TimedPolicy, seed: int = 0, *, within: float = float("inf")) -> None:
        if n < 1:
            raise InputError(f"a plan of {n} questions is not possible: n must be at least 1")
        if not callable(policy):
            raise InputError(f"{type(policy).__name__} cannot be planned as a stream: it has no times of its own")
        self.n = n
        self.policy = policy
        self.seed = seed
        self._limit = within
        self._held = 0
        self._times: list[NDArray[Any]] = []
        self._refs: list[tuple[str, NDArray[Any], int]] = []

    def add(self, sheet: Sheet) -> None:
        """Take one document into account."""
        import numpy as np

        limit, visit, held, enough = self._limit, 0, 0, self.n
        found: list[NDArray[Any]] = []
        while True:
            times = self.policy(sheet, self.seed, visit)
            rows = np.flatnonzero(times < limit)
            if not len(rows):
                break
            found.append(times[rows])
            self._refs.append((sheet.document_id, rows.astype(np.int32), visit))
            held, visit = held + len(rows), visit + 1
            if held >= enough:  # later visits of frequent rows may still come before these
                earliest = np.partition(np.concatenate(found), self.n - 1)[self.n - 1]
                limit, enough = min(limit, float(np.nextafter(earliest, np.inf))), 2 * held
        self._times += found
        self._held += held
        if self._held > 2 * self.n + 4096:
            self._shrink()

    def _shrink(self) -> None:
        """Keeps the `n` earliest draws (and those at the very time of the last of them)."""
        import numpy as np

        if self._held <= self.n:
            return
        times = np.concatenate(self._times)
        self._limit = float(np.partition(times, self.n - 1)[self.n - 1])
        kept_times, kept_refs, held = [], [], 0
        for chunk, (document_id, rows, visit) in zip(self._times, self._refs, strict=True):
            keep = chunk <= self._limit
            if keep.any():
                kept_times.append(chunk[keep])
                kept_refs.append((document_id, rows[keep], visit))
                held += int(keep.sum())
        self._limit = float(np.nextafter(self._limit, np.inf))
        self._times, self._refs, self._held = kept_times, kept_refs, held

    def __add__(self, other: PlanPart) -> PlanPart:
        if (self.n, self.policy, self.seed) != (other.n, other.policy, other.seed):
            raise InputError("parts of different plans cannot be added: n, policy and seed must be the same")
        both = PlanPart(self.n, self.policy, self.seed)
        both._limit = min(self._limit, other._limit)
        both._times = self._times + other._times
        both._refs = self._refs + other._refs
        both._held = self._held + other._held
        both._shrink()
        return both

    def columns(self) -> PlanColumns:
        """The plan as columns."""
        import numpy as np

        if not self._refs:
            none = np.zeros(0, dtype=np.int32)
            return PlanColumns([], none, none, none)
        self._shrink()
        names = sorted({document_id for document_id, _, _ in self._refs})
        at = {name: place for place, name in enumerate(names)}
        sizes = [len(rows) for _, rows, _ in self._refs]
        document = np.repeat(np.array([at[name] for name, _, _ in self._refs], dtype=np.int32), sizes)
        visit = np.repeat(np.array([visit for _, _, visit in self._refs], dtype=np.int32), sizes)
        row = np.concatenate([rows for _, rows, _ in self._refs])
        order = np.lexsort((visit, row, document, np.concatenate(self._times)))[: self.n]
        return PlanColumns(names, document[order], row[order], visit[order])

    def refs(self) -> list[Ref]:
        """The plan."""
        return self.columns().refs()


class Tally:
    """First pass of a stratified plan: how many strata of each size there are. Small, and adds up."""

    def __init__(self, policy: Stratified) -> None:
        self.policy = policy
        self.sizes: Counter[int] = Counter()

    def add(self, sheet: Sheet) -> None:
        """Count the strata of one document."""
        self.sizes.update(stratum.size for stratum in self.policy.strata(sheet, 0))

    def __add__(self, other: Tally) -> Tally:
        both = Tally(self.policy)
        both.sizes = self.sizes + other.sizes
        return both


class StratifiedPart:
    """Second pass of a stratified plan: the strata that come up in the first `n` draws of a round.

    Args:
        n: length of the plan; no more than the targets that were counted are planned.
        tally: the first pass over the whole corpus.
        seed: the plan's seed.
    """

    def __init__(self, n: int, tally: Tally, seed: int = 0) -> None:
        if n < 1:
            raise InputError(f"a plan of {n} questions is not possible: n must be at least 1")
        self.n = n
        self.tally = tally
        self.seed = seed
        self._sizes, self._ranks, self._draws = array("q"), array("q"), array("q")
        needed: Counter[int] = Counter()
        for size, rank, draw in islice(schedule(tally.sizes), n):
            self._sizes.append(size)
            self._ranks.append(rank)
            self._draws.append(draw)
            needed[size] = max(needed[size], rank + 1)
        self._needed = needed
        self._kept: dict[int, list[Stratum]] = {size: [] for size in needed}

    def add(self, sheet: Sheet) -> None:
        """Take one document into account."""
        for stratum in self.tally.policy.strata(sheet, self.seed):
            kept = self._kept.get(stratum.size)
            if kept is None:
                continue
            kept.append(stratum)
            if len(kept) > 2 * self._needed[stratum.size] + 64:
                kept.sort()
                del kept[self._needed[stratum.size] :]

    def __add__(self, other: StratifiedPart) -> StratifiedPart:
        if (self.n, self.seed, self.tally.sizes) != (other.n, other.seed, other.tally.sizes):
            raise InputError("parts of different plans cannot be added: n, tally and seed must be the same")
        both = StratifiedPart(self.n, self.tally, self.seed)
        for size, kept in both._kept.items():
            kept.extend(sorted(self._kept[size] + other._kept[size])[: self._needed[size]])
        return both

    def draws(self) -> list[tuple[str, int, int]]:
        """The plan as (document id, section, number of the draw in the section); `refs` makes rows of them."""
        ranked = {size: sorted(kept) for size, kept in self._kept.items()}
        turns = zip(self._sizes, self._ranks, self._draws, strict=True)
        return [(ranked[size][rank].document_id, ranked[size][rank].section, draw) for size, rank, draw in turns]

    def columns(self, sheets: Iterable[Sheet]) -> PlanColumns:
        """The plan as columns; `sheets` is a third look at the documents, of which only the planned ones are used."""
        import numpy as np

        first: dict[int, int] = {}
        strata: list[Stratum] = []
        for size in sorted(self._kept):
            first[size] = len(strata)
            strata.extend(sorted(self._kept[size])[: self._needed[size]])
        sizes = np.frombuffer(self._sizes, dtype=np.int64)
        draw = np.frombuffer(self._draws, dtype=np.int64)
        known, which = np.unique(sizes, return_inverse=True)
        owner = np.array([first[size] for size in known.tolist()], dtype=np.int64)[which]
        owner += np.frombuffer(self._ranks, dtype=np.int64)
        order = np.argsort(owner, kind="stable")
        begin = np.searchsorted(owner[order], np.arange(len(strata) + 1))
        wanted: dict[str, list[int]] = {}
        for place, stratum in enumerate(strata):
            wanted.setdefault(stratum.document_id, []).append(place)
        row = np.zeros(len(owner), dtype=np.int32)
        for sheet in sheets:
            for place in wanted.get(sheet.document_id, ()):
                turns = order[begin[place] : begin[place + 1]]
                rows = np.array(self.tally.policy.places(sheet, strata[place].section, self.seed), dtype=np.int32)
                row[turns] = rows[draw[turns]]
        names = sorted(wanted)
        at = {name: place for place, name in enumerate(names)}
        document = np.array([at[stratum.document_id] for stratum in strata], dtype=np.int32)[owner]
        return PlanColumns(names, document, row, np.zeros(len(row), dtype=np.int32))

    def refs(self, sheets: Iterable[Sheet]) -> list[Ref]:
        """The plan; `sheets` is a third look at the documents, of which only the planned ones are used."""
        return self.columns(sheets).refs()


def plan_refs(sheets: Iterable[Sheet], policy: Policy, n: int, seed: int = 0) -> Iterator[Ref]:
    """The first `n` draws over a stream that is read once; for timed policies only.

    Raises:
        InputError: a policy that needs the whole corpus (Stratified has `Tally` and `StratifiedPart`).
    """
    part = PlanPart(n, policy, seed)  # type: ignore[arg-type]  # checked there
    for sheet in sheets:
        part.add(sheet)
    return iter(part.refs())
