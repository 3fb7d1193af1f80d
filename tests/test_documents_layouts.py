"""Layout tables, list-tables and residue, as they stand on the example pages."""

from __future__ import annotations

from pathlib import Path

from selfstudy_guard.documents import read_documents, segment
from selfstudy_guard.records import Document, Segmentation

PAGES = Path(__file__).parent.parent / "examples" / "pages"


def cut(name: str) -> Segmentation:
    return segment(next(iter(read_documents([PAGES / name]))))


def test_a_layout_table_is_read_as_what_stands_in_it() -> None:
    found = cut("night-trains.html")
    kinds = {target.text: (target.kind, target.eligible) for target in found.targets}
    assert kinds["Diesel railcars needed no stop for water and were two hours faster."] == ("list_item", True)
    assert kinds["Who travelled"] == ("heading", False)
    last = next(target for target in found.targets if target.text.startswith("Only two of the carriages"))
    assert last.eligible
    assert last.section[-1] == "Why they ended"
    assert not any("Signals of the north" in target.text for target in found.eligible)


def test_a_data_table_stays_a_table() -> None:
    text = "<table><tr><th>Part</th><th>Size</th></tr><tr><td><p>Valve</p></td><td><p>12 mm</p></td></tr></table>"
    rows = [target for target in segment(Document(id="t.html", text=text)).targets if target.kind == "table_row"]
    assert [(row.eligible, row.lead) for row in rows] == [(False, ""), (True, "Part | Size")]


def test_rows_of_a_list_table_carry_their_header() -> None:
    rows = [target for target in cut("backup-guide.rst").targets if target.kind == "table_row"]
    assert [row.reason for row in rows] == ["table header", None, None]
    assert rows[1].lead == "Code | Meaning"
    assert rows[1].text.startswith("3")
    items = [target.text for target in cut("backup-guide.rst").targets if target.kind == "list_item"]
    assert "Compare the number of files with the last line of the log." in items


def test_page_headers_of_a_printed_text_are_no_targets() -> None:
    found = cut("tide-mill.txt")
    assert sum(target.reason == "page header" for target in found.targets) == 3
    assert not any("MUSEUM GUIDE" in target.text for target in found.eligible)


def test_wiki_headings_and_shortcodes_in_a_line_are_residue() -> None:
    residue = "'''''Quick facts about the festival''''' ==See also== __NOTOC__ [edit] '''J. Aster'''"
    text = f"{residue}\n\nThe mill was built in 1742."
    found = segment(Document(id="w.md", text=text, media_type="text/markdown"))
    assert [target.text for target in found.eligible] == ["The mill was built in 1742."]
    code = "The test is true if a == b and c == d, which happens twice a day."
    assert segment(Document(id="c.txt", text=code, media_type="text/plain")).eligible
