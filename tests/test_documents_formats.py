"""PDF layouts, slides, sheets, books, OpenDocument, LaTeX and chat exports: what their readers keep."""

# ruff: noqa: E501  # markup of a page stays on one line
from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from selfstudy_guard.documents import ReadFile, Skipped, mask_artefacts, read_documents, reading_table, segment
from selfstudy_guard.records import Document
from tests.support.office import epub, pptx

canvas = pytest.importorskip("reportlab.pdfgen.canvas")


def one(path: Path) -> Document:
    skipped: list[Skipped] = []
    documents = list(read_documents(path, on_skip=skipped.append))
    assert len(documents) == 1, skipped
    return documents[0]


def eligible(path: Path) -> list[str]:
    return [" ".join(target.text.split()) for target in segment(one(path)).targets if target.eligible]


def shown(path: Path) -> str:
    document = one(path)
    return " ".join(mask_artefacts(document.text, segment(document).artefacts).split())


def drawn(path: Path, pages: list[list[tuple[float, float, str]]], size: float = 10, font: str = "Helvetica") -> Path:
    """A PDF of lines at places: x and y in points from the lower left corner of an A4 page."""
    page = canvas.Canvas(str(path), pagesize=(595, 842))
    for lines in pages:
        for x, y, text in lines:
            page.setFont(font, size * (3 if len(text) == 1 and text.isupper() else 1))
            page.drawString(x, y, text)
        page.showPage()
    page.save()
    return path


def column(x: float, y: float, *lines: str, step: float = 12) -> list[tuple[float, float, str]]:
    return [(x, y - step * number, line) for number, line in enumerate(lines)]


# K13: PDF


def test_furniture_is_found_across_pages(tmp_path: Path) -> None:
    facts = [
        "The mill was built in 1742 by monks from Trier.",
        "It closed in 1931 after the great flood.",
        "The wheel was rebuilt in 1954 by the town.",
        "Since 2001 it has been a museum of bread.",
    ]
    pages = [
        [
            (60, 800, f"Holt Mill Yearbook {2000 + n}"),
            *column(60, 600, fact, "Its walls are of red stone from the quarry."[: 20 + 5 * n] + "."),
            (290, 30, f"- {n + 1} -"),
        ]
        for n, fact in enumerate(facts)
    ]
    document = one(drawn(tmp_path / "x.pdf", pages))
    assert "Yearbook" not in document.text
    assert "\f" not in document.text
    assert not any(f"- {n} -" in document.text for n in range(1, 5))
    assert all(fact in document.text for fact in facts)
    assert "left out: running heads and page numbers (8)" in document.metadata["left_out"]


def test_a_sentence_goes_on_over_a_page_end(tmp_path: Path) -> None:
    pages = [
        [
            (60, 800, "The Mill"),
            *column(
                60,
                780,
                "The mill was built in 1742 by monks who came from the",
                "old town of Trier, and it was given to the villagers of",
            ),
            (290, 30, "1"),
        ],
        [
            (60, 800, "The Mill"),
            *column(60, 780, "Holt when the monks left it in 1803 for good.", "It closed in 1931."),
            (290, 30, "2"),
        ],
    ]
    told = eligible(drawn(tmp_path / "x.pdf", pages))
    assert any("villagers of Holt when the monks left" in text for text in told), told


def test_three_columns_in_order(tmp_path: Path) -> None:
    texts = [
        ("The mill was built", "in 1742 by monks", "from Trier town."),
        ("Its wheel turned", "until the flood of", "1931 broke it all."),
        ("Since 2001 it has", "been a museum of", "bread and flour."),
    ]
    lines = [(50 + 180 * c, 700 - 12 * row, texts[c][row]) for row in range(3) for c in range(3)]
    told = eligible(drawn(tmp_path / "x.pdf", [lines]))
    assert told == [
        "The mill was built in 1742 by monks from Trier town.",
        "Its wheel turned until the flood of 1931 broke it all.",
        "Since 2001 it has been a museum of bread and flour.",
    ]


