"""What the encoder adds where source and genre are left out, and the combination of both logits.

    python -m benchmarks.encoder_evaluation --work WORK --dump DUMP [--gate 0.03] [--json FILE]

WORK is where `python -m benchmarks.train_encoder fit` wrote, DUMP what `python -m benchmarks.filter_evaluation DEV ROWS
EXTRA --dump DUMP` wrote, both from the same rows. The combination that scores a turn is fitted on the held-out rows of
the other two, its threshold too: neither model, nor the combination, has seen a row's source or genre.
"""

from __future__ import annotations

import argparse
import json
import lzma
import pickle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from benchmarks.encoder_rows import digest, unit_weights
from benchmarks.filter_evaluation import WANTED, figures, short, threshold_for
from benchmarks.filter_rows import Prepared

Scored = list[tuple[Prepared, NDArray[np.float64]]]
_SURE = 12.0


def logit(belief: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logit as the layer takes it."""
    with np.errstate(divide="ignore"):
        return np.clip(np.log(belief) - np.log1p(-belief), -_SURE, _SURE)


def read_turns(work: Path, dump: Path) -> list[list[tuple[Prepared, NDArray[np.float64], NDArray[np.float64]]]]:
    """Held-out rows of every turn, with the belief of the built-in model and the logit of the encoder for each unit."""
    with lzma.open(work / "prepared.npz.xz") as file:
        stored = np.load(file, allow_pickle=False)
        digests, units, of_unit = stored["rows.digest"], stored["rows.units"], stored["test.unit"]
    first = np.concatenate([[0], np.cumsum(units, dtype=np.int64)])
    places = {int(value): row for row, value in enumerate(digests.tolist())}
    turns: list[list[tuple[Prepared, NDArray[np.float64], NDArray[np.float64]]]] = [[], [], []]
    logits = {}
    with np.load(work / "logits.npz") as found:
        for turn in range(3):
            logits[turn] = np.full(first[-1], np.nan)
            logits[turn][of_unit] = found[f"turn{turn}"]
    for turn, made, belief in pickle.loads(dump.read_bytes()):
        row = places.get(digest(made))
        if row is None or units[row] != len(belief):
            raise SystemExit(f"{dump} was not made from the rows of {work}: a held-out row is missing there")
        turns[turn].append((made, np.asarray(belief), logits[turn][first[row] : first[row + 1]]))
    return turns


def fitted(turns: list[Any], gate: float) -> dict[str, float]:
    """Logistic regression of the labels on both logits, over the units that the encoder would read."""
    inputs, labels, weights = [], [], []
    for made, belief, encoded in (row for turn in turns for row in turn):
        if made.row.kind == "addressed":
            continue
        use = (belief >= gate) & (belief < 1) & ~made.terse & ~made.opened
        inputs.append(np.stack([logit(belief[use]), encoded[use]], 1))
        labels.append(made.label[use])
        weights.append(unit_weights(made)[use].astype(np.float64))
    model = LogisticRegression(C=10.0).fit(np.concatenate(inputs), np.concatenate(labels), np.concatenate(weights))
    (built_in, encoder), bias = model.coef_[0].tolist(), float(model.intercept_[0])
    return {"built_in": round(built_in, 4), "encoder": round(encoder, 4), "bias": round(bias, 4)}


def combined(turn: list[Any], rule: dict[str, float], gate: float) -> Scored:
    """Rows with the belief that the filter would come to."""
    out: Scored = []
    for made, belief, encoded in turn:
        value = rule["built_in"] * logit(belief) + rule["encoder"] * encoded + rule["bias"]
        both = 1 / (1 + np.exp(-np.clip(value, -30, 30)))
        out.append((made, np.where((belief >= gate) & ~made.opened, both, belief)))
    return out


def alone(turn: list[Any]) -> Scored:
    """Rows with the belief of the built-in model."""
    return [(made, belief) for made, belief, _ in turn]


def left_out(scored: list[Scored], wanted: float) -> tuple[dict[str, object], dict[int, float]]:
    """Figures with the threshold of every turn from the rows of the other two, and these thresholds."""
    turn = {id(made): number for number, rows in enumerate(scored) for made, _ in rows}
    chosen = {
        number: threshold_for([pair for other, rows in enumerate(scored) if other != number for pair in rows], wanted)
        for number in range(len(scored))
    }
    return figures([pair for rows in scored for pair in rows], chosen, turn), chosen


def combine(work: Path, dump: Path, gate: float, wanted: float = WANTED) -> dict[str, Any]:
    """Gate, combination and threshold of the shipped folder, from the held-out rows of all turns."""
    turns = read_turns(work, dump)
    rule = fitted(turns, gate)
    scored = [pair for turn in turns for pair in combined(turn, rule, gate)]
    return {"gate": gate, "combination": rule, "threshold": round(threshold_for(scored, wanted), 2)}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--dump", type=Path, required=True)
    parser.add_argument("--gate", type=float, nargs="+", default=[0.03])
    parser.add_argument("--wanted", type=float, default=WANTED)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    turns = read_turns(arguments.work, arguments.dump)
    told: dict[str, Any] = {}

    def show(name: str, scored: list[Scored]) -> None:
        result, chosen = left_out(scored, arguments.wanted)
        told[name] = {"thresholds": chosen, **result}
        print(name, "thresholds", {key: round(value, 2) for key, value in chosen.items()})
        for key, value in result.items():
            print(f"  {key:12} {value}")
        for threshold in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
            print(" ", threshold, short(figures([pair for rows in scored for pair in rows], threshold)), flush=True)

    show("built-in", [alone(turn) for turn in turns])
    for gate in arguments.gate:
        rules = [fitted([rows for other, rows in enumerate(turns) if other != number], gate) for number in range(3)]
        print("gate", gate, rules)
        show(f"gate {gate}", [combined(turn, rule, gate) for turn, rule in zip(turns, rules, strict=True)])
        read = [
            (belief >= gate)[~made.opened] for turn in turns for made, belief, _ in turn if made.row.kind == "clean"
        ]
        print("  units of clean rows that are read", round(float(np.concatenate(read).mean()), 4))
    show("encoder", [combined(turn, {"built_in": 0, "encoder": 1, "bias": 0}, 0) for turn in turns])
    if arguments.json:
        arguments.json.write_text(json.dumps(told, indent=1, default=str), encoding="utf-8")


if __name__ == "__main__":
    main()
