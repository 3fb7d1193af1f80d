"""Sketches of questions: 24 bytes each, from which exact and near-duplicates are counted without keeping any text."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.attribution.terms import canonical, shingles
from selfstudy_guard.coverage.summary import Duplicates

SKETCH = np.dtype([("same", "<u8"), ("bands", "<u4", (4,))])
"""`same` is a hash of the folded text; two near-duplicates share at least one band, very likely."""

_BANDS, _ROWS = 4, 6
_MULTIPLY = np.array([0x9E3779B1 * (2 * i + 1) % 2**32 | 1 for i in range(_BANDS * _ROWS)], dtype=np.uint32)
_ADD = np.array([0x85EBCA6B * (i + 1) % 2**32 for i in range(_BANDS * _ROWS)], dtype=np.uint32)
_POWERS = np.array([0x01000193**i % 2**32 for i in range(_ROWS)], dtype=np.uint32)


def sketch(question: str) -> tuple[int, tuple[int, ...]]:
    """Sketch of one question: a 64-bit hash of its folded text, and four bands of six MinHash values each.

    Source: Broder 1997, doi:10.1109/SEQUEN.1997.666900, over words and pairs of neighbouring words (of characters in
    unspaced scripts). Two questions that share 90 per cent of these meet in a band with probability 0.95, those that
    share 60 per cent with 0.17, those that share 40 per cent with 0.02.
    """
    folded = canonical(question)
    same = int.from_bytes(hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
    pieces = shingles(folded.split())
    codes = np.array([zlib.crc32(piece.encode("utf-8", "surrogatepass")) for piece in pieces], dtype=np.uint32)
    mixed = codes[:, None] * _MULTIPLY + _ADD
    mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0x2C1B3C6D)
    lowest = mixed.min(axis=0).reshape(_BANDS, _ROWS)
    return same, tuple(int(x) for x in (lowest * _POWERS).sum(axis=1, dtype=np.uint32))


KEYS = 1 + _BANDS
"""Columns of a sketch: `same`, then the bands."""

_MOST = 8_000_000
"""Most values of one column that are compared at a time."""

Read = Callable[[int], Iterable[NDArray[Any]]]


def count_repeats(sketches: NDArray[Any]) -> Duplicates:
    """Exact and near-duplicates among sketches (a structured array of `SKETCH`)."""
    columns = [sketches["same"], *sketches["bands"].T]
    return count_repeats_of(lambda key: [columns[key]], int(sketches.size))


def count_repeats_of(read: Read, total: int, *, most: int = _MOST) -> Duplicates:
    """The same for sketches that need not fit in memory; what is kept grows with the questions that meet another one.

    Args:
        read: the values of one column (0 is `same`, 1 to 4 are the bands), in chunks, in the same order every time.
        total: number of sketches.
        most: about how many values are held at a time; the column is read once for each such part.
    """
    if not total:
        return Duplicates()
    parts = 1 << max(0, -(-total // most) - 1).bit_length()
    child = parent = np.zeros(0, dtype=np.int64)
    exact = 0
    for key in range(KEYS):
        found = [_meetings(read(key), part, parts) for part in range(parts)]
        exact += 0 if key else sum(other.size for _, other in found)
        child, parent = _clusters(
            np.concatenate([child, *(other for _, other in found)]),
            np.concatenate([parent, *(one for one, _ in found)]),
        )
    near = int(child.size)
    return Duplicates(exact=exact, near=near, exact_share=exact / total, near_share=near / total)


def _meetings(chunks: Iterable[NDArray[Any]], part: int, parts: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places of equal values: the first place of each value that comes again, beside each later one.

    Of the values only those whose lowest bits are `part`; `parts` is a power of two.
    """
    found, places, at = [], [], 0
    for chunk in chunks:
        mine = np.flatnonzero((chunk & chunk.dtype.type(parts - 1)) == part)
        found.append(chunk[mine])
        places.append(mine + at)
        at += chunk.size
    values, where = np.concatenate(found), np.concatenate(places)
    order = np.argsort(values, kind="stable")
    values, where = values[order], where[order]
    again = np.flatnonzero(values[1:] == values[:-1]) + 1
    opens = np.ones(values.size, dtype=bool)
    opens[again] = False
    first = np.maximum.accumulate(np.where(opens, np.arange(values.size), 0))
    return where[first[again]], where[again]


def _clusters(one: NDArray[np.int64], two: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The connected parts of a graph, each node but the lowest of its part beside that lowest one."""
    nodes, ends = np.unique(np.stack([one, two]), return_inverse=True)
    left, right = ends.reshape(2, -1)
    lowest = np.arange(nodes.size)
    while True:
        a, b = lowest[left], lowest[right]
        apart = a != b
        if not apart.any():
            break
        left, right, a, b = left[apart], right[apart], a[apart], b[apart]
        np.minimum.at(lowest, np.maximum(a, b), np.minimum(a, b))
        while not np.array_equal(lowest, lowest[lowest]):
            lowest = lowest[lowest]
    others = np.flatnonzero(lowest != np.arange(nodes.size))
    return nodes[others], nodes[lowest[others]]
