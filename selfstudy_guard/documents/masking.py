"""Artefacts are hidden from the question generator by a mask; the raw text itself is never changed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from selfstudy_guard.records import Artefact


def mask_artefacts(text: str, artefacts: Sequence[Artefact], *, start: int = 0) -> str:
    """`text` with every artefact blanked out.

    Args:
        text: the slice `document.text[start:start + len(text)]`.
        artefacts: sorted and disjoint, in code points of the document (`Segmentation.artefacts`).
        start: where the slice begins in the document, in code points.

    Returns:
        A string of the same length: characters inside artefacts become spaces, line breaks stay.
    """
    end = start + len(text)
    at = bisect_right(artefacts, start, key=lambda artefact: artefact.end)
    parts: list[str] = []
    done = start
    for artefact in artefacts[at:]:
        if artefact.start >= end:
            break
        left, right = max(artefact.start, done), min(artefact.end, end)
        if right <= left:
            continue
        parts.append(text[done - start : left - start])
        hidden = text[left - start : right - start]
        parts.append(
            "".join(c if c == "\n" or c == "\r" else " " for c in hidden) if "\n" in hidden else " " * len(hidden)
        )
        done = right
    parts.append(text[done - start :])
    return "".join(parts)
