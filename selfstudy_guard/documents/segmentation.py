"""A document in pieces: targets in text order, each eligible or with the reason why not, and the artefacts."""

from __future__ import annotations

from collections.abc import Sequence

from selfstudy_guard.documents.blocks import Block, visible
from selfstudy_guard.documents.language import guess_language
from selfstudy_guard.documents.media import HTML, MARKDOWN, media_type
from selfstudy_guard.documents.sentences import sentence_spans
from selfstudy_guard.documents.sizing import Bounds, sized, split
from selfstudy_guard.documents.tokens import estimate_tokens
from selfstudy_guard.records import Artefact, Document, Finding, Segmentation, Target


def read_blocks(document: Document) -> list[Block]:
    """Blocks of a document in text order, by its media type."""
    kind = media_type(document)
    if kind == HTML:
        from selfstudy_guard.documents.html import read_html

        return read_html(document.text)
    if kind == MARKDOWN:
        from selfstudy_guard.documents.markdown import read_markdown

        return read_markdown(document.text)
    from selfstudy_guard.documents.plain import read_plain

    return read_plain(document.text)


def segment(document: Document, *, findings: Sequence[Finding] = (), bounds: Bounds | None = None) -> Segmentation:
    """All targets of `document` in text order, and its artefacts.

    Args:
        document: its text may be anything; no text raises an error.
        findings: instruction-like spans in code points of the document; a target that overlaps one is not eligible.
        bounds: smallest and largest target in tokens (default 5 to 160).

    Returns:
        Targets with exact raw spans, and sorted, disjoint artefacts.
    """
    text = document.text
    limits = bounds or Bounds()
    blocks = read_blocks(document)
    sample = " ".join(visible(text, b.start, min(b.end, b.start + 800), b.gaps) for b in blocks[:40] if not b.reason)
    language = guess_language(sample or text)
    targets: list[Target] = []
    artefacts: list[tuple[int, int, str]] = []
    for block in blocks:
        view = visible(text, block.start, block.end, block.gaps)
        if block.reason or block.kind == "heading":
            spans = [(0, len(view))]
        elif block.whole:
            spans = list(split(view, (0, len(view)), limits))
        else:
            spans = sized(view, sentence_spans(view, language), limits)
        for left, right in spans:
            start, end = block.start + left, block.start + right
            reason = block.reason or ("heading" if block.kind == "heading" else None)
            targets.append(
                Target(
                    document_id=document.id,
                    start=start,
                    end=end,
                    text=text[start:end],
                    kind=block.kind,
                    section=block.section,
                    index=len(targets),
                    tokens=estimate_tokens(text[start:end]),
                    eligible=reason is None,
                    reason=reason,
                    lead=block.lead,
                )
            )
        if block.reason:
            artefacts.append((block.start, block.end, block.reason))
        else:
            artefacts.extend((left, right, "markup") for left, right in block.gaps)
    return Segmentation(
        document_id=document.id,
        targets=tuple(targets),
        artefacts=tuple(Artefact(start=a, end=b, reason=r) for a, b, r in sorted(artefacts) if b > a),
    )
