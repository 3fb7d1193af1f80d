"""Whether lines were broken because they were full: how wide a text is set, and whether a sentence goes on."""

from __future__ import annotations

from typing import NamedTuple

from selfstudy_guard.filter.spelt import reads_on

_LOOKED_AT = 40
"""Lines of a paragraph on either side by which its width is judged."""
_FEW_LINES = 4
_MAY_GO_ON = frozenset("0123456789\"'“„‘«»”’(*_`&-–—…¿¡")
"""What the rest of a sentence may begin with besides a letter."""
_FULL_SHARE = 0.75
_RUNS_ON = 0.4
"""Share of lines that must not begin with a capital, as the lines of lists and verses do."""
_FEWEST_WORDS, _MOST_WORDS = 1.7, 2.2
"""Words a line: from where on its width can be judged, and up to where words are set one or two a line on purpose."""


class Wrapping:
    """Whether lines were broken because they were full, so that a sentence goes on in the next line."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._from = self._to = 0
        self._width = _Width(0, False)
        self._everywhere: _Width | None = None
        self._spelt = False

    def goes_on(self, number: int) -> bool:
        """Whether line `number` continues the one before, which is a short one."""
        if not number:
            return False
        before = self._lines[number - 1].strip()
        following = self._lines[number].split(None, 1)[0]
        if not before or before[-1] == "|" or following.startswith(("```", "~~~")):
            return False
        if not following[0].isalpha() and (before[-1] == ":" or following[0] not in _MAY_GO_ON):
            return False
        if not self._from <= number - 1 < self._to:
            self._measure(number - 1)
        if self._spelt:
            return True
        if self._width.widest >= _WIDE or self._width.narrow:
            return len(before) + 1 + len(following) > self._width.widest
        # Two or three lines tell little of a width: the sentence itself must go on.
        return before[-1] not in ".!?。！？" and following[0].islower() and " " in before

    def _measure(self, number: int) -> None:
        """Look at the paragraph round a line; at the whole text too, where it has few lines."""
        lines = self._lines
        first = number
        while first and number - first < _LOOKED_AT and lines[first - 1].strip():
            first -= 1
        last = number + 1
        while last < len(lines) and last - number < _LOOKED_AT and lines[last].strip():
            last += 1
        self._from, self._to = (first, last) if last - first < _LOOKED_AT else (number, number + _LOOKED_AT // 2)
        self._spelt = False
        if last - first <= _FEW_LINES:
            if self._everywhere is None:
                self._everywhere = _width_of(lines)
            self._width = self._everywhere
            return
        self._width = _width_of(lines[first:last])
        if self._width.widest < _WIDE:
            words = " ".join(lines[first:last]).split()
            self._spelt = len(words) <= _MOST_WORDS * (last - first) and reads_on(words)


_WIDE = 40
"""Columns from which a paragraph is prose that was wrapped; below, its lines must show it."""


class _Width(NamedTuple):
    """The longest line, and whether shorter ones were filled up to it word by word, as no list is."""

    widest: int
    narrow: bool


def _width_of(lines: list[str]) -> _Width:
    widest = 0
    for line in sorted(lines, key=len, reverse=True):
        if len(line) <= widest:
            break
        widest = max(widest, len(" ".join(line.split())))
    if widest >= _WIDE:
        return _Width(widest, False)
    pieces = [line.split() for line in lines]
    width = [len(" ".join(piece)) for piece in pieces]
    turns = [at for at in range(len(pieces) - 1) if pieces[at] and pieces[at + 1]]
    full = sum(width[at] + 1 + len(pieces[at + 1][0]) > widest for at in turns)
    many = sum(map(len, pieces)) >= _FEWEST_WORDS * sum(map(bool, pieces))
    runs_on = sum(not pieces[at + 1][0][0].isupper() or pieces[at + 1][0].isupper() for at in turns)
    return _Width(
        widest, len(turns) >= 3 and many and full >= _FULL_SHARE * len(turns) and runs_on >= _RUNS_ON * len(turns)
    )
