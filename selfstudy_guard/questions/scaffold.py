"""What a small model is helped with when it asks about one target: first words of a question, and a last resort."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from selfstudy_guard.questions.answer_first import answer_first
from selfstudy_guard.questions.gaps import gap_pair, gap_question
from selfstudy_guard.questions.openings import openings_answered
from selfstudy_guard.questions.prompts import Prompts
from selfstudy_guard.records import Draw, Target

PLAIN_STYLES = ("factual", "question")
"""Styles that ask a plain question; the others want a request, which has its own first words."""
_FREE = (3, 5)
"""Attempts that are left to the model in any case, so that a target whose openings mislead is asked about freely."""


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The help for one draw.

    Attributes:
        target: what is asked about.
        begins: openings in the order in which they are tried, with the words that answer them ("" where not sure).
        language: ISO 639-1 code of the document.
        gap: whether a gap question may be made in the end.
        plain: whether a plain question about one target is wanted.
    """

    target: Target
    begins: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    gap: bool = False
    plain: bool = False

    @classmethod
    def of(cls, draw: Draw, language: str, prompts: Prompts, context: str = "") -> Scaffold:
        """The help that `prompts` want for `draw`. A target that comes again is asked about with its next opening.

        Args:
            draw: what is asked about.
            language: ISO 639-1 code of the document.
            prompts: whether they want openings, and a last resort.
            context: text round the target, which tells names from other words.
        """
        plain = draw.style in PLAIN_STYLES and not draw.target.also
        wanted = plain and prompts.openings and language == "en"
        found = list(openings_answered(draw.target, context).items()) if wanted else []
        turn = draw.number % len(found) if found else 0
        return cls(
            draw.target, dict(found[turn:] + found[:turn]), language, plain and prompts.last_resort == "gap", plain
        )

    def opening(self, attempt: int) -> str:
        """First words of the question for an attempt (from 1); empty where the model asks freely."""
        if not self.begins or attempt in _FREE:
            return ""
        return list(self.begins)[(attempt - 1 - sum(free < attempt for free in _FREE)) % len(self.begins)]

    def answer_first(self, attempt: int) -> tuple[str, str] | None:
        """An answer to ask for, and a pattern of the question's first words; or None.

        Where there is an opening, it takes the place of the pattern, which is empty.
        """
        opening = self.opening(attempt)
        if opening:
            told = self.begins[opening]
            return (told, "") if told else None
        if not self.plain or self.language != "en":
            return None
        return answer_first(self.target.text) if self.target.kind in ("sentence", "list_item", "caption") else None

    @property
    def guided(self) -> int:
        """Attempts, from the first, that have an opening."""
        return min(_FREE) - 1 if self.begins else 0

    def told(self, question: str) -> str | None:
        """What the target answers to a gap question, or one that goes on from an opening, where that is sure."""
        made = gap_pair(self.target, self.language) if self.gap else None
        if made is not None and made[0] == question:
            return made[1]
        return next((said for begin, said in self.begins.items() if said and question.startswith(begin)), None)

    def last_resort(self) -> str | None:
        """A question made without a model, or None."""
        return gap_question(self.target, self.language) if self.gap else None
