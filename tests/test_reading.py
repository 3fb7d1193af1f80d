"""Reading documents: formats, names, encodings, equal texts, everything that cannot be read, and flat memory."""

from __future__ import annotations

import csv
import json
import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfstudy_guard.documents import (
    DocumentsSkippedWarning,
    Skipped,
    coerce_documents,
    read_documents,
)
from selfstudy_guard.documents.readers import json_rows as reading_json
from selfstudy_guard.documents.readers import kinds
from selfstudy_guard.documents.readers import rows as reading_rows
from selfstudy_guard.documents.readers import text as reading_text
from selfstudy_guard.documents.readers.digest_set import PlaceIndex, key_of
from selfstudy_guard.errors import DocumentError, InputError, MissingExtraError
from selfstudy_guard.records import Document


def read(*paths, **options):
    """Documents by id, and what was skipped as {source: reason}."""
    skipped: list[Skipped] = []
    documents = list(read_documents(list(paths), on_skip=skipped.append, **options))
    return {document.id: document for document in documents}, {item.source: item.reason for item in skipped}


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# Files, folders, globs, names


def test_folder_is_read_in_order_with_relative_names(tmp_path):
    write(tmp_path / "b.txt", "Bee.")
    write(tmp_path / "a" / "deep" / "x.md", "# X")
    write(tmp_path / "a" / "y.rst", "Y\n=")
    write(tmp_path / "c.html", "<p>C</p>")
    documents, skipped = read(tmp_path)
    assert list(documents) == ["a/deep/x.md", "a/y.rst", "b.txt", "c.html"]
    assert [document.media_type for document in documents.values()] == [
        "text/markdown",
        "text/x-rst",
        "text/plain",
        "text/html",
    ]
    assert skipped == {}


def test_glob_is_named_after_its_fixed_part(tmp_path):
    write(tmp_path / "docs" / "a.md", "A")
    write(tmp_path / "docs" / "sub" / "b.md", "B")
    write(tmp_path / "docs" / "c.txt", "C")
    documents, _ = read(str(tmp_path / "docs" / "**" / "*.md"))
    assert list(documents) == ["a.md", "sub/b.md"]


def test_a_file_whose_name_looks_like_a_glob_is_a_file(tmp_path):
    path = write(tmp_path / "notes [draft].txt", "Draft.")
    documents, _ = read(path)
    assert list(documents) == ["notes [draft].txt"]


def test_names_stay_unique_and_stable_across_folders(tmp_path):
    one = write(tmp_path / "one" / "x.md", "First.").parent
    two = write(tmp_path / "two" / "x.md", "Second.").parent
    documents, _ = read(one, two)
    assert {identity: document.text for identity, document in documents.items()} == {
        "x.md": "First.",
        "two/x.md": "Second.",
    }
    again, _ = read(one, two)
    assert list(again) == list(documents)


def test_hidden_files_are_left_out_and_a_named_one_is_read(tmp_path):
    write(tmp_path / ".hidden.md", "Hidden.")
    write(tmp_path / ".git" / "x.md", "Git.")
    write(tmp_path / "x.md", "Shown.")
    documents, skipped = read(tmp_path)
    assert list(documents) == ["x.md"]
    assert skipped == {}
    documents, _ = read(tmp_path / ".hidden.md")
    assert documents[".hidden.md"].text == "Hidden."


def test_a_named_file_of_unknown_type_is_read_as_text_but_not_in_a_folder(tmp_path):
    path = write(tmp_path / "LICENSE", "Terms.")
    assert read(path)[0]["LICENSE"].text == "Terms."
    write(tmp_path / "NOTES", "The pump holds nine litres of oil. It stands in hall three.")
    write(
        tmp_path / "pump.1",
        ".TH PUMP 1\n.SH NAME\npump \\- moves water\n.SH DESCRIPTION\n.B pump\nholds nine litres.\n",
    )
    write(tmp_path / "data.2", "1 2 3")
    documents, skipped = read(tmp_path)
    assert list(documents) == ["NOTES", "pump.1"]
    assert documents["pump.1"].media_type == "text/troff"
    assert skipped == {
        "LICENSE": "file type (none) is not read from folders where it holds no sentences",
        "data.2": "file type .2 is not read from folders",
    }


