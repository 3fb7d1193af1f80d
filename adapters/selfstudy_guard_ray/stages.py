"""The callables that Ray Data runs: one for people's own pipelines, and those of `generate_dataset`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Unpack

import numpy as np
import pyarrow as pa

from selfstudy_guard_ray.orders import DatasetOptions, make_order
from selfstudy_guard_ray.outcomes import Order, Result
from selfstudy_guard_ray.store import Store, part_name
from selfstudy_guard_ray.tables import column, document_rows, documents_of, home_of, number, record_rows
from selfstudy_guard_ray.work import Worker

RECEIPTS = pa.schema(
    [
        ("part", pa.string()),
        ("documents", pa.int64()),
        ("skipped", pa.int64()),
        ("problem", pa.string()),
        ("stopped", pa.string()),
        ("fatal", pa.string()),
    ]
)
"""What comes back from a part: its name ("" if nothing was worth writing), how many rows were no documents and why the
first was none, and why a worker stopped or failed."""


class GenerateRecords:
    """Documents in, question-answer rows out, for `map_batches` of your own pipeline.

        dataset.map_batches(
            GenerateRecords,
            fn_constructor_kwargs={"model": "openai/gpt-4o-mini", "n_per_document": 10},
            batch_size=16,
            compute=ray.data.ActorPoolStrategy(size=4),
        )

    Each actor has one completer and keeps `concurrency` requests in flight, over all batches that it works on. Errors
    are rows (`status` "failed", "pending" or "skipped" with `reason` and `detail`); nothing is raised for a document.
    Nothing is remembered either: what resumes is `generate_dataset`.

    Args:
        model: model string, picklable completer or function of messages; None for the built-in model.
        n_per_document: questions a document; None for one a target.
        text_column, id_column: columns of text and id; without an id column the id is made of the text.
        seed: of plan and requests.
        governor: from `start_governor`, so that all actors keep to rates and limits together; without it each actor
            keeps to them alone.
        **options: `Settings` and `Pacing` by name, `prompts` and `model_options`, as for `generate`.

    Raises:
        InputError: an unknown or bad argument; at the first batch, a missing column.
    """

    def __init__(
        self,
        model: Any = None,
        n_per_document: int | None = None,
        *,
        text_column: str = "text",
        id_column: str | None = None,
        seed: int = 0,
        governor: Any = None,
        **options: Unpack[DatasetOptions],
    ) -> None:
        order = make_order(model, n_per_document, seed=seed, unit=(text_column, id_column), **options)
        self._columns = (text_column, id_column)
        self._worker = Worker(order, governor)

    async def __call__(self, batch: Any) -> AsyncIterator[pa.Table]:
        """Rows in the schema `selfstudy_guard_ray.tables.RECORDS`."""
        documents, problems = documents_of(batch, *self._columns)
        results = await self._worker.run(documents, {})
        yield record_rows(results, problems)


class WriteRecords:
    """The same for `generate_dataset`: writes its part, and hands only a receipt on."""

    def __init__(
        self,
        order: Order,
        *,
        columns: tuple[str, str | None],
        out: str,
        run: int,
        begun: Mapping[int, str],
        governor: Any = None,
    ) -> None:
        self._worker = Worker(order, governor)
        self._order = order
        self._columns = columns
        self._store = Store(out)
        self._run = run
        self._begun = begun

    async def __call__(self, batch: Any) -> AsyncIterator[pa.Table]:
        """One receipt."""
        documents, problems = documents_of(batch, *self._columns)
        marks = [number(document.id, document.digest) for document in documents]
        part = part_name(self._run, [*marks, *(number(one.id, one.text) for one in problems)])
        # A worker that died after writing left the part behind: nothing is asked twice.
        if not await asyncio.to_thread(self._store.is_written, part):
            before = {
                document.id: await asyncio.to_thread(self._store.outcomes, self._begun[mark], document.id)
                for document, mark in zip(documents, marks, strict=True)
                if mark in self._begun
            }
            results = await self._worker.run(documents, before)
            if _worth_writing(results) or problems:
                records = record_rows(results, problems, part)
                index = document_rows(results, self._order.n, part, problems)
                await asyncio.to_thread(self._store.write, part, records, index)
            else:
                part = ""
        fatal = self._worker.fatal
        receipt = {
            "part": part,
            "documents": len(documents),
            "skipped": len(problems),
            "problem": problems[0].text if problems else "",
            "stopped": self._worker.stopped or self._worker.problem or "",
            "fatal": f"{type(fatal).__name__}:{fatal}" if fatal else "",
        }
        yield pa.Table.from_pylist([receipt], schema=RECEIPTS)


def _worth_writing(results: list[Result]) -> bool:
    """Whether anything is known of the documents that another run would not find out for nothing."""
    return any(
        result.finished or not result.ended or any(e.status == "failed" for e in result.ended) for result in results
    )


def drop_done(batch: pa.Table, *, columns: tuple[str, str | None], done: Any) -> pa.Table:
    """The anti-join: rows whose documents need no further work are left out. Rows that are no documents stay."""
    text_column, id_column = columns
    texts = column(batch, text_column)
    names = column(batch, id_column) if id_column is not None else [None] * len(texts)
    marks = np.zeros(len(texts), dtype=np.uint64)
    for place, (text, name) in enumerate(zip(texts, names, strict=True)):
        if isinstance(text, str):
            documents, _ = documents_of({"text": [text], "id": [name]}, "text", "id")
            marks[place] = number(documents[0].id, documents[0].digest) if documents else 0
    known: np.ndarray[Any, Any] = np.asarray(done)
    return batch.filter(pa.array(~np.isin(marks, known)))


def drop_replaced(batch: pa.Table, *, dropped: frozenset[tuple[str, int]]) -> pa.Table:
    """Rows without those of documents that a later part replaces."""
    names = ("part", "document_id", "status", "reason", "detail")
    rows = zip(*(column(batch, name) for name in names), strict=True)
    counts = [(row[0], home_of(dict(zip(names, row, strict=True)))) not in dropped for row in rows]
    return batch.filter(pa.array(counts, type=pa.bool_()))
