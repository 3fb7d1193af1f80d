"""Inputs of the sentence model: dense features, hashed n-grams and their linear scores, and scores in context."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.instructions.canonical import Canonical
from selfstudy_guard.instructions.features import (
    DIGIT,
    FIRST_SINGLE,
    KINDS,
    PUNCT,
    QUOTE,
    STOP,
    SYMBOL,
    Floats,
    Ints,
    Words,
    around,
    lexical,
    look_up,
    read_words,
    shape,
    sums_by_unit,
    topic,
)
from selfstudy_guard.instructions.lexicon import CLASSES
from selfstudy_guard.instructions.units import Units
from selfstudy_guard.instructions.weights import GRAM_BITS, Vocabulary

WINDOW = 60_000
"""Code points that are looked at together; longer texts are scored window by window."""
GRAMS = 1 << GRAM_BITS
FEWEST_WORDS = 3
"""Shorter units (a cell, a heading) are orders by themselves only with a word of `CUES`."""
CUES = [list(CLASSES).index(name) for name in ("assistant", "prompt", "answer", "question", "override", "task-verb")]
_MIX = tuple(np.uint64(x) for x in (0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3))


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


def gram_ids(words: Words, vocabulary: Vocabulary) -> tuple[Ints, Ints]:
    """Hashed n-grams of the units: bucket and unit of each, sorted by unit.

    Unknown words count by their kind and length only, so that names and topics cannot be learnt by heart.
    """
    known = look_up(vocabulary.hashes, words.whole)
    unknown = known == len(vocabulary.hashes)
    ids = np.where(
        unknown, len(vocabulary.hashes) + words.kind.astype(np.int64) * 4 + np.minimum(words.length // 4, 3), known
    ).astype(np.uint64)
    unit = words.unit
    count = len(ids)
    if not count:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    one = ids * _MIX[0]
    same1 = unit[1:] == unit[:-1]
    two = (ids[:-1] * _MIX[1] + ids[1:] * _MIX[2])[same1]
    same2 = same1[1:] & same1[:-1]
    three = (ids[:-2] * _MIX[2] + ids[1:-1] * _MIX[3] + ids[2:] * _MIX[1])[same2]
    skip = (ids[:-2] * _MIX[3] + ids[2:] * _MIX[0] + _MIX[1])[same2]
    place = np.arange(count) - np.searchsorted(unit, unit)
    early = place < 3
    opening = (ids * _MIX[1] + (place.astype(np.uint64) + np.uint64(7)) * _MIX[0])[early]
    grams = np.concatenate([one, two, three, skip, opening])
    owner = np.concatenate([unit, unit[:-1][same1], unit[:-2][same2], unit[:-2][same2], unit[early]])
    order = np.argsort(owner, kind="stable")
    grams = grams ^ (grams >> np.uint64(29))
    return ((grams * _MIX[2]) >> np.uint64(64 - GRAM_BITS)).astype(np.int64)[order], owner[order]


def linear_scores(buckets: Ints, owner: Ints, count: int, grams: Floats, bias: Floats) -> Floats:
    """Linear scores of every unit, shape (count, outputs): sum of n-gram weights over the root of their number."""
    total = sums_by_unit(grams[buckets], owner, count)
    number = np.bincount(owner, minlength=count).astype(np.float32)[:, None]
    return (total / np.sqrt(np.maximum(number, 1)) + bias).astype(np.float32)


def _rest_mean(values: Floats, weight: Floats) -> Floats:
    """Weighted mean of all other rows."""
    total, mass = (values * weight).sum(0), weight.sum()
    return np.asarray((total - values * weight) / np.maximum(mass - weight, 1e-6) * (mass > weight), dtype=np.float32)


class Measured(NamedTuple):
    """Dense features of the units of a window (one row each), its words, which units are made of unknown words or of
    short groups, how much of each unit's content the rest of the window shares (0 to 1), and which units have one or
    two words and none that orders are made of, so that only their neighbours can make them one."""

    features: Floats
    words: Words
    strange: NDArray[np.bool_]
    coded: NDArray[np.bool_]
    topical: Floats
    terse: NDArray[np.bool_]


def dense(units: Units, canonical: Canonical, first: int, last: int, vocabulary: Vocabulary) -> Measured:
    """Everything about the units `first` to `last` that does not depend on trained scores."""
    count = last - first
    words = read_words(units, first, last)
    known = look_up(vocabulary.hashes, words.whole)
    informative = vocabulary.weight[known]
    counts, opening = lexical(words, count)
    number = np.bincount(words.unit, minlength=count).astype(np.float32)[:, None]
    per_word = counts / np.maximum(number, 1)
    named = per_word[:, : len(CLASSES)]
    function = per_word[:, len(CLASSES) :]
    terse = (number[:, 0] < FEWEST_WORDS) & (named[:, CUES].sum(1) == 0)
    form = shape(units, canonical, words, first, last)
    size = np.asarray(units.end[first:last], dtype=np.float32) - np.asarray(units.start[first:last], dtype=np.float32)
    size = size[:, None]
    shared = topic(words, count, informative)
    share = shared[:, :3] / np.maximum(shared[:, 3:], 1e-6)
    has = (shared[:, 3:] > 0).astype(np.float32)
    unknown = (known == len(vocabulary.hashes)).astype(np.float32)[:, None]
    stranger = sums_by_unit(unknown, words.unit, count) / np.maximum(number, 1)
    spelt = words.kinds_per_unit[:, 12:16].sum(1) + words.kinds_per_unit[:, 18] > 0.3 * words.kinds_per_unit[
        :, 11:
    ].sum(1)
    strange = spelt & (number[:, 0] >= 3) & (stranger[:, 0] > 0.4) & (size[:, 0] >= 16)
    letters = np.where(words.kind >= FIRST_SINGLE, 4, words.length)
    width = np.bincount(words.unit, weights=letters, minlength=count) / np.maximum(number[:, 0], 1)
    kinds = words.kinds_per_unit
    marks = kinds[:, [STOP, SYMBOL, PUNCT, QUOTE]].sum(1)
    coded = ((number[:, 0] >= 6) & ((width <= 2.4) | (kinds[:, DIGIT] > 0.5 * size[:, 0]))) | (
        marks > 0.35 * size[:, 0]
    )
    coded &= size[:, 0] >= 8
    language = np.hstack([function, words.kinds_per_unit[:, 12:] / size])
    weight = np.sqrt(size)
    rest = _rest_mean(language, weight)
    norm = np.linalg.norm(language, axis=1, keepdims=True) * np.linalg.norm(rest, axis=1, keepdims=True)
    alike = (language * rest).sum(1, keepdims=True) / np.maximum(norm, 1e-6)
    relative = np.hstack([named, form[:, :KINDS], np.log1p(size), share, stranger])
    others = _rest_mean(relative, weight)
    beside, _ = around(relative)
    document = np.broadcast_to(
        np.array([[np.log1p(count), np.log1p(float(size.sum())), float(count <= 2)]], dtype=np.float32), (count, 3)
    )
    features = np.hstack(
        [
            named, np.minimum(counts[:, : len(CLASSES)], 3), opening, function[:, :1], function.max(1,
            keepdims=True), alike,
            form, share * has, has, np.log1p(shared[:, 3:]), stranger, relative - others, relative - beside,
            others[:, :-1], document,
        ]
    ).astype(np.float32)  # fmt: skip
    return Measured(features, words, strange, coded, share[:, 0].astype(np.float32), terse)


def context(scores: Floats, units: Units, first: int, last: int) -> Floats:
    """Linear scores of each unit beside those of its neighbours, its block and the rest of the window."""
    count = last - first
    near, wide = around(scores)
    weight = np.ones((count, 1), dtype=np.float32)
    rest = _rest_mean(scores, weight)
    block = np.asarray(units.block[first:last])
    owner = np.cumsum(np.r_[0, block[1:] != block[:-1]])
    sizes = np.bincount(owner).astype(np.float32)[:, None]
    mean = (sums_by_unit(scores, owner, int(owner[-1]) + 1) / sizes)[owner]
    firsts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    peak = np.maximum.reduceat(scores, firsts, axis=0)[owner]
    if count > 1:
        top = np.partition(scores, count - 2, axis=0)[-2:]
        highest = np.where(scores >= top[1], top[0], top[1])
    else:
        highest = np.full_like(scores, -3.0)
    return np.hstack([scores, near, wide, rest, mean, peak, scores - highest, scores - rest, scores - near]).astype(
        np.float32
    )
