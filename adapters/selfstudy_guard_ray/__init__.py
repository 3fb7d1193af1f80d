"""selfstudy-guard for Ray Data: the same flow as `map_batches` with async actors.

Ray is imported at first use, never by importing this package.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selfstudy_guard_ray.coverage import merge_coverage
    from selfstudy_guard_ray.governor import Governor, start_governor
    from selfstudy_guard_ray.job import generate_dataset, read_records
    from selfstudy_guard_ray.stages import GenerateRecords
    from selfstudy_guard_ray.store import read_balance

_HOME = {
    "GenerateRecords": "stages",
    "Governor": "governor",
    "generate_dataset": "job",
    "merge_coverage": "coverage",
    "read_balance": "store",
    "read_records": "job",
    "start_governor": "governor",
}

__all__ = [
    "GenerateRecords",
    "Governor",
    "generate_dataset",
    "merge_coverage",
    "read_balance",
    "read_records",
    "start_governor",
]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return __all__
