"""What a report is made from, gathered as the records pass by: figures of all, texts of what is shown.

A report of a million questions must not hold them, nor the texts of their documents, which are read one at a time where
the caller can look them up. Records are read three times: for what the filter did with their
evidence, for the forms that their answers usually have, and for their questions. Of these only those stay that a page
shows: those of documents that get a map, those with marks of obeying, and the first that no sentence supports. Of
documents without a map, the counts stay.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from selfstudy_guard.coverage.obedience import ObedienceCheck
from selfstudy_guard.coverage.summary import CoverageSummary
from selfstudy_guard.coverage.tracker import CoverageTracker
from selfstudy_guard.questions.reasons import meaning
from selfstudy_guard.records import Balance, Document, Finding, Record, Rejection, Segmentation, Withheld
from selfstudy_guard.report.entries import Entry
from selfstudy_guard.report.page_source import Key, PageSource, Pieces, source_of

SINGLE_TARGETS = 1_500
SINGLE_CHARACTERS = 600_000
"""Corpora beyond these get an index page and a page a document."""
MAX_PAGES = 500
"""Most documents with a page of their own, worst first."""
UNSUPPORTED_KEPT = 30
EXAMPLES_SHOWN = 3
_POINTS = 4_000
"""Points of the curve of coverage; a longer one keeps every second, fourth ... of them."""

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Refused:
    """What ended without a record, by reason.

    Attributes:
        counts: how often.
        details: what the reason means.
        examples: the first questions, or what is said where there is none.
    """

    counts: Counter[str]
    details: dict[str, str]
    examples: dict[str, list[str]]

    @classmethod
    def of(cls, rejections: Iterable[Rejection]) -> Refused:
        """Of rejections that pass by one at a time."""
        found = cls(Counter(), {}, {})
        for one in rejections:
            found.counts[one.reason] += 1
            found.details[one.reason] = meaning(one.reason, one.stage) or one.detail
            examples = found.examples.setdefault(one.reason, [])
            if len(examples) < EXAMPLES_SHOWN:
                examples.append(one.question or one.detail)
        return found


@dataclass(frozen=True)
class Inputs:
    """All documents, and what belongs to none.

    Attributes:
        sources: the documents, in the order wanted.
        pieces: their texts and targets.
        told: number of questions whose texts were given.
        curve: (questions, share of targets covered) in the order of the records; empty without their texts.
        marked: questions with marks of obeying.
        unsupported: the first questions that no sentence supports; `unsupported_count` counts all.
        retention: share of the evidence's characters that the filter kept, over all records; None without records.
    """

    sources: tuple[PageSource, ...]
    summary: CoverageSummary
    tracker: CoverageTracker
    pieces: Pieces
    told: int
    curve: Curve
    marked: tuple[Entry, ...]
    unsupported: tuple[Entry, ...]
    unsupported_count: int
    refused: Refused
    balance: Balance | None
    retention: float | None = None

    @cached_property
    def single(self) -> bool:
        """Whether all maps stand on one page."""
        return _fits_one_page(sum(s.targets for s in self.sources), sum(s.characters for s in self.sources))

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
    documents: Iterable[Document] | Mapping[str, Document],
    records: Iterable[Record | Entry] = (),
    rejections: Iterable[Rejection] = (),
    findings: Mapping[str, Sequence[Finding]] | None = None,
    balance: Balance | None = None,
    segmentations: Mapping[str, Segmentation] | None = None,
    beside: CoverageTracker | None = None,
) -> Inputs:
    """Sort everything by document; findings default to what the records say was taken out.

    Answers of records are looked through for marks of obeying; entries bring theirs along.

    Args:
        documents: looked up where they are needed if it is a mapping of ids; else kept.
        records: read three times; an iterator, which cannot be, is kept in memory.
        beside: the counts of a data set over the same documents that is compared.
    """
    if not isinstance(documents, Mapping):
        documents = {document.id: document for document in documents}
    rows = list(records) if isinstance(records, Iterator) else records
    first = _First.of(rows, findings or {})
    sources: dict[str, PageSource] = {}
    shown = _Shown()
    eligible: set[int] = set()
    pieces = Pieces(documents, segmentations or {}, tracker)
    for number, name in enumerate(documents):
        document, segmentation = pieces.read(name)
        own = sorted(first.findings.get(name, {}).values(), key=lambda finding: (finding.start, finding.end))
        left_out = first.withheld.get(name, {})
        sources[name] = source_of(
            document, segmentation, tracker, beside, tuple(own), tuple(left_out[key] for key in sorted(left_out))
        )
        eligible.update(_key(number, target.start, target.end) for target in segmentation.eligible)
        shown.add(sources)
    check = ObedienceCheck(documents, {name: list(own.values()) for name, own in first.findings.items()})
    for row in rows:
        if isinstance(row, Record):
            check.learn(row.answer.text)
    second = _Second({name: number for number, name in enumerate(documents)}, eligible, sources)
    for row in rows:
        second.take(row if isinstance(row, Entry) else _entry(row, check))
    return Inputs(
        sources=tuple(second.source(source) for source in sources.values()),
        summary=tracker.summary(),
        tracker=tracker,
        pieces=pieces,
        told=second.told,
        curve=second.curve(),
        marked=tuple(second.marked),
        unsupported=tuple(second.unsupported),
        unsupported_count=second.unsupported_count,
        refused=Refused.of(rejections),
        balance=balance,
        retention=first.retention,
    )


def _fits_one_page(targets: int, characters: int) -> bool:
    return targets <= SINGLE_TARGETS and characters <= SINGLE_CHARACTERS


class _Shown:
    """Which documents keep what their maps show: all of a corpus of one page, else those with most gaps."""

    def __init__(self) -> None:
        self._targets = self._characters = 0
        self._kept: list[tuple[int, str]] = []

    def add(self, sources: dict[str, PageSource]) -> None:
        """Take in the last of the sources; one that falls behind loses what its map would show."""
        source = next(reversed(sources.values()))
        self._targets += source.targets
        self._characters += source.characters
        insort(self._kept, (-source.gaps, source.id))
        if _fits_one_page(self._targets, self._characters):
            return
        while len(self._kept) > MAX_PAGES:
            _, name = self._kept.pop()
            sources[name] = replace(sources[name], drawn=False, counts={})


class _First:
    """What is known after the first reading of the records."""

    def __init__(self, findings: Mapping[str, Sequence[Finding]]) -> None:
        self.findings: dict[str, dict[Key, Finding]] = {
            name: {(one.start, one.end): one for one in own} for name, own in findings.items()
        }
        self.withheld: dict[str, dict[Key, Withheld]] = {}
        self._kept = self._length = 0.0

    @classmethod
    def of(cls, rows: Iterable[Record | Entry], findings: Mapping[str, Sequence[Finding]]) -> _First:
        """Findings that are given, with what the records say was done with them, each span once; what was withheld."""
        first = cls(findings)
        for row in rows:
            if isinstance(row, Record):
                first._take(row)
        return first

    @property
    def retention(self) -> float | None:
        return self._kept / self._length if self._length else None

    def _take(self, record: Record) -> None:
        evidence = record.evidence
        if evidence.findings:
            own = self.findings.setdefault(record.document_id, {})
            own.update({(finding.start, finding.end): finding for finding in evidence.findings})
        for one in evidence.withheld:
            if one.reason != "tight":  # which stood under no suspicion
                self.withheld.setdefault(record.document_id, {}).setdefault((one.start, one.end), one)
        size = evidence.end - evidence.start
        self._kept += evidence.context_retention * size
        self._length += size


class _Second:
    """What is known after the second reading: the questions that are shown, and figures of all."""

    def __init__(self, numbers: Mapping[str, int], eligible: set[int], sources: Mapping[str, PageSource]) -> None:
        self._numbers = numbers
        self._open, self._all = eligible, len(eligible)
        self._shown: dict[str, list[Entry]] = {name: [] for name, source in sources.items() if source.drawn}
        self._told: dict[str, list[int]] = {name: [0, 0] for name in sources}
        self._curve = [(0.0, 0.0)]
        self._step = 1
        self.told = self.unsupported_count = 0
        self.marked: list[Entry] = []
        self.unsupported: list[Entry] = []

    def take(self, entry: Entry) -> None:
        """Count one question; keep it if a page shows it."""
        self.told += 1
        if entry.marks:
            self.marked.append(entry)
        number = self._numbers.get(entry.document_id)
        if number is None or not entry.spans:
            self.unsupported_count += 1
            if len(self.unsupported) < UNSUPPORTED_KEPT:
                self.unsupported.append(entry)
        if number is not None:
            told = self._told[entry.document_id]
            told[0] += 1
            told[1] += entry.artefact
            if (shown := self._shown.get(entry.document_id)) is not None:
                shown.append(entry)
            self._open.difference_update(_key(number, start, end) for start, end in entry.spans)
        if self.told % self._step == 0:
            self._curve.append((float(self.told), self._share()))
            if len(self._curve) > _POINTS:
                self._curve = self._curve[::2]
                self._step *= 2

    def source(self, source: PageSource) -> PageSource:
        """A document with its questions."""
        told, off = self._told[source.id]
        return replace(source, entries=tuple(self._shown.get(source.id, ())), told=told, off=off)

    def curve(self) -> Curve:
        """Coverage after each question, or each second, fourth ...; the last point is after all of them."""
        if not self.told:
            return ()
        last = (float(self.told), self._share())
        return tuple(self._curve) if self._curve[-1] == last else (*self._curve, last)

    def _share(self) -> float:
        return 1.0 - len(self._open) / self._all if self._all else 0.0


def _key(number: int, start: int, end: int) -> int:
    """One number for a target: a set of a million of them is a third of what tuples take."""
    return (number << 52) + (start << 26) + (end - start)


def _entry(record: Record, check: ObedienceCheck) -> Entry:
    marks = check.marks(record.question.text, record.answer.text, document_id=record.document_id)
    return replace(Entry.from_record(record), marks=marks)
