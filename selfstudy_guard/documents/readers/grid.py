"""Tables of office files as Markdown: merged cells keep their text in every row, and title rows are no headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SPAN = 63
"""Columns or rows that a cell may span; some files claim a billion."""
_SAID = re.compile(r"[.!?\u3002\u0964\u06d4]\W{0,3}\s*\Z")


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell as its file has it.

    Attributes:
        text: its words, in one line.
        columns, rows: how many it spans.
    """

    text: str
    columns: int = 1
    rows: int = 1


def one_line(parts: Sequence[str]) -> str:
    """Paragraphs of one cell in one line, told apart by semicolons where no mark ends them."""
    line = ""
    for part in (" ".join(part.split()) for part in parts):
        if part:
            line += ("" if not line else " " if line.endswith((".", "!", "?", ":", ";", ",")) else "; ") + part
    return line


def grid(rows: Sequence[Sequence[GridCell]]) -> list[list[str]]:
    """Texts by row and column. What a merged cell says stands in each of its rows, in its first column."""
    honest = [sum(cell.columns for cell in row) for row in rows if all(cell.columns <= _SPAN for cell in row)]
    width = max(honest, default=0) or max((len(row) for row in rows), default=0)
    table: list[list[str]] = []
    held: dict[int, tuple[str, int]] = {}  # column -> text and rows still to fill, of cells merged downwards
    for row in rows:
        line: list[str] = []
        cells = list(row)[::-1]
        while cells or any(at >= len(line) and at < width for at in held):
            at = len(line)
            if at in held:
                text, left = held.pop(at)
                line.append(text)
                if left > 1:
                    held[at] = (text, left - 1)
            elif cells:
                cell = cells.pop()
                line.append(cell.text)
                line.extend([""] * (min(cell.columns, max(width - at, 1)) - 1))
                if cell.rows > 1:
                    held[at] = (cell.text, min(cell.rows, 10_000) - 1)
                    held.update({at + n: ("", min(cell.rows, 10_000) - 1) for n in range(1, len(line) - at)})
            else:
                line.append("")
        table.append(line + [""] * (width - len(line)))
    return [line for line in table if any(line)]


def markdown_table(rows: Sequence[Sequence[GridCell]]) -> str:
    """Markdown of a table: rows that only hold a title stand above it as paragraphs; a box of prose is a paragraph."""
    table = grid(rows)
    if not table:
        return ""
    if all(len([text for text in line if text]) <= 1 for line in table):
        texts = [next(text for text in line if text) for line in table]
        if len(table[0]) > 1 or any(_SAID.search(text) for text in texts):
            return "\n\n".join(texts)  # a table that only draws a frame
    above: list[str] = []
    while len(table) > 1 and len(table[0]) > 1 and sum(map(bool, table[0])) == 1 and sum(map(bool, table[1])) > 1:
        spans = [cell.columns for cell in rows[len(above)]] if len(above) < len(rows) else []
        if not table[0][0] and not any(span > 1 for span in spans):
            break  # a header whose other names are left out
        above.append(next(text for text in table.pop(0) if text))
    if len(above) < len(rows) and len(table) > 2 and any(cell.columns > 1 for cell in rows[len(above)]):
        table[:2] = [_joined(rows[len(above)], table[0], table[1])]
    lines = ["| " + " | ".join(text.replace("|", "\\|") for text in line) + " |" for line in table]
    lines.insert(1, "| " + " | ".join(["---"] * len(table[0])) + " |")
    return "\n\n".join([*above, "\n".join(lines)])


def _joined(cells: Sequence[GridCell], upper: list[str], lower: list[str]) -> list[str]:
    """A header in two rows as one: each name has that of the group above it in front."""
    names: list[str] = []
    at = 0
    for cell in cells:
        for _ in range(min(cell.columns, len(upper) - at)):
            under = lower[at]
            names.append(cell.text if not under or under == cell.text else f"{cell.text} {under}".strip())
            at += 1
    return names + lower[at:]
