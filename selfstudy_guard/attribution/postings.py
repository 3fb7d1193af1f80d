"""The inverted index behind attribution: which targets hold a feature, and how much that counts.

Okapi BM25 (Robertson and Zaragoza 2009, doi:10.1561/1500000019) with every posting weighed when the index is built (as
in BM25S, Lu 2024, arXiv 2407.03618), so that a query is one gather and one weighted count in numpy.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.attribution.terms import Coded, coded_parts, is_unspaced, words

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PostingParts = Callable[[str], Coded]

_K1 = 0.4
_B = 0.6
_BUDGET = 20_000
"""Most postings that one query reads; the commonest features are left out first, which change the order least."""
_QUERY_WORDS = 400
"""Most distinct words of a query that are looked at (a long answer says enough with these)."""
_SMALL = 200
"""Up to this many rows, what a word brings each row is kept, so that a query only adds up its words."""
_KEPT = 128
"""Words that are kept so, 2 kB a row in all; questions share most of their words."""


class Matches(NamedTuple):
    """What a query met.

    `share` is what each row holds of the query, `held(rows)` what rows hold of each word (shape: rows, words), `whole`
    what each of the distinct `words` weighs in the query (1 together).
    """

    share: Floats
    held: Callable[[Ints], Floats]
    whole: Floats
    words: tuple[str, ...]


class _Asked(NamedTuple):
    """The features of words: `weight[i]` of `feature[i]` in word `owner[i]`; `whole` is that of all of a word."""

    feature: Ints
    weight: Floats
    owner: Ints
    whole: Floats


class _Kept(NamedTuple):
    """What one word brings each row: `adds[0]` to its share, `adds[1]` of the word's weight; and its postings."""

    adds: Floats
    whole: float
    postings: int


