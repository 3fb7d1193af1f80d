"""Markdown as blocks, through tree-sitter's block grammar; embedded HTML goes to the HTML reader."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from selfstudy_guard.documents.formats.blocks import OUTPUT, Block, Offsets, merge_pairs, visible
from selfstudy_guard.documents.formats.html import HtmlReader
from selfstudy_guard.documents.formats.inline import inline_gaps
from selfstudy_guard.documents.formats.plain import FORMULA
from selfstudy_guard.documents.offsets import ByteIndex, utf8

_LEVEL = re.compile(r"atx_h(\d)_marker|setext_h(\d)_underline")
_TASK = re.compile(r"\[[ xX]\]\s")
_DEPTH = 200


class MarkdownReader:
    """Reads one Markdown document.

    Args:
        text: the raw document.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.blocks: list[Block] = []
        self.frames: list[Offsets] = []
        """Spans of embedded HTML: what no block holds of them is markup."""
        self._titles: list[tuple[int, str]] = []
        data = utf8(text)
        self._place = ByteIndex(data)
        self._tree = _parser().parse(data)

    def read(self) -> list[Block]:
        """Blocks in text order."""
        todo: list[tuple[Any, bool]] = [(self._tree.root_node, False)]
        while todo:
            node, listed = todo.pop()
            kind = node.type
            handler = getattr(self, f"_on_{kind}", None)
            if handler is not None:
                handler(node)
            elif kind == "paragraph":
                self._paragraph(node, listed)
            elif kind in ("document", "section", "list", "list_item", "block_quote", "ERROR"):
                inner = listed or kind == "list_item"
                todo.extend((child, inner) for child in reversed(node.children))
        return self.blocks

    # -- kinds of nodes, named as in the grammar ----------------------------------------------------------------

    def _on_atx_heading(self, node: Any) -> None:
        content = node.child_by_field_name("heading_content")
        marker = _LEVEL.match(node.children[0].type) if node.children else None
        self._heading(content, int(marker[1] or 1) if marker else 1)

    def _on_setext_heading(self, node: Any) -> None:
        self._heading(node.child_by_field_name("heading_content"), 1 if "h1" in node.children[-1].type else 2)

    def _heading(self, content: Any, level: int) -> None:
        if content is None:
            return
        start, end = self._trim(self._place(content.start_byte), self._place(content.end_byte))
        if start == end:
            return
        gaps, linked = inline_gaps(self.text, start, end)
        while self._titles and self._titles[-1][0] >= level:
            self._titles.pop()
        self._titles.append((level, " ".join(visible(self.text, start, end, gaps).split())[:200]))
        self.blocks.append(Block(start, end, "heading", self._section(), gaps=gaps, linked=linked, whole=True))

    def _paragraph(self, node: Any, listed: bool) -> None:
        start, end = self._trim(self._place(node.start_byte), self._place(node.end_byte))
        if start == end:
            return
        if FORMULA.match(self.text, start, end):
            self.blocks.append(Block(start, end, "formula", self._section(), whole=True))
            return
        if listed and (task := _TASK.match(self.text, start, end)):
            start = task.end()
        gaps, linked = inline_gaps(self.text, start, end)
        # Quote and list markers at the starts of continued lines
        continued = [
            (self._place(child.start_byte), self._place(child.end_byte))
            for inline in node.children
            for child in (inline, *inline.children)
            if child.type == "block_continuation"
        ]
        gaps = merge_pairs([*gaps, *((a, b) for a, b in continued if start <= a and b <= end)])
        self.blocks.append(
            Block(start, end, "list_item" if listed else "sentence", self._section(), gaps=gaps, linked=linked)
        )

    def _on_fenced_code_block(self, node: Any) -> None:
        content = next((child for child in node.children if child.type == "code_fence_content"), None)
        if content is not None:
            info = next((child for child in node.children if child.type == "info_string"), None)
            said = info is not None and self.text[self._place(info.start_byte) : self._place(info.end_byte)].strip()
            self._code(content, reason=OUTPUT if said == OUTPUT else None)

    def _on_indented_code_block(self, node: Any) -> None:
        self._code(node)

    def _code(self, node: Any, reason: str | None = None) -> None:
        start, end = self._trim(self._place(node.start_byte), self._place(node.end_byte))
        if start < end:
            lead = self._announced()
            self.blocks.append(Block(start, end, "code_block", self._section(), reason=reason, lead=lead, whole=True))

    def _announced(self) -> str:
        if not self.blocks or self.blocks[-1].kind not in ("sentence", "list_item", "caption"):
            return ""
        last = self.blocks[-1]
        plain = " ".join(visible(self.text, last.start, last.end, last.gaps).split())
        return plain[-300:] if plain.endswith((":", "\uff1a")) else ""

    def _on_pipe_table(self, node: Any) -> None:
        header = ""
        for row in node.children:
            if row.type not in ("pipe_table_header", "pipe_table_row"):
                continue
            start, end = self._trim(self._place(row.start_byte), self._place(row.end_byte))
            if start == end:
                continue
            gaps, linked = inline_gaps(self.text, start, end)
            block = Block(start, end, "table_row", self._section(), gaps=gaps, linked=linked, whole=True)
            if row.type == "pipe_table_header":
                header, block.reason = self.text[start:end], "table header"
            else:
                block.lead = header
            self.blocks.append(block)

    def _on_html_block(self, node: Any) -> None:
        reader = HtmlReader(self.text, self._section())
        frame = (self._place(node.start_byte), self._place(node.end_byte))
        self.frames.append(frame)
        for block in reader.read(*frame):
            if block.kind == "sentence" and block.reason is None:
                extra, linked = inline_gaps(self.text, block.start, block.end)
                block.gaps = merge_pairs([*block.gaps, *extra])
                block.linked += linked
            self.blocks.append(block)

    def _on_minus_metadata(self, node: Any) -> None:
        self._markup(node, "metadata")

    _on_plus_metadata = _on_minus_metadata

    def _on_link_reference_definition(self, node: Any) -> None:
        self._markup(node, "link target")

    def _markup(self, node: Any, reason: str) -> None:
        start, end = self._trim(self._place(node.start_byte), self._place(node.end_byte))
        if start < end:
            self.blocks.append(Block(start, end, "markup", self._section(), reason=reason, whole=True))

    def _section(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._titles)

    def _trim(self, start: int, end: int) -> Offsets:
        piece = self.text[start:end]
        left = start + len(piece) - len(piece.lstrip())
        return left, max(left, start + len(piece.rstrip()))


@lru_cache(maxsize=1)
def _parser() -> Any:
    import tree_sitter_markdown
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_markdown.language()))


def read_markdown(text: str) -> tuple[list[Block], list[Offsets]]:
    """Blocks of a Markdown document in text order, and the spans of its embedded HTML."""
    reader = MarkdownReader(text)
    return reader.read(), reader.frames
