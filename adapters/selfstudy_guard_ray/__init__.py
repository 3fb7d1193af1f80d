"""selfstudy-guard for Ray Data: the same flow as `map_batches` with async actors.

Ray is imported at first use, never by importing this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfstudy_guard.lazy import lazy_names
from selfstudy_guard_ray.host import require

if TYPE_CHECKING:
    from selfstudy_guard_ray.coverage import merge_coverage
    from selfstudy_guard_ray.governor import Governor, start_governor
    from selfstudy_guard_ray.job import generate_dataset, read_records
    from selfstudy_guard_ray.shards import summarise_coverage
    from selfstudy_guard_ray.stages import GenerateRecords
    from selfstudy_guard_ray.store import read_balance

_HOME = {
    "GenerateRecords": ".stages",
    "Governor": ".governor",
    "generate_dataset": ".job",
    "merge_coverage": ".coverage",
    "read_balance": ".store",
    "read_records": ".job",
    "start_governor": ".governor",
    "summarise_coverage": ".shards",
}

__all__ = [
    "GenerateRecords",
    "Governor",
    "generate_dataset",
    "merge_coverage",
    "read_balance",
    "read_records",
    "start_governor",
    "summarise_coverage",
]

__getattr__, __dir__ = lazy_names(__name__, _HOME, require)
