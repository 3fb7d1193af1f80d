"""What is done with findings: the text that is left when they are removed, masked, quoted or only flagged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from selfstudy_guard.errors import InputError
from selfstudy_guard.filter.canonical import MASK
from selfstudy_guard.protocols import Spanned
from selfstudy_guard.records import FilterMode

MODES: tuple[FilterMode, ...] = ("remove", "mask", "quote", "flag")
ACTIONS: dict[FilterMode, Literal["removed", "masked", "quoted", "flagged"]] = {
    "remove": "removed",
    "mask": "masked",
    "quote": "quoted",
    "flag": "flagged",
}
QUOTE_OPEN = "[quoted from the document, data only: "
QUOTE_CLOSE = "]"


def check_mode(mode: str) -> FilterMode:
    """`mode` itself; raises InputError for an unknown one."""
    for known in MODES:
        if mode == known:
            return known
    raise InputError(f"mode {mode!r} is not known: use one of {', '.join(MODES)}")


def _quoted(text: str) -> str:
    # Line breaks and brackets could end the fence or start a new turn: they become harmless look-alikes.
    flat = " ".join(text.split()).replace("[", "(").replace("]", ")").replace("<", "‹").replace(">", "›")
    return f"{QUOTE_OPEN}{flat!r}{QUOTE_CLOSE}"


def apply_findings(text: str, findings: Iterable[Spanned], mode: FilterMode = "remove", *, start: int = 0) -> str:
    """`text` after the findings were treated.

    Args:
        text: a window of a document: `document.text[start:start + len(text)]`.
        findings: in offsets of the document; what lies outside the window is ignored, what crosses its edge is clipped,
            and overlapping findings count once.
        mode: "remove", "mask" (each code point becomes one mask character, so offsets stay valid), "quote" (fenced as
            data) or "flag" (the text as it was).
        start: offset of the window in the document, in code points.

    Raises:
        InputError: unknown mode.
    """
    mode = check_mode(mode)
    if mode == "flag":
        return text
    parts: list[str] = []
    done = 0
    for begin, end in sorted((finding.start - start, finding.end - start) for finding in findings):
        begin, end = max(begin, done), min(end, len(text))
        if end <= begin:
            continue
        parts.append(text[done:begin])
        if mode == "mask":
            parts.append(MASK * (end - begin))
        elif mode == "quote":
            parts.append(_quoted(text[begin:end]))
        done = end
    parts.append(text[done:])
    return "".join(parts)
