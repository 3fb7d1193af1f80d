"""Which parts of the documents the questions really draw on: attribution, tracker, statistics, report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfstudy_guard.lazy import lazy_names

if TYPE_CHECKING:
    from selfstudy_guard.coverage.attribution import AttributionIndex
    from selfstudy_guard.coverage.embedders import OnnxEmbedder, StaticEmbedder
    from selfstudy_guard.coverage.judge import judge_footprint
    from selfstudy_guard.coverage.report import report_html, write_report
    from selfstudy_guard.coverage.summary import CoverageSummary
    from selfstudy_guard.coverage.tracker import CoverageTracker

_HOME = {
    "AttributionIndex": "selfstudy_guard.coverage.attribution",
    "CoverageSummary": "selfstudy_guard.coverage.summary",
    "CoverageTracker": "selfstudy_guard.coverage.tracker",
    "OnnxEmbedder": "selfstudy_guard.coverage.embedders",
    "StaticEmbedder": "selfstudy_guard.coverage.embedders",
    "judge_footprint": "selfstudy_guard.coverage.judge",
    "report_html": "selfstudy_guard.coverage.report",
    "write_report": "selfstudy_guard.coverage.report",
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

__getattr__, __dir__ = lazy_names(__name__, _HOME)
