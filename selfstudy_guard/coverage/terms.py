"""What attribution compares: the words of a text and their parts, for any script and without word lists.

A text becomes words (accents and case folded); a word becomes itself, its prefixes (which stand in for stemming) and
its character n-grams. Scripts that write no spaces (Han, Kana, Thai, Lao, Khmer, Burmese) have no words here:
their characters and runs of two or three are taken instead.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import regex

UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー々〆"

_ASCII_WORD = re.compile(r"[a-z0-9_]+")
_WORD = regex.compile(rf"[{UNSPACED}]+|[[\w\p{{M}}]--[{UNSPACED}]]+", regex.V1)
_UNSPACED_RUN = regex.compile(rf"[{UNSPACED}]", regex.V1)
# Accents, Arabic and Hebrew vowel points; not the vowel signs and viramas that spell Indic and Thai words.
_ACCENT = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")


def fold(text: str) -> str:
    """`text` without case, compatibility forms and accents (lengths and offsets change)."""
    if text.isascii():
        return text.lower()
    return _ACCENT.sub("", unicodedata.normalize("NFKD", text.casefold()))


def words(text: str) -> list[str]:
    """The words of `text`, folded, in order; a run of an unspaced script is one item."""
    folded = fold(text)
    return _ASCII_WORD.findall(folded) if folded.isascii() else _WORD.findall(folded)


def is_unspaced(word: str) -> bool:
    """Whether `word` is a run of a script that writes no spaces between words."""
    return not word.isascii() and _UNSPACED_RUN.match(word) is not None


def canonical(text: str) -> str:
    """`text` as folded words with single spaces between, and none next to unspaced scripts; padded with a space.

    Two texts that differ in case, accents, punctuation or line breaks have the same canonical form, and the form of a
    phrase is a substring of the form of every text that contains it.
    """
    parts: list[str] = [" "]
    joined = False
    for word in words(text):
        if not is_unspaced(word):
            parts += (word, " ") if parts[-1] == " " else (" ", word, " ")
            joined = False
        else:
            parts.append(word)
            joined = True
    if joined and len(parts) > 1 and is_unspaced(parts[1]):
        parts[0] = ""
    return "".join(parts)


@lru_cache(maxsize=1 << 16)
def parts_of(word: str) -> tuple[tuple[str, float], ...]:
    """Features of one word with their weights: the word, its prefixes and n-grams, each in a name space of its own."""
    if is_unspaced(word):
        found = [("1" + word[i], 0.3) for i in range(len(word))]
        found += [("2" + word[i : i + 2], 1.0) for i in range(len(word) - 1)]
        found += [("3" + word[i : i + 3], 1.0) for i in range(len(word) - 2)]
        return tuple(found)
    found = [("w" + word, 1.0)]
    if len(word) > 3:
        found.append(("p" + word[:4], 0.6))
        bounded = f"<{word}>"
        grams = {bounded[i : i + 4] for i in range(len(bounded) - 3)}
        found += [("g" + gram, 1.2 / len(grams)) for gram in sorted(grams)]
    return tuple(found)


def features(text: str) -> dict[str, tuple[float, int]]:
    """Every feature of `text` with its weight and how often it occurs."""
    found: dict[str, tuple[float, int]] = {}
    for word in words(text):
        for name, weight in parts_of(word):
            known = found.get(name)
            found[name] = (weight, 1) if known is None else (max(weight, known[0]), known[1] + 1)
    return found