def test_a_heading_over_two_columns_stands_first(tmp_path: Path) -> None:
    lines = [
        *column(60, 760, "The Mill of Holt and its long history in nine chapters"),
        *column(
            60, 700, "The mill was built in 1742 by", "monks from the town of Trier,", "who needed flour for bread."
        ),
        *column(320, 700, "It closed in 1931 after the", "great flood had carried off", "the wheel and the weir."),
    ]
    text = " ".join(one(drawn(tmp_path / "x.pdf", [lines])).text.split())
    assert (
        text.index("nine chapters")
        < text.index("built in 1742 by monks from")
        < text.index("flour for bread")
        < text.index("closed in 1931 after the great")
    )


def test_hyphens_at_line_ends_are_undone_for_the_model(tmp_path: Path) -> None:
    lines = column(
        60,
        700,
        "The surveyors measured the pump-",
        "ing station in 1931 and found that the well-",
        "known weir was nine metres high. The well-known weir stood.",
    )
    path = drawn(tmp_path / "x.pdf", [lines])
    assert "pumping station in 1931" in shown(path)
    assert "the well-known weir was nine" in shown(path)
    document = one(path)
    target = segment(document).targets[0]
    assert document.text[target.start : target.end] == target.text  # offsets stay raw
    assert "pump-\ning" in target.text


def test_bullets_stay_apart(tmp_path: Path) -> None:
    lines = [(60, 700, "The mill keeps:")]
    for number, item in enumerate(
        ("nine sacks of rye flour in the loft", "two stones of French quartz", "one hoist that lifts 200 kg")
    ):
        lines += [(60, 680 - 14 * number, "\u2022"), (72, 680 - 14 * number, item)]
    targets = segment(one(drawn(tmp_path / "x.pdf", [lines]))).targets
    assert [target.text for target in targets if target.kind == "list_item"] == [
        "nine sacks of rye flour in the loft",
        "two stones of French quartz",
        "one hoist that lifts 200 kg",
    ]


def test_rows_of_a_table_keep_their_header(tmp_path: Path) -> None:
    rows = [
        ("Pump", "Flow", "Power"),
        ("North", "55 l/s", "15 kW"),
        ("South", "", "18 kW"),
        ("Spare", "40 l/s", "11 kW"),
    ]
    lines = [(60 + 110 * c, 700 - 16 * r, cell) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell]
    lines += column(60, 600, "The pumps were bought in 1954 from a yard in Bremen.")
    targets = segment(one(drawn(tmp_path / "x.pdf", [lines]))).targets
    row = next(target for target in targets if "South" in target.text)
    assert row.kind == "table_row"
    assert row.lead == "Pump | Flow | Power"
    assert row.text == "South |  | 18 kW"
    assert any(target.text == "The pumps were bought in 1954 from a yard in Bremen." for target in targets)


def test_a_drop_cap_of_a_page(tmp_path: Path) -> None:
    lines = [
        (60, 688, "T"),
        *column(82, 700, "he mill was built in 1742 by monks who came", "from Trier, and it closed in 1931."),
    ]
    assert any(text.startswith("The mill was built in 1742") for text in eligible(drawn(tmp_path / "x.pdf", [lines])))


def test_a_picture_of_a_page_is_named(tmp_path: Path) -> None:
    page = canvas.Canvas(str(tmp_path / "x.pdf"))
    page.rect(10, 10, 100, 100)
    page.showPage()
    page.save()
    skipped: list[Skipped] = []
    assert list(read_documents(tmp_path / "x.pdf", on_skip=skipped.append)) == []
    assert "text layer" in skipped[0].reason


# Slides, sheets, books


def test_slides_have_titles_and_notes(tmp_path: Path) -> None:
    path = pptx(
        tmp_path / "x.pptx",
        [
            ("The mill", ["It was built in 1742 by monks.", "Its wheel is 6 m wide."]),
            ("The weir", ["The weir was raised in 1954."]),
        ],
    )
    document = one(path)
    targets = [target for target in segment(document).targets if target.eligible]
    assert [(target.section[-1], target.text) for target in targets] == [
        ("The mill", "It was built in 1742 by monks."),
        ("The mill", "Its wheel is 6 m wide."),
        ("The weir", "The weir was raised in 1954."),
    ]
    assert document.metadata["slides"] == 2


