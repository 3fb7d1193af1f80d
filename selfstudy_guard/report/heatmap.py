"""A document as a heat map: its text in runs, each with how often it was asked about and what is marked in it."""

from __future__ import annotations

import bisect
import itertools
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from selfstudy_guard.display.visible import shorten
from selfstudy_guard.records import Document, Finding, Segmentation, Target
from selfstudy_guard.report.entries import Entry

T = TypeVar("T")

_FLOWING = frozenset({"sentence", "list_item", "definition", "caption"})
"""Kinds of text in which a single line break only wraps: it is drawn as a space."""
_LINE_BREAK = re.compile(r"[ \t]*(?:\r\n?|\n)[ \t]*(?![\r\n])")

MARKUP = "markup"
"""Why tags, comment signs and directives of a format are not content."""

LEVELS = 5
"""Shades above "never asked"."""


@dataclass(frozen=True)
class Piece:
    """A stretch of raw text that is treated alike.

    Attributes:
        text: raw text, perhaps shortened in the middle.
        finding: the instruction-like span that it lies in, if any.
        artefact: why it is not content, if it is not.
    """

    text: str
    finding: Finding | None = None
    artefact: str | None = None

    @property
    def source(self) -> bool:
        """Whether it is only markup of its format, which a reader wants to see on demand alone."""
        return self.finding is None and self.artefact == MARKUP


@dataclass(frozen=True)
class TextRun:
    """Consecutive pieces of one target, or of the text between targets (`cell` is None)."""

    pieces: tuple[Piece, ...]
    cell: Cell | None = None


@dataclass
class Cell:
    """A target on the map.

    Attributes:
        number: place on the page, from 1; the anchor of its questions.
        count: how often it was asked about.
        level: 0 never, 1 to `LEVELS` by count.
        entries: its questions, those shown.
        more: how many questions are not shown.
    """

    number: int
    target: Target
    count: float
    level: int
    entries: list[Entry] = field(default_factory=list)
    more: int = 0

    @property
    def hijacked(self) -> bool:
        """Whether questions draw on it although it is not content."""
        return self.count > 0 and self.target.is_artefact

    @property
    def open(self) -> bool:
        """Whether a reader can open it: it may be asked about, or it was asked about all the same."""
        return self.target.eligible or self.count > 0


@dataclass(frozen=True)
class HeatMap:
    """A document, or a part of one, ready to draw."""

    document_id: str
    runs: tuple[TextRun, ...]
    cells: tuple[Cell, ...]
    part: int = 1
    parts: int = 1

    @property
    def said(self) -> str:
        """What stands beside its name while it is folded."""
        eligible = [cell for cell in self.cells if cell.target.eligible]
        covered = sum(cell.count > 0 for cell in eligible)
        return f"{covered:,} of {len(eligible):,} sentences asked about" if eligible else "nothing to ask about"

    @property
    def has_source(self) -> bool:
        """Whether any markup of its format is hidden."""
        return any(piece.source for run in self.runs for piece in run.pieces)


def level_edges(counts: Sequence[float]) -> tuple[int, ...]:
    """Smallest count of each shade 1 to `LEVELS`; even steps while counts are small, geometric beyond."""
    top = int(max(counts, default=0))
    if top <= LEVELS:
        return tuple(range(1, LEVELS + 1))
    edges = [1]
    for step in range(1, LEVELS):
        edges.append(max(edges[-1] + 1, round((top + 1) ** (step / LEVELS))))
    return tuple(edges)


def level(count: float, edges: Sequence[int]) -> int:
    """Shade of a count."""
    return 0 if count <= 0 else max(1, bisect.bisect_right(edges, count))


