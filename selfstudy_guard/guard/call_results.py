"""What came of a guard's calls: coverage, the report, notes; records and exports come with `Results`."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from selfstudy_guard.coverage import CoverageSummary, CoverageTracker
from selfstudy_guard.generation.run_results import Results
from selfstudy_guard.guard.call_rules import CallRules
from selfstudy_guard.guard.warnings import Notes
from selfstudy_guard.records import Document, Footprint


class GuardResults(Results):
    """The half of a guard that reads; `Guard` is the half that wraps calls.

    Attributes:
        documents: the registered documents.
    """

    documents: tuple[Document, ...]
    _rules: CallRules

    @property
    def notes(self) -> Notes:
        """What the guard met, in numbers of calls."""
        return self._rules.log.notes

    @property
    def tracker(self) -> CoverageTracker:
        """The coverage tracker, with every record counted."""
        return self._rules.state.tracker()

    def coverage(self) -> CoverageSummary:
        """Every coverage figure of the records so far, over all registered documents."""
        return self.tracker.summary()

    def report(self, path: str | PathLike[str]) -> Path:
        """Write the coverage report, one self-contained HTML file.

        Args:
            path: file to write.
        """
        from selfstudy_guard.report import write_report

        write_report(path, **self._reported())
        return Path(path)

    def report_html(self) -> str:
        """The coverage report as one HTML page."""
        from selfstudy_guard.report import report_html

        return report_html(**self._reported())

    def _reported(self) -> dict[str, Any]:
        return {
            "tracker": self.tracker,
            "documents": self.documents,
            "records": self.records,
            "rejections": self.rejections,
            "balance": self.balance,
            "findings": {one.id: self._rules.state.prepared(one.id).findings for one in self.documents},
        }

    def observe(self, question: str, answer: str | None = None) -> Footprint:
        """Count a question (and answer) that was made elsewhere in `coverage()`; nothing is checked or recorded."""
        return self.tracker.add(question, answer)
