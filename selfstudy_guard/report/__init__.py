"""The HTML report: one self-contained page that shows what the questions draw on; large corpora get one a document."""

from __future__ import annotations

from selfstudy_guard.report.comparisons import Beside, Reach
from selfstudy_guard.report.entries import Entry
from selfstudy_guard.report.writing import report_html, write_report

__all__ = ["Beside", "Entry", "Reach", "report_html", "write_report"]
