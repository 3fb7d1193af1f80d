"""selfstudy-guard for Hugging Face datasets and data frames: plan, filter and footprint as map functions."""

from __future__ import annotations

from selfstudy_guard_datasets.planning import coverage, plan, track
from selfstudy_guard_datasets.rows import filter_row, footprint_row

__all__ = ["coverage", "filter_row", "footprint_row", "plan", "track"]
