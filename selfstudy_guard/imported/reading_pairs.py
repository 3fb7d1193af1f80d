"""Data sets of others in, pairs out, one at a time; rows that hold no pair are named with their reason."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from selfstudy_guard.documents import Skipped
from selfstudy_guard.documents.readers.text import UnreadableError
from selfstudy_guard.errors import InputError
from selfstudy_guard.flags import check_flags
from selfstudy_guard.imported.file_rows import file_rows
from selfstudy_guard.imported.pairs import Fields, Pair
from selfstudy_guard.imported.row_formats import NAMES, SHAPES, Shape, field_pairs, shape_of
from selfstudy_guard.imported.values import RowError, normal_row

SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".arrow")
COMPRESSED = ".gz"
_HIGHEST_RATIO = 200  # of unpacked to packed; rows of text have 3 to 20
_MOST_UNPACKED = 64 * 2**20  # bytes that may be unpacked whatever the ratio

PathLike = str | os.PathLike[str]


def read_pairs(
    paths: PathLike | Iterable[PathLike],
    *,
    format: str | None = None,
    fields: Fields | None = None,
    strict: bool = False,
    on_skip: Callable[[Skipped], None] | None = None,
) -> Iterator[Pair]:
    """Question-answer pairs of data sets that any known tool wrote.

    Args:
        paths: files (.jsonl, .json, .csv, .tsv, .parquet, .arrow; also .gz), folders of them, read in order of name,
            and folders of `datasets.save_to_disk`.
        format: one of `shapes.NAMES`; None recognises it row by row.
        fields: field names of a format that is not known; instead of `format`.
        strict: a row that holds no pair is an error.
        on_skip: told about each such row otherwise, and about each file of several that holds no pair at all.

    Warns:
        UserWarning: questions of a file have no answer; it names the fields of such a row.

    Raises:
        InputError: a path is missing or of an unknown kind, the format is unknown, no file holds a pair, or a row or a
            file holds none while `strict`; the message names the file and the row.
    """
    check_flags(strict=strict)
    if format is not None and format not in NAMES:
        raise InputError(f"unknown format {format!r}: use one of {', '.join(NAMES)}, or name the fields")
    wanted = next((shape for shape in SHAPES if shape.name == format), None)
    if isinstance(paths, str | os.PathLike):
        paths = [paths]
    empty: list[tuple[Path, str]] = []
    found = False
    for file in _files(paths):
        try:
            for pair in _pairs_of(file, wanted, fields, strict, on_skip):
                found = True
                yield pair
        except NoPairError as error:
            # Of a folder, the file that a hijacked generator spoilt is the one to hear of; the rest is judged.
            empty.append((file, str(error)))
    if empty and (strict or not found):
        raise InputError(f"{empty[0][0]}: {empty[0][1]}")
    for file, reason in empty:
        if on_skip is not None:
            on_skip(Skipped(file.name, reason))


class NoPairError(Exception):
    """A whole file that holds no pair."""


def _files(paths: Iterable[PathLike]) -> Iterator[Path]:
    for given in paths:
        path = Path(given)
        if path.is_dir():
            saved = _saved(path)
            if saved:
                yield from saved
                continue
            inside = sorted(child for child in path.rglob("*") if child.is_file() and _readable(child))
            inside = [child for child in inside if not any(p.startswith(".") for p in child.relative_to(path).parts)]
            if not inside:
                raise InputError(f"{path}: the folder holds no file of a known kind ({', '.join(SUFFIXES)})")
            yield from inside
        elif path.is_file():
            if not _readable(path):
                raise InputError(f"{path}: unknown kind of file; data sets are read from {', '.join(SUFFIXES)}")
            yield path
        else:
            raise InputError(f"{path}: no such file or folder")


def _saved(path: Path) -> list[Path]:
    """The data files of a folder of `datasets.save_to_disk`, of one set or of its splits; none for other folders."""
    if (path / "dataset_dict.json").is_file():
        return [file for split in sorted(path.iterdir()) if split.is_dir() for file in _saved(split)]
    if not ((path / "state.json").is_file() and (path / "dataset_info.json").is_file()):
        return []
    try:
        named = json.loads((path / "state.json").read_text(encoding="utf-8"))["_data_files"]
        files = [path / Path(str(item["filename"])).name for item in named]
    except (OSError, ValueError, KeyError, TypeError):
        files = sorted(path.glob("*.arrow"))
    return [file for file in files if file.is_file()]


def _readable(path: Path) -> bool:
    name = path.name.lower().removesuffix(COMPRESSED)
    return name.endswith(SUFFIXES)


def _pairs_of(
    path: Path,
    wanted: Shape | None,
    fields: Fields | None,
    strict: bool,
    on_skip: Callable[[Skipped], None] | None,
) -> Iterator[Pair]:
    found = rows = silent = 0
    reason = fields_of_silent = ""

    def skip(row: int, why: str) -> None:
        nonlocal reason
        reason = reason or f"row {row}: {why}"
        if strict:
            raise InputError(f"{path} row {row}: {why}")
        if on_skip is not None:
            on_skip(Skipped(f"{path.name}:{row}", why))

    try:
        for row, value in _rows(path):
            rows += 1
            if isinstance(value, UnreadableError):
                skip(row, str(value))
                continue
            if not isinstance(value, Mapping):
                skip(row, "a row must be an object with named fields, not a bare text")
                continue
            try:
                for pair in _row_pairs(value, wanted, fields):
                    found += 1
                    if not pair.answer:
                        silent += 1
                        fields_of_silent = fields_of_silent or ", ".join(sorted(map(str, value)))[:300]
                    yield replace(pair, file=str(path), row=row)
            except RowError as error:
                skip(row, str(error))
    except UnreadableError as error:
        if strict:
            raise InputError(f"{path}: {error}") from None
        if found == 0:
            raise NoPairError(str(error)) from None
        skip(rows + 1, str(error))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    if found == 0:
        raise NoPairError(f"no question-answer pair in {rows} rows ({reason or 'the file is empty'})")
    if silent:
        have = "has" if silent == 1 else "have"
        warnings.warn(
            f"{path.name}: {silent:,} of {found:,} questions {have} no answer; the fields are: {fields_of_silent} "
            "(--answer-field names the answer)",
            stacklevel=2,
        )


def _row_pairs(row: Mapping[str, object], wanted: Shape | None, fields: Fields | None) -> Iterable[Pair]:
    if fields is not None:
        return field_pairs(row, fields)
    given = row
    try:
        row = normal_row(given)
        shape = wanted or shape_of(row)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise RowError(f"its fields hold what no known format has there: {error!r}") from error
    if shape is None:
        names = ", ".join(sorted(map(str, given)))[:300]
        raise RowError(f"no known format has these fields: {names}; name them with --question-field, --answer-field")
    try:
        pairs = list(shape.pairs(row))
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise RowError(f"this is not a row of the format {shape.name}: {error!r}") from error
    if not pairs:
        raise RowError(f"this row of the format {shape.name} holds no pair")
    return pairs


def _rows(path: Path) -> Iterator[tuple[int, object]]:
    if not path.name.lower().endswith(COMPRESSED):
        yield from file_rows(path)
        return
    with tempfile.TemporaryDirectory(prefix="selfstudy-guard-") as folder:
        plain = Path(folder) / ("data" + Path(path.stem).suffix)
        try:
            with gzip.open(path, "rb") as source, plain.open("wb") as target:
                room = _MOST_UNPACKED + _HIGHEST_RATIO * path.stat().st_size
                while chunk := source.read(1 << 20):
                    room -= len(chunk)
                    if room < 0:
                        raise UnreadableError("it unpacks to more than 200 times its size (decompression bomb?)")
                    target.write(chunk)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise UnreadableError(f"broken gzip file: {error}") from None
        yield from file_rows(plain)
