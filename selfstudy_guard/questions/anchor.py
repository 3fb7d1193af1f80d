"""The anchor check: does a question ask about its target? By attribution, which does not know the target."""

from __future__ import annotations

from typing import Protocol

from selfstudy_guard.records import Footprint, Target, Verdict

NEAR = 0.5
"""Share of the best target's score that the question's own target must reach, for a question alone."""
NEAR_WITH_ANSWER = 0.85
"""The same with the answer, when attribution is much surer."""
_DEPTH = 8


class Attributes(Protocol):
    """What the check needs of an `AttributionIndex`."""

    def attribute(self, question: str, answer: str | None = None, *, top: int = 5) -> Footprint:
        """Targets that the question draws on, best first."""
        ...


def check_anchor(
    question: str,
    target: Target,
    index: Attributes,
    *,
    answer: str | None = None,
    near: float | None = None,
) -> Verdict:
    """Whether `question` (and `answer`) draws on `target` rather than on another part of the document.

    Args:
        question: the question.
        target: what it must be about; with `also`, every one of them must be in its footprint.
        index: attribution over all targets of the document, the artefacts too.
        answer: the answer, where it is known.
        near: share (0 to 1) of the best score that the target must reach; 1 demands that it is the best.
    """
    share = near if near is not None else (NEAR if answer is None else NEAR_WITH_ANSWER)
    footprint = index.attribute(question, answer, top=_DEPTH)
    if not footprint.targets:
        feedback = "It does not ask about the quoted part: use its own words for what it is about."
        return Verdict(accepted=False, reason="not-in-document", feedback=feedback, footprint=footprint)
    if target.also:
        missed = [part for part in (target, *target.also) if not _near(part, footprint, share * 0.6)]
        reason, feedback = "misses-part", "It must need every one of the quoted parts; it uses only some of them."
    else:
        missed = [] if _near(target, footprint, share) else [target]
        hijacked = footprint.artefact
        reason = "artefact" if hijacked else "off-target"
        feedback = "It asks about another part of the text than the quoted one: ask only about the quoted part."
    if missed:
        return Verdict(accepted=False, reason=reason, feedback=feedback, footprint=footprint)
    return Verdict(accepted=True, footprint=footprint)


def _near(target: Target, footprint: Footprint, share: float) -> bool:
    best = footprint.scores[0]
    return any(
        _same(target, other) and score >= share * best - 1e-9
        for other, score in zip(footprint.targets, footprint.scores, strict=True)
    )


def _same(target: Target, other: Target) -> bool:
    if other.document_id != target.document_id:
        return False
    return target.span.overlaps(other.span) or target.span == other.span


def best_is(target: Target, footprint: Footprint) -> bool:
    """Whether the best of `footprint` is `target`."""
    return bool(footprint.targets) and _same(target, footprint.targets[0])
