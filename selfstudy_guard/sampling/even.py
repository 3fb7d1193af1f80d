"""Stratified sampling whose every prefix is even: no section gets a whole draw more or less than its share.

Giving each section its share of a growing plan is the *chairman assignment problem*: Tijdeman (1980) shows that a
schedule exists in which the draws of every member stay less than one away from `k * size / total` for all k at once,
and that serving the earliest deadline first, among the members whose next draw is not too early, finds it.

Here the members are *classes* of sections that have equally many targets; inside a class the sections take turns in a
random order. After m draws of a class of c sections each of them has had m / c draws rounded up or down, so it is at
most 1 - 1/c away from its share of the class, and the class is less than one draw, 1/c for each section, away from its
share of the plan: together less than one. Classes keep small sections from waiting for all larger ones, and they make
the schedule small: it depends only on how many sections of each size there are, which can be counted in parts.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from selfstudy_guard.errors import InputError
from selfstudy_guard.sampling.seeded import GOLDEN, mixed, number_key, spread
from selfstudy_guard.sampling.sheets import Sheet, Streamed

_LEVELS = ("document", "section", "position")


class Stratum(NamedTuple):
    """A document or one section of it; `key` (from the seed) is its place among the strata of its size."""

    key: int
    document_id: str
    section: int
    size: int


def earliest_deadline(sizes: Sequence[int]) -> Iterator[int]:
    """Indices of members, each as often as its size, so that all prefixes are less than one draw from all shares.

    Draw j (from 1) of a member of size s out of T may happen from slot floor((j - 1) T / s) + 1 on and must have
    happened by slot ceil(j T / s); among those that may, the earliest deadline goes first (Tijdeman 1980).
    """
    total = sum(sizes)
    waiting = [(1, place, 1) for place, size in enumerate(sizes) if size]
    heapq.heapify(waiting)
    ready: list[tuple[int, int, int]] = []
    for slot in range(1, total + 1):
        while waiting and waiting[0][0] <= slot:
            _, place, draw = heapq.heappop(waiting)
            heapq.heappush(ready, (-(-draw * total // sizes[place]), place, draw))
        _, place, draw = heapq.heappop(ready)
        yield place
        if draw < sizes[place]:
            heapq.heappush(waiting, (draw * total // sizes[place] + 1, place, draw + 1))


def schedule(sizes: Mapping[int, int]) -> Iterator[tuple[int, int, int]]:
    """One round over strata given as a histogram (size -> number of strata of that size).

    Yields:
        Size of the stratum, its rank among those of its size, and the number of its draw (both from 0).
    """
    classes = sorted(sizes, reverse=True)
    turns = [0] * len(classes)
    for place in earliest_deadline([size * sizes[size] for size in classes]):
        size = classes[place]
        draw, rank = divmod(turns[place], sizes[size])
        turns[place] += 1
        yield size, rank, draw


@dataclass(frozen=True, slots=True)
class Stratified(Streamed):
    """Draws spread evenly over documents, sections and positions: every prefix of the plan covers all of them.

    Args:
        by: what the strata are: ("document",) or ("document", "section"), and "position" where the draws inside a
            stratum follow a low-discrepancy order of places instead of a random one.
    """

    by: tuple[str, ...] = _LEVELS

    def __post_init__(self) -> None:
        unknown = set(self.by) - set(_LEVELS)
        if unknown or "document" not in self.by:
            raise InputError(
                f"Stratified(by={self.by!r}) cannot be used: name 'document', and 'section' and 'position' as you like"
            )

    def strata(self, sheet: Sheet, seed: int) -> list[Stratum]:
        """The strata of one document; keys of its sections lie evenly apart, between those of other documents."""
        import numpy as np

        if not len(sheet):
            return []
        base = number_key(seed, "strata", sheet.document_id)
        if "section" not in self.by:
            return [Stratum(base, sheet.document_id, 0, len(sheet))]
        found = []
        for number, size in enumerate(np.bincount(sheet.sections).tolist()):
            if size:
                found.append(Stratum((base + number * GOLDEN) & ((1 << 64) - 1), sheet.document_id, number, size))
        return found

    def places(self, sheet: Sheet, section: int, seed: int) -> list[int]:
        """Rows of one stratum in the order in which they are drawn."""
        import numpy as np

        rows = np.arange(len(sheet)) if "section" not in self.by else np.flatnonzero(sheet.sections == section)
        shift = number_key(seed, "places", sheet.document_id, section)
        if "position" in self.by:
            ordered: list[int] = rows[spread(len(rows), shift)].tolist()
            return ordered
        drawn: list[int] = rows[np.argsort(mixed(shift, sheet.starts[rows]), kind="stable")].tolist()
        return drawn
