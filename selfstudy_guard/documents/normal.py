"""One form of a text in which layout, quotes, dashes and invisible characters make no difference, with a way back."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

_SAME = {
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u2033": '"', "\u00ab": '"', "\u00bb": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-",
    "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "", "\u200e": "", "\u200f": "",
}  # fmt: skip
_TABLE = str.maketrans(_SAME)


@dataclass(frozen=True, slots=True)
class Normal:
    """A text without white space and with one form of quotes and dashes.

    Attributes:
        text: the normal form; two texts that differ only in layout have the same one.
        places: for every character of `text`, its code point in the raw text.
    """

    text: str
    places: tuple[int, ...]

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """Raw span of the non-empty slice `text[start:end]`."""
        return self.places[start], self.places[end - 1] + 1

    def at(self, place: int) -> int:
        """Index in `text` of the first character that stands at or after the raw `place`."""
        return bisect_left(self.places, place)


def normal_form(text: str) -> str:
    """`text` without white space and invisible characters, quotes and dashes in one form."""
    return "".join(text.translate(_TABLE).split())


def normalise(text: str) -> Normal:
    """The normal form of `text` with the place of every character in it."""
    changed = _SAME
    kept = [place for place, c in enumerate(text) if not c.isspace() and changed.get(c, c)]
    return Normal("".join(changed.get(text[place], text[place]) for place in kept), tuple(kept))
