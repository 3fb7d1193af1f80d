"""Lines of a PDF page as paragraphs: bullets and drop caps joined to their line, rows of tables, headings apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

_BULLET = re.compile(
    r"""
    (?:
            [\u2022\u2023\u25aa\u25ab\u25cf\u25cb\u25e6\u2043\u25a0\u25a1\u2013\u2014*\uf0b7\uf0a7\uf076\u27a2\u2713\uf0d8o-]
          | \(cid:\d{1,4}\)
        )\s*\Z
    """,
    re.X,
)
_MARKED = re.compile(
    r"""
    (?:
            [\u2022\u2023\u25aa\u25ab\u25cf\u25cb\u25e6\u2043\u25a0\u25a1\uf0b7\uf0a7\uf076\u27a2\u2713\uf0d8]
          | \(cid:\d{1,4}\)(?=\s)
        )\s*
    """,
    re.X,
)
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)]\Z")
_ITEM = re.compile(r"(?:\u2022 |\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s+\S)")
_ENDED = re.compile(r"[.!?:;\u2026\u3002\uff01\uff1f\u061f\u0964\u06d4][\"'\u201d\u2019\u00bb)\]]{0,3}\s*\Z")
_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
)


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line of a page.

    Attributes:
        text: what it says.
        left, right, top, bottom: its place in points; `top` and `bottom` are counted from the top of the page.
        size: height of its middle character in points.
        bold: whether nearly all of it is.
        box: number of the box that it belongs to, in reading order.
        page_height: of its page, in points.
        words: its words with their left and right ends.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool
    box: int
    page_height: float
    words: tuple[tuple[str, float, float], ...] = ()

    def beside(self, other: PageLine) -> bool:
        """Whether both stand at the same height."""
        overlap = min(self.bottom, other.bottom) - max(self.top, other.top)
        return overlap > 0.5 * min(self.bottom - self.top, other.bottom - other.top)


def page_blocks(lines: Sequence[PageLine]) -> list[str]:
    """Paragraphs, items and tables of one page, in reading order."""
    lines = _with_marks([replace(line, text=line.text.translate(_LIGATURES)) for line in lines])
    tables = _tables(lines)
    within = {id(line): number for number, table in enumerate(tables) for row in table for line in row}
    blocks: list[str] = []
    done: set[int] = set()
    run: list[PageLine] = []
    for line in lines:
        number = within.get(id(line))
        if number is None:
            if run and run[-1].box != line.box:
                blocks.extend(_paragraphs(run))
                run = []
            run.append(line)
            continue
        blocks.extend(_paragraphs(run))
        run = []
        if number not in done:
            done.add(number)
            blocks.append(_written(tables[number]))
    blocks.extend(_paragraphs(run))
    return _continued(blocks)


def _continued(blocks: list[str]) -> list[str]:
    """Paragraphs that a column end cuts, in one."""
    from selfstudy_guard.documents.readers.pdf import goes_on

    joined: list[str] = []
    for block in blocks:
        if joined and goes_on(joined[-1], block):
            joined[-1] += "\n" + block
        else:
            joined.append(block)
    return joined


def _with_marks(lines: list[PageLine]) -> list[PageLine]:
    """Bullets, item numbers and drop caps that stand alone, in front of the line beside them."""
    sizes = sorted(line.size for line in lines)
    middle = sizes[len(sizes) // 2] if sizes else 0.0
    taken: set[int] = set()
    changed = {id(line): line for line in lines}
    for mark in lines:
        capital = len(mark.text) == 1 and mark.text.isalpha() and mark.size > 1.6 * middle
        if not capital and not _BULLET.match(mark.text) and not _NUMBER.match(mark.text):
            continue
        beside = [
            line
            for line in lines
            if line is not mark
            and id(line) not in taken
            and -2 <= line.left - mark.right < 60
            and (abs(line.top - mark.top) < 0.7 * mark.size if capital else line.beside(mark))
        ]
        if not beside:
            continue
        line = min(beside, key=lambda one: (one.top, one.left)) if capital else min(beside, key=lambda one: one.left)
        front = mark.text if capital else ("\u2022 " if _BULLET.match(mark.text) else mark.text + " ")
        changed[id(line)] = replace(changed[id(line)], text=front + changed[id(line)].text)
        taken.add(id(mark))
    kept = [changed[id(line)] for line in lines if id(line) not in taken]
    return [
        replace(line, text="\u2022 " + line.text[marked.end() :])
        if (marked := _MARKED.match(line.text)) and len(line.text) > marked.end()
        else line
        for line in kept
    ]


def _paragraphs(lines: list[PageLine]) -> Iterator[str]:
    """Paragraphs of one box: items begin anew, and so does what is set in another size or weight."""
    part: list[PageLine] = []
    for line in lines:
        before = part[-1] if part else None
        if before is not None and (
            _ITEM.match(line.text)
            or abs(before.size - line.size) > 0.12 * max(before.size, line.size)
            or (before.bold != line.bold and (len(part) > 1 or before.bold))
            or (_ENDED.search(before.text) and line.left > min(one.left for one in lines) + 0.8 * line.size)
            or line.top - before.bottom > 0.9 * line.size
        ):
            yield "\n".join(one.text for one in part)
            part = []
        part.append(line)
    if part:
        yield "\n".join(one.text for one in part)


# Tables: rows of short texts whose columns begin at the same places.


def _tables(lines: list[PageLine]) -> list[list[list[PageLine]]]:
    rows: list[list[PageLine]] = []
    for line in sorted(lines, key=lambda one: (one.top + one.bottom, one.left)):
        if rows and rows[-1][0].beside(line):
            rows[-1].append(line)
        else:
            rows.append([line])
    tables: list[list[list[PageLine]]] = []
    run: list[list[PageLine]] = []
    for row in [*rows, []]:
        row = sorted(row, key=lambda one: one.left)
        if run and row and _aligned(run, row) and row[0].top - run[-1][0].bottom < 3 * row[0].size:
            run.append(row)
            continue
        if _is_table(run):
            tables.append(run)
        run = [row] if len(row) > 1 else []
    return tables


def _aligned(run: list[list[PageLine]], row: list[PageLine]) -> bool:
    """Whether the texts of a row stand in the columns of the rows above it."""
    columns = max(run, key=len)
    if len(row) < 2:
        return False
    fitting = sum(
        any(
            abs(cell.left - other.left) < 4
            or abs(cell.right - other.right) < 4
            or abs(cell.left + cell.right - other.left - other.right) < 8
            for other in columns
        )
        for cell in row
    )
    return fitting >= min(len(row), len(columns)) - (len(row) > 3)


def _is_table(run: list[list[PageLine]]) -> bool:
    if len(run) < 2 or any(_ITEM.match(row[0].text) for row in run):
        return False
    cells = [cell for row in run for cell in row]
    long = sum(len(cell.text.split()) > 6 for cell in cells)
    columns = max(map(len, run))
    ended = sum(cell.text.endswith((",", "-")) for cell in cells)
    if _reads_down(run):
        return False
    return long <= 0.25 * len(cells) and ended <= 0.1 * len(cells) and (columns > 2 or long == 0)


def _reads_down(run: list[list[PageLine]]) -> bool:
    """Whether texts go on from row to row, as columns of prose do and cells do not."""
    pairs = [(row[at], below[at]) for row, below in pairwise(run) for at in range(min(len(row), len(below)))]
    going = sum(not _ENDED.search(above.text) and below.text[:1].islower() for above, below in pairs)
    told = sum(len(cell.text.split()) for row in run for cell in row) / sum(map(len, run))
    return told >= 2.5 and going >= 0.35 * len(pairs)


def _written(table: list[list[PageLine]]) -> str:
    """Rows with bars between their cells; a cell that is left out leaves its place empty."""
    width = max(map(len, table))
    full = [row for row in table if len(row) == width]
    columns = [(min(row[at].left for row in full), max(row[at].right for row in full)) for at in range(width)]
    lines = []
    for row in table:
        cells = [""] * width
        for line in row:
            over = [at for at, (left, right) in enumerate(columns) if min(line.right, right) - max(line.left, left) > 1]
            parts = [(line.text, line.left, line.right)] if len(over) < 2 or not line.words else list(line.words)
            for text, left, right in parts:
                place = min(range(width), key=lambda at: abs(left + right - sum(columns[at])) - 0.1 * (at in over))
                cells[place] = f"{cells[place]} {text.translate(_LIGATURES).replace('|', '/')}".strip()
        lines.append(" | ".join(cells))
    return "\n".join(lines)
