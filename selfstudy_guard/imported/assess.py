"""A data set that somebody else made, judged against its documents: footprints, coverage, and marks of obeying."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from selfstudy_guard.coverage.held_text import Mark
from selfstudy_guard.coverage.obedience import ObedienceCheck
from selfstudy_guard.coverage.summary import CoverageSummary
from selfstudy_guard.coverage.tracker import CoverageTracker
from selfstudy_guard.display.visible import plain
from selfstudy_guard.documents import segment
from selfstudy_guard.documents.eligibility.doubts import without_doubtful
from selfstudy_guard.errors import InputError
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.filter.beliefs import examined_each
from selfstudy_guard.imported.pairs import Pair
from selfstudy_guard.imported.passages import PassageIndex
from selfstudy_guard.imported.translated import TranslatedQuestions
from selfstudy_guard.protocols import Embedder
from selfstudy_guard.records import Document, Finding, Footprint, Record, Segmentation
from selfstudy_guard.report.comparisons import Reach
from selfstudy_guard.report.entries import Entry


@dataclass(frozen=True)
class Sources:
    """Documents made ready for judging: their findings, their targets, and an index of their passages."""

    documents: tuple[Document, ...]
    findings: Mapping[str, tuple[Finding, ...]]
    segmentations: Mapping[str, Segmentation]
    passages: PassageIndex

    @classmethod
    def prepare(cls, documents: Iterable[Document], *, instruction_filter: InstructionFilter | None = None) -> Sources:
        """Find the instruction-like spans of the documents, then segment them as a run does.

        Raises:
            InputError: there is no document.
        """
        held = tuple(documents)
        if not held:
            raise InputError("no document: give --docs a file, folder or glob that holds some")
        findings: dict[str, tuple[Finding, ...]] = {}
        segmentations: dict[str, Segmentation] = {}
        for document, found, beliefs in examined_each(instruction_filter or InstructionFilter(), held):
            findings[document.id] = found
            segmentations[document.id] = without_doubtful(segment(document, findings=found), beliefs)
        return cls(held, findings, segmentations, PassageIndex(held))

    def tracker(self, embedder: Embedder | None = None) -> CoverageTracker:
        """An empty tracker over these documents.

        Args:
            embedder: sentence embeddings for attribution, such as those of a model that knows several languages.
        """
        return CoverageTracker(self.documents, segmentations=self.segmentations, embedder=embedder)


@dataclass(frozen=True)
class Assessment:
    """What is known of one data set.

    Attributes:
        name: how the reader knows it.
        entries: its pairs, in their order, each with its footprint and its marks.
        translated: questions in another language than their document.
        by_numbers: those of them whose footprint was found by numbers and names, for want of words.
    """

    name: str
    tracker: CoverageTracker
    entries: tuple[Entry, ...]
    translated: int = 0
    by_numbers: int = 0

    @property
    def summary(self) -> CoverageSummary:
        """Every coverage figure."""
        return self.tracker.summary()

    @property
    def mark_counts(self) -> Counter[str]:
        """Answers by mark; an answer counts once under each of its marks."""
        return Counter(mark.code for entry in self.entries for mark in entry.marks)

    @property
    def marked(self) -> int:
        """Answers with any mark."""
        return sum(bool(entry.marks) for entry in self.entries)


def assess(
    pairs: Iterable[Pair],
    sources: Sources,
    *,
    name: str = "",
    canaries: Iterable[str] = (),
    embedder: Embedder | None = None,
    progress: Callable[[int], None] | None = None,
) -> Assessment:
    """Find document and footprint of every pair, count them, and look for marks of obeying.

    The document of a pair is the one that its row names, or the one that its evidence was cut from, or the one whose
    target fits best. A question in another language than its document that no words tie to a target is tied by numbers
    and names, where they point at one target alone.

    Args:
        canaries: tokens that no honest answer holds.
        embedder: sentence embeddings for attribution.
        progress: told the number of pairs done, now and then.
    """
    tracker = sources.tracker(embedder)
    foreign = TranslatedQuestions(sources.documents, sources.segmentations)
    translated = by_numbers = 0
    check = ObedienceCheck(sources.documents, sources.findings, canaries=canaries)
    known = _names(sources.documents)
    held: list[tuple[Pair, str, Footprint]] = []
    for number, pair in enumerate(pairs, 1):
        question, prompt_document = sources.passages.split_prompt(pair.question)
        document_id = known.get(pair.document) or known.get(PurePath(pair.document).name) or prompt_document
        if not document_id and pair.contexts:
            document_id = sources.passages.document(pair.contexts)
        # An answer that obeyed the document would draw its question to the passage that it obeyed.
        answer = None if check.is_steered(question, pair.answer) else pair.answer or None
        footprint = tracker.attribute(question, answer, document_id or None)
        if foreign.in_another_language(question, document_id or ""):
            translated += 1
            if not footprint.targets:
                footprint = foreign.footprint(question, answer or "", document_id or "")
                by_numbers += bool(footprint.targets)
        tracker.add(
            question,
            answer,
            document_id=document_id or None,
            footprint=footprint,
            labels={"style": plain(pair.style)[:60], "model": plain(pair.model)[:60]},
        )
        check.learn(pair.answer)
        held.append((pair, question, footprint))
        if progress is not None and number % 100 == 0:
            progress(number)
    entries: list[Entry] = []
    for pair, question, footprint in held:
        document_id = footprint.targets[0].document_id if footprint.targets else ""
        found = check.marks(question, pair.answer, document_id=document_id, contexts=pair.contexts)
        entries.append(_entry(pair, question, footprint, found))
    return Assessment(name, tracker, tuple(entries), translated, by_numbers)


def assess_records(
    records: Iterable[Record],
    sources: Sources,
    tracker: CoverageTracker,
    *,
    name: str = "",
    canaries: Iterable[str] = (),
) -> Assessment:
    """The same for records of ours, whose footprints are known and which `tracker` has counted."""
    check = ObedienceCheck(sources.documents, sources.findings, canaries=canaries)
    held = list(records)
    for record in held:
        check.learn(record.answer.text)
    entries = []
    for record in held:
        marks = check.marks(record.question.text, record.answer.text, document_id=record.document_id)
        entries.append(replace(Entry.from_record(record), marks=marks))
    return Assessment(name, tracker, tuple(entries))


def _entry(pair: Pair, question: str, footprint: Footprint, marks: Sequence[Mark]) -> Entry:
    return Entry(
        question=question,
        answer=pair.answer,
        document_id=footprint.targets[0].document_id if footprint.targets else "",
        spans=tuple((span.start, span.end) for span in footprint.spans),
        artefact=footprint.artefact,
        style=plain(pair.style or pair.model)[:60],
        marks=tuple(marks),
        place=f"{PurePath(pair.file).name} row {pair.row}",
    )


def _names(documents: Sequence[Document]) -> dict[str, str]:
    """Ids by every name that a row may use: the id, its file name, its file name without suffix; ambiguous ones out."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for document in documents:
        path = PurePath(document.id)
        for name in dict.fromkeys((path.name, path.stem)):
            if name in found:
                twice.add(name)
            found[name] = document.id
    for name in twice:
        found.pop(name, None)
    found.update({document.id: document.id for document in documents})
    found.pop("", None)
    return found


def reach(gold: Iterable[Pair], sources: Sources, tracker: CoverageTracker) -> Reach:
    """Whether the evidence of each question of `gold` stands in a footprint that `tracker` has counted."""
    known = _names(sources.documents)
    questions = located = covered = 0
    missed: list[Entry] = []
    for pair in gold:
        questions += 1
        document_id = known.get(pair.document) or sources.passages.document(pair.contexts)
        footprint = tracker.attribute(pair.question, pair.answer or None, document_id or None)
        if not footprint.targets:
            continue
        located += 1
        if tracker.count(footprint.targets[0]) > 0:
            covered += 1
        else:
            missed.append(_entry(pair, pair.question, footprint, ()))
    return Reach(questions, located, covered, tuple(missed))
