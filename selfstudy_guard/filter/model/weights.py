"""What training makes of the sentence model, and the file that it ships in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.errors import InputError
from selfstudy_guard.filter.model.belief_columns import INPUTS
from selfstudy_guard.filter.model.features import KINDS, SPACE, THAI, Floats, Hashes
from selfstudy_guard.filter.model.word_lists import LEXICON_WIDTH, WordIndex

GRAM_BITS = 17
"""Hashed n-grams fall into two to this power buckets."""


@dataclass(frozen=True)
class Vocabulary:
    """Words the model knows.

    Attributes:
        hashes: sorted hashes of the words.
        weight: how much each says about a topic, 0 (function word) to 1; one more row for unknown words.
    """

    hashes: Hashes
    weight: Floats

    @cached_property
    def index(self) -> WordIndex:
        """These words and the word lists, by hash."""
        return WordIndex(self.hashes, self.weight)


@dataclass(frozen=True)
class Weights:
    """Everything that training makes.

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
        "inputs": np.array(INPUTS),
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
    named = tuple(arrays["inputs"].tolist()) if "inputs" in arrays else ()
    if named != INPUTS or arrays["widths"].tolist() != [KINDS, LEXICON_WIDTH, GRAM_BITS, SPACE, THAI]:
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
