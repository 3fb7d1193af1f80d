"""CoverageTracker: a fold over questions or records that keeps counts and sketches, never texts, and merges exactly.

Everything it keeps is a count, a set of spans or a bag of sketches, so adding trackers is associative and commutative,
and the order in which records come makes no difference.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.attribution.corpus_index import Corpus
from selfstudy_guard.coverage.hijack_marks import is_presented
from selfstudy_guard.coverage.repeats import SKETCH, count_repeats, sketch
from selfstudy_guard.coverage.summary import CoverageSummary
from selfstudy_guard.coverage.tallies import Tallies
from selfstudy_guard.coverage.tally import DocumentTally, pack, unpack
from selfstudy_guard.documents.target_table import TargetTable
from selfstudy_guard.errors import InputError
from selfstudy_guard.protocols import Embedder
from selfstudy_guard.records import Document, Footprint, Record, Rejection, Segmentation, Target

_FORMAT = 1

FoundSpan = tuple[str, int, int, str, str, str]


class CoverageTracker:
    """Counts which targets the questions asked so far draw on.

    Args:
        documents: the documents that questions are asked about, or paths of them; more may be met through records.
            A mapping of ids to documents is looked up where a text is needed, and its texts are not kept.
        segmentations: their targets, where the caller has them already (document id to segmentation); may be lazy.
        embedder: optional sentence embeddings for attribution.
    """

    def __init__(
        self,
        documents: Iterable[Document | str | PathLike[str]] | Mapping[str, Document] = (),
        *,
        segmentations: Mapping[str, Segmentation] | None = None,
        embedder: Embedder | None = None,
    ) -> None:
        self._corpus = Corpus(segmentations, embedder=embedder)
        self._tallies: dict[str, DocumentTally] = {}
        self._totals: Counter[str] = Counter()
        self._groups: Counter[str] = Counter()
        self._findings: Counter[FoundSpan] = Counter()
        self._rejections: Counter[str] = Counter()
        self._same = array("Q")
        self._bands = array("I")
        if isinstance(documents, Mapping):
            self._corpus.lend(documents)
            for name, document in documents.items():
                if not isinstance(document, Document) or document.id != name:
                    raise InputError(f"a mapping of documents holds each Document under its own id: {name!r} does not")
                self._learn(document, self._corpus.meet(document))
            return
        for document in _coerced(documents):
            self.add_document(document)

    @property
    def documents(self) -> tuple[str, ...]:
        """Ids of the documents that are known or counted, sorted."""
        return tuple(sorted(self._tallies))

    def add_document(self, document: Document, segmentation: Segmentation | None = None) -> None:
        """Make a document known, so that its targets count in the denominators."""
        self._learn(document, self._corpus.add(document, segmentation))

    def _learn(self, document: Document, found: Segmentation) -> None:
        self._tallies.setdefault(document.id, DocumentTally()).learn(document.digest, TargetTable.whole(found))

    def segmentation(self, document_id: str) -> Segmentation:
        """The targets of a known document, as they are counted."""
        return self._corpus.segmentation(document_id)

    def attribute(
        self, question: str, answer: str | None = None, document_id: str | None = None, *, top: int = 5
    ) -> Footprint:
        """The targets that `question` (and `answer`) draws on, in one document or, without an id, in all of them."""
        found = self._corpus.attribute(question, answer, document_id, top=top)
        presented = not found.artefact and self._is_presented(found)
        return found.model_copy(update={"artefact": True}) if presented else found

    def add(
        self,
        question: str,
        answer: str | None = None,
        target: Target | None = None,
        document_id: str | None = None,
        *,
        footprint: Footprint | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Footprint:
        """Attribute one question and count it; returns its footprint.

        Args:
            question: of the pair.
            answer: of the pair, if it is known.
            target: the target that it was anchored to, if it was.
            document_id: the document that it is about; None looks in all.
            footprint: where it is known already, nothing is attributed.
            labels: what to compare it by, for instance `{"model": "a", "style": "why"}`.
        """
        if document_id is None and target is not None:
            document_id = target.document_id
        if footprint is None:
            footprint = self.attribute(question, answer, document_id)
        self._count(question, footprint, target, labels or {})
        return footprint

    def add_record(self, record: Record) -> None:
        """Count one finished record; its own footprint is used where it has one.

        A record without footprint is attributed where its document is known, else its target is taken for it.
        """
        footprint = record.footprint
        if not footprint.targets:
            if record.document_id in self._corpus.documents:
                footprint = self.attribute(record.question.text, record.answer.text, record.document_id)
            else:
                footprint = Footprint(targets=(record.target,), scores=(1.0,))
        self._count(record.question.text, footprint, record.target, {"style": record.style, "model": record.model})
        evidence = record.evidence
        size = evidence.end - evidence.start
        self._totals["context"] += size
        self._totals["removed"] += round(size * (1.0 - evidence.context_retention))
        self._totals["withheld"] += sum(one.end - one.start for one in evidence.withheld)
        self._totals["withholding"] += bool(evidence.withheld)
        self._totals["filtered"] += bool(evidence.findings)
        for one in evidence.findings:
            self._findings[evidence.document_id, one.start, one.end, one.intent, one.channel, one.action] += 1

    def add_rejection(self, rejection: Rejection) -> None:
        """Count a planned question that ended without a record."""
        self._rejections[f"{rejection.stage}: {rejection.reason}"] += 1

    def _is_presented(self, footprint: Footprint) -> bool:
        """Whether the best match only presents its page, by the auditor's own list and not by the sampler's."""
        if not footprint.targets:
            return False
        document = self._corpus.documents.get(footprint.targets[0].document_id)
        return is_presented(footprint.targets[0], document.text if document is not None else "")

    def _count(self, question: str, footprint: Footprint, target: Target | None, labels: Mapping[str, str]) -> None:
        self._totals["questions"] += 1
        self._totals["artefact"] += footprint.artefact or self._is_presented(footprint)
        self._totals["unattributed"] += not footprint.targets
        self._totals["footprints"] += len(footprint.targets)
        groups = [f"{name}={value}" for name, value in labels.items() if value]
        self._groups.update(groups)
        spans: dict[str, list[tuple[int, int]]] = {}
        for found in footprint.targets:
            spans.setdefault(found.document_id, []).append((found.start, found.end))
        for document_id, keys in spans.items():
            self._tally(document_id).add(keys, ("", *groups))
        if target is not None:
            self._totals["anchored"] += 1
            self._totals["on_target"] += any(
                one.document_id == target.document_id and one.start < target.end and target.start < one.end
                for one in footprint.targets
            )
            self._tally(target.document_id).add([(target.start, target.end)], ("planned",))
        same, bands = sketch(question)
        self._same.append(same)
        self._bands.extend(bands)

    def _tally(self, document_id: str) -> DocumentTally:
        found = self._tallies.get(document_id)
        if found is None:
            found = self._tallies[document_id] = DocumentTally()
        return found

    def count(self, target: Target) -> int:
        """How many questions so far draw on `target`."""
        tally = self._tallies.get(target.document_id)
        return 0 if tally is None else tally.count(target.start, target.end)

    def counts(self, document_id: str, group: str = "") -> NDArray[np.int32]:
        """Questions by target of one known document, in the order of its segmentation.

        Args:
            document_id: of the document.
            group: "" for all questions, "planned" for the targets they were anchored to, or a label, as "style=why".
        """
        tally = self._tallies.get(document_id)
        if tally is None or tally.layout is None:
            raise InputError(f"unknown document {document_id!r}: give it to CoverageTracker(documents) first")
        return tally.group(group).copy()

    @property
    def coverage(self) -> float:
        """Share of eligible targets in at least one footprint: the one figure that is quick to ask for at any time."""
        eligible = covered = 0
        for tally in self._tallies.values():
            if tally.layout is not None:
                may = tally.layout.has(TargetTable.ELIGIBLE)
                eligible += int(np.count_nonzero(may))
                covered += int(np.count_nonzero(may & (tally.group("") > 0)))
        return covered / eligible if eligible else 0.0

    def summary(self, *, seed: int = 0) -> CoverageSummary:
        """Every figure at this moment (a fraction of a second for thousands of targets; see `coverage` for one figure).

        Args:
            seed: of the bootstrap and permutations; the same tracker and seed give the same summary.
        """
        from selfstudy_guard.coverage.summarise import summarise

        return summarise(self.tallies(), count_repeats(self.sketches()), seed=seed)

    def tallies(self) -> Tallies:
        """The sums that every figure but the repeats is made of: small, without documents, and they add up."""
        return Tallies.of(
            self._tallies,
            totals=self._totals,
            groups=self._groups,
            findings=self._findings,
            rejections=self._rejections,
        )

    def sketches(self) -> NDArray[Any]:
        """The sketches of all questions, sorted, so that the order of adding leaves no trace."""
        rows = np.zeros(len(self._same), dtype=SKETCH)
        if rows.size:
            rows["same"] = np.frombuffer(self._same, dtype=np.uint64)
            rows["bands"] = np.frombuffer(self._bands, dtype=np.uint32).reshape(-1, rows["bands"].shape[1])
        return rows[np.lexsort((*rows["bands"].T[::-1], rows["same"]))]

    def __add__(self, other: CoverageTracker) -> CoverageTracker:
        """A new tracker that has counted what both have."""
        if not isinstance(other, CoverageTracker):
            return NotImplemented
        merged = CoverageTracker(embedder=self._corpus.embedder)
        merged += self
        merged += other
        return merged

    def __iadd__(self, other: CoverageTracker) -> CoverageTracker:
        """Count what `other` has counted."""
        if not isinstance(other, CoverageTracker):
            return NotImplemented
        self._corpus.absorb(other._corpus)
        for document_id, tally in other._tallies.items():
            self._tally(document_id).merge(tally)
        self._totals.update(other._totals)
        self._groups.update(other._groups)
        self._findings.update(other._findings)
        self._rejections.update(other._rejections)
        self._same.extend(other._same)
        self._bands.extend(other._bands)
        return self

    def __eq__(self, other: object) -> bool:
        """Whether both have counted the same, in any order."""
        return self.to_json() == other.to_json() if isinstance(other, CoverageTracker) else NotImplemented

    def to_json(self) -> str:
        """All counts as JSON text; equal trackers give equal texts."""
        form = {
            "format": _FORMAT,
            "totals": {name: n for name, n in sorted(self._totals.items()) if n},
            "groups": dict(sorted(self._groups.items())),
            "rejections": dict(sorted(self._rejections.items())),
            "findings": [[*key, n] for key, n in sorted(self._findings.items())],
            "questions": pack(self.sketches()),
            "documents": {name: self._tallies[name].to_dict() for name in sorted(self._tallies)},
        }
        return json.dumps(form, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str, documents: Iterable[Document | str | PathLike[str]] = ()) -> CoverageTracker:
        """The tracker that `to_json` wrote; give the documents to go on attributing.

        Raises:
            InputError: the text is not such a tracker, or a document is not the one that was counted.
        """
        try:
            form = json.loads(text)
            if form["format"] != _FORMAT:
                raise InputError(f"tracker format {form['format']} is not known: this version reads format {_FORMAT}")
            tracker = cls()
            tracker._totals = Counter({str(name): int(n) for name, n in form["totals"].items()})
            tracker._groups = Counter({str(name): int(n) for name, n in form["groups"].items()})
            tracker._rejections = Counter({str(name): int(n) for name, n in form["rejections"].items()})
            tracker._findings = Counter({(a, b, c, d, e, f): n for a, b, c, d, e, f, n in form["findings"]})
            rows = unpack(form["questions"], SKETCH)
            tracker._same.frombytes(np.ascontiguousarray(rows["same"], dtype=np.uint64).tobytes())
            tracker._bands.frombytes(np.ascontiguousarray(rows["bands"], dtype=np.uint32).tobytes())
            tracker._tallies = {name: DocumentTally.from_dict(one) for name, one in form["documents"].items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"this is not a tracker written by to_json(): {error!r}") from error
        for document in _coerced(documents):
            tracker.add_document(document)
        return tracker


def _coerced(documents: Iterable[Document | str | PathLike[str]]) -> Iterable[Document]:
    """Documents as they are; paths are read."""
    if isinstance(documents, str | PathLike):
        documents = [documents]
    for item in documents:
        if isinstance(item, Document):
            yield item
        else:
            from selfstudy_guard.documents import coerce_documents

            yield from coerce_documents(item)
