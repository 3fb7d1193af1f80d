"""What a rejection means, in words for a person: the closing note, the report and docs/questions.md say the same.

The feedback of a check is another thing: it speaks to the model that is asked again.
"""

from __future__ import annotations

from selfstudy_guard.questions.answers import ANSWER_REASONS
from selfstudy_guard.questions.question_checks import REASONS

_OF_PAIRS = {
    "low-rating": "the rater gave it less than min_score",
    "missing": "left out of a reply that should hold several pairs",
    "obeyed": "the answer bears marks of obeying the document",
    "steered": "asks for what an instruction in the text wants",
    "target-removed": "the filter took out what it was to be asked about",
    "unreadable": "nothing in the reply reads as a question",
}
"""Reasons that are no matter of a question alone or an answer alone."""
_WITH_ANSWER = "answer-"
"""Begins the reasons of a question that was kept and became unfit with its answer."""


def meaning(reason: str, stage: str = "question") -> str:
    """What a counted reason means; empty where it is none of a check, as the name of an error.

    Args:
        reason: the code, as in `Rejection.reason`.
        stage: where the question ended, "question" or "answer", as in `Rejection.stage`.
    """
    if reason.startswith(_WITH_ANSWER):
        told = REASONS.get(reason.removeprefix(_WITH_ANSWER), "")
        return f"with its answer, {told}" if told else ""
    first, second = (ANSWER_REASONS, REASONS) if stage == "answer" else (REASONS, ANSWER_REASONS)
    return _OF_PAIRS.get(reason) or first.get(reason) or second.get(reason) or ""
