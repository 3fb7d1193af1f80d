"""Rewriting the document part of a call's messages, and nothing else: what is cut from a registered document is mapped
to where it stands in the message, and taken out or masked there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from selfstudy_guard.documents import mask_artefacts
from selfstudy_guard.filter import apply_findings
from selfstudy_guard.flow.evidence import Cut
from selfstudy_guard.flow.prepared import Prepared
from selfstudy_guard.guard.arguments import Arguments, Path, with_texts
from selfstudy_guard.guard.locate.alignment import Located
from selfstudy_guard.guard.sighting import SightedCall, Sighting
from selfstudy_guard.protocols import Spanned
from selfstudy_guard.records import Artefact, Context, Document, Evidence, FilterMode, Finding, Target, Withheld

Find = Callable[[str], tuple[Finding, ...]]


@dataclass(frozen=True)
class Rewritten:
    """A call with its document parts treated.

    Attributes:
        call: as it came.
        arguments: a copy with the document parts treated; the caller's own words are as they were.
        cuts: for each sighting, what was taken out of it.
        evidence: for each sighting, the text that is left of it.
        foreign: findings in text that is in no document, inside a copy or beside it, in offsets of the message.
    """

    call: SightedCall
    arguments: Arguments
    cuts: tuple[Cut, ...]
    evidence: tuple[Evidence, ...]
    foreign: tuple[Finding, ...]

    def evidence_of(self, target: Target | None) -> Evidence:
        """The evidence that holds a target, or that of the longest chunk."""
        ordered = [self.evidence[number] for number in self.call.chunks]
        for evidence in ordered if target is not None else ():
            assert target is not None
            if evidence.document_id == target.document_id and evidence.start <= target.start < evidence.end:
                return evidence
        return ordered[0]

    def evidence_beside(self, target: Target | None) -> tuple[Evidence, ...]:
        """The other evidence of the call."""
        chosen = self.evidence_of(target)
        return tuple(one for one in self.evidence if one is not chosen)

    def removes(self, target: Target) -> bool:
        """Whether a target, or a part of it, was taken out."""
        return any(cut.takes(target) for cut in self.cuts if cut.window.document_id == target.document_id)


def window_of(sighting: Sighting, document: Document) -> Context:
    """The raw window of the document that a sighting is a copy of."""
    start, end = sighting.located.document_start, sighting.located.document_end
    return Context(document_id=document.id, start=start, end=end, text=document.text[start:end])


def rewrite(
    call: SightedCall,
    cuts: Sequence[Cut],
    prepared: Callable[[str], Prepared],
    find: Find,
    *,
    mode: FilterMode,
    hide_artefacts: bool,
    hide_findings: bool = False,
) -> Rewritten:
    """The call with what is to be cut treated, and artefacts masked, in every document part.

    Args:
        call: not changed.
        cuts: for each sighting, what is to be cut from its window.
        prepared: the prepared document of an id.
        find: finds instruction-like spans in text that no document holds.
        mode: how findings are treated.
        hide_artefacts: mask what is not content, as for asking.
        hide_findings: mask findings too, instead of treating them by `mode`.
    """
    # What stands in the document, but not in this copy of it, cannot be cut from it.
    cuts = [_standing(cut, sighting.located) for cut, sighting in zip(cuts, call.sightings, strict=True)]
    texts: dict[Path, str] = {}
    evidence: list[Evidence] = []
    foreign: list[Finding] = []
    for slot in call.slots:
        here = [(one, cut) for one, cut in zip(call.sightings, cuts, strict=True) if one.slot.path == slot.path]
        spans: list[Finding] = []
        masks: list[Artefact] = []
        doubted: list[Withheld] = []
        for source in call.sources.get(slot.path, ()):
            spans += source.findings
            foreign += source.findings
        for sighting, cut in here:
            spans += _mapped(cut.findings, sighting.located)
            doubted += _mapped(cut.withheld, sighting.located)
            strange = _foreign_findings(sighting, find)
            spans += strange
            foreign += strange
            if hide_artefacts:
                artefacts = prepared(cut.window.document_id).segmentation.artefacts
                masks += _mapped_artefacts(artefacts, sighting.located)
        gone: list[Spanned] = [*spans, *doubted]
        if hide_findings and mode != "flag":
            masks += [Artefact(start=one.start, end=one.end, reason="instruction") for one in gone]
            gone = []
        shown = mask_artefacts(slot.text, _disjoint(masks)) if masks else slot.text
        result = apply_findings(shown, gone, mode) if gone else shown
        if result != slot.text:
            texts[slot.path] = result
        for sighting, cut in here:
            start, end = sighting.located.start, sighting.located.end
            evidence.append(cut.evidence(apply_findings(shown[start:end], gone, mode, start=start)))
    return Rewritten(call, with_texts(call.arguments, texts), tuple(cuts), tuple(evidence), tuple(foreign))


def _standing(cut: Cut, located: Located) -> Cut:
    kept = tuple(finding for finding in cut.findings if located.to_message(finding.start, finding.end) is not None)
    left = tuple(one for one in cut.withheld if located.to_message(one.start, one.end) is not None)
    if len(kept) == len(cut.findings) and len(left) == len(cut.withheld):
        return cut
    return replace(cut, findings=kept, withheld=left)


Gone = TypeVar("Gone", Finding, Withheld)


def _mapped(findings: Sequence[Gone], located: Located) -> list[Gone]:
    """What goes of a document, in offsets of the message."""
    there = []
    for finding in findings:
        where = located.to_message(finding.start, finding.end)
        if where is not None:
            start, end = where
            quote = located.message[start:end]
            there.append(finding.model_copy(update={"start": start, "end": end, "quote": quote}))
    return there


def _mapped_artefacts(artefacts: Sequence[Artefact], located: Located) -> list[Artefact]:
    there = []
    for artefact in artefacts:
        where = located.to_message(artefact.start, artefact.end)
        if where is not None:
            there.append(Artefact(start=where[0], end=where[1], reason=artefact.reason))
    return there


def _foreign_findings(sighting: Sighting, find: Find) -> list[Finding]:
    there = []
    for start, end in sighting.foreign:
        for finding in find(sighting.slot.text[start:end]):
            there.append(finding.model_copy(update={"start": finding.start + start, "end": finding.end + start}))
    return there


def _disjoint(spans: Sequence[Artefact]) -> list[Artefact]:
    merged: list[Artefact] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        start = max(span.start, merged[-1].end) if merged else span.start
        if start < span.end:
            merged.append(span.model_copy(update={"start": start}))
    return merged
