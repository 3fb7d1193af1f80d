"""What an answering model may read of a window: the one place that decides what is cut, and what is written down of it.

Every entry point comes here: `generate`, all forms of `Guard`, Ray and the audit. What differs is only where the text
stands: in the document, or in a copy of it inside somebody's message.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from selfstudy_guard.filter import apply_findings
from selfstudy_guard.flow.evidence_review import EvidenceReview
from selfstudy_guard.flow.prepared import Prepared
from selfstudy_guard.records import Context, Document, Evidence, FilterMode, Finding, Judgement, Reply, Request, Target

_ACTIONS = {"remove": "removed", "mask": "masked", "quote": "quoted", "flag": "flagged"}
GAP = "\n\n[...]\n\n"
"""Stands between the windows of a multi-hop question."""


@dataclass(frozen=True)
class Cut:
    """What of one window an answering model does not read.

    Attributes:
        window: the raw window.
        mode: how findings are treated.
        findings: what goes, in raw offsets of the document.
        judged: what a judge was asked about.
    """

    window: Context
    mode: FilterMode
    findings: tuple[Finding, ...]
    judged: tuple[Judgement, ...] = ()

    def takes(self, target: Target) -> bool:
        """Whether a target, or a part of it, is out of the model's sight."""
        return is_taken(target, self.findings, self.mode)

    def evidence(self, text: str | None = None) -> Evidence:
        """The evidence.

        Args:
            text: what is left of the window, where it was cut from a copy in somebody's message; None cuts the window.
        """
        window = self.window
        hidden = sum(min(f.end, window.end) - max(f.start, window.start) for f in self.findings)
        return Evidence(
            document_id=window.document_id,
            start=window.start,
            end=window.end,
            text=apply_findings(window.text, self.findings, self.mode, start=window.start) if text is None else text,
            findings=tuple(f.model_copy(update={"action": _ACTIONS[self.mode]}) for f in self.findings),
            retention=1.0 - hidden / max(1, len(window.text)),
            judged=self.judged,
        )


def cut(
    document: Document,
    window: Context,
    findings: Sequence[Finding],
    *,
    mode: FilterMode = "remove",
    targets: Sequence[Target] = (),
    question: str | None = None,
    judged: tuple[Judgement, ...] = (),
) -> Cut:
    """Decide what of a window an answering model may not read.

    Args:
        document: where the window stands.
        window: what the model would be shown, raw.
        findings: what the filter (and a judge) found in the document, in its offsets.
        mode: how findings are treated.
        targets: what the question is tied to.
        question: the question, where it is known.
        judged: what a judge was asked about.
    """
    inside = tuple(f for f in findings if f.start < window.end and f.end > window.start)
    return Cut(window, mode, inside, judged)


def cut_in_view(
    home: Prepared,
    window: Context,
    *,
    mode: FilterMode,
    review: EvidenceReview | None,
    targets: Sequence[Target] = (),
    question: str | None = None,
) -> Generator[Request, Reply, Cut]:
    """`cut` with the question in view: yields what a judge must be asked first, if there is one."""
    if review is None:
        return cut(home.document, window, home.findings, mode=mode, targets=targets, question=question)
    view = yield from review.view(home.document, home.findings, window, question)
    return cut(home.document, window, view.findings, mode=mode, targets=targets, question=question, judged=view.judged)


def is_taken(target: Target, findings: Sequence[Finding], mode: FilterMode) -> bool:
    """Whether findings take a target, or a part of it, out of what the answering model reads."""
    return mode in ("remove", "mask") and any(
        finding.start < target.end and target.start < finding.end for finding in findings
    )


def joined(one: Evidence, more: Evidence) -> Evidence:
    """Evidence from two windows; findings and judgements keep the offsets of their own documents."""
    return one.model_copy(
        update={
            "text": one.text + GAP + more.text,
            "findings": one.findings + more.findings,
            "judged": one.judged + more.judged,
        }
    )
