"""Known sentences in files that other libraries write: nearly all come out of the readers whole and in order."""

# ruff: noqa: E501  # lists of words stay on one line
from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

import pytest

from selfstudy_guard.documents import mask_artefacts, read_documents, segment
from tests.support.office import epub, pptx

_FILES = 20
_WHO = "The miller|A surveyor from Trier|The town council|Dr. Holt|The engineer's sister|An old ferryman".split("|")
_DID = "measured|repaired|described|sold|painted|moved|weighed|counted".split("|")
_WHAT = "the oak wheel|nine sacks of rye|the H2O tank|the well-known weir|a 4.5 m beam|both millstones|the north gate".split(
    "|"
)
_HOW = "in the spring of {}|for {} crowns|with {} men, e.g. his brothers|after the flood of {}|at {} degrees|on page {}".split(
    "|"
)


def sentences(seed: int, count: int = 40) -> Iterator[str]:
    """Sentences of a document, no two alike."""
    chance = random.Random(seed)
    for number in range(count):
        what = " and ".join(chance.sample(_WHAT, chance.choice((1, 1, 2, 3))))
        how = chance.choice(_HOW).format(1000 + 40 * seed + number)
        yield f"{chance.choice(_WHO)} {chance.choice(_DID)} {what} {how}."


def parts(seed: int) -> Iterator[tuple[str, list[str]]]:
    """Titles and the sentences below each."""
    told = list(sentences(seed))
    for at in range(0, len(told), 8):
        yield f"Chapter {at // 8 + 1} of Book {seed}", told[at : at + 8]


def write_word(path: Path, seed: int) -> None:
    import docx

    document = docx.Document()
    for title, told in parts(seed):
        document.add_heading(title, 1)
        paragraph = document.add_paragraph()
        for word in " ".join(told[:3]).split(" "):  # runs as Word makes them, a few words each
            paragraph.add_run(word + " ").bold = len(word) > 6
        for sentence in told[3:5]:
            document.add_paragraph(sentence, style="List Number")
        table = document.add_table(1, 2)
        table.rows[0].cells[0].text, table.rows[0].cells[1].text = told[5], told[6]
        document.add_paragraph(told[7])
    document.save(str(path))


def write_pdf(path: Path, seed: int) -> None:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import BaseDocTemplate, Frame, ListFlowable, PageTemplate, Paragraph

    styles = getSampleStyleSheet()
    story: list[object] = []
    for title, told in parts(seed):
        story.append(Paragraph(title, styles["Heading2"]))
        story.append(Paragraph(" ".join(told[:5]), styles["BodyText"]))
        story.append(ListFlowable([Paragraph(one, styles["BodyText"]) for one in told[5:7]], bulletType="bullet"))
        story.append(Paragraph(told[7], styles["BodyText"]))

    def furnish(page: object, document: object) -> None:
        page.drawString(60, 815, f"Book {seed} of the Mill")  # type: ignore[attr-defined]
        page.drawString(290, 25, str(document.page))  # type: ignore[attr-defined]

    columns = 2 if seed % 2 else 1
    width = 480 // columns
    frames = [Frame(50 + (width + 15) * n, 50, width, 420) for n in range(columns)]
    template = PageTemplate(frames=frames, onPage=furnish)
    BaseDocTemplate(str(path), pagesize=A4, pageTemplates=[template]).build(story)


def html(seed: int) -> list[str]:
    chapters = []
    for number, (title, told) in enumerate(parts(seed)):
        marked = [escape(one) for one in told]
        marked[0] = (
            marked[0]
            .replace("wheel", "wh<b>eel</b>")
            .replace("H2O", "H<sub>2</sub>O")
            .replace("millstones", "mill&shy;stones")
        )
        marked[1] = marked[1].replace(" the ", " <a href='/x'>the</a> ").replace("gate", "ga<wbr>te")
        chapters.append(
            f"<h2>{title}</h2><p>{' '.join(marked[:3])}</p><ul><li>{marked[3]}</li><li><p>{marked[4]}</p></li></ul>"
            f"<table><tr><th>Who</th><th>What</th></tr><tr><td>{marked[5]}</td><td>Part {number}</td></tr></table>"
            f"<blockquote>{marked[6]}</blockquote><div>{marked[7]}</div>"
        )
    return chapters


def write_html(path: Path, seed: int) -> None:
    page = (
        "<nav><a href='/'>Home</a> <a href='/n'>News</a></nav>" + "".join(html(seed)) + "<footer>© 2024 Mill</footer>"
    )
    path.write_text(f"<!doctype html><html><head><title>Book</title></head><body>{page}</body></html>")


def write_epub(path: Path, seed: int) -> None:
    epub(path, [chapter.replace("&shy;", "\u00ad").replace("<wbr>", "<wbr/>") for chapter in html(seed)])


def write_pptx(path: Path, seed: int) -> None:
    pptx(path, list(parts(seed)))


WRITERS: dict[str, Callable[[Path, int], None]] = {
    "docx": write_word,
    "pdf": write_pdf,
    "html": write_html,
    "epub": write_epub,
    "pptx": write_pptx,
}


@pytest.mark.parametrize("kind", WRITERS)
def test_sentences_come_out_whole_and_in_order(tmp_path: Path, kind: str) -> None:
    for library in {
        "docx": ("docx", "mammoth"),
        "pdf": ("reportlab", "pdfminer"),
        "pptx": ("pptx",),
        "epub": ("lxml",),
    }.get(kind, ()):
        pytest.importorskip(library)
    found = total = 0
    lost: list[str] = []
    for seed in range(_FILES):
        path = tmp_path / f"{seed}.{kind}"
        WRITERS[kind](path, seed)
        document = next(iter(read_documents(path)))
        read = " ".join(mask_artefacts(document.text, segment(document).artefacts).replace("\u00ad", "").split())
        at = 0
        for sentence in sentences(seed):
            total += 1
            place = read.find(sentence, at)
            if place >= 0:
                found, at = found + 1, place + len(sentence)
            else:
                lost.append(sentence)
    assert found >= 0.995 * total, f"{found} of {total}; lost: {lost[:5]}"
