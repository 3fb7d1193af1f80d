"""Questions that a document asks and answers itself: FAQs, interviews, help pages."""

from __future__ import annotations

from dataclasses import dataclass

from selfstudy_guard.records import Segmentation, Target

_ASKS = ("?", "\uff1f", "\u061f", "?**", "?</b>", '?"')
_LONGEST = 12
"""Targets of one answer at most; what follows is no answer any more."""
_FEWEST = 2
"""Pairs from which a document is one of questions and answers; a single question may be rhetorical."""


@dataclass(frozen=True, slots=True)
class OwnPair:
    """A question of a document with its answer there.

    Attributes:
        question: the target that asks.
        answer: the targets that follow it, up to the next question or heading; at least one.
    """

    question: Target
    answer: tuple[Target, ...]


def own_pairs(segmentation: Segmentation) -> tuple[OwnPair, ...]:
    """The pairs of a document that has at least two, in text order; () for any other document."""
    pairs: list[OwnPair] = []
    question: Target | None = None
    answer: list[Target] = []

    def close() -> None:
        if question is not None and answer:
            pairs.append(OwnPair(question, tuple(answer)))

    for target in segmentation.targets:
        if target.reason == "question" or (target.kind == "heading" and target.text.rstrip(" #*").endswith(_ASKS)):
            close()
            question, answer = target, []
        elif target.kind == "heading" and question is not None:
            close()
            question = None
        elif target.eligible and question is not None and len(answer) < _LONGEST:
            answer.append(target)
    close()
    return tuple(pairs) if len(pairs) >= _FEWEST else ()
