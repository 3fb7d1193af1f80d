"""The sentence model: scores every unit of a text for how much it addresses a model instead of informing the reader.

Two layers, run by numpy: linear scores of the words of a unit (hashed n-grams), then a small network over those scores,
the scores of the neighbours and of the document, and dense features. The project's training scripts make the weights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import files
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.canonical import Canonical, canonicalise
from selfstudy_guard.filter.model.belief_columns import DENSE
from selfstudy_guard.filter.model.features import FIRST_SINGLE, Floats, Hashes, read_words, word_hashes
from selfstudy_guard.filter.model.inputs import WINDOW, UnitMeasures, linear_scores, measure, windows
from selfstudy_guard.filter.model.sheet import Window, sheet_of
from selfstudy_guard.filter.model.surroundings import in_context
from selfstudy_guard.filter.model.weights import Vocabulary, Weights, read_weights
from selfstudy_guard.filter.model.word_lists import look_up
from selfstudy_guard.filter.units import Units, split_units

OFF_QUESTION = 0.8
"""Added to the logit of units that have to do neither with the question in view nor with the rest of the text."""
ORDERING = -2.0
"""Linear score from which the words of a unit are compared with the rules."""
WEIGHTS_FILE = "weights.npz"
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Scores:
    """What is known of every unit.

    Attributes:
        probability: belief from 0 to 1 that it addresses a model.
        strange: its words are so unknown that it may be a cipher.
        coded: it consists of short groups, or of digits and marks, so that it may be an encoding.
        ordering: its words are those of orders to a model, whatever its surroundings say.
        terse: it has one or two different words and none that orders are made of: only its neighbours can make it one.
    """

    probability: NDArray[np.float64]
    strange: NDArray[np.bool_]
    coded: NDArray[np.bool_]
    ordering: NDArray[np.bool_]
    terse: NDArray[np.bool_]

    @classmethod
    def joined(cls, parts: Sequence[Scores]) -> Scores:
        """What is known of the units of several windows, one after the other."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return cls(np.zeros(0), *(np.zeros(0, dtype=bool) for _ in range(4)))
        return cls(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(cls)))


def familiarity(text: str, vocabulary: Vocabulary) -> float:
    """Share of the words of `text` (two letters or more) that the vocabulary holds, counted by their letters."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    index = vocabulary.index
    known = index.listed[index.entries(word_hashes(words))] < len(vocabulary.hashes)
    lengths = np.array([len(word) for word in words])
    return float((known * lengths).sum() / lengths.sum())


def _product(rows: Floats, matrix: Floats) -> Floats:
    """`rows @ matrix` in pieces that OpenBLAS computes in the calling thread: waking its threads for a matrix as
    small as a
    document takes longer than the product, and forty times as long on a busy machine."""
    step = max(1, 260_000 // matrix.size)
    if len(rows) <= step:
        return np.asarray(rows @ matrix, dtype=np.float32)
    out = np.empty((len(rows), matrix.shape[1]), dtype=np.float32)
    for first in range(0, len(rows), step):
        np.matmul(rows[first : first + step], matrix, out=out[first : first + step])
    return out


def network(inputs: Floats, layers: tuple[tuple[Floats, Floats], ...]) -> Floats:
    """Logit of every row."""
    values = inputs
    for matrix, offset in layers[:-1]:
        values = _product(values, matrix)
        values += offset
        np.maximum(values, 0, out=values)
    matrix, offset = layers[-1]
    return np.asarray((_product(values, matrix) + offset)[:, 0], dtype=np.float32)


def stems_of(text: str) -> Hashes:
    """Sorted hashes of the stems of the content words of a question."""
    units = split_units(canonicalise(text).text)
    if not units.start:
        return np.zeros(0, dtype=np.uint64)
    words = read_words(units, 0, len(units.start))
    return np.unique(words.stem[(words.length >= 4) | (words.kind >= FIRST_SINGLE)])


def unrelated(measured: UnitMeasures, asked: Hashes, count: int) -> NDArray[np.bool_]:
    """Units that share no content word with the question and hardly any with the rest of the text."""
    words = measured.words
    shares = look_up(asked, words.stem) < len(asked)
    hits = np.bincount(words.unit[shares], minlength=count)
    return np.asarray((hits == 0) & (measured.topical < 0.25), dtype=np.bool_)


class SentenceModel:
    """Scores units with given weights."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.threshold: float = weights.threshold

    def familiar(self, text: str) -> float:
        """Share of the words of `text` that are known words of some language."""
        return familiarity(text, self.weights.vocabulary)

    def score(self, units: Units, canonical: Canonical, question: str | None = None) -> Scores:
        """Beliefs for every unit, in linear time."""
        return self.score_many([(units, canonical)], question)[0]

    def score_many(self, texts: Sequence[tuple[Units, Canonical]], question: str | None = None) -> list[Scores]:
        """`score` of every text; short texts are computed side by side."""
        asked = stems_of(question) if question else None
        ranges = [windows(units) for units, _ in texts]
        waiting: list[Window] = []
        scored: list[Scores] = []
        size = 0
        for (units, canonical), of_text in zip(texts, ranges, strict=True):
            for first, last in of_text:
                extent = units.end[last - 1] - units.start[first]
                if waiting and size + extent > WINDOW:
                    scored += self._score(waiting, asked)
                    waiting, size = [], 0
                waiting.append(Window(units, canonical, first, last))
                size += extent
        if waiting:
            scored += self._score(waiting, asked)
        in_order = iter(scored)
        return [Scores.joined(list(islice(in_order, len(of_text)))) for of_text in ranges]

    def _score(self, waiting: Sequence[Window], asked: Hashes | None) -> Iterator[Scores]:
        """Score windows side by side: what is known of the units of each."""
        weights = self.weights
        sheet = sheet_of(waiting)
        measured = measure(sheet, weights.vocabulary)
        linear = linear_scores(measured, weights.vocabulary, weights.grams, weights.bias)
        inputs = measured.inputs
        inputs[:, DENSE:] = in_context(linear, sheet)
        inputs -= weights.mean
        inputs *= weights.scale
        np.maximum(inputs, np.float32(-6), out=inputs)
        np.minimum(inputs, np.float32(6), out=inputs)
        logits = np.zeros(len(sheet))
        for layers in weights.layers:
            logits += network(inputs, layers) / len(weights.layers)
        if asked is not None:
            logits += OFF_QUESTION * unrelated(measured, asked, len(sheet))
        probability = 1 / (1 + np.exp(-logits))
        ordering = linear[:, 1] > ORDERING
        flags = (measured.strange, measured.coded, ordering, measured.terse)
        for begin, end in pairwise(sheet.edges):
            yield Scores(probability[begin:end], *(flag[begin:end] for flag in flags))


@lru_cache(maxsize=1)
def load_model() -> SentenceModel:
    """The model that ships with the package."""
    return SentenceModel(read_weights(str(files("selfstudy_guard.filter.model").joinpath(WEIGHTS_FILE))))
