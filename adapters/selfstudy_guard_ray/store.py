"""The folder of a job: Parquet parts that appear whole or not at all, and what of them counts.

    out/job.json                      settings that the job was begun with
    out/records/part-RUN-HASH.parquet   one row a planned question
    out/documents/part-RUN-HASH.parquet one row a document; written after its records, and without it they do not count
    out/coverage/                       made from these by `summarise_coverage`; may be deleted

A part holds whole documents. Its name comes from the run (counted up with every start) and the documents in it, so a
worker that is started again for the same documents finds its part done, or replaces it by itself. Where two parts hold
the same document, the one of the later run counts.
"""

from __future__ import annotations

import json
import os
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
from numpy.typing import NDArray

from selfstudy_guard.errors import InputError, LedgerError, LedgerMismatchError, LedgerWriteError
from selfstudy_guard.records import Balance, Record, Rejection, Usage
from selfstudy_guard_ray.tables import home_of, number, outcomes_of


@dataclass(frozen=True)
class Standing:
    """What a job's folder holds.

    Attributes:
        run: number of the latest run; 0 before the first.
        parts: names of the parts that count.
        marks, planned, finished, n: by document that counts (`mark` as in the table of documents, sorted).
        origins: index into `parts` by document.
        homes: hashes of their ids.
        dropped: (part, home) of documents that another part replaces.
        clashes: documents of the latest run that have the id of another one of it, with another text.
        beaten: marks of documents that have the id of another one of their run, and do not count.
    """

    run: int
    parts: list[str]
    marks: NDArray[np.uint64]
    homes: NDArray[np.uint64]
    planned: NDArray[np.int32]
    finished: NDArray[np.int32]
    n: NDArray[np.int32]
    origins: NDArray[np.int64]
    dropped: frozenset[tuple[str, int]]
    clashes: int = 0
    beaten: frozenset[int] = frozenset()

    def done(self, n: int | None) -> NDArray[np.uint64]:
        """Marks of the documents that need no further work for `n` questions each, or never count, sorted."""
        complete = self.finished == self.planned
        enough = self.n == -1 if n is None else (self.n == n) | (self.planned >= n) | (self.planned == 0)
        return np.sort(np.append(self.marks[complete & enough], np.array(sorted(self.beaten), dtype=np.uint64)))

    def open(self, n: int | None) -> dict[int, str]:
        """Part of every document that is begun and not done, by mark."""
        done = self.done(n)
        begun = (self.finished > 0) & ~np.isin(self.marks, done)
        return {int(self.marks[i]): self.parts[self.origins[i]] for i in np.flatnonzero(begun)}


