"""Which reader reads which file: by suffix, or by what a file without one looks like."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from selfstudy_guard.documents.formats.media import MARKDOWN, ROFF, RST, media_type
from selfstudy_guard.documents.readers.archive import MAX_FILE_BYTES
from selfstudy_guard.documents.readers.file_text import FileText
from selfstudy_guard.documents.readers.paths import FoundFile, printable, regular_file_size
from selfstudy_guard.documents.readers.text import MAX_DOCUMENT_BYTES, UnreadableError, decode_noted
from selfstudy_guard.records import Document

TEXT_SUFFIXES: Mapping[str, str | None] = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".mdx": "text/markdown",
    ".rst": "text/x-rst",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".wiki": "text/x-wiki",
    ".mediawiki": "text/x-wiki",
}
ROW_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".parquet"})
_MARKUP = frozenset({".html", ".htm", ".xhtml", ".xml"})
_MANUAL = re.compile(r"\.(?:[1-9](?:[a-z]{1,4}|\w{0,2})?|man|mdoc|roff)\Z")
_HOW = {
    "text/plain": "plain text",
    "text/markdown": "Markdown",
    "text/x-rst": "reStructuredText",
    "text/html": "HTML",
    "text/x-source": "source code",
    "text/troff": "manual page",
    "text/x-wiki": "wiki markup",
}

Parts = Iterator[FileText | UnreadableError]


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file.

    Attributes:
        how: its name, for messages.
        place: module and function that reads it, "module:function".
        several: whether one file holds several documents (the function is an iterator then).
        largest: most bytes of a file.
    """

    how: str
    place: str
    several: bool = False
    largest: int = MAX_FILE_BYTES

    def read(self, path: Path) -> Parts:
        """The documents of a file; what cannot be read of it is given as its reason.

        Raises:
            UnreadableError: nothing (more) can be read.
            MissingExtraError: an optional package is missing.
        """
        if regular_file_size(path) > self.largest:
            raise UnreadableError(f"larger than {self.largest // 2**20} MB")
        module, _, function = self.place.partition(":")
        reader: Callable[[Path], FileText | Parts] = getattr(
            import_module(f"selfstudy_guard.documents.readers.{module}"), function
        )
        result = reader(path)
        if isinstance(result, FileText):
            yield result
        else:
            yield from result


_HUGE = 2**50
_SUBTITLES = FileKind("subtitles", "subtitles:read_subtitles")
_OPEN = FileKind("OpenDocument", "opendocument:read_opendocument")
KINDS: Mapping[str, FileKind] = {
    ".pdf": FileKind("PDF", "pdf:read_pdf"),
    ".docx": FileKind("Word", "word:read_docx"),
    ".docm": FileKind("Word", "word:read_docx"),
    ".pptx": FileKind("PowerPoint", "slides:read_pptx"),
    ".pptm": FileKind("PowerPoint", "slides:read_pptx"),
    ".xlsx": FileKind("Excel", "spreadsheets:read_xlsx"),
    ".xlsm": FileKind("Excel", "spreadsheets:read_xlsx"),
    ".epub": FileKind("EPUB", "book:read_epub"),
    ".odt": _OPEN,
    ".ods": _OPEN,
    ".odp": _OPEN,
    ".ott": _OPEN,
    ".fodt": _OPEN,
    ".eml": FileKind("mail", "mail:read_eml"),
    ".mbox": FileKind("mailbox", "mail:read_mbox", several=True, largest=_HUGE),
    ".ipynb": FileKind("notebook", "notebook:read_ipynb"),
    ".srt": _SUBTITLES,
    ".vtt": _SUBTITLES,
    ".ass": _SUBTITLES,
    ".ssa": _SUBTITLES,
    ".sbv": _SUBTITLES,
    ".tex": FileKind("LaTeX", "latex:read_tex"),
    ".latex": FileKind("LaTeX", "latex:read_tex"),
}
_WIKI_DUMP = FileKind("wiki dump", "wiki:read_wiki_dump", several=True, largest=_HUGE)
_CHAT = FileKind("chat export", "chats:read_chat_export")
_OLD = {".doc": ".docx", ".ppt": ".pptx", ".xls": ".xlsx", ".rtf": ".docx", ".pages": ".docx", ".numbers": ".xlsx"}


