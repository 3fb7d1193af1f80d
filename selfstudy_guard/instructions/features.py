"""Features of the units of a text, computed for the whole text at once: no Python loop over characters or words."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.instructions.canonical import Canonical, codes_of
from selfstudy_guard.instructions.channels import CHANNELS
from selfstudy_guard.instructions.lexicon import CLASSES, FUNCTION_WORDS
from selfstudy_guard.instructions.units import Units

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))

# Kinds of characters. From LETTERS on they are letters of a script; from SINGLES on every character is a word of
# its own.
(SPACE, NEWLINE, PUNCT, STOP, ASK, CRY, QUOTE, COLON, COMMA, BRACKET, SYMBOL, DIGIT, LOWER, UPPER, CYRILLIC, ARABIC,
INDIC,
 HANGUL, GREEK, OTHER_LETTER, HAN, KANA, THAI) = range(23)  # fmt: skip
KINDS = 23
FIRST_WORD, FIRST_SINGLE = DIGIT, HAN
_MARKS = {
    **dict.fromkeys(" \t\xa0\x0b\x0c", SPACE), **dict.fromkeys("\n\r", NEWLINE), **dict.fromkeys(".。۔।…", STOP),
    **dict.fromkeys("?？؟", ASK), **dict.fromkeys("!！¡", CRY), **dict.fromkeys("\"'“”‘’«»„「」『』`", QUOTE),
    **dict.fromkeys(":：", COLON), **dict.fromkeys(",，、،;；", COMMA), **dict.fromkeys("()[]{}<>", BRACKET),
    **dict.fromkeys("_=/\\|#$%&*+~^@-", SYMBOL),
}  # fmt: skip
_SCRIPTS = (
    (0x370, 0x400, GREEK),
    (0x400, 0x530, CYRILLIC),
    (0x590, 0x780, ARABIC),
    (0x900, 0xE00, INDIC),
    (0xE00, 0x1100, THAI),
    (0x1100, 0x1200, HANGUL),
    (0x530, 0x1E00, OTHER_LETTER),
)


@lru_cache(maxsize=1)
def tables() -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Per code point: its folded form (lower case, Latin without accents), and its kind."""
    fold = np.arange(0x110000, dtype=np.uint32)
    kind = np.full(0x110000, PUNCT, dtype=np.uint8)
    for code in range(0x3000):
        char = chr(code)
        category = unicodedata.category(char)
        if char in _MARKS:
            kind[code] = _MARKS[char]
        elif category[0] == "N":
            kind[code] = DIGIT
        elif category[0] == "L" or (category[0] == "M" and 0x0900 <= code < 0x0E00):
            kind[code] = next(
                (k for first, last, k in _SCRIPTS if first <= code < last), UPPER if char.isupper() else LOWER
            )
            lowered = char.lower()
            base = unicodedata.normalize("NFD", lowered)[0] if kind[code] in (LOWER, UPPER, GREEK) else lowered
            fold[code] = ord({"đ": "d", "ł": "l", "ø": "o", "ı": "i"}.get(base, base) if len(base) == 1 else char)
    for char, of_kind in _MARKS.items():
        kind[ord(char)] = of_kind
    for first, last, of_kind in [
        (0x3041, 0x30FF, KANA), (0x3100, 0x318F, HAN), (0x3400, 0x9FFF, HAN), (0xAC00, 0xD7A3, HANGUL), (0xF900,
        0xFAFF, HAN),
        (0xFB50, 0xFDFF, ARABIC), (0xFE70, 0xFEFC, ARABIC), (0x20000, 0x323AF, HAN), (0x3005, 0x3007, HAN),
    ]:  # fmt: skip
        kind[first : last + 1] = of_kind
    return fold, kind


@lru_cache(maxsize=4)
def _powers(length: int) -> tuple[Hashes, Hashes]:
    """Powers of the hash base and of its inverse, modulo 2**64."""
    up = np.full(length, _BASE, dtype=np.uint64)
    down = np.full(length, _INVERSE, dtype=np.uint64)
    up[0] = down[0] = np.uint64(1)
    return np.cumprod(up, dtype=np.uint64), np.cumprod(down, dtype=np.uint64)


def _room(length: int) -> int:
    """Power of two above `length`: few different tables are made."""
    return 1 << max(10, int(length).bit_length())


def word_hash(word: str) -> int:
    """Hash of one folded word, equal to the one that `read_words` computes inside a text."""
    fold, _ = tables()
    value, power = 0, 1
    for code in fold[codes_of(word)].tolist():
        value = (value + (code + 1) * power) % (1 << 64)
        power = power * int(_BASE) % (1 << 64)
    return value


@dataclass(frozen=True)
class Words:
    """The words of a text: place, unit, hash of the whole word and of its stem (five letters), kind, length, shape."""

    start: Ints
    unit: Ints
    whole: Hashes
    stem: Hashes
    kind: NDArray[np.uint8]
    length: Ints
    kinds_per_unit: Floats
    """Shape (units, KINDS): characters of each kind."""
    quoted: Floats
    """Per unit: share of its characters between the first and the last quotation mark."""


