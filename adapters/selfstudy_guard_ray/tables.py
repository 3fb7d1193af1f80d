"""Rows: how outcomes stand in Arrow tables, and how documents come out of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Document, Record, Rejection
from selfstudy_guard_ray.outcomes import Ended, Result

RECORDS = pa.schema(
    [
        ("key", pa.string()),
        ("document_id", pa.string()),
        ("document_digest", pa.string()),
        ("status", pa.string()),
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("style", pa.string()),
        ("draw", pa.int32()),
        ("target_start", pa.int64()),
        ("target_end", pa.int64()),
        ("target", pa.string()),
        ("question", pa.string()),
        ("answer", pa.string()),
        ("model", pa.string()),
        ("prompt_tokens", pa.int64()),
        ("completion_tokens", pa.int64()),
        ("cost", pa.float64()),
        ("record", pa.string()),
        ("part", pa.string()),
    ]
)
"""One row a planned question. `status` is "answered", "rejected", "failed" or "pending", or "skipped" for a whole
document that cannot be asked about; `record` is the JSON of the `Record` or `Rejection`."""

DOCUMENTS = pa.schema(
    [
        ("document_id", pa.string()),
        ("document_digest", pa.string()),
        ("home", pa.uint64()),
        ("mark", pa.uint64()),
        ("planned", pa.int32()),
        ("finished", pa.int32()),
        ("n", pa.int32()),
        ("problem", pa.string()),
        ("coverage", pa.string()),
        ("part", pa.string()),
    ]
)
"""One row a document. `home` is a hash of its id, `mark` of id and digest; `n` is what was asked for (-1: all).
For a row of the dataset that is no document, both are a hash of its id and its problem."""


@dataclass(frozen=True)
class Problem:
    """A row of the dataset that is no document.

    Attributes:
        id: its id, as far as it has one.
        text: what is wrong.
        mark: of the document that it would be, where another row took its id; else 0.
    """

    id: str
    text: str
    mark: int = 0


def number(*words: str) -> int:
    """64 bits of BLAKE2b over words; among 10 million the chance of one collision is 3 in a million."""
    text = "\x1f".join(words).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def home_of(row: Mapping[str, Any]) -> int:
    """`home` of what a row of `RECORDS` is about."""
    name = row["document_id"]
    return number(name, row["detail"]) if (row["status"], row["reason"]) == ("skipped", "input") else number(name)


def column(batch: Any, name: str) -> list[Any]:
    """One column of a batch (Arrow table, pandas frame or dict of arrays) as a list.

    Raises:
        InputError: there is no such column.
    """
    if isinstance(batch, pa.Table):
        names = batch.column_names
        if name in names:
            values: list[Any] = batch.column(name).to_pylist()
            return values
    else:
        names = list(batch)
        if name in names:
            return list(batch[name])
    raise InputError(f"no column {name!r} in the dataset; there are {', '.join(map(repr, names))}")


def documents_of(batch: Any, text_column: str, id_column: str | None) -> tuple[list[Document], list[Problem]]:
    """Documents of a batch of rows, and the rows that are none.

    Without an id column the id is made of the text, so that equal texts are one document.
    """
    texts = column(batch, text_column)
    names = column(batch, id_column) if id_column is not None else [None] * len(texts)
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    for text, name in zip(texts, names, strict=True):
        name = None if name != name else name  # a data frame's missing value
        shown = "" if name is None else str(name)
        if not isinstance(text, str) or not text.strip():
            problems.append(Problem(shown, f"no text in column {text_column!r} ({type(text).__name__})"))
            continue
        try:
            document = Document.from_text(text) if name is None else Document(id=shown, text=text)
        except InputError as error:
            problems.append(Problem(shown, str(error)))
            continue
        known = documents.setdefault(document.id, document)
        if known.digest != document.digest:
            mark = number(document.id, document.digest)
            problems.append(Problem(shown, f"another row has the id {shown!r} with another text", mark))
    return list(documents.values()), problems


def record_rows(results: Sequence[Result], problems: Sequence[Problem], part: str = "") -> pa.Table:
    """All rows of some results, in the schema `RECORDS`."""
    rows = [_row(result.document, one) | {"part": part} for result in results for one in result.ended]
    for result in results:
        if not result.ended:
            skipped = {"document_digest": result.document.digest, "reason": "no-target", "detail": NOTHING}
            rows.append({"document_id": result.document.id, "status": "skipped", "part": part} | skipped)
    for one in problems:
        skipped = {"document_id": one.id, "status": "skipped", "reason": "input", "detail": one.text, "part": part}
        rows.append(_cleaned(skipped))
    return pa.Table.from_pylist([_cleaned(row) for row in rows], schema=RECORDS)


NOTHING = "nothing in the document may be asked about"


def document_rows(results: Sequence[Result], n: int | None, part: str, problems: Sequence[Problem] = ()) -> pa.Table:
    """One row a document, in the schema `DOCUMENTS`."""
    rows = [
        {
            "document_id": result.document.id,
            "document_digest": result.document.digest,
            "home": number(result.document.id),
            "mark": number(result.document.id, result.document.digest),
            "planned": len(result.ended),
            "finished": result.finished,
            "n": -1 if n is None else n,
            "problem": "" if result.ended else NOTHING,
            "coverage": result.coverage,
            "part": part,
        }
        for result in results
    ]
    none = {"document_digest": "", "planned": 0, "finished": 0, "n": -1 if n is None else n, "part": part}
    for one in problems:
        home = number(_clean(one.id), _clean(one.text))
        rows.append({"document_id": one.id, "home": home, "mark": home, "problem": one.text} | none)
        if one.mark:  # after the document that took the id, so that it does not count and is not asked about later
            rows.append({"document_id": one.id, "home": number(one.id), "mark": one.mark, "problem": one.text} | none)
    return pa.Table.from_pylist([_cleaned(row) for row in rows], schema=DOCUMENTS)


def outcomes_of(rows: Iterator[Mapping[str, Any]]) -> list[Record | Rejection]:
    """The outcomes that rows hold; rows of failed and pending questions hold none."""
    found: list[Record | Rejection] = []
    for row in rows:
        if row["status"] == "answered":
            found.append(Record.model_validate_json(row["record"]))
        elif row["status"] == "rejected":
            found.append(Rejection.model_validate_json(row["record"]))
    return found


def _row(document: Document, ended: Ended) -> dict[str, Any]:
    target, outcome = ended.draw.target, ended.outcome
    row: dict[str, Any] = {
        "key": ended.key,
        "document_id": document.id,
        "document_digest": document.digest,
        "status": ended.status,
        "reason": ended.reason or None,
        "detail": ended.detail or None,
        "style": ended.draw.style,
        "draw": ended.draw.number,
        "target_start": target.start,
        "target_end": target.end,
        "target": target.text,
    }
    if outcome is not None:
        usage = outcome.usage
        # Through Python objects, since pydantic's own JSON refuses the lone surrogates that models send.
        row |= {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "cost": usage.cost,
            "record": dumped(outcome),
        }
    if isinstance(outcome, Record):
        row |= {"question": outcome.question.text, "answer": outcome.answer.text, "model": outcome.model}
    elif isinstance(outcome, Rejection):
        row |= {"question": outcome.question}
    return row


def dumped(outcome: Record | Rejection) -> str:
    """JSON text of an outcome; lone surrogates become question marks."""
    try:
        return outcome.model_dump_json()
    except ValueError:
        return _clean(json.dumps(outcome.model_dump(mode="python"), ensure_ascii=False, default=str))


def _cleaned(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _clean(value) if isinstance(value, str) else value for name, value in row.items()}


def _clean(text: str) -> str:
    """Text that Arrow can hold: lone surrogates become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
