"""What the readers of each format agree on: a document as a list of blocks with their markup marked as gaps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from selfstudy_guard.records import TargetKind

Offsets = tuple[int, int]
OUTPUT = "output"
"""Language of a fence that holds what code printed, and the reason why it is not asked about."""


@dataclass(slots=True)
class Block:
    """One paragraph, item, row, heading, code block ... of a document.

    Attributes:
        start, end: code points of the raw text, half-open.
        kind: what it is.
        section: headings above it, outermost first.
        lead: raw text it needs to be understood (table header, caption of code).
        reason: why nothing in it may be asked about; None if it may.
        gaps: spans of markup inside it (tags, emphasis marks), sorted and disjoint; not content.
        linked: how many of its content characters are link text.
        whole: one target, not to be cut into sentences.
        region: whether `reason` was only read off the region it stands in (class, role, tag), not off its text.
    """

    start: int
    end: int
    kind: TargetKind = "sentence"
    section: tuple[str, ...] = ()
    lead: str = ""
    reason: str | None = None
    gaps: list[Offsets] = field(default_factory=list)
    linked: int = 0
    whole: bool = False
    region: bool = False


def visible(text: str, start: int, end: int, gaps: Iterable[Offsets]) -> str:
    """`text[start:end]` with every gap replaced by as many spaces: same length, so offsets still fit."""
    if not gaps:
        return text[start:end]
    parts: list[str] = []
    at = start
    for left, right in gaps:
        left, right = max(left, at), min(right, end)
        if right <= left:
            continue
        parts.append(text[at:left])
        parts.append(" " * (right - left))
        at = right
    parts.append(text[at:end])
    return "".join(parts)


def merge_pairs(pairs: Iterable[Offsets]) -> list[Offsets]:
    """Sorted, disjoint, non-empty spans that cover the same characters."""
    merged: list[Offsets] = []
    for start, end in sorted(pairs):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def outside(frames: list[Offsets], blocks: Iterable[Block]) -> list[Offsets]:
    """What no block holds of the sorted, disjoint `frames`; `blocks` are in text order."""
    found: list[Offsets] = []
    taken = merge_pairs((block.start, block.end) for block in blocks)
    for start, end in frames:
        at = start
        for left, right in inside(taken, start, end):
            if left > at:
                found.append((at, left))
            at = max(at, right)
        if end > at:
            found.append((at, end))
    return found


def inside(pairs: list[Offsets], start: int, end: int) -> list[Offsets]:
    """The parts of sorted, disjoint `pairs` that lie inside `[start, end)`."""
    from bisect import bisect_left

    found: list[Offsets] = []
    at = max(0, bisect_left(pairs, (start, start)) - 1)
    while at < len(pairs) and pairs[at][0] < end:
        left, right = max(pairs[at][0], start), min(pairs[at][1], end)
        if left < right:
            found.append((left, right))
        at += 1
    return found
