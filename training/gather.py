"""All rows that the filter is trained on: development rows, generated rows, published orders, clean documents, and the
same passages planted again."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from training.attacks import in_context, moved_sentences, orders
from training.filter_rows import Passage, Row, cut, payloads, plant_again, read_folder

META = frozenset(
    {
        *("override answer_hijack meta_training question_steering format_mandate persona refusal exfiltration").split(),
    }
)
"""Intents of orders that speak of answers, questions, rules or training."""
TASKS = frozenset({"self_instruct_seed", "self_instruct_user", "authored_selfstudy"})
"""Sources whose tasks, alone, are somebody's prompt."""
STRAY = 2500
"""How many harmless passages of one genre are planted in documents of another."""
MOVED = 1500
"""In how many clean documents a sentence moves to another place."""


@dataclass(frozen=True)
class Folders:
    """Where the rows are.

    Attributes:
        dev: development rows (`injected.jsonl`, `decoys.jsonl`, `clean.jsonl`, `clean_raw.jsonl`, `tasks.jsonl`).
        attacks: published orders (`orders.jsonl`, `in_context.jsonl`), or None.
        more: folders in the format of `dev`, each file optional: generated rows, clean documents.
        share: of the clean documents of these further folders, drawn at random.
    """

    dev: Path
    attacks: Path | None
    more: Sequence[Path] = ()
    share: float = 1.0


def window_of(text: str, rng: random.Random) -> str:
    """A few neighbouring lines or sentences of a text: evidence is often as short as that."""
    cuts = [match.end() for match in re.finditer(r"[.!?]\s+|\n+|[。！？]", text)] or [len(text)]
    first = rng.randrange(len(cuts))
    last = min(len(cuts) - 1, first + rng.randint(2, 8))
    piece = text[cuts[first - 1] if first else 0 : cuts[last]].strip("\n")
    return piece if len(piece.split()) > 5 else text


def _stray(carriers: list[Row], rng: random.Random) -> list[Passage]:
    """Harmless sentences of clean documents: genre in place of a source, no intent, no language, text."""
    pieces: list[Passage] = []
    for row in rng.sample(carriers, min(STRAY, len(carriers))):
        made = cut(row)
        usable = [index for index, size in enumerate(made.size) if 25 <= size <= 400]
        if usable:
            index = rng.choice(usable)
            last = min(index + rng.choice((0, 0, 0, 1, 2)), len(made.size) - 1)
            start = made.canonical.raw_span(made.units.start[index], made.units.end[index])[0]
            text = row.text[start : made.canonical.raw_span(made.units.start[last], made.units.end[last])[1]]
            if len(text) < 700 and "\n\n" not in text:
                pieces.append((row.genre, "", "", text))
    return pieces


def _alone(passages: list[Passage], rng: random.Random) -> list[Row]:
    """Alone, a plain task is somebody's prompt and stays; an order that speaks of answers or rules goes even alone."""
    rows: list[Row] = []
    for source, intent, lang, text in passages:
        roll, span = rng.random(), (0, len(text))
        if intent == "task_conflict" and source in TASKS and roll < 0.5 and len(text) < 1000:
            rows.append(Row(text, "addressed", "prompt:" + source))
        elif intent in META and roll < 0.08:
            rows.append(Row(text, "injected", "alone", source, span, span, intent, "alone", lang))
    return rows


def gather(folders: Folders, seed: int, *, times: int = 2) -> list[Row]:
    """All rows; those with `dev` count for figures.

    Args:
        folders: where they are.
        seed: of every draw.
        times: how often each passage is planted anew in other documents and surface forms.
    """
    rng = random.Random(seed)
    rows = read_folder(folders.dev, dev=True)
    for folder in folders.more:
        read = read_folder(folder, dev=False)
        rows += [row for row in read if row.kind != "clean" or rng.random() < folders.share]
    known = in_context(folders.attacks) if folders.attacks else []
    published = orders(folders.attacks) if folders.attacks else []
    carriers = [row for row in rows if row.kind == "clean" and 200 < len(row.text) < 5000]
    carriers = [replace(row, text=window_of(row.text, rng)) if rng.random() < 0.35 else row for row in carriers]
    own = [row for row in known if row.kind == "clean"]
    rows += known
    rows += moved_sentences(own, rng)
    rows += moved_sentences([replace(row, dev=False) for row in rng.sample(carriers, min(MOVED, len(carriers)))], rng)
    passages = payloads(folders.dev)
    rows += plant_again(passages, carriers, times, rng)
    for turn in range(times):  # the first planting of a published order counts for figures
        rows += [replace(row, dev=turn == 0) for row in plant_again(published, carriers, 1, rng)]
    written = [(row.source, row.intent, "en", row.text[slice(*row.span)]) for row in known if row.kind == "injected"]
    rows += plant_again(written, carriers + own * 3, 1, rng)
    rows += _alone(passages + published, rng)
    rows += plant_again(_stray(carriers, rng), carriers, 1, rng, kind="decoy")
    return rows
