"""Rows of JSON, JSONL, CSV and Parquet files, one at a time, and the choice of the field that holds the text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.reading_text import MAX_DOCUMENT_BYTES, SAMPLE_BYTES, UnreadableError, detect_encoding

TEXT_FIELDS = ("text", "content", "contents", "body", "document", "page_content", "passage", "markdown", "context")
"""Names tried, in this order, when the user names no text field."""

Row = Mapping[str, Any] | str | UnreadableError
"""Fields by name, a bare text, or the reason why this one row cannot be read."""

_MIN_UNPACKED_BYTES = 256 * 2**20
_MAX_RATIO = 1000
_CHUNK = 1 << 20


def read_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Rows of a tabular file with their numbers (from 1; for text files the line of JSONL, the record of CSV).

    Raises:
        UnreadableError: the file as a whole cannot be read (any further).
    """
    suffix = path.suffix.lower()
    if suffix in {".jsonl", ".ndjson"}:
        return _jsonl(path)
    if suffix == ".json":
        return _json(path)
    if suffix in {".csv", ".tsv"}:
        return _csv(path, "\t" if suffix == ".tsv" else None)
    return _parquet(path)


def choose_text_field(row: Mapping[str, Any], wanted: str | None) -> str:
    """The field of `row` that holds the document text.

    Raises:
        UnreadableError: no such field, or no obvious one; lists the fields.
    """
    if wanted is not None:
        if wanted in row:
            return wanted
        raise UnreadableError(f"no field {wanted!r}; the fields are: {_listed(row)}")
    by_lower: dict[str, str] = {}
    for field in row:
        by_lower.setdefault(str(field).lower(), field)
    for name in TEXT_FIELDS:
        if name in by_lower and isinstance(row[by_lower[name]], str):
            return by_lower[name]
    texts = [name for name, value in row.items() if isinstance(value, str)]
    if len(texts) == 1:
        return texts[0]
    raise UnreadableError(f"which field holds the text? Choose one with text_field (--text-field): {_listed(row)}")


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


def _listed(row: Mapping[str, Any]) -> str:
    names = [str(name)[:60] for name in islice(row, 30)]
    return ", ".join(repr(name) for name in names) + (" ..." if len(row) > 30 else "") if names else "(none)"