class Postings:
    """An inverted index over texts.

    Args:
        texts: one text a row.
        parts: the weighted features of a word, the word itself first.
    """

    def __init__(self, texts: Sequence[str], parts: PostingParts = coded_parts) -> None:
        self.size: int = len(texts)
        self._parts = parts
        self._kept: dict[str, _Kept] = {}
        lexicon: dict[str, int] = {}
        rows: list[int] = []
        ids: list[int] = []
        counts: list[int] = []
        lengths = np.ones(self.size)
        for row, text in enumerate(texts):
            found = Counter(words(text))
            lengths[row] = max(1.0, sum(n * (len(w) / 2 if is_unspaced(w) else 1.0) for w, n in found.items()))
            for word, n in found.items():
                rows.append(row)
                ids.append(lexicon.setdefault(word, len(lexicon)))
                counts.append(n)
        spelt = [parts(word)[0] for word in lexicon]
        sizes = np.fromiter(map(len, spelt), dtype=np.int64, count=len(spelt))
        codes = np.concatenate(spelt) if spelt else np.zeros(0, dtype=np.uint32)
        self._codes, flat = np.unique(codes, return_inverse=True)
        self._build(np.array(rows, dtype=np.int64), np.array(ids, dtype=np.int64), np.array(counts), sizes, flat)
        norm = _K1 * (1 - _B + _B * lengths / lengths.mean()) if self.size else lengths
        self._value = self._tally * (_K1 + 1) / (self._tally + norm[self._row])
        frequency = np.diff(self._begin)
        # The feature behind the last known one stands for all that are unknown, which no row holds.
        self._count = np.append(frequency, 0)
        self._idf = np.log1p((self.size - self._count + 0.5) / (self._count + 0.5))

    def _build(self, rows: Ints, ids: Ints, counts: Ints, sizes: Ints, flat: Ints) -> None:
        """Postings by feature from postings by word: each (word, row) is spread over the features of the word."""
        width = sizes[ids]
        first = np.concatenate([[0], np.cumsum(sizes)])[ids] if ids.size else ids
        feature = flat[_ranges(first, width)]
        row = np.repeat(rows, width)
        key, inverse = np.unique(feature * max(self.size, 1) + row, return_inverse=True)
        self._tally = np.bincount(inverse, weights=np.repeat(counts, width), minlength=key.size)
        self._row = (key % max(self.size, 1)).astype(np.int32)
        frequency = np.bincount(key // max(self.size, 1), minlength=self._codes.size)
        self._begin = np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64)

    def match(self, text: str) -> Matches:
        """What the features of `text` meet."""
        distinct = tuple(dict.fromkeys(words(text)))[:_QUERY_WORDS]
        if not distinct or not self.size:
            return Matches(np.zeros(self.size), lambda rows: np.zeros((rows.size, 0)), np.zeros(0), ())
        if self.size <= _SMALL:
            kept = self._looked_up(distinct)
            if sum([one.postings for one in kept]) <= _BUDGET:
                return self._added_up(kept, distinct)
        asked = self._ask(distinct)
        total = max(float(asked.whole.sum()), 1e-9)
        length = self._count[asked.feature]
        if int(length.sum()) > _BUDGET:
            order = np.argsort(length, kind="stable")
            cut = order[: max(1, int(np.searchsorted(np.cumsum(length[order]), _BUDGET, side="right")))]
            asked = _Asked(asked.feature[cut], asked.weight[cut], asked.owner[cut], asked.whole)
        row, weight, value, owner = self._met(asked)
        share = np.bincount(row, weights=value, minlength=self.size) / total

        def held(rows: Ints) -> Floats:
            slot = np.full(self.size, -1)
            slot[rows] = np.arange(rows.size)
            place = slot[row]
            met = place >= 0
            cells = place[met] * len(distinct) + owner[met]
            found = np.bincount(cells, weights=weight[met], minlength=rows.size * len(distinct))
            return np.asarray(found.reshape(rows.size, len(distinct)) / total)

        return Matches(share, held, asked.whole / total, distinct)

    def _added_up(self, kept: list[_Kept], distinct: tuple[str, ...]) -> Matches:
        """The same from what is kept of each word."""
        wholes = [one.whole for one in kept]
        total = max(math.fsum(wholes), 1e-9)
        adds = np.array([one.adds for one in kept])
        share = np.add.reduce(adds[:, 0]) / total
        return Matches(share, lambda rows: adds[:, 1, rows].T / total, np.array(wholes) / total, distinct)

    def _looked_up(self, distinct: tuple[str, ...]) -> list[_Kept]:
        """What is kept of each word of a query to a small index; what is not yet is computed together."""
        found = {word: kept for word in distinct if (kept := self._kept.get(word)) is not None}
        new = [word for word in distinct if word not in found]
        if new:
            asked = self._ask(new)
            row, weight, value, owner = self._met(asked)
            cells, least = owner * self.size + row, len(new) * self.size
            adds = np.concatenate([np.bincount(cells, of, least) for of in (value, weight)]).reshape(2, len(new), -1)
            postings = np.bincount(owner, minlength=len(new)).tolist()
            fresh = {word: _Kept(adds[:, at], float(asked.whole[at]), postings[at]) for at, word in enumerate(new)}
            if len(self._kept) + len(new) > _KEPT:
                self._kept = {}  # a new one: another thread may still be reading the old one
            self._kept.update(fresh)
            found |= fresh
        return [found[word] for word in distinct]

    def _ask(self, asked: Sequence[str]) -> _Asked:
        """The features of words."""
        parts = [self._parts(word) for word in asked]
        owner = np.arange(len(parts)).repeat([codes.size for codes, _ in parts])
        feature = self._places(np.concatenate([codes for codes, _ in parts]))
        weight = np.concatenate([weights for _, weights in parts]) * self._idf[feature]
        whole = np.bincount(owner, weight, len(parts)).astype(np.float64, copy=False)
        return _Asked(feature, weight, owner, whole)

    def _met(self, asked: _Asked) -> tuple[NDArray[np.int32], Floats, Floats, Ints]:
        """The postings of features: their rows, what the feature weighs, what that adds to the row, and whose it is."""
        length = self._count[asked.feature]
        place = _ranges(self._begin[asked.feature], length)
        weight = asked.weight.repeat(length)
        return self._row[place], weight, self._value[place] * weight, asked.owner.repeat(length)

    def _places(self, codes: NDArray[np.uint32]) -> Ints:
        """Feature of each code; the one behind the last where a code is unknown."""
        last = self._codes.size
        if not last:
            return np.zeros(codes.size, dtype=np.int64)
        places = self._codes.searchsorted(codes)
        return np.where(self._codes.take(places, mode="clip") == codes, places, last)

    def share(self, text: str) -> Floats:
        """For every row, the share (0 to 1, above 1 for repeated words) of the weight of `text` that it holds."""
        return self.match(text).share

    def rarest(self, text: str) -> NDArray[np.int32]:
        """Rows that hold the rarest whole word (or character run) of `text`; none where a word occurs nowhere."""
        best: NDArray[np.int32] | None = None
        for word in words(text):
            codes = self._parts(word)[0]
            for place in self._places(codes if is_unspaced(word) else codes[:1]).tolist():
                if place == self._codes.size:
                    return np.zeros(0, dtype=np.int32)
                rows = self._row[self._begin[place] : self._begin[place + 1]]
                if best is None or rows.size < best.size:
                    best = rows
        return np.zeros(0, dtype=np.int32) if best is None else best


def _ranges(begin: Ints, length: Ints) -> Ints:
    """`begin[0], begin[0] + 1, ...` for `length[0]` numbers, then the same for the next."""
    ends = length.cumsum()
    if not ends.size or not ends[-1]:
        return np.zeros(0, dtype=np.int64)
    return np.asarray(np.arange(ends[-1]) + (begin - ends + length).repeat(length))
