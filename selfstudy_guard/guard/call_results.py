"""What came of a guard's calls: records, the balance, coverage, the report and exports."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from selfstudy_guard.coverage import CoverageSummary, CoverageTracker
from selfstudy_guard.guard.call_rules import CallRules
from selfstudy_guard.guard.warnings import Notes
from selfstudy_guard.records import Balance, Document, Footprint, Record, Rejection


class GuardResults:
    """The half of a guard that reads; `Guard` is the half that wraps calls.

    Attributes:
        documents: the registered documents.
    """

    documents: tuple[Document, ...]
    _rules: CallRules

    @property
    def records(self) -> list[Record]:
        """Finished question-answer pairs, in plan order."""
        return list(self._rules.state.ledger.records())

    @property
    def rejections(self) -> list[Rejection]:
        """Planned questions that ended without a record, in plan order."""
        return list(self._rules.state.ledger.rejections())

    @property
    def balance(self) -> Balance:
        """planned = answered + rejected + failed + pending."""
        return self._rules.state.ledger.balance()

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
            "title": "guarded calls",
        }

    def export(self, format: str, path: str | PathLike[str]) -> Path:
        """Write the records as training data.

        Args:
            format: name of an export format ("openai", "sharegpt", "alpaca", "parquet" ...).
            path: file or folder to write.

        Raises:
            InputError: unknown format.
        """
        from selfstudy_guard.export import export_records

        export_records(self._rules.state.ledger.records(), format, Path(path))
        return Path(path)

    def observe(self, question: str, answer: str | None = None) -> Footprint:
        """Count a question (and answer) that was made elsewhere in `coverage()`; nothing is checked or recorded."""
        return self.tracker.add(question, answer)
