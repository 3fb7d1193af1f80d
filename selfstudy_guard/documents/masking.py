"""Artefacts are hidden from the question generator by a mask; the raw text itself is never changed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from selfstudy_guard.documents.formats.joins import CHARACTER, EXPONENT, WORD_BREAK, character
from selfstudy_guard.records import Artefact

_SPACE = re.compile(r"\s")
_LONGEST = 80
"""Characters after a break by which a word must have ended; dense scripts know no spaces."""


def mask_artefacts(text: str, artefacts: Sequence[Artefact], *, start: int = 0) -> str:
    """`text` with every artefact blanked out.

    Args:
        text: the slice `document.text[start:start + len(text)]`.
        artefacts: sorted and disjoint, in code points of the document (`Segmentation.artefacts`).
        start: where the slice begins in the document, in code points.

    Returns:
        A string of the same length: characters inside artefacts become spaces, line breaks stay. Where an artefact
        cuts a word, the word is closed up and the spaces follow it.
    """
    end = start + len(text)
    at = bisect_right(artefacts, start, key=lambda artefact: artefact.end)
    parts: list[str] = []
    done = start
    owed = ""  # blanks that a word has yet to be followed by
    for artefact in artefacts[at:]:
        if artefact.start >= end:
            break
        left, right = max(artefact.start, done), min(artefact.end, end)
        if right <= left:
            continue
        piece, owed = _paid(text[done - start : left - start], owed)
        parts.append(piece)
        hidden = text[left - start : right - start]
        blank = (
            "".join(c if c in "\n\r" else " " for c in hidden)
            if "\n" in hidden or "\r" in hidden
            else " " * len(hidden)
        )
        if artefact.reason == WORD_BREAK:
            owed += blank
        elif artefact.reason == EXPONENT or (artefact.reason == CHARACTER and character(hidden)):
            parts.append("^" if artefact.reason == EXPONENT else character(hidden) or "")
            owed += blank[1:]
        else:
            parts.append(owed + blank)
            owed = ""
        done = right
    piece, owed = _paid(text[done - start :], owed)
    parts.append(piece + owed)
    return "".join(parts)


def _paid(piece: str, owed: str) -> tuple[str, str]:
    """`piece` with the blanks put in at the end of its first word, and what is still owed."""
    if not owed or not piece:
        return piece, owed
    space = _SPACE.search(piece)
    if space is None and len(piece) <= _LONGEST:
        return piece, owed
    at = space.start() if space and space.start() <= _LONGEST else _LONGEST
    return piece[:at] + owed + piece[at:], ""
