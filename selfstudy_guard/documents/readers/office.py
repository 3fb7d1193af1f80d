"""PDF and Word files, through the extra `documents`; limits against files that unpack without end."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.readers.text import MAX_DOCUMENT_BYTES, UnreadableError
from selfstudy_guard.errors import MissingExtraError

MAX_FILE_BYTES = 512 * 2**20
_MAX_UNPACKED_BYTES = 256 * 2**20
_MAX_RATIO = 250
_MAX_PAGES = 20_000
_MAX_PAGE_BYTES = 10 * 2**20
_MAX_OPERATIONS = 10_000_000


def read_pdf(path: Path) -> tuple[str, dict[str, Any]]:
    """Text of a PDF file, pages parted by form feeds, and its number of pages.

    Raises:
        UnreadableError: broken, encrypted, without a text layer, or beyond the limits.
        MissingExtraError: pypdf is not installed.
    """
    try:
        import pypdf
    except ImportError as error:
        raise MissingExtraError("reading PDF files", "documents") from error
    try:
        pages: list[str] = []
        size = 0
        count = _Operations()
        with path.open("rb") as file, _silent("pypdf"):
            reader = pypdf.PdfReader(file)
            if reader.is_encrypted and not reader.decrypt(""):
                raise UnreadableError("encrypted PDF: needs a password")
            number = len(reader.pages)
            if number > _MAX_PAGES:
                raise UnreadableError(f"PDF of {number} pages; the limit is {_MAX_PAGES}")
            for page in reader.pages:
                content = page.get_contents()
                if content is not None and len(content.get_data()) > _MAX_PAGE_BYTES:
                    raise UnreadableError(f"PDF page of more than {_MAX_PAGE_BYTES // 2**20} MB of instructions")
                pages.append(page.extract_text(visitor_operand_before=count) or "")
                size += len(pages[-1])
                if size > MAX_DOCUMENT_BYTES:
                    raise UnreadableError(f"PDF with more than {MAX_DOCUMENT_BYTES // 2**20} MB of text")
    except (UnreadableError, OSError):
        raise
    except ImportError as error:  # AES needs a further package
        raise UnreadableError("encrypted PDF: needs the package cryptography") from error
    except (Exception, RecursionError) as error:  # pypdf lets errors of every type out of a broken file
        raise UnreadableError(f"broken PDF: {type(error).__name__}") from error
    text = "\f".join(pages)
    if not text.strip():
        raise UnreadableError("PDF without a text layer (scanned pages?)")
    return text, {"pages": number}


def read_docx(path: Path) -> str:
    """Text of a Word file as Markdown: headings, paragraphs, list items and tables in the order of the file.

    Raises:
        UnreadableError: broken, empty, or beyond the limits.
        MissingExtraError: python-docx is not installed.
    """
    try:
        import docx
        from docx.table import Table
    except ImportError as error:
        raise MissingExtraError("reading Word files", "documents") from error
    data = path.read_bytes()
    _check_archive(data)
    try:
        document = docx.Document(io.BytesIO(data))
        blocks = [
            _table(block) if isinstance(block, Table) else _paragraph(block) for block in document.iter_inner_content()
        ]
    except (Exception, RecursionError) as error:  # python-docx, lxml and zipfile raise errors of many types
        raise UnreadableError(f"broken Word file: {type(error).__name__}") from error
    text = "\n\n".join(block for block in blocks if block)
    if not text.strip():
        raise UnreadableError("empty")
    return text


class _Operations:
    """Counts drawing operations: a small file can call its forms within each other for ever."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, *_: object) -> None:
        self._count += 1
        if self._count > _MAX_OPERATIONS:
            raise UnreadableError(f"PDF with more than {_MAX_OPERATIONS:,} drawing operations")


@contextmanager
def _silent(name: str) -> Iterator[None]:
    """Keep a logger and those below it from everybody: they would log parts of the (untrusted) file."""
    logger = logging.getLogger(name)
    sink, before = logging.NullHandler(), logger.propagate
    logger.addHandler(sink)
    logger.propagate = False
    try:
        yield
    finally:
        logger.propagate = before
        logger.removeHandler(sink)


def _check_archive(data: bytes) -> None:
    """Refuse archives that unpack to far more than they weigh, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableError("broken Word file: not an archive") from error
    unpacked = sum(member.file_size for member in members)
    if unpacked > _MAX_UNPACKED_BYTES or len(members) > 10_000 or unpacked > _MAX_RATIO * len(data) + 2**20:
        raise UnreadableError(f"archive that unpacks from {len(data):,} to {unpacked:,} bytes (decompression bomb?)")


def _paragraph(paragraph: Any) -> str:
    text = str(paragraph.text).strip()
    style = str(getattr(paragraph.style, "name", "") or "")
    if not text:
        return ""
    if style == "Title":
        return "# " + text
    if style.startswith("Heading ") and style[8:].isdigit():
        return "#" * min(int(style[8:]) + 1, 6) + " " + text
    if style.startswith("List"):
        return "- " + text
    return text


def _table(table: Any) -> str:
    # Not `row.cells`: it repeats a cell for every column that it claims to span, which may be a billion.
    rows = [
        ["\n".join(str(paragraph.text) for paragraph in cell.p_lst) for cell in row._tr.tc_lst] for row in table.rows
    ]
    rows = [[text.replace("|", "\\|").replace("\n", " ").strip() for text in row] for row in rows]
    if not rows:
        return ""
    rows.insert(1, ["---"] * len(rows[0]))
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
