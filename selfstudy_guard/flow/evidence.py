"""What an answering model may read of a window: the one place that decides what is cut, and what is written down of it.

Every entry point comes here: `generate`, all forms of `Guard`, Ray and the audit. What differs is only where the text
stands: in the document, or in a copy of it inside somebody's message. Findings are cut always; suspects are withheld
unless the target, or the question where no target is known, needs them (`withholding`, `claims`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from selfstudy_guard.filter import apply_findings
from selfstudy_guard.flow.claims import Claim, claims_of
from selfstudy_guard.flow.evidence_review import EvidenceReview
from selfstudy_guard.flow.prepared import Prepared
from selfstudy_guard.flow.withholding import choose_evidence, outside, shared
from selfstudy_guard.protocols import Spanned
from selfstudy_guard.records import (
    Context,
    Evidence,
    FilterMode,
    Finding,
    Judgement,
    Reply,
    Request,
    Span,
    Target,
    Withheld,
)

_ACTIONS = {"remove": "removed", "mask": "masked", "quote": "quoted", "flag": "flagged"}
GAP = "\n\n[...]\n\n"
"""Stands between the windows of a multi-hop question."""


@dataclass(frozen=True)
class Cut:
    """What of one window an answering model does not read.

    Attributes:
        window: the raw window.
        mode: how findings are treated; "flag" withholds nothing.
        findings: what goes, in raw offsets of the document.
        judged: what a judge was asked about.
        withheld: what is left out on suspicion.
        needed: what the answer needs: the targets, or what the question draws on; empty where neither is known.
    """

    window: Context
    mode: FilterMode
    findings: tuple[Finding, ...]
    judged: tuple[Judgement, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    needed: tuple[Span, ...] = ()

    def takes(self, target: Target) -> bool:
        """Whether a target, or a part of it, is out of the model's sight."""
        return is_taken(target, self.findings, self.mode)

    def evidence(self, text: str | None = None) -> Evidence:
        """The evidence.

        Args:
            text: what is left of the window, where it was cut from a copy in somebody's message; None cuts the window.
        """
        window = self.window
        size = max(1, window.end - window.start)
        gone: list[Spanned] = [*self.findings, *self.withheld]
        return Evidence(
            document_id=window.document_id,
            start=window.start,
            end=window.end,
            text=apply_findings(window.text, gone, self.mode, start=window.start) if text is None else text,
            findings=tuple(f.model_copy(update={"action": _ACTIONS[self.mode]}) for f in self.findings),
            retention=self._retention(),
            judged=self.judged,
            withheld=self.withheld,
            context_retention=1.0 - shared(gone, window.start, window.end) / size,
        )

    def _retention(self) -> float:
        """Share of the clean characters of what the answer needs, else of the window, that is kept."""
        window = self.window
        needed = [(max(s.start, window.start), min(s.end, window.end)) for s in self.needed]
        needed = [(start, end) for start, end in needed if start < end] or [(window.start, window.end)]
        clean = [piece for start, end in needed for piece in outside(self.findings, start, end)]
        total = sum(end - start for start, end in clean)
        return 1.0 - sum(shared(self.withheld, start, end) for start, end in clean) / total if total else 1.0

    def tight(self, home: Prepared) -> Cut:
        """The same with nothing left but what the answer needs, and its neighbours: for asking once more.

        Nothing changes where it is not known what the answer needs, or where the window holds no more than that.
        """
        window = self.window
        here = [span for span in self.needed if span.start < window.end and span.end > window.start]
        if not here:
            return self
        return self._without(home, [_with_neighbours(home, span) for span in here])

    def closed(self, home: Prepared) -> Cut:
        """The same with nothing left: another window holds what the answer needs."""
        return self._without(home, [])

    def _without(self, home: Prepared, keep: Sequence[Span]) -> Cut:
        if self.mode == "flag":
            return self
        gone = outside([*keep, *self.findings, *self.withheld], self.window.start, self.window.end)
        quotes = [(start, end, home.document.text[start:end]) for start, end in gone]
        more = [
            Withheld(start=start, end=end, quote=quote, score=0.0, reason="tight")
            for start, end, quote in quotes
            if quote.strip()
        ]
        return replace(self, withheld=tuple(sorted((*self.withheld, *more), key=lambda one: one.start)))


