"""The sentence model: scores every unit of a text for how much it addresses a model instead of informing the reader.

Two layers, run by numpy: linear scores of the words of a unit (hashed n-grams), then a small network over those scores, the
scores of the neighbours and of the document, and dense features. `benchmarks/train_filter.py` makes the weights.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.errors import InputError
from selfstudy_guard.instructions.canonical import Canonical, canonicalise
from selfstudy_guard.instructions.features import (
    FIRST_SINGLE,
    KINDS,
    LEXICON_WIDTH,
    SPACE,
    THAI,
    Floats,
    Hashes,
    Ints,
    Words,
    around,
    lexical,
    look_up,
    read_words,
    shape,
    sums_by_unit,
    topic,
    word_hash,
)
from selfstudy_guard.instructions.lexicon import CLASSES
from selfstudy_guard.instructions.units import Units, split_units

OFF_QUESTION = 0.8
"""Added to the logit of units that have to do neither with the question in view nor with the rest of the text."""
WINDOW = 60_000
"""Code points that are looked at together; longer texts are scored window by window."""
GRAM_BITS = 17
_GRAMS = 1 << GRAM_BITS
_MIX = (
    np.uint64(0xD6E8FEB86659FD93),
    np.uint64(0xA0761D6478BD642F),
    np.uint64(0xE7037ED1A0B428DB),
    np.uint64(0x8EBC6AF09C88C6E3),
)
_WORD = re.compile(r"[^\W\d_]{2,}")
WEIGHTS_FILE = "weights.npz"


@dataclass(frozen=True)
class Vocabulary:
    """Words the model knows.

    Attributes:
        hashes: sorted hashes of the words.
        weight: how much each says about a topic, 0 (function word) to 1; one more row for unknown words.
    """

    hashes: Hashes
    weight: Floats


@dataclass(frozen=True)
class Weights:
    """Everything that training makes; see `benchmarks/train_filter.py`.

    Attributes:
        vocabulary: known words.
        grams: shape (2**GRAM_BITS, outputs): weight of every hashed n-gram in the linear scores.
        bias: shape (outputs,).
        mean, scale: shape (inputs,): what inputs are centred and divided by.
        layers: matrices and offsets of the networks, one list per network of the ensemble.
        threshold: score from which a unit is a finding.
    """

    vocabulary: Vocabulary
    grams: Floats
    bias: Floats
    mean: Floats
    scale: Floats
    layers: tuple[tuple[tuple[Floats, Floats], ...], ...]
    threshold: float


@dataclass(frozen=True)
class Scores:
    """Per unit: belief from 0 to 1, and whether its words are so unknown that it may be a cipher."""

    probability: NDArray[np.float64]
    strange: NDArray[np.bool_]


def familiarity(text: str, vocabulary: Vocabulary) -> float:
    """Share of the words of `text` (two letters or more) that the vocabulary holds, counted by their letters."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    hashes = np.array([word_hash(word) for word in words], dtype=np.uint64)
    known = look_up(vocabulary.hashes, hashes) < len(vocabulary.hashes)
    lengths = np.array([len(word) for word in words])
    return float((known * lengths).sum() / lengths.sum())


def windows(units: Units) -> list[tuple[int, int]]:
    """Ranges of units that are scored together, cut between blocks where possible."""
    ranges: list[tuple[int, int]] = []
    first = 0
    count = len(units.start)
    while first < count:
        limit = units.start[first] + WINDOW
        last = int(np.searchsorted(np.asarray(units.end[first:]), limit, side="right")) + first
        last = max(last, first + 1)
        ranges.append((first, last))
        first = last
    return ranges


