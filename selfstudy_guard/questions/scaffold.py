"""What a small model is helped with when it asks about one target: first words of a question, and a last resort."""

from __future__ import annotations

from dataclasses import dataclass

from selfstudy_guard.questions.answer_first import answer_first
from selfstudy_guard.questions.gaps import gap_question
from selfstudy_guard.questions.openings import openings
from selfstudy_guard.questions.prompts import Prompts
from selfstudy_guard.records import Draw, Target

_STYLES = ("factual", "question")
"""Styles that ask a plain question; the others want a request, which has its own first words."""
_FREE = (3, 5)
"""Attempts that are left to the model in any case, so that a target whose openings mislead is asked about freely."""


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The help for one draw.

    Attributes:
        target: what is asked about.
        begins: openings in the order in which they are tried; empty for none.
        language: ISO 639-1 code of the document.
        gap: whether a gap question may be made in the end.
        plain: whether a plain question about one target is wanted.
    """

    target: Target
    begins: tuple[str, ...] = ()
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
        plain = draw.style in _STYLES and not draw.target.also
        found = openings(draw.target, context) if plain and prompts.openings and language == "en" else ()
        turn = draw.number % len(found) if found else 0
        return cls(draw.target, found[turn:] + found[:turn], language, plain and prompts.last_resort == "gap", plain)

    def opening(self, attempt: int) -> str:
        """First words of the question for an attempt (from 1); empty where the model asks freely."""
        if not self.begins or attempt in _FREE:
            return ""
        return self.begins[(attempt - 1 - sum(free < attempt for free in _FREE)) % len(self.begins)]

    def answer_first(self, attempt: int) -> tuple[str, str] | None:
        """An answer to ask for, and a pattern of the question's first words, where there is no opening; or None."""
        if not self.plain or self.language != "en" or self.opening(attempt):
            return None
        return answer_first(self.target.text) if self.target.kind in ("sentence", "list_item", "caption") else None

    def last_resort(self) -> str | None:
        """A question made without a model, or None."""
        return gap_question(self.target, self.language) if self.gap else None
