"""Running heads and page numbers of a PDF: what pages repeat at the same height of their margins."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from selfstudy_guard.documents.readers.pdf_layout import PageLine

_MARGIN = 0.12
"""Share of a page's height, at its top and at its bottom, in which furniture is looked for."""
_MOST_WORDS = 12
"""Words of a running head, numbers aside; a longer line that stands at the same place is a line of text."""
_NUMBER = re.compile(r"\d+|\b[ivxlc]{1,7}\b", re.IGNORECASE)
_PAGE = re.compile(
    r"""
    (?:[-\u2013\u2014|\[(]\s?)?
        (?:(?:page|seite|p\u00e1gina|pagina|strona|sayfa|trang|\u0441\u0442\u0440\.?|p\.|pg\.?|s\.)\s?)?
        (?:\d{1,4}|[ivxlc]{1,7})(?:\s?(?:of|/|von|de|di|sur|van|z|\u0438\u0437)\s?\d{1,4})?
        (?:\s?[-\u2013\u2014|\])])?\Z
    """,
    re.IGNORECASE | re.VERBOSE,
)


def without_furniture(pages: Sequence[Sequence[PageLine]]) -> tuple[list[list[PageLine]], int]:
    """The pages without what their layout repeats, and how many lines that were.

    A line of a margin goes when lines of the same words (numbers aside) stand at the same height on at least three
    pages, or on both of two; or when it is nothing but a page number.
    """
    same: dict[tuple[str, bool, int], set[int]] = defaultdict(set)
    margins = [[line for line in page if _at_margin(line)] for page in pages]
    for number, lines in enumerate(margins):
        for line in lines:
            for height in _heights(line):
                same[_shape(line), line.top < line.page_height / 2, height].add(number)
    numbered = sum(any(_PAGE.match(line.text) for line in lines) for lines in margins)
    needed = 2 if len(pages) == 2 else 3
    kept: list[list[PageLine]] = []
    left_out = 0
    for page, lines in zip(pages, margins, strict=True):
        outer = {id(line) for line in lines}
        stays: list[PageLine] = []
        for line in page:
            goes = id(line) in outer and (
                max(len(same[_shape(line), line.top < line.page_height / 2, h]) for h in _heights(line)) >= needed
                or (
                    _PAGE.match(line.text) is not None
                    and (numbered > 1 or not line.text.isdigit())
                    and _alone(line, page)
                )
            )
            left_out += goes
            if not goes:
                stays.append(line)
        kept.append(stays)
    return kept, left_out


def _at_margin(line: PageLine) -> bool:
    said = _NUMBER.sub("", line.text).split()
    return (
        len(line.text) <= 120
        and len(said) <= _MOST_WORDS
        and (line.bottom < _MARGIN * line.page_height or line.top > (1 - _MARGIN) * line.page_height)
    )


def _shape(line: PageLine) -> str:
    return " ".join(_NUMBER.sub("#", line.text).split()).casefold()


def _heights(line: PageLine) -> tuple[int, int]:
    """Two overlapping steps of height, so that lines a point apart share one."""
    return round(line.top / 6) * 2, round((line.top + 3) / 6) * 2 + 1


def _alone(line: PageLine, page: Sequence[PageLine]) -> bool:
    """Whether nothing but other margin lines stands further out than this line."""
    if line.top < line.page_height / 2:
        return all(other.bottom >= line.top - 1 or _at_margin(other) for other in page)
    return all(other.top <= line.bottom + 1 or _at_margin(other) for other in page)
