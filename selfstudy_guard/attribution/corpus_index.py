"""Attribution over many documents: the whole corpus in one index while it is small, else a first look by document.

Indexes are built when they are first needed and dropped again when too many targets are held, so that memory does not
grow with the corpus.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

import numpy as np
from cachetools import LRUCache

from selfstudy_guard.attribution.index import AttributionIndex
from selfstudy_guard.attribution.postings import Postings
from selfstudy_guard.attribution.terms import Coded, coded, is_unspaced, parts_of
from selfstudy_guard.errors import InputError
from selfstudy_guard.protocols import Embedder
from selfstudy_guard.records import Document, Footprint, Segmentation

_JOINT = 20_000
"""Up to this many targets, one index holds all documents."""
_HELD = 30_000
"""Most targets whose indexes are kept (about 10 kB a target in indexes of small documents)."""
_ROUTED = 5
"""Documents that are looked into for one question, when they are too many for one index."""


def _route_parts(word: str) -> Coded:
    """A word and its stem-like prefix, or its character pairs: enough to tell documents apart."""
    if is_unspaced(word):
        return coded({name: weight for name, weight in parts_of(word).items() if name[0] != "1"})
    return coded({"w" + word: 0.5, "p" + word[:5]: 0.5})


def _recent_cuts() -> LRUCache[str, Segmentation]:
    return LRUCache(_HELD, getsizeof=_targets_of)


def _recent_indexes() -> LRUCache[str, AttributionIndex]:
    return LRUCache(_HELD, getsizeof=_size_of)


def _targets_of(cut: Segmentation) -> int:
    return min(len(cut.targets), _HELD)  # the last one is kept, however large it is


def _size_of(index: AttributionIndex) -> int:
    return min(len(index), _HELD)


class Corpus:
    """The documents of a tracker, and attribution within one of them or over all.

    Args:
        segmentations: targets that the caller has already (document id to segmentation); may be lazy.
        embedder: optional sentence embeddings (see `AttributionIndex`).
    """

    def __init__(
        self, segmentations: Mapping[str, Segmentation] | None = None, *, embedder: Embedder | None = None
    ) -> None:
        self._kept: dict[str, Document] = {}
        self._lent: list[Mapping[str, Document]] = []
        self.embedder = embedder
        self._given: list[Mapping[str, Segmentation]] = [] if segmentations is None else [segmentations]
        self._single: dict[str, Segmentation] = {}
        self._cut = _recent_cuts()
        self._sizes: dict[str, int] = {}
        self._indexes = _recent_indexes()
        self._joint: AttributionIndex | None = None
        self._router: tuple[list[str], Postings] | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Without the indexes, which are built again where they are needed."""
        fresh = {"_cut": _recent_cuts(), "_indexes": _recent_indexes(), "_joint": None, "_router": None}
        return self.__dict__ | fresh

    @property
    def documents(self) -> Mapping[str, Document]:
        """All documents by id; those that were lent are read when they are looked up."""
        return ChainMap(self._kept, *self._lent) if self._lent else self._kept  # type: ignore[arg-type]  # only read

    def lend(self, documents: Mapping[str, Document]) -> None:
        """Give documents that are looked up where they are needed, and not kept; each must be met, too."""
        self._lent.append(documents)

    def add(self, document: Document, segmentation: Segmentation | None = None) -> Segmentation:
        """Keep a document; returns its targets."""
        if segmentation is not None:
            self._single[document.id] = segmentation
        self._kept[document.id] = document
        return self.meet(document)

    def meet(self, document: Document) -> Segmentation:
        """Make a document known that is kept or lent; returns its targets."""
        self._cut.pop(document.id, None)
        self._indexes.pop(document.id, None)
        found = self.segmentation(document.id)
        self._sizes[document.id] = len(found.targets)
        self._joint = self._router = None
        return found

    def absorb(self, other: Corpus) -> None:
        """Take over the documents of `other`."""
        self._kept.update(other._kept)
        self._lent += [one for one in other._lent if all(one is not mine for mine in self._lent)]
        self._given += [one for one in other._given if all(one is not mine for mine in self._given)]
        self._single.update(other._single)
        self._sizes.update(other._sizes)
        self.embedder = self.embedder or other.embedder
        self._joint = self._router = None

    def segmentation(self, document_id: str) -> Segmentation:
        """The targets of a known document: those given, or cut again from its text."""
        if document_id in self._single:
            return self._single[document_id]
        for given in self._given:
            if document_id in given:
                return given[document_id]
        cut = self._cut.get(document_id)
        if cut is None:
            from selfstudy_guard.documents import segment

            cut = segment(self._document(document_id))
            self._cut[document_id] = cut
        return cut

    def _document(self, document_id: str) -> Document:
        document = self.documents.get(document_id)
        if document is None:
            raise InputError(f"unknown document {document_id!r}: give it to CoverageTracker(documents) first")
        return document

    def index(self, document_id: str) -> AttributionIndex:
        """Attribution among the targets of one document."""
        found = self._indexes.get(document_id)
        if found is None:
            self._document(document_id)
            found = AttributionIndex(self.segmentation(document_id).targets, embedder=self.embedder)
            self._indexes[document_id] = found
        return found

    def attribute(
        self, question: str, answer: str | None = None, document_id: str | None = None, *, top: int = 5
    ) -> Footprint:
        """Footprint in one document or, without an id, in whichever document it lies."""
        if document_id is not None:
            return self.index(document_id).attribute(question, answer, top=top)
        documents = self.documents
        if not documents:
            raise InputError("there is no document to attribute to: give them to CoverageTracker(documents)")
        if len(documents) == 1:
            return self.index(next(iter(documents))).attribute(question, answer, top=top)
        if sum(self._sizes.values()) <= _JOINT:
            if self._joint is None:
                targets = [t for name in documents for t in self.segmentation(name).targets]
                self._joint = AttributionIndex(targets, embedder=self.embedder)
            return self._joint.attribute(question, answer, top=top)
        found = [self.index(name).attribute(question, answer, top=top) for name in self._likely(question, answer)]
        return max(found, key=lambda one: one.scores[0] if one.scores else 0.0, default=Footprint())

    def _likely(self, question: str, answer: str | None) -> list[str]:
        """The documents that hold most of the question and answer, the best first."""
        if self._router is None:
            names = list(self.documents)
            self._router = names, Postings([self.documents[name].text for name in names], parts=_route_parts)
        names, postings = self._router
        share = postings.share(question)
        if answer is not None and answer.strip():
            share = share + postings.share(answer)
        best = np.argsort(-share, kind="stable")[:_ROUTED]
        return [names[row] for row in best if share[row] > 0]
