"""Word files through mammoth (BSD): its HTML as Markdown, with nothing dropped unsaid.

Kept: paragraphs, headings, lists with their numbers, tables (also nested ones, and merged cells in every row), text
boxes, content controls, tracked insertions and moves, footnotes and endnotes, equations in one line, link texts.
Left out: tracked deletions, comments, running headers and footers, pictures (counted).
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.readers.archive import check_archive, parsed
from selfstudy_guard.documents.readers.file_text import FileText
from selfstudy_guard.documents.readers.grid import GridCell, markdown_table, one_line
from selfstudy_guard.documents.readers.text import UnreadableError
from selfstudy_guard.documents.readers.word_xml import LABEL, numbering_of, prepare

_PARTS = re.compile(r"word/(?:document|footnotes|endnotes)\d{0,3}\.xml\Z")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_STYLES = "\n".join(
    ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p:fresh"]
    + [
        f"p[style-name='{name} {level}'] => h{min(level + 1, 6)}:fresh"
        for level in range(1, 7)
        for name in ("Heading", "heading")
    ]
)
_UNKNOWN = re.compile(r"unrecognised element was ignored: (?:\{[^}]{0,200}\}|\w{1,20}:)?(\w{1,60})")
_DEPTH = 60


def read_docx(path: Path) -> FileText:
    """One Word file as Markdown.

    Raises:
        UnreadableError: broken, empty, or beyond the limits.
        MissingExtraError: mammoth or lxml is not installed.
    """
    from selfstudy_guard.documents.readers.extra import needed

    mammoth, html = needed("reading Word files", "mammoth", "lxml.html")
    data = path.read_bytes()
    check_archive(data, "Word file")
    try:
        prepared, found = _prepared(data)
        result = mammoth.convert_to_html(
            io.BytesIO(prepared),
            style_map=_STYLES,
            convert_image=lambda image: [],
            ignore_empty_paragraphs=True,
        )
        body = html.fragment_fromstring(result.value, create_parent="div") if result.value.strip() else None
        text = _Writer().written(body) if body is not None else ""
    except UnreadableError:
        raise
    except (Exception, RecursionError) as error:  # mammoth, lxml and zipfile raise errors of many types
        raise UnreadableError(f"broken Word file: {type(error).__name__}") from error
    if not text.strip():
        raise UnreadableError("empty")
    unknown = sorted({match[1] for one in result.messages if (match := _UNKNOWN.search(str(one.message)))})
    notes = []
    if found["pictures"]:
        notes.append(f"{found['pictures']} pictures left out")
    if unknown:
        notes.append("left out: " + ", ".join(unknown[:10]))
    return FileText(text, "text/markdown", {}, tuple(notes))


def _prepared(data: bytes) -> tuple[bytes, dict[str, int]]:
    """The archive with its text parts put right, and what was found in them."""
    from lxml import etree

    found: dict[str, int] = {"equations": 0, "text boxes": 0, "pictures": 0}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as copy:
        names = set(archive.namelist())

        def root(name: str) -> Any:
            return parsed(archive.read(name)) if name in names else None

        numbering = numbering_of(root("word/numbering.xml"), root("word/styles.xml"))
        for member in archive.infolist():
            content = archive.read(member)
            if _PARTS.match(member.filename):
                part = parsed(content)
                for kind, count in prepare(part, numbering).items():
                    found[kind] += count
                content = etree.tostring(part, xml_declaration=True, encoding="UTF-8", standalone=True)
            copy.writestr(member.filename, content)
    return out.getvalue(), found


class _Writer:
    """Writes the HTML that mammoth makes as Markdown."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._depth = 0

    def written(self, body: Any) -> str:
        self._children(body)
        return "\n\n".join(block for block in self._blocks if block.strip())

    def _children(self, parent: Any) -> None:
        for child in parent:
            name = child.tag
            if name in _HEADINGS:
                said = _inline(child).replace("\n", " ")
                if said:
                    self._blocks.append("#" * _HEADINGS[name] + " " + said)
            elif name in ("ul", "ol"):
                lines = list(_items(child, 0))
                if lines:
                    self._blocks.append("\n".join(lines))
            elif name == "table":
                self._blocks.append(markdown_table(_cells(child)))
            elif name == "div" and self._depth < _DEPTH:
                self._depth += 1
                self._children(child)
                self._depth -= 1
            else:
                self._blocks.append(_inline(child))


def _items(listed: Any, depth: int) -> list[str]:
    lines: list[str] = []
    notes = False
    for number, item in enumerate(listed, 1):
        said = _inline(item, nested=False)
        identity = str(item.get("id") or "")
        notes = identity.startswith(("footnote-", "endnote-"))
        if notes:
            lines.append(f"[^{identity}]: {said.removesuffix(chr(0x2191)).strip()}")
            lines.append("")
        elif said:
            mark = "" if LABEL in said else "- " if listed.tag == "ul" else f"{number}. "
            lines.append("  " * min(depth, 8) + mark + said.replace(LABEL, "", 1))
        if depth < _DEPTH:
            for inner in item:
                if inner.tag in ("ul", "ol"):
                    lines.extend(_items(inner, depth + 1))
                elif inner.tag == "table":
                    lines.append(one_line([_inline(cell) for cell in inner.iter("td", "th")]))
    return lines[:-1] if notes else lines


def _inline(element: Any, *, nested: bool = True) -> str:
    """Text of an element in one line; lists inside it too, unless they are written apart."""
    parts: list[str] = []

    def walk(node: Any, depth: int) -> None:
        if node.tag == "a" and re.match(r"#(?:footnote|endnote)-[\w-]{1,20}\Z", str(node.get("href") or "")):
            parts.append(f"[^{node.get('href')[1:]}]")
            return
        if node.tag == "a" and re.match(r"#(?:footnote|endnote)-ref", str(node.get("href") or "")):
            return
        if node.tag == "br":
            parts.append("\n")
        if node.tag == "input":
            parts.append("[x] " if node.get("checked") is not None else "[ ] ")
        parts.append(node.text or "")
        for child in node:
            if depth < 2 * _DEPTH and (nested or child.tag not in ("ul", "ol", "table")):
                walk(child, depth + 1)
            parts.append(child.tail or "")
        if node.tag in ("p", "li", "h1", "h2", "h3", "td", "th"):
            parts.append("\n")

    walk(element, 0)
    lines = (" ".join(line.split()) for line in "".join(parts).replace(LABEL, LABEL + " ").split("\n"))
    return "\n".join(line for line in lines if line)


def _cells(table: Any) -> list[list[GridCell]]:
    rows: list[list[GridCell]] = []
    for row in table.iterchildren("tr", "thead", "tbody"):
        for line in [row] if row.tag == "tr" else row.iterchildren("tr"):
            rows.append(
                [
                    GridCell(_in_cell(cell), _span(cell.get("colspan")), _span(cell.get("rowspan")))
                    for cell in line.iterchildren("td", "th")
                ]
            )
    return rows


def _in_cell(cell: Any) -> str:
    """A cell in one line; a table inside it as "label: value" pairs."""
    said: list[str] = [cell.text or ""]
    for child in cell:
        if child.tag == "table":
            said.extend(": ".join(filter(None, (inner.text for inner in line))) for line in _cells(child))
        else:
            said.extend(_inline(child).replace(LABEL, "").split("\n"))
        said.append(child.tail or "")
    return one_line(said)


def _span(value: str | None) -> int:
    return max(1, min(int(value), 10**6)) if value and value.isascii() and value.isdigit() and len(value) < 20 else 1
