"""Rows of a data file, however its writer laid them out: lines or one value, records or columns, Arrow of saved sets.

The readers of documents read files of one row after another. Data sets come in more layouts: JSON lines under the name
.json, the orientations of pandas, the answer of the data-set server, the corpus-and-queries file of llama_index, and
the folders that `datasets.save_to_disk` writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.readers.json_rows import encoding_of, json_rows, jsonl_rows
from selfstudy_guard.documents.readers.rows import plain_value, read_rows
from selfstudy_guard.documents.readers.text import MAX_DOCUMENT_BYTES, UnreadableError
from selfstudy_guard.imported.row_formats import shape_of
from selfstudy_guard.imported.values import ANSWER_FIELDS, QUESTION_FIELDS, field_name, normal_row
from selfstudy_guard.questions.labels import names

_HEAD = 1 << 20
_MOST_ARROW = 4 * 2**30
"""Bytes of an Arrow file that are read at most."""


def file_rows(path: Path) -> Iterator[tuple[int, object]]:
    """Rows of a file with their numbers from 1; a row that cannot be read is the error that says why.

    Raises:
        UnreadableError: the file as a whole cannot be read (any further).
    """
    suffix = path.suffix.lower()
    if suffix == ".arrow":
        return _arrow(path)
    if suffix not in (".json", ".jsonl", ".ndjson"):
        return read_rows(path)
    head = _head(path)
    if head.startswith("["):
        first = head[1:].lstrip()[:1]
        line = head.split("\n", 1)[0].rstrip().rstrip(",")
        if first == "[" and not (suffix != ".json" and _is_whole(line)):
            return _numbered(_load(path))
        return read_rows(path) if suffix != ".json" and _is_whole(line) and "\n" in head else json_rows(path)
    if head.startswith("{"):
        line = head.split("\n", 1)[0].strip()
        if _is_whole(line) and "\n" in head.strip():
            return jsonl_rows(path)
        if suffix == ".json" and path.stat().st_size <= MAX_DOCUMENT_BYTES:
            return _numbered(_load(path))
    return read_rows(path)


def _head(path: Path) -> str:
    encoding, skip = encoding_of(path)
    with path.open("rb") as file:
        file.seek(skip)
        return file.read(_HEAD).decode(encoding, errors="replace").lstrip()


def _is_whole(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _load(path: Path) -> Any:
    """One JSON value that is the whole file; JSON values one after another (pretty-printed) come as a list."""
    encoding, skip = encoding_of(path)
    if path.stat().st_size > MAX_DOCUMENT_BYTES:
        raise UnreadableError(f"one JSON value longer than {MAX_DOCUMENT_BYTES // 2**20} MB; write one row a line")
    with path.open("rb") as file:
        file.seek(skip)
        try:
            text = file.read().decode(encoding)
        except UnicodeDecodeError:
            raise UnreadableError(f"broken {encoding} text") from None
    decoder = json.JSONDecoder()
    values: list[Any] = []
    place = len(text) - len(text.lstrip())
    while place < len(text):
        try:
            value, place = decoder.raw_decode(text, place)
        except RecursionError:
            raise UnreadableError("JSON nested too deeply") from None
        except json.JSONDecodeError as error:
            raise UnreadableError(f"not JSON: {error.msg} (character {error.pos + 1})") from None
        except ValueError:
            raise UnreadableError("not JSON: a number is too long") from None
        values.append(value)
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
    return values[0] if len(values) == 1 else values


def _numbered(value: Any) -> Iterator[tuple[int, object]]:
    for number, row in enumerate(rows_of(value), 1):
        if isinstance(row, list) and len(row) == 2 and all(isinstance(part, str) for part in row):
            yield number, {"question": row[0], "answer": row[1]}
        elif isinstance(row, Mapping | str):
            yield number, row
        else:
            yield number, UnreadableError(f"a row must be an object or a text, not {type(row).__name__}")


def rows_of(value: Any, depth: int = 0) -> list[Any]:
    """The rows that a JSON value holds, by whatever orientation it was written."""
    if isinstance(value, list):
        return _flat(value)
    if not isinstance(value, Mapping):
        return [value]
    for reading in (_embedding_pairs, _split, _columns, _index, _asked_by_key):
        rows = reading(value)
        if rows is not None:
            return rows
    lists = [item for item in value.values() if isinstance(item, list) and item and isinstance(item[0], Mapping)]
    known = [items for items in lists if shape_of(normal_row(items[0])) is not None]
    if lists and (len(lists) == 1 or shape_of(value) is None) and not _holds_itself(value):
        return [row for items in known or lists for row in items]
    if not lists and depth < 3 and shape_of(normal_row(value)) is None:
        inner = [rows for item in value.values() if isinstance(item, Mapping) for rows in [rows_of(item, depth + 1)]]
        held = [rows for rows in inner if rows and isinstance(rows[0], Mapping) and shape_of(normal_row(rows[0]))]
        if held:
            return [row for rows in held for row in rows]
    return [value]


def _flat(value: list[Any]) -> list[Any]:
    """The rows of an array: a table with its header in the first row, conversations, or arrays of rows."""
    if not value or not all(isinstance(row, list) for row in value):
        return value
    known = {*QUESTION_FIELDS, *ANSWER_FIELDS} | names()[0] | names()[1]
    if len(value) > 1 and all(isinstance(cell, str) and field_name(cell) in known for cell in value[0]):
        return [dict(zip(map(str, value[0]), row, strict=False)) for row in value[1:]]
    if all(row and isinstance(row[0], Mapping) for row in value):
        if all("role" in row[0] or "from" in row[0] for row in value):
            return [{"messages": row} for row in value]
        return [row for rows in value for row in rows]
    return value


def _holds_itself(value: Mapping[str, Any]) -> bool:
    """Whether the object is a row itself, of a format that holds lists."""
    shape = shape_of(value)
    return shape is not None and shape.name not in ("synthetic-data-kit", "deepeval", "question-answer", "squad")


def _embedding_pairs(value: Mapping[str, Any]) -> list[Any] | None:
    """llama_index's pairs for embedding models: questions and the passages that answer them."""
    queries, corpus, relevant = value.get("queries"), value.get("corpus"), value.get("relevant_docs")
    if not (isinstance(queries, Mapping) and isinstance(corpus, Mapping) and isinstance(relevant, Mapping)):
        return None
    return [
        {"question": text, "contexts": [corpus[name] for name in relevant.get(key, ()) if name in corpus]}
        for key, text in queries.items()
    ]


