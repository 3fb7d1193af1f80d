"""Near-duplicates of another target, found in one pass: shingles, the smallest hashes, and an exact check."""

from __future__ import annotations

import re
import zlib
from itertools import pairwise

from selfstudy_guard.documents.eligibility.wordlike import FUNCTION

_TOKEN = re.compile(r"[^\W_]+")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_SAME = 0.84
_NUMBER = re.compile(r"\d+")
_Known = tuple[frozenset[bytes], tuple[str, ...]]


class DuplicateFinder:
    """Remembers texts and says whether a new one is nearly the same as an earlier one.

    The share of common shingles (two content words; four characters of dense scripts) decides, Jaccard at
    least 0.84: function words are free, and of some 25 content words one may differ. Texts with different numbers
    in them are different.
    Candidates are the earlier texts that share one of the four smallest shingle hashes (Broder 1997); hashes are
    CRC-32, so the answer is the same everywhere.
    """

    def __init__(self) -> None:
        self._by_hash: dict[int, list[_Known]] = {}
        self._exact: set[str] = set()

    def seen(self, text: str, *, exact: bool = False) -> bool:
        """Whether `text` is nearly the same as an earlier one (with `exact`: the same words); remembers it if not."""
        tokens = _TOKEN.findall(text[:4000].casefold())
        if not tokens:
            return False
        plain = " ".join(tokens)
        if plain in self._exact:
            return True
        shingles = frozenset() if exact else _shingles(plain, tokens)
        if len(shingles) >= 4:
            numbers = tuple(_NUMBER.findall(plain))
            marks = sorted(set(map(zlib.crc32, shingles)))[:4]
            for mark in marks:
                for other, others in self._by_hash.get(mark, ()):
                    common = len(shingles & other)
                    if numbers == others and common >= _SAME * (len(shingles) + len(other) - common):
                        return True
            for mark in marks:
                known = self._by_hash.setdefault(mark, [])
                if len(known) < 8:
                    known.append((shingles, numbers))
        self._exact.add(plain)
        return False


def _shingles(plain: str, tokens: list[str]) -> frozenset[bytes]:
    if not plain.isascii() and _DENSE.search(plain):
        packed = plain.replace(" ", "")
        return frozenset(_bytes(packed[at : at + 4]) for at in range(max(1, len(packed) - 3)))
    kept = [token for token in tokens if token not in FUNCTION and (len(token) > 2 or token.isdigit())]
    return frozenset(map(b" ".join, pairwise(_bytes(" ".join(kept)).split(b" ")))) if kept else frozenset()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