class Store:
    """The folder of one job. It must be visible to all workers under the same path (a shared file system)."""

    def __init__(self, out: str | Path) -> None:
        if "://" in str(out):
            raise InputError(f"out must be a folder of a local or shared file system, not {str(out)!r}")
        self.out = Path(out).resolve()

    def path(self, kind: str, part: str) -> Path:
        """File of a part ("records" or "documents")."""
        return self.out / kind / f"{part}.parquet"

    def make(self) -> None:
        """Make the folder.

        Raises:
            LedgerWriteError: it cannot be written.
        """
        try:
            for kind in ("records", "documents"):
                (self.out / kind).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerWriteError(f"{self.out} cannot be written: {error.strerror or error}") from error

    def begin(self, settings: dict[str, Any], *, accept_changes: bool = False) -> None:
        """Make the folder, or compare the settings with those that it was begun with.

        Raises:
            LedgerMismatchError: the settings changed.
            LedgerWriteError: the folder cannot be written.
        """
        file = self.out / "job.json"
        wanted = json.loads(json.dumps(settings, sort_keys=True))
        self.make()
        try:
            stored = json.loads(file.read_text("utf-8")) if file.exists() else None
            if stored is not None and stored != wanted and not accept_changes:
                changed = sorted(name for name in stored.keys() | wanted.keys() if stored.get(name) != wanted.get(name))
                raise LedgerMismatchError(
                    f"the settings of {self.out} changed since it began ({', '.join(changed)}): go on with the old "
                    "ones, choose another out, or pass accept_changes=True (finished records stay)"
                )
            replace(file, json.dumps(wanted, indent=1).encode("utf-8"))
        except OSError as error:
            raise LedgerWriteError(f"{self.out} cannot be written: {error.strerror or error}") from error

    def is_written(self, part: str) -> bool:
        """Whether a part is whole."""
        return self.path("documents", part).exists()

    def write(self, part: str, records: pa.Table, documents: pa.Table) -> None:
        """Write a part; its documents come last and make it count.

        Raises:
            LedgerWriteError: the disk is full or the folder cannot be written.
        """
        try:
            for kind, table in (("records", records), ("documents", documents)):
                sink = pa.BufferOutputStream()
                pq.write_table(table, sink, compression="zstd")
                replace(self.path(kind, part), sink.getvalue())
        except OSError as error:
            raise LedgerWriteError(f"{self.out} cannot be written: {error.strerror or error}") from error

    def outcomes(self, part: str, document_id: str) -> list[Record | Rejection]:
        """Finished outcomes of one document in a part."""
        table = pq.read_table(
            self.path("records", part),
            columns=["status", "record"],
            filters=[("document_id", "=", document_id)],
            partitioning=None,
        )
        return outcomes_of(iter(table.to_pylist()))

    def standing(self) -> Standing:
        """What is written, read from the tables of documents.

        Raises:
            LedgerError: there is no job in the folder.
        """
        folder = self.out / "documents"
        if not folder.is_dir():
            raise LedgerError(f"no job in {self.out}: it has no folder 'documents'")
        # Latest run first, so that the first row of a document is the one that counts.
        files = sorted(folder.glob("part-*.parquet"), reverse=True)
        columns = ["home", "mark", "planned", "finished", "n"]
        if not files:
            nothing: Any = np.zeros(0, dtype=np.int32)
            marks = nothing.astype(np.uint64)
            return Standing(0, [], marks, marks, nothing, nothing, nothing, nothing.astype(np.int64), frozenset())
        tables = [pq.read_table(file, columns=columns, partitioning=None) for file in files]
        origins = np.repeat(np.arange(len(files)), [table.num_rows for table in tables])
        table = pa.concat_tables(tables)
        values = {name: table.column(name).to_numpy() for name in columns}
        homes, marks = values["home"], values["mark"]
        parts = [file.stem for file in files]
        runs = np.array([int(part.split("-")[1]) for part in parts])[origins]
        _, first, group = np.unique(homes, return_index=True, return_inverse=True)
        winner = first[group]
        # Rows that are no documents (mark and home are one) are reported by every run: those of the latest one count.
        counts = (winner == np.arange(len(homes))) | ((marks == homes) & (runs == runs[winner]))
        replaced = np.flatnonzero(~counts & (origins != origins[winner]))
        dropped = frozenset((parts[origins[i]], int(homes[i])) for i in replaced)
        run = int(runs.max())
        clashes, beaten = _clashes(runs, homes, marks)
        first = first[marks[first] != homes[first]]
        order = first[np.argsort(marks[first])]
        return Standing(
            run=run,
            parts=parts,
            marks=marks[order],
            homes=homes[order],
            planned=values["planned"][order],
            finished=values["finished"][order],
            n=values["n"][order],
            origins=origins[order],
            dropped=dropped,
            clashes=sum(number == run for number, _ in clashes),
            beaten=beaten - frozenset(marks[first].tolist()) if beaten else beaten,
        )


def _clashes(
    runs: NDArray[np.int64], homes: NDArray[np.uint64], marks: NDArray[np.uint64]
) -> tuple[set[tuple[int, int]], frozenset[int]]:
    """(run, mark) of documents that have the id of an earlier one of the same run with another text; their marks."""
    order = np.lexsort((marks, homes, runs))
    same = (np.diff(runs[order]) == 0) & (np.diff(homes[order].astype(np.int64)) == 0)
    twice = np.unique(homes[order][1:][same & (marks[order][1:] != marks[order][:-1])])
    kept: dict[tuple[int, int], int] = {}
    lost = set()
    for i in np.flatnonzero(np.isin(homes, twice)).tolist() if twice.size else ():
        run, home, mark = int(runs[i]), int(homes[i]), int(marks[i])
        if kept.setdefault((run, home), mark) != mark:
            lost.add((run, mark))
    return lost, frozenset(mark for _, mark in lost)


def part_name(run: int, marks: Sequence[int]) -> str:
    """Name of the part that holds these documents in this run."""
    return f"part-{run:05d}-{number(*(str(mark) for mark in sorted(marks))):016x}"


def read_balance(out: str | Path) -> Balance:
    """The balance of a job; what was never begun is not in it.

    Raises:
        LedgerError: there is no job in the folder.
    """
    store = Store(out)
    standing = store.standing()
    files = [str(store.path("records", part)) for part in standing.parts]
    status: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    usage = Usage()
    columns = ["document_id", "status", "reason", "detail", "prompt_tokens", "completion_tokens", "cost", "part"]
    for batch in pyarrow.dataset.dataset(files, format="parquet").to_batches(columns=columns) if files else ():
        for row in batch.to_pylist():
            if standing.dropped and (row["part"], home_of(row)) in standing.dropped:
                continue
            status[row["status"]] += 1
            if row["reason"]:
                reasons[row["reason"]] += 1
            usage += Usage(
                prompt_tokens=row["prompt_tokens"] or 0,
                completion_tokens=row["completion_tokens"] or 0,
                cost=row["cost"],
            )
    counted = {name: status[name] for name in ("answered", "rejected", "failed", "pending")}
    return Balance(planned=sum(counted.values()), **counted, usage=usage, reasons=dict(reasons))


def replace(file: Path, data: Any, *, sync: bool = True) -> None:
    """Write a file so that it is there whole or not at all, after a killed process or, with `sync`, a power cut."""
    beside = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
    try:
        with beside.open("wb") as stream:
            stream.write(data)
            if sync:
                stream.flush()
                os.fsync(stream.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
