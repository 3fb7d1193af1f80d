"""Lines that a page layout repeats: running headers and footers, page numbers, rows of a table of contents."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise

from selfstudy_guard.documents.formats.blocks import Offsets
from selfstudy_guard.documents.formats.plain import Line, lines

_PAGE_WORD = (
    r"page|pag\.?|pg\.?|p\.|seite|blatt|p\u00e1gina|pagina|sida|side|sivu|strana|strona|str\.|oldal|sayfa|halaman"
    r"|trang|\u0441\u0442\u0440\.|\u0441\u0442\u0440\u0430\u043d\u0438\u0446\u0430"
    r"|\u03c3\u03b5\u03bb\.|\u03c3\u03b5\u03bb\u03af\u03b4\u03b1|\u0635\u0641\u062d\u0629|\u05e2\u05de\u05d5\u05d3"
    r"|\u092a\u0943\u0937\u094d\u0920|\u0e2b\u0e19\u0e49\u0e32|\u9801|\u9875"
)
_OF_ALL = r"(?:\s?(?:of|/|von|de|sur|\u0438\u0437|di|av|z)\s?\d{1,4})?"
_PAGE = re.compile(
    rf"""
    \s*(?:[-\u2013\u2014|]\s?)?
    (?:(?:{_PAGE_WORD})\s?)?\d{{1,4}}{_OF_ALL}
    (?:\s?[-\u2013\u2014|])?\s*\Z
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NAMES_A_PAGE = re.compile(
    rf"""
      \b(?:{_PAGE_WORD})\s?\d{{1,4}}\b
    | \d{{1,4}}\s?(?:\u9801|\u9875|\u30da\u30fc\u30b8|\ucabd|\ud398\uc774\uc9c0)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SET_APART = re.compile(r"\S\s{3,}\d{1,4}\s*\Z|\A\s*\d{1,4}\s{3,}\S")
"""A number at the other end of its line."""
_CONTENTS_ROW = re.compile(
    r"\S.{0,160}?(?:\.{4,}|(?:\s\.){3,}|\u2026{2,}|\u00b7{4,}|_{4,})\s{0,8}(?:\d{1,4}|[ivxlc]{1,6})\s*\Z"
)
_SPACED_ROW = re.compile(
    r"\s*(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+|(?:chapter|appendix|part|kapitel)\s+\w{1,4}[:.]?\s+)?\S.{1,90}?\s{2,}\d{1,4}\s*\Z",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_LEADERS = ("....", "\u2026\u2026", "\u00b7\u00b7\u00b7\u00b7", "____")
_SPACED_LEADER = re.compile(r"\.\s\.")
"""Every match of `_CONTENTS_ROW` holds one of these."""
_STEPS, _STEADY = frozenset({1, 2}), 0.6
"""How page numbers grow, and the share of neighbours that must, since one may be missing or misread."""
_EVEN, _LINES_A_PAGE = 0.3, 12
"""Pages of one text differ by this share of their lines at most, and hold so many lines."""
_LONGEST_PAGE = 30
"""Characters of a line beyond which `_PAGE` cannot match."""


def layout_lines(text: str, *, furnished: bool = True) -> list[tuple[int, int, str]]:
    """Lines of a plain text that its pages repeat, or that point to pages: `(start, end, reason)`, in order.

    A line is a running header or footer when at least three lines are the same but for their numbers, each with the
    end of a page (form feed, page number, blank line) beside it and text of its own page between. Where the numbers
    differ, they must grow as those of pages do, and something else must tell of pages: form feeds, page numbers alone
    on their lines, the word for a page, a number set apart, or distances that are nearly equal. Else the lines are a
    log, prices or clauses, and content. A page number alone counts between blank lines, or beside such a header.

    Args:
        text: the raw document.
        furnished: whether running headers and footers may stand in it; some readers have taken them out.
    """
    all_lines = list(lines(text))
    if len(all_lines) < 3:
        return []
    found: dict[int, str] = {}
    if any(leader in text for leader in _LEADERS) or _SPACED_LEADER.search(text):
        for number, line in enumerate(all_lines):
            if _CONTENTS_ROW.match(line.text[:200]):
                found[number] = "table of contents"
    _spaced_contents(all_lines, found)
    if not furnished:
        return [(all_lines[number].start, all_lines[number].end, found[number]) for number in sorted(found)]
    same: dict[str, list[int]] = defaultdict(list)
    pages: list[int] = []
    for number, line in enumerate(all_lines):
        bare = line.text.strip()
        if not bare:
            continue
        if len(bare) <= _LONGEST_PAGE and _PAGE.match(line.text):
            pages.append(number)
        inside = bare[0].islower() and number > 0 and bool(all_lines[number - 1].text.strip())
        if 3 <= len(bare) <= 110 and number not in found and not inside and any(c.isalpha() for c in bare):
            same[_DIGITS.sub("#", bare)].append(number)
    paged = "\x0c" in text or (len(pages) >= 3 and _grow([_numbers(all_lines[number].text)[:1] for number in pages]))
    repeated = {place for places in same.values() if len(places) >= 3 for place in places}
    for shape, places in same.items():
        if len(places) < 3 or not any(c.isalpha() for c in shape):
            continue
        edged = sum(_at_edge(all_lines, place) for place in places)
        if (
            edged >= 0.6 * len(places)
            and len(shape.split()) <= 14
            and not shape.lstrip().startswith(("-", "*", "|", "\u2022"))
            and _repeated_by_pages(all_lines, places, repeated, paged)
        ):
            found.update(dict.fromkeys(places, "page header"))
    if paged:
        for number in pages:
            if _at_edge(all_lines, number) or number - 1 in found or number + 1 in found:
                found[number] = "page header"
    return [(all_lines[number].start, all_lines[number].end, found[number]) for number in sorted(found)]


def _repeated_by_pages(all_lines: list[Line], places: list[int], repeated: set[int], paged: bool) -> bool:
    """Whether lines that are the same but for their numbers stand as the pages of a text would have them."""
    gaps = [after - before for before, after in pairwise(places)]
    texts = [all_lines[place].text for place in places]
    if len(set(texts)) == 1:
        return sum(gaps) / len(gaps) >= (3 if paged else 6)
    if not _grow([_numbers(text) for text in texts]):
        return False
    between = sum(
        any(line not in repeated and all_lines[line].text.strip() for line in range(before + 1, after))
        for before, after in pairwise(places)
    )
    usual = sorted(gaps)[len(gaps) // 2]
    even = usual >= _LINES_A_PAGE and sum(abs(gap - usual) <= _EVEN * usual for gap in gaps) >= 0.8 * len(gaps)
    named = all(_NAMES_A_PAGE.search(text) or _SET_APART.search(text) for text in texts)
    return between >= 0.6 * len(gaps) and (paged or named or even)


def _numbers(text: str) -> list[int]:
    return [int(digits) for digits in _DIGITS.findall(text)]


def _grow(rows: list[list[int]]) -> bool:
    """Whether the numbers of lines grow as page numbers do, in each column in which they differ at all."""
    for column in zip(*rows, strict=False):
        steps = [after - before for before, after in pairwise(column)]
        if any(steps) and sum(step in _STEPS for step in steps) < _STEADY * len(steps):
            return False
    return True


def _spaced_contents(all_lines: list[Line], found: dict[int, str]) -> None:
    """Rows of a table of contents whose page numbers stand after spaces and grow."""
    run: list[int] = []
    last = 0
    for number, line in enumerate([*all_lines, Line(0, 0, "")]):
        bare = line.text.strip()
        if not bare and run:
            if number < len(all_lines) and all_lines[number - 1].text.strip() == "":
                pass
            else:
                continue
        page = (
            int(bare.split()[-1])
            if bare[-1:].isdecimal() and _SPACED_ROW.match(line.text[:160]) and bare.split()[-1].isdecimal()
            else -1
        )
        if page >= last and page >= 0:
            run.append(number)
            last = page
            continue
        if len(run) >= 4:
            found.update(dict.fromkeys(run, "table of contents"))
        run, last = ([number], page) if page >= 0 else ([], 0)


def _at_edge(all_lines: list[Line], number: int) -> bool:
    """Whether a line stands where a page begins or ends: beside a blank line, a form feed or a page number."""
    line = all_lines[number]
    if "\x0c" in line.text:
        return True
    for other in (number - 1, number + 1):
        if not 0 <= other < len(all_lines):
            return True
        neighbour = all_lines[other].text
        if not neighbour.strip() or "\x0c" in neighbour or _PAGE.match(neighbour):
            return True
    return False


def without(text: str, spans: list[tuple[int, int, str]] | list[Offsets]) -> str:
    """`text` with spans blanked, same length: line breaks stay, everything else becomes a space."""
    parts: list[str] = []
    at = 0
    for span in spans:
        start, end = max(span[0], at), span[1]
        if end <= start:
            continue
        parts.append(text[at:start])
        hidden = text[start:end]
        parts.append("\n".join(" " * len(line) for line in hidden.split("\n")))
        at = end
    parts.append(text[at:])
    return "".join(parts)
