"""Plain text as blocks: paragraphs, items, headings, rows, indented code, by the shape of its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selfstudy_guard.documents.formats.blocks import Block, Offsets, inside
from selfstudy_guard.documents.formats.joins import hyphenated

ITEM = re.compile(
    r"""
    [ \t]{0,12}(?:
            [-*+\u2022\u2023\u25aa\u25cf\u25e6\u2043\u2013\u00b7]
          | \(?(?:\d{1,3}|\#|[a-zA-Z]|[ivxIVX]{1,5})[.)]
        )[ \t]+(?=\S)
    """,
    re.VERBOSE,
)
_NUMBERED = re.compile(
    r"(?:(?:chapter|section|part|appendix|kapitel|abschnitt)\s+)?(?:\d{1,2}(?:\.\d{1,3}){0,4}\.?|[IVX]{1,5}\.)\s+\S",
    re.IGNORECASE,
)
_ENDINGS = tuple('. ! ? : ; , 。 ！ ？ ： ؟ । ۔ " ” )'.split())
_RULE = re.compile(r"[ \t]*([=\-_*~#+.])(?:[ \t]?\1){2,}[ \t]*\Z")
FORMULA = re.compile(
    r"\s*(?:\$\$.{1,2000}\$\$|\\\[.{1,2000}\\\]|\\begin\{(equation|align|gather)\*?\}.{1,4000}\\end\{\1\*?\})\s*\Z",
    re.DOTALL,
)


_FIELD = re.compile(
    r"[ \t]{0,8}([A-Z\u00c0-\u00de\u0391-\u03a9\u0410-\u042f][\w'/().%-]*(?: [\w'/().%-]+){0,3}):[ \t]+\S"
)
_LONGEST_FIELD = 160
"""Characters of a line that holds a field; a paragraph that happens to begin with a colon's word is longer."""
_FILE_HEADS = frozenset(
    (  # a list of words reads better as one
        "name version summary author maintainer license licence classifier keywords format files copyright source "
        "platform homepage url package architecture depends section priority requires provides group release"
    ).split()
)
_NAMING = frozenset("name title product model item subject person place station".split())
"""Fields that say what the others are about."""
_RULER = re.compile(r"[\s|+:=\-\u2500-\u257f]+")
_WIKI_TITLE = re.compile(r"\s*(={2,6})\s*([^=\n](?:[^=\n]{0,150}[^=\s])?)\s*\1\s*\Z")


@dataclass(slots=True)
class Line:
    """One line: its span without the line break, and its text."""

    start: int
    end: int
    text: str

    @property
    def indent(self) -> int:
        """Columns of white space before the first character (a tab counts four)."""
        bare = self.text.lstrip(" \t")
        return len(self.text[: len(self.text) - len(bare)].replace("\t", "    "))


def lines(text: str, start: int = 0, end: int | None = None) -> Iterator[Line]:
    r"""Lines of `text[start:end]` with their spans; \\n, \\r\\n and form feeds end lines."""
    stop = len(text) if end is None else end
    if start >= stop:
        return
    pieces = text[start:stop].split("\n")
    if not pieces[-1]:
        pieces.pop()
    at = start
    for piece in pieces:
        bare = piece.rstrip("\r\x0c")
        yield Line(at, at + len(bare), bare)
        at += len(piece) + 1


def groups(text: str, start: int = 0, end: int | None = None) -> Iterator[list[Line]]:
    """Paragraphs: runs of lines without a blank line (or a page break) between them."""
    group: list[Line] = []
    for line in lines(text, start, end):
        page = "\x0c" in line.text
        if page and group:
            yield group
            group = []
        if line.text.strip():
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _parted(runs: Iterator[list[Line]]) -> Iterator[list[Line]]:
    """Runs of lines, with the headings of a wiki ("== History ==") apart."""
    for group in runs:
        part: list[Line] = []
        for line in group:
            if _WIKI_TITLE.match(line.text):
                if part:
                    yield part
                yield [line]
                part = []
            else:
                part.append(line)
        if part:
            yield part


def span_of(group: list[Line]) -> Offsets:
    """Span of a run of lines without the white space at its two ends."""
    first, last = group[0], group[-1]
    return (
        first.start + len(first.text) - len(first.text.lstrip()),
        last.start + len(last.text.rstrip()),
    )


def read_plain(text: str) -> list[Block]:
    """Blocks of a plain text, in text order."""
    blocks: list[Block] = []
    section: tuple[str, ...] = ()
    titles: list[tuple[int, str]] = []
    wiki = "\n==" in text or text.startswith("==")
    for group in _parted(groups(text)) if wiki else groups(text):
        marked = _WIKI_TITLE.match(group[0].text) if wiki and len(group) == 1 else None
        if marked:
            level = len(marked[1])
            titles = [*((depth, title) for depth, title in titles if depth < level), (level, marked[2][:200])]
            section = tuple(title for _, title in titles)
            start = group[0].start + marked.start(2)
            blocks.append(Block(start, start + len(marked[2]), "heading", section, whole=True))
            continue
        heading, rest = _heading(group)
        if heading is not None:
            start, end = span_of([heading])
            title = " ".join(text[start:end].split())[:200]
            section = _nest(section, title)
            blocks.append(Block(start, end, "heading", section, whole=True))
        if rest:
            blocks.extend(_paragraph(text, rest, section))
    cut = hyphenated(text)
    if cut:
        for block in blocks:
            if block.kind in ("sentence", "list_item"):
                block.gaps = inside(cut, block.start, block.end)
    return blocks


def _paragraph(text: str, group: list[Line], section: tuple[str, ...]) -> Iterator[Block]:
    start, end = span_of(group)
    if FORMULA.match(text, start, end):
        yield Block(start, end, "formula", section, whole=True)
        return
    rows = _rows(group)
    if rows is not None:
        header = group[0].text.strip()
        for place, row in enumerate(rows):
            left, right = span_of([row])
            yield Block(
                left,
                right,
                "table_row",
                section,
                lead="" if place == 0 else header,
                reason="table header" if place == 0 else None,
                whole=True,
            )
        return
    fields = _fields(group)
    if fields:
        yield from _field_blocks(fields, section)
        return
    if any(ITEM.match(line.text) for line in group):
        part: list[Line] = []
        item = False
        for line in group:
            if ITEM.match(line.text):
                if part:
                    yield _one(part, section, item)
                part, item = [line], True
            else:
                part.append(line)
        if part:
            yield _one(part, section, item)
        return
    if all(line.indent >= 4 for line in group) and _looks_like_code(group):
        yield Block(start, end, "code_block", section, whole=True)
        return
    yield Block(start, end, "sentence", section)


def _fields(group: list[Line]) -> list[list[Line]]:
    """The fields of a sheet of facts ("Width: 30 cm"), each with the indented lines that go on; else none."""
    if len(group) < 2 or ":" not in group[0].text:
        return []
    fields: list[list[Line]] = []
    for line in group:
        if fields and line.indent > fields[0][0].indent:
            fields[-1].append(line)
        elif len(line.text) <= _LONGEST_FIELD and _FIELD.match(line.text):
            fields.append([line])
        else:
            return []
    return fields if len(fields) >= 2 else []


def _field_blocks(fields: list[list[Line]], section: tuple[str, ...]) -> Iterator[Block]:
    """A block a field; the head of a file of software ("Metadata-Version: 2.4") says nothing about its text."""
    names = [match[1].casefold() for field in fields if (match := _FIELD.match(field[0].text))]
    technical = sum("-" in name or name in _FILE_HEADS for name in names)
    if technical >= 2 and technical * 2 >= len(names):
        start, end = span_of([line for field in fields for line in field])
        yield Block(start, end, "markup", section, reason="metadata", whole=True)
        return
    lead = " ".join(fields[0][0].text.split()) if names[0] in _NAMING else ""
    for place, field in enumerate(fields):
        start, end = span_of(field)
        yield Block(start, end, "table_row", section, lead="" if place == 0 else lead, whole=True)


def _one(part: list[Line], section: tuple[str, ...], item: bool) -> Block:
    start, end = span_of(part)
    if item and (mark := ITEM.match(part[0].text)):
        start = min(part[0].start + mark.end(), end)
    return Block(start, end, "list_item" if item else "sentence", section)


def _rows(group: list[Line]) -> list[Line] | None:
    """The rows of a table made of pipes or tabs, without its rulers; None where the lines are no table."""
    if len(group) < 2:
        return None
    if not any("|" in line.text or "\t" in line.text for line in group):
        return None
    rows = [line for line in group if not _RULER.fullmatch(line.text)]
    if len(rows) < 2:
        return None
    for mark in ("|", "\t"):
        counts = [line.text.strip().count(mark) for line in rows]
        if min(counts) >= 1 and max(counts) - min(counts) <= 1:
            return rows
    return None


def _looks_like_code(group: list[Line]) -> bool:
    marks = sum(sum(c in "{}()[]=;<>$_/\\#|&*%@" for c in line.text) for line in group)
    size = sum(len(line.text.strip()) for line in group)
    return marks > 0.04 * size or all(line.text.strip().startswith(("$", ">>>", "#")) for line in group)


def _heading(group: list[Line]) -> tuple[Line | None, list[Line]]:
    """The heading that a run of lines begins with, and the lines after it."""
    first = group[0].text.strip()
    if (
        len(group) >= 2
        and _RULE.match(group[1].text)
        and len(first) <= 120
        and len(group[1].text.strip()) >= len(first) // 2
    ):
        return group[0], group[2:]
    if len(group) == 1 and 2 < len(first) <= 80 and not first.endswith(_ENDINGS) and not ITEM.match(group[0].text):
        words = first.split()
        if max(map(len, words)) > 40:
            return None, group
        capitals = sum(word[0].isupper() or word[0].isdigit() for word in words)
        if (
            first[0].isalnum()
            and (_NUMBERED.match(first) or first.isupper() or capitals >= 0.6 * len(words))
            and len(words) <= 12
            and any(c.isalpha() for c in first)
        ):
            return group[0], []
    return None, group


def _nest(section: tuple[str, ...], title: str) -> tuple[str, ...]:
    """Section path after a heading: decimal numbers nest ("2.1" under "2"), everything else starts anew."""
    number = re.match(r"(\d{1,2}(?:\.\d{1,3}){0,4})\.?\s", title)
    if not number:
        return (title,)
    depth = number[1].count(".")
    return (*section[:depth], title)
