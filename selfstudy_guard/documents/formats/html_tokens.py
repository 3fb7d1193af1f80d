"""HTML as a flat stream of tokens with raw offsets, in linear time whatever the page looks like.

tree-sitter-html takes quadratic time on deep nesting and on comments that never close (measured: six minutes for
400 kB of `<!--`). It is therefore used as a tokeniser of slices: comments and raw elements are cut out first, the
rest is parsed in pieces of bounded size; nesting is the business of `html.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from selfstudy_guard.documents.offsets import ByteIndex, utf8

_SLICE = 8_000
_RAW = re.compile(r"<!--|<(script|style|textarea|title|noscript|svg|iframe|template|xmp|object)\b", re.IGNORECASE)
_CUT = re.compile(r"[>\n]\s{0,80}(?=<[a-zA-Z/])")
_NAME = re.compile(r"</?\s{0,20}([a-zA-Z][\w:-]{0,40})")
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z][\w:-]{0,40})\s{0,9}=\s{0,9}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'>]{1,500}))|\s(hidden)(?=[\s/>])"""
)
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]{0,40})(?:[^<>\"']|\"[^\"<>]{0,1000}\"|'[^'<>]{0,1000}'){0,200}>")
_NO_TEXT = re.compile(r"<|=\s?[\"']")
_LEAVES = {
    "text": "text",
    "entity": "text",
    "start_tag": "open",
    "self_closing_tag": "empty",
    "end_tag": "close",
    "erroneous_end_tag": "close",
    "raw_text": "raw",
    "comment": "comment",
    "doctype": "comment",
}


@dataclass(slots=True)
class Token:
    """One piece of a page: `kind` is "open", "close", "empty", "text", "comment" or "raw" (script, style ...)."""

    kind: str
    start: int
    end: int
    name: str = ""


def attributes(tag: str) -> dict[str, str]:
    """Attributes of a raw start tag, names in lower case; the first of a repeated name counts."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(tag[:4000]):
        if match[5]:
            found.setdefault("hidden", "hidden")
        else:
            found.setdefault(match[1].lower(), match[2] or match[3] or match[4] or "")
    return found


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """Tokens of `text[start:end]` in order. What lies between two tokens is markup that could not be read."""
    stop = len(text) if end is None else end
    missing: set[str] = set()
    at = start
    while at < stop:
        match = _RAW.search(text, at, stop)
        if match is None:
            yield from _sliced(text, at, stop)
            return
        yield from _sliced(text, at, match.start())
        token = _raw(text, match, stop, missing)
        yield token
        at = token.end


def _raw(text: str, match: re.Match[str], stop: int, missing: set[str]) -> Token:
    """A comment, or an element whose content is no markup.

    `missing` remembers which ends do not come any more, so that no text is searched twice for them.
    """
    start = match.start()
    if match[1] is None:
        close = -1 if "--" in missing else text.find("-->", match.end(), stop)
        if close >= 0:
            return Token("comment", start, close + 3)
        missing.add("--")
        # A comment that never closes would swallow the page: only its opening is taken.
        return Token("comment", start, match.end())
    name = match[1].lower()
    opened = text.find(">", match.end(), min(stop, match.end() + 4000)) + 1
    if not opened:
        return Token("comment", start, match.end())
    if text[opened - 2] == "/" or name in missing:
        return Token("empty", start, opened, name)
    closing = re.compile(rf"</{name}\s{{0,20}}>?", re.IGNORECASE).search(text, opened, stop)
    if closing is None:
        missing.add(name)
        return Token("empty", start, opened, name)
    return Token("raw", start, closing.end(), name)


def _sliced(text: str, start: int, stop: int) -> Iterator[Token]:
    at = start
    while at < stop:
        limit = at + _SLICE
        if limit < stop:
            cut = _CUT.search(text, limit, min(stop, limit + _SLICE))
            limit = cut.end() if cut else min(stop, limit + _SLICE)
        else:
            limit = stop
        yield from _parsed(text, at, limit)
        at = limit


@lru_cache(maxsize=1)
def _parser() -> Any:
    import tree_sitter_html
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_html.language()))


def _parsed(text: str, start: int, stop: int) -> Iterator[Token]:
    """Tokens of one slice: those of tree-sitter, and the tags that its error recovery skipped."""
    at = start
    for token in _leaves(text, start, stop):
        if token.start > at:
            yield from _skipped(text, at, token.start)
        yield token
        at = token.end
    yield from _skipped(text, at, stop)


def _skipped(text: str, start: int, stop: int) -> Iterator[Token]:
    """Tags in a stretch that tree-sitter skipped, and text that went with them (after a bare `&`, say)."""
    at = start
    if text.find("<", start, stop) >= 0:
        for match in _TAG.finditer(text, start, stop):
            yield from _lost_text(text, at, match.start())
            kind = "close" if match[1] else "empty" if match[0].endswith("/>") else "open"
            yield Token(kind, match.start(), match.end(), match[2].lower())
            at = match.end()
    yield from _lost_text(text, at, stop)


def _lost_text(text: str, start: int, stop: int) -> Iterator[Token]:
    piece = text[start:stop]
    bare = piece.strip()
    if bare and not _NO_TEXT.search(bare) and any(c.isalnum() for c in bare):
        left = start + len(piece) - len(piece.lstrip())
        yield Token("text", left, left + len(bare))


def _leaves(text: str, start: int, stop: int) -> Iterator[Token]:
    data = utf8(text[start:stop])
    place = ByteIndex(data, start)
    cursor = _parser().parse(data).walk()
    going = True
    while going:
        node = cursor.node
        kind = _LEAVES.get(node.type)
        if kind is not None and node.end_byte > node.start_byte:
            left, right = place(node.start_byte), place(node.end_byte)
            if kind in ("open", "close", "empty"):
                match = _NAME.match(text, left, right)
                yield Token(kind, left, right, match[1].lower() if match else "")
            else:
                yield Token(kind, left, right)
        elif cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                going = False
                break
