"""One table of texts, and the four ways in which it is drawn; whatever stands in it is text, never markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from selfstudy_guard.display.visible import one_line, plain

if TYPE_CHECKING:
    from rich.table import Table

_MARKS = re.compile(r"([\\`*_\[\]<>|#~$!&])")
"""Characters that begin markup, links, HTML, formulas, mentions of issues or cells of a Markdown table."""


@dataclass(frozen=True)
class Grid:
    """A table; the first column and those in `words` hold words, the others numbers, which stand to the right."""

    rows: Sequence[Sequence[str]]
    head: Sequence[str] = ()
    title: str = ""
    words: frozenset[int] = frozenset()
    strong: frozenset[int] = frozenset()
    """Places of rows that stand out."""

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return max((len(row) for row in (self.head, *self.rows)), default=0)

    def is_number(self, column: int) -> bool:
        """Whether a column stands to the right."""
        return column > 0 and column not in self.words


def to_rich(grid: Grid, *, framed: bool = False) -> Table:
    """For the terminal; an empty row draws a line, or a blank one without frame."""
    from rich.box import HEAVY_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(plain(grid.title), style="bold") if grid.title else None,
        title_justify="left",
        show_header=bool(grid.head),
        box=HEAVY_HEAD if framed else None,
        pad_edge=framed,
    )
    for column in range(grid.columns):
        name = Text(plain(grid.head[column])) if column < len(grid.head) else ""
        table.add_column(name, justify="right" if grid.is_number(column) else "left")
    for place, row in enumerate(grid.rows):
        if not row:
            table.add_section()
            continue
        table.add_row(*(Text(plain(cell)) for cell in row), style="bold" if place in grid.strong else None)
    return table


def to_text(grid: Grid) -> str:
    """Plain lines; columns are as wide as their longest cell."""
    rows = [[one_line(cell) for cell in row] for row in (grid.head, *grid.rows) if row]
    widths = [max((len(row[at]) for row in rows if at < len(row)), default=0) for at in range(grid.columns)]

    def cell(text: str, at: int) -> str:
        return f"{text:>{widths[at]}}" if grid.is_number(at) else f"{text:<{widths[at]}}"

    lines = ["  ".join(cell(text, at) for at, text in enumerate(row)).rstrip() for row in rows]
    return "\n".join([plain(grid.title), *(f"  {line}" for line in lines)] if grid.title else lines)


def to_markdown(grid: Grid) -> list[str]:
    """Lines of a Markdown table."""
    lines = [_row(grid.head or [""] * grid.columns), "|" + " --- |" * grid.columns]
    return [*lines, *(_row(row) for row in grid.rows if row)]


def to_html(grid: Grid) -> str:
    """A table for notebooks, without styles of a page; everything in it is escaped."""
    head = "".join(f"<th>{_safe(name)}</th>" for name in grid.head)
    body = ""
    for row in grid.rows:
        first, *others = row or [""]
        cells = "".join(
            f"<td style='text-align:{'right' if grid.is_number(at) else 'left'}'>{_safe(text)}</td>"
            for at, text in enumerate(others, 1)
        )
        body += f"<tr><th style='text-align:left'>{_safe(first)}</th>{cells}</tr>"
    caption = f"<caption style='text-align:left'>{_safe(grid.title)}</caption>" if grid.title else ""
    return f"<table>{caption}{f'<tr>{head}</tr>' if head else ''}{body}</table>"


def markdown_text(text: str) -> str:
    """One line of `text` in which nothing is markup; hidden characters are named."""
    escaped = _MARKS.sub(r"\\\1", one_line(text))
    # Autolinks and mentions are made from bare words: a zero-width joiner would hide, an entity shows.
    return re.sub(r"(?<=\w)://", "&#58;//", escaped).replace("@", "&#64;")


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(markdown_text(cell) for cell in cells) + " |"


def _safe(text: str) -> str:
    return escape(plain(text))
