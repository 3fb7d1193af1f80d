"""Files, folders, globs and rows in; documents out, one at a time, each with a stable id.

Nothing but one document is held in memory at a time, besides about 60 bytes a document by which equal texts and ids
are recognised. What cannot be read is named with its reason, or is an error when `strict`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any, Literal

from selfstudy_guard.documents.readers.digest_set import Key, PlaceIndex, key_of
from selfstudy_guard.documents.readers.office import MAX_FILE_BYTES, read_docx, read_pdf
from selfstudy_guard.documents.readers.paths import (
    FoundFile,
    check_paths,
    find_sources,
    os_reason,
    printable,
    regular_file_size,
)
from selfstudy_guard.documents.readers.rows import choose_text_field, plain_value, read_rows
from selfstudy_guard.documents.readers.text import MAX_DOCUMENT_BYTES, UnreadableError, decode
from selfstudy_guard.errors import DocumentError, InputError
from selfstudy_guard.records import Document

TEXT_SUFFIXES: Mapping[str, str | None] = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".rst": "text/x-rst",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
}
ROW_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".parquet"})
OFFICE_SUFFIXES = frozenset({".pdf", ".docx"})

PathLike = str | os.PathLike[str]


@dataclass(frozen=True)
class Skipped:
    """A file or row that gave no document.

    Attributes:
        source: name of the file, or `file:row`; safe to print.
        reason: why, in a few words; safe to print.
        kind: "unreadable" (an error when strict) or "equal" (its text was read before, under another name).
    """

    source: str
    reason: str
    kind: Literal["unreadable", "equal"] = "unreadable"

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


class DocumentsSkippedWarning(UserWarning):
    """Some sources gave no document, and the caller asked for no list of them."""


def read_documents(
    paths: PathLike | Iterable[PathLike],
    *,
    text_field: str | None = None,
    id_field: str | None = None,
    strict: bool = False,
    on_skip: Callable[[Skipped], None] | None = None,
    keep_equal: bool = False,
) -> Iterator[Document]:
    """Read documents from files, folders and globs, in a fixed order, one at a time.

    Folders are read recursively, without hidden files and without links that lead out of them. An id is the
    path relative to the folder (or to the fixed part of the glob), with forward slashes; a row of a tabular file is
    `file.jsonl:12`, or the value of `id_field`. Of equal texts the first is kept.

    Args:
        paths: one or more files, folders or globs (`docs/**/*.md`).
        text_field: field (column) of tabular files that holds the text; by default a field named text, content,
            body ..., or else the only field that holds text.
        id_field: field of tabular files that names the row.
        strict: raise at the first file or row that cannot be read, rather than to skip it.
        on_skip: told about every file or row that gave no document. Without it, one `DocumentsSkippedWarning`
            at the end names the first ten.
        keep_equal: give every document, also those whose text equals that of an earlier one.

    Raises:
        DocumentError: a path does not exist or a glob matches nothing (at once); with `strict`, something cannot
            be read (when it is reached).
        MissingExtraError: a .pdf or .docx file needs the extra `documents`.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    for path in given:
        if not isinstance(path, str | os.PathLike):
            raise InputError(f"a path must be str or os.PathLike, not {type(path).__name__}")
    names = [os.fspath(path) for path in given]
    check_paths(names)
    reading = _Reading(text_field=text_field, id_field=id_field, strict=strict, on_skip=on_skip, keep_equal=keep_equal)
    return reading.read(names)


def coerce_documents(
    items: Document | PathLike | Iterable[Document | PathLike],
    *,
    text_field: str | None = None,
    id_field: str | None = None,
    strict: bool = False,
    on_skip: Callable[[Skipped], None] | None = None,
) -> Iterator[Document]:
    """Documents from whatever a caller has: documents as they are, and paths read by `read_documents`.

    Args:
        items: a document, a path, or an iterable that mixes them.
        text_field, id_field, strict, on_skip: as for `read_documents`.

    Raises:
        DocumentError: as `read_documents`; also two documents with the same id.
        InputError: an item is neither a document nor a path.
    """
    reading = _Reading(text_field=text_field, id_field=id_field, strict=strict, on_skip=on_skip)
    if isinstance(items, str | os.PathLike):
        check_paths([os.fspath(items)])
    return reading.coerce([items] if isinstance(items, Document | str | os.PathLike) else items)


