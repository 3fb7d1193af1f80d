"""Units of one or several windows side by side in one text, so that numpy reads many short documents in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.canonical import Canonical
from selfstudy_guard.filter.units import Units

Ints = NDArray[np.int64]
Number = TypeVar("Number", bound=np.generic)
NOTHING_HIDDEN = Canonical("", 0, None, np.zeros(0, dtype=np.int64))
"""For units whose invisible characters do not matter."""


_OTHER_BLANKS = "".join(char for char in map(chr, range(0x3001)) if char.isspace() and char not in " \n")


class Window(NamedTuple):
    """The units `first` to `last` of a text: what is looked at together."""

    units: Units
    canonical: Canonical
    first: int
    last: int


@dataclass(frozen=True)
class Sheet:
    """Windows side by side.

    Attributes:
        windows: where the units come from.
        text: the texts of all units, each between two line breaks.
        start, size: place of every unit in `text`, and its length in code points.
        edges: where the units of each window begin, and where those of the last one end.
        channel: index into `CHANNELS` of every unit.
        run: number of the block that each unit belongs to, counted from 0 through all windows.
        run_start, in_run: first unit of each block, and how many it has.
    """

    windows: Sequence[Window]
    text: str
    start: Ints
    size: Ints
    edges: list[int]
    channel: Ints
    run: Ints
    run_start: Ints
    in_run: Ints

    def __len__(self) -> int:
        return self.edges[-1]

    @cached_property
    def first(self) -> Ints:
        """The first unit of each window."""
        return np.array(self.edges[:-1], dtype=np.int64)

    @cached_property
    def window(self) -> Ints:
        """The number of the window of each unit."""
        return np.repeat(np.arange(len(self.windows)), self.units)

    @cached_property
    def units(self) -> Ints:
        """How many units each window has."""
        return np.diff(self.edges)

    def each(self, values: NDArray[Number]) -> NDArray[Number]:
        """`values`, one row a window, for every unit (one row for all units of one window)."""
        return values if len(self.windows) == 1 else values[self.window]

    def sums(self, values: NDArray[Number]) -> NDArray[Number]:
        """The sum of the rows of each window, made one by one: it is then that of the window alone, to the last bit."""
        return np.array([values[first:last].sum(0) for first, last in pairwise(self.edges)])

    def beside(self, unit: int, *, after: bool) -> str:
        """The character beside a unit in its own text; an empty string at the edge of its window."""
        number = int(np.searchsorted(self.edges, unit, side="right")) - 1
        window = self.windows[number]
        index = unit - self.edges[number] + window.first
        if after:
            return window.units.text[window.units.end[index]] if index + 1 < window.last else ""
        return window.units.text[window.units.start[index] - 1] if index > window.first else ""


def sheet_of(windows: Sequence[Window]) -> Sheet:
    """Lay windows (at least one, none without units) side by side."""
    pieces: list[str] = []
    channel: list[int] = []
    block: list[int] = []
    edges = [0]
    for units, _, first, last in windows:
        text = units.text
        starts, ends = units.start, units.end
        channels, blocks = units.channel, units.block
        if last - first != len(starts):
            starts, ends, channels, blocks = (
                starts[first:last],
                ends[first:last],
                channels[first:last],
                blocks[first:last],
            )
        # Line breaks and wide gaps inside a unit are those of a page, not of the sentence.
        if any(blank in text for blank in _OTHER_BLANKS):
            pieces += [" ".join(text[start:end].split()) for start, end in zip(starts, ends, strict=True)]
        else:
            flat = text.replace("\n", " ")
            spans = [flat[start:end] for start, end in zip(starts, ends, strict=True)]
            pieces += [" ".join(span.split()) if "  " in span else span.strip(" ") for span in spans]
        channel += channels
        block += blocks
        edges.append(len(pieces))
    size = np.array(list(map(len, pieces)), dtype=np.int64)
    start = np.cumsum(size)
    start += np.arange(1, len(pieces) + 1)
    start -= size
    blocks_of = np.array(block, dtype=np.int64)
    fresh = np.empty(len(pieces), dtype=bool)
    fresh[0] = True
    np.not_equal(blocks_of[1:], blocks_of[:-1], out=fresh[1:])
    fresh[edges[:-1]] = True
    run = np.cumsum(fresh)
    run -= 1
    run_start = fresh.nonzero()[0]
    in_run = np.empty_like(run_start)
    np.subtract(run_start[1:], run_start[:-1], out=in_run[:-1])
    in_run[-1] = len(pieces) - run_start[-1]
    together = "\n".join(["", *pieces, ""])
    return Sheet(windows, together, start, size, edges, np.array(channel, dtype=np.int64), run, run_start, in_run)
