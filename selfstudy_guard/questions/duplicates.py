"""Near-duplicate questions by word shingles: incremental, exact, small, and the same on every machine.

Prefix filtering (Chaudhuri, Ganti and Kaushik 2006, doi:10.1109/ICDE.2006.9; Bayardo, Ma and Srikant 2007,
doi:10.1145/1242572.1242591) by size and position (Xiao, Wang, Lin and Yu 2008, doi:10.1145/1367497.1367516): put the
shingles of all texts in one order, the rare before the common. Two texts of m and s shingles whose Jaccard similarity
is at least t share at least a = t / (1 + t) * (m + s) of them, so the first m - a + 1 of the one meet the first
s - a + 1 of the other. Only the first few shingles of each text are kept, as numbers; what they find is confirmed by
the similarity itself.
"""

from __future__ import annotations

import json
import math
import zlib
from array import array
from collections.abc import Callable, Iterable
from functools import lru_cache

from selfstudy_guard.attribution.terms import shingles, words
from selfstudy_guard.errors import InputError

_FORMAT = 1
_FIRST, _GROWTH = 16, 4
"""Texts from which on the order goes by how often shingles occur, and how much more there must be to look again."""
_NONE = -1


class NearDuplicates:
    """A growing set of texts that answers whether a new one is nearly the same as one of them.

    It takes about 90 bytes a text, besides the texts themselves.

    Args:
        threshold: Jaccard similarity of the shingles (0 to 1) from which two texts are near-duplicates.
        texts: what to start with.
        stored: reads back the text that was added as number `place` (from 0), where texts are kept elsewhere.
    """

    def __init__(
        self, texts: Iterable[str] = (), *, threshold: float = 0.8, stored: Callable[[int], str] | None = None
    ) -> None:
        if not 0 < threshold <= 1:
            raise InputError(f"threshold must be above 0 and at most 1, not {threshold}")
        self.threshold = threshold
        self._texts: list[str] = []
        self._stored = stored
        self._size = 0
        self._look_again = _FIRST
        self._often = array("I", [0])
        self._firsts = _Firsts(1)
        self._found: tuple[str, list[int]] = "", self._ordered(_shingles(""))
        """What was looked for last, with its codes: mostly it is added next."""
        for text in texts:
            self.add(text)

    def __len__(self) -> int:
        return self._size

    def add(self, text: str) -> None:
        """Remember `text`."""
        if self._stored is None:
            self._texts.append(text)
        self._size += 1
        if self._size == self._look_again:
            self._order()
        else:
            text_found, codes = self._found
            self._index(self._size - 1, codes if text_found == text else self._ordered(_shingles(text)))

    def find(self, text: str) -> str | None:
        """The remembered text that `text` nearly repeats, the oldest of them, or None."""
        own = _shingles(text)
        size = len(own)
        codes = self._ordered(own)
        self._found = text, codes
        places: set[int] = set()
        for other in range(_ceil(self.threshold * size), math.floor(size / self.threshold + 1e-9) + 1):
            if other in self._firsts.sizes:
                shared = _ceil(self.threshold / (1 + self.threshold) * (size + other))
                self._firsts.collect(codes[: size - shared + 1], other, places)
        for place in sorted(places):
            candidate = self._text(place)
            found = _shingles(candidate)
            both = len(own & found)
            if both >= self.threshold * (size + len(found) - both):
                return candidate
        return None

    def _text(self, place: int) -> str:
        return self._texts[place] if self._stored is None else self._stored(place)

    def _ordered(self, shingles: frozenset[str]) -> list[int]:
        """Codes of the shingles, the rare first; equal texts have equal lists."""
        codes = [zlib.crc32(shingle.encode("utf-8", "surrogatepass")) for shingle in shingles]
        often, mask = self._often, len(self._often) - 1
        return sorted(codes, key=lambda code: (often[code & mask], code))

    def _index(self, place: int, codes: list[int]) -> None:
        size = len(codes)
        self._firsts.add(codes[: size - _ceil(self.threshold * size) + 1], size, place)

    def _order(self) -> None:
        """Count anew how often shingles occur, and put all texts in the order that follows from it."""
        self._look_again = self._size * _GROWTH
        room = 1 << (self._size * _GROWTH).bit_length()
        often = array("I", bytes(4 * room))
        for place in range(self._size):
            for shingle in _shingles(self._text(place)):
                often[zlib.crc32(shingle.encode("utf-8", "surrogatepass")) & room - 1] += 1
        self._often = often
        self._firsts = _Firsts(room)
        for place in range(self._size):
            self._index(place, self._ordered(_shingles(self._text(place))))
        self._found = "", self._ordered(_shingles(""))

    def to_json(self) -> str:
        """The set as JSON text."""
        texts = [self._text(place) for place in range(self._size)]
        return json.dumps({"format": _FORMAT, "threshold": self.threshold, "texts": texts}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> NearDuplicates:
        """The set that `to_json` wrote.

        Raises:
            InputError: the text is not one.
        """
        try:
            data = json.loads(text)
            if data["format"] != _FORMAT or not all(isinstance(item, str) for item in data["texts"]):
                raise ValueError("unknown format")
            return cls(data["texts"], threshold=float(data["threshold"]))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InputError(f"not a saved set of questions: {error}") from error


class _Firsts:
    """Which texts of a size have a code among their first: chains of numbers in arrays, 12 bytes an entry.

    Args:
        room: number of chains, a power of two.
    """

    def __init__(self, room: int) -> None:
        self.sizes: set[int] = set()
        self._mask = room - 1
        self._head = array("i", [_NONE]) * room
        self._next = array("i")
        self._place = array("i")
        self._mark = array("I")

    def add(self, codes: list[int], size: int, place: int) -> None:
        self.sizes.add(size)
        for code in codes:
            mark = _mark(code, size)
            chain = mark & self._mask
            self._next.append(self._head[chain])
            self._head[chain] = len(self._place)
            self._place.append(place)
            self._mark.append(mark)

    def collect(self, codes: list[int], size: int, places: set[int]) -> None:
        following, marks = self._next, self._mark
        for code in codes:
            mark = _mark(code, size)
            entry = self._head[mark & self._mask]
            while entry != _NONE:
                if marks[entry] == mark:
                    places.add(self._place[entry])
                entry = following[entry]


def _mark(code: int, size: int) -> int:
    """32 bits of a code and a size together."""
    return (code ^ size * 0x9E3779B1) * 0x85EBCA6B >> 7 & 0xFFFFFFFF


def _ceil(number: float) -> int:
    """Rounded up; the small number makes up for rounding of products (one too few is looked up in vain at most)."""
    return math.ceil(number - 1e-9)


@lru_cache(maxsize=1 << 11)
def _shingles(text: str) -> frozenset[str]:
    return shingles(words(text))
