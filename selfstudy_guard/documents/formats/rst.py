"""reStructuredText as blocks: sections, literal blocks, directives, lists, tables and definitions, by indentation."""

from __future__ import annotations

import re

from selfstudy_guard.documents.formats.blocks import Block, Offsets, merge_pairs, visible
from selfstudy_guard.documents.formats.plain import ITEM, Line, groups, span_of
from selfstudy_guard.records import TargetKind

_ADORNMENT = re.compile(r"([=\-~^\"'`#*+.:_<>!$%&,;@/\\|(){}\[\]?])\1{2,}[ \t]*\Z")
_DIRECTIVE = re.compile(r"[ \t]*\.\. (?:\|[^|\n]{1,60}\| )?([a-zA-Z][\w:-]{0,40})::[ \t]*(.*)")
_EXPLICIT = re.compile(r"[ \t]*\.\.(?:[ \t]|\Z)|[ \t]*__ ")
_OPTION = re.compile(r"[ \t]*:[\w -]{1,40}:(?:[ \t]|\Z)")
_RULER = re.compile(r"[ \t]*(?:\+(?:[-=]{2,}\+)+|={2,}(?:[ \t]+={2,})+|-{2,}(?:[ \t]+-{2,})+)[ \t]*\Z")
_HEADER_ROWS = re.compile(r"[ \t]*:header-rows:[ \t]*(\d{1,2})")
_ROW = re.compile(r"[ \t]*\* - ?")
_CELL_MARK = re.compile(r"\n[ \t]*- ?")
_CODE = frozenset(
    "code code-block sourcecode parsed-literal literalinclude doctest testcode productionlist highlight prompt".split()
)
_SILENT = frozenset(
    (  # a list of words reads better as one
        "toctree image include raw index contents module currentmodule only meta role default-role replace "
        "unicode csv-table ifconfig graphviz plot target-notes sectnum sectionauthor codeauthor moduleauthor"
    ).split()
)
_INLINE = re.compile(
    r"""
      :(?:[a-zA-Z][\w.+:-]{0,40}):(?=`)
    | (?<=`)__?(?!\w)
    | \s<[^<>`\n]{1,300}>(?=`)
    | (?<![`\w])`(?=[^\s`])
    | (?<=[^\s`])`(?![`\w])
    | ``
    | \*\*
    | (?<![\w*])\*(?=[^\s*])
    | (?<=[^\s*])\*(?![\w*])
    | \[\#?[\w*-]{0,20}\]_
    | \|(?=\w[^|\n]{0,60}\|)
    | (?<=\w)\|(?!\w)
    | (?<=\w)__?(?=[\s.,;:)]|\Z)
    | ::(?=\s*\Z)
    """,
    re.X,
)