def read_words(units: Units, first: int, last: int) -> Words:
    """Words of the units `first` to `last`; their places count from the start of the first unit."""
    fold, kind_of = tables()
    begin, stop = units.start[first], units.end[last - 1]
    codes = codes_of(units.text[begin:stop])
    kind = kind_of[codes]
    starts = np.asarray(units.start[first:last], dtype=np.int64) - begin
    ends = np.asarray(units.end[first:last], dtype=np.int64) - begin
    edge = np.zeros(len(codes) + 1, dtype=np.int64)
    edge[starts] += 1
    owner = np.cumsum(edge[:-1]) - 1
    inside = np.zeros(len(codes) + 1, dtype=np.int8)
    np.add.at(inside, starts, 1)
    np.add.at(inside, ends, -1)
    covered = np.cumsum(inside[:-1]) > 0
    count = last - first
    kinds = np.bincount(owner[covered] * KINDS + kind[covered], minlength=count * KINDS).reshape(count, KINDS)
    marks = np.flatnonzero((kind == QUOTE) & covered & (codes != 0x60))
    if len(marks):  # an apostrophe inside a word is no quotation mark
        before, after = kind[np.maximum(marks - 1, 0)], kind[np.minimum(marks + 1, len(kind) - 1)]
        marks = marks[~((before >= LOWER) & (after >= LOWER))]
    quoted = np.zeros(count, dtype=np.float32)
    if len(marks):
        holder, first_mark = np.unique(owner[marks], return_index=True)
        last_mark = np.append(first_mark[1:], len(marks)) - 1
        quoted[holder] = (marks[last_mark] - marks[first_mark]) / np.maximum(ends[holder] - starts[holder], 1)
    word = (kind >= FIRST_WORD) & covered
    single = kind >= FIRST_SINGLE
    breaks = np.ones(len(codes), dtype=bool)
    breaks[1:] = ~word[:-1] | single[1:] | single[:-1] | (owner[1:] != owner[:-1])
    begins = np.flatnonzero(word & breaks)
    closes = np.ones(len(codes), dtype=bool)
    closes[:-1] = ~word[1:] | breaks[1:]
    finishes = np.flatnonzero(word & closes) + 1
    up, down = _powers(_room(len(codes) + 1))
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum((fold[codes].astype(np.uint64) + np.uint64(1)) * up[: len(codes)], out=sums[1:])
    whole = (sums[finishes] - sums[begins]) * down[begins]
    stem = (sums[np.minimum(finishes, begins + 5)] - sums[begins]) * down[begins]
    return Words(begins, owner[begins], whole, stem, kind[begins], finishes - begins, kinds.astype(np.float32), quoted)


@lru_cache(maxsize=1)
def _lexicon() -> tuple[Hashes, Floats]:
    """Sorted hashes of all listed words, and the classes of each; the last row stands for words that are not listed."""
    names = [*CLASSES, *FUNCTION_WORDS]
    members: dict[int, set[int]] = {}
    for column, name in enumerate(names):
        listed = CLASSES[name] if name in CLASSES else FUNCTION_WORDS[name]
        for word in listed.split():
            # Scripts without spaces are read character by character, so the characters of a listed word count.
            pieces = [word]
            if any("\u3041" <= char <= "\u9fff" or "\u0e00" <= char < "\u1100" for char in word):
                pieces = [word] if len(word) == 1 else []
            for piece in pieces:
                members.setdefault(word_hash(piece), set()).add(column)
    hashes = np.array(sorted(members), dtype=np.uint64)
    rows = np.zeros((len(hashes) + 1, len(names)), dtype=np.float32)
    for row, value in enumerate(hashes.tolist()):
        rows[row, list(members[value])] = 1.0
    return hashes, rows


LEXICON_WIDTH = len(CLASSES) + len(FUNCTION_WORDS)


def look_up(sorted_hashes: Hashes, hashes: Hashes) -> Ints:
    """Row of each hash, or `len(sorted_hashes)` where it is not listed."""
    if not len(sorted_hashes):
        return np.zeros(len(hashes), dtype=np.int64)
    at = np.searchsorted(sorted_hashes, hashes)
    at[at == len(sorted_hashes)] = 0
    return np.where(sorted_hashes[at] == hashes, at, len(sorted_hashes))


def sums_by_unit(values: Floats, unit: Ints, count: int) -> Floats:
    """Sum of the rows of `values` per unit; `unit` is sorted."""
    out = np.zeros((count, values.shape[1]), dtype=np.float32)
    if len(unit):
        firsts = np.flatnonzero(np.r_[True, unit[1:] != unit[:-1]])
        out[unit[firsts]] = np.add.reduceat(values, firsts, axis=0)
    return out


