"""Coverage of a job: the trackers of its documents are added up in a tree, near where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from selfstudy_guard.coverage import CoverageTracker
from selfstudy_guard_ray.host import load_ray
from selfstudy_guard_ray.store import Store


def merge_coverage(out: str | Path, *, parts_per_task: int = 64, fan_in: int = 8) -> CoverageTracker:
    """The tracker that has counted every record of a job, with all its targets (3 to 4 KB a document).

    For more than some hundred thousand documents, `summarise_coverage` gives the same figures in bounded memory.

    Leaves read `parts_per_task` parts each; every further step adds `fan_in` trackers. Addition is exact, associative
    and commutative, so the tree's shape leaves no trace.

    Args:
        out: the job's folder.
        parts_per_task: parts that one Ray task reads.
        fan_in: trackers that one Ray task adds.

    Raises:
        LedgerError: there is no job in the folder.
        MissingExtraError: Ray is not installed.
    """
    ray = load_ray()
    store = Store(out)
    standing = store.standing()
    dropped: dict[str, set[int]] = {}
    for part, home in standing.dropped:
        dropped.setdefault(part, set()).add(home)
    leaf, node = ray.remote(_leaf), ray.remote(_node)
    parts = standing.parts
    level: list[Any] = [
        leaf.remote(str(store.out), [(part, dropped.get(part, set())) for part in parts[i : i + parts_per_task]])
        for i in range(0, len(parts), parts_per_task)
    ]
    while len(level) > 1:
        level = [node.remote(*level[i : i + fan_in]) for i in range(0, len(level), fan_in)]
    return CoverageTracker.from_json(ray.get(level[0])) if level else CoverageTracker()


def _leaf(out: str, parts: Sequence[tuple[str, set[int]]]) -> str:
    store = Store(out)
    tracker = CoverageTracker()
    for part, gone in parts:
        table = pq.read_table(store.path("documents", part), columns=["home", "coverage"], partitioning=None)
        for row in table.to_pylist():
            if row["coverage"] is not None and row["home"] not in gone:
                tracker += CoverageTracker.from_json(row["coverage"])
    return tracker.to_json()


def _node(*texts: str) -> str:
    tracker = CoverageTracker()
    for text in texts:
        tracker += CoverageTracker.from_json(text)
    return tracker.to_json()
