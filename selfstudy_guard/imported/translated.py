"""Questions in another language than the documents: told, and attributed by what a translation leaves as it is.

Words do not match across languages. Numbers and names mostly stay, so a target that alone holds the numbers and names
of a pair is what it asks about; where two targets fit as well, or nothing is shared, the question stays without
footprint. Sentence embeddings of several languages do better (`CoverageTracker(embedder=...)`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

import regex

from selfstudy_guard.questions.wording import other_language
from selfstudy_guard.records import Document, Footprint, Segmentation, Target

_NUMBER = regex.compile(r"(?<![\p{L}\d])\d+(?:[.,:/]\d+)*+")
_NAME = regex.compile(r"(?<!\p{L})\p{Lu}[\p{L}\d]{2,}|\b[A-Z]+\d[\w-]*")
_SAMPLE = 2000
"""Characters of a document that tell its language."""
_LEAST = 0.5
"""Weight that a target must reach: a mark that two targets hold, or more marks that more of them do."""
_DOCUMENTS = 30
"""Documents that are looked at where a pair names none."""


class TranslatedQuestions:
    """Finds out whether questions are in another language than their document, and what they are about.

    Args:
        documents: the sources.
        segmentations: their targets; only eligible ones are found.
    """

    def __init__(self, documents: Iterable[Document], segmentations: Mapping[str, Segmentation]) -> None:
        self._texts = {document.id: _prose(segmentations, document) for document in documents}
        self._segmentations = segmentations
        self._holders: dict[str, list[Target]] | None = None

    def in_another_language(self, question: str, document_id: str = "") -> bool:
        """Whether `question` is surely in another language than its document, or than all of them."""
        if document_id in self._texts:
            return other_language(question, self._texts[document_id])
        texts = [text for _, text in zip(range(_DOCUMENTS), self._texts.values(), strict=False) if text.strip()]
        return bool(texts) and all(other_language(question, text) for text in texts)

    def footprint(self, question: str, answer: str = "", document_id: str = "") -> Footprint:
        """The one target that holds most of the numbers and names of a pair; empty where none stands out."""
        holders = self._index()
        said = _marks(f"{question} {answer}")
        weights: dict[tuple[str, int, int], float] = defaultdict(float)
        found: dict[tuple[str, int, int], Target] = {}
        for mark in said:
            targets = [one for one in holders.get(mark, ()) if not document_id or one.document_id == document_id]
            for target in targets:
                key = (target.document_id, target.start, target.end)
                found[key] = target
                weights[key] += 1.0 / len(targets)  # what many targets hold says little
        best = sorted(weights.items(), key=lambda item: -item[1])[:2]
        if not best or best[0][1] < _LEAST or (len(best) == 2 and math.isclose(best[0][1], best[1][1])):
            return Footprint()
        return Footprint(targets=(found[best[0][0]],), scores=(min(1.0, best[0][1] / len(said)),))

    def _index(self) -> dict[str, list[Target]]:
        if self._holders is None:
            holders: dict[str, list[Target]] = defaultdict(list)
            for segmentation in self._segmentations.values():
                for target in segmentation.targets:
                    if target.eligible:
                        for mark in _marks(target.text):
                            holders[mark].append(target)
            self._holders = dict(holders)
        return self._holders


def _prose(segmentations: Mapping[str, Segmentation], document: Document) -> str:
    """The beginning of what a document says, without its markup."""
    segmentation = segmentations.get(document.id)
    parts: list[str] = []
    size = 0
    for target in segmentation.targets if segmentation is not None else ():
        if target.eligible:
            parts.append(target.text)
            size += len(target.text)
            if size >= _SAMPLE:
                break
    return " ".join(parts)[:_SAMPLE] or document.text[:_SAMPLE]


def _marks(text: str) -> set[str]:
    """Numbers and names of a text, in one spelling."""
    numbers = {match[0].replace(",", ".") for match in _NUMBER.finditer(text)}
    return numbers | {match[0].lower() for match in _NAME.finditer(text)}
