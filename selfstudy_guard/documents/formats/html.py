"""HTML pages, also broken ones, as blocks: paragraphs, items, rows, code, definitions, and what only presents."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from selfstudy_guard.documents.formats.blocks import Block, Offsets, visible
from selfstudy_guard.documents.formats.html_elements import BLOCKS, CELLS, ENDS_BEFORE, HEADINGS, KINDS, PARAGRAPH_ENDS
from selfstudy_guard.documents.formats.html_regions import hinted, region_of_tag
from selfstudy_guard.documents.formats.html_tokens import Token, attributes, tokens
from selfstudy_guard.documents.formats.joins import closed_up
from selfstudy_guard.documents.formats.note_marks import NUMBER, holds_notes, is_note_mark
from selfstudy_guard.records import TargetKind

_DECORATION = re.compile(
    r"""
    \b(?:class|role)\s?=\s?["']?[^"'<>]{0,100}\b(?:headerlink|mw-editsection|editsection|anchor|permalink
            |anchorjs-link|hash-link|sr-only|visually-hidden|screen-reader-text|doc-backlink)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ROW_SEEN = 4000
"""Characters of a table row that are looked at to tell a row of a layout from a row of data."""
_ROW_ENDS = re.compile(r"</?tr\b", re.IGNORECASE)
_PARTS = re.compile(r"<(?:h[1-6]|ul|ol|dl|blockquote|article|section|nav|form|table)\b", re.IGNORECASE)
_LISTS = re.compile(r"<(ul|ol|dl|blockquote)\b", re.IGNORECASE)
_MOST_SPAN = 1000
_LAYOUT_ROW = 500
"""Visible characters from which a table row is taken for layout: its cells are read as paragraphs."""


@dataclass(slots=True)
class _Open:
    """An open element, and why nothing in it or in what is round it may be asked about."""

    name: str
    reason: str | None
    notes: bool = False


@dataclass(slots=True)
class _Run:
    """The text that is being collected for one block."""

    start: int = -1
    end: int = -1
    linked: int = 0
    gaps: list[Offsets] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    cells: list[tuple[str, int, int, int]] = field(default_factory=list)
    """Of a row: name of the cell's tag, where it begins, and the columns and rows that it spans."""