def kind_of(source: FoundFile) -> FileKind | None:
    """The kind of a file that a reader of its own reads; None for texts and rows.

    Raises:
        UnreadableError: a kind that is not read, with what to do about it.
    """
    suffix = source.path.suffix.lower()
    if suffix in _OLD:
        raise UnreadableError(f"{suffix} files are not read; save it as {_OLD[suffix]}")
    if suffix == ".xml" or source.path.name.lower().endswith(".xml.bz2"):
        from selfstudy_guard.documents.readers.wiki import is_wiki_dump

        return _WIKI_DUMP if is_wiki_dump(source.path) else None
    if suffix == ".json":
        from selfstudy_guard.documents.readers.chats import is_chat_export

        return _CHAT if is_chat_export(source.path) else None
    return KINDS.get(suffix)


def read_text(source: FoundFile) -> tuple[FileText, str]:
    """A text file, and what it was read as.

    Raises:
        UnreadableError: no text, too long, or of a kind that folders may hold for other reasons.
    """
    inner = source.path.with_suffix("") if source.path.suffix.lower() == ".gz" else source.path
    suffix = inner.suffix.lower()
    packed = inner is not source.path
    if packed and (suffix in ROW_SUFFIXES or suffix in KINDS or suffix == ".tar"):
        raise UnreadableError(f"{printable(suffix)}.gz files are not read as documents; unpack it first")
    manual = _MANUAL.match(suffix) is not None
    if suffix and suffix not in TEXT_SUFFIXES and not manual and not source.named:
        raise UnreadableError(f"file type {printable(suffix)} is not read from folders")
    if regular_file_size(source.path) > MAX_DOCUMENT_BYTES:
        raise UnreadableError(f"larger than {MAX_DOCUMENT_BYTES // 2**20} MB; split it, or write one row a document")
    data = _unpacked(source.path) if packed else source.path.read_bytes()
    text, encoding, notes = decode_noted(data, markup=suffix in _MARKUP)
    kind = TEXT_SUFFIXES.get(suffix)
    looks = media_type(Document(id=printable(inner.name), text=text, media_type=kind))
    if packed and kind is None and looks != "text/plain":
        kind = looks  # by its inner name, which its id does not show
    if suffix not in TEXT_SUFFIXES and not source.named:
        if manual and looks != ROFF:
            raise UnreadableError(f"file type {printable(suffix)} is not read from folders")
        if not suffix and not _is_prose(text) and looks not in (ROFF, RST, MARKDOWN):
            raise UnreadableError("file type (none) is not read from folders where it holds no sentences")
    if manual and looks == ROFF:
        kind = ROFF
    if kind in (None, "text/plain"):
        from selfstudy_guard.documents.readers.subtitles import from_subtitles, is_subtitles

        if is_subtitles(text):
            return from_subtitles(text), "subtitles"
    metadata = {} if encoding == "utf-8" else {"encoding": encoding}
    return FileText(text, kind, metadata, notes), _HOW.get(kind or looks, "text")


def _unpacked(path: Path) -> bytes:
    """The bytes in a gzip file, at most `MAX_DOCUMENT_BYTES`."""
    try:
        with gzip.open(path) as file:
            data = file.read(MAX_DOCUMENT_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableError("broken gzip file") from error
    if len(data) > MAX_DOCUMENT_BYTES:
        raise UnreadableError(f"larger than {MAX_DOCUMENT_BYTES // 2**20} MB when unpacked")
    return data


_SENTENCE = re.compile(
    r"\w{2,} \w{1,20} [^\n]{0,300}\w[.!?\u3002\u0964\u061f][\"')\]]{0,3}(?:\s|\Z)|[\u3040-\u9fff]{4,}\u3002"
)


def _is_prose(text: str) -> bool:
    """Whether a file of no known type holds sentences (README, NOTES), rather than settings or data."""
    return _SENTENCE.search(text[:50_000]) is not None
