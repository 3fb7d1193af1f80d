"""Both layers of the sentence model: linear scores, and the networks over them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import SGDClassifier

from training.table import FOLDS, Table

Floats = NDArray[np.float32]
Layers = tuple[tuple[Floats, Floats], ...]

HIDDEN = (64, 24)
SURROUNDINGS = 16
"""The last inputs: linear scores of neighbours, block and document (after the unit's own two)."""
FAR = 0.3
"""Share of the units of generated documents away from what was planted that are used; of other documents all are."""
BATCH = 1024
RATE = 3e-3
DECAY = 2e-5


def fit_linear(
    matrix: sparse.csr_matrix, targets: NDArray[np.bool_], weight: Floats, seed: int
) -> tuple[Floats, Floats]:
    """Logistic regression for every output: weights of the n-grams, and offsets."""
    columns, offsets = [], []
    for output in range(targets.shape[1]):
        model = SGDClassifier("log_loss", alpha=2e-6, max_iter=4, tol=None, average=True, random_state=seed)
        model.fit(matrix, targets[:, output], sample_weight=weight)
        columns.append(model.coef_[0])
        offsets.append(model.intercept_[0])
    return np.stack(columns, 1).astype(np.float32), np.array(offsets, dtype=np.float32)


def out_of_fold(table: Table, units: NDArray[np.int64], keep: NDArray[np.int64], seed: int) -> Floats:
    """Linear scores of units by models that saw neither the source nor the genre of each.

    Args:
        table: all units.
        units: those that are scored.
        keep: places in `units` of those that are learnt from.
        seed: of the fit.
    """
    fold = table.fold[units]
    scores = np.zeros((len(units), table.targets.shape[1]), dtype=np.float32)
    for number in range(FOLDS):
        inside = np.flatnonzero(fold == number)
        columns, bias = fit_linear(*rows_of(table, units[keep[fold[keep] != number]]), seed)
        scores[inside] = table.grams[units[inside]] @ columns + bias
    return scores


def rows_of(table: Table, units: NDArray[np.int64]) -> tuple[sparse.csr_matrix, NDArray[np.bool_], Floats]:
    """N-grams, targets and weights of units."""
    return table.grams[units], table.targets[units], table.weight[units]


def fit_network(inputs: Floats, label: NDArray[np.bool_], weight: Floats, seed: int, *, epochs: int) -> Layers:
    """A network with two hidden layers: Adam, dropout, cosine schedule, weight decay. Returns the mean of the last
    weights."""
    rng = np.random.default_rng(seed)
    parameters: list[Floats] = []
    for a, b in pairwise((inputs.shape[1], *HIDDEN, 1)):
        parameters += [rng.normal(0, np.sqrt(2 / a), (a, b)).astype(np.float32), np.zeros(b, np.float32)]
    first = [np.zeros_like(p) for p in parameters]
    second = [np.zeros_like(p) for p in parameters]
    average = [p.copy() for p in parameters]
    target = label.astype(np.float32)
    step, steps = 0, epochs * (len(inputs) // BATCH)
    for _ in range(epochs):
        order = rng.permutation(len(inputs))
        for at in range(0, len(order) - BATCH + 1, BATCH):
            pick = np.sort(order[at : at + BATCH])
            x = inputs[pick]
            x *= np.frombuffer(rng.bytes(x.size), np.uint8).reshape(x.shape) > 25
            # In three of ten rows the scores of the surroundings are missing: a unit must also speak for itself.
            x[:, -SURROUNDINGS:] *= rng.random((len(x), 1), dtype=np.float32) > 0.3
            values, masks = [x], []
            for depth in range(len(HIDDEN)):
                h = np.maximum(values[-1] @ parameters[2 * depth] + parameters[2 * depth + 1], 0)
                mask = (rng.random(h.shape, dtype=np.float32) > 0.2).astype(np.float32) / 0.8
                masks.append(mask)
                values.append(h * mask)
            logit = (values[-1] @ parameters[-2] + parameters[-1])[:, 0]
            error = ((1 / (1 + np.exp(-logit)) - (target[pick] * 0.98 + 0.005)) * weight[pick])[:, None] / BATCH
            gradients: list[Floats] = [np.zeros(0, np.float32)] * len(parameters)
            for depth in range(len(HIDDEN), -1, -1):
                gradients[2 * depth] = values[depth].T @ error + DECAY * parameters[2 * depth]
                gradients[2 * depth + 1] = error.sum(0)
                if depth:
                    error = (error @ parameters[2 * depth].T) * masks[depth - 1] * (values[depth] > 0)
            step += 1
            rate = RATE * 0.5 * (1 + np.cos(np.pi * step / steps))
            for index, gradient in enumerate(gradients):
                first[index] = 0.9 * first[index] + 0.1 * gradient
                second[index] = 0.999 * second[index] + 0.001 * gradient * gradient
                parameters[index] -= (
                    rate * (first[index] / (1 - 0.9**step)) / (np.sqrt(second[index] / (1 - 0.999**step)) + 1e-8)
                ).astype(np.float32)
                average[index] += (parameters[index] - average[index]) * np.float32(0.002 if step > 1000 else 0.05)
    return tuple((average[2 * d], average[2 * d + 1]) for d in range(len(HIDDEN) + 1))


def used(table: Table, units: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Places in `units` of those that the networks learn from: all near what was planted, a part of the rest."""
    plain = np.array([made.row.kind not in ("injected", "decoy") or made.row.dev for made in table.rows])
    draw = np.random.default_rng(seed).random(len(units))
    far = draw < np.where(plain[table.document[units]], 1.0, FAR)
    return np.flatnonzero((table.weight[units] > 0) & (table.beside[units] | far))
