"""A table of documents becomes a table of targets, and a table of questions becomes coverage figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from selfstudy_guard.coverage import CoverageSummary, CoverageTracker
from selfstudy_guard.documents.eligibility.doubts import DOUBT
from selfstudy_guard.errors import InputError
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.flow.draw_flow import DrawFlows
from selfstudy_guard.flow.keys import draw_key
from selfstudy_guard.flow.prepared import PreparedDocuments, RememberedFindings
from selfstudy_guard.flow.step import finished
from selfstudy_guard.flow.withholding import WITHHOLD, check_withhold
from selfstudy_guard.questions import Prompts, anchor_text
from selfstudy_guard.records import Document
from selfstudy_guard.sampling import TargetSampler
from selfstudy_guard_datasets.frames import Row, column, like, rows_of


def plan(
    dataset: Any,
    n: int | None = None,
    *,
    text_column: str = "text",
    id_column: str | None = None,
    policy: str = "stratified",
    seed: int = 0,
    styles: tuple[str, ...] = ("factual",),
    window: int = 2000,
    instruction_filter: InstructionFilter | None = None,
    withhold: float | None = WITHHOLD,
) -> Any:
    """One row for every planned question, in the kind of table that came in.

    Args:
        dataset: a Dataset, pandas or polars frame, or list of dicts, with one document a row.
        n: number of questions; None for one for every eligible target.
        text_column, id_column: columns of text and id; without an id the row number is the id.
        policy, seed, styles: as for `TargetSampler`.
        window: most characters of the context round a target.
        instruction_filter: None for `InstructionFilter()`.
        withhold: belief from which text that the target does not need is left out of `evidence`; None leaves it.

    Returns:
        Rows with `key` (stable: join on it to resume), `document_id`, `start`, `end`, `target`, `kind`, `section`,
        `style`, `context` (artefacts and instructions masked, for asking), `anchor` (text to append to your own
        question prompt), `evidence` (filtered, for answering), `findings` and `withheld`
        (JSON text).

    Raises:
        InputError: a column is missing, an id stands twice, or nothing may be asked about.
    """
    documents = {document.id: document for document in _documents(dataset, text_column, id_column)}
    finds = RememberedFindings(instruction_filter or InstructionFilter())
    doubt = None if check_withhold(withhold) is None else DOUBT
    sampler = TargetSampler(documents.values(), policy, seed, styles=styles, instruction_filter=finds, doubt=doubt)
    eligible = sum(len(found.eligible) for found in sampler.segmentations.values())
    if not eligible:
        raise InputError(f"nothing in the {len(documents)} rows may be asked about: look at the column {text_column!r}")
    prepared = PreparedDocuments(
        documents.__getitem__, lambda document, findings: sampler.segmentations[document.id], finds, doubt=doubt
    )
    flows = DrawFlows(prepared, Prompts.builtin("large"), window=window, seed=seed, withhold=withhold)
    return like(dataset, _planned(sampler, flows, n or eligible))


def _planned(sampler: TargetSampler, flows: DrawFlows, n: int) -> Iterator[Row]:
    for draw in sampler.draws(n):
        flow = finished(flows.of(draw).in_view(None))
        target = draw.target
        findings = [
            finding.model_dump(include={"start", "end", "quote", "intent"}) for finding in flow.evidence.findings
        ]
        yield {
            "key": draw_key(flow.document_digest, draw),
            "document_id": target.document_id,
            "start": target.start,
            "end": target.end,
            "target": target.text,
            "kind": target.kind,
            "section": " > ".join(target.section),
            "style": draw.style,
            "context": flow.shown,
            "anchor": anchor_text(target).strip(),
            "evidence": flow.evidence.text,
            "findings": json.dumps(findings, ensure_ascii=False),
            "withheld": json.dumps([one.model_dump() for one in flow.evidence.withheld], ensure_ascii=False),
        }


def track(
    questions: Any,
    documents: Any,
    *,
    question_column: str = "question",
    answer_column: str | None = None,
    document_column: str | None = "document_id",
    text_column: str = "text",
    id_column: str | None = None,
    instruction_filter: InstructionFilter | None = None,
) -> CoverageTracker:
    """A tracker that has counted a table of questions. Trackers of shards of the questions add up: `a + b`.

    Args:
        questions: rows with questions.
        documents: rows with the documents that they are about.
        question_column, answer_column: columns of the questions.
        document_column: column of the questions that names the document; None, or no such column, searches all.
        text_column, id_column: columns of the documents.
        instruction_filter: None for `InstructionFilter()`; what it finds is not counted as eligible.

    Raises:
        InputError: a column is missing, or a question names an unknown document.
    """
    known = list(_documents(documents, text_column, id_column))
    sampler = TargetSampler(known, instruction_filter=instruction_filter or InstructionFilter())
    tracker = CoverageTracker(known, segmentations=sampler.segmentations)
    for number, row in enumerate(rows_of(questions)):
        document_id = row.get(document_column) if document_column else None
        answer = row.get(answer_column) if answer_column else None
        tracker.add(
            column(row, question_column, number), answer, document_id=None if document_id is None else str(document_id)
        )
    return tracker


def coverage(questions: Any, documents: Any, **columns: Any) -> CoverageSummary:
    """Every coverage figure of a table of questions; arguments and errors as for `track`."""
    return track(questions, documents, **columns).summary()


def _documents(dataset: Any, text_column: str, id_column: str | None) -> Iterator[Document]:
    seen: set[str] = set()
    for number, row in enumerate(rows_of(dataset)):
        if id_column is not None and id_column not in row:
            raise InputError(f"row {number}: no column {id_column!r}; there are {', '.join(map(repr, row))}")
        document_id = str(number if id_column is None else row[id_column])
        if document_id in seen:
            raise InputError(f"row {number}: the id {document_id!r} stands twice in column {id_column!r}")
        seen.add(document_id)
        yield Document(id=document_id, text=column(row, text_column, number))
