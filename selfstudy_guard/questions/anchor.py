"""The anchor check: does a question ask about its target? By attribution, which does not know the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from selfstudy_guard.records import Footprint, Target, Verdict

NEAR = 0.26
"""How well a question's own target must fit it, for a question alone: its share of the best score, times that of the
best target of its paragraph."""
NEAR_WITH_ANSWER = 0.84
"""The same with the answer, when attribution is much surer."""
# Both are calibrated on the human questions of XQuAD in four languages (benchmark of anchoring): questions in other
# people's words share few words with their sentence, so a question alone is refused only when it clearly fits another
# part, and the pair decides. Questions that we ask for are held to more (`Prompts.near`).
_LIKELY = 0.5
_DEPTH = 8
_SEVERAL = 0.5
"""What a multi-hop question may lack: each of its parts explains only some of it."""


class Attributes(Protocol):
    """What the check needs of an `AttributionIndex`."""

    def attribute(self, question: str, answer: str | None = None, *, top: int = 5) -> Footprint:
        """Targets that the question draws on, best first."""
        ...


@runtime_checkable
class Fits(Protocol):
    """An index that tells how well every target fits a question without its answer."""

    targets: tuple[Target, ...]

    def fits(self, question: str) -> Any:
        """Array of numbers from 0 to 1, one for each of `targets`."""
        ...


@runtime_checkable
class AnchorScores(Protocol):
    """An index that also tells the score of every target, which `attribute` cuts off far below the best."""

    targets: tuple[Target, ...]

    def scores(self, question: str, answer: str | None = None) -> Any:
        """Array of the scores of `targets`."""
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
        target: what it must be about; with `also`, every one of them must come near, and with the answer every one
            of them must be in the footprint.
        index: attribution over all targets of the document, the artefacts too.
        answer: the answer, where it is known.
        near: share (0 to 1) of the best score that the target must reach; 1 demands that it is the best.
    """
    share = near if near is not None else (NEAR if answer is None else NEAR_WITH_ANSWER)
    footprint = index.attribute(question, answer, top=_DEPTH)
    if not footprint.targets:
        if near is None and answer is None and _likeliest(question, target, index):
            return Verdict(accepted=True, footprint=footprint)
        feedback = "It does not ask about the quoted part: use its own words for what it is about."
        return Verdict(accepted=False, reason="not-in-document", feedback=feedback, footprint=footprint)
    parts = (target, *target.also)
    if target.also:
        share *= _SEVERAL
    if target.also and answer is not None:
        # What a question is tied to must be what the finished pair really draws on, each part of it.
        missed = [part for part in parts if not any(_same(part, other) for other in footprint.targets)]
    elif near is None and answer is None and isinstance(index, Fits):
        fits = index.fits(question)
        missed = [part for part in parts if _best_of(fits, part, index.targets) < share - 1e-9]
    else:
        missed = [part for part in parts if not _near(part, footprint, share, index, question, answer)]
    if target.also:
        reason, feedback = "misses-part", "It must need every one of the quoted parts; it uses only some of them."
    else:
        reason = "artefact" if footprint.artefact else "off-target"
        feedback = "It asks about another part of the text than the quoted one: ask only about the quoted part."
    if missed:
        return Verdict(accepted=False, reason=reason, feedback=feedback, footprint=footprint)
    return Verdict(accepted=True, footprint=footprint)


def _near(
    target: Target, footprint: Footprint, share: float, index: Attributes, question: str, answer: str | None
) -> bool:
    needed = share * footprint.scores[0] - 1e-9
    own = [s for other, s in zip(footprint.targets, footprint.scores, strict=True) if _same(target, other)]
    if not own and share < 1 and isinstance(index, AnchorScores):
        scores = index.scores(question, answer)
        own = [float(s) for other, s in zip(index.targets, scores, strict=True) if _same(target, other)]
    return bool(own) and max(own) >= needed


def _best_of(numbers: Any, target: Target, targets: Sequence[Target]) -> float:
    return max((float(n) for other, n in zip(targets, numbers, strict=True) if _same(target, other)), default=-1.0)


def _likeliest(question: str, target: Target, index: Attributes) -> bool:
    """Whether a question that attribution places nowhere still fits its target about as well as any other.

    Human questions may share hardly a word with their sentence; the answer decides about them.
    """
    if not isinstance(index, AnchorScores):
        return False
    scores = index.scores(question)
    best = max((float(score) for score in scores), default=0.0)
    own = [float(s) for other, s in zip(index.targets, scores, strict=True) if _same(target, other)]
    return best > 0 and bool(own) and max(own) >= _LIKELY * best


def _same(target: Target, other: Target) -> bool:
    if other.document_id != target.document_id:
        return False
    # Numbers, not `Span` objects: this is asked for every target of a footprint. Equal spans may be empty.
    overlap = target.start < other.end and other.start < target.end
    return overlap or (target.start, target.end) == (other.start, other.end)


def best_is(target: Target, footprint: Footprint) -> bool:
    """Whether the best of `footprint` is `target`."""
    return bool(footprint.targets) and _same(target, footprint.targets[0])
