"""Train the sentence model of the instruction filter: `python -m training.train_filter DEV --attacks ATTACKS --more
FOLDER... --out FILE --anchors LOGIT LOGIT`, or `python -m training.train_filter ROOT --manifest training/weights.toml
--out FILE`, which makes the weights that ship from the folders of the manifest below ROOT.

DEV and every further folder hold rows in the format that training/data/README.md documents; ATTACKS holds published
orders (training/attacks.py). The same rows, seed and library versions give the same bytes. Needs scikit-learn (to
train, never to run). The two anchors come from `training.filter_evaluation`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.model.weights import Weights, save_weights
from training.filter_rows import Row, cut
from training.fit import Floats, Layers, fit_linear, fit_network, out_of_fold, rows_of, used
from training.gather import Folders, gather
from training.manifest import read_manifest, sha256
from training.table import Table, make_vocabulary

THRESHOLD = 0.6
"""Belief from which a unit is a finding."""
WITHHOLD = 0.05
"""Belief from which an evidence withholds a unit that the question does not need."""


def log(*words: object) -> None:
    """Progress on standard error."""
    print(f"{time.strftime('%H:%M:%S')}", *words, file=sys.stderr, flush=True)


def arguments_for(parser: argparse.ArgumentParser) -> None:
    """The arguments that say where the rows are, and how long training takes."""
    parser.add_argument("dev", type=Path)
    parser.add_argument("--attacks", type=Path)
    parser.add_argument("--more", type=Path, action="append", default=[])
    parser.add_argument("--share", type=float, default=1.0, help="of the clean documents of the further folders")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2, help="that cut and measure documents")
    parser.add_argument("--networks", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=4)


def table_of(rows: list[Row], processes: int = 1) -> Table:
    """Rows cut and measured, with a vocabulary of their own; the same for any number of processes."""
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        made = [one for one in pool.imap(cut, rows, chunksize=200) if one.units.start]
    log(len(made), "documents cut")
    table = Table(made, make_vocabulary(made), processes)
    log(table.features.shape, "units measured")
    return table


def train(table: Table, documents: NDArray[np.int64], seed: int, *, networks: int, epochs: int) -> Weights:
    """Both layers, from some documents of the table; beliefs are not yet anchored."""
    units = table.units_of(documents)
    keep = used(table, units, seed)
    scores = out_of_fold(table, units, keep, seed)
    log("linear scores, out of fold")
    inputs = np.hstack([table.features[units[keep]], table.contexts(documents, scores)[keep]]).astype(np.float32)
    mean = inputs.mean(0)
    scale: Floats = (1 / np.maximum(inputs.std(0), 0.02)).astype(np.float32)
    inputs -= mean
    inputs *= scale
    np.clip(inputs, -6, 6, out=inputs)
    layers: list[Layers] = []
    for number in range(networks):
        label, weight = table.label[units[keep]], table.weight[units[keep]]
        layers.append(fit_network(inputs, label, weight, seed + number, epochs=epochs))
        log("network", number, "of", len(keep), "units")
    grams, bias = fit_linear(*rows_of(table, units[keep]), seed)
    halves = tuple(tuple((m.astype(np.float16).astype(np.float32), o) for m, o in net) for net in layers)
    return Weights(table.vocabulary, grams.astype(np.float16).astype(np.float32), bias, mean, scale, halves, THRESHOLD)


def anchored(weights: Weights, finding: float, suspect: float) -> Weights:
    """Beliefs on a scale that means something: the logit `finding` becomes the threshold, `suspect` becomes 0.05.

    Args:
        weights: as trained.
        finding: logit from which what is taken out costs as much clean text as a filter may cost.
        suspect: logit from which it costs as much as an evidence may withhold.
    """
    high, low = np.log(THRESHOLD / (1 - THRESHOLD)), np.log(WITHHOLD / (1 - WITHHOLD))
    slope = (high - low) / (finding - suspect)
    shift = high - slope * finding
    layers = tuple(
        (*net[:-1], ((net[-1][0] * slope).astype(np.float16).astype(np.float32),
                     (net[-1][1] * slope + shift).astype(np.float32)))
        for net in weights.layers
    )  # fmt: skip
    return Weights(
        weights.vocabulary, weights.grams, weights.bias, weights.mean, weights.scale, layers, weights.threshold
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments_for(parser)
    parser.add_argument("--out", type=Path, default=Path("selfstudy_guard/filter/model/weights.npz"))
    parser.add_argument("--anchors", type=float, nargs=2, metavar=("FINDING", "SUSPECT"))
    parser.add_argument("--manifest", type=Path, help="rows and settings of earlier weights; `dev` is then its root")
    options = parser.parse_args()
    folders = Folders(options.dev, options.attacks, options.more, options.share)
    if options.manifest:
        manifest = read_manifest(options.manifest)
        folders, options.seed, options.anchors = manifest.rows(options.dev), manifest.seed, manifest.anchors
        options.networks, options.epochs = manifest.networks, manifest.epochs
    elif not options.anchors:
        parser.error("--anchors or --manifest is needed")
    table = table_of(gather(folders, options.seed), options.processes)
    everything = np.arange(len(table.rows))
    weights = train(table, everything, options.seed, networks=options.networks, epochs=options.epochs)
    save_weights(str(options.out), anchored(weights, *options.anchors))
    made = sha256(options.out)
    log("wrote", options.out, options.out.stat().st_size, "bytes, SHA-256", made)
    if options.manifest and made != manifest.weights:
        parser.exit(1, "these are not the weights of the manifest\n")


if __name__ == "__main__":
    main()
