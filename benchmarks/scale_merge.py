"""Coverage of very many documents, merged for real; run by `scale.py --merge`.

Documents are made as compact counts: thirteen targets each (a heading and twelve sentences in six sections), and
questions that prefer the first sentences, in three styles. Everything after that is what `summarise_coverage` does:
shards are folded into tallies, written as files with the sketches of their questions, read again, added up by a tree,
and turned into all figures. What must come out is counted beside it, by other means, and compared.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from selfstudy_guard_ray.shards import added_texts, summarise_shards, write_shard
from selfstudy_guard_ray.store import Store, part_name

from selfstudy_guard.coverage.counted_columns import Columns
from selfstudy_guard.coverage.repeats import SKETCH
from selfstudy_guard.coverage.tallies import Tallies
from selfstudy_guard.documents.target_table import TargetTable

TARGETS, SHARD, FAN_IN = 13, 16_384, 16
STYLES = ("factual", "how", "why")
COMMON = 1_000_000
"""Questions that are asked again and again; one question in twenty is one of them."""


class Expected:
    """What must come out, counted beside the tallies."""

    def __init__(self) -> None:
        self.histogram = np.zeros(64, dtype=np.int64)
        self.common = np.zeros(COMMON, dtype=bool)
        self.single = 0


def shard_of(first: int, size: int, n: int, rng: np.random.Generator, expected: Expected) -> tuple[Tallies, Any]:
    """Tallies and sketches of `size` documents with `n` questions each."""
    rows, asked = size * TARGETS, size * n
    document = np.repeat(np.arange(size), n)
    # Nobody asks about headings; the twelve sentences get less and less.
    place = 1 + np.minimum((rng.random(asked) ** 1.6 * (TARGETS - 1)).astype(np.int64), TARGETS - 2)
    style = rng.integers(0, len(STYLES), asked)
    row = document * TARGETS + place
    groups = {f"style={name}": np.bincount(row[style == number], minlength=rows) for number, name in enumerate(STYLES)}
    count = np.bincount(row, minlength=rows)
    position = np.tile(np.arange(TARGETS), size)
    form = np.where(position > 0, TargetTable.ELIGIBLE, 0) | np.where(
        position % 2 == 1, TargetTable.LEADS | TargetTable.NUMBER, 0
    )
    tallies = Tallies()
    tallies.sums["documents"] = size
    tallies.totals.update(questions=asked, footprints=asked)
    tallies.groups.update({name: int(counts.sum()) for name, counts in groups.items()})
    tallies.count(
        Columns(
            names=tuple(f"pump-{i}" for i in range(first, first + size)),
            document=np.repeat(np.arange(size), TARGETS),
            count=count,
            tokens=np.where(position > 0, 18, 3),
            section=position // 2,
            third=position * 3 // TARGETS,
            form=form.astype(np.uint8),
            kind=np.where(position > 0, 0, 1),
            kinds=("sentence", "heading"),
            groups=groups,
        )
    )
    expected.histogram += np.bincount(count[position > 0], minlength=64)
    return tallies, sketches(first * n, asked, rng, expected)


def sketches(first: int, asked: int, rng: np.random.Generator, expected: Expected) -> Any:
    """Sketches of questions that all differ, but for the common ones."""
    name = np.arange(first, first + asked, dtype=np.uint64)
    common = rng.random(asked) < 0.05
    which = rng.integers(0, COMMON, int(common.sum()))
    name[common] = which.astype(np.uint64) + np.uint64(2**48)
    expected.common[which] = True
    expected.single += asked - which.size
    made = np.zeros(asked, dtype=SKETCH)
    made["same"] = mixed(name)
    for band in range(4):
        made["bands"][:, band] = mixed(name + np.uint64((band + 1) << 56)) >> np.uint64(32)
    return made


def mixed(values: Any) -> Any:
    """SplitMix64: numbers that look random, the same for the same value."""
    with np.errstate(over="ignore"):
        z = values * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def merged(documents: int, n: int, folder: Path) -> dict[str, Any]:
    """Fold, write, add up and summarise `documents` documents with `n` questions each."""
    folder.mkdir(parents=True)
    spent: dict[str, float] = {}
    begun, peak = time.monotonic(), resident()
    expected, files, level = Expected(), [], []
    rng = np.random.default_rng(0)
    for first in range(0, documents, SHARD):
        size = min(SHARD, documents - first)
        with timed(spent, "making counts and folding them"):
            tallies, made = shard_of(first, size, n, rng, expected)
        files.append(folder / f"shard-{first:010d}.parquet")
        with timed(spent, "writing shard files"):
            level.append(write_shard(files[-1], tallies, made))
    shards = [len(text) for text in level]
    with timed(spent, "adding by the tree"):
        while len(level) > 1:
            level = [added_texts(*level[i : i + FAN_IN]) for i in range(0, len(level), FAN_IN)]
    with timed(spent, "repeats and figures"):
        total = Tallies.from_json(level[0])
        summary = summarise_shards(total, files)
    histogram = {i: int(k) for i, k in enumerate(expected.histogram) if i and k}
    distinct = expected.single + int(expected.common.sum())
    assert dict(total.counts[""]) == histogram, "how many targets were asked about how often"
    assert summary.eligible == documents * (TARGETS - 1)
    assert summary.covered == sum(histogram.values())
    assert summary.duplicates.exact == documents * n - distinct
    return {
        "documents": documents,
        "questions": summary.questions,
        "targets": summary.targets,
        "shards": len(files),
        "cpu_seconds": {name: round(value, 1) for name, value in spent.items()}
        | {"all": round(sum(spent.values()), 1)},
        "wall_seconds": round(time.monotonic() - begun, 1),
        "peak_memory_MB": round(resident()),
        "memory_before_MB": round(peak),
        "tallies_bytes": {"largest shard": max(shards), "sum": len(level[0])},
        "shard_files_MB": round(sum(file.stat().st_size for file in files) / 1e6, 1),
        "coverage": summary.coverage,
        "gini": summary.concentration.gini.value,
        "exact_repeats": summary.duplicates.exact,
        "near_repeats_beyond_exact": summary.duplicates.near - summary.duplicates.exact,
        "near_repeats_by_chance": round(4 * distinct**2 / 2**33),
    }


def standing(documents: int, folder: Path) -> dict[str, Any]:
    """What the driver does before it asks anything: reads the tables of `documents` documents for the anti-join."""
    store, rng = Store(folder), np.random.default_rng(0)
    store.begin({})
    for first in range(0, documents, 8192):
        size = min(8192, documents - first)
        same = dict.fromkeys(("planned", "finished", "n"), np.full(size, 10, dtype=np.int32))
        hashes = {name: rng.integers(0, 2**64, size, dtype=np.uint64) for name in ("home", "mark")}
        part = store.path("documents", part_name(1, [first]))
        pq.write_table(pa.table(hashes | same), part, compression="none")
    spent: dict[str, float] = {}
    before = resident()
    with timed(spent, "reading"):
        found = store.standing()
    with timed(spent, "done"):
        done = found.done(10)
    assert done.size == documents
    return {
        "documents": documents,
        "cpu_seconds": {name: round(value, 1) for name, value in spent.items()},
        "peak_memory_MB": round(resident()),
        "memory_before_MB": round(before),
        "sent_to_each_worker_MB": round(done.nbytes / 1e6),
    }


def resident() -> float:
    """Highest resident memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def timed(spent: dict[str, float], name: str) -> Iterator[None]:
    """Add the CPU time of the block, all threads of this process."""
    begun = time.process_time()
    yield
    spent[name] = spent.get(name, 0.0) + time.process_time() - begun
