"""Documents made ready for the flow: pieces, findings and attribution index, computed once a document."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from cachetools import LRUCache

from selfstudy_guard.coverage import AttributionIndex
from selfstudy_guard.documents import mask_artefacts
from selfstudy_guard.documents.eligibility.doubts import DOUBT, without_doubtful
from selfstudy_guard.documents.language import guess_language
from selfstudy_guard.documents.window import window
from selfstudy_guard.filter.beliefs import examined, examined_many, packed_beliefs, unpacked_beliefs, weighed
from selfstudy_guard.protocols import Finds
from selfstudy_guard.records import (
    Artefact,
    Belief,
    Context,
    Document,
    FilterResult,
    Finding,
    Segmentation,
    Target,
    Withheld,
    text_digest,
)


@dataclass(frozen=True)
class Prepared:
    """One document, ready to be asked about.

    Attributes:
        document: the raw document.
        findings: what the filter found in the whole document, in raw offsets.
        segmentation: its targets and artefacts.
        beliefs: what the filter believes of the units outside the findings, in order and disjoint.
    """

    document: Document
    findings: tuple[Finding, ...]
    segmentation: Segmentation
    beliefs: tuple[Belief, ...] = ()

    @cached_property
    def weighed(self) -> tuple[Belief, ...]:
        """The beliefs, each with how its unit addresses somebody: what evidence is chosen by."""
        return weighed(self.document.text, self.beliefs)

    def weighed_in(self, start: int, end: int) -> tuple[Belief, ...]:
        """Those of the units that stand, at least in part, in a stretch of the document (code points)."""
        starts, ends = self._edges
        return self.weighed[bisect_right(ends, start) : bisect_left(starts, end)]

    @cached_property
    def _edges(self) -> tuple[list[int], list[int]]:
        """Where the units of `weighed` begin, and where they end."""
        return [belief.start for belief in self.weighed], [belief.end for belief in self.weighed]

    @cached_property
    def index(self) -> AttributionIndex:
        """Attribution over all targets of the document."""
        return AttributionIndex(self.segmentation.targets)

    @cached_property
    def language(self) -> str:
        """ISO 639-1 code of the document's language."""
        return guess_language(self.document.text)

    @cached_property
    def hidden(self) -> tuple[Artefact, ...]:
        """What the question generator must not see: artefacts and instruction-like spans, sorted and disjoint."""
        spans = sorted(
            chain(
                ((span.start, span.end, span.reason) for span in self.segmentation.artefacts),
                ((finding.start, finding.end, "instruction") for finding in self.findings),
            )
        )
        merged: list[Artefact] = []
        for start, end, reason in spans:
            if merged and start < merged[-1].end:
                start = merged[-1].end
            if start < end:
                merged.append(Artefact(start=start, end=end, reason=reason))
        return tuple(merged)

    def context(self, target: Target, characters: int) -> Context:
        """The raw window round a target of this document."""
        return window(self.document, target, self.segmentation, characters=characters)

    def shown_when_asking(self, context: Context, withheld: Sequence[Withheld] = ()) -> str:
        """The window as the question generator may read it: artefacts, findings and suspects are masked with spaces.

        Args:
            context: a window of this document.
            withheld: the suspects in it that its target does not need.
        """
        shown = mask_artefacts(context.text, self.hidden, start=context.start)
        doubted = [Artefact(start=one.start, end=one.end, reason="suspect") for one in withheld]
        return mask_artefacts(shown, doubted, start=context.start) if doubted else shown

    def restored(self, target: Target) -> Target:
        """A target of the ledger with its text and lead again, which the ledger does not repeat."""
        targets = self.segmentation.targets
        if target.index < len(targets):
            found = targets[target.index]
            if (found.start, found.end) == (target.start, target.end):
                return found
        return target.model_copy(update={"text": self.document.text[target.start : target.end]})


class RememberedFindings:
    """An instruction filter that judges each text once, however many questions are asked about it.

    Args:
        instruction_filter: asked at most once for a text.
        capacity: most texts remembered; only their digests, findings and (packed) beliefs are kept.
    """

    def __init__(self, instruction_filter: Finds, *, capacity: int = 200_000) -> None:
        self._filter = instruction_filter
        self._known: LRUCache[str, tuple[tuple[Finding, ...], bytes]] = LRUCache(capacity)
        self._mutex = threading.Lock()

    def find(self, text: str) -> tuple[Finding, ...]:
        """The findings of `text`."""
        return self._looked_up([text])[0][0]

    def examine(self, text: str) -> FilterResult:
        """Findings and beliefs of `text`."""
        return self.examine_many([text])[0]

    def examine_many(self, texts: Sequence[str]) -> list[FilterResult]:
        """Findings and beliefs of every text; those that are new are judged side by side."""
        return [
            FilterResult(text=text, findings=findings, mode="flag", beliefs=unpacked_beliefs(beliefs))
            for text, (findings, beliefs) in zip(texts, self._looked_up(texts), strict=True)
        ]

    def _looked_up(self, texts: Sequence[str]) -> list[tuple[tuple[Finding, ...], bytes]]:
        digests = [text_digest(text) for text in texts]
        with self._mutex:
            seen = {digest: self._known[digest] for digest in digests if digest in self._known}
        new = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in seen}
        if new:
            judged = examined_many(self._filter, list(new.values()))
            made = {
                digest: (findings, packed_beliefs(beliefs))
                for digest, (findings, beliefs) in zip(new, judged, strict=True)
            }
            seen |= made
            with self._mutex:
                self._known.update(made)
        return [seen[digest] for digest in digests]


class RecentDocuments:
    """Prepared documents by id, the least recently used ones forgotten.

    Args:
        prepare: makes a document ready; whatever it raises passes through.
        capacity: most documents kept ready.
        targets: most targets of the documents kept ready (6 to 8 kB each with their index); the last document is kept
            however many it has.
    """

    def __init__(self, prepare: Callable[[str], Prepared], *, capacity: int = 512, targets: int = 30_000) -> None:
        self._prepare = prepare
        least = targets / max(1, capacity)  # what a small document weighs, so that no more than `capacity` are kept
        self._ready: LRUCache[str, Prepared] = LRUCache(
            targets, getsizeof=lambda one: min(targets, max(least, len(one.segmentation.targets)))
        )
        self._mutex = threading.RLock()

    def get(self, document_id: str) -> Prepared:
        """The prepared document of an id."""
        with self._mutex:
            prepared = self._ready.get(document_id)
            if prepared is None:
                prepared = self._ready[document_id] = self._prepare(document_id)
            return prepared


class PreparedDocuments(RecentDocuments):
    """Documents that are judged and cut when they are asked for.

    Args:
        fetch: the document of an id.
        segment: its pieces, given what the filter found in it.
        instruction_filter: finds instruction-like spans; asked once a document, not once a question.
        capacity: most documents kept ready.
        doubt: belief from which a target is not asked about; None doubts nothing.
    """

    def __init__(
        self,
        fetch: Callable[[str], Document],
        segment: Callable[[Document, tuple[Finding, ...]], Segmentation],
        instruction_filter: Finds,
        *,
        capacity: int = 512,
        doubt: float | None = DOUBT,
    ) -> None:
        def prepare(document_id: str) -> Prepared:
            document = fetch(document_id)
            findings, beliefs = examined(instruction_filter, document.text)
            pieces = without_doubtful(segment(document, findings), beliefs, doubt)
            return Prepared(document, findings, pieces, beliefs)

        super().__init__(prepare, capacity=capacity)
