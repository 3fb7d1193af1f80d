"""Which parts of the documents the questions really draw on: tracker, statistics, summary.

Attribution and the report have rooms of their own; their names can still be imported from here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selfstudy_guard.attribution.embedders import OnnxEmbedder, StaticEmbedder
    from selfstudy_guard.attribution.footprint_judge import judge_footprint
    from selfstudy_guard.attribution.index import AttributionIndex
    from selfstudy_guard.coverage.summary import CoverageSummary
    from selfstudy_guard.coverage.tracker import CoverageTracker
    from selfstudy_guard.report import report_html, write_report

_HOME = {
    "AttributionIndex": "selfstudy_guard.attribution.index",
    "CoverageSummary": "selfstudy_guard.coverage.summary",
    "CoverageTracker": "selfstudy_guard.coverage.tracker",
    "OnnxEmbedder": "selfstudy_guard.attribution.embedders",
    "StaticEmbedder": "selfstudy_guard.attribution.embedders",
    "judge_footprint": "selfstudy_guard.attribution.footprint_judge",
    "report_html": "selfstudy_guard.report",
    "write_report": "selfstudy_guard.report",
}

__all__ = [
    "AttributionIndex",
    "CoverageSummary",
    "CoverageTracker",
    "OnnxEmbedder",
    "StaticEmbedder",
    "judge_footprint",
    "report_html",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
