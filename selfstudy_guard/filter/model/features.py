"""The words of units: characters read at once by numpy, hashes of words, and what the word lists say of them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.codes import codes_of
from selfstudy_guard.filter.model.sheet import NOTHING_HIDDEN, Ints, Sheet, Window, sheet_of
from selfstudy_guard.filter.units import Units

Floats = NDArray[np.float32]
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


@lru_cache(maxsize=1)
def _ascii_tables() -> tuple[bytes, bytes]:
    """For `bytes.translate`: the kind of every ASCII character, and its folded form plus one."""
    fold, kind = tables()
    return bytes(kind[:128]) + bytes(128), bytes((fold[:128] + 1).astype(np.uint8)) + bytes(128)


@lru_cache(maxsize=4)
def _powers(length: int) -> tuple[Hashes, Hashes]:
    """Powers of the hash base and of its inverse, modulo 2**64."""
    up = np.full(length, _BASE, dtype=np.uint64)
    down = np.full(length, _INVERSE, dtype=np.uint64)
    up[0] = down[0] = np.uint64(1)
    return np.cumprod(up, dtype=np.uint64), np.cumprod(down, dtype=np.uint64)


def _room(length: int) -> int:
    """Power of two above `length`: few different tables are made."""
    return 1 << max(17, int(length).bit_length())


def word_hash(word: str) -> int:
    """Hash of one folded word, equal to the one that `read_words` computes inside a text."""
    fold, _ = tables()
    value, power = 0, 1
    for code in fold[codes_of(word)].tolist():
        value = (value + (code + 1) * power) % (1 << 64)
        power = power * int(_BASE) % (1 << 64)
    return value


def word_hashes(words: list[str]) -> Hashes:
    """`word_hash` of many words (at least one) at once."""
    fold, _ = tables()
    codes = codes_of("".join(words))
    sizes = np.array([len(word) for word in words])
    ends = np.cumsum(sizes)
    up, down = _powers(_room(len(codes) + 1))
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum((fold[codes] + np.uint64(1)) * up[: len(codes)], out=sums[1:])
    starts = ends - sizes
    return np.asarray((sums[ends] - sums[starts]) * down[starts], dtype=np.uint64)


def substring_hashes(word: str, longest: int) -> Hashes:
    """`word_hash` of every substring that ends at a letter: shape (letters, longest), by end and by length less one.

    Substrings that would begin before the word have the hash of what there is.
    """
    fold, _ = tables()
    count = len(word)
    up, down = _powers(_room(count + 1))
    sums = np.zeros(count + 1, dtype=np.uint64)
    np.cumsum((fold[codes_of(word)] + np.uint64(1)) * up[:count], out=sums[1:])
    ends = np.arange(1, count + 1)[:, None]
    starts = np.maximum(ends - np.arange(1, longest + 1), 0)
    return np.asarray((sums[ends] - sums[starts]) * down[starts], dtype=np.uint64)


@dataclass(frozen=True)
class Words:
    """The words of units: place, unit, hash of the whole word and of its stem (five letters), kind, length, shape."""

    start: Ints
    unit: Ints
    whole: Hashes
    stem: Hashes
    kind: NDArray[np.uint8]
    length: Ints
    number: Ints
    """Per unit: how many words it has."""
    before: Ints
    """Per unit: how many words the units before it have."""
    kinds_per_unit: Floats
    """Shape (units, KINDS): characters of each kind."""
    ends_per_unit: tuple[NDArray[np.uint8], NDArray[np.uint8]]
    """Per unit: kind of its first and of its last character."""
    quoted: Floats
    """Per unit: share of its characters between the first and the last quotation mark."""


def read_words(units: Units, first: int, last: int) -> Words:
    """Words of the units `first` to `last`."""
    return words_of(sheet_of([Window(units, NOTHING_HIDDEN, first, last)]))


def words_of(sheet: Sheet) -> Words:
    """Words of the units of a sheet; their places are those in its text."""
    if sheet.text.isascii():
        to_kind, to_fold = _ascii_tables()
        data = sheet.text.encode()
        kind = np.frombuffer(data.translate(to_kind), dtype=np.uint8)
        folded = np.frombuffer(data.translate(to_fold), dtype=np.uint8)
    else:
        fold, kind_of = tables()
        codes = codes_of(sheet.text)
        kind = kind_of[codes]
        folded = fold[codes] + np.uint32(1)
    word = kind >= FIRST_WORD
    if kind.max() < FIRST_SINGLE:  # every unit stands between two line breaks, so words begin and end in turn
        turns = (word[1:] != word[:-1]).nonzero()[0]
        turns += 1
        begins, finishes = turns[0::2], turns[1::2]
    else:
        single = kind >= FIRST_SINGLE
        breaks = ~word[:-1] | single[1:] | single[:-1]
        begins = (word[1:] & breaks).nonzero()[0] + 1
        finishes = (word[:-1] & (~word[1:] | breaks)).nonzero()[0] + 1
    count = len(sheet)
    up, down = _powers(_room(len(kind) + 1))
    sums = np.zeros(len(kind) + 1, dtype=np.uint64)
    np.cumsum(folded * up[: len(kind)], out=sums[1:])
    origin, back = sums[begins], down[begins]
    whole = (sums[finishes] - origin) * back
    stem = (sums[np.minimum(finishes, begins + 5)] - origin) * back
    before = np.searchsorted(begins, sheet.start)
    number = np.empty_like(before)
    np.subtract(before[1:], before[:-1], out=number[:-1])
    number[-1] = len(begins) - before[-1]
    cells = np.repeat(np.arange(0, count * KINDS, KINDS), sheet.size + 1)
    cells += kind[1:]
    kinds = np.bincount(cells, minlength=count * KINDS).reshape(count, KINDS).astype(np.float32)
    kinds[:, NEWLINE] -= 1
    return Words(
        begins, np.repeat(np.arange(count), number), whole, stem, kind[begins], finishes - begins, number, before,
        kinds, (kind[sheet.start], kind[sheet.start + sheet.size - 1]), _quoted(sheet, kind, kinds),
    )  # fmt: skip


def _quoted(sheet: Sheet, kind: NDArray[np.uint8], kinds: Floats) -> Floats:
    """Per unit: share of its characters between the first and the last quotation mark."""
    quoted = np.zeros(len(sheet), dtype=np.float32)
    if not kinds[:, QUOTE].any():
        return quoted
    marks = (kind == QUOTE).nonzero()[0]
    if "`" in sheet.text:
        marks = np.array([mark for mark in marks.tolist() if sheet.text[mark] != "`"], dtype=np.int64)
    owner = np.searchsorted(sheet.start, marks, side="right") - 1
    # An apostrophe inside a word is no quotation mark; the word may go on in the unit beside.
    left, right = kind[marks - 1] >= LOWER, kind[marks + 1] >= LOWER
    _, kind_of = tables()
    for edge, side, after in (
        (((right | (sheet.size[owner] == 1)) & (marks == sheet.start[owner])).nonzero()[0], left, False),
        ((left & (marks == sheet.start[owner] + sheet.size[owner] - 1)).nonzero()[0], right, True),
    ):
        for at in edge.tolist():
            beside = sheet.beside(int(owner[at]), after=after)
            side[at] = bool(beside) and kind_of[ord(beside)] >= LOWER
    real = ~(left & right)
    marks, owner = marks[real], owner[real]
    if len(marks):
        fresh = (np.r_[True, owner[1:] != owner[:-1]]).nonzero()[0]
        holder = owner[fresh]
        final = np.append(fresh[1:], len(marks)) - 1
        quoted[holder] = (marks[final] - marks[fresh]) / np.maximum(sheet.size[holder], 1)
    return quoted
