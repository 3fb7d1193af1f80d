"""Excel files through openpyxl (MIT), as Markdown: a heading and tables for each sheet.

Kept: values as they are shown (dates, percentages), merged cells in every row, hidden sheets. Left out: formulas (their
last values are kept), charts, comments, pictures.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.readers.archive import check_archive
from selfstudy_guard.documents.readers.extra import needed
from selfstudy_guard.documents.readers.file_text import FileText
from selfstudy_guard.documents.readers.grid import GridCell, markdown_table
from selfstudy_guard.documents.readers.text import MAX_DOCUMENT_BYTES, UnreadableError

_MAX_CELLS = 5_000_000


def read_xlsx(path: Path) -> FileText:
    """One workbook as Markdown.

    Raises:
        UnreadableError: broken, empty, or beyond the limits.
        MissingExtraError: openpyxl is not installed.
    """
    (openpyxl,) = needed("reading Excel files", "openpyxl")
    data = path.read_bytes()
    check_archive(data, "Excel file")
    parts: list[str] = []
    empty = 0
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        sheets = list(book.worksheets)
        for sheet in sheets:
            if sheet.max_row * sheet.max_column > _MAX_CELLS:
                raise UnreadableError(f"sheet of more than {_MAX_CELLS:,} cells; save it as CSV")
            tables = [markdown_table(table) for table in _tables(sheet)]
            if tables:
                parts.extend([f"## {' '.join(str(sheet.title).split())}", *tables])
            if sum(map(len, parts)) > MAX_DOCUMENT_BYTES:
                raise UnreadableError(f"more than {MAX_DOCUMENT_BYTES // 2**20} MB of text; save it as CSV")
        formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        empty = sum(_unvalued(formulas[sheet.title], sheet) for sheet in sheets)
    except UnreadableError:
        raise
    except (Exception, RecursionError) as error:  # openpyxl raises errors of many types
        raise UnreadableError(f"broken Excel file: {type(error).__name__}") from error
    if not parts:
        raise UnreadableError("empty")
    notes = (f"{empty} formulas without a saved value left out",) if empty else ()
    return FileText("\n\n".join(parts), "text/markdown", {"sheets": len(sheets)}, notes)


def _unvalued(formulas: Any, values: Any) -> int:
    """How many cells hold a formula of which no program has saved the value."""
    return sum(
        1
        for row in formulas.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
        and cell.value.startswith("=")
        and values.cell(row=cell.row, column=cell.column).value is None
    )


def _tables(sheet: Any) -> Iterator[list[list[GridCell]]]:
    """Runs of rows with blank rows between them, without empty columns at their sides."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for area in sheet.merged_cells.ranges:
        spans[area.min_row, area.min_col] = (area.max_col - area.min_col + 1, area.max_row - area.min_row + 1)
        if area.size["columns"] * area.size["rows"] <= 100_000:
            covered.update((row, column) for row, column in _inside(area))
    run: list[list[tuple[int, GridCell]]] = []
    for number, row in enumerate(sheet.iter_rows(), 1):
        line = []
        for column, cell in enumerate(row, 1):
            if (number, column) in covered and (number, column) not in spans:
                continue
            columns, rows = spans.get((number, column), (1, 1))
            line.append((column, GridCell(_shown(cell), columns, rows)))
        if any(cell.text for _, cell in line) or any((number, column) in covered for column in range(1, 3)):
            run.append(line)
        elif run:
            yield _cropped(run)
            run = []
    if run:
        yield _cropped(run)


def _inside(area: Any) -> Iterator[tuple[int, int]]:
    for row in range(area.min_row, area.max_row + 1):
        for column in range(area.min_col, area.max_col + 1):
            yield row, column


def _cropped(run: list[list[tuple[int, GridCell]]]) -> list[list[GridCell]]:
    used = [column + cell.columns - 1 for line in run for column, cell in line if cell.text]
    first = min((column for line in run for column, cell in line if cell.text), default=1)
    last = max(used, default=0)
    return [[cell for column, cell in line if first <= column <= last] for line in run]


def _shown(cell: Any) -> str:
    """A value as a reader of the sheet sees it, about."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        form = str(cell.number_format or "")
        if form.endswith("%"):
            places = len(form.rpartition(".")[2]) - 1 if "." in form else 0
            return f"{100 * value:.{min(places, 6)}f}%"
        return f"{value:.15g}"
    return " ".join(str(value).split())