@pytest.mark.parametrize("path", ["nowhere.md", "nowhere/*.md", "a text rather than a path"])
def test_a_path_that_does_not_exist_fails_at_once(tmp_path, path):
    with pytest.raises(DocumentError, match=r"no such file|no file matches"):
        read_documents([tmp_path / path])


def test_wrong_type_of_path_is_named():
    with pytest.raises(InputError, match="not int"):
        read_documents([3])  # type: ignore[list-item]


def test_links_neither_loop_nor_lead_out(tmp_path):
    outside = write(tmp_path / "secret.txt", "Secret.")
    docs = write(tmp_path / "docs" / "a.md", "A").parent
    (docs / "loop").symlink_to(docs)
    (docs / "out.txt").symlink_to(outside)
    (docs / "inside.md").symlink_to(docs / "a.md")
    (docs / "broken.md").symlink_to(docs / "gone.md")
    documents, skipped = read(docs)
    assert list(documents) == ["a.md"]
    assert skipped["loop"] == "symbolic link back to a folder above it"
    assert "leads out" in skipped["out.txt"]
    assert skipped["inside.md"] == "equal to a.md"
    assert "does not exist" in skipped["broken.md"]


def test_names_are_safe_to_print(tmp_path):
    try:
        write(tmp_path / "a\x1b[31m\u202eb\n.md", "Text.")
    except OSError:
        pytest.skip("the file system takes no such names")
    documents, _ = read(tmp_path)
    assert list(documents) == ["a\\x1b[31m\\u202eb\\n.md"]


@pytest.mark.skipif(os.name == "nt", reason="names are not bytes there")
def test_names_that_are_not_utf8_are_escaped(tmp_path):
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/x\xff.md"))).write_text("Text.")
    documents, _ = read(tmp_path)
    (identity,) = documents
    identity.encode()


