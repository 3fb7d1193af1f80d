"""Inputs of the sentence model: dense features, hashed n-grams and their linear scores, and scores in context."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.canonical import Canonical
from selfstudy_guard.filter.channels import CHANNELS
from selfstudy_guard.filter.model.features import (
    ASK,
    BRACKET,
    COLON,
    CRY,
    DIGIT,
    FIRST_SINGLE,
    KINDS,
    LOWER,
    PUNCT,
    QUOTE,
    STOP,
    SYMBOL,
    UPPER,
    Floats,
    Words,
    words_of,
)
from selfstudy_guard.filter.model.lexicon import CLASSES
from selfstudy_guard.filter.model.sheet import NOTHING_HIDDEN, Ints, Sheet, Window, sheet_of
from selfstudy_guard.filter.model.surroundings import beside, in_context, reach, rest_mean, topic
from selfstudy_guard.filter.model.weights import GRAM_BITS, Vocabulary
from selfstudy_guard.filter.model.word_lists import LEXICON_WIDTH, WordIndex
from selfstudy_guard.filter.units import Units

WINDOW = 60_000
"""Code points that are looked at together; longer texts are scored window by window."""
GRAMS = 1 << GRAM_BITS
FEWEST_WORDS = 3
"""Units of fewer different words (a cell, a heading, one mark again and again) are orders by themselves only with a
word of `CUES`."""
CUES = [list(CLASSES).index(name) for name in ("assistant", "prompt", "answer", "question", "override", "task-verb")]
_MIX = tuple(np.uint64(x) for x in (0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3))
_PLACES = np.arange(3)
_COUNTED = [ASK, CRY, QUOTE, COLON, BRACKET, SYMBOL, DIGIT]
_FINAL = np.array([STOP, ASK, CRY, COLON, QUOTE, BRACKET], dtype=np.uint8)
_INITIAL = np.array([UPPER, LOWER, DIGIT, SYMBOL, QUOTE, BRACKET], dtype=np.uint8)
_FEW = np.float32(1e-6)

# Columns of what is compared with the surroundings, and behind them those that only tell the language.
_NAMED, _WIDE = len(CLASSES), len(CLASSES) + KINDS + 5
_LANGUAGE = np.zeros(_WIDE + LEXICON_WIDTH - _NAMED, dtype=np.float32)
_LANGUAGE[_NAMED + LOWER : _NAMED + KINDS] = 1
_LANGUAGE[_WIDE:] = 1
_FORM = KINDS + len(_COUNTED) + 3 + len(_FINAL) + len(_INITIAL) + len(CHANNELS) + 4
DENSE = 3 * _NAMED + 3 + _FORM + 6 + 3 * _WIDE - 1 + 3
"""Number of dense features."""


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


class Measured(NamedTuple):
    """Dense features of units (one row each), their words, the row of each word in the vocabulary, which units are made
    of unknown words or of short groups, how much of each unit's content the rest of its window shares (0 to 1), and
    which units have one or two words and none that orders are made of, so that only their neighbours can make them
    one."""

    features: Floats
    words: Words
    known: NDArray[np.int32]
    strange: NDArray[np.bool_]
    coded: NDArray[np.bool_]
    topical: Floats
    terse: NDArray[np.bool_]


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


def linear_scores(measured: Measured, vocabulary: Vocabulary, grams: Floats, bias: Floats) -> Floats:
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


def dense(units: Units, canonical: Canonical, first: int, last: int, vocabulary: Vocabulary) -> Measured:
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


def measure(sheet: Sheet, vocabulary: Vocabulary) -> Measured:
    """Everything about the units of a sheet that does not depend on trained scores."""
    index: WordIndex = vocabulary.index
    count = len(sheet)
    words = words_of(sheet)
    entries = index.entries(words.whole)
    known = index.listed[entries]
    place = index.place[entries]
    number = words.number.astype(np.float32)[:, None]
    words_at_least = np.maximum(number, np.float32(1))
    size = sheet.size.astype(np.float32)[:, None]
    width: Floats = np.divide(size, words_at_least, dtype=np.float32)
    log_size = np.log1p(size)
    kinds = words.kinds_per_unit

    in_lists = (place < len(index.columns) - 1).nonzero()[0]
    cells = index.columns[place[in_lists]] + (words.unit[in_lists] * (LEXICON_WIDTH + 1))[:, None]
    counts = np.bincount(cells.ravel(), minlength=count * (LEXICON_WIDTH + 1)).reshape(count, LEXICON_WIDTH + 1)
    counts = counts[:, :LEXICON_WIDTH].astype(np.float32)
    missing = (known == len(vocabulary.hashes)).astype(np.float32)
    stranger = np.bincount(words.unit, weights=missing, minlength=count).astype(np.float32)[:, None]
    stranger /= words_at_least
    shared = topic(sheet, words, index.weight[entries])

    # What is compared with the surroundings, and behind it the share of the function words of each language.
    base = np.empty((count, len(_LANGUAGE)), dtype=np.float32)
    named, parts = base[:, :_NAMED], base[:, _NAMED : _NAMED + KINDS]
    share, function = base[:, _WIDE - 4 : _WIDE - 1], base[:, _WIDE:]
    np.divide(counts[:, :_NAMED], words_at_least, out=named)
    np.divide(kinds, size, out=parts)
    base[:, _NAMED + KINDS : _NAMED + KINDS + 1] = log_size
    np.divide(shared[:, :3], np.maximum(shared[:, 3:], _FEW), out=share)
    base[:, _WIDE - 1 : _WIDE] = stranger
    np.divide(counts[:, _NAMED:], words_at_least, out=function)
    others = rest_mean(base, np.sqrt(size), sheet.edges)
    language, rest = base * _LANGUAGE, others * _LANGUAGE
    norm = np.sqrt(np.einsum("ij,ij->i", language, language)) * np.sqrt(np.einsum("ij,ij->i", rest, rest))
    alike = np.einsum("ij,ij->i", language, rest) / np.maximum(norm, _FEW)

    features = np.zeros((count, DENSE), dtype=np.float32)
    at = 0

    def next_columns(width: int) -> Floats:
        nonlocal at
        at += width
        return features[:, at - width : at]

    next_columns(_NAMED)[:] = named
    np.minimum(counts[:, :_NAMED], np.float32(3), out=next_columns(_NAMED))
    _opening(words, place, index.classes, next_columns(_NAMED))
    next_columns(1)[:] = function[:, :1]
    function.max(1, keepdims=True, out=next_columns(1))
    next_columns(1)[:, 0] = alike
    _form(sheet, words, parts, log_size, width, next_columns(_FORM))
    has = shared[:, 3:] > 0
    np.multiply(share, has, out=next_columns(3))
    next_columns(1)[:] = has
    np.log1p(shared[:, 3:], out=next_columns(1))
    next_columns(1)[:] = stranger
    np.subtract(base[:, :_WIDE], others[:, :_WIDE], out=next_columns(_WIDE))
    near, _ = beside(base[:, :_WIDE], sheet)
    near /= reach(sheet)[0]
    np.subtract(base[:, :_WIDE], near, out=next_columns(_WIDE))
    next_columns(_WIDE - 1)[:] = others[:, : _WIDE - 1]
    document = [
        [np.log1p(end - begin), np.log1p(float(sheet.size[begin:end].sum())), float(end - begin <= 2)]
        for begin, end in pairwise(sheet.edges)
    ]
    next_columns(3)[:] = sheet.each(np.array(document, dtype=np.float32))

    terse = ((words.number < FEWEST_WORDS) | ~_varied(words)) & ~counts[:, CUES].any(1)
    strange, coded = _unusual(sheet, words, stranger[:, 0])
    return Measured(features, words, known, strange, coded, share[:, 0].copy(), terse)


def _opening(words: Words, place: NDArray[np.int32], classes: Floats, out: Floats) -> None:
    """The classes of the first three words of every unit, with the weights 1, .5 and .5."""
    at = words.before[:, None] + _PLACES
    at[words.number[:, None] <= _PLACES] = len(place)
    early = classes[np.append(place, -1)[at], :_NAMED]
    np.add(early[:, 1], early[:, 2], out=out)
    out *= np.float32(0.5)
    out += early[:, 0]


def _form(sheet: Sheet, words: Words, parts: Floats, log_size: Floats, width: Floats, out: Floats) -> None:
    """Per unit: punctuation, scripts, length, channel, place in its block, invisible characters, quotation."""
    count = len(sheet)
    out[:, :KINDS] = parts
    at = KINDS + len(_COUNTED)
    np.minimum(words.kinds_per_unit[:, _COUNTED], np.float32(4), out=out[:, KINDS:at])
    out[:, at : at + 1] = log_size
    np.log1p(words.number, out=out[:, at + 1], casting="same_kind")
    np.divide(width, np.float32(8), out=out[:, at + 2 : at + 3])
    at += 3
    initial, final = words.ends_per_unit
    out[:, at : at + len(_FINAL)] = final[:, None] == _FINAL
    at += len(_FINAL)
    out[:, at : at + len(_INITIAL)] = initial[:, None] == _INITIAL
    at += len(_INITIAL)
    out[np.arange(count), at + sheet.channel] = 1
    at += len(CHANNELS)
    in_block = sheet.in_run[sheet.run]
    np.log1p(in_block, out=out[:, at], casting="same_kind")
    out[:, at + 1] = in_block == 1
    done = 0
    for units, canonical, first, last in sheet.windows:
        if len(canonical.hidden):
            starts, ends = units.start[first:last], units.end[first:last]
            hidden = np.searchsorted(canonical.hidden, ends) - np.searchsorted(canonical.hidden, starts)
            out[done : done + last - first, at + 2] = np.log1p(hidden.astype(np.float32))
        done += last - first
    out[:, at + 3] = words.quoted


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
