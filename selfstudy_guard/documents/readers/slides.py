"""PowerPoint files through python-pptx (MIT), as Markdown.

Kept: titles, paragraphs and bullets with their depth, tables (merged cells in every row), grouped shapes, numbers of
charts as tables, speaker notes. Left out: pictures, SmartArt and equations that the library does not see (counted).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.readers.archive import check_archive
from selfstudy_guard.documents.readers.extra import needed
from selfstudy_guard.documents.readers.file_text import FileText
from selfstudy_guard.documents.readers.grid import GridCell, markdown_table, one_line
from selfstudy_guard.documents.readers.text import UnreadableError

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DEPTH = 20


def read_pptx(path: Path) -> FileText:
    """One presentation as Markdown: each slide begins with its title as a heading.

    Raises:
        UnreadableError: broken, empty, or beyond the limits.
        MissingExtraError: python-pptx is not installed.
    """
    (pptx,) = needed("reading PowerPoint files", "pptx")
    data = path.read_bytes()
    check_archive(data, "PowerPoint file")
    lost = _Lost()
    try:
        presentation = pptx.Presentation(io.BytesIO(data))
        slides = ["\n\n".join(_slide(slide, number, lost)) for number, slide in enumerate(presentation.slides, 1)]
    except (Exception, RecursionError) as error:  # python-pptx and lxml raise errors of many types
        raise UnreadableError(f"broken PowerPoint file: {type(error).__name__}") from error
    text = "\n\n".join(slide for slide in slides if slide)
    if not lost.said:
        raise UnreadableError("empty" if not lost.pictures else "slides without text (pictures only?)")
    return FileText(text, "text/markdown", {"slides": len(slides)}, lost.notes())


class _Lost:
    """What was not kept, and whether anything was."""

    def __init__(self) -> None:
        self.pictures = 0
        self.diagrams = 0
        self.said = False

    def notes(self) -> tuple[str, ...]:
        notes = []
        if self.pictures:
            notes.append(f"{self.pictures} pictures left out")
        if self.diagrams:
            notes.append(f"{self.diagrams} diagrams or embedded objects left out")
        return tuple(notes)


def _slide(slide: Any, number: int, lost: _Lost) -> Iterator[str]:
    title = slide.shapes.title
    named = one_line([title.text_frame.text.replace("\v", " ")]) if title is not None and title.has_text_frame else ""
    yield f"## {named or f'Slide {number}'}"
    lost.said = lost.said or bool(named)
    for shape in slide.shapes:
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape(shape, lost, 0)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = [part for part in _paragraphs(slide.notes_slide.notes_text_frame, plain=True) if part]
        if notes:
            lost.said = True
            yield "### Notes"
            yield from notes


def _shape(shape: Any, lost: _Lost, depth: int) -> Iterator[str]:
    if getattr(shape, "shapes", None) is not None and depth < _DEPTH:
        for inner in shape.shapes:
            yield from _shape(inner, lost, depth + 1)
        return
    if getattr(shape, "has_table", False) and shape.has_table:
        lost.said = True
        yield markdown_table([_row(row) for row in _table(shape.table)])
        return
    if getattr(shape, "has_chart", False) and shape.has_chart:
        table = _chart(shape.chart)
        if table:
            lost.said = True
            yield from table
        return
    if shape.has_text_frame:
        if getattr(shape, "is_placeholder", False) and "SLIDE_NUMBER" in str(shape.placeholder_format.type):
            return
        said = _paragraphs(shape.text_frame, plain=not _bulleted(shape))
        lost.said = lost.said or any(said)
        yield from (part for part in said if part)
        return
    if "PICTURE" in str(shape.shape_type):
        lost.pictures += 1
    elif shape.element.tag.endswith("graphicFrame"):
        lost.diagrams += 1


def _bulleted(shape: Any) -> bool:
    """Whether paragraphs are bullets: those of body placeholders are, where there are several."""
    if not getattr(shape, "is_placeholder", False):
        return False
    kind = str(shape.placeholder_format.type)
    return ("BODY" in kind or "OBJECT" in kind) and len([p for p in shape.text_frame.paragraphs if p.text.strip()]) > 1


def _paragraphs(frame: Any, *, plain: bool) -> list[str]:
    """Paragraphs of a text frame; runs of bullets are one list."""
    parts: list[str] = []
    listed: list[str] = []
    for paragraph in frame.paragraphs:
        text = " ".join(_text(paragraph).split())
        if not text:
            continue
        marks = {child.tag.removeprefix(_A) for child in (paragraph._p.pPr if paragraph._p.pPr is not None else ())}
        bullet = marks & {"buChar", "buAutoNum"} or (not plain and "buNone" not in marks)
        if bullet:
            listed.append("  " * min(paragraph.level, 8) + "- " + text)
            continue
        if listed:
            parts.append("\n".join(listed))
            listed = []
        parts.append(text)
    return [*parts, "\n".join(listed)] if listed else parts


def _text(paragraph: Any) -> str:
    """Text of a paragraph with its fields and equations, which `paragraph.text` leaves out."""
    return "".join(
        (node.text or "") if node.tag.endswith("}t") else " " if node.tag.endswith(("}br", "}tab")) else ""
        for node in paragraph._p.iter()
        if isinstance(node.tag, str)
    )


def _table(table: Any) -> Iterator[Any]:
    yield from table.rows


def _row(row: Any) -> list[GridCell]:
    return [
        GridCell(one_line([_text(p) for p in cell.text_frame.paragraphs]), cell.span_width, cell.span_height)
        if cell.is_merge_origin
        else GridCell(one_line([_text(p) for p in cell.text_frame.paragraphs]))
        for cell in row.cells
        if not cell.is_spanned
    ]


def _chart(chart: Any) -> list[str]:
    """A chart as its title and a table of its numbers."""
    parts = []
    if chart.has_title and chart.chart_title.has_text_frame:
        parts.append(one_line([chart.chart_title.text_frame.text]))
    plot = next(iter(chart.plots), None)
    if plot is not None:
        series = list(plot.series)
        names = [str(name) for name in plot.categories]
        rows = [[GridCell(""), *(GridCell(str(one.name)) for one in series)]]
        for at, name in enumerate(names):
            values = [one.values[at] if at < len(one.values) else None for one in series]
            rows.append([GridCell(name), *(GridCell("" if value is None else f"{value:g}") for value in values)])
        parts.append(markdown_table(rows))
    return [part for part in parts if part]
