"""What a report is made from, gathered once: documents in order, their targets, counts, questions and findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import unescape

from selfstudy_guard.coverage.obedience import ObedienceCheck
from selfstudy_guard.coverage.summary import CoverageSummary
from selfstudy_guard.coverage.tracker import CoverageTracker
from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Balance, Document, Finding, Record, Rejection, Segmentation, Withheld
from selfstudy_guard.report.entries import Entry

Key = tuple[int, int]
_LONGEST_TITLE = 90


@dataclass(frozen=True)
class PageSource:
    """One document with all that is known of it."""

    document: Document
    segmentation: Segmentation
    counts: Mapping[Key, int]
    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    withheld: tuple[Withheld, ...] = ()

    @cached_property
    def eligible(self) -> int:
        """Targets that may be asked about."""
        return len(self.segmentation.eligible)

    @cached_property
    def covered(self) -> int:
        """Those of them in at least one footprint."""
        return sum(self.counts.get((t.start, t.end), 0) > 0 for t in self.segmentation.eligible)

    @property
    def share(self) -> float | None:
        """Coverage of this document; None when there is nothing to ask about."""
        return self.covered / self.eligible if self.eligible else None

    @cached_property
    def title(self) -> str:
        """What the document calls itself: its first heading, or its id."""
        heading = next((t.text for t in self.segmentation.targets if t.kind == "heading"), "")
        words = " ".join(unescape(heading).strip().strip("#=*").split())
        return words if 0 < len(words) <= _LONGEST_TITLE else self.document.id

    @property
    def questions(self) -> int:
        """Questions about this document; without their texts, the sum of its counts."""
        return len(self.entries) or sum(self.counts.values())

    @property
    def hijacked(self) -> int:
        """Questions whose footprint is not content."""
        if self.entries:
            return sum(entry.artefact for entry in self.entries)
        off = [t for t in self.segmentation.targets if t.is_artefact]
        return sum(self.counts.get((t.start, t.end), 0) for t in off)


@dataclass(frozen=True)
class Inputs:
    """All documents, and what belongs to none."""

    sources: tuple[PageSource, ...]
    summary: CoverageSummary
    tracker: CoverageTracker
    entries: tuple[Entry, ...]
    unsupported: tuple[Entry, ...]
    rejections: tuple[Rejection, ...]
    balance: Balance | None
    retention: float | None = None
    """Share of the evidence's characters that the filter kept, over all records; None without records."""

    @cached_property
    def targets(self) -> int:
        """Targets of all documents, eligible or not."""
        return sum(len(source.segmentation.targets) for source in self.sources)

    @cached_property
    def characters(self) -> int:
        """Characters of all documents."""
        return sum(len(source.document.text) for source in self.sources)

    @cached_property
    def was_filtered(self) -> bool:
        """Whether any finding was kept from the answering model, and not only found afterwards."""
        return any(finding.action != "flagged" for source in self.sources for finding in source.findings)

    @cached_property
    def withheld(self) -> int:
        """Passages that were withheld from an answer on suspicion."""
        return sum(len(source.withheld) for source in self.sources)

    @cached_property
    def anchored(self) -> bool:
        """Whether the questions were tied to targets, so that they go round by plan."""
        return self.summary.on_target is not None

    @cached_property
    def findings(self) -> int:
        """Instruction-like spans in all documents."""
        return sum(len(source.findings) for source in self.sources)


def gather(
    *,
    tracker: CoverageTracker,
    documents: Iterable[Document],
    records: Iterable[Record | Entry] = (),
    rejections: Iterable[Rejection] = (),
    findings: Mapping[str, Sequence[Finding]] | None = None,
    balance: Balance | None = None,
    segmentations: Mapping[str, Segmentation] | None = None,
) -> Inputs:
    """Sort everything by document; findings default to what the records say was taken out.

    Answers of records are looked through for marks of obeying; entries bring theirs along.
    """
    records, documents = list(records), list(documents)
    found = _findings(records, findings or {})
    withheld = _withheld(records)
    entries = _entries(records, documents, found)
    by_document: dict[str, list[Entry]] = {}
    for entry in entries:
        by_document.setdefault(entry.document_id, []).append(entry)
    sources = []
    known: set[str] = set()
    for document in documents:
        known.add(document.id)
        segmentation = (segmentations or {}).get(document.id) or _segmentation(document, tracker)
        own = found.get(document.id, ())
        sources.append(
            PageSource(
                document,
                segmentation,
                {(t.start, t.end): n for t in segmentation.targets if (n := tracker.count(t))},
                tuple(by_document.get(document.id, ())),
                tuple(sorted(own, key=lambda finding: (finding.start, finding.end))),
                withheld.get(document.id, ()),
            )
        )
    unsupported = tuple(entry for entry in entries if not entry.spans or entry.document_id not in known)
    return Inputs(
        tuple(sources),
        tracker.summary(),
        tracker,
        tuple(entries),
        unsupported,
        tuple(rejections),
        balance,
        _retention(records),
    )


def _entries(
    records: Sequence[Record | Entry], documents: Sequence[Document], findings: Mapping[str, Sequence[Finding]]
) -> list[Entry]:
    check = ObedienceCheck(documents, findings)
    for record in records:
        if isinstance(record, Record):
            check.learn(record.answer.text)
    return [record if isinstance(record, Entry) else _entry(record, check) for record in records]


def _entry(record: Record, check: ObedienceCheck) -> Entry:
    marks = check.marks(record.question.text, record.answer.text, document_id=record.document_id)
    return replace(Entry.from_record(record), marks=marks)


def _segmentation(document: Document, tracker: CoverageTracker) -> Segmentation:
    """As the tracker counts it; a document that the tracker does not hold is segmented afresh."""
    try:
        return tracker.segmentation(document.id)
    except InputError:
        from selfstudy_guard.documents import segment

        return segment(document)


def _findings(records: Iterable[Record | Entry], given: Mapping[str, Sequence[Finding]]) -> dict[str, list[Finding]]:
    """Findings by document, each span once: those that are given, with what the records say was done with them."""
    found: dict[str, dict[Key, Finding]] = {
        name: {(one.start, one.end): one for one in own} for name, own in given.items()
    }
    for record in records:
        if isinstance(record, Record):
            own = found.setdefault(record.document_id, {})
            for finding in record.evidence.findings:
                own[(finding.start, finding.end)] = finding
    return {name: list(own.values()) for name, own in found.items()}


def _withheld(records: Iterable[Record | Entry]) -> dict[str, tuple[Withheld, ...]]:
    """What any record's evidence left out on suspicion, by document, each span once, in the order of the text."""
    found: dict[str, dict[Key, Withheld]] = {}
    for record in records:
        if isinstance(record, Record):
            for one in record.evidence.withheld:
                if one.reason != "tight":  # which stood under no suspicion
                    found.setdefault(record.document_id, {}).setdefault((one.start, one.end), one)
    return {name: tuple(own[key] for key in sorted(own)) for name, own in found.items()}


def _retention(records: Iterable[Record | Entry]) -> float | None:
    kept = length = 0.0
    for record in records:
        if isinstance(record, Record):
            size = record.evidence.end - record.evidence.start
            kept += record.evidence.context_retention * size
            length += size
    return kept / length if length else None