class _Reading:
    """The state of one call: which texts and ids were seen, and what was skipped."""

    def __init__(
        self,
        *,
        text_field: str | None,
        id_field: str | None,
        strict: bool,
        on_skip: Callable[[Skipped], None] | None,
        keep_equal: bool = False,
    ) -> None:
        self._keep_equal = keep_equal
        self._text_field = text_field
        self._id_field = id_field
        self._strict = strict
        self._on_skip = on_skip
        self._texts = PlaceIndex()
        self._ids = PlaceIndex()
        self._names: list[str] = []  # of files that gave a document, by file number
        self._unheard: list[Skipped] = []
        self._unheard_count = 0

    def read(self, paths: list[str]) -> Iterator[Document]:
        yield from self._read(paths)
        self._warn()

    def coerce(self, items: Iterable[Document | PathLike]) -> Iterator[Document]:
        for item in items:
            if isinstance(item, Document):
                if self._ids.add(key_of(item.id), len(self._names), 0) is not None:
                    raise DocumentError(f"two documents have the id {printable(item.id)!r}; give each its own")
                self._texts.add(key_of(item.text), len(self._names), 0)
                self._names.append(item.id)
                yield item
            elif isinstance(item, str | os.PathLike):
                check_paths([os.fspath(item)])
                yield from self._read([os.fspath(item)])
            else:
                raise InputError(f"expected a Document or a path, not {type(item).__name__}")
        self._warn()

    def _read(self, paths: list[str]) -> Iterator[Document]:
        for source in find_sources(paths, self._skip):
            try:
                yield from self._documents(source)
            except UnreadableError as reason:
                self._skip(source.name, reason)
            except OSError as error:
                self._skip(source.name, UnreadableError(os_reason(error)))

    def _documents(self, source: FoundFile) -> Iterator[Document]:
        suffix = source.path.suffix.lower()
        if regular_file_size(source.path) == 0:
            raise UnreadableError("empty")
        if suffix in ROW_SUFFIXES:
            yield from self._rows(source)
            return
        document = self._whole(source, suffix)
        if document is not None:
            yield document

    def _whole(self, source: FoundFile, suffix: str) -> Document | None:
        size = regular_file_size(source.path)
        metadata: dict[str, Any] = {}
        if suffix in OFFICE_SUFFIXES:
            if size > MAX_FILE_BYTES:
                raise UnreadableError(f"larger than {MAX_FILE_BYTES // 2**20} MB")
            if suffix == ".pdf":
                text, metadata = read_pdf(source.path)
                media_type: str | None = "text/plain"
            else:
                text, media_type = read_docx(source.path), "text/markdown"
        elif suffix in TEXT_SUFFIXES or source.named:
            if size > MAX_DOCUMENT_BYTES:
                raise UnreadableError(
                    f"larger than {MAX_DOCUMENT_BYTES // 2**20} MB; split it, or write one row a document"
                )
            text, encoding = decode(source.path.read_bytes(), markup=suffix in {".html", ".htm", ".xhtml"})
            media_type = TEXT_SUFFIXES.get(suffix)
            if encoding != "utf-8":
                metadata = {"encoding": encoding}
        else:
            raise UnreadableError(f"file type {printable(suffix) or '(none)'} is not read from folders")
        key = key_of(text)
        if self._is_equal(key, source.name):
            return None
        file, identity = self._begin(source)
        self._texts.add(key, file, 0)
        return Document(id=identity, text=text, metadata=metadata, media_type=media_type)

    def _rows(self, source: FoundFile) -> Iterator[Document]:
        file = -1
        file_id = ""
        text_field: str | None = None
        for number, row in read_rows(source.path):
            name = f"{source.name}:{number}"
            if isinstance(row, UnreadableError):
                self._skip(name, row)
                continue
            metadata: dict[str, Any] = {}
            identity: str | None = ""
            text: Any = row
            if isinstance(row, Mapping):
                if text_field is None:
                    text_field = choose_text_field(row, self._text_field)
                text = row.get(text_field)
                identity = self._row_id(row, name)
                if identity is None:
                    continue
                metadata = {
                    str(field): plain_value(value)
                    for field, value in row.items()
                    if field not in (text_field, self._id_field)
                }
            if not isinstance(text, str):
                self._skip(name, UnreadableError(f"field {text_field!r} holds {_kind(text)}, not text"))
                continue
            if not text.strip():
                self._skip(name, UnreadableError("empty"))
                continue
            key = key_of(text)
            if self._is_equal(key, name):
                continue
            if file < 0:
                file, file_id = self._begin(source)
            if not identity:
                identity = f"{file_id}:{number}"
            elif (place := self._ids.add(key_of(identity), file, number)) is not None:
                self._skip(name, UnreadableError(f"its id {identity!r} was used before, by {self._place(place)}"))
                continue
            self._texts.add(key, file, number)
            yield Document(id=identity, text=text, metadata=metadata)

    def _row_id(self, row: Mapping[str, Any], name: str) -> str | None:
        """The row's own id; "" when rows are named by their number; None when it was skipped."""
        if self._id_field is None:
            return ""
        value = row.get(self._id_field)
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            listed = ", ".join(repr(str(field)[:60]) for field in row)
            self._skip(name, UnreadableError(f"field {self._id_field!r} holds no id; the fields are: {listed}"))
            return None
        return printable(str(value))[:1000]

    def _begin(self, source: FoundFile) -> tuple[int, str]:
        """Number and id of a file that gives its first document. Parent folders go in front of a name already taken."""
        file, identity = len(self._names), source.name
        folders = source.path.resolve().parent.parts[1:]
        if self._ids.add(key_of(identity), file, 0) is not None:
            depth = len(Path(source.name).parts) - 1
            tails = (folders[index:] for index in range(len(folders) - depth - 1, -1, -1))
            names = (printable("/".join((*tail, source.path.name))) for tail in tails)
            numbered = (f"{source.name}~{number}" for number in count(2))
            identity = next(name for name in chain(names, numbered) if self._ids.add(key_of(name), file, 0) is None)
        self._names.append(identity)
        return file, identity

    def _is_equal(self, key: Key, name: str) -> bool:
        place = None if self._keep_equal else self._texts.find(key)
        if place is None:
            return False
        self._report(Skipped(name, f"equal to {self._place(place)}", "equal"))
        return True

    def _place(self, place: tuple[int, int]) -> str:
        file, row = place
        return f"{self._names[file]}:{row}" if row else self._names[file]

    def _skip(self, name: str, reason: UnreadableError) -> None:
        skipped = Skipped(name, printable(str(reason)))
        if self._strict:
            raise DocumentError(f"cannot read {skipped}") from reason
        self._report(skipped)

    def _report(self, skipped: Skipped) -> None:
        if self._on_skip is not None:
            self._on_skip(skipped)
            return
        self._unheard_count += 1
        if len(self._unheard) < 10:
            self._unheard.append(skipped)

    def _warn(self) -> None:
        if self._unheard_count:
            more = self._unheard_count - len(self._unheard)
            listed = "; ".join(str(skipped) for skipped in self._unheard) + (f"; and {more} more" if more else "")
            warnings.warn(
                f"{self._unheard_count} sources gave no document: {listed}", DocumentsSkippedWarning, stacklevel=2
            )


def _kind(value: Any) -> str:
    return "nothing" if value is None else type(value).__name__
