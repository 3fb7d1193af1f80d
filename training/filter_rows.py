"""Rows for training and evaluating the instruction filter: reading, planting again, and cutting into labelled units."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.canonical import Canonical, canonicalise
from selfstudy_guard.filter.units import Units, split_units
from training.data.__main__ import insert, surface
from training.data.surfaces import DISGUISES, plant

ADDRESSED = frozenset({"notinject", "wildguard_benign", "bastion_hard_benign"})
"""Genres whose documents are prompts to a model themselves: alone they are kept, planted in a document they are
tasks."""


Passage = tuple[str, str, str, str]
"""Source, intent, language and text of what is planted."""


@dataclass
class Row:
    """One labelled document.

    Attributes:
        text: the document.
        kind: "injected", "decoy", "clean" or "addressed".
        genre: genre of the document (of the carrier, where something was planted).
        source: where the planted passage comes from: attack source or genre of the decoy; "" for clean rows.
        span: raw span of the payload or decoy; (0, 0) for clean rows.
        wrapper: raw span of what was planted with it.
        intent, form, lang: what is known of the planted passage.
        dev: whether the row counts for the figures (and was not made by planting again).
    """

    text: str
    kind: str
    genre: str
    source: str = ""
    span: tuple[int, int] = (0, 0)
    wrapper: tuple[int, int] = (0, 0)
    intent: str = ""
    form: str = ""
    lang: str = "en"
    dev: bool = False


@dataclass
class Prepared:
    """A row cut into units; `Table` notes which of them decoding opens, and which are terse."""

    row: Row
    units: Units
    canonical: Canonical
    label: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    planted: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    opened: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    terse: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    size: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    inside: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    outside: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of a file; none if it does not exist."""
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


def read_folder(folder: Path, *, dev: bool) -> list[Row]:
    """Rows of a folder: injected.jsonl, decoys.jsonl, clean.jsonl, clean_raw.jsonl, each optional."""
    rows: list[Row] = []
    for item in read_jsonl(folder / "injected.jsonl"):
        payload, wrapper = tuple(item["payload_spans"][0]), tuple(item["injected_spans"][0])
        known = (item["intent"], item["surface_form"], item.get("lang") or "en", dev)
        rows.append(Row(item["document"], "injected", item["carrier_genre"], item["source"], payload, wrapper, *known))
    for item in read_jsonl(folder / "decoys.jsonl"):
        span = tuple(item["decoy_span"])
        rows.append(
            Row(
                item["document"],
                "decoy",
                item["carrier_genre"],
                item["decoy_genre"],
                span,
                span,
                "",
                item["surface_form"],
                "",
                dev,
            )
        )
    for name in ("clean.jsonl", "clean_raw.jsonl"):
        for item in read_jsonl(folder / name):
            kind = "addressed" if item["genre"] in ADDRESSED else "clean"
            rows.append(Row(item["document"], kind, item["genre"], dev=dev))
    return rows


def payloads(folder: Path) -> list[Passage]:
    """Distinct passages of a folder: (source, intent, language, text), plain tasks (tasks.jsonl) among them."""
    seen: dict[str, Passage] = {}
    for item in read_jsonl(folder / "injected.jsonl"):
        text = str(item["payload_text"])
        seen.setdefault(text, (str(item["source"]), str(item["intent"]), str(item.get("lang") or "en"), text))
    for item in read_jsonl(folder / "tasks.jsonl"):
        seen.setdefault(str(item["text"]), (str(item["source"]), "task_conflict", "en", str(item["text"])))
    return list(seen.values())


def plant_again(
    passages: Iterable[Passage],
    carriers: list[Row],
    times: int,
    rng: random.Random,
    kind: str = "injected",
) -> Iterator[Row]:
    """Each passage planted anew in random carriers and surface forms, as `training.data` plants its own."""
    for source, intent, lang, text in passages:
        for _ in range(times):
            carrier = rng.choice(carriers)
            form = surface(rng)
            if form in DISGUISES or len(text) < 4:
                form = "plain_mid_paragraph"
            planted = plant(form, text, rng)
            document, at, _ = insert(carrier.text, planted, rng)
            span = (at + planted.start, at + planted.end)
            yield Row(document, kind, carrier.genre, source, span, (at, at + len(planted.text)), intent, form, lang)


def cut(row: Row) -> Prepared:
    """The row in labelled units."""
    canonical = canonicalise(row.text)
    units = split_units(canonical.text)
    made = Prepared(row, units, canonical)
    count = len(units.start)
    made.size = np.zeros(count, np.int64)
    made.inside = np.zeros(count, np.int64)
    made.outside = np.zeros(count, np.int64)
    for index, (start, end) in enumerate(zip(units.start, units.end, strict=True)):
        raw_start, raw_end = canonical.raw_span(start, end)
        made.size[index] = raw_end - raw_start
        made.inside[index] = max(0, min(raw_end, row.span[1]) - max(raw_start, row.span[0]))
        within = max(0, min(raw_end, row.wrapper[1]) - max(raw_start, row.wrapper[0]))
        made.outside[index] = raw_end - raw_start - within
    made.planted = (made.inside >= 0.5 * made.size) & (made.inside > 0)
    made.label = made.planted & (row.kind == "injected")
    return made
