"""A run and its results: records, balance, coverage, report, export; from memory or from a run folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from selfstudy_guard.generation.run_results import Results
from selfstudy_guard.ledger import Ledger, open_ledger
from selfstudy_guard.records import Document, Finding, Record

if TYPE_CHECKING:
    from selfstudy_guard.coverage import CoverageSummary, CoverageTracker
    from selfstudy_guard.documents import ReadFile, ReadingAccount
    from selfstudy_guard.filter import InstructionFilter
    from selfstudy_guard.records import Segmentation

_ACTIONS = {"remove": "removed", "mask": "masked", "quote": "quoted", "flag": "flagged"}


class Run(Results):
    """What `generate` returns; `Run.open(folder)` reads a run that was made before, also while it is going on.

    Args:
        ledger: the run's ledger.
        stopped_because: why the run ended before its plan did, in words; None if it did not.
        account: what was read and what was skipped.

    Attributes:
        skipped: documents that could not be read, with reasons.
        read: files that were read: as what, how many documents, what was left out.
    """

    def __init__(
        self, ledger: Ledger, *, stopped_because: str | None = None, account: ReadingAccount | None = None
    ) -> None:
        super().__init__(ledger)
        self.stopped_because = stopped_because
        if account is not None:
            self.skipped = tuple(account.skipped)
        self.read: tuple[ReadFile, ...] = tuple(account.read) if account is not None else ()

    @classmethod
    def open(cls, folder: str | Path) -> Run:
        """The run in a folder, for reading.

        Raises:
            LedgerError: no run there.
        """
        return cls(open_ledger(folder, readonly=True))

    @property
    def folder(self) -> Path | None:
        """The run folder; None for a run in memory."""
        return self._ledger.path.parent if self._ledger.path else None

    @cached_property
    def records(self) -> list[Record]:
        """All finished records in plan order; `iter_records` does not hold them in memory."""
        return list(self.iter_records())

    @property
    def note(self) -> str:
        """What the run did not do, why, and what to do about it; empty where it did all that it was asked for."""
        from selfstudy_guard.generation.closing import closing_lines

        return "\n".join(closing_lines(self))

    def findings(self, document_id: str) -> tuple[Finding, ...]:
        """What the filter found in one document, whether or not a question drew on it."""
        return self._ledger.pieces(document_id)[1] if self._ledger.has_pieces(document_id) else ()

    def iter_findings(self) -> Iterator[tuple[str, Finding]]:
        """(document id, finding) of every document."""
        for document_id, _ in self._ledger.digests():
            for finding in self.findings(document_id):
                yield document_id, finding

    def segmentations(self) -> Mapping[str, Segmentation]:
        """What each document was cut into when the run began, by its id; read from the ledger when asked for."""
        return _StoredSegmentations(self._ledger, self.settings().get("filter_threshold"))

    def acted_findings(self) -> dict[str, list[Finding]]:
        """Findings by document, each with what the run's filter did with it ("removed", "masked" ...)."""
        action = _ACTIONS[self.settings().get("filter_mode", "remove")]
        return {
            document_id: [one.model_copy(update={"action": action}) for one in self.findings(document_id)]
            for document_id, _ in self._ledger.digests()
        }

    def doubtful(self, limit: int = 20) -> list[tuple[str, int, int, str]]:
        """(document id, start, end, text) of the first sentences that are not asked about, because the filter doubts
        them: `InstructionFilter(allow=[...])`, or "keep" in a review file, allows them."""
        return self._ledger.targets_because("doubtful", limit)

    def iter_documents(self) -> Iterator[Document]:
        """The run's documents, one at a time."""
        return self._ledger.documents()

    def settings(self) -> dict[str, Any]:
        """The settings that the run was begun with."""
        return self._ledger.settings() or {}

    @cached_property
    def tracker(self) -> CoverageTracker:
        """A coverage tracker that has counted every record."""
        from selfstudy_guard.coverage import CoverageTracker

        tracker = CoverageTracker(_StoredDocuments(self._ledger), segmentations=self.segmentations())
        self.count_into(tracker)
        return tracker

    def count_into(self, tracker: CoverageTracker) -> None:
        """Count every record and rejection in a tracker, which may know other documents than the run."""
        for record in self.iter_records():
            tracker.add_record(record)
        for rejection in self.iter_rejections():
            tracker.add_rejection(rejection)

    @property
    def coverage(self) -> CoverageSummary:
        """Every coverage figure of the finished records."""
        return self.tracker.summary()

    def report(self, path: str | Path) -> Path:
        """Write the HTML report; returns its path.

        Args:
            path: file to write; pages of large runs are written beside it.
        """
        from selfstudy_guard.coverage import write_report

        return write_report(
            path,
            tracker=self.tracker,
            documents=_StoredDocuments(self._ledger),
            records=_Again(self.iter_records),
            rejections=self.iter_rejections(),
            balance=self.balance,
            findings=self.acted_findings(),
        )

    def close(self) -> None:
        """Close the ledger; a run in memory is gone then."""
        self._ledger.close()

    def __repr__(self) -> str:
        balance = self.balance
        where = str(self.folder) if self.folder else "memory"
        return (
            f"<Run {where}: {balance.answered} answered, {balance.rejected} rejected, {balance.failed} failed, "
            f"{balance.pending} pending>"
        )


T = TypeVar("T")


class _Again(Iterable[Record]):
    """Records that are read from the ledger each time anew, so that nobody has to keep them."""

    def __init__(self, read: Callable[[], Iterator[Record]]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[Record]:
        return self._read()


class _ById(Mapping[str, T]):
    """Something of each document of a run, by id, in the order they were read; nothing is kept."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __contains__(self, document_id: object) -> bool:
        return isinstance(document_id, str) and self._ledger.has_document(document_id)

    def __iter__(self) -> Iterator[str]:
        return (document_id for document_id, _ in self._ledger.digests())

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _StoredDocuments(_ById[Document]):
    """The documents themselves; each is read from the ledger when it is asked for."""

    def __getitem__(self, document_id: str) -> Document:
        if not self._ledger.has_document(document_id):
            raise KeyError(document_id)
        return self._ledger.document(document_id)


class _StoredSegmentations(_ById["Segmentation"]):
    """What the documents of a run were cut into, read back from its ledger; older runs are cut again.

    Args:
        ledger: the run's.
        threshold: of the instruction filter, where it must be asked again.
    """

    def __init__(self, ledger: Ledger, threshold: float | None) -> None:
        super().__init__(ledger)
        self._threshold = threshold
        self._filter: InstructionFilter | None = None

    def __getitem__(self, document_id: str) -> Segmentation:
        if self._ledger.has_pieces(document_id):
            return self._ledger.pieces(document_id)[2]
        from selfstudy_guard.documents import segment
        from selfstudy_guard.filter import InstructionFilter

        if self._filter is None:
            self._filter = InstructionFilter(threshold=self._threshold)
        document = self._ledger.document(document_id)
        return segment(document, findings=self._filter.find(document.text))
