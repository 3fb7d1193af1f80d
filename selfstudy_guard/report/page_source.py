"""One document of a report: its figures, and, where its map is drawn, all that the map shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

import numpy as np
import regex
from numpy.typing import NDArray

from selfstudy_guard.coverage.tracker import CoverageTracker
from selfstudy_guard.documents.eligibility.doubts import REASON as DOUBTFUL
from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Document, Finding, Segmentation, Target, Withheld
from selfstudy_guard.report.entries import Entry

Key = tuple[int, int]
Counts = NDArray[np.int32]
_LONGEST_TITLE = 90
_WORD = regex.compile(r"\p{L}{3}|[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")


@dataclass(frozen=True)
class PageSource:
    """One document with what a report says of it.

    Attributes:
        id: of the document.
        title: what the document calls itself: its first heading, or its id.
        characters: length of its text.
        targets: number of its targets, eligible or not.
        asked: how many footprints hold each eligible target, in their order.
        beside: the same in the data set that is compared; empty without one.
        others: counts of targets that are not eligible and stand in a footprint.
        artefacts: sum of the counts of artefacts.
        findings, withheld, doubted: what was taken out, left out on suspicion, and not asked about.
        entries: questions whose texts the page shows, in the order they were made.
        told: number of all its questions.
        off: how many of them draw on text that is not content.
        counts: of its targets; empty where no map is drawn.
        drawn: whether a map is drawn.
    """

    id: str
    title: str
    characters: int
    targets: int
    asked: Counts
    beside: Counts
    others: Counts
    artefacts: int
    findings: tuple[Finding, ...]
    withheld: tuple[Withheld, ...]
    doubted: tuple[Target, ...]
    counts: Mapping[Key, int]
    drawn: bool = True
    entries: tuple[Entry, ...] = ()
    told: int = 0
    off: int = 0

    @property
    def eligible(self) -> int:
        """Targets that may be asked about."""
        return int(self.asked.size)

    @property
    def covered(self) -> int:
        """Those of them in at least one footprint."""
        return int(np.count_nonzero(self.asked))

    @property
    def gaps(self) -> int:
        """Those of them in no footprint."""
        return self.eligible - self.covered

    @property
    def share(self) -> float | None:
        """Coverage of this document; None when there is nothing to ask about."""
        return self.covered / self.eligible if self.eligible else None

    @property
    def questions(self) -> int:
        """Questions about this document; without their texts, the sum of its counts."""
        return self.told or int(self.asked.sum() + self.others.sum())

    @property
    def hijacked(self) -> int:
        """Questions whose footprint is not content."""
        return self.off if self.told else self.artefacts


class Pieces:
    """Text and targets of the documents, looked up when they are drawn.

    Args:
        documents: by id.
        segmentations: by id, where the caller has them.
        tracker: whose targets are taken for the others; a document that it does not hold is cut afresh.
    """

    def __init__(
        self, documents: Mapping[str, Document], segmentations: Mapping[str, Segmentation], tracker: CoverageTracker
    ) -> None:
        self._documents, self._segmentations, self._tracker = documents, segmentations, tracker

    def read(self, document_id: str) -> tuple[Document, Segmentation]:
        """One document."""
        document = self._documents[document_id]
        return document, self._segmentations.get(document_id) or self._cut(document)

    def _cut(self, document: Document) -> Segmentation:
        try:
            return self._tracker.segmentation(document.id)
        except InputError:
            from selfstudy_guard.documents import segment

            return segment(document)


def source_of(
    document: Document,
    segmentation: Segmentation,
    tracker: CoverageTracker,
    beside: CoverageTracker | None,
    findings: tuple[Finding, ...],
    withheld: tuple[Withheld, ...],
) -> PageSource:
    """A document with its counts, and all that its map shows; without its questions."""
    eligible = segmentation.eligible
    counts = {(t.start, t.end): n for t in segmentation.targets if (n := tracker.count(t))}
    others = [counts[t.start, t.end] for t in segmentation.targets if not t.eligible and (t.start, t.end) in counts]
    return PageSource(
        id=document.id,
        title=_title(document, segmentation),
        characters=len(document.text),
        targets=len(segmentation.targets),
        asked=np.array([counts.get((t.start, t.end), 0) for t in eligible], dtype=np.int32),
        beside=np.array([beside.count(t) for t in eligible] if beside is not None else (), dtype=np.int32),
        others=np.array(others, dtype=np.int32),
        artefacts=sum(counts.get((t.start, t.end), 0) for t in segmentation.targets if t.is_artefact),
        findings=findings,
        withheld=withheld,
        doubted=tuple(target for target in segmentation.targets if target.reason == DOUBTFUL),
        counts=counts,
    )


def _title(document: Document, segmentation: Segmentation) -> str:
    headings = (target.text for target in segmentation.targets if target.kind == "heading")
    heading = next((text for text in headings if _WORD.search(text)), "")  # a date or a number is no title
    words = " ".join(unescape(heading).strip().strip("#=*").split())
    return words if 0 < len(words) <= _LONGEST_TITLE else document.id
