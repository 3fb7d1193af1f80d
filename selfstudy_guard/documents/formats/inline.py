"""Inline markup of Markdown as gaps: emphasis, link addresses, images, tags, footnote marks. Linear by construction."""

from __future__ import annotations

import re

from selfstudy_guard.documents.formats.blocks import Offsets, merge_pairs

_INLINE = re.compile(
    r"""
      (?P<code>(?<!`)(`{1,3})(?!`)[^`]{1,300}\2(?!`))
    | (?P<comment><!--(?:[^-]|-(?!->)){0,4000}-->)
    | (?P<image>!\[[^\[\]]{0,300}\](?:\([^()\s]{0,1000}(?:\s"[^"]{0,200}")?\)|\[[^\[\]]{0,100}\])?)
    | (?P<link>\]\([^()\s]{0,1000}(?:\([^()\s]{0,200}\)[^()\s]{0,200})?(?:\s{1,4}["'][^"']{0,200}["'])?\))
    | (?P<ref>\]\[[^\[\]]{0,100}\])
    | (?P<note>\[\^[^\]\s]{1,40}\]:?)
    | (?P<tag></?[a-zA-Z][a-zA-Z0-9:-]{0,30}(?:\s[^<>]{0,1000})?/?>)
    | (?P<strong>\*\*\*|\*\*|(?<!\w)_{2,3}(?=[^\s_])|(?<=[^\s_])_{2,3}(?!\w)|~~)
    | (?P<em>(?<![\w*])\*(?=[^\s*])|(?<=[^\s*])\*(?![\w*])|(?<!\w)_(?=[^\s_])|(?<=[^\s_])_(?!\w))
    | (?P<open>\[(?=[^\[\]]{1,300}\][(\[]))
    | (?P<attr>\{[:#.][^{}\n]{1,200}\})
    """,
    re.VERBOSE,
)


_FIRST = re.compile(r"[`<!\[\]*_~{]")
"""What markup begins with; most paragraphs hold none of it, and the long pattern is slow."""


def inline_gaps(text: str, start: int, end: int) -> tuple[list[Offsets], int]:
    """Markup inside `text[start:end]`, and how many characters of it are link text.

    Code spans stay whole: their backquotes are part of how the text reads.
    """
    gaps: list[Offsets] = []
    linked = 0
    opened = -1
    first = _FIRST.search(text, start, end)
    if first is None:
        return gaps, linked
    for match in _INLINE.finditer(text, first.start(), end):
        kind = match.lastgroup
        if kind == "code" or match["code"]:
            continue
        gaps.append(match.span())
        if kind == "open":
            opened = match.end()
        elif kind in ("link", "ref") and opened >= 0:
            linked += match.start() - opened
            opened = -1
    return merge_pairs(gaps), linked