def _encoding_of(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if not sample.strip():
        raise UnreadableError("empty")
    return detect_encoding(sample)


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise UnreadableError("JSON nested too deeply") from None
    except json.JSONDecodeError as error:
        raise UnreadableError(f"not JSON: {error.msg} (character {error.pos + 1})") from None
    except ValueError:  # an integer of thousands of digits
        raise UnreadableError("not JSON: a number is too long") from None


def _jsonl(path: Path) -> Iterator[tuple[int, Row]]:
    encoding, skip = _encoding_of(path)
    if encoding.startswith(("utf-16", "utf-32")):
        lines = _wide_lines(path, encoding, skip)
    else:
        lines = _byte_lines(path, encoding, skip)
    for number, line in enumerate(lines, 1):
        if isinstance(line, UnreadableError):
            yield number, line
        elif line.strip():
            try:
                yield number, _as_row(_loads(line))
            except UnreadableError as reason:
                yield number, reason


def _byte_lines(path: Path, encoding: str, skip: int) -> Iterator[str | UnreadableError]:
    with path.open("rb") as file:
        file.seek(skip)
        while line := file.readline(MAX_DOCUMENT_BYTES):
            if len(line) == MAX_DOCUMENT_BYTES and not line.endswith(b"\n"):
                while (rest := file.readline(_CHUNK)) and not rest.endswith(b"\n"):
                    pass
                yield _too_long()
                continue
            try:
                yield line.decode(encoding)
            except UnicodeDecodeError as error:
                yield UnreadableError(f"broken {encoding} text at byte {error.start + 1} of the row")


def _wide_lines(path: Path, encoding: str, skip: int) -> Iterator[str | UnreadableError]:
    with path.open("rb") as raw:
        raw.seek(skip)
        with io.TextIOWrapper(raw, encoding=encoding, newline="\n") as file:
            try:
                while line := file.readline(MAX_DOCUMENT_BYTES):
                    if len(line) == MAX_DOCUMENT_BYTES and not line.endswith("\n"):
                        while (rest := file.readline(_CHUNK)) and not rest.endswith("\n"):
                            pass
                        yield _too_long()
                        continue
                    yield line
            except UnicodeDecodeError:
                raise UnreadableError(f"broken {encoding} text; the rows before it were read") from None


def _too_long() -> UnreadableError:
    return UnreadableError(f"row longer than {MAX_DOCUMENT_BYTES // 2**20} MB")


def _json(path: Path) -> Iterator[tuple[int, Row]]:
    encoding, skip = _encoding_of(path)
    with path.open("rb") as raw:
        raw.seek(skip)
        with io.TextIOWrapper(raw, encoding=encoding, newline="") as file:
            try:
                yield from _json_items(file)
            except UnicodeDecodeError:
                raise UnreadableError(f"broken {encoding} text") from None


def _json_items(file: io.TextIOBase) -> Iterator[tuple[int, Row]]:
    """Items of a top-level array one by one; any other JSON is one row, or the one list of objects inside it."""
    buffer = file.read(_CHUNK).lstrip()
    if not buffer.startswith("["):
        rest = file.read(MAX_DOCUMENT_BYTES)
        if len(rest) == MAX_DOCUMENT_BYTES:
            raise UnreadableError(
                f"one JSON value longer than {MAX_DOCUMENT_BYTES // 2**20} MB; write one row a line (.jsonl)"
            )
        yield from _items_of(_loads(buffer + rest))
        return
    decoder = json.JSONDecoder()
    buffer, number, position, step = buffer[1:], 0, 0, _CHUNK
    while True:
        position = _skip_space(buffer, position, comma=number > 0)
        if buffer[position : position + 1] == "]":
            return
        complete = False
        if position < len(buffer):
            try:
                value, end = decoder.raw_decode(buffer, position)
                complete = end < len(buffer)  # a number at the very end of the buffer may go on
            except RecursionError:
                raise UnreadableError(f"JSON nested too deeply (item {number + 1})") from None
            except ValueError:
                pass
        if complete:
            number, position, step = number + 1, end, _CHUNK
            yield number, _as_row(value)
            continue
        if len(buffer) - position > MAX_DOCUMENT_BYTES:
            raise UnreadableError(f"not JSON, or longer than {MAX_DOCUMENT_BYTES // 2**20} MB (item {number + 1})")
        more = file.read(step)
        step *= 2  # doubling keeps the repeated tries at a long item linear in its length
        if not more:
            raise UnreadableError(f"not JSON: broken or cut off (item {number + 1})")
        buffer, position = buffer[position:] + more, 0


def _skip_space(buffer: str, position: int, *, comma: bool) -> int:
    while position < len(buffer) and (buffer[position] in " \t\r\n" or (comma and buffer[position] == ",")):
        comma = comma and buffer[position] != ","
        position += 1
    return position


def _items_of(value: Any) -> Iterator[tuple[int, Row]]:
    if isinstance(value, dict):
        lists = [item for item in value.values() if isinstance(item, list) and item and isinstance(item[0], dict)]
        if len(lists) == 1 and not any(str(name).lower() in TEXT_FIELDS for name in value):
            for number, item in enumerate(lists[0], 1):
                yield number, _as_row(item)
            return
    yield 1, _as_row(value)


def _as_row(value: Any) -> Row:
    if isinstance(value, dict | str):
        return value
    return UnreadableError(f"a row must be an object or a text, not {type(value).__name__}")


def _csv(path: Path, delimiter: str | None) -> Iterator[tuple[int, Row]]:
    encoding, skip = _encoding_of(path)
    with path.open("rb") as raw:
        raw.seek(skip)
        with io.TextIOWrapper(raw, encoding=encoding, newline="") as file:
            if delimiter is None:
                delimiter = _delimiter(file)
            try:
                yield from _csv_rows(csv.reader(file, delimiter=delimiter))
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
