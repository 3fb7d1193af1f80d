"""The sentence model: scores every unit of a text for how much it addresses a model instead of informing the reader.

Two layers, run by numpy: linear scores of the words of a unit (hashed n-grams), then a small network over those scores,
the scores of the neighbours and of the document, and dense features. `benchmarks/train_filter.py` makes the weights.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.instructions.canonical import Canonical, canonicalise
from selfstudy_guard.instructions.features import FIRST_SINGLE, Floats, Hashes, look_up, read_words, word_hash
from selfstudy_guard.instructions.inputs import Measured, context, dense, gram_ids, linear_scores, windows
from selfstudy_guard.instructions.units import Units, split_units
from selfstudy_guard.instructions.weights import Vocabulary, Weights, read_weights

OFF_QUESTION = 0.8
"""Added to the logit of units that have to do neither with the question in view nor with the rest of the text."""
ORDERING = -1.0
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
        terse: it has one or two words and none that orders are made of, so that only its neighbours can make it one.
    """

    probability: NDArray[np.float64]
    strange: NDArray[np.bool_]
    coded: NDArray[np.bool_]
    ordering: NDArray[np.bool_]
    terse: NDArray[np.bool_]


def familiarity(text: str, vocabulary: Vocabulary) -> float:
    """Share of the words of `text` (two letters or more) that the vocabulary holds, counted by their letters."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    hashes = np.array([word_hash(word) for word in words], dtype=np.uint64)
    known = look_up(vocabulary.hashes, hashes) < len(vocabulary.hashes)
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
        values = np.maximum(_product(values, matrix) + offset, 0)
    matrix, offset = layers[-1]
    return np.asarray((_product(values, matrix) + offset)[:, 0], dtype=np.float32)


def stems_of(text: str) -> Hashes:
    """Sorted hashes of the stems of the content words of a question."""
    units = split_units(canonicalise(text).text)
    if not units.start:
        return np.zeros(0, dtype=np.uint64)
    words = read_words(units, 0, len(units.start))
    return np.unique(words.stem[(words.length >= 4) | (words.kind >= FIRST_SINGLE)])


def unrelated(measured: Measured, asked: Hashes, count: int) -> NDArray[np.bool_]:
    """Units that share no content word with the question and hardly any with the rest of the text."""
    words = measured.words
    shares = look_up(asked, words.stem) < len(asked)
    hits = np.bincount(words.unit[shares], minlength=count)
    return np.asarray((hits == 0) & (measured.topical < 0.25), dtype=np.bool_)


class SentenceModel:
    """Scores units with given weights."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.threshold = weights.threshold

    def familiar(self, text: str) -> float:
        """Share of the words of `text` that are known words of some language."""
        return familiarity(text, self.weights.vocabulary)

    def score(self, units: Units, canonical: Canonical, question: str | None = None) -> Scores:
        """Beliefs for every unit, in linear time."""
        weights = self.weights
        probability = np.zeros(len(units.start))
        strange = np.zeros(len(units.start), dtype=bool)
        coded = np.zeros(len(units.start), dtype=bool)
        ordering = np.zeros(len(units.start), dtype=bool)
        terse = np.zeros(len(units.start), dtype=bool)
        asked = stems_of(question) if question else None
        for first, last in windows(units):
            measured = dense(units, canonical, first, last, weights.vocabulary)
            buckets, owner = gram_ids(measured.words, weights.vocabulary)
            linear = linear_scores(buckets, owner, last - first, weights.grams, weights.bias)
            inputs = np.hstack([measured.features, context(linear, units, first, last)])
            inputs = np.clip((inputs - weights.mean) * weights.scale, -6, 6)
            logits = np.zeros(last - first, dtype=np.float64)
            for layers in weights.layers:
                logits += network(inputs, layers) / len(weights.layers)
            if asked is not None:
                logits += OFF_QUESTION * unrelated(measured, asked, last - first)
            probability[first:last] = 1 / (1 + np.exp(-logits))
            strange[first:last] = measured.strange
            coded[first:last] = measured.coded
            ordering[first:last] = linear[:, 1] > ORDERING
            terse[first:last] = measured.terse
        return Scores(probability, strange, coded, ordering, terse)


@lru_cache(maxsize=1)
def load_model() -> SentenceModel:
    """The model that ships with the package."""
    return SentenceModel(read_weights(str(files("selfstudy_guard.instructions").joinpath(WEIGHTS_FILE))))