def cut(
    home: Prepared,
    window: Context,
    findings: Sequence[Finding] | None = None,
    *,
    mode: FilterMode = "remove",
    targets: Sequence[Target] = (),
    claim: Claim | None = None,
    withhold: float | None = None,
    judged: tuple[Judgement, ...] = (),
) -> Cut:
    """Decide what of a window an answering model may not read.

    Args:
        home: the document where the window stands, with its beliefs.
        window: what the model would be shown, raw.
        findings: what the filter (and a judge) found in the document, in its offsets; None takes the filter's own.
        mode: how findings are treated.
        targets: what the question is tied to; those of other documents count not.
        claim: what the question needs, where no target is known.
        withhold: belief from which text is withheld that neither target nor question needs; None withholds nothing.
        judged: what a judge was asked about; what it called information is kept.
    """
    found = home.findings if findings is None else findings
    inside = tuple(f for f in found if f.start < window.end and f.end > window.start)
    claim = claim or Claim()
    needed = tuple(one.span for one in targets if one.document_id == home.document.id) or claim.needed
    if mode == "flag" or not (targets or claim.known):
        return Cut(window, mode, inside, judged, (), needed)
    informing = [Span(start=one.start, end=one.end) for one in judged if one.verdict == "information"]
    left = choose_evidence(
        home.document.text,
        home.weighed_in(window.start, window.end),
        inside,
        (*(needed if targets else claim.keep), *informing),
        claim.withhold(withhold),
        claim.credits,
        sure=bool(targets) or claim.sure,
    )
    return Cut(window, mode, inside, judged, left, needed)


def cut_in_view(
    home: Prepared,
    window: Context,
    *,
    mode: FilterMode,
    review: EvidenceReview | None,
    targets: Sequence[Target] = (),
    question: str | None = None,
    claim: Claim | None = None,
    withhold: float | None = None,
) -> Generator[Request, Reply, Cut]:
    """`cut` with the question in view: yields what a judge must be asked first, if there is one.

    Args:
        home, window, mode, targets, withhold: as for `cut`.
        review: asks the judge; None asks nobody.
        question: the question, where it is known.
        claim: what it needs of this window, where the call holds several; None finds it out where no target is known.
    """
    if claim is None and not targets and question and withhold is not None:
        (claim,) = claims_of(question, [(home, window.start, window.end)])
    if review is None:
        return cut(home, window, mode=mode, targets=targets, claim=claim, withhold=withhold)
    needed = [one.span for one in targets if one.document_id == home.document.id]
    if not targets and claim is not None:
        needed = list(claim.needed)
    chosen = withhold is not None and (bool(targets) or (claim is not None and claim.sure))
    view = yield from review.view(
        home.document, home.findings, window, question, needed=tuple(needed) if chosen else None
    )
    return cut(
        home, window, view.findings, mode=mode, targets=targets, claim=claim, withhold=withhold, judged=view.judged
    )


def is_taken(target: Target, findings: Sequence[Finding], mode: FilterMode) -> bool:
    """Whether findings take a target, or a part of it, out of what the answering model reads."""
    return mode in ("remove", "mask") and any(
        finding.start < target.end and target.start < finding.end for finding in findings
    )


def joined(one: Evidence, more: Evidence) -> Evidence:
    """Evidence from two windows; findings, judgements and what is withheld keep the offsets of their own documents."""
    first, second = one.end - one.start, more.end - more.start
    both = max(1, first + second)
    return one.model_copy(
        update={
            "text": one.text + GAP + more.text,
            "findings": one.findings + more.findings,
            "judged": one.judged + more.judged,
            "withheld": one.withheld + more.withheld,
            "retention": min(one.retention, more.retention),
            "context_retention": (one.context_retention * first + more.context_retention * second) / both,
        }
    )


def _with_neighbours(home: Prepared, span: Span) -> Span:
    """The span from the target before it to the target behind it."""
    targets = home.segmentation.targets
    behind = bisect_right(targets, span.start, key=lambda target: target.start)
    start = targets[behind - 2].start if behind >= 2 else span.start
    end = targets[behind].end if behind < len(targets) else span.end
    return Span(start=min(start, span.start), end=max(end, span.end))
