"""The form of an answer: a few exact words, one sentence, or a sentence that is then explained.

A model that learns from pairs learns their form too: whole sentences copied from the document teach it to recite, a
short answer teaches the fact. Short is the default; copying is left to prompts that ask for it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import get_args

import regex
from rapidfuzz import fuzz

from selfstudy_guard.attribution.terms import canonical, is_unspaced, words
from selfstudy_guard.documents.sentences import sentence_spans
from selfstudy_guard.questions.wording import content_words
from selfstudy_guard.records import AnswerForm, Verdict

ANSWER_FORMS: tuple[AnswerForm, ...] = get_args(AnswerForm)

FORM_REASONS = {
    "copied": "a whole sentence of the text, where a short answer was wanted",
    "too-long-form": "longer than the form of answer that was asked for",
    "too-short-form": "shorter than the form of answer that was asked for",
}
"""Every reason for which the form of an answer is refused, in words."""

_MOST_WORDS = {"short": 20, "sentence": 60, "explained": 200}
_LEAST_WORDS = {"short": 1, "sentence": 3, "explained": 8}
_MOST_CHARACTERS = {"short": 40, "sentence": 150, "explained": 600}
"""The same in scripts without spaces."""
_COPIED_WORDS = 8
"""A sentence this short may be the shortest answer there is."""
_COPY = 92.0
_ENDS = regex.compile(r"(?<=[.!?。！？])\s+(?=[\p{Lu}\d\"“'(])|\n+")
_INITIAL = regex.compile(r"(?:\b\p{Lu}|\b(?:Mr|Mrs|Dr|St|No|vs|e\.g|i\.e|c|ca|approx|Prof))\.$")
_YES_NO = regex.compile(r"^\W*(?:yes|no)\W*$", regex.I)
_ASKED_AGAIN = regex.compile(r"^[^?？\n]{8,400}[?？][\"'”’)*_]*\s*(?:[-–—:]\s*)?(?=\S)")


def wrong_form(answer: str, question: str, evidence: str, form: AnswerForm) -> Verdict | None:
    """Whether an answer has another form than was asked for; None where it fits.

    Args:
        answer: the parsed and trimmed answer.
        question: what was asked.
        evidence: what the model was shown: whose sentences may not be copied whole in a short answer.
        form: the form that was asked for.
    """
    said = words(answer)
    unspaced = sum(is_unspaced(word) for word in said) * 2 > len(said)
    length = len(answer) if unspaced else len(said)
    if length > (_MOST_CHARACTERS if unspaced else _MOST_WORDS)[form]:
        wanted = {"short": "a few words", "sentence": "one sentence", "explained": "a few sentences"}[form]
        return Verdict(accepted=False, reason="too-long-form", feedback=f"It is too long: answer in {wanted}.")
    if not unspaced and length < _LEAST_WORDS[form]:
        wanted = "one whole sentence" if form == "sentence" else "one sentence and explain it in a second"
        return Verdict(accepted=False, reason="too-short-form", feedback=f"It is too short: answer in {wanted}.")
    if form == "short" and is_copied(answer, evidence):
        feedback = "It copies a whole sentence: give only the words that answer the question."
        return Verdict(accepted=False, reason="copied", feedback=feedback)
    return None


def is_copied(answer: str, evidence: str) -> bool:
    """Whether an answer is a whole sentence of the evidence, of more than a few words."""
    if len(words(answer)) < _COPIED_WORDS:
        return False
    said = canonical(answer)
    return any(
        len(sentence) <= 1.3 * len(said) and fuzz.ratio(said, sentence, score_cutoff=_COPY)
        for sentence in _lines(evidence)
    )


@lru_cache(maxsize=256)
def _lines(evidence: str) -> tuple[str, ...]:
    return tuple(canonical(evidence[start:end]) for start, end in sentence_spans(evidence, "en"))


def trimmed(answer: str, question: str, form: AnswerForm | None) -> str:
    """`answer` without the question said again before it, and without a sentence that nobody asked for.

    Args:
        answer: the parsed answer.
        question: what was asked.
        form: the form that was asked for; a short answer and a sentence are cut to their first sentence.
    """
    match = _ASKED_AGAIN.match(answer)
    if match and fuzz.ratio(canonical(match[0]), canonical(question)) >= 85:
        answer = answer[match.end() :].lstrip()
    if form not in ("short", "sentence"):
        return answer
    parts = _sentences(answer)
    if len(parts) > 1 and not _YES_NO.match(parts[0]) and content_words(parts[0]):
        return parts[0].strip()
    if len(parts) > 2:
        return " ".join(part.strip() for part in parts[:2])
    return answer


def _sentences(text: str) -> list[str]:
    """The sentences of an answer; initials and abbreviations end none."""
    found: list[str] = []
    for part in _ENDS.split(text):
        if found and _INITIAL.search(found[-1]):
            found[-1] = f"{found[-1]} {part}"
        elif part.strip():
            found.append(part)
    return found
