"""Untrusted text made safe and visible: escaped, with control, bidi and zero-width characters shown by name."""

from __future__ import annotations

import regex
from markupsafe import Markup, escape

# Everything that can reorder, hide or break the text round it: C0/C1 controls except tab and line feed, format
# characters (bidi, zero-width, tags), lone surrogates, private use, unassigned noncharacters, line separators.
_HIDDEN = regex.compile(r"[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}--[\t\n]]|[\uFFFE\uFFFF]", regex.VERSION1)
_CRLF = regex.compile(r"\r\n?")
# Joiners that ordinary words of Arabic, Indic scripts and emoji need between letters: shown as they are.
_JOINERS = {"\u200c", "\u200d", "\u00ad"}

ELLIPSIS = "…"


def visible(text: str) -> Markup:
    """`text` as HTML: escaped, and every hidden character replaced by a small box with its code point.

    A run of the same kind of hidden character (an invisible message) is shown as one box with its length, so that
    thousands of them cannot swell the page.
    """
    out: list[str] = []
    at = 0
    text = _CRLF.sub("\n", text)
    for match in _runs(text):
        start, end = match
        out.append(str(escape(text[at:start])))
        out.append(_box(text[start:end]))
        at = end
    out.append(str(escape(text[at:])))
    return Markup("".join(out))  # noqa: S704 - every part was escaped above


def _runs(text: str) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for match in _HIDDEN.finditer(text):
        start, end = match.span()
        if text[start] in _JOINERS and start > 0 and end < len(text) and not text[start - 1].isspace():
            continue
        if runs and runs[-1][1] == start:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def _box(hidden: str) -> str:
    name = f"U+{ord(hidden[0]):04X}"
    if len(hidden) > 1:
        name += f" +{len(hidden) - 1}"
    return f'<span class="ctl" title="hidden character">{name}</span>'


def shorten(text: str, limit: int) -> str:
    """`text` with its middle left out when longer than `limit` characters; says how many were left out."""
    if len(text) <= limit:
        return text
    head = limit * 2 // 3
    tail = limit - head
    return f"{text[:head]} {ELLIPSIS}[{len(text) - limit:,} characters]{ELLIPSIS} {text[len(text) - tail :]}"


def plain(text: str) -> str:
    """`text` for an attribute or a page title: hidden characters named in angle quotes, not yet escaped."""
    text = _CRLF.sub("\n", text)
    out: list[str] = []
    at = 0
    for start, end in _runs(text):
        out.append(f"{text[at:start]}⟨U+{ord(text[start]):04X}⟩")
        at = end
    return "".join([*out, text[at:]])


def one_line(text: str) -> str:
    """`plain` text on one line, so that untrusted text cannot look like a message of ours."""
    return " ".join(plain(text).split())
