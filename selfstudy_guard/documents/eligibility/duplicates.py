"""Near-duplicates of another target, found in one pass: shingles, the smallest hashes, and an exact check."""

from __future__ import annotations

import re
import zlib
from collections.abc import Hashable

_TOKEN = re.compile(r"[^\W_]+")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_SAME = 0.8


class DuplicateFinder:
    """Remembers texts and says whether a new one is nearly the same as an earlier one.

    The share of common shingles (three words; four characters of dense scripts) decides: Jaccard at least 0.8.
    Candidates are the earlier texts that share one of the three smallest shingle hashes (Broder 1997); hashes are
    CRC-32, so the answer is the same everywhere.
    """

    def __init__(self) -> None:
        self._by_hash: dict[int, list[frozenset[Hashable]]] = {}
        self._exact: set[str] = set()

    def seen(self, text: str, *, exact: bool = False) -> bool:
        """Whether `text` is nearly the same as an earlier one (with `exact`: the same words); remembers it if not."""
        tokens = _TOKEN.findall(text[:4000].casefold())
        plain = " ".join(tokens)
        if not plain:
            return False
        if plain in self._exact:
            return True
        shingles = _shingles(tokens, plain)
        if len(shingles) >= 5 and not exact:
            marks = sorted({zlib.crc32(repr(shingle).encode("utf-8", "surrogatepass")) for shingle in shingles})[:3]
            for mark in marks:
                for other in self._by_hash.get(mark, ()):
                    common = len(shingles & other)
                    if common >= _SAME * (len(shingles) + len(other) - common):
                        return True
            for mark in marks:
                known = self._by_hash.setdefault(mark, [])
                if len(known) < 8:
                    known.append(shingles)
        self._exact.add(plain)
        return False


def _shingles(tokens: list[str], plain: str) -> frozenset[Hashable]:
    if _DENSE.search(plain):
        packed = plain.replace(" ", "")
        return frozenset(packed[at : at + 4] for at in range(max(1, len(packed) - 3)))
    return frozenset(tuple(tokens[at : at + 3]) for at in range(max(1, len(tokens) - 2)))
