"""Source code as blocks: comments and docstrings are prose, the rest is code with the comment above as its caption."""

from __future__ import annotations

import re

from selfstudy_guard.documents.formats.blocks import Block, Offsets, merge_pairs
from selfstudy_guard.documents.formats.plain import Line, lines, span_of

_MARK = re.compile(
    r"""
    [ \t]*(?:\#(?!include|define|if|else|endif|pragma|undef|import|\[|!)+|//+[/!]?|--(?!-?\w+=)|;{1,3}|%+|"(?=\s))
        (?=[ \t]|\Z)[ \t]?
    """,
    re.X,
)
_OPEN = re.compile(r"[ \t]*(?:/\*+!?|[rRuUbB]{0,2}(?:\"\"\"|''')|<!--|\(\*|\{-|=begin)")
_CLOSE = {"/*": "*/", '"""': '"""', "'''": "'''", "<!--": "-->", "(*": "*)", "{-": "-}", "=begin": "=end"}
_INSIDE = re.compile(r"[ \t]*\*(?!/)[ \t]?")
_SECTION = re.compile(
    r"""
      (?:async\s+)?(?:def|class|func|fn|function|struct|interface|impl|module|enum|trait)\s+([\w.$]+)
    | (?:public|private|protected|static|final|abstract|export|pub|\s)+
          (?:class|interface|enum|struct|fn|function|def)\s+([\w.$]+)
    """,
    re.X,
)
_CHUNK = 40
"""Lines from which a run of code ends at the next blank line."""


class SourceReader:
    """Reads one source file.

    Args:
        text: the raw file.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.blocks: list[Block] = []
        self._name = ""
        self._caption = ""
        self._comment: list[Line] = []
        self._code: list[Line] = []
        self._closing = ""

    def read(self) -> list[Block]:
        """Blocks in text order."""
        for line in lines(self.text):
            bare = line.text.strip()
            if self._closing:
                self._comment.append(line)
                if self._closing in bare:
                    self._end_comment()
                continue
            opened = _OPEN.match(line.text)
            if opened and not (self._code and self._open_call()):
                self._end_code()
                mark = next(mark for mark in _CLOSE if mark in opened[0])
                self._end_comment_unless_same()
                self._comment.append(line)
                self._closing = _CLOSE[mark]
                rest = line.text[opened.end() :]
                if self._closing in rest:
                    self._end_comment()
            elif bare and _MARK.match(line.text):
                self._end_code()
                self._comment.append(line)
            elif not bare:
                self._end_comment()
                if self._code:
                    if len(self._code) >= _CHUNK:
                        self._end_code()
                    else:
                        self._code.append(line)
            else:
                self._end_comment()
                named = _SECTION.match(line.text)
                if named and line.indent == 0:
                    self._end_code(keep_caption=not self._code)
                    self._name = named[1] or named[2]
                self._code.append(line)
        self._end_comment()
        self._end_code()
        return self.blocks

    def _open_call(self) -> bool:
        """Whether the code above is in the middle of an expression, so that a string is no docstring."""
        last = next((line.text.rstrip() for line in reversed(self._code) if line.text.strip()), "")
        return last.endswith(("(", "=", ",", "[", "+", "\\"))

    def _end_comment_unless_same(self) -> None:
        if self._comment:
            self._end_comment()

    def _end_comment(self) -> None:
        self._closing = ""
        comment, self._comment = [line for line in self._comment if line.text.strip()], []
        if not comment:
            return
        whole = comment
        for part in _by_blank(whole):
            start, end = span_of(part)
            gaps = merge_pairs(gap for line in part for gap in _marks(line))
            gaps = [(max(a, start), min(b, end)) for a, b in gaps if b > start and a < end]
            self.blocks.append(Block(start, end, "sentence", self._section(), gaps=gaps))
            self._caption = " ".join(_bare(line) for line in part)[:300].strip()

    def _end_code(self, keep_caption: bool = False) -> None:
        code, self._code = self._code, []
        while code and not code[-1].text.strip():
            code.pop()
        if not code:
            if not keep_caption:
                return
            return
        start, end = span_of(code)
        self.blocks.append(Block(start, end, "code_block", self._section(), lead=self._caption, whole=True))
        self._caption = ""

    def _section(self) -> tuple[str, ...]:
        return (self._name,) if self._name else ()


def _by_blank(comment: list[Line]) -> list[list[Line]]:
    """Paragraphs of a comment: a line with nothing but a mark separates them."""
    parts: list[list[Line]] = [[]]
    for line in comment:
        if _bare(line):
            parts[-1].append(line)
        elif parts[-1]:
            parts.append([])
    return [part for part in parts if part]


def _marks(line: Line) -> list[Offsets]:
    """Comment marks of one line, as spans of the document."""
    found: list[Offsets] = []
    opened = _OPEN.match(line.text) or _MARK.match(line.text) or _INSIDE.match(line.text)
    if opened:
        found.append((line.start, line.start + opened.end()))
    closed = re.search(r"(?:\*+/|\"\"\"|'''|-->|\*\)|-\}|=end)\s*\Z", line.text[opened.end() if opened else 0 :])
    if closed:
        base = line.start + (opened.end() if opened else 0)
        found.append((base + closed.start(), line.end))
    return found


def _bare(line: Line) -> str:
    bare = line.text
    for start, end in reversed(_marks(line)):
        bare = bare[: start - line.start] + " " * (end - start) + bare[end - line.start :]
    return bare.strip(" \t*#/=-")


def read_source(text: str) -> list[Block]:
    """Blocks of a source file, in text order."""
    return SourceReader(text).read()
