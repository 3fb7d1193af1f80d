"""What attribution compares: the words of a text and their parts, for any script and without word lists.

A text becomes words (case and compatibility forms folded); a word becomes itself, its prefixes (which stand in for
stemming) and its character n-grams (McNamee and Mayfield 2004, doi:10.1023/B:INRT.0000009441.78971.be). Scripts that
write no spaces have no words here: runs of characters are taken instead. The weights were fitted once on questions in
English, German, Spanish and Chinese, each language checked with weights from the others (benchmark of attribution).
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise

import numpy as np
import regex
from numpy.typing import NDArray

Coded = tuple[NDArray[np.uint32], NDArray[np.float64]]

_LOGOGRAPHIC = r"\p{Han}\p{Hiragana}\p{Katakana}ー々〆゙゚"
_UNSPACED = rf"{_LOGOGRAPHIC}\p{{Thai}}\p{{Lao}}\p{{Khmer}}\p{{Myanmar}}"

_ASCII_WORD = re.compile(r"[a-z0-9_]+")
# Latin, Greek and Cyrillic with their decomposed accents need no script classes, which are ten times as slow.
_EUROPEAN_WORD = re.compile("[\\w\u0300-\u036f\u0483-\u0489]+")
_NOT_EUROPEAN = re.compile("[\u0590-\u1dff\u20d0-\u20ff\u2c00-\U0010ffff]")
_FIRST_UNSPACED = "\u0e00"
_WORD = regex.compile(rf"[{_UNSPACED}]+|[[\w\p{{M}}]--[{_UNSPACED}]]+", regex.V1)
_STARTS_UNSPACED = regex.compile(rf"[{_UNSPACED}]", regex.V1)
_STARTS_LOGOGRAPHIC = regex.compile(rf"[{_LOGOGRAPHIC}]", regex.V1)
# Accents, Arabic and Hebrew vowel points; not the vowel signs and viramas that spell Indic and Thai words.
_ACCENT = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")

# Soft hyphens, joiners and other characters of no width, and the Arabic stretcher: the same word with and without.
_UNSEEN = re.compile("[\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")

# Weight of one character run, by its length: one Chinese character means about as much as a syllable or a short word.
_LOGOGRAPHIC_RUNS = ((1, 0.26), (2, 0.29))
_ALPHABETIC_RUNS = ((2, 0.1), (3, 0.3), (4, 0.3))
_PREFIXES = ((3, 0.09), (4, 0.14), (5, 0.11), (6, 0.11))
_GRAMS = ((3, 0.2), (5, 0.3))
_LONGEST_WORD, _LONGEST_RUN = 64, 2000
"""Characters of a word that are looked at: what is longer is a blob, whose parts say nothing."""
_SHORT_WORD, _WORD_WEIGHT, _NUMBER = 0.27, 0.1, 0.33
_SHORT = 400
"""Code points of a text whose words are remembered for a while: every check of a pair asks for the same ones."""


def fold(text: str) -> str:
    """`text` without case and compatibility forms, decomposed (lengths and offsets change)."""
    return text.lower() if text.isascii() else _UNSEEN.sub("", unicodedata.normalize("NFKD", text.casefold()))


def words(text: str) -> list[str]:
    """The words of `text`, folded, in order; a run of an unspaced script is one item."""
    return list(_known_words(text)) if len(text) <= _SHORT else _found_words(text)


@lru_cache(maxsize=1024)
def _known_words(text: str) -> tuple[str, ...]:
    return tuple(_found_words(text))


def _found_words(text: str) -> list[str]:
    folded = fold(text)
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    return _WORD.findall(folded) if _NOT_EUROPEAN.search(folded) else _EUROPEAN_WORD.findall(folded)


def is_unspaced(word: str) -> bool:
    """Whether `word` is a run of a script that writes no spaces between words."""
    return word[:1] > _FIRST_UNSPACED and _STARTS_UNSPACED.match(word) is not None


def shingles(found: Iterable[str]) -> frozenset[str]:
    """Words, and pairs of neighbouring words; characters and their pairs in scripts without spaces. Never empty."""
    items: list[str] = []
    for word in found:
        items.extend(word if is_unspaced(word) else [word])
    return frozenset(items or [""]) | {f"{a} {b}" for a, b in pairwise(items)}


def canonical(text: str) -> str:
    """`text` as folded words without accents, single spaces between, and none inside unspaced scripts.

    Two texts that differ in case, accents, punctuation or line breaks have the same canonical form, and the form of a
    phrase is a substring of the form of every text that contains it as whole words.
    """
    return _known_canonical(text) if len(text) <= _SHORT else _canonical(text)


@lru_cache(maxsize=1024)
def _known_canonical(text: str) -> str:
    return _canonical(text)


def _canonical(text: str) -> str:
    if text.isascii():  # nothing to fold but case, which is the common case and ten times as quick
        found = words(text)
        return f" {' '.join(found)} " if found else ""
    parts: list[str] = []
    joined = True
    for word in words(text):
        if is_unspaced(word):
            parts.append(word)
            joined = True
        else:
            parts.append(f" {_ACCENT.sub('', word)} " if joined else f"{_ACCENT.sub('', word)} ")
            joined = False
    return "".join(parts)


def parts_of(word: str) -> dict[str, float]:
    """Features of one word with their weights: the word, its prefixes and n-grams, each marked by its kind."""
    return _runs(word[:_LONGEST_RUN]) if is_unspaced(word) else _spelt(word[:_LONGEST_WORD])


def coded(features: Mapping[str, float]) -> Coded:
    """The same as arrays: a 32-bit code of each feature, and its weight.

    Two features share a code about once in a document of 90,000 distinct ones, which no score notices.
    """
    codes = [zlib.crc32(name.encode("utf-8", "surrogatepass")) for name in features]
    return np.array(codes, dtype=np.uint32), np.array(list(features.values()), dtype=np.float64)


def coded_parts(word: str) -> Coded:
    """`coded(parts_of(word))`, remembered for common words."""
    return coded(_runs(word[:_LONGEST_RUN])) if is_unspaced(word) else _coded_spelt(word[:_LONGEST_WORD])


@lru_cache(maxsize=1 << 14)
def _coded_spelt(word: str) -> Coded:
    return coded(_spelt(word))


def _runs(word: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for size, weight in _LOGOGRAPHIC_RUNS if _STARTS_LOGOGRAPHIC.match(word) else _ALPHABETIC_RUNS:
        for start in range(len(word) - size + 1):
            found[f"{size}" + word[start : start + size]] = weight
    return found


def _spelt(word: str) -> dict[str, float]:
    plain = word if word.isascii() else _ACCENT.sub("", word)
    size = len(plain)
    # The word itself comes first: `Postings.rarest` relies on it.
    found = {"w" + word: _NUMBER if plain.isdigit() else _SHORT_WORD if size <= 3 else _WORD_WEIGHT}
    for length, weight in _PREFIXES[: max(0, size - 2)]:
        found["p" + plain[:length]] = weight
    if size > 3:
        bounded = f"<{plain}>"
        for length, weight in _GRAMS:
            grams = dict.fromkeys([bounded[start : start + length] for start in range(size + 3 - length)])
            each = weight / len(grams)
            for gram in grams:
                found["g" + gram] = each
    return found
