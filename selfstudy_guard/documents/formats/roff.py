"""Manual pages in roff as blocks: requests are markup, font changes are gaps."""

from __future__ import annotations

import re

from selfstudy_guard.documents.formats.blocks import Block, Offsets, merge_pairs, visible
from selfstudy_guard.documents.formats.plain import Line, lines, span_of

_ESCAPE = re.compile(
    r"\\(?:f(?:\[[^\]]{0,20}\]|\(..|.)|s[+-]?\d{1,2}|[&|^/,:%c]|\*\([A-Za-z\"]{2}|\*.|m\[[^\]]{0,20}\]|u|d)"
)
_FONT = re.compile(r"[.'][ \t]*(?:B|I|BR|RB|IR|RI|BI|IB|SM|SB|Nm|Ar|Fl|Xr|Pa|Cm|Em|Sy|Ev|Va|Fn|Li|Op)[ \t]+")
_HEAD = re.compile(r"[.'][ \t]*(SH|SS|Sh|Ss)(?:[ \t]+(.*))?\Z")
_TERM = re.compile(r"[.'][ \t]*(?:TP|IP|It|HP)\b[ \t]*")


class RoffReader:
    """Reads one manual page.

    Args:
        text: the raw page.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.blocks: list[Block] = []
        self._titles: list[str] = []
        self._run: list[Line] = []
        self._gaps: list[Offsets] = []
        self._verbatim = False
        self._term_next = False
        self._term = ""
        self._table = False
        self._layout = False

    def read(self) -> list[Block]:
        """Blocks in text order."""
        head_next = 0
        for line in lines(self.text):
            bare = line.text
            if head_next:
                self._heading(line, 0, head_next)
                head_next = 0
                continue
            head = _HEAD.match(bare)
            if self._table or bare.startswith(".TS"):
                self._rows(line)
            elif head:
                self._flush()
                level = 1 if head[1] in ("SH", "Sh") else 2
                if head[2]:
                    self._heading(line, head.start(2), level)
                else:
                    head_next = level
            elif _FONT.match(bare):
                self._take(line, _FONT.match(bare))
            elif _TERM.match(bare):
                self._flush()
                self._term = ""
                mark = _TERM.match(bare)
                self._term_next = not mark or not bare[mark.end() :].strip() or bare.startswith(".TP")
                if mark and bare[mark.end() :].strip() and not bare.startswith(".TP"):
                    self._take(line, mark)
                    self._flush(term=True)
            elif bare.startswith((".", "'")):
                self._flush()
                if re.match(r"[.'][ \t]*(?:nf|EX|Bd -literal)\b", bare):
                    self._verbatim = True
                elif re.match(r"[.'][ \t]*(?:fi|EE|Ed)\b", bare):
                    self._verbatim = False
                if re.match(r"[.'][ \t]*(?:PP|P|LP|Pp|RE|sp)\b", bare):
                    self._term = ""
                start, end = span_of([line])
                if any(c.isalpha() for c in bare[4:]):
                    self.blocks.append(Block(start, end, "markup", self._section(), reason="markup", whole=True))
            elif not bare.strip():
                self._flush()
            else:
                self._take(line, None)
        self._flush()
        return self.blocks

    def _rows(self, line: Line) -> None:
        """Lines between .TS and .TE: a table as one target, its layout left out."""
        if not self._table:
            self._flush()
            self._table = True
            self._layout = True
        elif line.text.startswith(".TE"):
            self._table = False
            run, self._run = self._run, []
            if run:
                start, end = span_of(run)
                gaps = merge_pairs([*self._gaps, *(m.span() for m in _ESCAPE.finditer(self.text, start, end))])
                gaps = [gap for gap in gaps if gap[0] >= start and gap[1] <= end]
                self.blocks.append(Block(start, end, "table_row", self._section(), gaps=gaps, whole=True))
            self._gaps = []
        elif self._layout:
            self._layout = not line.text.rstrip().endswith(".")
        elif line.text.strip():
            font = _FONT.match(line.text)
            if font:
                self._gaps.append((line.start, line.start + font.end()))
            self._run.append(line)

    def _take(self, line: Line, mark: re.Match[str] | None) -> None:
        if mark is not None:
            self._gaps.append((line.start, line.start + mark.end()))
        self._gaps.extend(match.span() for match in _ESCAPE.finditer(self.text, line.start, line.end))
        self._run.append(line)
        if self._term_next:
            self._term_next = False
            self._flush(term=True)

    def _heading(self, line: Line, offset: int, level: int) -> None:
        piece = line.text[offset:]
        start = line.start + offset + len(piece) - len(piece.lstrip(' "'))
        end = max(start, line.start + offset + len(piece.rstrip(' "')))
        del self._titles[level - 1 :]
        self._titles.append(self.text[start:end][:200])
        if end > start:
            self.blocks.append(Block(start, end, "heading", self._section(), whole=True))

    def _flush(self, term: bool = False) -> None:
        run, self._run = self._run, []
        gaps, self._gaps = merge_pairs(self._gaps), []
        if not run:
            return
        view = visible(self.text, run[0].start, run[-1].end, gaps)
        if not view.strip():
            return
        start = run[0].start + len(view) - len(view.lstrip())
        end = run[0].start + len(view.rstrip())
        gaps = [gap for gap in gaps if gap[0] >= start and gap[1] <= end]
        if term:
            self._term = " ".join(view.split())
            self.blocks.append(Block(start, end, "definition", self._section(), reason="term", gaps=gaps, whole=True))
        else:
            kind = "code_block" if self._verbatim else "definition" if self._term else "sentence"
            self.blocks.append(
                Block(start, end, kind, self._section(), lead=self._term, gaps=gaps, whole=self._verbatim)  # type: ignore[arg-type]
            )

    def _section(self) -> tuple[str, ...]:
        return tuple(self._titles)


def read_roff(text: str) -> list[Block]:
    """Blocks of a manual page, in text order."""
    return RoffReader(text).read()