class HtmlReader:
    """Reads `text[start:end]` as HTML.

    Args:
        text: the raw document.
        section: headings above the passage.
    """

    def __init__(self, text: str, section: tuple[str, ...] = ()) -> None:
        self.text = text
        self.blocks: list[Block] = []
        self._base = section
        self._titles: list[tuple[int, str]] = []
        self._stack: list[_Open] = []
        self._count: dict[str, int] = {}
        self._run = _Run()
        self._linked = False
        self._header = ""
        self._caption = ""
        self._names: list[str] = []
        """Names of the columns of the table that is being read."""
        self._held: dict[int, tuple[str, int]] = {}
        """Cells merged downwards: column, to what they say and for how many rows more."""
        self._term = ""
        self._muted = ""

    def read(self, start: int = 0, end: int | None = None) -> list[Block]:
        """Blocks in text order."""
        for token in tokens(self.text, start, end):
            if self._muted and self._unmute(token):
                continue
            if token.kind == "text":
                self._write(token)
            elif token.kind in ("comment", "raw"):
                self._aside(token)
            elif token.kind == "close":
                self._close(token)
            else:
                self._begin(token)
        self._flush()
        return self.blocks

    # -- text ---------------------------------------------------------------------------------------------------

    def _write(self, token: Token) -> None:
        run, notes = self._run, self._begins_note()
        if run.start < 0:
            run.start = token.start
            if notes and (number := NUMBER.match(self.text, token.start, token.end)):
                run.start = number.end()
        elif token.start > run.end:
            # Whatever stood between two texts that is neither white space nor a known tag is unreadable markup.
            between = self.text[run.end : token.start]
            if between.strip() and not (run.gaps and run.gaps[-1][1] > run.end):
                lead = len(between) - len(between.lstrip())
                run.gaps.append((run.end + lead, run.end + len(between.rstrip())))
        run.end = token.end
        if self._linked:
            run.linked += token.end - token.start

    def _unmute(self, token: Token) -> bool:
        """Whether `token` still belongs to an inline element that only decorates (a permalink, an edit link)."""
        if token.kind in ("close", "open") and token.name in BLOCKS:
            self._muted = ""
            return False
        if token.kind == "close" and token.name == self._muted:
            self._muted = ""
        self._gap(token)
        return True

    def _gap(self, token: Token) -> None:
        if self._run.start >= 0:
            self._run.gaps.append((token.start, token.end))

    def _aside(self, token: Token) -> None:
        """Comments, scripts and styles: never content, and no break in a sentence."""
        self._gap(token)
        if token.kind == "raw" and token.name in ("script", "style", "template", "object", "iframe"):
            return
        if token.kind == "raw" and self._run.start < 0 and token.name in ("title", "noscript", "textarea"):
            left = self.text.find(">", token.start, token.end) + 1
            right = self.text.rfind("<", left, token.end)
            if self.text[left:right].strip():
                reason = "heading" if token.name == "title" else "form" if token.name == "textarea" else "hidden"
                kind: TargetKind = "heading" if token.name == "title" else "markup"
                self.blocks.append(Block(left, right, kind, self._section(), reason=reason, whole=True))

    # -- tags ---------------------------------------------------------------------------------------------------

    def _begin(self, token: Token) -> None:
        name = token.name
        if name == "a":
            self._linked = True
        if name not in BLOCKS:
            self._gap(token)
            if (
                token.kind == "open"
                and name in ("a", "span", "sup", "small")
                and (
                    _DECORATION.search(self.text, token.start, token.end)
                    or is_note_mark(self.text, token.start, first=self._begins_note())
                )
            ):
                self._muted = name
                self._linked = False
                return
            if name == "br" and self._run.start >= 0:
                self._run.breaks.append(token.end)
                if len(self._run.breaks) > 1 and not self.text[self._run.breaks[-2] : token.start].strip():
                    self._soft_flush()
            return
        self._imply_ends(name)
        if name == "tr" and self._lays_out(token):
            name = "div"
        if self._in("tr") and name != "tr" and name not in ("table", "pre"):
            self._gap(token)
            if self._run.start >= 0:
                self._run.breaks.append(token.end)
            if name in CELLS:
                spans = attributes(self.text[token.start : token.end])
                self._run.cells.append((name, token.start, _span(spans, "colspan"), _span(spans, "rowspan")))
        else:
            self._flush()
            self._linked = self._linked and name in ("a", "div", "span", "h2", "h3", "h4", "p")
        if token.kind == "open" and name != "hr":
            reason = region_of_tag(name)
            if reason is None and name not in ("html", "body", "main", "article", "td", "tr", "table"):
                reason = hinted(attributes(self.text[token.start : token.end]))
            if name == "table":
                self._header, self._caption, self._names, self._held = "", "", [], {}
            outer = self._stack[-1] if self._stack else _Open("", None)
            notes = outer.notes or holds_notes(self.text[token.start : token.end])
            self._stack.append(_Open(name, outer.reason or reason, notes))
            self._count[name] = self._count.get(name, 0) + 1

    def _begins_note(self) -> bool:
        """Whether what comes next are the first characters of a note."""
        return self._run.start < 0 and bool(self._stack) and self._stack[-1].notes and not self._in("tr")

    def _lays_out(self, token: Token) -> bool:
        """Whether a table row only places parts of the page side by side: headings, lists or tables stand in it."""
        if self._in("tr"):
            return False
        after = _ROW_ENDS.search(self.text, token.end, token.end + _ROW_SEEN)
        end = after.start() if after else token.end + _ROW_SEEN
        # Lists in the cells of a table that names its columns belong to their row.
        return any(not (self._header and _LISTS.match(part[0])) for part in _PARTS.finditer(self.text, token.end, end))

    def _imply_ends(self, name: str) -> None:
        if name in PARAGRAPH_ENDS and self._in("p") and self._stack and self._stack[-1].name == "p":
            self._flush_unless_row()
            self._pop()
        ends, limits = ENDS_BEFORE.get(name, ((), ()))
        if not any(self._in(other) for other in ends):
            return
        deepest = None
        for at in range(len(self._stack) - 1, max(-1, len(self._stack) - 60), -1):
            if self._stack[at].name in limits:
                break
            if self._stack[at].name in ends:
                deepest = at
        if deepest is not None:
            if name not in CELLS:
                self._flush()
            while len(self._stack) > deepest:
                self._pop()

    def _close(self, token: Token) -> None:
        name = token.name
        if name == "a":
            self._linked = False
        if name not in BLOCKS:
            self._gap(token)
            return
        if self._in("tr") and name not in ("tr", "table", "tbody", "thead", "pre"):
            self._gap(token)
            if self._run.start >= 0:
                self._run.breaks.append(token.end)
        else:
            self._flush()
            self._linked = False
        if not self._in(name):
            return
        while self._stack:
            if self._pop() == name:
                break

    def _pop(self) -> str:
        name = self._stack.pop().name
        self._count[name] -= 1
        return name

    def _in(self, name: str) -> bool:
        return self._count.get(name, 0) > 0

    def _flush_unless_row(self) -> None:
        if not self._in("tr"):
            self._flush()

    # -- blocks -------------------------------------------------------------------------------------------------

    def _section(self) -> tuple[str, ...]:
        return self._base + tuple(title for _, title in self._titles)

    def _soft_flush(self) -> None:
        if not self._in("tr") and not self._in("pre"):
            self._flush()

    def _flush(self) -> None:
        run, self._run = self._run, _Run()
        if run.start < 0:
            return
        gaps = [gap for gap in run.gaps if gap[0] >= run.start and gap[1] <= run.end]
        innermost = {frame.name for frame in self._stack[-12:]}
        reason = self._stack[-1].reason if self._stack else None
        block = Block(run.start, run.end, "sentence", self._section(), reason=reason, gaps=gaps, linked=run.linked)
        block.region = reason is not None and reason not in ("hidden", "form", "markup")
        heading = next((frame.name for frame in reversed(self._stack[-4:]) if frame.name in HEADINGS), None)
        if heading and not self._in("tr"):
            block.kind, block.whole = "heading", True
            if reason is None:
                self._entitle(HEADINGS[heading], self._plain(block))
                block.section = self._section()
        elif self._in("tr"):
            self._row(block, run)
            return
        else:
            for frame in reversed(self._stack[-12:]):
                if frame.name in KINDS:
                    block.kind = KINDS[frame.name]
                    break
                if frame.name in ("table", "section", "article", "blockquote"):
                    break
            block.whole = block.kind in ("code_block", "formula")
            if block.kind == "definition":
                self._define(block)
            if block.kind == "code_block":
                block.lead = self._lead_before(block)
            if block.kind == "caption" and "caption" in innermost:
                self._caption = self._plain(block)
        self.blocks.append(block)

    def _define(self, block: Block) -> None:
        """A term states nothing alone: it is the lead of what follows."""
        innermost = next(frame.name for frame in reversed(self._stack) if frame.name in ("dt", "dd"))
        if innermost == "dt":
            self._term = self._plain(block)[:300]
            block.reason, block.whole = block.reason or "term", True
        else:
            block.lead = self._term

    def _row(self, block: Block, run: _Run) -> None:
        plain = self._plain(block)
        if len(plain) > _LAYOUT_ROW:
            edges = sorted({block.start, block.end, *(edge for edge in run.breaks if block.start < edge < block.end)})
            for left, right in itertools.pairwise(edges):
                gaps = [gap for gap in block.gaps if gap[0] >= left and gap[1] <= right]
                view = visible(self.text, left, right, gaps)
                if view.strip():
                    start = left + len(view) - len(view.lstrip())
                    self.blocks.append(
                        Block(
                            start, left + len(view.rstrip()), "sentence", block.section, reason=block.reason, gaps=gaps
                        )
                    )
            return
        names = {name for name, *_ in run.cells}
        block.kind, block.whole = "table_row", True
        labels = self._merged_labels(block, run)
        if self._in("thead") or (names == {"th"} and len(run.cells) > 1) or (not self._header and names == {"th"}):
            cells = self._cell_texts(block, run)
            self._header = (self._caption + ": " if self._caption else "") + " | ".join(cell for cell in cells if cell)
            self._names = [cell for cell, (*_, span, _) in zip(cells, run.cells, strict=False) for _ in range(span)]
            block.reason = block.reason or "table header"
        else:
            block.lead = self._lead_of_row(labels) or self._header or self._caption
        self.blocks.append(block)

    def _merged_labels(self, block: Block, run: _Run) -> dict[int, str]:
        """What cells merged downwards say about this row, by column; and notes the ones that begin in it."""
        labels = {column: text for column, (text, _) in self._held.items() if text}
        held = {column: (text, left - 1) for column, (text, left) in self._held.items() if left > 1}
        column = 0
        for text, (_, _, columns, rows) in zip(self._cell_texts(block, run), run.cells, strict=False):
            while column in self._held:
                column += 1
            if rows > 1:
                held[column] = (text, rows - 1)
                held.update({column + n: ("", rows - 1) for n in range(1, columns)})
            column += columns
        self._held = held
        return labels

    def _lead_of_row(self, labels: dict[int, str]) -> str:
        """The header of a row under merged cells: their labels in front of the names of the columns that it has."""
        if not labels:
            return ""
        named = [
            f"{self._names[column]}: {label}" if column < len(self._names) and self._names[column] else label
            for column, label in sorted(labels.items())
        ]
        rest = [name for column, name in enumerate(self._names) if column not in labels and name]
        return "; ".join([*named, " | ".join(rest)] if rest else named)

    def _cell_texts(self, block: Block, run: _Run) -> list[str]:
        """Texts of the cells of a row, in order; "" for empty ones."""
        starts = [start for _, start, *_ in run.cells]
        edges = [*(min(max(start, block.start), block.end) for start in starts), block.end]
        return [closed_up(self.text, a, b, block.gaps) for a, b in itertools.pairwise(edges)]

    def _lead_before(self, block: Block) -> str:
        """The paragraph just above a code block, when it announces it with a colon or names it as a caption."""
        if (
            not self.blocks
            or self.blocks[-1].reason
            or self.blocks[-1].kind not in ("sentence", "caption", "list_item")
        ):
            return ""
        before = self.blocks[-1]
        if before.kind != "caption" and not self._plain(before).endswith((":", "\uff1a")):
            return ""
        return self._plain(before)[-300:]

    def _plain(self, block: Block) -> str:
        return closed_up(self.text, block.start, block.end, block.gaps)

    def _entitle(self, level: int, title: str) -> None:
        while self._titles and self._titles[-1][0] >= level:
            self._titles.pop()
        self._titles.append((level, title.rstrip("\u00b6#").strip()[:200]))


def _span(attributes: Mapping[str, str], name: str) -> int:
    value = attributes.get(name, "1").strip()
    return max(1, min(int(value), _MOST_SPAN)) if value.isascii() and value.isdigit() and len(value) < 9 else 1


def read_html(text: str) -> list[Block]:
    """Blocks of an HTML document or fragment, in text order."""
    return HtmlReader(text).read()
