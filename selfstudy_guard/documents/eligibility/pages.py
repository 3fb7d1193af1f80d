"""Lines that a page layout repeats: running headers and footers, page numbers, rows of a table of contents."""

from __future__ import annotations

import re
from collections import defaultdict

from selfstudy_guard.documents.formats.blocks import Offsets
from selfstudy_guard.documents.formats.plain import Line, lines

_PAGE = re.compile(
    r"""
    \s*(?:[-\u2013\u2014|]\s?)?(?:(?:page|seite|p\u00e1gina|pagina|p\.|pg\.?)\s?)?\d{1,4}
        (?:\s?(?:of|/|von|de|sur)\s?\d{1,4})?(?:\s?[-\u2013\u2014|])?\s*\Z
    """,
    re.IGNORECASE | re.VERBOSE,
)
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
_LONGEST_PAGE = 30
"""Characters of a line beyond which `_PAGE` cannot match."""


def layout_lines(text: str, *, furnished: bool = True) -> list[tuple[int, int, str]]:
    """Lines of a plain text that its pages repeat, or that point to pages: `(start, end, reason)`, in order.

    A line is a running header or footer when at least three lines are the same but for their numbers, each with
    the end of a page (form feed, page number, blank line) beside it; a page number alone counts when it stands
    between blank lines, or beside such a header.

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
    paged = len(pages) >= 3 or "\x0c" in text
    for shape, places in same.items():
        if len(places) < 3 or not any(c.isalpha() for c in shape):
            continue
        edged = sum(_at_edge(all_lines, place) for place in places)
        numbered = "#" in shape and len({all_lines[place].text for place in places}) > 1
        apart = (places[-1] - places[0]) / (len(places) - 1) >= (3 if paged else 6)
        if (
            edged >= 0.6 * len(places)
            and (apart or numbered)
            and len(shape.split()) <= 14
            and not shape.lstrip().startswith(("-", "*", "|", "\u2022"))
        ):
            found.update(dict.fromkeys(places, "page header"))
    if paged:
        for number in pages:
            if _at_edge(all_lines, number) or number - 1 in found or number + 1 in found:
                found[number] = "page header"
    return [(all_lines[number].start, all_lines[number].end, found[number]) for number in sorted(found)]


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
