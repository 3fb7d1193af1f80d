"""Coverage figures of jobs of any size: documents are folded into shard files, and only small sums travel.

    out/coverage/shard-HASH.parquet   sketches of the shard's questions; its tallies stand in the file's metadata

A shard file is made of whole parts near where they lie, appears whole or not at all, and is used again by the next call
as long as its parts are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from selfstudy_guard.coverage import CoverageSummary, CoverageTracker
from selfstudy_guard.coverage.repeats import KEYS, count_repeats_of
from selfstudy_guard.coverage.summarise import summarise
from selfstudy_guard.coverage.tallies import Tallies, added_tallies
from selfstudy_guard.errors import InputError, LedgerWriteError
from selfstudy_guard_ray.host import load_ray
from selfstudy_guard_ray.store import Standing, Store, replace
from selfstudy_guard_ray.tables import number

_COLUMNS = tuple("same" if key == 0 else f"band{key}" for key in range(KEYS))
_TALLIES = b"selfstudy-guard.tallies"

Parts = tuple[tuple[str, frozenset[int]], ...]
"""Names of parts, each with the hashes of the ids of documents in it that do not count."""


def summarise_coverage(
    out: str | Path | Sequence[str | Path], *, documents_per_shard: int = 16_384, fan_in: int = 16, seed: int = 0
) -> CoverageSummary:
    """Every figure of the coverage of one job, or of several together, in memory that does not grow with the targets.

    The figures are exactly those of `merge_coverage(out).summary()`. What is given up are the counts of single targets.

    Args:
        out: the job's folder, or several of jobs about different documents.
        documents_per_shard: documents that one Ray task folds; about 4 KB of memory each.
        fan_in: sums that one Ray task adds.
        seed: of the bootstrap and permutations.

    Raises:
        InputError: two of the jobs hold the same document.
        LedgerError: there is no job in a folder.
        LedgerWriteError: a folder cannot be written.
        MissingExtraError: Ray is not installed.
    """
    ray = load_ray()
    stores = [Store(one) for one in ([out] if isinstance(out, str | Path) else out)]
    work: list[tuple[Store, Parts]] = []
    homes: list[NDArray[np.uint64]] = []
    for store in stores:
        standing = store.standing()
        homes.append(standing.homes)
        work += [(store, parts) for parts in _split(standing, documents_per_shard)]
    _check_apart(stores, homes)
    homes.clear()
    files = [_shard(store, parts) for store, parts in work]
    for store in stores:
        _clear(store, {file for file in files if file.parent.parent == store.out})
    leaf, node = ray.remote(_leaf), ray.remote(added_texts)
    level: list[Any] = [
        leaf.remote(str(store.out), parts, str(file)) for (store, parts), file in zip(work, files, strict=True)
    ]
    while len(level) > 1:
        level = [node.remote(*level[i : i + fan_in]) for i in range(0, len(level), fan_in)]
    return summarise_shards(Tallies.from_json(ray.get(level[0])) if level else Tallies(), files, seed=seed)


def summarise_shards(tallies: Tallies, files: Sequence[Path], *, seed: int = 0) -> CoverageSummary:
    """Every figure from the sum of the tallies of shards, and from their files, which are read column by column."""
    repeats = count_repeats_of(lambda key: _column(files, key), tallies.totals["questions"])
    return summarise(tallies, repeats, seed=seed)


def _check_apart(stores: Sequence[Store], homes: Sequence[NDArray[np.uint64]]) -> None:
    for i, one in enumerate(stores):
        for j in range(i):
            same = np.intersect1d(homes[i], homes[j]).size
            if same:
                raise InputError(
                    f"{same} documents stand both in {stores[j].out} and in {one.out}: give one of the two folders, "
                    "or ask about every document in one job only"
                )


def _split(standing: Standing, most: int) -> Iterator[Parts]:
    """Whole parts, together of about `most` documents."""
    dropped: dict[str, set[int]] = {}
    for part, home in standing.dropped:
        dropped.setdefault(part, set()).add(home)
    sizes = np.bincount(standing.origins, minlength=len(standing.parts)).tolist()
    together: list[tuple[str, frozenset[int]]] = []
    held = 0
    for part, size in zip(standing.parts, sizes, strict=True):
        if together and held + size > most:
            yield tuple(together)
            together, held = [], 0
        together.append((part, frozenset(dropped.get(part, ()))))
        held += size
    if together:
        yield tuple(together)


def _shard(store: Store, parts: Parts) -> Path:
    """File of a shard; its name changes with everything that it is made of."""
    words = []
    for part, gone in parts:
        found = store.path("documents", part).stat()
        words.append(f"{part} {found.st_size} {found.st_mtime_ns} {sorted(gone)}")
    return store.out / "coverage" / f"shard-{number(*words):016x}.parquet"


def _clear(store: Store, wanted: set[Path]) -> None:
    """Make the folder of the shards, and take shards of parts that changed out of it."""
    folder = store.out / "coverage"
    try:
        folder.mkdir(exist_ok=True)
        for file in folder.glob("shard-*.parquet"):
            if file not in wanted:
                file.unlink(missing_ok=True)
    except OSError as error:
        raise LedgerWriteError(f"{folder} cannot be written: {error.strerror or error}") from error


def _leaf(out: str, parts: Parts, file: str) -> str:
    """JSON of the tallies of a shard, whose file is there afterwards."""
    shard = Path(file)
    if shard.exists():
        return str((pq.read_schema(shard).metadata or {})[_TALLIES].decode("utf-8"))
    tracker = tracker_of_parts(Store(out), parts)
    return write_shard(shard, tracker.tallies(), tracker.sketches())


def write_shard(shard: Path, tallies: Tallies, sketches: NDArray[Any]) -> str:
    """Write a shard file; returns the JSON of its tallies.

    Raises:
        LedgerWriteError: it cannot be written.
    """
    text = tallies.to_json()
    columns = [sketches["same"], *sketches["bands"].T]
    table = pa.table(dict(zip(_COLUMNS, columns, strict=True))).replace_schema_metadata(
        {_TALLIES: text.encode("utf-8")}
    )
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="none", use_dictionary=False)  # hashes are as random as can be
    try:
        replace(shard, sink.getvalue())
    except OSError as error:
        raise LedgerWriteError(f"{shard} cannot be written: {error.strerror or error}") from error
    return text


def tracker_of_parts(store: Store, parts: Parts) -> CoverageTracker:
    """The tracker of all documents of some parts that count."""
    tracker = CoverageTracker()
    for part, gone in parts:
        table = pq.read_table(store.path("documents", part), columns=["home", "coverage"], partitioning=None)
        for home, text in zip(table.column("home").to_pylist(), table.column("coverage").to_pylist(), strict=True):
            if text is not None and home not in gone:
                tracker += CoverageTracker.from_json(text)
    return tracker


def added_texts(*texts: str) -> str:
    """The sum of tallies, from JSON to JSON."""
    return added_tallies(Tallies.from_json(text) for text in texts).to_json()


def _column(files: Sequence[Path], key: int) -> Iterator[NDArray[Any]]:
    for file in files:
        yield pq.read_table(file, columns=[_COLUMNS[key]], partitioning=None).column(0).to_numpy()