def heat_maps(
    document: Document,
    segmentation: Segmentation,
    counts: Mapping[tuple[int, int], float],
    entries: Sequence[Entry],
    findings: Sequence[Finding],
    *,
    edges: Sequence[int],
    targets_per_part: int = 1000,
    text_limit: int = 4000,
    first: int = 1,
) -> list[HeatMap]:
    """The maps of a document, more than one when it has more than `targets_per_part` targets.

    Args:
        counts: how often each target was asked about, by its span.
        text_limit: longest stretch of text that is shown whole, in characters.
        first: number of the first cell.
    """
    by_span: dict[tuple[int, int], list[Entry]] = defaultdict(list)
    for entry in entries:
        for span in entry.spans:
            by_span[span].append(entry)
    cells = []
    for number, target in enumerate(segmentation.targets, first):
        span = (target.start, target.end)
        count = counts.get(span, 0)
        cells.append(Cell(number, target, count, level(count, edges), by_span.get(span, [])))
    parts = max(1, -(-len(cells) // targets_per_part))
    maps = []
    for part in range(parts):
        own = cells[part * targets_per_part : (part + 1) * targets_per_part]
        start = own[0].target.start if part else 0
        end = cells[(part + 1) * targets_per_part].target.start if part + 1 < parts else len(document.text)
        runs = _runs(document.text, start, max(start, end), own, segmentation, findings, text_limit)
        maps.append(HeatMap(document.id, runs, tuple(own), part + 1, parts))
    return maps


def _runs(
    text: str,
    start: int,
    end: int,
    cells: Sequence[Cell],
    segmentation: Segmentation,
    findings: Sequence[Finding],
    limit: int,
) -> tuple[TextRun, ...]:
    """Sweep over all boundaries; where targets overlap, the innermost (latest start) owns the text."""
    artefacts = [item for item in segmentation.artefacts if item.start < end and start < item.end]
    marks = [item for item in findings if item.start < end and start < item.end]
    cuts = {start, end}
    spans = [(cell.target.start, cell.target.end) for cell in cells]
    spans += [(item.start, item.end) for item in artefacts]
    spans += [(item.start, item.end) for item in marks]
    for left, right in spans:
        cuts.update((min(max(left, start), end), min(max(right, start), end)))
    points = sorted(cuts)
    owner = _owners(points, [(cell.target.start, cell.target.end, cell) for cell in cells])
    artefact = _owners(points, [(item.start, item.end, item.reason) for item in artefacts])
    finding = _owners(points, [(item.start, item.end, item) for item in marks])
    runs: list[TextRun] = []
    pieces: list[Piece] = []
    current: Cell | None = None
    for place, (left, right) in enumerate(itertools.pairwise(points)):
        cell = owner[place]
        if cell is not current and pieces:
            runs.append(TextRun(tuple(pieces), current))
            pieces = []
        current = cell
        short = limit if cell is not None else min(limit, 400)
        shown = shorten(text[left:right], short)
        if cell is None and _between_sentences(runs, shown, owner, place):
            shown = " "
        elif cell is not None and cell.target.kind in _FLOWING:
            shown = _LINE_BREAK.sub(" ", shown)
        pieces.append(Piece(shown, finding[place], artefact[place]))
    if pieces:
        runs.append(TextRun(tuple(pieces), current))
    return tuple(runs)


def _between_sentences(runs: Sequence[TextRun], gap: str, owner: Sequence[Cell | None], place: int) -> bool:
    """Whether `gap` only wraps a line between two sentences of one paragraph."""
    before = runs[-1].cell if runs else None
    after = owner[place + 1] if place + 1 < len(owner) else None
    if before is None or after is None or _LINE_BREAK.fullmatch(gap) is None:
        return False
    return before.target.kind == after.target.kind == "sentence"


def _owners(points: Sequence[int], spans: Sequence[tuple[int, int, T]]) -> list[T | None]:
    """For each stretch between neighbouring points, what lies over it; later starts win, shorter ones first."""
    owners: list[T | None] = [None] * max(0, len(points) - 1)
    for start, end, item in sorted(spans, key=lambda entry: (entry[0], -entry[1])):
        left = bisect.bisect_left(points, start)
        right = bisect.bisect_left(points, end)
        for place in range(left, min(right, len(owners))):
            owners[place] = item
    return owners


def limit_entries(cells: Sequence[Cell], budget: int, *, answer_chars: int = 280, most: int = 40) -> None:
    """Keep as many questions a cell as fit into `budget` bytes of page in all, the same number for every cell."""

    def cost(entry: Entry) -> int:
        shown = len(entry.question[:500].encode("utf-8", "replace"))
        return 90 + shown + len(entry.answer[:answer_chars].encode("utf-8", "replace"))

    costs = [[cost(entry) for entry in cell.entries[:most]] for cell in cells]
    keep = most
    while keep > 1 and sum(sum(row[:keep]) for row in costs) > budget:
        keep = keep * 3 // 4
    for cell in cells:
        cell.more = max(0, len(cell.entries) - keep)
        cell.entries = cell.entries[:keep]