def test_tables_groups_and_notes_of_slides(tmp_path: Path) -> None:
    library = pytest.importorskip("pptx")
    from pptx.util import Inches

    deck = library.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Pumps"
    table = slide.shapes.add_table(3, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
    for row, cells in enumerate((("Pump", "Flow"), ("P1", "55 l/s"), ("P2", ""))):
        for at, text in enumerate(cells):
            table.cell(row, at).text = text
    table.cell(1, 1).merge(table.cell(2, 1))
    group = slide.shapes.add_group_shape()
    box = group.shapes.add_textbox(Inches(1), Inches(4), Inches(4), Inches(1))
    box.text_frame.text = "The pumps stand in hall three."
    slide.notes_slide.notes_text_frame.text = "They were bought in 1954 in Bremen."
    deck.save(str(tmp_path / "x.pptx"))
    text = one(tmp_path / "x.pptx").text
    assert "| P2 | 55 l/s |" in text
    assert "The pumps stand in hall three." in text
    assert "They were bought in 1954 in Bremen." in text


def test_sheets_are_tables_with_their_titles_apart(tmp_path: Path) -> None:
    library = pytest.importorskip("xlsxwriter")
    book = library.Workbook(str(tmp_path / "x.xlsx"))
    sheet = book.add_worksheet("Pumps")
    sheet.merge_range(0, 0, 0, 2, "Service plan 2024")
    for row, cells in enumerate(
        (("Pump", "Loss", "Bought"), ("P1", 0.125, "1954-03-02"), ("P2", 0.25, "1961-07-09")), 1
    ):
        for at, value in enumerate(cells):
            if isinstance(value, float):
                sheet.write_number(row, at, value, book.add_format({"num_format": "0.0%"}))
            else:
                sheet.write_string(row, at, value)
    sheet.merge_range(5, 0, 6, 0, "North")
    sheet.write_row(5, 1, ["weir", "nine gates"])
    sheet.write_row(6, 1, ["lock", "two gates"])
    other = book.add_worksheet("Empty")
    other.write_blank(0, 0, None)
    book.close()
    document = one(tmp_path / "x.xlsx")
    assert "Service plan 2024\n\n| Pump | Loss | Bought |" in document.text
    assert "| P1 | 12.5% | 1954-03-02 |" in document.text
    assert "| North | lock | two gates |" in document.text
    assert document.metadata["sheets"] == 2


def test_chapters_of_a_book_come_in_their_order(tmp_path: Path) -> None:
    chapters = [f"<h1>Part {n}</h1><p>The mill of the year {1742 + n} had {n + 2} wheels of oak.</p>" for n in range(3)]
    document = one(epub(tmp_path / "x.epub", chapters))
    targets = [target for target in segment(document).targets if target.eligible]
    assert [target.section[-1] for target in targets] == ["Part 0", "Part 1", "Part 2"]
    assert document.metadata["title"] == "Book"


# OpenDocument

OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
NAMES = " ".join(
    f'xmlns:{name}="{OASIS}{full}:1.0"'
    for name, full in (("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"))
)


def opendocument(path: Path, body: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml",
            f"<office:document-content {NAMES}><office:body>{body}</office:body></office:document-content>",
        )
    return path


def test_opendocument_texts(tmp_path: Path) -> None:
    body = (
        "<office:text><text:tracked-changes><text:changed-region><text:deletion><text:p>Old words.</text:p></text:deletion></text:changed-region></text:tracked-changes>"
        '<text:h text:outline-level="1">Mill</text:h><text:p>The mill holds<text:s text:c="2"/>nine <text:span>sacks</text:span><text:note><text:note-citation>1</text:note-citation>'
        "<text:note-body><text:p>Of rye.</text:p></text:note-body></text:note>.</text:p><text:list><text:list-item><text:p>The wheel is of oak.</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>Pump</text:p></table:table-cell><table:table-cell><text:p>Flow</text:p></table:table-cell></table:table-row>"
        '<table:table-row><table:table-cell><text:p>P1</text:p></table:table-cell><table:table-cell table:number-rows-spanned="2"><text:p>55 l/s</text:p></table:table-cell></table:table-row>'
        "<table:table-row><table:table-cell><text:p>P2</text:p></table:table-cell><table:covered-table-cell/></table:table-row></table:table></office:text>"
    )
    text = one(opendocument(tmp_path / "x.odt", body)).text
    assert text.startswith("## Mill\n\nThe mill holds nine sacks[^1].\n\n- The wheel is of oak.")
    assert "| P2 | 55 l/s |" in text
    assert text.endswith("[^1]: Of rye.")
    assert "Old words" not in text


def test_opendocument_sheets(tmp_path: Path) -> None:
    def cell(text: str, more: str = "") -> str:
        return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"

    rows = f"<table:table-row>{cell('Pump')}{cell('Flow')}<table:table-cell table:number-columns-repeated='1022'/></table:table-row><table:table-row>{cell('P1')}{cell('55 l/s')}</table:table-row><table:table-row table:number-rows-repeated='1048000'><table:table-cell table:number-columns-repeated='1024'/></table:table-row>"
    body = f'<office:spreadsheet><table:table table:name="Pumps">{rows}</table:table></office:spreadsheet>'
    assert (
        one(opendocument(tmp_path / "x.ods", body)).text
        == "## Pumps\n\n| Pump | Flow |\n| --- | --- |\n| P1 | 55 l/s |"
    )


# LaTeX, chats


def test_latex_is_read_as_its_reader_sees_it(tmp_path: Path) -> None:
    source = r"""\documentclass{article}\usepackage{x} % a comment
\title{The Mill of \emph{Holt}}
\begin{document}\maketitle
\section{History}\label{sec:h}
The mill was built in 1742 by monks~\cite{holt1999}, see Fig.~\ref{f}. Its wheel is 6\,m wide\footnote{Measured in 1954.}.
% The old text.
\begin{itemize}
\item The weir has nine gates.
\item The lock has two gates.
\end{itemize}
The loss is $Q = k \cdot A$ per hour.
\begin{tabular}{lr} \hline Pump & Flow \\ \hline P1 & 55 l/s \\ \end{tabular}
\end{document}"""
    (tmp_path / "x.tex").write_text(source)
    document = one(tmp_path / "x.tex")
    text = " ".join(document.text.split())
    assert text.startswith("# The Mill of Holt")
    assert "## History" in document.text
    assert "The mill was built in 1742 by monks, see Fig." in text
    assert "cite" not in text
    assert "comment" not in text
    assert "- The weir has nine gates." in document.text
    assert r"$Q = k \cdot A$" in text
    assert "| P1 | 55 l/s |" in text
    assert "Measured in 1954." in text


@pytest.mark.parametrize(
    "export",
    [
        [{"type": "message", "user": "U1", "user_profile": {"real_name": "Ada"}, "ts": "1709542800.0001", "text": "The pump holds nine litres of oil."}, {"type": "message", "user": "U2", "ts": "1709542860.0", "text": "Who fills it?"}],
        {"name": "Mill", "type": "personal_chat", "id": 1, "messages": [{"id": 1, "type": "message", "date": "2024-03-04T10:00:00", "from": "Ada", "text": ["The pump holds ", {"type": "bold", "text": "nine litres"}, " of oil."]}, {"id": 2, "type": "message", "date": "2024-03-04T10:01:00", "from": "Ben", "text": "Who fills it?"}]},
        {"guild": {"name": "g"}, "messages": [{"id": "1", "timestamp": "2024-03-04T10:00:00+00:00", "content": "The pump holds nine litres of oil.", "author": {"id": "9", "nickname": "Ada"}}, {"id": "2", "timestamp": "2024-03-04T10:01:00+00:00", "content": "Who fills it?", "author": {"nickname": "Ben"}}]},
    ],
)  # fmt: skip
def test_chat_exports(tmp_path: Path, export: object) -> None:
    (tmp_path / "x.json").write_text(json.dumps(export))
    targets = segment(one(tmp_path / "x.json")).targets
    told = [target for target in targets if target.eligible]
    assert [target.text for target in told] == ["The pump holds nine litres of oil."]
    assert "Ada" in told[0].lead
    assert "2024-03-04" in told[0].lead


# What is said about reading


def test_the_table_of_what_was_read(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("The mill was built in 1742.")
    (tmp_path / "b.csv").write_text("id,report\n1,The weir was raised in 1954 by the men of the town of Holt.\n")
    drawn(tmp_path / "c.pdf", [column(60, 700, "The wheel is six metres wide.")])
    read: list[ReadFile] = []
    assert len(list(read_documents(tmp_path, on_read=read.append))) == 3
    table = {row[0]: row for row in reading_table(read)}
    assert set(table) == {"Markdown", "rows of CSV", "PDF"}
    assert table["PDF"][1:4] == (1, 1, 29)
    assert "'report'" in table["rows of CSV"][4]
