"""Targets that the filter half believes to be an order: some are asked about by nobody until a person allows them, some
last of all."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from selfstudy_guard.records import Belief, Segmentation, Target

SUSPECT = 0.05
"""Belief from which a unit is a suspect: withheld where no answer needs it, and asked about last."""
DOUBT = 0.3
"""Belief from which a target is not asked about. Of clean manuals, code and prose about one sentence in a hundred
reaches it; of orders that are not found outright about a third (docs/filter.md)."""
REASON = "doubtful"
LAST = "suspect"
"""The reason of an eligible target that is asked about when all others were."""


def without_doubtful(
    segmentation: Segmentation, beliefs: Sequence[Belief], doubt: float | None = DOUBT
) -> Segmentation:
    """The segmentation in which no eligible target is one that the filter doubts, and suspects are asked about last.

    An answer needs its target whole, so what stands in a target cannot be withheld from it.

    Args:
        segmentation: pieces of a document.
        beliefs: of the units of the same document, in order and disjoint.
        doubt: belief (0 to 1) from which a target is doubtful; None doubts and suspects nothing.
    """
    if doubt is None:
        return segmentation
    seen = [belief for belief in beliefs if belief.score >= min(SUSPECT, doubt)]
    if not seen:
        return segmentation
    ends = [belief.end for belief in seen]

    def settled(target: Target) -> Target:
        if not target.eligible:
            return target
        highest, at = 0.0, bisect_right(ends, target.start)
        while at < len(seen) and seen[at].start < target.end:
            highest, at = max(highest, seen[at].score), at + 1
        if highest >= doubt:
            return target.model_copy(update={"eligible": False, "reason": REASON})
        return target.model_copy(update={"reason": LAST}) if highest >= SUSPECT else target

    return segmentation.model_copy(update={"targets": tuple(map(settled, segmentation.targets))})
