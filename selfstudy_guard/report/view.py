"""The parts of the page as plain data: what the templates are given, and nothing that they would have to compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from selfstudy_guard.report.heatmap import HeatMap
from selfstudy_guard.report.page_source import PageSource


@dataclass(frozen=True)
class Tile:
    """One figure at the top of the page; `look` is "", "fair" or "poor"."""

    label: str
    value: str
    note: str = ""
    look: str = ""


@dataclass(frozen=True)
class TableCell:
    """A table cell with a CSS class of its own."""

    text: str | Markup
    look: str


@dataclass(frozen=True)
class PageBlock:
    """A heading with a chart, a table, or both."""

    heading: str
    text: str = ""
    chart: Markup | None = None
    caption: str = ""
    head: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    numeric: frozenset[int] = frozenset()
    table_caption: str = ""
    look: str = ""
    empty: str = ""


@dataclass(frozen=True)
class Part:
    """One section of the page, drawn by `templates/parts/<template>.html.j2`; a folded one is opened on demand."""

    anchor: str
    name: str
    heading: str
    template: str
    lede: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    folded: bool = False


@dataclass(frozen=True)
class Headline:
    """The report in one line: `level` is "good", "fair" or "poor"; `advice` says what to do about it."""

    level: str
    word: str
    line: str
    advice: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageView:
    """Everything that the page shows."""

    title: str
    verdict: Headline
    tiles: Sequence[Tile]
    parts: Sequence[Part]
    version: str
    made: str
    foot: str = ""


@dataclass(frozen=True)
class DocumentView:
    """The page of one document of a large corpus, or of a part of it.

    Attributes:
        back: address of the index page.
        names: addresses of all parts of this document.
    """

    source: PageSource
    map: HeatMap
    levels: Sequence[Mapping[str, Any]]
    back: str
    names: Sequence[str]

    @property
    def title(self) -> str:
        """The document's id."""
        return self.source.id


def number(value: float) -> str:
    """A count or figure for a reader: 12,345 or 0.37."""
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"


def percent(share: float) -> str:
    """A share from 0 to 1 as per cent; never rounds to 0 % or 100 % what is not."""
    if 0 < share < 0.001:
        return "<0.1 %"
    if 0.999 < share < 1:
        return ">99.9 %"
    text = f"{share * 100:.1f}"
    return f"{text.removesuffix('.0')} %"


def times(count: float) -> str:
    """How often something was asked about, in words."""
    return {0: "never asked", 1: "asked once", 2: "asked twice"}.get(int(count), f"asked {number(count)} times")


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"
