"""One question-answer pair of a data set that somebody else made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """A question, its answer, and what the row says about where they come from.

    Attributes:
        question, answer: the texts; the answer may be empty (a question set).
        contexts: passages that the row names as evidence.
        document: name of the source that the row gives; "" where it gives none.
        style: what the row calls the way of asking (synthesizer, evolution, label ...).
        model: the generator that the row names.
        file: path of the file as given.
        row: number of the row in it, from 1 (the line of JSONL, the record of CSV, the row of Parquet).
    """

    question: str
    answer: str = ""
    contexts: tuple[str, ...] = ()
    document: str = ""
    style: str = ""
    model: str = ""
    file: str = ""
    row: int = 0

    @property
    def place(self) -> str:
        """File and row, for a reader."""
        return f"{self.file} row {self.row}"


@dataclass(frozen=True)
class Fields:
    """Names of fields that are not known; dots reach into nested objects ("meta.source").

    Attributes:
        question: field of the question; None where the row's own format tells it, and only what else is named here
            is read otherwise.
        answer, context, document, style: field names; None where there is no such field, or it is known.
    """

    question: str | None = None
    answer: str | None = None
    context: str | None = None
    document: str | None = None
    style: str | None = None
