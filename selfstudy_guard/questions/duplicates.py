"""Near-duplicate questions: MinHash over word shingles, incremental, and the same on every machine.

MinHash: Broder 1997, "On the resemblance and containment of documents"; banding: Leskovec, Rajaraman and Ullman,
"Mining of Massive Datasets", section 3.4. Candidates are confirmed by the exact Jaccard similarity of their shingles.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.coverage.terms import is_unspaced, words
from selfstudy_guard.errors import InputError

_BANDS = 24
_ROWS = 3
_PRIME = np.uint64((1 << 61) - 1)
_FORMAT = 1


class NearDuplicates:
    """A growing set of texts that answers whether a new one is nearly the same as one of them.

    Args:
        threshold: Jaccard similarity of the shingles (0 to 1) from which two texts are near-duplicates.
        texts: what to start with.
    """

    def __init__(self, texts: Iterable[str] = (), *, threshold: float = 0.8) -> None:
        if not 0 < threshold <= 1:
            raise InputError(f"threshold must be above 0 and at most 1, not {threshold}")
        self.threshold = threshold
        self._texts: list[str] = []
        self._buckets: dict[tuple[int, bytes], list[int]] = {}
        self._last: tuple[str | None, list[tuple[int, bytes]]] = (None, [])
        generator = np.random.Generator(np.random.PCG64(20260101))
        count = _BANDS * _ROWS
        self._scale = generator.integers(1, 1 << 31, size=count, dtype=np.uint64) | np.uint64(1)
        self._shift = generator.integers(0, 1 << 31, size=count, dtype=np.uint64)
        for text in texts:
            self.add(text)

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, text: str) -> None:
        """Remember `text`."""
        place = len(self._texts)
        self._texts.append(text)
        for bucket in self._signature(text):
            self._buckets.setdefault(bucket, []).append(place)

    def find(self, text: str) -> str | None:
        """The remembered text that `text` nearly repeats, the oldest of them, or None."""
        shingles = _shingles(text)
        seen: set[int] = set()
        for bucket in self._signature(text):
            seen.update(self._buckets.get(bucket, ()))
        for place in sorted(seen):
            other = _shingles(self._texts[place])
            if len(shingles & other) >= self.threshold * len(shingles | other):
                return self._texts[place]
        return None

    def to_json(self) -> str:
        """The set as JSON text."""
        return json.dumps({"format": _FORMAT, "threshold": self.threshold, "texts": self._texts}, ensure_ascii=False)

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

    def _signature(self, text: str) -> list[tuple[int, bytes]]:
        if self._last[0] != text:  # what is looked for and new is added next
            self._last = (text, self._buckets_of(text))
        return self._last[1]

    def _buckets_of(self, text: str) -> list[tuple[int, bytes]]:
        hashes = np.array(
            [zlib.crc32(item.encode("utf-8", "surrogatepass")) for item in _shingles(text)], dtype=np.uint64
        )
        if not hashes.size:
            hashes = np.zeros(1, dtype=np.uint64)
        mixed: NDArray[np.uint64] = (hashes[:, None] * self._scale[None, :] + self._shift[None, :]) % _PRIME
        least = mixed.min(axis=0).reshape(_BANDS, _ROWS)
        return [(band, least[band].tobytes()) for band in range(_BANDS)]


@lru_cache(maxsize=1 << 15)
def _shingles(text: str) -> frozenset[str]:
    """Words, and pairs of neighbouring words; characters and their pairs in scripts without spaces."""
    items: list[str] = []
    for word in words(text):
        items.extend(word if is_unspaced(word) else [word])
    return frozenset(items) | {f"{a} {b}" for a, b in pairwise(items)}
