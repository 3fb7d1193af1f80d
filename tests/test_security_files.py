"""Hostile files and links: nothing is written through a link, nothing unpacks without end."""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from selfstudy_guard import Document, generate
from selfstudy_guard.cli.filter_output import Destination
from selfstudy_guard.errors import InputError
from selfstudy_guard.files import write_whole
from selfstudy_guard.imported import read_pairs
from selfstudy_guard.testing import ExtractiveReader

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need rights there")
MANUAL = "# Pumps\n\nThe main pump holds nine litres of mineral oil. The spare pump in the yard holds four litres.\n"


@pytest.fixture
def victim(tmp_path):
    path = tmp_path / "victim"
    path.write_text("precious")
    yield path
    assert path.read_text() == "precious"


def command(*arguments: str) -> None:
    program = [sys.executable, "-c", "from selfstudy_guard.cli import main; main()", *arguments]
    done = subprocess.run(program, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_a_file_is_written_whole_or_not_at_all(tmp_path, victim, monkeypatch):
    path = tmp_path / "page.html"
    path.symlink_to(victim)
    write_whole(path, "new \ud83d\n")
    assert not path.is_symlink()
    assert path.read_bytes() == b"new ?\n"
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask

    def full(self: Path, mode: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "chmod", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, "newer")
    assert path.read_bytes() == b"new ?\n"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["page.html", "victim"]


def test_reports_do_not_follow_links_that_lie_in_wait(tmp_path, victim):
    """Neither in place of the page, nor under the name that it is written under first, nor for the pages' folder."""
    folder, elsewhere = tmp_path / "reports", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    for name in ("r.html", "r.html.part", "r.html.tmp"):
        (folder / name).symlink_to(victim)
    run = generate([Document(id="m.md", text=MANUAL)], model=ExtractiveReader(), n=2)
    run.report(folder / "r.html")
    assert "<html" in (folder / "r.html").read_text()
    large = [Document(id=f"{n}.md", text=MANUAL.replace("main", f"word{n}") * 400) for n in range(3)]
    (elsewhere / "00001.html").write_text("of somebody else")
    (folder / "big_documents").symlink_to(elsewhere)
    run = generate(large, model=ExtractiveReader(), n=2)
    with pytest.raises(InputError, match="is a link"):
        run.report(folder / "big.html")
    assert [path.read_text() for path in elsewhere.iterdir()] == ["of somebody else"]


def test_pages_of_the_commands_do_not_follow_links_either(tmp_path, victim):
    (tmp_path / "m.md").write_text(MANUAL)
    (tmp_path / "t.html").symlink_to(victim)
    command("targets", str(tmp_path / "m.md"), "--html", str(tmp_path / "t.html"))
    assert not (tmp_path / "t.html").is_symlink()


def test_filtered_documents_are_not_written_through_links(tmp_path, victim):
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (out / "missing.md").symlink_to(tmp_path / "made-by-us")
    (out / "sub").symlink_to(elsewhere)
    with Destination(out, rows_named=False) as destination:
        for name in ("missing.md", "sub/x.md"):
            with pytest.raises(InputError, match="empty folder"):
                destination.write(Document(id=name, text="t"), "t")
    assert not (tmp_path / "made-by-us").exists()
    assert not list(elsewhere.iterdir())


def test_a_compressed_data_set_that_unpacks_without_end_is_a_reason(tmp_path, monkeypatch):
    from selfstudy_guard.imported import reading_pairs as reading

    monkeypatch.setattr(reading, "_MOST_UNPACKED", 2**20)
    good = json.dumps({"instruction": "What holds oil?", "input": "", "output": "The pump."}).encode() + b"\n"
    (tmp_path / "good.jsonl.gz").write_bytes(gzip.compress(good))
    (tmp_path / "bomb.jsonl.gz").write_bytes(gzip.compress(good + b" " * 50_000_000))
    assert len(list(read_pairs([tmp_path / "good.jsonl.gz"]))) == 1
    with pytest.raises(InputError, match="decompression bomb"):
        list(read_pairs([tmp_path / "bomb.jsonl.gz"]))


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-9], lambda data: data[:20] + b"\xff" * 40 + data[60:], lambda _: b"x"]
)
def test_a_broken_archive_is_a_reason(tmp_path, spoil):
    rows = b"".join(
        json.dumps({"instruction": f"What is {n}?", "output": str(n * n)}).encode() + b"\n" for n in range(99)
    )
    (tmp_path / "x.jsonl.gz").write_bytes(spoil(gzip.compress(rows)))
    with pytest.raises(InputError, match="gzip"):
        list(read_pairs([tmp_path / "x.jsonl.gz"]))


def test_names_inside_archives_lead_nowhere(tmp_path):
    """Members of Word files are read in memory, whatever they are called."""
    from selfstudy_guard.documents import read_documents

    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in ("../../escaped.txt", "/etc/escaped", "word/document.xml"):
            archive.writestr(name, "<x/>")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "x.docx").write_bytes(data.getvalue())
    before = sorted(Path(tmp_path).rglob("*"))
    list(read_documents(tmp_path / "docs", on_skip=lambda item: None))
    assert sorted(Path(tmp_path).rglob("*")) == before
