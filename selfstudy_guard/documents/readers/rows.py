"""Rows of JSON, JSONL, CSV and Parquet files, one at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.readers.json_rows import Row, encoding_of, json_rows, jsonl_rows
from selfstudy_guard.documents.readers.text import MAX_DOCUMENT_BYTES, UnreadableError, mending

_MIN_UNPACKED_BYTES = 256 * 2**20
_MAX_RATIO = 1000


def read_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Rows of a tabular file with their numbers (from 1; for text files the line of JSONL, the record of CSV).

    Raises:
        UnreadableError: the file as a whole cannot be read (any further).
    """
    suffix = path.suffix.lower()
    if suffix in {".jsonl", ".ndjson"}:
        return jsonl_rows(path)
    if suffix == ".json":
        return json_rows(path)
    if suffix in {".csv", ".tsv"}:
        return _csv(path, "\t" if suffix == ".tsv" else None)
    return _parquet(path)


def plain_value(value: Any, depth: int = 0) -> Any:
    """`value` as JSON knows it: dates and numbers of other kinds as text; bytes and very deep nesting as None."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, bytes | bytearray | memoryview) or depth > 16:
        return None
    if isinstance(value, Mapping):
        return {str(name): plain_value(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(item, depth + 1) for item in value]
    return str(value)


def _csv(path: Path, delimiter: str | None) -> Iterator[tuple[int, Row]]:
    encoding, skip = encoding_of(path)
    with path.open("rb") as raw:
        raw.seek(skip)
        with io.TextIOWrapper(raw, encoding=encoding, errors=mending(encoding), newline="") as file:
            try:
                yield from _csv_rows(csv.reader(file, delimiter=delimiter or _delimiter(file)))
            except UnicodeDecodeError:
                raise UnreadableError(f"broken {encoding} text; the rows before it were read") from None


def _delimiter(file: io.TextIOWrapper) -> str:
    """The separator that the header line uses most."""
    start = file.tell()
    header = file.readline(65536)
    file.seek(start)
    return max(",;\t|", key=header.count)


def _csv_rows(rows: Iterator[list[str]]) -> Iterator[tuple[int, Row]]:
    header: list[str] | None = None
    number = 0
    while True:
        # The limit is one for the whole process, so it is raised only while our own row is being read.
        before = csv.field_size_limit(MAX_DOCUMENT_BYTES)
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableError(f"not CSV: {error} (after row {number}; an open quote?)") from None
        finally:
            csv.field_size_limit(before)
        if not row:
            continue
        if header is None:
            header = _header(row)
            continue
        number += 1
        if len(row) > len(header) and any(row[len(header) :]):
            yield number, UnreadableError(f"{len(row)} fields, but the header has {len(header)}")
        else:
            yield number, dict(zip(header, row, strict=False))


def _header(row: list[str]) -> list[str]:
    if len(set(row)) < len(row):
        raise UnreadableError("two columns of the header have the same name")
    return row


def _parquet(path: Path) -> Iterator[tuple[int, Row]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    limit = max(_MIN_UNPACKED_BYTES, _MAX_RATIO * path.stat().st_size)
    try:
        with pq.ParquetFile(path, thrift_string_size_limit=2**26, thrift_container_size_limit=2**22) as file:
            number = unpacked = 0
            for batch in file.iter_batches(batch_size=_batch_size(file.metadata)):
                unpacked += batch.nbytes
                if unpacked > limit:  # a few bytes may stand for a billion equal rows
                    raise UnreadableError(f"unpacks to more than {limit // 2**20} MB (decompression bomb?)")
                names = batch.schema.names
                columns = [batch.column(index) for index in range(batch.num_columns)]
                for index in range(batch.num_rows):
                    number += 1
                    yield number, {name: column[index].as_py() for name, column in zip(names, columns, strict=True)}
    except (pa.ArrowException, OverflowError, ValueError) as error:
        line = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise UnreadableError(f"broken Parquet file: {line}") from error


def _batch_size(metadata: Any) -> int:
    """Rows a batch: near 8 MB on average, and few, since one repeated value may be far larger than the average."""
    if not metadata.num_rows:
        return 1
    size = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
    return int(max(1, min(64, 8 * 2**20 * metadata.num_rows // max(size, 1))))
