"""Cutting canonical text into units: the sentences (or lines, cells, fields) that are judged one by one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from selfstudy_guard.instructions.channels import BLOCK_TAG, CHANNELS, TAG, Region, find_regions

LONGEST_UNIT = 900
"""Code points; what is longer is cut at a space."""

_CHANNEL_OF = {
    None: "prose",
    "quote": "blockquote",
    "foot": "footnote",
    "comment": "code-comment",
    "item": "list-item",
    "row": "table-cell",
    "roff": "prose",
}
_CODE_OF = {name: index for index, name in enumerate(CHANNELS)}

_LINE = re.compile(
    r"[ \t]*(?:(?P<quote>>[>| \t]*)|(?P<foot>\[\^?[\w*]{1,4}\]:?[ \t]|\(\d{1,2}\)[ \t]|[¹²³†‡][ \t]?)|"
    r"(?P<comment>(?:#{1,6}!?|//+!?|--+|;+|%+|\*|\.\.|\.\\\"|'\\\"|REM|rem|\"\"\"|''')[ \t]+(?=\S))|"
    r"(?P<item>(?:[-+•‣◦·–—]|\d{1,3}[.)]|[a-zA-Z][.)])[ \t]+)|(?P<row>\|)|"
    r"(?P<roff>\.[A-Z][A-Za-z]?[ \t]+\"?|\.[a-z]{2}[ \t]+))?"
)
_STARTERS = (
    "The|This|These|That|Those|There|It|If|In|On|When|While|For|To|As|An|By|With|You|Your|We|Our|He|She|"
    "They|Please|All|Each|Note|Ignore|Answer|However|But|And|Also|Any|Some|See|Use|Write|Only|Do|From|At|"
    "After|Before|Since|Because|Although|Here|What|How|Why|Who|Where|Can|Could|Would|Is|Are|My|Its|Every|"
    "No|Not|First|Then|Now|One|Both|Most|Many|Other|By default"
)
_BREAK = re.compile(
    r"[.!?…]['\")\]”’»]{0,3}[ \t\r\n]+(?=[^a-z\s])|[。！？।۔؟｡]['\")\]”’»」』]{0,3}[ \t\r\n]*|\n(?=\x00)|"
    rf"(?<=[a-z0-9)\"'\]`”]) +(?=(?:{_STARTERS}) )|[.!?]\n"
)
_CELL = re.compile(r"\||" + _BREAK.pattern)
_FIELD = re.compile(r"\n(?=\S)|" + _BREAK.pattern)
_CODE_LINE = re.compile(
    r"[;{}]\s*$|^\s*(?:>>>|\$ |def |class |import |from \w+ import|return |"
    r"SELECT |#include|\}|\{)|\w\(.*\)\s*$| = |=>|->|::="
)


@dataclass
class Units:
    """Units of a canonical text, in order and disjoint.

    Attributes:
        text: canonical text with markup blanked by spaces, so that every offset holds in both.
        start, end: canonical offsets of the words of the unit.
        channel: index into `CHANNELS`.
        block: paragraph, comment, field ... that the unit belongs to.
        outer: span of every block with its wrapper (comment signs, tags, field name), in canonical offsets.
        wrapped: whether a block's wrapper must go with its content (or stay whole).
    """

    text: str
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    channel: list[int] = field(default_factory=list)
    block: list[int] = field(default_factory=list)
    outer: list[tuple[int, int]] = field(default_factory=list)
    wrapped: list[bool] = field(default_factory=list)


def _blanked(text: str, spans: list[tuple[int, int, str]]) -> str:
    """`text` with spans filled by one character each; spans are sorted and disjoint."""
    if not spans:
        return text
    parts: list[str] = []
    done = 0
    for start, end, fill in spans:
        if start < done:
            continue
        parts.append(text[done:start])
        parts.append(fill * (end - start))
        done = end
    parts.append(text[done:])
    return "".join(parts)


def split_units(text: str) -> Units:
    """Units of canonical `text`, in linear time."""
    regions = find_regions(text)
    blanks: list[tuple[int, int, str]] = []
    if "<" in text:
        # What an attribute says to a reader is text; the tag round it is not.
        spoken = [region for region in regions if region.channel == "attribute"]
        at = 0
        for match in TAG.finditer(text):
            fill = "\n" if BLOCK_TAG.match(match.group()) else " "
            start, end = match.span()
            while at < len(spoken) and spoken[at].end <= start:
                at += 1
            while at < len(spoken) and spoken[at].start < end:
                blanks.append((start, spoken[at].inner, fill))
                start, at = spoken[at].inner_end, at + 1
            blanks.append((start, end, fill))
    units = Units(_blanked(text, blanks))
    done = 0
    for region in regions:
        _plain(units, done, region.start)
        _region(units, region, done)
        done = region.end
    _plain(units, done, len(text))
    return units


_OBJECT = 400
"""Code points: how far before a field the one-line object that holds it may begin (and half as far behind, end)."""


def _region(units: Units, region: Region, done: int) -> None:
    """Units of a region; `done` is where the one before it ended."""
    start, end = region.start, region.end
    if region.channel == "json-field":
        # A field that stands alone in a one-line object goes with it, or stays with it.
        line_start = units.text.rfind("\n", max(done, start - _OBJECT), start) + 1
        line_end = units.text.find("\n", end, end + _OBJECT // 2)
        if line_end < 0 and len(units.text) - end <= _OBJECT // 2:
            line_end = len(units.text)
        if (line_start or (done == 0 and start <= _OBJECT)) and line_end > 0:
            before, after = units.text[line_start:start].strip(), units.text[end:line_end].strip()
            if before.startswith("{") and after.endswith("}"):
                start, end = line_start, line_end
                while units.start and units.start[-1] >= start:  # the fields before it were cut as plain text
                    for column in (units.start, units.end, units.channel, units.block):
                        column.pop()
    _block(
        units, units.text, region.inner, region.inner_end, region.channel, (start, end), wrapped=start < region.inner
    )


def _plain(units: Units, start: int, end: int) -> None:
    """Units of the text between regions: lines are grouped into blocks of one channel."""
    taken = units.outer[-1][1] if units.outer else 0
    at = max(start, taken)
    open_at = -1
    open_channel = ""
    marks: list[tuple[int, int]] = []
    text = units.text
    previous_end = at
    previous_short = True
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        match = _LINE.match(text, at, stop)
        kind = match.lastgroup if match else None
        line = text[at:stop]
        width = len(line.strip())
        channel = _CHANNEL_OF[kind]
        if channel == "prose" and width and _CODE_LINE.search(line[:300]):
            channel = "code"
        new = (
            not width
            or channel != open_channel
            or kind in ("item", "foot", "row")
            or channel == "code"
            or (previous_short and channel in ("prose", "list-item"))
        )
        if (
            channel == "prose"
            and open_channel in ("list-item", "footnote")
            and not previous_short
            and width
            and line[:1] in " \t"
        ):
            new, channel = False, open_channel
        if new:
            if open_at >= 0:
                _lines(units, open_at, previous_end, open_channel, marks)
            open_at, open_channel, marks = (at, channel, []) if width else (-1, "", [])
        if width and match and kind and kind != "row":
            marks.append((match.start(), match.end()))
        previous_end = stop
        previous_short = width < 40 or line.rstrip().endswith((":", "|"))
        at = stop + 1
    if open_at >= 0:
        _lines(units, open_at, min(previous_end, end), open_channel, marks)


def _lines(units: Units, start: int, end: int, channel: str, marks: list[tuple[int, int]]) -> None:
    """One block of lines; the signs in front of its lines are blanked before it is cut into sentences."""
    text = units.text
    if marks and channel != "prose":
        piece = _blanked(text[start:end], [(first - start, last - start, " ") for first, last in marks])
        _block(units, piece, 0, len(piece), channel, (start, end), wrapped=channel != "list-item", shift=start)
    else:
        _block(units, text, start, end, channel, (start, end), wrapped=False)


def _block(
    units: Units,
    text: str,
    start: int,
    end: int,
    channel: str,
    outer: tuple[int, int],
    *,
    wrapped: bool,
    shift: int = 0,
) -> None:
    """Cut `text[start:end]` into sentences and add them as one block."""
    pattern = _CELL if channel == "table-cell" else _FIELD if channel == "front-matter" else _BREAK
    cuts = [start]
    if channel != "table-cell" or end - start > 60:
        cuts.extend(match.end() for match in pattern.finditer(text, start, end))
    cuts.append(end)
    number = len(units.outer)
    added = False
    for first, last in pairwise(cuts):
        piece = text[first:last]
        stripped = piece.strip(" \t\r\n|\x00")
        if not stripped:
            continue
        first += piece.find(stripped[0]) if piece[0] != stripped[0] else 0
        last = first + len(stripped)
        while last - first > LONGEST_UNIT:
            cut = text.rfind(" ", first + LONGEST_UNIT // 2, first + LONGEST_UNIT)
            cut = first + LONGEST_UNIT if cut < 0 else cut + 1
            _add(units, first + shift, cut + shift, channel, number)
            first = cut
        if last > first:
            _add(units, first + shift, last + shift, channel, number)
        added = True
    if added:
        units.outer.append(outer)
        units.wrapped.append(wrapped)


def _add(units: Units, start: int, end: int, channel: str, block: int) -> None:
    units.start.append(start)
    units.end.append(end)
    units.channel.append(_CODE_OF[channel])
    units.block.append(block)
