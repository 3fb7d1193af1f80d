"""A plan as columns of numbers, for plans of millions of draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from selfstudy_guard.sampling.seeded import number_key
from selfstudy_guard.sampling.sheets import Ref

if TYPE_CHECKING:
    from numpy.typing import NDArray


class PlanColumns(NamedTuple):
    """A plan as columns, one entry a draw in plan order: a tenth of the memory that `Ref`s take.

    Attributes:
        documents: ids of the documents that are drawn from, sorted.
        document: place in `documents`, int32.
        row: row in the document's sheet, int32.
        visit: how often the target was drawn before, int32.
    """

    documents: list[str]
    document: NDArray[Any]
    row: NDArray[Any]
    visit: NDArray[Any]

    def refs(self, begin: int = 0) -> list[Ref]:
        """The plan as a list, from the draw number `begin` (from 0) on."""
        rows = zip(*(column[begin:].tolist() for column in (self.document, self.row, self.visit)), strict=True)
        return [Ref(self.documents[document], row, visit) for document, row, visit in rows]


def deal_styles(
    plan: PlanColumns, sections: NDArray[Any], styles: Sequence[str], seed: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Styles of the draws of a plan, as `StyleBalance` deals them out.

    Args:
        plan: from its first draw on.
        sections: number of the section of every draw's target within its document.
        styles: names, at least one.
        seed: the plan's seed.

    Returns:
        For every draw the place of its style in `styles`, and how often the pair was drawn before (both int32).
    """
    import numpy as np

    size = len(styles)
    if size == 1 or not len(plan.row):
        return np.zeros(len(plan.row), dtype=np.int32), plan.visit
    target = plan.document.astype(np.int64) << 32 | plan.row
    _, met, which = np.unique(target, return_index=True, return_inverse=True)
    order = np.argsort(met)  # distinct targets in the order in which they are first drawn
    document, section = plan.document[met[order]].astype(np.int64), sections[met[order]]
    _, first, place = np.unique(document << 32 | section, return_index=True, return_inverse=True)
    before = _rank(place)  # targets of the same section that were drawn before
    # Sections of a document are numbered in the order in which they are first drawn from.
    by_first = np.argsort(first)
    number = np.empty(len(first), dtype=np.int64)
    number[by_first] = _rank(document[first[by_first]])
    offset = np.array([number_key(seed, "style", name) % size for name in plan.documents], dtype=np.int64)
    dealt = np.empty(len(met), dtype=np.int64)
    dealt[order] = offset[document] + number[place] + before
    turn = dealt[which] + plan.visit
    return (turn % size).astype(np.int32), plan.visit // size


def _rank(group: NDArray[Any]) -> NDArray[Any]:
    """For every entry, how many entries of the same group stand before it."""
    import numpy as np

    order = np.argsort(group, kind="stable")
    ordered = group[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=ordered[0] - 1))
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - np.repeat(begins, np.diff(begins, append=len(group)))
    return rank
