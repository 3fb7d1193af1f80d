"""PDF files through pdfminer.six (MIT), as plain text in reading order.

Kept: text in the order of its columns, paragraphs over column and page ends, bullets, rows of tables, ligatures written
out. Left out: running heads and page numbers (counted), pictures, forms' fields, text that runs upwards (counted).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.formats.media import FLOWED
from selfstudy_guard.documents.readers.extra import needed, silent
from selfstudy_guard.documents.readers.file_text import FileText
from selfstudy_guard.documents.readers.pdf_furniture import without_furniture
from selfstudy_guard.documents.readers.pdf_layout import PageLine, page_blocks
from selfstudy_guard.documents.readers.pdf_order import reading_order
from selfstudy_guard.documents.readers.text import MAX_DOCUMENT_BYTES, UnreadableError

_MAX_PAGES = 20_000
_MAX_PAGE_BYTES = 10 * 2**20
_MAX_CHARACTERS = 100_000
"""Characters a page: a book has 3,000, a dense newspaper page 30,000."""
_MAX_FORMS = 50_000
_DROPPED = 1.6
"""How many times higher than its line a drop cap is."""
_ENDED = re.compile(r"[.!?:;\u2026\u3002\uff01\uff1f\u061f\u0964\u06d4][\"'\u201d\u2019\u00bb)\]]{0,3}\s*\Z")
_CONTINUES = re.compile(r"[a-z\u00df-\u00ff\u0430-\u044f(,;0-9]|\w+ ")
_UNKNOWN = re.compile(r"\(cid:\d{1,6}\)")


def read_pdf(path: Path) -> FileText:
    """Text of a PDF file, paragraphs parted by blank lines, and its number of pages.

    Raises:
        UnreadableError: broken, encrypted, without a text layer, or beyond the limits.
        MissingExtraError: pdfminer.six is not installed.
    """
    needed("reading PDF files", "pdfminer.high_level")
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect

    pages: list[list[PageLine]] = []
    turned = 0
    try:
        with silent("pdfminer"):
            for lines, sideways in _pages(path.read_bytes()):
                pages.append(lines)
                turned += sideways
    except (UnreadableError, OSError):
        raise
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise UnreadableError("encrypted PDF: needs a password") from error
    except (Exception, RecursionError) as error:  # pdfminer lets errors of every type out of a broken file
        raise UnreadableError(f"broken PDF: {type(error).__name__}") from error
    if not pages:
        raise UnreadableError("broken PDF: no pages")
    kept, furniture = without_furniture(pages)
    text, starts = _joined([page_blocks(page) for page in kept])
    unknown = len(_UNKNOWN.findall(text))
    if not _UNKNOWN.sub("", text).strip():
        if any(pages):
            raise UnreadableError(
                "PDF whose letters have no meaning given (a font without Unicode)" if unknown else "empty"
            )
        raise UnreadableError("PDF without a text layer (scanned pages?)")
    if len(text) > MAX_DOCUMENT_BYTES:
        raise UnreadableError(f"PDF with more than {MAX_DOCUMENT_BYTES // 2**20} MB of text")
    notes = []
    if furniture:
        notes.append(f"left out: running heads and page numbers ({furniture})")
    if turned:
        notes.append(f"left out: lines that do not run across the page ({turned})")
    if unknown:
        notes.append(f"{unknown} characters of unknown meaning")
    bare = sum(not page for page in pages)
    if bare:
        notes.append(f"{bare} of {len(pages)} pages without text (scanned?)")
    metadata: dict[str, Any] = {"pages": len(pages)}
    if len(pages) > 1:
        metadata["page_starts"] = starts
    return FileText(text, FLOWED, metadata, tuple(notes))


def _pages(data: bytes) -> Iterator[tuple[list[PageLine], int]]:
    """Lines of each page in reading order, and how many were turned."""
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LAParams, LTTextBox, LTTextLine
    from pdfminer.pdfdocument import PDFDocument
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser
    from pdfminer.pdftypes import stream_value

    class Bounded(PDFPageAggregator):
        """Stops at pages that draw without end: a small file can call its forms within each other for ever."""

        def begin_page(self, page: Any, ctm: Any) -> None:
            self.drawn = self.forms = 0
            super().begin_page(page, ctm)

        def render_char(self, *args: Any, **named: Any) -> float:
            self.drawn += 1
            if self.drawn > _MAX_CHARACTERS:
                raise UnreadableError(f"PDF page of more than {_MAX_CHARACTERS:,} characters")
            return float(super().render_char(*args, **named))

        def begin_figure(self, *args: Any, **named: Any) -> None:
            self.forms += 1
            if self.forms > _MAX_FORMS:
                raise UnreadableError(f"PDF page with more than {_MAX_FORMS:,} drawings in it")
            super().begin_figure(*args, **named)

        def receive_layout(self, page: Any) -> None:
            self.result = page

    manager = PDFResourceManager(caching=True)
    params = LAParams(all_texts=True, boxes_flow=None)
    document = PDFDocument(PDFParser(io.BytesIO(data)))
    size = 0
    for number, page in enumerate(PDFPage.create_pages(document), 1):
        if number > _MAX_PAGES:
            raise UnreadableError(f"PDF of more than {_MAX_PAGES:,} pages")
        drawn = sum(len(stream_value(stream).get_data()) for stream in page.contents)
        if drawn > _MAX_PAGE_BYTES:
            raise UnreadableError(f"PDF page of more than {_MAX_PAGE_BYTES // 2**20} MB of instructions")
        device = Bounded(manager, laparams=None)
        PDFPageInterpreter(manager, device).process_page(page)
        layout: Any = device.result
        _analyse(layout, params)
        found: list[PageLine] = []
        turned = 0
        height = float(layout.height or 1)
        # Signs without a width (some bullets) are lines outside every box.
        boxes = [one for one in layout if isinstance(one, LTTextLine | LTTextBox)]
        order = reading_order([(box.x0, height - box.y1, box.x1, height - box.y0) for box in boxes])
        for at, box in enumerate(boxes[place] for place in order):
            for line in [box] if isinstance(box, LTTextLine) else box:
                if not isinstance(line, LTTextLine):
                    continue
                made = _lines(line, at, height)
                turned += not made and bool(line.get_text().strip())
                found.extend(made)
        size += sum(len(line.text) for line in found)
        if size > MAX_DOCUMENT_BYTES:
            raise UnreadableError(f"PDF with more than {MAX_DOCUMENT_BYTES // 2**20} MB of text")
        yield found, turned


def _analyse(layout: Any, params: Any) -> None:
    """Finds the boxes of a page; characters of forms belong to the page."""
    from pdfminer.layout import LTChar, LTFigure

    for figure in [one for one in layout if isinstance(one, LTFigure)]:
        _free(figure, layout, LTChar, 0)
    if any(isinstance(one, LTChar) for one in layout):
        layout.analyze(params)


def _free(figure: Any, layout: Any, kind: type, depth: int) -> None:
    """Characters inside a form (which some programs wrap round whole pages) belong to the page."""
    for one in list(figure):
        if isinstance(one, kind):
            layout.add(one)
        elif hasattr(one, "__iter__") and depth < 30:
            _free(one, layout, kind, depth + 1)


def _lines(line: Any, box: int, height: float) -> list[PageLine]:
    """A line with its place, a drop cap at its beginning apart; nothing where it does not run across the page."""
    from pdfminer.layout import LTChar

    characters = [one for one in line if isinstance(one, LTChar)]
    upright = [one for one in characters if one.upright]
    if not characters or len(upright) < 0.5 * len(characters):
        return []
    text = line.get_text().replace("\x00", "").strip()
    if not text:
        return []
    first = characters[0]
    size = sorted(float(one.size) for one in characters)[len(characters) // 2]
    words = tuple(_words(line))
    bold = sum("bold" in str(one.fontname).lower() or "black" in str(one.fontname).lower() for one in characters)
    whole = PageLine(
        text=text,
        left=float(line.x0),
        right=float(line.x1),
        top=height - float(line.y1),
        bottom=height - float(line.y0),
        size=size,
        bold=bold > 0.8 * len(characters),
        box=box,
        page_height=height,
        words=words,
    )
    if len(words) < 2 or len(words[0][0]) > 1 or not text[0].isalpha() or first.size < _DROPPED * size:
        return [whole]
    rest = [one for one in characters[1:] if not one.get_text().isspace()]
    cap = replace(whole, text=text[0], right=float(first.x1), size=float(first.size), words=words[:1])
    after = replace(
        whole,
        text=text[1:].strip(),
        left=words[1][1],
        top=height - max(float(one.y1) for one in rest),
        bottom=height - min(float(one.y0) for one in rest),
        words=words[1:],
    )
    return [cap, after]


def _words(line: Any) -> Iterator[tuple[str, float, float]]:
    """Words of a line with their left and right ends."""
    from pdfminer.layout import LTChar

    word, left, right = "", 0.0, 0.0
    for one in line:
        if isinstance(one, LTChar) and not one.get_text().isspace():
            left = float(one.x0) if not word else left
            word, right = word + one.get_text(), float(one.x1)
        elif word:
            yield word, left, right
            word = ""
    if word:
        yield word, left, right


def _joined(pages: list[list[str]]) -> tuple[str, list[int]]:
    """Paragraphs of all pages, those over a page end in one, and where in the text each page begins."""
    text = io.StringIO()
    size = 0
    last = ""
    starts: list[int] = []
    for blocks in pages:
        begun = False
        for block in blocks:
            between = "" if not size else "\n" if goes_on(last, block) else "\n\n"
            if not begun:
                starts.append(size + len(between))
                begun = True
            text.write(between + block)
            size += len(between) + len(block)
            last = block
        if not begun:
            starts.append(size)
    return text.getvalue(), starts


def goes_on(before: str, after: str) -> bool:
    """Whether a paragraph that a column or page ends goes on in the next block."""
    if not before or _ENDED.search(before) or "|" in before.rpartition("\n")[2] or after.startswith(("\u2022", "-")):
        return False
    lines = before.split("\n")
    if lines[-1].endswith("-") and after[:1].islower():
        return True
    if len(lines[-1].split()) < 3 or (len(lines) == 1 and len(lines[0]) < 40):
        return False
    if after[:1].islower():
        return True
    full = max(map(len, lines))
    return len(lines) > 1 and len(lines[-1]) >= 0.8 * full and bool(_CONTINUES.match(after)) and "\n" in after
