"""Attribution: which targets of a document a question, and its answer, draw on.

Okapi BM25 (Robertson and Zaragoza 2009, doi:10.1561/1500000019) over words, prefixes and character n-grams, divided by
the weight of the whole question, so that scores lie in 0 to 1 and can be compared between targets, questions and
documents. With an answer, the target must also hold what the answer says.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.coverage.terms import canonical, features
from selfstudy_guard.records import Footprint, Target

Scores = NDArray[np.float64]

_K1 = 0.9
_B = 0.4
_PRESENT = 0.12
"""A lower best score than this means: not in this document."""


class AttributionIndex:
    """Finds the targets that a question draws on, among the targets of one document (or of several).

    Args:
        targets: all targets, eligible or not, in text order within each document.
    """

    def __init__(self, targets: Sequence[Target]) -> None:
        self.targets = tuple(targets)
        self._canonical = [canonical(target.text) for target in self.targets]
        bags = [features(target.text) for target in self.targets]
        lengths = np.array([sum(n for name, (_, n) in bag.items() if name[0] in "w1") for bag in bags], dtype=float)
        mean = float(lengths.mean()) if lengths.size and lengths.mean() > 0 else 1.0
        norm = _K1 * (1 - _B + _B * lengths / mean)
        self._vocabulary: dict[str, int] = {}
        rows: list[int] = []
        columns: list[int] = []
        counts: list[int] = []
        for row, bag in enumerate(bags):
            for name, (_, n) in bag.items():
                columns.append(self._vocabulary.setdefault(name, len(self._vocabulary)))
                rows.append(row)
                counts.append(n)
        column = np.array(columns, dtype=np.int64)
        order = np.argsort(column, kind="stable")
        self._row = np.array(rows, dtype=np.int32)[order]
        frequency = np.bincount(column, minlength=len(self._vocabulary)) if columns else np.zeros(0, dtype=np.int64)
        self._begin = np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64)
        count = np.array(counts, dtype=np.float64)[order]
        self._value = np.minimum(count * (_K1 + 1) / (count + norm[self._row]), 1.5) if columns else count
        total = len(self.targets)
        self._idf = np.log1p((total - frequency + 0.5) / (frequency + 0.5))
        self._idf_unknown = float(np.log1p((total + 0.5) / 0.5))

    def __len__(self) -> int:
        return len(self.targets)

    def _share(self, text: str) -> Scores:
        """For every target, the share (0 to 1) of the weight of `text` that it holds."""
        ids: list[int] = []
        weights: list[float] = []
        whole = 0.0
        for name, (weight, _) in features(text).items():
            column = self._vocabulary.get(name)
            if column is None:
                whole += weight * self._idf_unknown
            else:
                ids.append(column)
                weights.append(weight)
        if not ids:
            return np.zeros(len(self.targets))
        columns = np.array(ids)
        value = np.array(weights) * self._idf[columns]
        whole += float(value.sum())
        begin = self._begin[columns]
        length = self._begin[columns + 1] - begin
        ends = np.cumsum(length)
        place = np.arange(ends[-1]) + np.repeat(begin - ends + length, length)
        share = np.bincount(
            self._row[place], weights=self._value[place] * np.repeat(value, length), minlength=len(self.targets)
        )
        return np.minimum(share / whole, 1.0)

    def scores(self, question: str, answer: str | None = None) -> Scores:
        """Score of every target, 0 to 1, in the order of `targets`."""
        score = self._share(question)
        if answer is None or not answer.strip():
            return score
        phrase = canonical(answer)
        held = np.array([phrase in text for text in self._canonical], dtype=np.float64)
        return 0.35 * score + 0.35 * self._share(answer) + 0.3 * held

    def attribute(self, question: str, answer: str | None = None, *, top: int = 5) -> Footprint:
        """The targets that the question (and its answer) draws on, best first, at most `top`.

        An empty footprint means: not in this document.
        """
        if not self.targets or top < 1:
            return Footprint()
        scores = self.scores(question, answer)
        keep = min(top + 1, scores.size)
        best = np.argpartition(-scores, keep - 1)[:keep]
        best = best[np.argsort(-scores[best], kind="stable")]
        first = float(scores[best[0]])
        if first < _PRESENT:
            return Footprint()
        margin = first - float(scores[best[1]]) if best.size > 1 else first
        chosen = [int(i) for i in best[:top] if scores[i] >= 0.6 * first]
        return Footprint(
            targets=tuple(self.targets[i] for i in chosen),
            scores=tuple(float(scores[i]) for i in chosen),
            artefact=not self.targets[chosen[0]].eligible,
            margin=margin,
        )
