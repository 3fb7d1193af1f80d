"""How a unit stands to its neighbours, its block, and the rest of its window."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.model.features import FIRST_SINGLE, HANGUL, Floats, Hashes, Words
from selfstudy_guard.filter.model.sheet import Sheet

_SPREAD = np.uint64(0xA24BAED4963EE407)
_FAR = 1 << 30


def rest_mean(values: Floats, weight: Floats, sheet: Sheet) -> Floats:
    """Weighted mean of all other rows of the same window (0 where there is no other).

    Args:
        values, weight: shape (units, columns) and (units, 1).
        sheet: the units.
    """
    product = values * weight
    others = sheet.each(np.array([[weight[first:last].sum()] for first, last in pairwise(sheet.edges)])) - weight
    out = sheet.each(sheet.sums(product)) - product
    out /= np.maximum(others, np.float32(1e-6))
    out *= others > 0
    return np.asarray(out, dtype=np.float32)


def beside(values: Floats, sheet: Sheet) -> tuple[Floats, Floats]:
    """Sum of the rows before and behind each row, and sum of the two rows on either side; rows beyond the edge of a
    window count as zeros."""
    count = len(values)
    if len(sheet.windows) == 1:
        padded = np.zeros((count + 4, values.shape[1]), dtype=np.float32)
        padded[2:-2] = values
        near = padded[1:-3] + padded[3:-1]
        return near, near + padded[:-4] + padded[4:]
    rows = np.arange(2, count + 2) + 2 * sheet.window
    padded = np.zeros((int(rows[-1]) + 3, values.shape[1]), dtype=np.float32)
    padded[rows] = values
    near = padded[rows - 1] + padded[rows + 1]
    return near, near + padded[rows - 2] + padded[rows + 2]


@lru_cache(maxsize=512)
def _reach_alone(count: int) -> tuple[Floats, Floats]:
    position = np.arange(count)
    left, right = position, count - 1 - position
    one, two = (np.maximum(np.minimum(left, far) + np.minimum(right, far), 1) for far in (1, 2))
    return np.asarray(one, dtype=np.float32)[:, None], np.asarray(two, dtype=np.float32)[:, None]


def reach(sheet: Sheet) -> tuple[Floats, Floats]:
    """How many neighbours each unit has in its window, and how many of the two units on either side; at least 1, shape
    (units, 1)."""
    if len(sheet.windows) == 1:
        return _reach_alone(len(sheet))
    alone = [_reach_alone(last - first) for first, last in pairwise(sheet.edges)]
    return np.concatenate([one for one, _ in alone]), np.concatenate([two for _, two in alone])


def topic(sheet: Sheet, words: Words, weights: Floats) -> Floats:
    """Per unit: how much of its content the rest of its window shares. Four columns: in all, near (three units either
    way), with the unit before or after, and how much content there is.

    Args:
        sheet, words: the units and their words.
        weights: how much each word says about a topic (0 for function words).
    """
    count = len(sheet)
    content = ((weights > 0) & ((words.length >= 4) | (words.kind >= FIRST_SINGLE) | (words.kind == HANGUL))).nonzero()[
        0
    ]
    out = np.zeros((count, 4), dtype=np.float32)
    if not len(content):
        return out
    unit, weight, stem = words.unit[content], weights[content], words.stem[content]
    out[:, 3] = np.bincount(unit, weights=weight, minlength=count)
    if len(sheet.windows) > 1:
        stem = stem + sheet.window.astype(np.uint64)[unit] * np.uint64(0xD1B54A32D192ED03)
    order = _by_stem(stem)
    unit, stem, weight = unit[order], stem[order], weight[order]
    same = stem[1:] == stem[:-1]
    fresh = np.ones(len(unit), dtype=bool)
    np.logical_not(same & (unit[1:] == unit[:-1]), out=fresh[1:])
    if not fresh.all():
        unit, stem, weight = unit[fresh], stem[fresh], weight[fresh]
        same = stem[1:] == stem[:-1]
        out[:, 3] = np.bincount(unit, weights=weight, minlength=count)
    gap = np.where(same, unit[1:] - unit[:-1], _FAR)
    nearest = np.full(len(unit), _FAR, dtype=np.int64)
    nearest[1:] = gap
    np.minimum(nearest[:-1], gap, out=nearest[:-1])
    shared = (nearest < _FAR).nonzero()[0]
    unit, nearest, weight = unit[shared], nearest[shared], weight[shared]
    out[:, 0] = np.bincount(unit, weights=weight, minlength=count)
    out[:, 1] = np.bincount(unit, weights=weight * (nearest <= 3), minlength=count)
    out[:, 2] = np.bincount(unit, weights=weight * (nearest <= 1), minlength=count)
    return out


def _by_stem(stem: Hashes) -> NDArray[np.int64]:
    """Order that brings equal stems together and keeps the order of the text among them."""
    bits = np.uint64(max(1, len(stem).bit_length()))
    # Sorting numbers is several times as fast as sorting positions, so the position stands in the low bits.
    mixed = stem * _SPREAD
    mixed ^= mixed >> np.uint64(32)
    mixed *= _SPREAD
    mixed >>= bits
    mixed <<= bits
    mixed |= np.arange(len(stem), dtype=np.uint64)
    mixed.sort()
    order = (mixed & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    mixed >>= bits
    ordered = stem[order]
    if ((mixed[1:] == mixed[:-1]) & (ordered[1:] != ordered[:-1])).any():  # two stems that differ in the low bits only
        return np.argsort(stem, kind="stable")
    return order


def in_context(scores: Floats, sheet: Sheet) -> Floats:
    """Scores of each unit beside those of its neighbours, its block and the rest of its window."""
    count, width = scores.shape
    near, wide = beside(scores, sheet)
    one, two = reach(sheet)
    near /= one
    wide /= two
    others = (sheet.units - 1).astype(np.float32)[:, None]
    rest = sheet.each(sheet.sums(scores)) - scores
    rest /= sheet.each(np.maximum(others, 1))
    rest *= sheet.each(others > 0)
    begins = sheet.run_start
    sizes = sheet.in_run.astype(np.float32)[:, None]
    mean = np.add.reduceat(scores, begins, axis=0) / sizes
    peak = np.maximum.reduceat(scores, begins, axis=0)
    out = np.empty((count, 9 * width), dtype=np.float32)
    for place, values in enumerate((scores, near, wide, rest, mean[sheet.run], peak[sheet.run])):
        out[:, place * width : (place + 1) * width] = values
    np.subtract(scores, _highest(scores, sheet), out=out[:, 6 * width : 7 * width])
    np.subtract(scores, rest, out=out[:, 7 * width : 8 * width])
    np.subtract(scores, near, out=out[:, 8 * width :])
    return out


def _highest(scores: Floats, sheet: Sheet) -> Floats:
    """The highest score of the other units of the window; -3 where there are none."""
    first = sheet.first
    top = np.maximum.reduceat(scores, first, axis=0)
    tops = sheet.each(top)
    is_top = scores == tops
    second = np.maximum.reduceat(np.where(is_top, np.float32(-np.inf), scores), first, axis=0)
    second = np.where(np.add.reduceat(is_top, first, axis=0, dtype=np.int64) > 1, top, second)
    highest = np.where(is_top, sheet.each(second), tops)
    highest[highest == -np.inf] = -3.0
    return highest
