"""Inputs of the sentence model: dense features, hashed n-grams and their linear scores, and scores in context."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.canonical import Canonical
from selfstudy_guard.filter.model.belief_columns import CUES, DENSE, FEATURES, INPUTS, Seen, see
from selfstudy_guard.filter.model.features import (
    DIGIT,
    FIRST_SINGLE,
    PUNCT,
    QUOTE,
    STOP,
    SYMBOL,
    Floats,
    Words,
    words_of,
)
from selfstudy_guard.filter.model.sheet import NOTHING_HIDDEN, Ints, Sheet, Window, sheet_of
from selfstudy_guard.filter.model.surroundings import in_context
from selfstudy_guard.filter.model.weights import GRAM_BITS, Vocabulary
from selfstudy_guard.filter.model.word_lists import WordIndex
from selfstudy_guard.filter.units import Units

WINDOW = 60_000
"""Code points that are looked at together; longer texts are scored window by window."""
TOGETHER = 4 * WINDOW
"""Code points of texts that are judged side by side."""
GRAMS = 1 << GRAM_BITS
FEWEST_WORDS = 3
"""Units of fewer different words (a cell, a heading, one mark again and again) are orders by themselves only with a
word of `CUES`."""
_MIX = tuple(np.uint64(x) for x in (0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3))
_PLACES = np.arange(3)


def windows(units: Units) -> list[tuple[int, int]]:
    """Ranges of units that are scored together, cut between blocks where possible."""
    ranges: list[tuple[int, int]] = []
    first = 0
    count = len(units.start)
    while first < count:
        limit = units.start[first] + WINDOW
        last = bisect_right(units.end, limit, lo=first)
        last = max(last, first + 1)
        ranges.append((first, last))
        first = last
    return ranges


class UnitMeasures(NamedTuple):
    """Inputs of the network for units (one row each), of which the scores in context are still to be filled in; their
    words, the row of each word in the vocabulary, which units are made
    of unknown words or of short groups, how much of each unit's content the rest of its window shares (0 to 1), and
    which units have one or two words and none that orders are made of, so that only their neighbours can make them
    one."""

    inputs: Floats
    words: Words
    known: NDArray[np.int32]
    strange: NDArray[np.bool_]
    coded: NDArray[np.bool_]
    topical: Floats
    terse: NDArray[np.bool_]

    @property
    def features(self) -> Floats:
        """The dense features."""
        return self.inputs[:, :DENSE]


def _grams(words: Words, known: NDArray[np.int32], vocabulary: Vocabulary) -> tuple[Ints, Ints]:
    """Bucket and unit of every n-gram; those across the edge of a unit belong to the unit `len(words.number)`."""
    size = len(vocabulary.hashes)
    unknown = size + words.kind.astype(np.int64) * 4 + np.minimum(words.length >> 2, 3)
    ids = np.where(known == size, unknown, known).astype(np.uint64)
    unit, count, none = words.unit, len(ids), len(words.number)
    valid = words.number[:, None] > _PLACES
    early = (words.before[:, None] + _PLACES)[valid]
    first, second, third, fourth = (ids * mix for mix in _MIX)
    ends = np.cumsum([count, max(count - 1, 0), max(count - 2, 0), max(count - 2, 0), len(early)]).tolist()
    grams = np.empty(ends[-1], dtype=np.uint64)
    owner = np.full(ends[-1], none, dtype=np.int64)
    grams[: ends[0]] = first
    owner[: ends[0]] = unit
    np.add(second[:-1], third[1:], out=grams[ends[0] : ends[1]])
    np.copyto(owner[ends[0] : ends[1]], unit[:-1], where=unit[1:] == unit[:-1])
    if count > 2:
        apart = unit[2:] == unit[:-2]
        three, skip = grams[ends[1] : ends[2]], grams[ends[2] : ends[3]]
        np.add(third[:-2], fourth[1:-1], out=three)
        three += second[2:]
        np.add(fourth[:-2], first[2:], out=skip)
        skip += _MIX[1]
        np.copyto(owner[ends[1] : ends[2]], unit[:-2], where=apart)
        np.copyto(owner[ends[2] : ends[3]], unit[:-2], where=apart)
    opening = (_PLACES.astype(np.uint64) + np.uint64(7)) * _MIX[0]
    np.add(second[early], np.broadcast_to(opening, valid.shape)[valid], out=grams[ends[3] :])
    owner[ends[3] :] = unit[early]
    grams ^= grams >> np.uint64(29)
    grams *= _MIX[2]
    grams >>= np.uint64(64 - GRAM_BITS)
    return grams.astype(np.int64), owner


def gram_ids(words: Words, vocabulary: Vocabulary) -> tuple[Ints, Ints]:
    """Hashed n-grams of the units: bucket and unit of each, sorted by unit.

    Unknown words count by their kind and length only, so that names and topics cannot be learnt by heart.
    """
    known = vocabulary.index.listed[vocabulary.index.entries(words.whole)]
    buckets, owner = _grams(words, known, vocabulary)
    inside = owner < len(words.number)
    buckets, owner = buckets[inside], owner[inside]
    order = np.argsort(owner, kind="stable")
    return buckets[order], owner[order]


def linear_scores(measured: UnitMeasures, vocabulary: Vocabulary, grams: Floats, bias: Floats) -> Floats:
    """Linear scores of every unit, shape (units, outputs): sum of n-gram weights over the root of their number."""
    words = measured.words
    buckets, owner = _grams(words, measured.known, vocabulary)
    count = len(words.number)
    weights = grams.take(buckets, axis=0)
    total = np.empty((count, grams.shape[1]), dtype=np.float32)
    for column in range(grams.shape[1]):
        total[:, column] = np.bincount(owner, weights=weights[:, column], minlength=count + 1)[:count]
    number = words.number
    several = number + np.maximum(number - 1, 0) + 2 * np.maximum(number - 2, 0) + np.minimum(number, 3)
    total /= np.sqrt(np.maximum(several, 1).astype(np.float32))[:, None]
    total += bias
    return total


def dense(units: Units, canonical: Canonical, first: int, last: int, vocabulary: Vocabulary) -> UnitMeasures:
    """Everything about the units `first` to `last` that does not depend on trained scores."""
    return measure(sheet_of([Window(units, canonical, first, last)]), vocabulary)


def _varied(words: Words) -> NDArray[np.bool_]:
    """Per unit: whether it has three different words or more (a word that is neither the least nor the greatest)."""
    filled = words.number > 0
    starts, place = words.before[filled], (np.cumsum(filled) - 1)[words.unit]
    if not len(starts):
        return filled
    least, greatest = np.minimum.reduceat(words.whole, starts), np.maximum.reduceat(words.whole, starts)
    third = (words.whole != least[place]) & (words.whole != greatest[place])
    return np.bincount(words.unit[third], minlength=len(filled)) > 0


def measure(sheet: Sheet, vocabulary: Vocabulary) -> UnitMeasures:
    """Everything about the units of a sheet that does not depend on trained scores."""
    index: WordIndex = vocabulary.index
    words = words_of(sheet)
    entries = index.entries(words.whole)
    known = index.listed[entries]
    missing = (known == len(vocabulary.hashes)).astype(np.float32)
    seen = see(sheet, words, index, entries, missing)
    inputs = np.zeros((len(sheet), len(INPUTS)), dtype=np.float32)
    at = 0
    for feature in FEATURES:
        feature.fill(seen, inputs[:, at : at + len(feature.columns)])
        at += len(feature.columns)
    strange, coded = _unusual(sheet, words, seen.stranger[:, 0])
    return UnitMeasures(inputs, words, known, strange, coded, seen.share[:, 0].copy(), _terse(seen))


def _terse(seen: Seen) -> NDArray[np.bool_]:
    """Per unit: whether it has one or two different words, and none that orders are made of."""
    few = (seen.words.number < FEWEST_WORDS) | ~_varied(seen.words)
    return np.asarray(few & ~seen.counts[:, CUES].any(1), dtype=np.bool_)


def _unusual(sheet: Sheet, words: Words, stranger: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which units are made of unknown words, and which of short groups or of digits and marks."""
    kinds, number, size = words.kinds_per_unit, words.number, sheet.size
    strange = (stranger > np.float32(0.4)) & (number >= 3) & (size >= 16)
    if strange.any():
        spelt = kinds[:, 12:16].sum(1) + kinds[:, 18]
        strange &= spelt > np.float32(0.3) * kinds[:, 11:].sum(1)
    letters = np.where(words.kind >= FIRST_SINGLE, 4, words.length)
    width = np.bincount(words.unit, weights=letters, minlength=len(sheet)) / np.maximum(number, 1)
    coded = (number >= 6) & ((width <= 2.4) | (kinds[:, DIGIT] > np.float32(0.5) * size.astype(np.float32)))
    marks = kinds[:, STOP] + kinds[:, SYMBOL] + kinds[:, PUNCT] + kinds[:, QUOTE]
    coded |= marks > np.float32(0.35) * size.astype(np.float32)
    coded &= size >= 8
    return strange, coded


def context(scores: Floats, units: Units, first: int, last: int) -> Floats:
    """Linear scores of each unit beside those of its neighbours, its block and the rest of the window."""
    return in_context(scores, sheet_of([Window(units, NOTHING_HIDDEN, first, last)]))
