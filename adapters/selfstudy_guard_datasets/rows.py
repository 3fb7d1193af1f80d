"""One row in, one row out: functions for `Dataset.map`, picklable and with stable fingerprints.

They are plain functions of this module with settings as arguments (`fn_kwargs`), so that `datasets` hashes them by name
and its cache survives from run to run; what is costly to build is kept once a process.
"""

from __future__ import annotations

import json
from functools import lru_cache

from selfstudy_guard.coverage import AttributionIndex
from selfstudy_guard.documents import segment
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.records import Document, FilterMode, Segmentation
from selfstudy_guard_datasets.frames import Row, column


def filter_row(
    row: Row,
    *,
    text_column: str = "text",
    question_column: str | None = None,
    mode: FilterMode = "remove",
    threshold: float | None = None,
) -> Row:
    """The row with its text filtered, and what was taken out beside it.

    Args:
        row: a row with text.
        text_column: the column that is document; it is replaced.
        question_column: a column with the question that will be asked about the text, which the filter may use.
        mode: how findings are treated ("remove", "mask", "quote" or "flag").
        threshold: score from which a span is taken out (0 to 1); None for the filter's own.

    Returns:
        The row with `retention` (share of characters kept, 0 to 1) and `findings` (JSON text: a list of objects with
        start and end in code points of the raw text, quote, intent, channel, score and detector).

    Raises:
        InputError: the column is missing or holds no text.
    """
    question = row.get(question_column) if question_column else None
    result = _filter(mode, threshold).clean(column(row, text_column), question=question)
    findings = [
        finding.model_dump(include={"start", "end", "quote", "intent", "channel", "score", "detector"})
        for finding in result.findings
    ]
    return {
        **row,
        text_column: result.text,
        "retention": result.retention,
        "findings": json.dumps(findings, ensure_ascii=False),
    }


def footprint_row(
    row: Row,
    *,
    text_column: str = "text",
    question_column: str = "question",
    answer_column: str | None = None,
) -> Row:
    """The row with the part of its text that the question (and answer) really draws on.

    Args:
        row: a row with a document, a question and perhaps an answer.
        text_column, question_column, answer_column: their columns.

    Returns:
        The row with `footprint_start` and `footprint_end` (code points of the text; -1 where the question is not about
        it), `footprint_text`, `footprint_score` (0 to 1), `footprint_artefact` and `footprint_section`.

    Raises:
        InputError: a column is missing or holds no text.
    """
    index = _index(column(row, text_column))
    answer = column(row, answer_column) if answer_column else None
    footprint = index.attribute(column(row, question_column), answer)
    best = footprint.targets[0] if footprint.targets else None
    return {
        **row,
        "footprint_start": best.start if best else -1,
        "footprint_end": best.end if best else -1,
        "footprint_text": best.text if best else "",
        "footprint_score": footprint.scores[0] if best else 0.0,
        "footprint_artefact": footprint.artefact,
        "footprint_section": " > ".join(best.section) if best else "",
    }


@lru_cache(maxsize=8)
def _filter(mode: FilterMode, threshold: float | None) -> InstructionFilter:
    return InstructionFilter(mode=mode, threshold=threshold, cap=1.0)


@lru_cache(maxsize=64)
def segmented(text: str) -> Segmentation:
    """The pieces of a text that has no name; rows of one document mostly follow each other."""
    return segment(Document.from_text(text))


@lru_cache(maxsize=64)
def _index(text: str) -> AttributionIndex:
    return AttributionIndex(segmented(text).targets)
