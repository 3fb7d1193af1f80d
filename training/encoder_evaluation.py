"""What the encoder adds where source and genre are left out, and the combination of both logits.

    python -m training.encoder_evaluation --work WORK --dump DUMP [--gate 0.1] [--json FILE]

WORK is where `python -m training.train_encoder fit` wrote, DUMP what `python -m training.filter_evaluation DEV ROWS
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

from training.encoder_rows import digest, unit_weights
from training.filter_evaluation import WANTED, figures, short, threshold_for
from training.filter_rows import Prepared

Scored = list[tuple[Prepared, NDArray[np.float64]]]
_SURE = 12.0
LIMIT = 1.0
"""Logits of the encoder beyond this count as this."""


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


def fitted(turns: list[Any], gate: float, limit: float = LIMIT) -> dict[str, float]:
    """Logistic regression of the labels on both logits, over the units that the encoder would read."""
    inputs, labels, weights = [], [], []
    for made, belief, encoded in (row for turn in turns for row in turn):
        if made.row.kind == "addressed":
            continue
        use = (belief >= gate) & (belief < 1) & ~made.terse & ~made.opened
        inputs.append(np.stack([logit(belief[use]), np.clip(encoded[use], -limit, limit)], 1))
        labels.append(made.label[use])
        weights.append(unit_weights(made)[use].astype(np.float64))
    model = LogisticRegression(C=10.0).fit(np.concatenate(inputs), np.concatenate(labels), np.concatenate(weights))
    (built_in, encoder), bias = model.coef_[0].tolist(), float(model.intercept_[0])
    rule = {"built_in": round(built_in, 4), "encoder": round(encoder, 4), "bias": round(bias, 4)}
    return {**rule, "limit": limit}


def combined(turn: list[Any], rule: dict[str, float], gate: float) -> Scored:
    """Rows with the belief that the filter would come to."""
    out: Scored = []
    for made, belief, encoded in turn:
        said = np.clip(encoded, -rule["limit"], rule["limit"])
        value = rule["built_in"] * logit(belief) + rule["encoder"] * said + rule["bias"]
        both = 1 / (1 + np.exp(-np.clip(value, -30, 30)))
        out.append((made, np.where((belief >= gate) & ~made.opened, both, belief)))
    return out


def left_out(
    turns: list[Any], wanted: float, gate: float | None, limit: float
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Figures where combination and threshold of every turn come from the rows of the other two; and what they are.

    Args:
        turns: as `read_turns` gives them.
        wanted: share of clean characters that a threshold must keep.
        gate: from which belief of the built-in model the encoder reads; None for the built-in model alone.
        limit: of the encoder's logits.
    """
    thresholds, rules, tested, turn_of = {}, [], [], {}
    for number, turn in enumerate(turns):
        others = [other for place, other in enumerate(turns) if place != number]
        rule = fitted(others, gate, limit) if gate is not None else None
        pairs = [pair for other in others for pair in scored(other, rule, gate)]
        thresholds[number] = threshold_for(pairs, wanted)
        rules.append(rule)
        own = scored(turn, rule, gate)
        turn_of |= {id(made): number for made, _ in own}
        tested.extend(own)
    return figures(tested, thresholds, turn_of), {"thresholds": thresholds, "rules": rules}


def scored(turn: list[Any], rule: dict[str, float] | None, gate: float | None) -> Scored:
    """Rows with the belief of both, or of the built-in model alone."""
    if rule is None or gate is None:
        return [(made, belief) for made, belief, _ in turn]
    return combined(turn, rule, gate)


def combine(work: Path, dump: Path, gate: float, wanted: float) -> dict[str, Any]:
    """Gate, combination and threshold of the shipped folder, from the held-out rows of all turns."""
    turns = read_turns(work, dump)
    rule = fitted(turns, gate)
    pairs = [pair for turn in turns for pair in combined(turn, rule, gate)]
    return {"gate": gate, "combination": rule, "threshold": round(threshold_for(pairs, wanted), 2)}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--dump", type=Path, required=True)
    parser.add_argument("--gate", type=float, nargs="+", default=[0.1])
    parser.add_argument("--wanted", type=float, default=WANTED)
    parser.add_argument("--limit", type=float, nargs="+", default=[LIMIT])
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    turns = read_turns(arguments.work, arguments.dump)
    told: dict[str, Any] = {}
    told["built-in"] = show("built-in", turns, arguments.wanted, None, 0)
    for gate in arguments.gate:
        for limit in arguments.limit:
            name = f"gate {gate} limit {limit}"
            told[name] = show(name, turns, arguments.wanted, gate, limit)
        read = [
            (belief >= gate)[~made.opened] for turn in turns for made, belief, _ in turn if made.row.kind == "clean"
        ]
        print("units of clean rows that are read", round(float(np.concatenate(read).mean()), 4))
    if arguments.json:
        arguments.json.write_text(json.dumps(told, indent=1, default=str), encoding="utf-8")


def show(name: str, turns: list[Any], wanted: float, gate: float | None, limit: float) -> dict[str, Any]:
    """Print the left-out figures, and a curve with the combination that all rows give."""
    result, chosen = left_out(turns, wanted, gate, limit)
    print(name, chosen)
    for key, value in result.items():
        print(f"  {key:12} {value}")
    rule = fitted(turns, gate, limit) if gate is not None else None
    pairs = [pair for turn in turns for pair in scored(turn, rule, gate)]
    curve = {}
    for threshold in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        curve[threshold] = figures(pairs, threshold)
        print(" ", threshold, short(curve[threshold]), flush=True)
    return {"left out": result, "chosen": chosen, "rule": rule, "curve": curve}


if __name__ == "__main__":
    main()
