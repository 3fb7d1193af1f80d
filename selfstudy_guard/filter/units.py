"""Cutting canonical text into units: the sentences (or lines, cells, fields) that are judged one by one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from selfstudy_guard.filter.channels import BLOCK_TAG, CHANNELS, TAG, Region, find_regions
from selfstudy_guard.filter.codes import Span, long_words
from selfstudy_guard.filter.cuts import Cuts, cuts_of
from selfstudy_guard.filter.line_breaks import Wrapping

LONGEST_UNIT = 900
"""Code points; what is longer is cut at a space."""

_CHANNEL_OF = {
    None: "prose",
    "quote": "blockquote",
    "foot": "footnote",
    "comment": "code-comment",
    "item": "list-item",
    "row": "table-cell",
    "frame": "prose",
    "roff": "prose",
}
_BARE = frozenset({"prose", "list-item"})
"""Channels whose signs may stay when what they introduce goes."""
_CODE_OF = {name: index for index, name in enumerate(CHANNELS)}

_LINE = re.compile(
    r"""
    [ \t]*(?:
            (?P<quote>>[>| \t]*)
          | (?P<foot>\[\^?[\w*]{1,4}\]:?[ \t]|\(\d{1,2}\)[ \t]|[¹²³†‡][ \t]?)
          | (?P<comment>(?:\#{1,6}!?|//+!?|--+|;+|%+|\.\.|\.\\"|'\\"|REM|rem|""["]|''')[ \t]+(?=\S))
          | (?P<item>(?:[-+*•‣◦·–—]|\d{1,3}[.)]|[a-zA-Z][.)])[ \t]+)
          | (?P<row>\|)
          | (?P<roff>\.[A-Z][A-Za-z]?[ \t]+"?|\.[a-z]{2}[ \t]+)
        )?
    """,
    re.X,
)
_CALL = re.compile(r"\w\(.*\)\s*$")
_IMPORT = re.compile(r"from \w+ import")
_CODE_STARTS = (">>>", "$ ", "def ", "class ", "import ", "return ", "SELECT ", "#include", "}", "{")


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
        clauses: clauses of its units that are orders by themselves (start, end, belief); None while nobody looked.
    """

    text: str
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    channel: list[int] = field(default_factory=list)
    block: list[int] = field(default_factory=list)
    outer: list[tuple[int, int]] = field(default_factory=list)
    wrapped: list[bool] = field(default_factory=list)
    clauses: list[tuple[int, int, float]] | None = None

    @cached_property
    def long_words(self) -> list[Span]:
        """Where the long words of `text` stand."""
        return long_words(self.text)


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


def split_units(text: str, words: list[Span] | None = None) -> Units:
    """Units of canonical `text`, in linear time; `words` are its long words, if they are known."""
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
    if words is not None and not blanks:
        units.long_words = words
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
    _block(units, region.inner, region.inner_end, region.channel, (start, end), wrapped=start < region.inner)


# What a line may begin with that has a sign of its kind; REM and the letters of lists are looked at apart.
_SIGNS = frozenset(">[(¹²³†‡#/-;%*.'\"+•‣◦·–—|0123456789")
_AFTER_LETTER = frozenset(".)")
_CODE_INITIALS = frozenset(word[0] for word in (*_CODE_STARTS, "from"))


def _sign(line: str) -> re.Match[str] | None:
    """Match of the sign in front of a line that is not empty; None where there is none."""
    bare = line if line[0] not in " \t" else line.lstrip(" \t")
    first = bare[0]
    if first.isalpha():
        if bare[1:2] not in _AFTER_LETTER and first not in "Rr":
            return None
    elif first not in _SIGNS and not first.isdecimal():
        return None
    match = _LINE.match(line)
    return match if match and match.lastgroup else None


def _is_code(line: str, words: str) -> bool:
    """Whether a line that is not empty looks like code; `words` is the line without the space round it."""
    if len(line) > 300:
        line = line[:300]
        words = line.strip()
        if not words:
            return False
    last = words[-1]
    return (
        last in ";{}"
        or "->" in words
        or ("=" in words and (" = " in line or "=>" in words or "::=" in words))
        or (last == ")" and _CALL.search(words) is not None)
        or (words[0] in _CODE_INITIALS and _begins_as_code(line.lstrip()))
    )


def _begins_as_code(words: str) -> bool:
    return words.startswith(_CODE_STARTS) or _IMPORT.match(words) is not None


def _framed(words: str) -> bool:
    """Whether a line is framed by bars or stars and holds no other: a box round text, and no row of a table."""
    return len(words) > 2 and words[0] == words[-1] and words[0] in "|*" and words.count(words[0]) == 2


def _plain(units: Units, start: int, end: int) -> None:
    """Units of the text between regions: lines are grouped into blocks of one channel."""
    taken = units.outer[-1][1] if units.outer else 0
    at = max(start, taken)
    if at >= end:
        return
    text = units.text
    cuts = Cuts(text, at, end)
    open_at = -1
    open_channel = ""
    marks: list[tuple[int, int]] = []
    previous_end = at
    previous_short = True
    lines = text[at:end].split("\n")
    wrapping = Wrapping(lines)
    for number, line in enumerate(lines):
        stop = at + len(line)
        words = line.strip()
        if not words:
            if open_at >= 0:
                _lines(units, open_at, previous_end, open_channel, marks, cuts)
                open_at, open_channel, marks = -1, "", []
            previous_end, previous_short, at = stop, True, stop + 1
            continue
        match = _sign(line)
        kind = match.lastgroup if match else None
        if kind in ("row", "item") and _framed(words):
            kind = "frame"
        channel = _CHANNEL_OF[kind]
        if channel == "prose" and _is_code(line, words):
            sentence = open_channel == "prose" and words[-1] == ";" and wrapping.goes_on(number)
            channel = "prose" if sentence else "code"
        new = (
            channel != open_channel
            or channel == "code"
            or (previous_short and channel in ("prose", "list-item") and not wrapping.goes_on(number))
            or kind in ("item", "foot", "row")
        )
        # What is indented below an item, without a sign of its own, belongs to it however short the lines are.
        if channel == "prose" and open_channel in ("list-item", "footnote") and line[0] in " \t":
            new, channel = False, open_channel
        if new:
            if open_at >= 0:
                _lines(units, open_at, previous_end, open_channel, marks, cuts)
            open_at, open_channel, marks = at, channel, []
        if kind == "frame":
            bar = at + line.rindex(words[0])
            marks += [(at, at + line.index(words[0]) + 1), (bar, bar + 1)]
        elif match and kind not in ("row", "roff"):
            marks.append((at + match.start(), at + match.end()))
        previous_end = stop
        previous_short = kind != "frame" and (len(words) < 40 or words[-1] in ":|")
        at = stop + 1
    if open_at >= 0:
        _lines(units, open_at, min(previous_end, end), open_channel, marks, cuts)


def _lines(units: Units, start: int, end: int, channel: str, marks: list[tuple[int, int]], cuts: Cuts) -> None:
    """One block of lines; the signs in front of its lines are blanked before it is cut into sentences."""
    text = units.text
    if marks:
        piece = _blanked(text[start:end], [(first - start, last - start, " ") for first, last in marks])
        found = cuts_of(piece, 0, len(piece), channel)
        _add(units, piece, 0, found, channel, (start, end), wrapped=channel not in _BARE, shift=start)
    elif channel == "table-cell":
        _block(units, start, end, channel, (start, end), wrapped=False)
    else:
        _add(units, text, start, cuts.between(start, end), channel, (start, end), wrapped=False)


def _block(units: Units, start: int, end: int, channel: str, outer: tuple[int, int], *, wrapped: bool) -> None:
    """Cut a stretch of the text into sentences (cells, fields) and add them as one block."""
    text = units.text
    _add(units, text, start, cuts_of(text, start, end, channel), channel, outer, wrapped=wrapped)


_TRIM = " \t\r\n|\x00"
_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“", "«": "»", "「": "」", "『": "』", "‘": "’"}
_PAIRS = {**_QUOTES, **{sign: sign for sign in "*_`~"}}
"""What emphasis and quotation open with, and what they close with."""
_QUOTED = re.compile('["“”„«»「」『』]')
_MOST_SIGNS = 3


def with_signs(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of a unit with the emphasis and quotation marks that hold it."""
    for _ in range(_MOST_SIGNS + 1):
        before = text[start - 1 : start]
        if before not in _PAIRS or not text.startswith(_PAIRS[before], end):
            break
        start, end = start - 1, end + 1
    return start, end


def _bare(words: str, begin: int) -> tuple[int, int]:
    """Where the words of a piece begin and end without the emphasis or quotation marks that hold all of them."""
    size = len(words)
    opening = words[0]
    closing = _PAIRS[opening]
    number = size - len(words.lstrip(opening))
    behind = len(words.rstrip(".!?…"))
    last = behind if behind and words[behind - 1] == closing else size
    inside = words[number : last - number]
    if (
        number > _MOST_SIGNS
        or not words.endswith(closing * number, 0, last)
        or " " not in inside
        or closing in inside.replace("'", "")
        or (opening != "«" and inside != inside.strip())
    ):
        return begin, begin + size
    return begin + number, begin + (last - number if last == size else size)


def _add(
    units: Units,
    text: str,
    first: int,
    cuts: list[int],
    channel: str,
    outer: tuple[int, int],
    *,
    wrapped: bool,
    shift: int = 0,
) -> None:
    """Add one block: what stands in `text` from `first` on, up to each of the cuts."""
    starts, ends = units.start, units.end
    before = len(starts)
    quoting, previous = False, ""
    for last in cuts:
        piece = text[first:last]
        words = piece.strip(_TRIM)
        if words:
            begin = first + shift
            if piece[0] in _TRIM:
                begin += len(piece) - len(piece.lstrip(_TRIM))
            close = begin + len(words)
            if words[0] in _PAIRS:
                # A quotation after another one is one of several that are brought up; one alone quotes nobody.
                if words[0] not in _QUOTES or not (quoting or _QUOTED.search(previous)):
                    begin, close = _bare(words, begin)
                quoting, previous = quoting or close - begin == len(words), ""
            else:
                quoting, previous = False, words
            while close - begin > LONGEST_UNIT:
                cut = text.rfind(" ", begin - shift + LONGEST_UNIT // 2, begin - shift + LONGEST_UNIT)
                cut = begin + LONGEST_UNIT if cut < 0 else cut + shift + 1
                starts.append(begin)
                ends.append(cut)
                begin = cut
            starts.append(begin)
            ends.append(close)
        first = last
    added = len(starts) - before
    if added:
        units.channel += [_CODE_OF[channel]] * added
        units.block += [len(units.outer)] * added
        units.outer.append(outer)
        units.wrapped.append(wrapped)
