"""Near-duplicate questions by word shingles: incremental, exact, and the same on every machine.

Prefix filtering (Chaudhuri, Ganti and Kaushik 2006, doi:10.1109/ICDE.2006.9; Bayardo, Ma and Srikant 2007,
doi:10.1145/1242572.1242591): a text whose Jaccard similarity with another is at least t holds at least a share t of the
other's shingles, so it holds one of any of them that are more than the rest. The rarest are looked up, which few texts
hold; what they find is confirmed by the similarity itself.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from selfstudy_guard.coverage.terms import is_unspaced, words
from selfstudy_guard.errors import InputError

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
        self._holders: dict[str, list[int]] = {}
        for text in texts:
            self.add(text)

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, text: str) -> None:
        """Remember `text`."""
        place = len(self._texts)
        self._texts.append(text)
        for shingle in _shingles(text):
            self._holders.setdefault(shingle, []).append(place)

    def find(self, text: str) -> str | None:
        """The remembered text that `text` nearly repeats, the oldest of them, or None."""
        shingles = _shingles(text)
        # A near-duplicate lacks at most `spare` of the shingles, so it holds one of any `spare + 1`. The small number
        # makes up for rounding: one shingle too many is only looked up in vain.
        spare = len(shingles) - math.ceil(self.threshold * len(shingles) - 1e-9)
        rarest = sorted((self._holders.get(shingle, ()) for shingle in shingles), key=len)[: spare + 1]
        for place in sorted(set().union(*rarest)):
            other = _shingles(self._texts[place])
            both = len(shingles & other)
            if both >= self.threshold * (len(shingles) + len(other) - both):
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


@lru_cache(maxsize=1 << 15)
def _shingles(text: str) -> frozenset[str]:
    """Words, and pairs of neighbouring words; characters and their pairs in scripts without spaces. Never empty."""
    items: list[str] = []
    for word in words(text):
        items.extend(word if is_unspaced(word) else [word])
    return frozenset(items or [""]) | {f"{a} {b}" for a, b in pairwise(items)}