def gram_ids(words: Words, vocabulary: Vocabulary) -> tuple[Ints, Ints]:
    """Hashed n-grams of the units: bucket and unit of each, sorted by unit.

    Unknown words count by their kind and length only, so that names and topics cannot be learnt by heart.
    """
    known = look_up(vocabulary.hashes, words.whole)
    unknown = known == len(vocabulary.hashes)
    ids = np.where(
        unknown, len(vocabulary.hashes) + words.kind.astype(np.int64) * 4 + np.minimum(words.length // 4, 3), known
    ).astype(np.uint64)
    unit = words.unit
    count = len(ids)
    if not count:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    one = ids * _MIX[0]
    same1 = unit[1:] == unit[:-1]
    two = (ids[:-1] * _MIX[1] + ids[1:] * _MIX[2])[same1]
    same2 = same1[1:] & same1[:-1]
    three = (ids[:-2] * _MIX[2] + ids[1:-1] * _MIX[3] + ids[2:] * _MIX[1])[same2]
    skip = (ids[:-2] * _MIX[3] + ids[2:] * _MIX[0] + _MIX[1])[same2]
    place = np.arange(count) - np.searchsorted(unit, unit)
    early = place < 3
    opening = (ids * _MIX[1] + (place.astype(np.uint64) + np.uint64(7)) * _MIX[0])[early]
    grams = np.concatenate([one, two, three, skip, opening])
    owner = np.concatenate([unit, unit[:-1][same1], unit[:-2][same2], unit[:-2][same2], unit[early]])
    order = np.argsort(owner, kind="stable")
    grams = grams ^ (grams >> np.uint64(29))
    return ((grams * _MIX[2]) >> np.uint64(64 - GRAM_BITS)).astype(np.int64)[order], owner[order]


def linear_scores(buckets: Ints, owner: Ints, count: int, grams: Floats, bias: Floats) -> Floats:
    """Linear scores of every unit, shape (count, outputs): sum of n-gram weights over the root of their number."""
    total = sums_by_unit(grams[buckets], owner, count)
    number = np.bincount(owner, minlength=count).astype(np.float32)[:, None]
    return (total / np.sqrt(np.maximum(number, 1)) + bias).astype(np.float32)


def _rest_mean(values: Floats, weight: Floats) -> Floats:
    """Weighted mean of all other rows."""
    total, mass = (values * weight).sum(0), weight.sum()
    return np.asarray((total - values * weight) / np.maximum(mass - weight, 1e-6) * (mass > weight), dtype=np.float32)


class Measured(NamedTuple):
    """Dense features of the units of a window (one row each), its words, which units are made of unknown words, and how much
    of each unit's content the rest of the window shares (0 to 1)."""

    features: Floats
    words: Words
    strange: NDArray[np.bool_]
    topical: Floats


def dense(units: Units, canonical: Canonical, first: int, last: int, vocabulary: Vocabulary) -> Measured:
    """Everything about the units `first` to `last` that does not depend on trained scores."""
    count = last - first
    words = read_words(units, first, last)
    known = look_up(vocabulary.hashes, words.whole)
    informative = vocabulary.weight[known]
    counts, opening = lexical(words, count)
    number = np.bincount(words.unit, minlength=count).astype(np.float32)[:, None]
    per_word = counts / np.maximum(number, 1)
    named = per_word[:, : len(CLASSES)]
    function = per_word[:, len(CLASSES) :]
    form = shape(units, canonical, words, first, last)
    size = np.asarray(units.end[first:last], dtype=np.float32) - np.asarray(units.start[first:last], dtype=np.float32)
    size = size[:, None]
    shared = topic(words, count, informative)
    share = shared[:, :3] / np.maximum(shared[:, 3:], 1e-6)
    has = (shared[:, 3:] > 0).astype(np.float32)
    unknown = (known == len(vocabulary.hashes)).astype(np.float32)[:, None]
    stranger = sums_by_unit(unknown, words.unit, count) / np.maximum(number, 1)
    spelt = words.kinds_per_unit[:, 12:16].sum(1) + words.kinds_per_unit[:, 18] > 0.5 * words.kinds_per_unit[
        :, 11:
    ].sum(1)
    strange = spelt & (number[:, 0] >= 3) & (stranger[:, 0] > 0.4) & (size[:, 0] >= 16)
    language = np.hstack([function, words.kinds_per_unit[:, 12:] / size])
    weight = np.sqrt(size)
    rest = _rest_mean(language, weight)
    norm = np.linalg.norm(language, axis=1, keepdims=True) * np.linalg.norm(rest, axis=1, keepdims=True)
    alike = (language * rest).sum(1, keepdims=True) / np.maximum(norm, 1e-6)
    relative = np.hstack([named, form[:, :KINDS], np.log1p(size), share, stranger])
    others = _rest_mean(relative, weight)
    beside, _ = around(relative)
    document = np.broadcast_to(
        np.array([[np.log1p(count), np.log1p(float(size.sum())), float(count <= 2)]], dtype=np.float32), (count, 3)
    )
    features = np.hstack(
        [
            named, np.minimum(counts[:, : len(CLASSES)], 3), opening, function[:, :1], function.max(1, keepdims=True), alike,
            form, share * has, has, np.log1p(shared[:, 3:]), stranger, relative - others, relative - beside, others[:, :-1], document,
        ]
    ).astype(np.float32)  # fmt: skip
    return Measured(features, words, strange, share[:, 0].astype(np.float32))


def context(scores: Floats, units: Units, first: int, last: int) -> Floats:
    """Linear scores of each unit beside those of its neighbours, its block and the rest of the window."""
    count = last - first
    near, wide = around(scores)
    weight = np.ones((count, 1), dtype=np.float32)
    rest = _rest_mean(scores, weight)
    block = np.asarray(units.block[first:last])
    owner = np.cumsum(np.r_[0, block[1:] != block[:-1]])
    sizes = np.bincount(owner).astype(np.float32)[:, None]
    mean = (sums_by_unit(scores, owner, int(owner[-1]) + 1) / sizes)[owner]
    firsts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    peak = np.maximum.reduceat(scores, firsts, axis=0)[owner]
    if count > 1:
        top = np.partition(scores, count - 2, axis=0)[-2:]
        highest = np.where(scores >= top[1], top[0], top[1])
    else:
        highest = np.full_like(scores, -3.0)
    return np.hstack([scores, near, wide, rest, mean, peak, scores - highest, scores - rest, scores - near]).astype(
        np.float32
    )


def network(inputs: Floats, layers: tuple[tuple[Floats, Floats], ...]) -> Floats:
    """Logit of every row."""
    values = inputs
    for matrix, offset in layers[:-1]:
        values = np.maximum(values @ matrix + offset, 0)
    matrix, offset = layers[-1]
    return np.asarray((values @ matrix + offset)[:, 0], dtype=np.float32)


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
        return Scores(probability, strange)


def save_weights(path: str, weights: Weights) -> None:
    """Write weights; the same weights give the same bytes."""
    arrays: dict[str, NDArray[np.generic]] = {
        "hashes": weights.vocabulary.hashes,
        "word_weight": weights.vocabulary.weight.astype(np.float16),
        "grams": weights.grams.astype(np.float16),
        "bias": weights.bias,
        "mean": weights.mean,
        "scale": weights.scale,
        "threshold": np.array([weights.threshold]),
        "widths": np.array([KINDS, LEXICON_WIDTH, GRAM_BITS, SPACE, THAI]),
    }
    for number, layers in enumerate(weights.layers):
        for depth, (matrix, offset) in enumerate(layers):
            arrays[f"matrix_{number}_{depth}"] = matrix.astype(np.float16)
            arrays[f"offset_{number}_{depth}"] = offset.astype(np.float32)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def read_weights(path: str) -> Weights:
    """Weights from a file that `save_weights` wrote.

    Raises:
        InputError: the file is missing, or belongs to another version of the features.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (OSError, ValueError) as error:
        raise InputError(f"the filter's weights cannot be read from {path}: reinstall selfstudy-guard") from error
    if arrays["widths"].tolist() != [KINDS, LEXICON_WIDTH, GRAM_BITS, SPACE, THAI]:
        raise InputError(
            f"the weights in {path} belong to another version: train them again, or reinstall selfstudy-guard"
        )
    count = sum(name.startswith("matrix_") and name.endswith("_0") for name in arrays)
    layers = tuple(
        tuple(
            (arrays[f"matrix_{number}_{depth}"].astype(np.float32), arrays[f"offset_{number}_{depth}"])
            for depth in range(sum(name.startswith(f"matrix_{number}_") for name in arrays))
        )
        for number in range(count)
    )
    return Weights(
        Vocabulary(arrays["hashes"], arrays["word_weight"].astype(np.float32)),
        arrays["grams"].astype(np.float32),
        arrays["bias"],
        arrays["mean"],
        arrays["scale"],
        layers,
        float(arrays["threshold"][0]),
    )


@lru_cache(maxsize=1)
def load_model() -> SentenceModel:
    """The model that ships with the package."""
    return SentenceModel(read_weights(str(files("selfstudy_guard.instructions").joinpath(WEIGHTS_FILE))))
