"""CoverageTracker: a fold over questions or records that keeps counts, never texts, and merges exactly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from selfstudy_guard.coverage.attribution import AttributionIndex
from selfstudy_guard.coverage.summary import CoverageSummary
from selfstudy_guard.coverage.tally import Layout, Tally
from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Document, Footprint, Record, Segmentation, Target

_FORMAT = 1


class CoverageTracker:
    """Counts which targets the questions asked so far draw on.

    Args:
        documents: the documents that questions are asked about; more may be met later through records.
        segmentations: their targets, where the caller has them already (document id to segmentation).
    """

    def __init__(
        self,
        documents: Iterable[Document] = (),
        *,
        segmentations: Mapping[str, Segmentation] | None = None,
    ) -> None:
        self._segmentations: dict[str, Segmentation] = {}
        self._indexes: dict[str | None, AttributionIndex] = {}
        self._tallies: dict[str, Tally] = {}
        self._totals: dict[str, int] = {}
        for document in documents:
            given = None if segmentations is None else segmentations.get(document.id)
            self.add_document(document, given)

    def add_document(self, document: Document, segmentation: Segmentation | None = None) -> None:
        """Make a document known, so that its targets count in the denominators."""
        if segmentation is None:
            from selfstudy_guard.documents import segment

            segmentation = segment(document)
        self._segmentations[document.id] = segmentation
        self._indexes.pop(document.id, None)
        self._indexes.pop(None, None)
        self._tallies.setdefault(document.id, Tally()).learn(document.digest, Layout.of(segmentation))

    def attribute(self, question: str, answer: str | None = None, document_id: str | None = None) -> Footprint:
        """The targets that `question` (and `answer`) draws on, in one document or, without an id, in all of them."""
        if document_id is not None and document_id not in self._segmentations:
            raise InputError(f"unknown document {document_id!r}: give it to CoverageTracker(documents) first")
        index = self._indexes.get(document_id)
        if index is None:
            chosen = [document_id] if document_id is not None else list(self._segmentations)
            index = AttributionIndex([t for name in chosen for t in self._segmentations[name].targets])
            self._indexes[document_id] = index
        return index.attribute(question, answer)

    def add(
        self,
        question: str,
        answer: str | None = None,
        target: Target | None = None,
        document_id: str | None = None,
    ) -> Footprint:
        """Attribute one question and count it; returns its footprint."""
        if document_id is None and target is not None:
            document_id = target.document_id
        footprint = self.attribute(question, answer, document_id)
        self._count(footprint, target, ())
        return footprint

    def add_record(self, record: Record) -> None:
        """Count one finished record; its own footprint is used where it has one."""
        footprint = record.footprint
        if not footprint.targets and record.document_id in self._segmentations:
            footprint = self.attribute(record.question.text, record.answer.text, record.document_id)
        self._count(footprint, record.target, (f"style={record.style}", f"model={record.model}"))

    def _count(self, footprint: Footprint, target: Target | None, groups: tuple[str, ...]) -> None:
        self._bump("questions")
        if footprint.artefact:
            self._bump("artefact")
        if not footprint.targets:
            self._bump("unattributed")
        spans: dict[str, list[tuple[int, int]]] = {}
        for found in footprint.targets:
            spans.setdefault(found.document_id, []).append((found.start, found.end))
        for document_id, keys in spans.items():
            self._tallies.setdefault(document_id, Tally()).add(keys, ("", *groups))
        if target is not None:
            self._bump("anchored")
            if any(span.overlaps(target.span) for span in footprint.spans):
                self._bump("on_target")
            self._tallies.setdefault(target.document_id, Tally()).add([(target.start, target.end)], ("planned",))

    def _bump(self, name: str, n: int = 1) -> None:
        self._totals[name] = self._totals.get(name, 0) + n

    def count(self, target: Target) -> int:
        """How many questions so far draw on `target`."""
        tally = self._tallies.get(target.document_id)
        return 0 if tally is None else tally.count(target.start, target.end)

    def counts(self, document_id: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Questions by target of one known document, in the order of its segmentation."""
        tally = self._tallies.get(document_id)
        if tally is None or tally.layout is None:
            raise InputError(f"unknown document {document_id!r}: give it to CoverageTracker(documents) first")
        return tally.group("").copy()

    def summary(self) -> CoverageSummary:
        """Every figure at this moment."""
        targets = eligible = covered = tokens = tokens_covered = sections = sections_covered = 0
        for tally in self._tallies.values():
            layout = tally.layout
            if layout is None:
                continue
            may = layout.has(Layout.ELIGIBLE)
            hit = may & (tally.group("") > 0)
            targets += len(layout)
            eligible += int(may.sum())
            covered += int(hit.sum())
            tokens += int(layout.tokens[may].sum())
            tokens_covered += int(layout.tokens[hit].sum())
            sections += np.unique(layout.section[may]).size
            sections_covered += np.unique(layout.section[hit]).size
        questions, anchored = self._totals.get("questions", 0), self._totals.get("anchored", 0)
        return CoverageSummary(
            questions=questions,
            targets=targets,
            eligible=eligible,
            covered=covered,
            coverage=covered / eligible if eligible else 0.0,
            token_coverage=tokens_covered / tokens if tokens else 0.0,
            section_coverage=sections_covered / sections if sections else 0.0,
            unattributed=self._totals.get("unattributed", 0),
            hijack_rate=self._totals.get("artefact", 0) / questions if questions else 0.0,
            on_target=self._totals.get("on_target", 0) / anchored if anchored else None,
        )

    def __add__(self, other: CoverageTracker) -> CoverageTracker:
        """A new tracker that has counted what both have."""
        if not isinstance(other, CoverageTracker):
            return NotImplemented
        merged = CoverageTracker()
        for part in (self, other):
            merged._segmentations.update(part._segmentations)
            for document_id, tally in part._tallies.items():
                merged._tallies.setdefault(document_id, Tally()).merge(tally)
            for name, n in part._totals.items():
                merged._bump(name, n)
        return merged

    def to_json(self) -> str:
        """All counts as JSON text; equal trackers give equal texts."""
        form = {
            "format": _FORMAT,
            "totals": dict(sorted(self._totals.items())),
            "documents": {name: self._tallies[name].to_dict() for name in sorted(self._tallies)},
        }
        return json.dumps(form, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str, documents: Iterable[Document] = ()) -> CoverageTracker:
        """The tracker that `to_json` wrote; give the documents to go on attributing."""
        try:
            form = json.loads(text)
            if form["format"] != _FORMAT:
                raise InputError(f"tracker format {form['format']} is not known: this version reads format {_FORMAT}")
            tracker = cls()
            tracker._totals = {str(name): int(n) for name, n in form["totals"].items()}
            tracker._tallies = {name: Tally.from_dict(one) for name, one in form["documents"].items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"this is not a tracker written by to_json(): {error!r}") from error
        for document in documents:
            tracker.add_document(document)
        return tracker