def _split(value: Mapping[str, Any]) -> list[Any] | None:
    columns, data = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(data, list) and all(isinstance(row, list) for row in data):
        return [dict(zip(map(str, columns), row, strict=False)) for row in data]
    return None


def _columns(value: Mapping[str, Any]) -> list[Any] | None:
    """{"question": {"0": ...}} or {"question": [...]}: a column for each field."""
    asked = next((name for name in value if field_name(str(name)) in QUESTION_FIELDS), None)
    if asked is None:
        return None
    column = value[asked]
    kind = Mapping if isinstance(column, Mapping) else list
    if not isinstance(column, Mapping | list) or not column:
        return None
    cells = column.values() if isinstance(column, Mapping) else column
    if not all(isinstance(cell, str) for cell in cells):
        return None
    names = [name for name, other in value.items() if isinstance(other, kind) and len(other) == len(column)]
    if len(names) < 2 and isinstance(column, Mapping):
        return None
    if isinstance(column, Mapping):
        return [{name: value[name].get(key) for name in names} for key in column]
    return [{name: value[name][place] for name in names} for place in range(len(column))]


def _index(value: Mapping[str, Any]) -> list[Any] | None:
    """{"0": {"question": ...}, "1": ...}: a row under each key."""
    rows = list(value.values())
    if (
        rows
        and all(isinstance(row, Mapping) and shape_of(normal_row(row)) is not None for row in rows)
        and shape_of(value) is None
    ):
        return rows
    return None


def _asked_by_key(value: Mapping[str, Any]) -> list[Any] | None:
    if value and all(str(key).rstrip().endswith(("?", "？")) and isinstance(said, str) for key, said in value.items()):
        return [{"question": key, "answer": said} for key, said in value.items()]
    return None


def _arrow(path: Path) -> Iterator[tuple[int, object]]:
    """Rows of an Arrow file, in the stream format of `datasets.save_to_disk` or in the file format."""
    import pyarrow as pa

    if path.stat().st_size > _MOST_ARROW:
        raise UnreadableError(f"an Arrow file longer than {_MOST_ARROW // 2**30} GB; export it to Parquet")
    try:
        with pa.memory_map(str(path)) as source:
            number = 0
            for batch in _batches(pa, source):
                names = batch.schema.names
                columns = [batch.column(index) for index in range(batch.num_columns)]
                for index in range(batch.num_rows):
                    number += 1
                    yield (
                        number,
                        {name: plain_value(column[index].as_py()) for name, column in zip(names, columns, strict=True)},
                    )
    except (pa.ArrowException, OverflowError, ValueError, OSError) as error:
        line = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise UnreadableError(f"broken Arrow file: {line}") from error


def _batches(pa: Any, source: Any) -> Iterator[Any]:
    try:
        reader = pa.ipc.open_file(source)
    except pa.ArrowInvalid:
        source.seek(0)
        yield from pa.ipc.open_stream(source)
        return
    for index in range(reader.num_record_batches):
        yield reader.get_batch(index)
