"""Train the sentence model of the instruction filter: `python -m training.train_filter FOLDER... [--out FILE]
[--seed 0]`.

Each FOLDER holds rows in the format that training/data/README.md documents (injected, decoys, clean,
clean_raw, tasks
.jsonl, each optional). The same rows, seed and library versions give the same bytes. Needs scikit-learn (to train,
never to run).
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
import zlib
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import SGDClassifier

from selfstudy_guard.filter.model.features import read_words
from selfstudy_guard.filter.model.inputs import GRAMS, context
from selfstudy_guard.filter.model.weights import Vocabulary, Weights, save_weights
from training.data.surfaces import DISGUISES
from training.filter_rows import Prepared, Row, cut, measure, payloads, plant_again, read_folder

FOLDS = 4
HIDDEN = (64, 24)
SURROUNDINGS = 16
"""The last inputs: linear scores of neighbours, block and document (after the unit's own two)."""
SUSPICIOUS_FORMS = frozenset(
    {"hidden_css", "chat_template", "fake_dialogue", "fake_boundary", "tool_output", "meta_tag"}
)
META = frozenset(
    {
        "override",
        "answer_hijack",
        "meta_training",
        "question_steering",
        "format_mandate",
        "persona",
        "refusal",
        "exfiltration",
    }
)


DISGUISED_FORMS = frozenset({*DISGUISES, "encoded_native", "hex_rot13_url"})


def log(*words: object) -> None:
    """Progress on standard error."""
    print(f"{time.strftime('%H:%M:%S')}", *words, file=sys.stderr, flush=True)


def fold_of(group: str) -> int:
    """Fold of a source or genre; the same in every run."""
    return (
        zlib.crc32(group.split("_")[0].encode() if group.startswith(("gnome_", "man_", "lo_")) else group.encode())
        % FOLDS
    )


def decoy_weight(row: Row) -> float:
    """How much a harmless planted passage counts: less in places where hardly anybody puts harmless text, and less
    where a
    sentence stands in a document of another language (rare in documents, frequent in our mixtures)."""
    weight = 2.0
    if row.form in SUSPICIOUS_FORMS:
        weight *= 0.25
    if re.search(r"^(?:lang|voice):|_(?!en\b)[a-z]{2}(?:[-_]\w+)?$|_multi$|^chat_(?!english)", row.source):
        weight *= 1.0
    return weight


def make_vocabulary(rows: list[Prepared], *, most: int = 32_000, groups: int = 4) -> Vocabulary:
    """Words that occur in several genres or sources; a word weighs the more for the topic the rarer it is."""
    seen: dict[int, set[int]] = defaultdict(set)
    documents: dict[int, int] = defaultdict(int)
    for made in rows:
        if made.row.form in DISGUISED_FORMS:
            continue  # reversed or exchanged letters are not words
        group = zlib.crc32((made.row.source or made.row.genre).encode())
        words = read_words(made.units, 0, len(made.units.start))
        for value in np.unique(words.whole).tolist():
            seen[value].add(group)
            documents[value] += 1
    chosen = sorted(
        (value for value in seen if len(seen[value]) >= groups), key=lambda value: (-documents[value], value)
    )[:most]
    hashes = np.array(sorted(chosen), dtype=np.uint64)
    frequency = np.array([documents[value] for value in hashes.tolist()]) / max(1, len(rows))
    weight = np.clip(-np.log(frequency * 8) / 5, 0, 1)
    return Vocabulary(hashes, np.append(weight, 1.0).astype(np.float16).astype(np.float32))


def gram_matrix(rows: list[Prepared]) -> sparse.csr_matrix:
    """One row a unit: its hashed n-grams over the root of their number."""
    data, indices, lengths = [], [], []
    for made in rows:
        number = np.bincount(made.owner, minlength=len(made.units.start))
        indices.append(made.buckets)
        data.append((1 / np.sqrt(np.maximum(number, 1)))[made.owner].astype(np.float32))
        lengths.append(number)
    pointers = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
    matrix = sparse.csr_matrix(
        (np.concatenate(data), np.concatenate(indices), pointers), shape=(len(pointers) - 1, GRAMS)
    )
    matrix.sum_duplicates()
    return matrix


class Table:
    """All units of the training rows, one row each."""

    def __init__(self, rows: list[Prepared]) -> None:
        self.rows = rows
        self.count = np.array([len(made.units.start) for made in rows])
        self.first = np.concatenate([[0], np.cumsum(self.count)])
        self.document = np.repeat(np.arange(len(rows)), self.count)
        self.label = np.concatenate([made.label for made in rows])
        self.planted = np.concatenate([made.planted for made in rows])
        self.opened = np.concatenate([made.opened for made in rows])
        self.size = np.concatenate([made.size for made in rows])
        kind = np.array([made.row.kind for made in rows])
        self.addressed = (kind == "addressed")[self.document]
        meta = np.array([made.row.intent in META for made in rows])[self.document]
        self.targets = np.stack([self.label | self.addressed, self.label & meta], 1)
        carrier = np.array([fold_of(made.row.genre) for made in rows])[self.document]
        source = np.array([fold_of(made.row.source or made.row.genre) for made in rows])[self.document]
        self.fold = np.where(self.planted, source, carrier)
        share = np.zeros(len(self.document), dtype=np.float32)
        planted_count = np.bincount(self.document, weights=self.label, minlength=len(rows))
        share[self.label] = 2.5 / np.sqrt(np.maximum(planted_count[self.document[self.label]], 1))
        negative = ~self.label
        share[negative] = np.clip(np.sqrt(self.size[negative]) / 12, 0.25, 2)
        # What stands next to a planted passage must be kept: it counts more.
        index = np.flatnonzero(self.planted)
        self.beside = self.planted.copy()
        for step in (-2, -1, 1, 2):
            near = np.clip(index + step, 0, len(self.planted) - 1)
            self.beside[near[self.document[near] == self.document[index]]] = True
        share[self.beside & ~self.planted] *= 3
        decoy = self.planted & ~self.label
        share[decoy] *= np.array([decoy_weight(made.row) for made in rows])[self.document[decoy]]
        self.weight = share * ~self.opened


def fit_linear(
    matrix: sparse.csr_matrix, targets: NDArray[np.bool_], weight: NDArray[np.float32], seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Logistic regression for every output: weights of the n-grams, and offsets."""
    columns, offsets = [], []
    for output in range(targets.shape[1]):
        model = SGDClassifier("log_loss", alpha=2e-6, max_iter=4, tol=None, average=True, random_state=seed)
        model.fit(matrix, targets[:, output], sample_weight=weight)
        columns.append(model.coef_[0])
        offsets.append(model.intercept_[0])
    return np.stack(columns, 1).astype(np.float32), np.array(offsets, dtype=np.float32)


def out_of_fold(table: Table, matrix: sparse.csr_matrix, seed: int) -> NDArray[np.float32]:
    """Linear scores of every unit by models that saw neither its source nor its genre."""
    scores = np.zeros(table.targets.shape, dtype=np.float32)
    use = table.weight > 0
    for fold in range(FOLDS):
        inside = table.fold == fold
        grams, bias = fit_linear(matrix[~inside & use], table.targets[~inside & use], table.weight[~inside & use], seed)
        scores[inside] = matrix[inside] @ grams + bias
    return scores


def inputs_of(table: Table, scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Inputs of the network: dense features, and scores in context."""
    parts = []
    for index, made in enumerate(table.rows):
        first, last = table.first[index], table.first[index + 1]
        if last > first:
            parts.append(
                np.hstack(
                    [made.features.astype(np.float32), context(scores[first:last], made.units, 0, int(last - first))]
                )
            )
    return np.vstack(parts)


def fit_network(
    inputs: NDArray[np.float32],
    label: NDArray[np.bool_],
    weight: NDArray[np.float32],
    seed: int,
    *,
    epochs: int = 10,
    decay: float = 2e-5,
) -> tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]:
    """A network with two hidden layers: Adam, dropout, cosine schedule, weight decay. Returns the mean of the last
    weights."""
    rng = np.random.default_rng(seed)
    sizes = (inputs.shape[1], *HIDDEN, 1)
    parameters = []
    for a, b in pairwise(sizes):
        parameters += [rng.normal(0, np.sqrt(2 / a), (a, b)).astype(np.float32), np.zeros(b, np.float32)]
    first = [np.zeros_like(p) for p in parameters]
    second = [np.zeros_like(p) for p in parameters]
    average = [p.copy() for p in parameters]
    target = label.astype(np.float32)
    step, batch = 0, 512
    steps = epochs * (len(inputs) // batch)
    for _ in range(epochs):
        order = rng.permutation(len(inputs))
        for at in range(0, len(order) - batch + 1, batch):
            pick = order[at : at + batch]
            x = inputs[pick]
            x = x * (rng.random(x.shape, dtype=np.float32) > 0.1)
            # In three of ten rows the scores of the surroundings are missing: a unit must also speak for itself.
            x[:, -SURROUNDINGS:] *= rng.random((len(x), 1), dtype=np.float32) > 0.3
            values, masks = [x], []
            for depth in range(len(HIDDEN)):
                h = np.maximum(values[-1] @ parameters[2 * depth] + parameters[2 * depth + 1], 0)
                mask = (rng.random(h.shape, dtype=np.float32) > 0.2).astype(np.float32) / 0.8
                masks.append(mask)
                values.append(h * mask)
            logit = (values[-1] @ parameters[-2] + parameters[-1])[:, 0]
            error = ((1 / (1 + np.exp(-logit)) - (target[pick] * 0.98 + 0.005)) * weight[pick])[:, None] / batch
            gradients: list[NDArray[np.float32]] = [np.zeros(0, np.float32)] * len(parameters)
            for depth in range(len(HIDDEN), -1, -1):
                gradients[2 * depth] = values[depth].T @ error + decay * parameters[2 * depth]
                gradients[2 * depth + 1] = error.sum(0)
                if depth:
                    error = (error @ parameters[2 * depth].T) * masks[depth - 1] * (values[depth] > 0)
            step += 1
            rate = 2e-3 * 0.5 * (1 + np.cos(np.pi * step / steps))
            for index, gradient in enumerate(gradients):
                first[index] = 0.9 * first[index] + 0.1 * gradient
                second[index] = 0.999 * second[index] + 0.001 * gradient * gradient
                parameters[index] -= (
                    rate * (first[index] / (1 - 0.9**step)) / (np.sqrt(second[index] / (1 - 0.999**step)) + 1e-8)
                ).astype(np.float32)
                average[index] += (parameters[index] - average[index]) * np.float32(0.002 if step > 1000 else 0.05)
    return tuple((average[2 * d], average[2 * d + 1]) for d in range(len(HIDDEN) + 1))


def train(
    table: Table, matrix: sparse.csr_matrix, vocabulary: Vocabulary, seed: int, *, networks: int, epochs: int = 10
) -> Weights:
    """Both layers; the threshold is set afterwards."""
    scores = out_of_fold(table, matrix, seed)
    log("linear scores, out of fold")
    inputs = inputs_of(table, scores)
    mean, deviation = inputs.mean(0), inputs.std(0)
    scale = (1 / np.maximum(deviation, 0.02)).astype(np.float32)
    inputs = np.clip((inputs - mean) * scale, -6, 6)
    # Units of the carriers far from what was planted add little: a quarter of them is enough.
    rng = np.random.default_rng(seed)
    made_here = np.array([made.row.kind in ("injected", "decoy") and not made.row.dev for made in table.rows])[
        table.document
    ]
    keep = (table.weight > 0) & (table.beside | ~made_here | (rng.random(len(table.document)) < 0.25))
    layers = []
    for number in range(networks):
        layers.append(fit_network(inputs[keep], table.label[keep], table.weight[keep], seed + number, epochs=epochs))
        log("network", number, "of", int(keep.sum()), "units")
    use = table.weight > 0
    grams, bias = fit_linear(matrix[use], table.targets[use], table.weight[use], seed)
    halves = tuple(tuple((m.astype(np.float16).astype(np.float32), o) for m, o in net) for net in layers)
    return Weights(vocabulary, grams.astype(np.float16).astype(np.float32), bias, mean, scale, halves, 0.5)


def window_of(text: str, rng: random.Random) -> str:
    """A few neighbouring lines or sentences of a text: evidence is often as short as that."""
    cuts = [match.end() for match in re.finditer(r"[.!?]\s+|\n+|[。！？]", text)] or [len(text)]
    first = rng.randrange(len(cuts))
    last = min(len(cuts) - 1, first + rng.randint(2, 8))
    piece = text[cuts[first - 1] if first else 0 : cuts[last]].strip("\n")
    return piece if len(piece.split()) > 5 else text


def gather(folders: list[Path], seed: int, *, times: int = 3, share: float = 1.0) -> list[Row]:
    """Rows of all folders, and their passages planted anew; the first folder is the development data.

    Args:
        folders: where the rows are.
        seed: of every draw.
        times: how often each passage of the development data is planted again.
        share: of the rows of the other folders, drawn at random (for a quick look).
    """
    rng = random.Random(seed)
    rows = [row for number, folder in enumerate(folders) for row in read_folder(folder, dev=number == 0)]
    carriers = [row for row in rows if row.kind == "clean" and 200 < len(row.text) < 5000]
    carriers = [replace(row, text=window_of(row.text, rng)) if rng.random() < 0.35 else row for row in carriers]
    for number, folder in enumerate(folders):
        rows.extend(plant_again(payloads(folder), carriers, times if number == 0 else 0, rng))
        # Alone, a plain task is somebody's prompt and stays; an order that speaks of answers or rules goes even alone.
        for source, intent, lang, text in payloads(folder):
            roll = rng.random()
            if intent == "task_conflict" and source != "asb" and roll < 0.5 and len(text) < 1000:
                rows.append(Row(text, "addressed", "prompt:" + source))
            elif intent in META and roll < 0.08:
                span = (0, len(text))
                rows.append(Row(text, "injected", "alone", source, span, span, intent, "alone", lang))
    # Harmless sentences of one genre in another, in every language and surface form.
    pieces: list[tuple[str, str, str, str]] = []
    for row in rng.sample(carriers, min(4000, len(carriers))):
        made = cut(row)
        usable = [index for index, size in enumerate(made.size) if 25 <= size <= 400]
        if usable:
            index = rng.choice(usable)
            last = min(index + rng.choice((0, 0, 0, 1, 2)), len(made.size) - 1)
            text = row.text[
                made.canonical.raw_span(made.units.start[index], made.units.end[index])[0] : made.canonical.raw_span(
                    made.units.start[last], made.units.end[last]
                )[1]
            ]
            if len(text) < 700 and "\n\n" not in text:
                pieces.append((row.genre, "", "", text))
    rows.extend(plant_again(pieces, carriers, 1, rng, kind="decoy"))
    return [row for row in rows if row.dev or share >= 1 or rng.random() < share]


def prepare(rows: list[Row]) -> tuple[list[Prepared], Vocabulary]:
    """Rows cut and measured."""
    made = [cut(row) for row in rows]
    made = [one for one in made if one.units.start]
    log(len(made), "documents cut")
    vocabulary = make_vocabulary(made)
    log(len(vocabulary.hashes), "words")
    for one in made:
        measure(one, vocabulary)
    log("measured")
    return made, vocabulary


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path("selfstudy_guard/filter/model/weights.npz"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--threshold", type=float, required=True, help="fixed beforehand by training/filter_evaluation.py"
    )
    parser.add_argument("--networks", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--share", type=float, default=1.0, help="of the rows of all folders but the first")
    arguments = parser.parse_args()
    made, vocabulary = prepare(gather(arguments.folders, arguments.seed, share=arguments.share))
    table = Table(made)
    settings = {"networks": arguments.networks, "epochs": arguments.epochs}
    weights = train(table, gram_matrix(made), vocabulary, arguments.seed, **settings)
    save_weights(str(arguments.out), replace(weights, threshold=arguments.threshold))
    log("wrote", arguments.out, arguments.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
