"""A set of digests with the place of each, 24 bytes a slot: ten million documents fit in a few hundred MB."""

from __future__ import annotations

import hashlib
from array import array

_EMPTY = 0


Key = tuple[int, int]


def key_of(text: str) -> Key:
    """128 bits of the SHA-256 of `text`."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")


class PlaceIndex:
    """Open-addressing table from a digest to the place (file number, row number) where it was first seen."""

    def __init__(self) -> None:
        self._size = 1024
        self._count = 0
        self._high = array("Q", bytes(8 * self._size))
        self._low = array("Q", bytes(8 * self._size))
        self._place = array("Q", bytes(8 * self._size))

    def __len__(self) -> int:
        return self._count

    def find(self, key: Key) -> tuple[int, int] | None:
        """Where `key` was first seen, as (file number, row number); None if it was not."""
        slot = self._slot(*key)
        place = self._place[slot]
        return None if place == _EMPTY else _unpack(place)

    def add(self, key: Key, file: int, row: int) -> tuple[int, int] | None:
        """Note `key` at a place; if it was there before, change nothing and return the earlier place."""
        high, low = key
        slot = self._slot(high, low)
        place = self._place[slot]
        if place != _EMPTY:
            return _unpack(place)
        self._high[slot], self._low[slot], self._place[slot] = high, low, ((file << 40) | row) + 1
        self._count += 1
        if self._count * 3 > self._size * 2:
            self._grow()
        return None

    def _slot(self, high: int, low: int) -> int:
        mask = self._size - 1
        slot = low & mask
        while self._place[slot] != _EMPTY and (self._high[slot] != high or self._low[slot] != low):
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        old = zip(self._high, self._low, self._place, strict=True)
        self._size *= 2
        self._high = array("Q", bytes(8 * self._size))
        self._low = array("Q", bytes(8 * self._size))
        self._place = array("Q", bytes(8 * self._size))
        for high, low, place in old:
            if place != _EMPTY:
                slot = self._slot(high, low)
                self._high[slot], self._low[slot], self._place[slot] = high, low, place


def _unpack(place: int) -> tuple[int, int]:
    return (place - 1) >> 40, (place - 1) & ((1 << 40) - 1)
