"""Rows of JSON and JSONL files, one at a time, however large the file is."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.readers.fields import PARTS, TEXT_FIELDS
from selfstudy_guard.documents.readers.text import (
    MAX_DOCUMENT_BYTES,
    SAMPLE_BYTES,
    UnreadableError,
    detect_encoding,
    mending,
)

Row = Mapping[str, Any] | str | UnreadableError
"""Fields by name, a bare text, or the reason why this one row cannot be read."""

_CHUNK = 1 << 20


def encoding_of(path: Path) -> tuple[str, int]:
    """As `detect_encoding`, from the first bytes of a file."""
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


def jsonl_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Rows of a JSONL file with the numbers of their lines."""
    encoding, skip = encoding_of(path)
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
                yield line.decode(encoding, mending(encoding))
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


def json_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Rows of a JSON file, numbered from 1."""
    encoding, skip = encoding_of(path)
    if _is_lines(path, encoding, skip):  # what `Dataset.to_json` and many others write
        yield from jsonl_rows(path)
        return
    with path.open("rb") as raw:
        raw.seek(skip)
        with io.TextIOWrapper(raw, encoding=encoding, errors=mending(encoding), newline="") as file:
            try:
                yield from _json_items(file)
            except UnicodeDecodeError:
                raise UnreadableError(f"broken {encoding} text") from None


def _is_lines(path: Path, encoding: str, skip: int) -> bool:
    """Whether a file is JSON lines under the name of JSON: its first two lines are whole objects."""
    with path.open("rb") as raw:
        raw.seek(skip)
        sample = raw.read(4 * _CHUNK).decode(encoding, "replace").lstrip()
    lines = [line for line in sample.split("\n", 8)[:8] if line.strip()][:2]
    if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines):
        return False
    try:
        return all(isinstance(json.loads(line), dict) for line in lines)
    except (ValueError, RecursionError):
        return False


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
        lists = {
            str(name).lower(): item
            for name, item in value.items()
            if isinstance(item, list) and item and isinstance(item[0], dict)
        }
        if len(lists) == 1 and not any(str(name).lower() in (*TEXT_FIELDS, *PARTS) for name in value):
            for number, item in enumerate(next(iter(lists.values())), 1):
                yield number, _as_row(item)
            return
    yield 1, _as_row(value)


def _as_row(value: Any) -> Row:
    if isinstance(value, dict | str):
        return value
    return UnreadableError(f"a row must be an object or a text, not {type(value).__name__}")
