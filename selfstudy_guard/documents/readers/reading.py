"""Files, folders, globs and rows in; documents out, one at a time, each with a stable id.

Nothing but one document is held in memory at a time, besides about 60 bytes a document by which equal texts and ids
are recognised. What cannot be read is named with its reason, or is an error when `strict`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.readers.account import (
    DocumentsSkippedWarning,
    OnRead,
    OnSkip,
    ReadFile,
    Skipped,
    TextFieldChosenWarning,
    sources,
)
from selfstudy_guard.documents.readers.digest_set import Key, PlaceIndex, key_of
from selfstudy_guard.documents.readers.fields import TextFields, Wanted, choose_text_fields
from selfstudy_guard.documents.readers.file_text import FileText
from selfstudy_guard.documents.readers.kinds import ROW_SUFFIXES, kind_of, read_text
from selfstudy_guard.documents.readers.paths import (
    FoundFile,
    check_paths,
    find_sources,
    os_reason,
    printable,
    regular_file_size,
)
from selfstudy_guard.documents.readers.rows import plain_value, read_rows
from selfstudy_guard.documents.readers.text import UnreadableError
from selfstudy_guard.errors import DocumentError, InputError, MissingExtraError
from selfstudy_guard.flags import check_flags
from selfstudy_guard.records import Document

PathLike = str | os.PathLike[str]
_LISTED = 10
"""Skipped sources that one warning names."""


def read_documents(
    paths: PathLike | Iterable[PathLike],
    *,
    text_field: Wanted = None,
    id_field: str | None = None,
    strict: bool = False,
    on_skip: OnSkip | None = None,
    on_read: OnRead | None = None,
    keep_equal: bool = False,
) -> Iterator[Document]:
    """Read documents from files, folders and globs, in a fixed order, one at a time.

    Folders are read recursively, without hidden files and without links that lead out of them. An id is the
    path relative to the folder (or to the fixed part of the glob), with forward slashes; a row of a tabular file is
    `file.jsonl:12`, or the value of `id_field`. Of equal texts the first is kept.

    Args:
        paths: one or more files, folders or globs (`docs/**/*.md`).
        text_field: field (column) of tabular files that holds the text, or several that are joined; a dot reaches
            into objects. By default a field named text, content, body ..., or else the one that reads as a text.
        id_field: field of tabular files that names the row.
        strict: raise at the first file or row that cannot be read, rather than to skip it.
        on_skip: told about every file or row that gave no document. Without it, one `DocumentsSkippedWarning`
            at the end names the first ten.
        on_read: told about every file that gave documents: what it was read as, and what was left out. Without it, a
            `TextFieldChosenWarning` says which field of a table was taken for the text.
        keep_equal: give every document, also those whose text equals that of an earlier one.

    Raises:
        DocumentError: a path does not exist or a glob matches nothing (at once); with `strict`, something cannot
            be read (when it is reached).
        MissingExtraError: with `strict`, a file needs the extra `documents`; else it is skipped like any other.
    """
    check_flags(strict=strict, keep_equal=keep_equal)
    if not isinstance(paths, str | os.PathLike | Iterable):
        raise InputError(f"paths are files, folders or globs, not {type(paths).__name__}")
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    for path in given:
        if not isinstance(path, str | os.PathLike):
            raise InputError(f"a path must be str or os.PathLike, not {type(path).__name__}")
    names = [os.fspath(path) for path in given]
    check_paths(names)
    reading = _Reading(text_field, id_field, strict, on_skip, on_read, keep_equal)
    return reading.read(names)


def coerce_documents(
    items: Document | PathLike | Iterable[Document | PathLike],
    *,
    text_field: Wanted = None,
    id_field: str | None = None,
    strict: bool = False,
    on_skip: OnSkip | None = None,
    on_read: OnRead | None = None,
) -> Iterator[Document]:
    """Documents from whatever a caller has: documents as they are, and paths read by `read_documents`.

    Args:
        items: a document, a path, or an iterable that mixes them.
        text_field, id_field, strict, on_skip, on_read: as for `read_documents`.

    Raises:
        DocumentError: as `read_documents`; also two documents with the same id.
        InputError: an item is neither a document nor a path.
    """
    reading = _Reading(text_field, id_field, strict, on_skip, on_read, keep_equal=False)
    if isinstance(items, str | os.PathLike):
        check_paths([os.fspath(items)])
    return reading.coerce([items] if isinstance(items, Document | str | os.PathLike) else items)


class _Reading:
    """The state of one call: which texts and ids were seen, and what was skipped."""

    def __init__(
        self,
        text_field: Wanted,
        id_field: str | None,
        strict: bool,
        on_skip: OnSkip | None,
        on_read: OnRead | None,
        keep_equal: bool,
    ) -> None:
        self._keep_equal = keep_equal
        self._text_field = text_field
        self._id_field = id_field
        self._strict = strict
        self._on_skip = on_skip
        self._on_read = on_read
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
            except MissingExtraError as missing:
                if self._strict:
                    raise
                self._report(Skipped(source.name, printable(str(missing)), "extra"))
            except OSError as error:
                self._skip(source.name, UnreadableError(os_reason(error)))

    def _documents(self, source: FoundFile) -> Iterator[Document]:
        if regular_file_size(source.path) == 0:
            raise UnreadableError("empty")
        kind = kind_of(source)
        suffix = source.path.suffix.lower()
        if kind is None and suffix in ROW_SUFFIXES:
            yield from self._rows(source, f"rows of {suffix[1:].upper()}")
        elif kind is None:
            text, how = read_text(source)
            yield from self._whole(source, iter([text]), how)
        else:
            yield from self._whole(source, kind.read(source.path), kind.how, several=kind.several)

    def _whole(
        self, source: FoundFile, parts: Iterator[FileText | UnreadableError], how: str, *, several: bool = False
    ) -> Iterator[Document]:
        """The documents of a file that is no table: one, or those of a mailbox or of a dump of a wiki."""
        file, count, characters = -1, 0, 0
        file_id = ""
        notes: dict[str, None] = {}
        for number, part in enumerate(parts, 1):
            name = source.name
            if isinstance(part, UnreadableError):
                self._skip(name, part)
                continue
            if several:
                name = f"{source.name}:{printable(part.name) or number}"
            key = key_of(part.text)
            if self._is_equal(key, name):
                continue
            if file < 0:
                file, file_id = self._begin(source)
            identity = (
                file_id if not several else self._part_id(f"{file_id}:{printable(part.name) or number}", file, number)
            )
            self._texts.add(key, file, number if several else 0)
            notes.update(dict.fromkeys(part.notes))
            metadata = dict(part.metadata) | ({"left_out": list(part.notes)} if part.notes else {})
            count, characters = count + 1, characters + len(part.text)
            yield Document(id=identity, text=part.text, metadata=metadata, media_type=part.media_type)
        self._tell(source, how, count, characters, tuple(notes))

    def _part_id(self, wanted: str, file: int, number: int) -> str:
        """An id for a part of a file; a number goes behind one that was used before."""
        names = chain([wanted[:1000]], (f"{wanted[:1000]}~{again}" for again in count(2)))
        return next(name for name in names if self._ids.add(key_of(name), file, number) is None)

    def _tell(self, source: FoundFile, how: str, documents: int, characters: int, notes: tuple[str, ...]) -> None:
        if documents and self._on_read is not None:
            self._on_read(ReadFile(source.name, how, documents, characters, tuple(map(printable, notes))))

    def _rows(self, source: FoundFile, how: str) -> Iterator[Document]:
        file, documents, characters = -1, 0, 0
        file_id = ""
        fields: TextFields | None = None
        for number, row in read_rows(source.path):
            name = f"{source.name}:{number}"
            if isinstance(row, UnreadableError):
                self._skip(name, row)
                continue
            metadata: dict[str, Any] = {}
            identity: str | None = ""
            text: str | None
            if isinstance(row, Mapping):
                if fields is None:
                    fields = choose_text_fields(row, self._text_field)
                    self._say_chosen(source, fields)
                text = fields.text(row)
                identity = self._row_id(row, name)
                if identity is None:
                    continue
                metadata = {
                    str(field): plain_value(value)
                    for field, value in row.items()
                    if field != self._id_field and not fields.holds(str(field))
                }
                if text is None:
                    held = _kind(row.get(fields.names[0]))
                    self._skip(name, UnreadableError(f"field {', '.join(fields.names)!r} holds {held}, not text"))
                    continue
            else:
                text = row
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
            documents, characters = documents + 1, characters + len(text)
            yield Document(id=identity, text=text, metadata=metadata)
        self._tell(source, how, documents, characters, (fields.note,) if fields is not None and fields.note else ())

    def _say_chosen(self, source: FoundFile, fields: TextFields) -> None:
        """A field that was chosen is said, by the account of what was read or by a warning."""
        if fields.note and self._on_read is None:
            warnings.warn(
                f"{source.name}: {printable(fields.note)}",
                TextFieldChosenWarning,
                stacklevel=2,
            )

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
        if len(self._unheard) < _LISTED:
            self._unheard.append(skipped)

    def _warn(self) -> None:
        if self._unheard_count:
            more = self._unheard_count - len(self._unheard)
            listed = "; ".join(str(skipped) for skipped in self._unheard) + (f"; and {more} more" if more else "")
            warnings.warn(
                f"{sources(self._unheard_count)} gave no document: {listed}", DocumentsSkippedWarning, stacklevel=2
            )


def _kind(value: Any) -> str:
    return "nothing" if value is None else type(value).__name__
