"""Cutting the document part of a call's messages, and nothing else: what is found in a registered document is mapped
to where it stands in the message, and taken out or masked there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from selfstudy_guard.documents import mask_artefacts
from selfstudy_guard.filter import apply_findings
from selfstudy_guard.flow.prepared import Prepared
from selfstudy_guard.guard.arguments import Arguments, Path, Slot, text_slots, with_texts
from selfstudy_guard.guard.locate.alignment import Located
from selfstudy_guard.guard.locate.shingle_index import DocumentIndex
from selfstudy_guard.records import Artefact, Evidence, FilterMode, Finding

_FOREIGN = 4
"""Words in a row inside a copy, but not in the document, that are looked at (and reported) as foreign text."""
_SMALL = 0.25
"""A copy this much shorter than the longest one of the call (in words) is a mention, not a chunk to ask about."""

Find = Callable[[str], tuple[Finding, ...]]


@dataclass(frozen=True)
class Sighting:
    """A piece of a registered document in one text of a call."""

    slot: Slot
    located: Located
    foreign: tuple[tuple[int, int], ...] = ()
    """Stretches of the message inside the copy that are not in the document, several words long."""

    @property
    def partial(self) -> bool:
        """Whether the message holds something else than the document where the document should be."""
        return bool(self.foreign)


@dataclass(frozen=True)
class Treated:
    """Arguments after the surgery.

    Attributes:
        arguments: a copy with the document parts treated; the caller's own words are as they were.
        evidence: one for each sighting: the text that is left of it, what was found in it, and how much was kept.
        foreign: findings in text that stands inside a copy but in no document, in offsets of the message.
    """

    arguments: Arguments
    evidence: tuple[Evidence, ...]
    foreign: tuple[Finding, ...]


def look(index: DocumentIndex, arguments: Arguments) -> list[Sighting]:
    """Every piece of a registered document in the texts of a call, in order."""
    sightings = []
    for slot in text_slots(arguments):
        for located in index.locate(slot.text):
            foreign = tuple(
                (start, end) for start, end in located.unmatched if len(slot.text[start:end].split()) >= _FOREIGN
            )
            sightings.append(Sighting(slot, located, foreign))
    return sightings


def chunks(sightings: Sequence[Sighting]) -> list[Sighting]:
    """The sightings that the call is about, without mere mentions; longest first, earlier first among equals."""
    most = max((sighting.located.words for sighting in sightings), default=0)
    large = [sighting for sighting in sightings if sighting.located.words >= _SMALL * most]
    return sorted(large, key=lambda sighting: -sighting.located.words)


def treat(
    arguments: Arguments,
    sightings: Sequence[Sighting],
    prepared: Callable[[str], Prepared],
    find: Find,
    *,
    mode: FilterMode,
    hide_artefacts: bool,
    hide_findings: bool = False,
) -> Treated:
    """The arguments with instruction-like spans treated, and artefacts masked, in every document part.

    Args:
        arguments: the call's arguments; not changed.
        sightings: from `look`.
        prepared: the prepared document of an id.
        find: finds instruction-like spans in text that no document holds.
        mode: how findings are treated.
        hide_artefacts: mask what is not content, as for asking.
        hide_findings: mask findings too, instead of treating them by `mode`.
    """
    texts: dict[Path, str] = {}
    evidence: list[Evidence] = []
    foreign: list[Finding] = []
    by_slot: dict[Path, list[Sighting]] = {}
    for sighting in sightings:
        by_slot.setdefault(sighting.slot.path, []).append(sighting)
    for path, group in by_slot.items():
        text = group[0].slot.text
        cuts: list[Finding] = []
        masks: list[Artefact] = []
        for sighting in group:
            document = prepared(sighting.located.document_id)
            strange = _foreign_findings(sighting, find)
            here = _mapped(document.findings, sighting.located) + strange
            foreign += strange
            if mode != "flag" and hide_findings:
                masks += [Artefact(start=cut.start, end=cut.end, reason="instruction") for cut in here]
            else:
                cuts += here
            if hide_artefacts:
                masks += _mapped_artefacts(document, sighting.located)
        shown = mask_artefacts(text, _disjoint(masks)) if masks else text
        result = apply_findings(shown, cuts, mode) if cuts else shown
        if result != text:
            texts[path] = result
        for sighting in group:
            evidence.append(_evidence(sighting, prepared(sighting.located.document_id), shown, cuts, mode))
    order = {id(sighting): number for number, sighting in enumerate(s for group in by_slot.values() for s in group)}
    arranged = tuple(evidence[order[id(sighting)]] for sighting in sightings)
    return Treated(with_texts(arguments, texts), arranged, tuple(foreign))


def _mapped(findings: Sequence[Finding], located: Located) -> list[Finding]:
    """Findings of a document in offsets of the message."""
    there = []
    for finding in findings:
        where = located.to_message(finding.start, finding.end)
        if where is not None:
            start, end = where
            quote = located.message[start:end]
            there.append(finding.model_copy(update={"start": start, "end": end, "quote": quote}))
    return there


def _mapped_artefacts(document: Prepared, located: Located) -> list[Artefact]:
    there = []
    for artefact in document.segmentation.artefacts:
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


def _evidence(
    sighting: Sighting, document: Prepared, shown: str, cuts: Sequence[Finding], mode: FilterMode
) -> Evidence:
    located = sighting.located
    whole = document.document.text[located.document_start : located.document_end]
    inside = [
        finding
        for finding in document.findings
        if finding.start < located.document_end
        and finding.end > located.document_start
        and located.to_message(finding.start, finding.end) is not None
    ]
    action = {"remove": "removed", "mask": "masked", "quote": "quoted", "flag": "flagged"}[mode]
    hidden = sum(
        min(finding.end, located.document_end) - max(finding.start, located.document_start) for finding in inside
    )
    return Evidence(
        document_id=located.document_id,
        start=located.document_start,
        end=located.document_end,
        text=apply_findings(shown[located.start : located.end], cuts, mode, start=located.start),
        findings=tuple(finding.model_copy(update={"action": action}) for finding in inside),
        retention=1.0 - hidden / max(1, len(whole)),
    )
