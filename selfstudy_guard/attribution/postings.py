"""The inverted index behind attribution: which targets hold a feature, and how much that counts.

Okapi BM25 (Robertson and Zaragoza 2009, doi:10.1561/1500000019) with every posting weighed when the index is built (as
in BM25S, Lu 2024, arXiv 2407.03618), so that a query is one gather and one weighted count in numpy.
"""

from __future__ import annotations

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
_REMEMBERED = 200
"""Words of queries whose features are kept at hand, plus four for each row; questions share most of their words."""


class Matches(NamedTuple):
    """The postings that a query met: target `row[i]` holds a feature of the query's word `word[i]`.

    `value` is what that adds to the target's share of the query, `weight` what the feature weighs in it, and `whole`
    what each of the distinct `words` weighs (1 together).
    """

    row: NDArray[np.int32]
    word: Ints
    value: Floats
    weight: Floats
    whole: Floats
    words: tuple[str, ...]


class _Asked(NamedTuple):
    """One word of a query: its known features, their weights, and the weight of all its features."""

    features: Ints
    weights: Floats
    whole: float


class Postings:
    """An inverted index over texts.

    Args:
        texts: one text a row.
        parts: the weighted features of a word, the word itself first.
    """

    def __init__(self, texts: Sequence[str], parts: PostingParts = coded_parts) -> None:
        self.size: int = len(texts)
        self._parts = parts
        self._asked: dict[str, _Asked] = {}
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
        self._idf = np.log1p((self.size - frequency + 0.5) / (frequency + 0.5))
        self._idf_unknown = float(np.log1p((self.size + 0.5) / 0.5))

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
        """The postings that the features of `text` meet."""
        distinct = tuple(dict.fromkeys(words(text)))[:_QUERY_WORDS]
        if not distinct:
            none = np.zeros(0)
            return Matches(none.astype(np.int32), none.astype(np.int64), none, none, none, ())
        known = self._asked
        asked = [known.get(word) or self._ask(word) for word in distinct]
        whole = np.array([one.whole for one in asked])
        total = max(float(whole.sum()), 1e-9)
        features = np.concatenate([one.features for one in asked])
        weights = np.concatenate([one.weights for one in asked]) / total
        word = np.arange(len(asked)).repeat([one.features.size for one in asked])
        begin = self._begin[features]
        length = self._begin[features + 1] - begin
        if int(length.sum()) > _BUDGET:
            order = np.argsort(length, kind="stable")
            kept = order[: max(1, int(np.searchsorted(np.cumsum(length[order]), _BUDGET, side="right")))]
            begin, length, weights, word = begin[kept], length[kept], weights[kept], word[kept]
        place = _ranges(begin, length)
        owner = np.arange(length.size).repeat(length)
        weight = weights[owner]
        return Matches(self._row[place], word[owner], self._value[place] * weight, weight, whole / total, distinct)

    def _ask(self, word: str) -> _Asked:
        found = self._asked.get(word)
        if found is None:
            codes, weights = self._parts(word)
            places, known = self._places(codes)
            features = places[known]
            unknown = float(weights[~known].sum()) * self._idf_unknown
            weights = weights[known] * self._idf[features]
            found = _Asked(features, weights, float(weights.sum()) + unknown)
            if len(self._asked) >= _REMEMBERED + 4 * self.size:
                self._asked.clear()
            self._asked[word] = found
        return found

    def _places(self, codes: NDArray[np.uint32]) -> tuple[Ints, NDArray[np.bool_]]:
        """Feature of each code, and whether it is known at all."""
        if not self._codes.size:
            return np.zeros(codes.size, dtype=np.int64), np.zeros(codes.size, dtype=bool)
        places = np.minimum(np.searchsorted(self._codes, codes), self._codes.size - 1)
        return places, self._codes[places] == codes

    def share(self, text: str) -> Floats:
        """For every row, the share (0 to 1, above 1 for repeated words) of the weight of `text` that it holds."""
        return self.summed(self.match(text))

    def summed(self, matches: Matches) -> Floats:
        """What `matches` add up to, by row."""
        share = np.bincount(matches.row, weights=matches.value, minlength=self.size)
        return share.astype(np.float64, copy=False)

    def rarest(self, text: str) -> NDArray[np.int32]:
        """Rows that hold the rarest whole word (or character run) of `text`; none where a word occurs nowhere."""
        best: NDArray[np.int32] | None = None
        for word in words(text):
            codes = self._parts(word)[0]
            places, known = self._places(codes if is_unspaced(word) else codes[:1])
            if not known.all():
                return np.zeros(0, dtype=np.int32)
            for place in places.tolist():
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
