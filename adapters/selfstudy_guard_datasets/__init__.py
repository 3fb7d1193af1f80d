"""selfstudy-guard for Hugging Face datasets and data frames: plan, filter and footprint as map functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfstudy_guard.lazy import lazy_names

if TYPE_CHECKING:
    from selfstudy_guard_datasets.planning import coverage, plan, track
    from selfstudy_guard_datasets.rows import filter_row, footprint_row

_HOME = {
    "coverage": ".planning",
    "filter_row": ".rows",
    "footprint_row": ".rows",
    "plan": ".planning",
    "track": ".planning",
}

__all__ = ["coverage", "filter_row", "footprint_row", "plan", "track"]

__getattr__, __dir__ = lazy_names(__name__, _HOME)
