"""Targets that the filter half believes to be an order: some are asked about by nobody until a person allows them, some
last of all."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from selfstudy_guard.documents.eligibility.addressing import weighed_belief
from selfstudy_guard.records import Belief, Segmentation, Target

SUSPECT = 0.05
"""Belief from which a unit is a suspect: withheld where no answer needs it, and asked about last."""
DOUBT = 0.3
"""Belief, alone or with how the sentence addresses somebody, from which a target is not asked about. About one clean
sentence in a hundred reaches it, and nine of ten orders written for their document (docs/filter.md)."""
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
        doubt: belief (0 to 1), alone or with how the sentence addresses somebody, from which a target is doubtful; None
            doubts and suspects nothing.
    """
    if doubt is None:
        return segmentation
    if not beliefs:
        return segmentation
    ends = [belief.end for belief in beliefs]

    def settled(target: Target) -> Target:
        if not target.eligible:
            return target
        highest, at = 0.0, bisect_right(ends, target.start)
        while at < len(beliefs) and beliefs[at].start < target.end:
            one = beliefs[at]
            said = target.text[max(0, one.start - target.start) : max(0, one.end - target.start)]
            highest, at = max(highest, one.score, weighed_belief(one.score, said)), at + 1
        if highest >= doubt:
            return target.model_copy(update={"eligible": False, "reason": REASON})
        return target.model_copy(update={"reason": LAST}) if highest >= SUSPECT else target

    return segmentation.model_copy(update={"targets": tuple(map(settled, segmentation.targets))})
