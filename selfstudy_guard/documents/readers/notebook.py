"""Jupyter notebooks through nbformat (BSD), as Markdown: cells in order, code fenced, what it printed after it.

Kept: Markdown cells, code cells, text output and tables of results (as text, not asked about). Left out: pictures,
HTML and widget output, error traces but for their last line, raw cells for other programs (counted).
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.formats.blocks import OUTPUT
from selfstudy_guard.documents.readers.extra import needed, silent
from selfstudy_guard.documents.readers.file_text import FileText
from selfstudy_guard.documents.readers.text import MAX_DOCUMENT_BYTES, UnreadableError, decode

_ANSI = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_PICTURE = re.compile(r"!\[[^\]]{0,200}\]\((?:attachment:|data:)[^)]{0,5000000}\)")
_MOST_OUTPUT = 4000
"""Characters of one output that are kept."""


def read_ipynb(path: Path) -> FileText:
    """One notebook as Markdown.

    Raises:
        UnreadableError: no notebook, empty, or beyond the limits.
        MissingExtraError: nbformat is not installed.
    """
    (nbformat,) = needed("reading notebooks", "nbformat")
    if path.stat().st_size > MAX_DOCUMENT_BYTES:
        raise UnreadableError(f"larger than {MAX_DOCUMENT_BYTES // 2**20} MB")
    source, _ = decode(path.read_bytes())
    try:
        with warnings.catch_warnings(), silent("traitlets"):
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(source, as_version=4)
        language = str(notebook.get("metadata", {}).get("kernelspec", {}).get("language", "python"))
        cells = list(notebook.cells)
        lost: dict[str, int] = {}
        parts = [part for cell in cells for part in _cell(cell, re.sub(r"\W", "", language), lost)]
    except (Exception, RecursionError) as error:  # nbformat and jsonschema raise errors of many types
        raise UnreadableError(f"not a notebook: {type(error).__name__}") from error
    text = "\n\n".join(part for part in parts if part.strip())
    if not text.strip():
        raise UnreadableError("empty")
    notes = tuple(f"{count} {what} left out" for what, count in lost.items())
    return FileText(text + "\n", "text/markdown", {"cells": len(cells)}, notes)


def _cell(cell: Any, language: str, lost: dict[str, int]) -> list[str]:
    source = _joined(cell.get("source", "")).strip("\n")
    if cell.get("cell_type") == "markdown":
        found = len(_PICTURE.findall(source))
        if found:
            lost["pictures"] = lost.get("pictures", 0) + found
        return [_PICTURE.sub("", source)]
    if cell.get("cell_type") != "code":
        if source.strip():
            lost["raw cells"] = lost.get("raw cells", 0) + 1
        return []
    parts = [_fenced(source, language)] if source.strip() else []
    for output in cell.get("outputs", []):
        said = _output(output, lost)
        if said.strip():
            parts.append(_fenced(said, OUTPUT))
    return parts


def _output(output: Any, lost: dict[str, int]) -> str:
    kind = output.get("output_type")
    if kind == "stream":
        text = _joined(output.get("text", ""))
    elif kind == "error":
        text = f"{output.get('ename', 'Error')}: {output.get('evalue', '')}"
    else:
        data = output.get("data", {})
        plain = _joined(data.get("text/plain", "")) if "text/plain" in data else ""
        if any(str(name).startswith(("image/", "application/")) for name in data):
            lost["pictures or widgets"] = lost.get("pictures or widgets", 0) + 1
            plain = "" if re.fullmatch(r"<[^<>\n]{1,200}>|Figure\(.{0,80}\)", plain.strip()) else plain
        text = plain
    text = _ANSI.sub("", text).strip("\n")
    if len(text) > _MOST_OUTPUT:
        lost["ends of long outputs"] = lost.get("ends of long outputs", 0) + 1
        text = text[:_MOST_OUTPUT].rpartition("\n")[0] or text[:_MOST_OUTPUT]
    return text


def _joined(source: Any) -> str:
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _fenced(text: str, language: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"