def test_very_deep_folders_are_named(tmp_path):
    write(tmp_path / "y.md", "Shallow.")
    write(tmp_path.joinpath(*["d"] * 100, "x.md"), "Deep enough.")
    write(tmp_path.joinpath(*["e"] * 150, "x.md"), "Too deep.")
    documents, skipped = read(tmp_path)
    assert list(documents) == ["/".join(["d"] * 100) + "/x.md", "y.md"]
    assert skipped == {"/".join(["e"] * 101): "more than 100 folders deep"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    assert read(tmp_path)[1] == {"pipe.txt": "not a regular file"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_no_permission_is_a_reason(tmp_path):
    write(tmp_path / "x.md", "X").chmod(0)
    assert read(tmp_path)[1] == {"x.md": "no permission to read it"}


def test_a_permission_error_is_a_reason_for_root_too(tmp_path, monkeypatch):
    path = write(tmp_path / "x.md", "X")
    original = Path.read_bytes

    def refuse(self):
        if self == path:
            raise PermissionError(13, "Permission denied")
        return original(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert read(tmp_path)[1] == {"x.md": "no permission to read it"}


# Equal texts


def test_equal_documents_are_read_once_and_said_so(tmp_path):
    write(tmp_path / "a.md", "Same text.")
    write(tmp_path / "b.txt", "Same text.")
    write(tmp_path / "rows.jsonl", '{"text": "Same text."}\n{"text": "Other."}\n{"text": "Other."}\n')
    documents, skipped = read(tmp_path)
    assert list(documents) == ["a.md", "rows.jsonl:2"]
    assert skipped == {
        "b.txt": "equal to a.md",
        "rows.jsonl:1": "equal to a.md",
        "rows.jsonl:3": "equal to rows.jsonl:2",
    }


def test_equal_documents_are_no_error_when_strict(tmp_path):
    write(tmp_path / "a.md", "Same.")
    write(tmp_path / "b.md", "Same.")
    skipped: list[Skipped] = []
    assert len(list(read_documents(tmp_path, strict=True, on_skip=skipped.append))) == 1
    assert [item.kind for item in skipped] == ["equal"]


@given(st.lists(st.text(max_size=6), max_size=300))
@settings(max_examples=50, deadline=None)
def test_place_index_finds_the_first_place(texts):
    index, first = PlaceIndex(), {}
    for number, text in enumerate(texts):
        expected = first.get(text)
        assert index.find(key_of(text)) == expected
        assert index.add(key_of(text), number, number * 7) == expected
        first.setdefault(text, (number, number * 7))
    assert len(index) == len(first)


def test_place_index_grows():
    index = PlaceIndex()
    for number in range(5000):
        assert index.add(key_of(f"text {number}"), number, 1) is None
    assert all(index.find(key_of(f"text {number}")) == (number, 1) for number in range(0, 5000, 7))


# What is skipped, warnings, strict


def test_skipped_sources_are_warned_about_when_nobody_listens(tmp_path):
    write(tmp_path / "a.md", "A")
    for number in range(12):
        write(tmp_path / f"e{number:02}.md", "")
    with pytest.warns(DocumentsSkippedWarning, match=r"12 sources gave no document: e00.md: empty; .*and 2 more"):
        assert len(list(read_documents(tmp_path))) == 1


UNREADABLE = {
    "binary.txt": (b"\x00\x01\x02\x03" * 50, "binary content"),
    "image.txt": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "binary content"),
    "empty.md": (b"", "empty"),
    "blank.md": (b" \n\t ", "empty"),
    "broken.pdf": (b"%PDF-1.7\nnot really", "broken PDF"),
    "broken.docx": (b"PK\x03\x04 not really", "not an archive"),
    "broken.json": (b'{"text": "x"', "not JSON"),
    "cut.json": (b'[{"text": "kept"}, {"text": "lo', "broken or cut off"),
    "number.json": (b"[1, 2]", "not int"),
    "broken.parquet": (b"PAR1 not really PAR1", "broken Parquet"),
    "twice.csv": (b"a,a\n1,2\n", "the same name"),
    "which.csv": (b"title,summary\nA b,C d\n", "'title', 'summary'"),
    "utf16.txt": ("text".encode("utf-16")[:-1], "broken utf-16"),
    "photo.png": (b"\x89PNG\r\n", "not read from folders"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_files_are_named_with_their_reason(tmp_path, name):
    content, reason = UNREADABLE[name]
    write(tmp_path / name, content)
    write(tmp_path / "zz.md", "Still read.")
    documents, skipped = read(tmp_path)
    assert "zz.md" in documents
    assert any(source.startswith(name) and reason in why for source, why in skipped.items()), skipped
    with pytest.raises(DocumentError, match=name):
        list(read_documents(tmp_path, strict=True))


@pytest.mark.parametrize("suffix", ["pdf", "docx", "pptx", "xlsx", "epub", "odt", "ipynb", "srt", "tex"])
def test_a_missing_extra_skips_the_file_and_names_the_command(tmp_path, monkeypatch, suffix):
    import sys

    for name in ("pdfminer.high_level", "mammoth", "lxml.etree", "pptx", "openpyxl", "nbformat", "pysubs2"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "pylatexenc.latex2text", None)
    write(tmp_path / f"a.{suffix}", b"anything")
    write(tmp_path / "b.txt", "The run goes on.")
    skipped = []
    documents = list(read_documents(tmp_path, on_skip=skipped.append))
    assert [document.id for document in documents] == ["b.txt"]
    assert [(item.source, item.kind) for item in skipped] == [(f"a.{suffix}", "extra")]
    assert 'pip install "selfstudy-guard[documents]"' in skipped[0].reason
    with pytest.raises(MissingExtraError, match=r'pip install "selfstudy-guard\[documents\]"'):
        list(read_documents(tmp_path, strict=True))


# Encodings

SENTENCES = {
    "utf-8": "Grüße, 世界, мир.",
    "utf-8-sig": "Grüße mit Marke.",
    "utf-16": "Grüße, 世界.",
    "utf-16-le": "Plain Western text without a mark.",
    "utf-16-be": "Plain Western text without a mark.",
    "utf-32": "Grüße, 世界.",
    "cp1252": "Café au lait, déjà vu, naïve façade – “quoted”.",
    "iso8859-1": "Größe und Maß: das Öl läuft über die Straße.",
    "cp1251": "Насос вмещает девять литров масла, и его меняют каждый год.",
    "cp1250": "Příliš žluťoučký kůň úpěl ďábelské ódy na louce.",
    "shift_jis": "ポンプには九リットルの油が入ります。毎年交換してください。",
    "gb18030": "这台泵可以容纳九升油。请每年更换一次，并检查过滤器。",
}


@pytest.mark.parametrize("encoding", SENTENCES)
def test_encodings_are_detected(tmp_path, encoding):
    text = SENTENCES[encoding]
    documents, _ = read(write(tmp_path / "x.txt", text.encode(encoding)))
    assert documents["x.txt"].text == text


def test_a_declared_encoding_of_html_counts(tmp_path):
    page = '<meta charset="iso-8859-2"><p>Zażółć gęślą jaźń</p>'
    documents, _ = read(write(tmp_path / "x.html", page.encode("iso-8859-2")))
    assert documents["x.html"].text == page
    assert documents["x.html"].metadata == {"encoding": "iso8859-2"}


def test_a_wrong_declaration_does_not_spoil_utf8(tmp_path):
    page = '<meta charset="iso-8859-1"><p>Grüße</p>'
    assert read(write(tmp_path / "x.html", page.encode()))[0]["x.html"].text == page


def test_a_codec_that_is_no_text_encoding_is_not_used(tmp_path):
    page = b'<meta charset="zlib_codec"><p>Caf\xe9 au lait, d\xe9j\xe0 vu</p>'
    assert "Café" in read(write(tmp_path / "x.html", page))[0]["x.html"].text


def test_a_late_byte_of_another_encoding_is_noticed(tmp_path):
    content = b"plain words, " * 40_000 + "déjà vu à Nîmes, l’été".encode("cp1252")
    text = read(write(tmp_path / "x.txt", content))[0]["x.txt"].text
    assert text.endswith("déjà vu à Nîmes, l’été")


def test_line_ends_and_everything_else_stay_as_they_are(tmp_path):
    text = "a\r\nb\rc\n\u2028d\u0000".replace("\u0000", "")
    assert read(write(tmp_path / "x.md", text))[0]["x.md"].text == text


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_text_or_a_reason(data):
    try:
        text, encoding = reading_text.decode(data)
    except reading_text.UnreadableError:
        return
    assert text.strip()
    assert encoding


@given(st.text(min_size=1, max_size=200).filter(lambda text: text.strip() and "\0" not in text and text[0] != "\ufeff"))
@settings(max_examples=150, deadline=None)
def test_utf8_always_comes_back_whole(text):
    data = text.encode()
    if data.startswith(reading_text._MAGIC) or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    assert reading_text.decode(data) == (text, "utf-8")


# Rows


def test_jsonl_rows_by_number_and_by_id(tmp_path):
    rows = [{"text": "One.", "key": "a", "page": 1}, {"text": "Two.", "key": 7}, "Three."]
    path = write(tmp_path / "x.jsonl", "\n".join(json.dumps(row) for row in rows) + "\n\n")
    documents, _ = read(path)
    assert {identity: document.text for identity, document in documents.items()} == {
        "x.jsonl:1": "One.",
        "x.jsonl:2": "Two.",
        "x.jsonl:3": "Three.",
    }
    assert documents["x.jsonl:1"].metadata == {"key": "a", "page": 1}
    documents, _ = read(path, id_field="key")
    assert list(documents) == ["a", "7", "x.jsonl:3"]
    assert documents["a"].metadata == {"page": 1}


def test_rows_that_cannot_be_read_are_named_by_number(tmp_path):
    lines = [
        '{"text": "Good."}',
        "not json",
        '{"other": "x"}',
        '{"text": 3}',
        '{"text": " "}',
        '{"text": null}',
        "[1]",
        '{"text": "Last."}',
    ]
    documents, skipped = read(write(tmp_path / "x.jsonl", "\n".join(lines)))
    assert list(documents) == ["x.jsonl:1", "x.jsonl:8"]
    assert skipped["x.jsonl:2"].startswith("not JSON")
    assert skipped["x.jsonl:3"] == "field 'text' holds nothing, not text"
    assert skipped["x.jsonl:4"] == "field 'text' holds int, not text"
    assert skipped["x.jsonl:5"] == "empty"
    assert "not list" in skipped["x.jsonl:7"]


def test_ids_that_repeat_or_lack_are_named(tmp_path):
    rows = [{"text": "A", "id": "x"}, {"text": "B", "id": "x"}, {"text": "C"}, {"text": "D", "id": ""}]
    path = write(tmp_path / "x.jsonl", "\n".join(map(json.dumps, rows)))
    documents, skipped = read(path, id_field="id")
    assert list(documents) == ["x"]
    assert skipped["x.jsonl:2"] == "its id 'x' was used before, by x.jsonl:1"
    assert "the fields are: 'text'" in skipped["x.jsonl:3"]
    assert "holds no id" in skipped["x.jsonl:4"]


def test_wrong_text_field_lists_the_fields(tmp_path):
    path = write(tmp_path / "x.csv", "title,body\nT,B\n")
    with pytest.raises(DocumentError, match=r"no field 'content'; the fields are: 'title', 'body'"):
        list(read_documents(path, text_field="content", strict=True))
    assert read(path, text_field="title")[0]["x.csv:1"].text == "T"
    assert read(path)[0]["x.csv:1"].text == "B"


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ('[{"text": "A"}, {"text": "B"}]', ["A", "B"]),
        ('["A", "B"]', ["A", "B"]),
        ('{"text": "A", "n": 1}', ["A"]),
        ('{"version": "1", "data": [{"text": "A"}, {"text": "B"}]}', ["A", "B"]),
        ('"A"', ["A"]),
        (" [ ]", []),
        ('\ufeff[{"text": "A"}]', ["A"]),
    ],
)
def test_shapes_of_json(tmp_path, content, texts):
    documents, _ = read(write(tmp_path / "x.json", content))
    assert [document.text for document in documents.values()] == texts


@given(rows=st.lists(st.text(min_size=1, max_size=50).filter(str.strip), max_size=30), chunk=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_a_json_array_is_the_same_however_it_is_cut_into_chunks(rows, chunk, tmp_path_factory):
    path = tmp_path_factory.mktemp("json") / "x.json"
    path.write_text(json.dumps([{"text": row, "n": [1, {"m": "]"}]} for row in rows]), "utf-8")
    before = reading_json._CHUNK
    reading_json._CHUNK = chunk
    try:
        found = [row["text"] for _, row in reading_rows.read_rows(path)]
    finally:
        reading_json._CHUNK = before
    assert found == rows


def test_csv_dialects_and_long_fields(tmp_path):
    long = "word " * 100_000
    with (tmp_path / "x.csv").open("w", newline="") as file:
        csv.writer(file, delimiter=";").writerows([["id", "text"], ["1", 'say "hi"; twice\nor more'], ["2", long]])
    before = csv.field_size_limit()
    documents, _ = read(tmp_path / "x.csv", id_field="id")
    assert documents["1"].text == 'say "hi"; twice\nor more'
    assert documents["2"].text == long
    assert csv.field_size_limit() == before
    documents, _ = read(write(tmp_path / "y.tsv", "text\tn\nA\t1\n"))
    assert documents["y.tsv:1"].text == "A"


def test_csv_rows_with_too_many_fields_are_named(tmp_path):
    documents, skipped = read(write(tmp_path / "x.csv", "text,n\nA,1\nB,2,3\nC\n"))
    assert [document.text for document in documents.values()] == ["A", "C"]
    assert skipped == {"x.csv:2": "3 fields, but the header has 2"}


def test_parquet(tmp_path):
    import datetime

    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "text": ["A", "B", None],
            "id": [1, 2, 3],
            "when": [datetime.date(2026, 1, 2)] * 3,
            "blob": [b"\x00", b"\x01", b"\x02"],
        }
    )
    pq.write_table(table, tmp_path / "x.parquet")
    documents, skipped = read(tmp_path / "x.parquet")
    assert [document.text for document in documents.values()] == ["A", "B"]
    assert documents["x.parquet:1"].metadata == {"id": 1, "when": "2026-01-02", "blob": None}
    assert skipped == {"x.parquet:3": "field 'text' holds nothing, not text"}


def test_utf16_jsonl(tmp_path):
    write(tmp_path / "x.jsonl", '{"text": "Grüße"}\n{"text": "世界"}\n'.encode("utf-16"))
    documents, _ = read(tmp_path / "x.jsonl")
    assert [document.text for document in documents.values()] == ["Grüße", "世界"]


# PDF and Word


def make_pdf(text: str) -> bytes:
    """A PDF of one page, written by hand."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def test_pdf(tmp_path):
    pytest.importorskip("pdfminer")
    documents, _ = read(write(tmp_path / "x.pdf", make_pdf("The pump holds nine litres.")))
    assert documents["x.pdf"].text.strip() == "The pump holds nine litres."
    assert documents["x.pdf"].metadata == {"pages": 1}


def test_pdf_without_text_is_named(tmp_path):
    pytest.importorskip("pdfminer")
    assert "text layer" in read(write(tmp_path / "x.pdf", make_pdf("")))[1]["x.pdf"]


def test_pdf_reading_logs_nothing(tmp_path, caplog):
    pytest.importorskip("pdfminer")
    broken = make_pdf("Text.").replace(b"startxref", b"startxxxx")
    read(write(tmp_path / "x.pdf", broken))
    assert caplog.records == []


def test_docx_keeps_its_structure(tmp_path):
    docx = pytest.importorskip("docx")
    pytest.importorskip("mammoth")
    document = docx.Document()
    document.add_heading("Manual", 0)
    document.add_heading("Oil", 1)
    document.add_paragraph("The pump holds nine litres.")
    document.add_paragraph("Check the level.", style="List Bullet")
    table = document.add_table(2, 2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ["part", "size", "a|b", "9"], strict=True
    ):
        cell.text = text
    document.save(str(tmp_path / "x.docx"))
    documents, _ = read(tmp_path / "x.docx")
    assert documents["x.docx"].text == (
        "# Manual\n\n## Oil\n\nThe pump holds nine litres.\n\n- Check the level.\n\n"
        "| part | size |\n| --- | --- |\n| a\\|b | 9 |"
    )
    assert documents["x.docx"].media_type == "text/markdown"


# Limits


def test_limits_are_reasons(tmp_path, monkeypatch):

    for module in (kinds, reading_json, reading_rows):
        monkeypatch.setattr(module, "MAX_DOCUMENT_BYTES", 1000)
    write(tmp_path / "long.txt", "x" * 1001)
    write(tmp_path / "long.jsonl", '{"text": "A"}\n{"text": "' + "x" * 5000 + '"}\n{"text": "B"}\n')
    write(tmp_path / "long.csv", 'text\nA\n"' + "x" * 5000 + "\n")
    documents, skipped = read(tmp_path)
    assert list(documents) == ["long.csv:1", "long.jsonl:3"]  # the first row of long.jsonl is equal
    assert "larger than" in skipped["long.txt"]
    assert "row longer" in skipped["long.jsonl:2"]
    assert "field larger than field limit" in skipped["long.csv"]


# coerce_documents


def test_coerce_takes_documents_and_paths(tmp_path):
    path = write(tmp_path / "x.md", "From a file.")
    own = Document(id="own", text="Own.")
    assert [document.id for document in coerce_documents([own, path, str(path)], on_skip=lambda _: None)] == [
        "own",
        "x.md",
    ]
    assert [document.id for document in coerce_documents(own)] == ["own"]
    assert [document.id for document in coerce_documents(str(path))] == ["x.md"]
    assert [document.id for document in coerce_documents(tmp_path)] == ["x.md"]


def test_coerce_refuses_what_is_neither():
    with pytest.raises(InputError, match="not int"):
        list(coerce_documents([1]))  # type: ignore[list-item]
    with pytest.raises(DocumentError, match=r"Document\.from_text"):
        list(coerce_documents(["this is the text itself"]))
    with pytest.raises(DocumentError, match="two documents have the id 'a'"):
        list(coerce_documents([Document(id="a", text="1"), Document(id="a", text="2")]))


def test_coerce_is_lazy():
    def endless():
        number = 0
        while True:
            number += 1
            yield Document(id=str(number), text=f"Text {number}.")

    stream = coerce_documents(endless())
    assert [next(stream).id for _ in range(3)] == ["1", "2", "3"]


# Memory


def test_memory_stays_flat(tmp_path):
    row = {"text": "", "other": "y" * 500}
    with (tmp_path / "x.jsonl").open("w") as file:
        for number in range(20_000):
            row["text"] = f"Row {number}. " + "x" * 1000
            file.write(json.dumps(row) + "\n")
    size = (tmp_path / "x.jsonl").stat().st_size
    sum(1 for _ in read_documents(write(tmp_path / "warm.jsonl", '{"text": "warm"}')))
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_documents(tmp_path / "x.jsonl"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert size > 30_000_000
    assert peak < 5_000_000


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".json", ".txt"])
def test_text_that_breaks_its_own_encoding_is_named(tmp_path, suffix):
    broken = "te".encode("utf-16") + b"\x00\xd8" + 'xt\n{"a": 1}\n'.encode("utf-16-le")
    documents, skipped = read(write(tmp_path / f"x{suffix}", broken))
    assert documents == {}
    assert "utf-16" in skipped[f"x{suffix}"]
