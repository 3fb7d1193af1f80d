"""One file of every kind that is read, each with a fact of its own."""

# ruff: noqa: E501  # markup stays on one line
from __future__ import annotations

import bz2
import json
import zipfile
from pathlib import Path

from tests.support.office import docx, epub, paragraph, pptx, run

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"


def fact(number: int) -> str:
    """A sentence that stands in one file only."""
    what = ("pump", "weir", "lock", "mill", "crane", "ferry", "tower", "bridge", "kiln", "quay")[number % 10]
    return f"The {what} of hall {number} was built in {1800 + number} by masons from the town of Trier."


def write_every_kind(folder: Path) -> dict[str, str]:
    """Write them; returns the fact by name of the file."""
    folder.mkdir(parents=True, exist_ok=True)
    facts: dict[str, str] = {}

    def told(name: str) -> str:
        facts[name] = fact(len(facts))
        return facts[name]

    def text(name: str, content: str) -> None:
        (folder / name).write_text(content.replace("FACT", told(name)), encoding="utf-8")

    text("a.txt", "FACT")
    text("b.md", "# Hall\n\nFACT\n")
    text("c.rst", "Hall\n====\n\nFACT\n")
    text("d.html", "<html><body><h1>Hall</h1><p>FACT</p></body></html>")
    text("README", "FACT It is open on Sundays.\n")
    text("pump.1", ".TH PUMP 1\n.SH NAME\npump \\- moves water\n.SH DESCRIPTION\nFACT\n")
    text("paper.tex", "\\documentclass{article}\\begin{document}\\section{Hall}FACT\\end{document}")
    text("page.wiki", "'''Hall''' is old. FACT\n\n== More ==\nIt is [[open]].\n")
    text("mail.eml", "From: Ada <a@x.example>\nSubject: Hall\n\nFACT\n")
    text("box.mbox", "From a@x.example Mon Mar  4 10:00:00 2024\nFrom: Ada\nSubject: Hall\n\nFACT\n")
    first = told("talk.srt")
    cut = first.index(" by ")
    (folder / "talk.srt").write_text(
        f"1\n00:00:01,000 --> 00:00:03,000\n{first[:cut]}\n\n2\n00:00:03,000 --> 00:00:05,000\n{first[cut + 1 :]}\n"
    )
    (folder / "talk.vtt").write_text(f"WEBVTT\n\n00:01.000 --> 00:03.000\n{told('talk.vtt')}\n")
    (folder / "chat.txt").write_text(
        f"[12/03/2025, 09:14:02] Ines: {told('chat.txt')}\n[12/03/2025, 09:14:40] Omar: ok\n[12/03/2025, 09:15:11] Ines: thanks\n"
    )
    (folder / "chat.json").write_text(
        json.dumps(
            {
                "messages": [
                    {"date": "2024-03-04T10:00:00", "from": "Ada", "text": told("chat.json")},
                    {"date": "2024-03-04T10:01:00", "from": "Ben", "text": "Thanks."},
                ]
            }
        )
    )
    (folder / "rows.jsonl").write_text(json.dumps({"text": told("rows.jsonl")}) + "\n")
    (folder / "rows.json").write_text(json.dumps([{"text": told("rows.json")}]))
    (folder / "rows.csv").write_text(f"id,text\n1,{told('rows.csv')}\n")
    (folder / "rows.tsv").write_text(f"id\ttext\n1\t{told('rows.tsv')}\n")
    cell = {"cell_type": "markdown", "metadata": {}, "source": told("book.ipynb")}
    (folder / "book.ipynb").write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]})
    )
    dump = f"<mediawiki><page><title>Hall</title><ns>0</ns><revision><text>'''Hall''' is old. {told('dump.xml.bz2')}</text></revision></page></mediawiki>"
    (folder / "dump.xml.bz2").write_bytes(bz2.compress(dump.encode()))
    docx(folder / "word.docx", paragraph(run(told("word.docx"))))
    pptx(folder / "slides.pptx", [("Hall", [told("slides.pptx")])])
    epub(folder / "book.epub", [f"<h1>Hall</h1><p>{told('book.epub')}</p>"])
    for name in ("text.odt", "slides.odp"):
        names = " ".join(
            f'xmlns:{short}="{_OASIS}{full}:1.0"' for short, full in (("office", "office"), ("text", "text"))
        )
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr(
                "content.xml",
                f"<office:document-content {names}><office:body><text:p>{told(name)}</text:p></office:body></office:document-content>",
            )
    _with_libraries(folder, facts, told)
    (folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return facts


def _with_libraries(folder: Path, facts: dict[str, str], told: object) -> None:
    """Kinds that only libraries write; left out where they are missing."""
    assert callable(told)
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table({"text": [told("rows.parquet")]}), folder / "rows.parquet")
    except ImportError:
        facts.pop("rows.parquet", None)
    try:
        from reportlab.pdfgen import canvas

        page = canvas.Canvas(str(folder / "page.pdf"))
        page.drawString(60, 700, told("page.pdf"))
        page.showPage()
        page.save()
    except ImportError:
        facts.pop("page.pdf", None)
    try:
        import xlsxwriter

        book = xlsxwriter.Workbook(str(folder / "sheet.xlsx"))
        sheet = book.add_worksheet("Halls")
        sheet.write_row(0, 0, ["hall", "report"])
        sheet.write_row(1, 0, ["nine", told("sheet.xlsx")])
        book.close()
    except ImportError:
        facts.pop("sheet.xlsx", None)
