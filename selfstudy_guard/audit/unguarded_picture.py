"""A comparison as one picture (SVG): every target a cell, without the guard on the left, with it on the right.

Made by `selfstudy-guard compare-unguarded DOCS --picture FILE.svg`; it holds names of documents and numbers, no text.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from selfstudy_guard.audit.unguarded import WITH, WITHOUT, Comparison, Side
from selfstudy_guard.files import write_whole
from selfstudy_guard.records import Target

_CELL, _GAP, _PER_ROW = 26, 4, 14
_SHADES = ("#e7e5e0", "#b9d8d2", "#7fbcb3", "#43988f", "#1d6f69", "#0c4a47")
"""Never asked about, then once, twice ... five times or more."""
_WIDTH = _PER_ROW * (_CELL + _GAP)
_MARGIN, _HEAD = 24, 96
_MOST_DOCUMENTS = 12


def picture(found: Comparison) -> str:
    """The SVG text."""
    documents = sorted({target.document_id for target in _targets(found)})[:_MOST_DOCUMENTS]
    heights = [_rows(found, name) * (_CELL + _GAP) + 26 for name in documents]
    height = _HEAD + sum(heights) + 76
    width = 2 * _WIDTH + 3 * _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, sans-serif" role="img">',
        f"<title>{escape(_said(found))}</title>",
        f'<rect width="{width}" height="{height}" rx="10" fill="#faf9f7"/>',
    ]
    for place, (name, side) in enumerate(((WITHOUT, found.without), (WITH, found.guarded))):
        left = _MARGIN + place * (_WIDTH + _MARGIN)
        parts.append(_text(left, 36, 20, "#1c1917", name))
        for line, words in enumerate(_subtitle(found, side)):
            parts.append(_text(left, 58 + 18 * line, 13, "#57534e", words))
        top = _HEAD
        for document, tall in zip(documents, heights, strict=True):
            parts.append(_text(left, top + 10, 11, "#78716c", document[:60]))
            parts += _cells(found, side, document, left, top + 16)
            top += tall
    parts += _legend(height - 48)
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def write_picture(found: Comparison, path: Path) -> None:
    """Write the picture; its folder is made if missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, picture(found))


def _targets(found: Comparison) -> list[Target]:
    tracker = found.run.tracker
    return [target for name in tracker.documents for target in tracker.segmentation(name).eligible]


def _rows(found: Comparison, document: str) -> int:
    return -(-sum(target.document_id == document for target in _targets(found)) // _PER_ROW)


def _cells(found: Comparison, side: Side, document: str, left: int, top: int) -> list[str]:
    counted = side.assessment.tracker
    cells = []
    for place, target in enumerate(t for t in _targets(found) if t.document_id == document):
        row, column = divmod(place, _PER_ROW)
        shade = _SHADES[min(counted.count(target), len(_SHADES) - 1)]
        x, y = left + column * (_CELL + _GAP), top + row * (_CELL + _GAP)
        cells.append(f'<rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" rx="3" fill="{shade}"/>')
    return cells


def _subtitle(found: Comparison, side: Side) -> tuple[str, str]:
    summary = side.summary
    return (
        f"{summary.coverage:.0%} of {summary.eligible} sentences asked about",
        f"{side.orders} of {found.orders} orders reached the answering model",
    )


def _said(found: Comparison) -> str:
    said = {name: "; ".join(_subtitle(found, side)) for name, side in ((WITHOUT, found.without), (WITH, found.guarded))}
    return ". ".join(f"{name}: {words}" for name, words in said.items())


def _legend(top: int) -> list[str]:
    parts = [_text(_MARGIN, top + 17, 12, "#57534e", "a cell is a sentence; asked about:")]
    left = _MARGIN + 230
    for shade, label in zip(_SHADES, ("never", "once", "2", "3", "4", "5 or more"), strict=True):
        parts.append(f'<rect x="{left}" y="{top}" width="{_CELL}" height="{_CELL}" rx="3" fill="{shade}"/>')
        parts.append(_text(left + _CELL + 6, top + 17, 12, "#57534e", label))
        left += _CELL + 20 + 7 * len(label)
    return parts


def _text(x: int, y: int, size: int, fill: str, words: str) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}">{escape(words)}</text>'
