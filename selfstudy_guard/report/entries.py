"""One question of the report: what a record of ours, or a row that somebody else generated, comes down to."""

from __future__ import annotations

from dataclasses import dataclass

from selfstudy_guard.coverage.held_text import Mark
from selfstudy_guard.coverage.hijack_marks import is_presented
from selfstudy_guard.records import Record


@dataclass(frozen=True)
class Entry:
    """A question with its answer and where it belongs.

    Attributes:
        question, answer: the texts; untrusted.
        document_id: the document it draws on; "" when no document supports it.
        spans: spans of its footprint in that document, best first; empty when nothing supports it.
        artefact: whether the best of them is not content.
        style: question style, prompt or model that made it; "" when not known.
        marks: signs that the answer obeyed the document.
        place: where it comes from, for the reader ("train.jsonl row 12"); "" for our own records.
    """

    question: str
    answer: str = ""
    document_id: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    artefact: bool = False
    style: str = ""
    marks: tuple[Mark, ...] = ()
    place: str = ""

    @classmethod
    def from_record(cls, record: Record) -> Entry:
        """The entry of one of our records: its footprint, or its target when none was attributed."""
        spans = tuple((span.start, span.end) for span in record.footprint.spans)
        return cls(
            question=record.question.text,
            answer=record.answer.text,
            document_id=record.document_id,
            spans=spans or ((record.target.start, record.target.end),),
            artefact=record.footprint.artefact or any(is_presented(one) for one in record.footprint.targets[:1]),
            style=record.style,
        )
