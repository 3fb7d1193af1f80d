"""What a judge could add to the filter at most, what it would cost, and what the question in view adds.

    python -m training.filter_evaluation DEV ROWS EXTRA --dump held_out.pkl
    python -m training.filter_layers held_out.pkl

Every figure comes from held-out rows: beliefs of models that saw neither the source of the attack nor the genre. The
judge is a perfect one (it knows where the passage was planted), so its recall is what no real model can pass; how many
passages it is asked about holds for every judge. Questions are made of words of a random sentence outside the passage.
"""

from __future__ import annotations

import argparse
import pickle
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.canonical import canonicalise
from selfstudy_guard.filter.detection import joined
from selfstudy_guard.filter.model.inputs import dense, windows
from selfstudy_guard.filter.model.scoring import OFF_QUESTION, load_model, stems_of, unrelated
from training.filter_evaluation import taken_units
from training.filter_rows import ADDRESSED, Prepared

THRESHOLD = 0.5
BANDS = ((0.3, 0.9), (0.2, 0.9), (0.15, 0.9), (0.1, 0.9), (0.05, 0.9))
_LONGEST = 30_000
"""Characters of documents that the question in view is measured on."""

Held = list[tuple[int, Prepared, NDArray[np.float64]]]
Taken = Iterable[tuple[Prepared, NDArray[np.bool_]]]


def figures(rows: Taken) -> str:
    """Recall, decoys and clean text kept, in one line."""
    shares: dict[str, list[float]] = defaultdict(list)
    lost = whole = 0
    for made, taken in rows:
        row = made.row
        if row.kind in ("injected", "decoy"):
            shares[row.kind].append(float(made.inside[taken].sum()) / max(1, row.span[1] - row.span[0]))
        elif row.genre not in ADDRESSED:
            lost += int(made.size[taken].sum())
            whole += len(row.text)
    attacks = np.array(shares["injected"])
    return (
        f"recall {attacks.mean():.3f} | intact {(attacks < 0.05).mean():.3f} | decoys removed "
        f"{np.mean(shares['decoy']):.3f} | clean kept {1 - lost / whole:.4f}"
    )


def grey(made: Prepared, beliefs: NDArray[np.float64], low: float, high: float) -> NDArray[np.bool_]:
    """Units that a judge is asked about: what is taken without being certain, and what nearly was."""
    own = taken_units(made, beliefs, THRESHOLD)
    wide = joined(made.units, ((beliefs >= low) & ~made.terse) | own, beliefs, low)
    return np.asarray((beliefs >= low) & (beliefs < high) & ~made.opened & wide, dtype=np.bool_)


def judged(held: Held, low: float, high: float) -> Iterator[tuple[Prepared, NDArray[np.bool_]]]:
    """What goes when a perfect judge decides about the grey units."""
    for _, made, beliefs in held:
        own, doubted = taken_units(made, beliefs, THRESHOLD), grey(made, beliefs, low, high)
        planted = np.asarray(made.inside) > 0 if made.row.kind == "injected" else np.zeros(len(beliefs), dtype=bool)
        yield made, (own & ~doubted) | (doubted & planted)


def asked(held: Held, low: float, high: float) -> str:
    """How many passages a judge is asked about."""
    clean = characters = attacked = documents = 0
    for _, made, beliefs in held:
        count = int(grey(made, beliefs, low, high).sum())
        if made.row.kind == "injected":
            attacked, documents = attacked + count, documents + 1
        elif made.row.kind != "decoy" and made.row.genre not in ADDRESSED:
            clean, characters = clean + count, characters + len(made.row.text)
    return f"asked {2000 * clean / characters:.2f} per 2000 clean characters, {attacked / documents:.2f} per attack"


def question_about(text: str, span: tuple[int, int] | None) -> str | None:
    """A question that uses words of one sentence outside the span."""
    planted = text[span[0] : span[1]] if span else ""
    sentences = [part for part in re.split(r"(?<=[.!?])\s+|\n\n", text) if 60 < len(part) < 250]
    sentences = [part for part in sentences if not span or (part not in planted and planted not in part)]
    if not sentences:
        return None
    words = re.findall(r"[^\W\d_]{5,}", random.Random(len(text)).choice(sentences))[:5]
    return f"What does the text say about {' '.join(words)}?" if len(words) >= 3 else None


def with_question(held: Held, added: float) -> Iterator[tuple[Prepared, NDArray[np.bool_]]]:
    """What goes when `added` is added to the logit of units that have to do neither with question nor topic."""
    vocabulary = load_model().weights.vocabulary
    for _, made, beliefs in held:
        row = made.row
        question = question_about(row.text, row.span if row.kind in ("injected", "decoy") else None)
        if question is None or len(row.text) > _LONGEST:
            continue
        canonical, off = canonicalise(row.text), np.zeros(len(beliefs), dtype=bool)
        for first, last in windows(made.units):
            measured: Any = dense(made.units, canonical, first, last, vocabulary)
            off[first:last] = unrelated(measured, stems_of(question), last - first)
        held_in = np.clip(beliefs, 1e-6, 1 - 1e-6)
        shifted = 1 / (1 + (1 - held_in) / held_in * np.exp(-added * off))
        yield made, taken_units(made, np.where(made.opened, 1.0, shifted), THRESHOLD)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dump", type=Path, help="written by filter_evaluation --dump")
    held: Held = pickle.loads(parser.parse_args().dump.read_bytes())
    print("filter alone          ", figures((made, taken_units(made, beliefs, THRESHOLD)) for _, made, beliefs in held))
    for low, high in BANDS:
        print(f"judge of {low:.2f} to {high:.2f}  ", figures(judged(held, low, high)), "|", asked(held, low, high))
    for added in (0.0, OFF_QUESTION / 2, OFF_QUESTION, 1.5 * OFF_QUESTION):
        print(f"question in view {added:.1f}  ", figures(with_question(held, added)), flush=True)


if __name__ == "__main__":
    main()
