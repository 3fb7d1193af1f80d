"""A context seen once more when its question is known: what then weighs more, and what a judge says of doubts."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from cachetools import LRUCache

from selfstudy_guard.errors import InputError
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.filter.judge import UNRELATED, check_band, further_doubts, is_doubtful, judge
from selfstudy_guard.filter.model.scoring import stems_of
from selfstudy_guard.filter.review.review_spans import without
from selfstudy_guard.records import Context, Document, Finding, Judgement, JudgeVerdict, Reply, Request, Span

_NEAR = 20_000
"""Code points on either side of a context that are scored with the question in view; more would be paid per question
and, beyond the length of text that the filter scores at once, changes nothing."""
_KEPT = 1024


@dataclass(frozen=True)
class View:
    """What is left of a context to decide about.

    Attributes:
        findings: what is to be taken out of it, sorted and disjoint, in offsets of the document.
        judged: what the judge was asked about, with its verdicts.
    """

    findings: tuple[Finding, ...]
    judged: tuple[Judgement, ...] = ()


class EvidenceReview:
    """Decides, for one context and question at a time, what of the context the answering model may read.

    Args:
        instruction_filter: the filter that made the documents' findings.
        band: grey band of scores that a judge is asked about; None for no judge.
        question_in_view: whether the question colours the scores.

    Raises:
        InputError: an empty band, or a filter that has no adjustable threshold.
    """

    def __init__(
        self,
        instruction_filter: InstructionFilter,
        *,
        band: tuple[float, float] | None = None,
        question_in_view: bool = False,
    ) -> None:
        self.band: tuple[float, float] | None = None if band is None else check_band(band)
        self.question_in_view = question_in_view
        if not isinstance(instruction_filter, InstructionFilter):
            raise InputError(
                f"judge and question_in_view need an InstructionFilter, not {type(instruction_filter).__name__}: leave "
                "them out, or give your own layers to InstructionFilter(detectors=[...])"
            )
        self._filter = instruction_filter
        self._doubts: LRUCache[tuple[str, int], tuple[Finding, ...]] = LRUCache(_KEPT)
        self._verdicts: dict[tuple[str, int, int, str | None], JudgeVerdict] = {}
        self._spared: set[tuple[str, int, int, str | None]] = set()
        self._mutex = threading.Lock()

    @classmethod
    def wanted(
        cls, instruction_filter: InstructionFilter, band: tuple[float, float] | None, question_in_view: bool
    ) -> EvidenceReview | None:
        """One with these settings, or None where they change nothing."""
        if band is None and not question_in_view:
            return None
        return cls(instruction_filter, band=band, question_in_view=question_in_view)

    @property
    def summary(self) -> str | None:
        """What the judge said so far, in one line; None if it was not asked."""
        if not self._verdicts:
            return None
        with self._mutex:
            counts = Counter(self._verdicts.values())
        line = f"judge: asked {sum(counts.values()):,} time(s) about doubtful passages: {counts['order']:,} taken out, "
        line += f"{counts['information']:,} kept"
        if counts["none"]:
            line += f", {counts['none']:,} without a verdict, where the filter's own decision stands"
        if self.spared:
            line += f"; {self.spared:,} further ones were decided without it, since no answer needs them"
        return line

    @property
    def spared(self) -> int:
        """Requests to the judge that were saved: doubtful passages that neither target nor question needs."""
        with self._mutex:
            return len(self._spared - self._verdicts.keys())

    def view(
        self,
        document: Document,
        findings: Sequence[Finding],
        context: Context,
        question: str | None,
        *,
        needed: Sequence[Span] | None = None,
    ) -> Generator[Request, Reply, View]:
        """What is to be taken out of a context.

        Args:
            document: where the context stands.
            findings: what the filter found in the whole document, sorted and disjoint.
            context: the window that the answering model would be shown.
            question: the question to be answered; None where it is not known.
            needed: what the answer needs. Doubts elsewhere are not asked about: what is found there goes, and what is
                only suspected is withheld. None asks about all of them.
        """
        own = tuple(findings)
        coloured = question if self.question_in_view and question else None
        start, end = 0, len(document.text)
        if coloured is not None:
            start, end = max(0, context.start - _NEAR), min(end, context.end + _NEAR)
            own = self._with_question(document.text, own, start, end, coloured)
        inside = tuple(finding for finding in own if finding.start < context.end and finding.end > context.start)
        if self.band is None:
            return View(inside)
        further = self._further(document, own, start, end, coloured)
        further = tuple(finding for finding in further if finding.start < context.end and finding.end > context.start)
        doubted = [finding for finding in (*inside, *further) if is_doubtful(finding, self.band)]
        doubted.sort(key=lambda finding: finding.start)
        if needed is not None:
            asked_about = [one for one in doubted if any(one.span.overlaps(span) for span in needed)]
            with self._mutex:
                self._spared.update(
                    (document.id, one.start, one.end, _shown(question, one))
                    for one in doubted
                    if one not in asked_about
                )
            doubted = asked_about
        asked = [_shown(question, finding) for finding in doubted]
        judged = yield from judge(document.text, doubted, asked)
        with self._mutex:
            for judgement, shown in zip(judged, asked, strict=True):
                self._verdicts[document.id, judgement.start, judgement.end, shown] = judgement.verdict
        verdicts = {judgement.start: judgement.verdict for judgement in judged}
        kept = []
        for finding in sorted((*inside, *further), key=lambda one: one.start):
            verdict = verdicts.get(finding.start)
            if verdict == "order":
                kept.append(finding.model_copy(update={"detector": "judge"}))
            elif verdict != "information" and finding in inside:
                kept.append(finding)
        return View(tuple(kept), judged)

    def _with_question(
        self, text: str, findings: tuple[Finding, ...], start: int, end: int, question: str
    ) -> tuple[Finding, ...]:
        """The findings, and what the question adds to them between `start` and `end`."""
        coloured = [_moved(finding, start) for finding in self._filter.find(text[start:end], question)]
        more = without(text, coloured, [(finding.start, finding.end) for finding in findings])
        return tuple(sorted((*findings, *more), key=lambda finding: finding.start))

    def _further(
        self, document: Document, findings: tuple[Finding, ...], start: int, end: int, question: str | None
    ) -> tuple[Finding, ...]:
        """Doubtful spans below the threshold; without a question in view they are looked for once a document."""
        assert self.band is not None
        if question is not None:
            near = [
                finding.model_copy(
                    update={"start": max(start, finding.start) - start, "end": min(end, finding.end) - start}
                )
                for finding in findings
                if finding.end > start and finding.start < end
            ]
            found = further_doubts(self._filter, document.text[start:end], near, self.band, question)
            return tuple(_moved(finding, start) for finding in found)
        key = (document.digest, hash(tuple((finding.start, finding.end) for finding in findings)))
        with self._mutex:
            if key in self._doubts:
                return self._doubts[key]
        found = further_doubts(self._filter, document.text, findings, self.band)
        with self._mutex:
            self._doubts[key] = found
        return found


def _moved(finding: Finding, offset: int) -> Finding:
    if not offset:
        return finding
    return finding.model_copy(update={"start": finding.start + offset, "end": finding.end + offset})


def _shown(question: str | None, finding: Finding) -> str | None:
    """The question as the judge is shown it with this finding.

    All questions that share no content word with a passage tell the judge the same about it, so they share one
    request: a passage is asked about once for all of them, and once more for each question that does use its words.
    """
    if not question:
        return None
    words = stems_of(finding.decoded or finding.quote)
    return question if set(words.tolist()) & set(stems_of(question).tolist()) else UNRELATED