def lexical(words: Words, count: int) -> tuple[Floats, Floats]:
    """Per unit: how many words of each class it has, and which classes its first three words belong to (weights 1,
    .5, .5)."""
    hashes, rows = _lexicon()
    found = look_up(hashes, words.whole)
    classes = rows[found]
    counts = sums_by_unit(classes, words.unit, count)
    place = np.arange(len(words.unit)) - np.searchsorted(words.unit, words.unit)
    early = place < 3
    weight = np.where(place[early] == 0, 1.0, 0.5).astype(np.float32)
    opening = sums_by_unit(classes[early, : len(CLASSES)] * weight[:, None], words.unit[early], count)
    return counts, opening


def topic(words: Words, count: int, weights: Floats) -> Floats:
    """Per unit: how much of its content the rest of the text shares. Four columns: in all, near (three units either
    way),
    with the unit before or after, and how much content there is.

    Args:
        words: words of the text.
        count: number of units.
        weights: how much each word says about a topic (0 for function words).
    """
    content = (weights > 0) & ((words.length >= 4) | (words.kind >= FIRST_SINGLE) | (words.kind == HANGUL))
    unit, stem, weight = words.unit[content], words.stem[content], weights[content]
    out = np.zeros((count, 4), dtype=np.float32)
    if not len(unit):
        return out
    order = np.lexsort((unit, stem))
    unit, stem, weight = unit[order], stem[order], weight[order]
    fresh = np.r_[True, (unit[1:] != unit[:-1]) | (stem[1:] != stem[:-1])]
    unit, stem, weight = unit[fresh], stem[fresh], weight[fresh]
    same = stem[1:] == stem[:-1]
    gap = np.where(same, unit[1:] - unit[:-1], 1 << 30)
    nearest = np.minimum(np.r_[1 << 30, gap], np.r_[gap, 1 << 30])
    for column, limit in enumerate((1 << 29, 3, 1)):
        out[:, column] = np.bincount(unit, weights=weight * (nearest <= limit), minlength=count)
    out[:, 3] = np.bincount(unit, weights=weight, minlength=count)
    return out


def around(values: Floats) -> tuple[Floats, Floats]:
    """Mean of the two neighbours of each row, and mean of four (two on either side); rows beyond the edge do not
    count."""
    count = len(values)
    near = np.zeros_like(values)
    weight = np.zeros((count, 1), dtype=np.float32)
    near[1:] += values[:-1]
    near[:-1] += values[1:]
    weight[1:] += 1
    weight[:-1] += 1
    wide, wide_weight = near.copy(), weight.copy()
    wide[2:] += values[:-2]
    wide[:-2] += values[2:]
    wide_weight[2:] += 1
    wide_weight[:-2] += 1
    return (near / np.maximum(weight, 1)).astype(np.float32), (wide / np.maximum(wide_weight, 1)).astype(np.float32)


def shape(units: Units, canonical: Canonical, words: Words, first: int, last: int) -> Floats:
    """Per unit: length, punctuation, scripts, channel, place in its block, invisible characters."""
    count = last - first
    starts = np.asarray(units.start[first:last], dtype=np.int64)
    ends = np.asarray(units.end[first:last], dtype=np.int64)
    size = (ends - starts).astype(np.float32)[:, None]
    kinds = words.kinds_per_unit
    number = np.bincount(words.unit, minlength=count).astype(np.float32)[:, None]
    hidden = np.searchsorted(canonical.hidden, ends) - np.searchsorted(canonical.hidden, starts)
    channel = np.zeros((count, len(CHANNELS)), dtype=np.float32)
    channel[np.arange(count), units.channel[first:last]] = 1.0
    block = np.asarray(units.block[first:last])
    _, place, sizes = np.unique(block, return_inverse=True, return_counts=True)
    in_block = sizes[place].astype(np.float32)[:, None]
    _, kind_of = tables()
    text = units.text
    final = kind_of[codes_of("".join(text[end - 1] for end in units.end[first:last]))]
    initial = kind_of[codes_of("".join(text[start] for start in units.start[first:last]))]
    return np.hstack(
        [
            kinds / size,
            np.minimum(kinds[:, [ASK, CRY, QUOTE, COLON, BRACKET, SYMBOL, DIGIT]], 4),
            np.log1p(size), np.log1p(number), size / np.maximum(number, 1) / 8,
            np.stack([final == k for k in (STOP, ASK, CRY, COLON, QUOTE, BRACKET)], 1).astype(np.float32),
            np.stack([initial == k for k in (UPPER, LOWER, DIGIT, SYMBOL, QUOTE, BRACKET)], 1).astype(np.float32),
            channel, np.log1p(in_block), (in_block == 1).astype(np.float32),
            np.log1p(hidden.astype(np.float32))[:, None],
            words.quoted[:, None],
        ]
    ).astype(np.float32)  # fmt: skip
