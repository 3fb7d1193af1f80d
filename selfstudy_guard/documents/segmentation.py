"""A document in pieces: targets in text order, each eligible or with the reason why not, and the artefacts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from selfstudy_guard.documents.eligibility.pages import layout_lines, without
from selfstudy_guard.documents.eligibility.phrase_places import FoundPlaces
from selfstudy_guard.documents.eligibility.repeated import DuplicateFinder
from selfstudy_guard.documents.eligibility.residue import template_spans
from selfstudy_guard.documents.eligibility.verdicts import NO_ARTEFACTS, judge_blocks, target_reason
from selfstudy_guard.documents.faq_pairs import own_pairs
from selfstudy_guard.documents.formats.blocks import Block, Offsets, inside, merge_pairs, outside, visible
from selfstudy_guard.documents.formats.joins import CHARACTER, break_kind, entities
from selfstudy_guard.documents.formats.media import FLOWED, HTML, MARKDOWN, PLAIN, ROFF, RST, SOURCE, media_type
from selfstudy_guard.documents.language import guess_language
from selfstudy_guard.documents.sentences import sentence_spans
from selfstudy_guard.documents.sizing import Bounds, sized, split
from selfstudy_guard.documents.token_estimate import estimate_tokens
from selfstudy_guard.records import Artefact, Document, Finding, Segmentation, Target

_FENCE = re.compile(r"^[ ]{0,3}(```|~~~)", re.MULTILINE)
_ENDED = re.compile(r"[.!?:;\u3002\uff01\uff1f\u061f\u0964\u06d4][\"'\u201d\u2019)\]]{0,3}\s*\Z")

Shadow = tuple[int, int, str]


def segment(
    document: Document,
    *,
    findings: Sequence[Finding] = (),
    bounds: Bounds | None = None,
    duplicates: DuplicateFinder | None = None,
    skip_own_pairs: bool = False,
) -> Segmentation:
    """All targets of `document` in text order, and its artefacts.

    Args:
        document: its text may be anything; no text raises an error.
        findings: instruction-like spans in code points of the document; a target that overlaps one is not eligible.
        bounds: smallest and largest target in tokens (default 5 to 160).
        skip_own_pairs: whether answers to questions that the document asks itself (a FAQ) are left out: whoever wants
            pairs of such a document has them already (`own_pairs`).
        duplicates: remembers targets of earlier documents too; None looks for near-duplicates in this one alone.

    Returns:
        Targets with exact raw spans, and sorted, disjoint artefacts. Targets of kind "markup" are artefacts; other
        targets that are not eligible (headings, questions, near-duplicates ...) belong to the content and are
        not masked.
    """
    text = document.text
    kind = media_type(document)
    blocks, shadows, frames = _blocks(text, kind, furnished=document.media_type != FLOWED)
    blocks = _tidy(text, blocks)
    phrases = judge_blocks(text, blocks, scanned=kind == PLAIN)
    marked = merge_pairs((f.start, f.end) for f in findings)
    targets = _targets(document, blocks, marked, bounds or Bounds(), duplicates or DuplicateFinder(), phrases)
    spans = [*shadows, *((*_trimmed(text, a, b), "markup") for a, b in outside(frames, blocks))]
    for block in blocks:
        if block.reason and block.reason not in NO_ARTEFACTS:
            spans.append((block.start, block.end, block.reason))
        else:
            code = block.kind == "code_block"
            spans.extend((a, b, break_kind(text, a, b, code=code) or "markup") for a, b in block.gaps)
            if kind in (HTML, MARKDOWN):
                spans.extend((a, b, CHARACTER) for a, b in entities(text, block.start, block.end))
    spans.extend((t.start, t.end, t.reason or "markup") for t in targets if t.kind == "markup")
    spans.extend((f.start, f.end, "instruction") for f in findings)
    found = Segmentation(document_id=document.id, targets=tuple(targets), artefacts=_disjoint(spans, len(text)))
    return _without_own_pairs(found) if skip_own_pairs else found


def _without_own_pairs(found: Segmentation) -> Segmentation:
    answers = {target.index for pair in own_pairs(found) for target in pair.answer}
    if not answers:
        return found
    left_out = {"eligible": False, "reason": "own pair"}
    targets = tuple(t.model_copy(update=left_out) if t.index in answers else t for t in found.targets)
    return found.model_copy(update={"targets": targets})


def _blocks(text: str, kind: str, *, furnished: bool = True) -> tuple[list[Block], list[Shadow], list[Offsets]]:
    """Blocks; spans that were set aside before structure was read; spans that are markup where they are no block."""
    if kind == HTML:
        from selfstudy_guard.documents.formats.html import read_html

        return read_html(text), [], [(0, len(text))]
    shadows: list[Shadow] = []
    if kind != SOURCE:
        fences = [match.start() for match in _FENCE.finditer(text)]
        shadows = [
            (a, b, "template residue")
            for a, b in template_spans(text)
            if bisect_left(fences, a) % 2 == 0 and "`" not in text[max(0, a - 2) : a]
        ]
    if kind == PLAIN:
        covered = merge_pairs((a, b) for a, b, _ in shadows)
        found = layout_lines(text, furnished=furnished)
        shadows.extend(line for line in found if not inside(covered, line[0], line[1]))
        shadows.sort()
    view = without(text, shadows) if shadows else text
    frames: list[Offsets] = []
    if kind == MARKDOWN:
        from selfstudy_guard.documents.formats.markdown import read_markdown

        blocks, frames = read_markdown(view)
    elif kind == RST:
        from selfstudy_guard.documents.formats.rst import read_rst

        blocks = read_rst(view)
    elif kind == SOURCE:
        from selfstudy_guard.documents.formats.source import read_source

        blocks = read_source(view)
    elif kind == ROFF:
        from selfstudy_guard.documents.formats.roff import read_roff

        blocks = read_roff(view)
        frames = [(0, len(text))]
    else:
        from selfstudy_guard.documents.formats.chat import read_chat
        from selfstudy_guard.documents.formats.plain import read_plain

        blocks = read_chat(view) or read_plain(view)
    return _with_shadows(text, blocks, shadows), shadows, frames


def _tidy(text: str, blocks: list[Block]) -> list[Block]:
    """Blocks in text order, disjoint, without white space at their ends and without empty ones.

    Readers keep to that on sound documents; on broken ones it is made sure of here, once for all of them.
    """
    tidy: list[Block] = []
    at = 0
    for block in sorted(blocks, key=lambda block: (block.start, -block.end)):
        block.start, block.end = _trimmed(text, max(block.start, at), max(block.end, at))
        if block.end > block.start:
            block.gaps = inside(merge_pairs(block.gaps), block.start, block.end)
            tidy.append(block)
            at = block.end
    return tidy


def _with_shadows(text: str, blocks: list[Block], shadows: list[Shadow]) -> list[Block]:
    """Shadows become blocks of their own, or gaps of the paragraph that they interrupt."""
    if not shadows:
        return blocks
    pairs = [(a, b) for a, b, _ in shadows]
    joined: list[Block] = []
    for block in blocks:
        before = joined[-1] if joined else None
        if (
            before is not None
            and block.kind == before.kind == "sentence"
            and any(
                r == "page header" for a, b, r in shadows[bisect_left(pairs, (before.end, 0)) :][:3] if b <= block.start
            )
            and not _ENDED.search(text, before.start, before.end)
            and text[block.start].islower()
        ):
            before.gaps = merge_pairs([*before.gaps, *inside(pairs, before.end, block.start), *block.gaps])
            before.end = block.end
        else:
            joined.append(block)
    for block in joined:
        within = inside(pairs, block.start, block.end)
        if within:
            block.gaps = merge_pairs([*block.gaps, *within])
    starts = [block.start for block in joined]
    for start, end, reason in shadows:
        place = bisect_left(starts, start + 1) - 1
        if place >= 0 and joined[place].end > start:
            continue
        left, right = _trimmed(text, start, end)
        if right > left:
            joined.append(Block(left, right, "markup", reason=reason, whole=True))
    return sorted(joined, key=lambda block: block.start)


def _trimmed(text: str, start: int, end: int) -> Offsets:
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    return left, max(left, start + len(piece.rstrip()))


def _targets(
    document: Document,
    blocks: list[Block],
    marked: list[Offsets],
    bounds: Bounds,
    duplicates: DuplicateFinder,
    phrases: FoundPlaces,
) -> list[Target]:
    text = document.text
    language = _language(text, blocks)
    targets: list[Target] = []
    for block in blocks:
        view = visible(text, block.start, block.end, block.gaps)
        if block.reason is not None or block.kind == "heading":
            spans = [(0, len(view))]
        elif block.whole:
            spans = list(split(view, (0, len(view)), bounds))
        else:
            spans = sized(view, sentence_spans(view, language), bounds)
        for left, right in spans:
            start, end = block.start + left, block.start + right
            seen = view[left:right]
            if marked and inside(marked, start, end):
                reason: str | None = "instruction"
            else:
                reason = block.reason or target_reason(seen, block, phrases.within(start, end), alone=len(spans) == 1)
                if reason is None and block.kind != "code_block":
                    told = f"{block.lead} {seen}" if block.kind in ("table_row", "definition") else seen
                    if duplicates.seen(told, exact=block.kind == "table_row"):
                        reason = "near-duplicate"
            fields = {
                "document_id": document.id,
                "start": start,
                "end": end,
                "text": text[start:end],
                "kind": "markup" if reason and reason not in NO_ARTEFACTS else block.kind,
                "section": block.section,
                "index": len(targets),
                "tokens": estimate_tokens(" ".join(seen.split())),
                "eligible": reason is None,
                "reason": reason,
                "lead": block.lead,
                "also": (),
            }
            targets.append(_made(fields))
    return targets


_FIELDS = frozenset(Target.model_fields) - {"also"}


def _made(fields: dict[str, Any]) -> Target:
    """A target of fields that need no check, five times as fast as `Target(...)`: every document has many."""
    made = Target.__new__(Target)
    put = object.__setattr__
    put(made, "__dict__", fields)
    put(made, "__pydantic_fields_set__", set(_FIELDS))
    put(made, "__pydantic_extra__", None)
    put(made, "__pydantic_private__", None)
    return made


def _language(text: str, blocks: list[Block]) -> str:
    prose = (b for b in blocks if b.reason is None and b.kind in ("sentence", "list_item", "definition"))
    sample = ""
    for block in prose:
        sample += visible(text, block.start, min(block.end, block.start + 1500), block.gaps) + " "
        if len(sample) >= 4000:
            break
    return guess_language(sample)


def _disjoint(spans: list[Shadow], size: int) -> tuple[Artefact, ...]:
    """Sorted and disjoint; where spans overlap, the one that begins first (the longest of those) gives the reason."""
    found: list[Artefact] = []
    at = 0
    for start, end, reason in sorted(spans, key=lambda span: (span[0], -span[1])):
        start, end = max(start, at, 0), min(end, size)
        if end > start:
            found.append(Artefact(start=start, end=end, reason=reason))
            at = end
    return tuple(found)
