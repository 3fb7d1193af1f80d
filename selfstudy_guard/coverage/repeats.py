"""Sketches of questions: 24 bytes each, from which exact and near-duplicates are counted without keeping any text."""

from __future__ import annotations

import hashlib
import zlib
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.coverage.summary import Duplicates
from selfstudy_guard.coverage.terms import canonical, is_unspaced

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
    pieces: list[str] = []
    for word in folded.split():
        pieces += list(word) if is_unspaced(word) else [word]
    shingles = {*pieces, *(f"{a} {b}" for a, b in pairwise(pieces))} or {""}
    codes = np.array([zlib.crc32(s.encode("utf-8", "surrogatepass")) for s in shingles], dtype=np.uint32)
    mixed = codes[:, None] * _MULTIPLY + _ADD
    mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0x2C1B3C6D)
    lowest = mixed.min(axis=0).reshape(_BANDS, _ROWS)
    return same, tuple(int(x) for x in (lowest * _POWERS).sum(axis=1, dtype=np.uint32))


def count_repeats(sketches: NDArray[Any]) -> Duplicates:
    """Exact and near-duplicates among sketches (a structured array of `SKETCH`)."""
    total = int(sketches.size)
    if not total:
        return Duplicates()
    exact = total - int(np.unique(sketches["same"]).size)
    label = np.arange(total)
    keys = [np.unique(sketches["same"], return_inverse=True)[1]]
    keys += [np.unique(sketches["bands"][:, band], return_inverse=True)[1] for band in range(_BANDS)]
    while True:
        before = label.copy()
        for key in keys:
            lowest = np.full(int(key.max()) + 1, total)
            np.minimum.at(lowest, key, label)
            label = lowest[key]
        label = label[label]
        if np.array_equal(before, label):
            break
    near = total - int(np.unique(label).size)
    return Duplicates(exact=exact, near=near, exact_share=exact / total, near_share=near / total)
