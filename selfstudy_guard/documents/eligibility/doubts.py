"""Targets that the filter half believes to be an order: asked about by nobody until a person allows them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from selfstudy_guard.records import Belief, Segmentation, Target

DOUBT = 0.3
"""Belief from which a target is not asked about. Of clean manuals, code and prose about one sentence in a hundred
reaches it; of orders that are not found outright about a third (docs/filter.md)."""
REASON = "doubtful"


def without_doubtful(
    segmentation: Segmentation, beliefs: Sequence[Belief], doubt: float | None = DOUBT
) -> Segmentation:
    """The segmentation in which no eligible target is one that the filter doubts.

    An answer needs its target whole, so what stands in a target cannot be withheld from it.

    Args:
        segmentation: pieces of a document.
        beliefs: of the units of the same document, in order and disjoint.
        doubt: belief (0 to 1) from which a target is doubtful; None doubts nothing.
    """
    if doubt is None:
        return segmentation
    doubted = [belief for belief in beliefs if belief.score >= doubt]
    if not doubted:
        return segmentation
    ends = [belief.end for belief in doubted]

    def settled(target: Target) -> Target:
        at = bisect_right(ends, target.start)
        if target.eligible and at < len(doubted) and doubted[at].start < target.end:
            return target.model_copy(update={"eligible": False, "reason": REASON})
        return target

    return segmentation.model_copy(update={"targets": tuple(map(settled, segmentation.targets))})


def suspicion(target: Target, beliefs: Sequence[Belief]) -> float:
    """The highest belief (0 to 1) of the units that stand, at least in part, in a target.

    Args:
        target: any target.
        beliefs: of the same document, in order and disjoint.
    """
    found, at = 0.0, bisect_right(beliefs, target.start, key=lambda belief: belief.end)
    while at < len(beliefs) and beliefs[at].start < target.end:
        found, at = max(found, beliefs[at].score), at + 1
    return found
