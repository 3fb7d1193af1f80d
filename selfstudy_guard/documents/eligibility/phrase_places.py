"""Where in a document each pattern of boilerplate may match, found in one pass for all of them.

Any match of a pattern holds one of its runs of letters (sieve.py). Of every run one rare group of three letters is
looked up at all places of the text at once (numpy); only where one stands, the run itself is compared. What `re` would
match, and the text of which a block or a target is a view, then differ in white space and markup alone: so the parts of
runs between spaces are looked for in the raw text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from selfstudy_guard.documents.eligibility.sieve import DOTLESS, ODD, Sieved
from selfstudy_guard.documents.eligibility.wordlike import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GRAM = 3
_FREQUENT = "etaoinshrdlucmfwypvbgkjqxz"
"""Letters by their frequency in English; others are rarer."""


class PhrasePlaces:
    """Runs of letters of patterns, made once for all documents.

    Args:
        patterns: what is looked up.

    Attributes:
        bits: where the bits of a pattern begin among those of all, and a mask; each alternative has one bit.
    """

    def __init__(self, patterns: Sequence[Sieved]) -> None:
        import numpy as np

        self.bits: dict[Sieved, tuple[int, int]] = {}
        self._always = at = 0
        self._short: dict[str, int] = defaultdict(int)
        bits: dict[str, int] = defaultdict(int)
        for sieve in patterns:
            count = 1 + max(place for place, _ in sieve.needed)
            self.bits[sieve] = at, (1 << count) - 1
            for place, run in sieve.needed:
                if run is None:
                    self._always |= 1 << (at + place)
                    continue
                part = max(run.split(), key=_rarity)
                (bits if len(part) >= _GRAM else self._short)[part] |= 1 << (at + place)
            at += count
        self._any = (1 << at) - 1
        self._parts: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
        for part, held in bits.items():
            offset = max(range(len(part) - _GRAM + 1), key=lambda at: _rarity(part[at : at + _GRAM]))
            self._parts[int(_hashes(part[offset : offset + _GRAM])[0])].append((part, offset, held))
        self._known = np.zeros(1 << 16, dtype=bool)
        self._known[list(self._parts)] = True

    def of(self, text: str) -> FoundPlaces:
        """Places of a raw document."""
        lowered = text.lower()
        if not lowered.isascii():
            if len(lowered) != len(text) or ODD.search(lowered):
                return FoundPlaces([], [], self._any)
            lowered = lowered.replace(DOTLESS, "i")
        everywhere = self._always
        plain = lowered.isascii()
        for part, held in self._short.items():
            if not (plain and not part.isascii()) and part in lowered:
                everywhere |= held
        found: list[tuple[int, int]] = []
        if len(lowered) >= _GRAM:
            hashes = _hashes(lowered)
            places = self._known[hashes].nonzero()[0]
            for at, mark in zip(places.tolist(), hashes[places].tolist(), strict=True):
                for part, offset, held in self._parts[mark]:
                    if at >= offset and lowered.startswith(part, at - offset):
                        found.append((at - offset, held))
        found.sort()
        return FoundPlaces([at for at, _ in found], [held for _, held in found], everywhere)


class FoundPlaces:
    """What stands where in one document."""

    def __init__(self, starts: list[int], bits: list[int], everywhere: int) -> None:
        self._starts, self._bits, self._everywhere = starts, bits, everywhere

    def within(self, start: int, end: int) -> int:
        """Bits of the alternatives that may match in `[start, end)`."""
        found = self._everywhere
        for at in range(bisect_left(self._starts, start), len(self._starts)):
            if self._starts[at] >= end:
                break
            found |= self._bits[at]
        return found


class LookedAt:
    """One paragraph in one line, and what may be found in it.

    Args:
        flat: its words with single spaces between.
        places: of the patterns that are looked up by place.
        possible: bits that `FoundPlaces.within` gave for it; None where nothing was looked up.
    """

    def __init__(self, flat: str, places: PhrasePlaces, possible: int | None) -> None:
        self.flat, self.lowered = flat, flat.lower()
        self._places, self._possible = places, possible

    @cached_property
    def size(self) -> int:
        """Its words."""
        return words(self.flat)

    def may(self, sieve: Sieved) -> bool:
        """Whether a pattern can match in a part of it."""
        if self._possible is None or sieve not in self._places.bits:
            return sieve.may_match(self.lowered)
        first, mask = self._places.bits[sieve]
        return self._possible >> first & mask != 0

    def met(self, sieve: Sieved, most: int = 1 << 30) -> bool:
        """Whether a pattern matches somewhere in it, and it has at most `most` words."""
        possible = None
        if self._possible is not None and sieve in self._places.bits:
            first, mask = self._places.bits[sieve]
            possible = self._possible >> first & mask
            if not possible:
                return False
        elif self.size > most:  # before looking for a hundred runs of letters
            return False
        alternatives = sieve.open(self.lowered, possible)
        return bool(alternatives) and self.size <= most and sieve.matches(self.flat, alternatives)


def _rarity(letters: str) -> int:
    """How much a group of letters tells; a longer one tells more."""
    return sum(_FREQUENT.find(c) + 1 if c in _FREQUENT else len(_FREQUENT) for c in letters) if letters else 0


def _hashes(text: str) -> NDArray[Any]:
    """A number of 16 bits for every three letters."""
    import numpy as np

    if text.isascii():
        codes = np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.uint16)
    else:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint16)
    return (codes[:-2] * np.uint16(961) + codes[1:-1]) * np.uint16(31) + codes[2:]