class RstReader:
    """Reads one reStructuredText document.

    Args:
        text: the raw document.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.blocks: list[Block] = []
        self._styles: list[str] = []
        self._titles: list[str] = []
        self._literal = -1
        """Indentation below which a literal block ends; -1 outside of one."""
        self._silent = -1
        self._listed = -1
        """Indentation of a list-table whose rows are being read; -1 outside of one."""
        self._heads = 0
        """Header rows of that table that are still to come."""
        self._header = ""
        self._announced = ""

    def read(self) -> list[Block]:
        """Blocks in text order."""
        for group in groups(self.text):
            self._group(group)
        return self.blocks

    def _group(self, group: list[Line]) -> None:
        indent = group[0].indent
        if self._silent >= 0:
            if indent > self._silent:
                self._add(group, "markup", reason="markup", whole=True)
                return
            self._silent = -1
        if self._literal >= 0:
            if indent > self._literal:
                self._code(group)
                return
            self._literal = -1
        if self._listed >= 0:
            if indent > self._listed:
                self._list_rows(group)
                return
            self._listed = -1
        while group:
            group = self._step(group)

    def _step(self, group: list[Line]) -> list[Line]:
        """Reads what the lines begin with, and returns the rest."""
        first = group[0]
        if _ADORNMENT.match(first.text.strip()) and len(group) >= 3 and _ADORNMENT.match(group[2].text.strip()):
            return self._heading(group[1], "over" + first.text.strip()[0], group[3:])
        if (
            len(group) >= 2
            and _ADORNMENT.match(group[1].text)
            and not first.text.startswith((" ", "\t"))
            and len(group[1].text.strip()) >= min(3, len(first.text.strip()))
        ):
            return self._heading(first, group[1].text.strip()[0], group[2:])
        if _RULER.match(first.text):
            self._table(group)
            return []
        if _EXPLICIT.match(first.text):
            return self._explicit(group)
        if _ADORNMENT.match(first.text.strip()):
            return group[1:]
        if _OPTION.match(first.text) and not first.text.lstrip().startswith(
            (":ref:", ":doc:", ":func:", ":class:", ":mod:", ":term:", ":meth:", ":attr:", ":option:", ":pep:", ":rfc:")
        ):
            return self._fields(group)
        if first.text.lstrip().startswith(">>>"):
            self._code(group)
            return []
        self._paragraphs(group)
        return []

    def _heading(self, line: Line, style: str, rest: list[Line]) -> list[Line]:
        if style not in self._styles:
            self._styles.append(style)
        level = self._styles.index(style)
        start, end = span_of([line])
        del self._titles[level:]
        self._titles.extend([""] * (level - len(self._titles)))
        self._titles.append(" ".join(self.text[start:end].split())[:200])
        self.blocks.append(Block(start, end, "heading", self._section(), gaps=self._gaps(start, end), whole=True))
        return rest

    def _section(self) -> tuple[str, ...]:
        return tuple(title for title in self._titles if title)

    def _explicit(self, group: list[Line]) -> list[Line]:
        first = group[0]
        directive = _DIRECTIVE.match(first.text)
        body = 1
        while body < len(group) and group[body].indent > first.indent:
            body += 1
        if directive is None:  # a comment, a target, a footnote
            self._silent = first.indent
            self._add(group[:body], "markup", reason="markup", whole=True)
            return group[body:]
        name = directive[1]
        options = 1
        while options < body and _OPTION.match(group[options].text):
            options += 1
        if name in _CODE:
            self._literal = first.indent
            if options < body:
                self._code(group[options:body])
        elif name in _SILENT:
            self._silent = first.indent
            self._add(
                group[:body],
                "markup",
                reason="table of contents" if name in ("toctree", "contents") else "markup",
                whole=True,
            )
        else:
            if name in (
                "note",
                "warning",
                "tip",
                "important",
                "caution",
                "versionadded",
                "versionchanged",
                "deprecated",
                "seealso",
                "topic",
                "admonition",
                "rubric",
            ):
                if directive[2].strip():
                    start = first.start + directive.start(2)
                    self._text(start, first.end, "sentence")
            elif directive[2].strip():
                start = first.start + directive.start(2)
                self.blocks.append(
                    Block(
                        start,
                        first.start + len(first.text.rstrip()),
                        "definition",
                        self._section(),
                        reason="term",
                        whole=True,
                    )
                )
            if name == "list-table":
                self._listed, self._header = first.indent, ""
                heads = (_HEADER_ROWS.match(line.text) for line in group[1:options])
                self._heads = next((int(found[1]) for found in heads if found), 0)
                if options < body:
                    self._list_rows(group[options:body])
            elif options < body:
                self._paragraphs(group[options:body], caption=name == "figure")
        return group[body:]

    def _list_rows(self, group: list[Line]) -> None:
        """Rows of a list-table: a list of lists, one line or more a cell."""
        begins = [place for place, line in enumerate(group) if _ROW.match(line.text)]
        for place, after in zip(begins, [*begins[1:], len(group)], strict=True):
            start, end = span_of(group[place:after])
            mark = _ROW.match(group[place].text)
            start = min(group[place].start + (mark.end() if mark else 0), end)
            head = self._heads > 0
            gaps = self._gaps(start, end)
            block = Block(
                start, end, "table_row", self._section(), lead="" if head else self._header, whole=True, gaps=gaps
            )
            if head:
                self._heads -= 1
                cells = _CELL_MARK.split(visible(self.text, start, end, gaps))
                self._header = " | ".join(" ".join(cell.split()) for cell in cells)
                block.reason = "table header"
            self.blocks.append(block)

    def _fields(self, group: list[Line]) -> list[Line]:
        at = 0
        while at < len(group):
            end = at + 1
            while end < len(group) and not _OPTION.match(group[end].text):
                end += 1
            start, stop = span_of(group[at:end])
            name = _OPTION.match(group[at].text)
            marks = [(start, start + len(name[0].strip()))] if name else []
            self._text(start, stop, "list_item", extra=marks)
            at = end
        return []

    def _paragraphs(self, group: list[Line], caption: bool = False) -> None:
        if (
            len(group) >= 2
            and group[1].indent > group[0].indent
            and not ITEM.match(group[0].text)
            and len(group[0].text) <= 80
            and not group[0].text.rstrip().endswith((".", ","))
        ):
            start, end = span_of(group[:1])
            term = " ".join(self.text[start:end].split())
            self.blocks.append(
                Block(start, end, "definition", self._section(), reason="term", whole=True, gaps=self._gaps(start, end))
            )
            left, right = span_of(group[1:])
            self._text(left, right, "definition", lead=term)
            return
        part: list[Line] = []
        for line in group:
            if ITEM.match(line.text) and part:
                self._one(part, caption)
                part = []
            part.append(line)
        self._one(part, caption)

    def _one(self, part: list[Line], caption: bool) -> None:
        start, end = span_of(part)
        mark = ITEM.match(part[0].text)
        if mark:
            start = min(part[0].start + mark.end(), end)
        self._text(start, end, "caption" if caption else "list_item" if mark else "sentence")
        if part[-1].text.rstrip().endswith("::"):
            self._literal = part[0].indent
            self._announced = " ".join(self.text[start:end].split())[-300:]

    def _text(self, start: int, end: int, kind: TargetKind, lead: str = "", extra: list[Offsets] | None = None) -> None:
        piece = self.text[start:end]
        start += len(piece) - len(piece.lstrip())
        end = start + len(piece.strip())
        if end > start:
            self.blocks.append(
                Block(
                    start,
                    end,
                    kind,
                    self._section(),
                    lead=lead,
                    gaps=merge_pairs([*self._gaps(start, end), *(extra or [])]),
                )
            )

    def _code(self, group: list[Line]) -> None:
        start, end = span_of(group)
        self.blocks.append(Block(start, end, "code_block", self._section(), lead=self._announced, whole=True))

    def _table(self, group: list[Line]) -> None:
        rulers = [place for place, line in enumerate(group) if _RULER.match(line.text)]
        strong = any("+=" in line.text for line in group)
        header_end = (
            next((p for p in rulers if "+=" in group[p].text), 0) if strong else (rulers[1] if len(rulers) >= 3 else 0)
        )
        header = " ".join(" ".join(line.text.split()) for line in group[1:header_end] if not _RULER.match(line.text))
        for place, line in enumerate(group):
            if _RULER.match(line.text) or not line.text.strip(" |"):
                continue
            start, end = span_of([line])
            head = place < header_end
            self.blocks.append(
                Block(
                    start,
                    end,
                    "table_row",
                    self._section(),
                    lead="" if head else header,
                    reason="table header" if head else None,
                    whole=True,
                    gaps=self._gaps(start, end),
                )
            )

    def _add(self, group: list[Line], kind: TargetKind, reason: str, whole: bool) -> None:
        start, end = span_of(group)
        self.blocks.append(Block(start, end, kind, self._section(), reason=reason, whole=whole))

    def _gaps(self, start: int, end: int) -> list[Offsets]:
        return merge_pairs(match.span() for match in _INLINE.finditer(self.text, start, end))


def read_rst(text: str) -> list[Block]:
    """Blocks of a reStructuredText document, in text order."""
    return RstReader(text).read()
