"""OpenDocument files (.odt, .ods, .odp) as Markdown, read from their XML.

Kept: headings, paragraphs, lists, tables (also nested ones, and merged cells in every row), footnotes, text frames,
tracked insertions. Left out: tracked deletions, comments, formulas of sheets (their values are kept), pictures.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.readers.archive import check_archive, parsed
from selfstudy_guard.documents.readers.extra import needed
from selfstudy_guard.documents.readers.file_text import FileText
from selfstudy_guard.documents.readers.grid import GridCell, markdown_table, one_line
from selfstudy_guard.documents.readers.text import MAX_DOCUMENT_BYTES, UnreadableError

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _DRAW, _OFFICE = (f"{{{_OASIS}{name}:1.0}}" for name in ("text", "table", "drawing", "office"))
_SKIPPED = {
    _TEXT + "tracked-changes",
    _OFFICE + "annotation",
    _OFFICE + "annotation-end",
    _TEXT + "table-of-content",
    _OFFICE + "forms",
    _TEXT + "sequence-decls",
}
_MOST = 1000
"""Rows, columns or spaces that one element may stand for."""
_DEPTH = 60


def read_opendocument(path: Path) -> FileText:
    """One text, sheet or presentation as Markdown.

    Raises:
        UnreadableError: broken, encrypted, empty, or beyond the limits.
        MissingExtraError: lxml is not installed.
    """
    needed("reading OpenDocument files", "lxml.etree")
    data = path.read_bytes()
    check_archive(data, "OpenDocument file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read(
                "META-INF/manifest.xml"
            ):
                raise UnreadableError("encrypted OpenDocument file: needs a password")
            root = parsed(archive.read("content.xml"))
        writer = _Writer()
        body = root.find(_OFFICE + "body")
        writer.blocks_of(body if body is not None else root, 0)
        text = "\n\n".join(block for block in [*writer.blocks, *writer.notes] if block.strip())
    except UnreadableError:
        raise
    except (Exception, RecursionError) as error:  # zipfile and lxml raise errors of many types
        raise UnreadableError(f"broken OpenDocument file: {type(error).__name__}") from error
    if not text.strip():
        raise UnreadableError("empty")
    if len(text) > MAX_DOCUMENT_BYTES:
        raise UnreadableError(f"OpenDocument file with more than {MAX_DOCUMENT_BYTES // 2**20} MB of text")
    return FileText(text, "text/markdown", {}, (f"{writer.pictures} pictures left out",) if writer.pictures else ())


class _Writer:
    """Writes the content of one file as Markdown blocks."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.notes: list[str] = []
        self.pictures = 0

    def blocks_of(self, parent: Any, depth: int) -> None:
        for child in parent:
            tag = child.tag
            if tag in _SKIPPED or not isinstance(tag, str) or depth > _DEPTH:
                continue
            if tag == _TEXT + "h":
                level = str(child.get(_TEXT + "outline-level") or "1")
                said = self._line(child)
                if said:
                    self.blocks.append("#" * min(int(level) + 1 if level.isdigit() else 2, 6) + " " + said)
            elif tag == _TEXT + "p":
                at = len(self.blocks)
                said = self._line(child, framed=True, depth=depth)
                if said:
                    self.blocks.insert(at, said)
            elif tag == _TEXT + "list":
                lines = self._items(child, 0)
                if lines:
                    self.blocks.append("\n".join(lines))
            elif tag == _TABLE + "table":
                if parent.tag == _OFFICE + "spreadsheet":
                    self.blocks.append(f"## {child.get(_TABLE + 'name') or 'Sheet'}")
                self.blocks.extend(markdown_table(run) for run in self._runs(child))
            elif tag == _DRAW + "page":
                self.blocks.append(f"## {child.get(_DRAW + 'name') or 'Slide'}")
                self.blocks_of(child, depth + 1)
            else:
                self.pictures += tag == _DRAW + "image"
                self.blocks_of(child, depth + 1)

    def _items(self, listed: Any, depth: int) -> list[str]:
        lines: list[str] = []
        for item in listed:
            first = True
            for child in item:
                if child.tag in (_TEXT + "p", _TEXT + "h"):
                    said = self._line(child)
                    if said:
                        lines.append("  " * min(depth, 8) + ("- " if first else "  ") + said)
                        first = False
                elif child.tag == _TEXT + "list" and depth < _DEPTH:
                    lines.extend(self._items(child, depth + 1))
        return lines

    def _line(self, paragraph: Any, *, framed: bool = False, depth: int = 0) -> str:
        """Text of a paragraph; text frames inside it become blocks behind it where `framed`, else join it."""
        parts: list[str] = [paragraph.text or ""]

        def walk(node: Any, deep: int) -> None:
            for child in node:
                tag = child.tag
                if tag in _SKIPPED or not isinstance(tag, str):
                    pass
                elif tag == _TEXT + "s":
                    count = str(child.get(_TEXT + "c") or "1")
                    parts.append(" " * (min(int(count), _MOST) if count.isdigit() else 1))
                elif tag in (_TEXT + "tab", _TEXT + "line-break"):
                    parts.append(" ")
                elif tag == _TEXT + "soft-page-break":
                    pass
                elif tag == _TEXT + "note":
                    number = len(self.notes) + 1
                    body = child.find(_TEXT + "note-body")
                    said = one_line([self._line(one) for one in body.iter(_TEXT + "p")]) if body is not None else ""
                    parts.append(f"[^{number}]")
                    self.notes.append(f"[^{number}]: {said}")
                elif tag == _DRAW + "frame" or tag == _DRAW + "text-box":
                    self.pictures += child.find(_DRAW + "image") is not None
                    if framed:
                        self.blocks_of(child, depth + 1)
                    elif deep < _DEPTH:
                        parts.append(" ")
                        walk(child, deep + 1)
                elif deep < _DEPTH:
                    if tag == _TEXT + "p" and parts and parts[-1].strip():
                        parts.append(" ")
                    parts.append(child.text or "")
                    walk(child, deep + 1)
                parts.append(child.tail or "")

        walk(paragraph, 0)
        return " ".join("".join(parts).split())

    def _runs(self, table: Any) -> list[list[list[GridCell]]]:
        """Rows of a table; sheets hold several, with blank rows between them."""
        runs: list[list[list[GridCell]]] = [[]]
        open_rows = 0
        for row in table.iter(_TABLE + "table-row"):
            if next(row.iterancestors(_TABLE + "table")) is not table:
                continue
            cells = [cell for cell in row if cell.tag == _TABLE + "table-cell"]
            line: list[GridCell] = []
            for cell in cells:
                said = self._in_cell(cell)
                repeated = _count(cell.get(_TABLE + "number-columns-repeated"))
                columns = _count(cell.get(_TABLE + "number-columns-spanned"))
                rows = _count(cell.get(_TABLE + "number-rows-spanned"))
                line.extend([GridCell(said, columns, rows)] * (min(repeated, _MOST) if said else min(repeated, 64)))
            while line and not line[-1].text and line[-1].rows == 1:
                line.pop()
            open_rows = max(open_rows - 1, max((cell.rows - 1 for cell in line), default=0))
            if line or open_rows:
                runs[-1].extend([line] * min(_count(row.get(_TABLE + "number-rows-repeated")), _MOST))
            elif runs[-1]:
                runs.append([])
        return [run for run in runs if run]

    def _in_cell(self, cell: Any) -> str:
        said: list[str] = []
        for child in cell:
            if child.tag == _TABLE + "table":
                for run in self._runs(child):
                    said.extend(": ".join(one.text for one in line if one.text) for line in run)
            elif child.tag == _TEXT + "list":
                said.extend(line.strip().removeprefix("- ") for line in self._items(child, 0))
            elif child.tag in (_TEXT + "p", _TEXT + "h"):
                said.append(self._line(child))
        return one_line(said)


def _count(value: str | None) -> int:
    return max(1, min(int(value), 10**6)) if value and value.isascii() and value.isdigit() and len(value) < 20 else 1
