"""A folder with one file of every kind: `generate` runs to its end, and says what was read how before any call."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from selfstudy_guard import generate
from selfstudy_guard.documents import DocumentsSkippedWarning, ReadFile, read_documents, segment
from selfstudy_guard.testing import ExtractiveReader
from tests.support.every_kind import write_every_kind

for _library in ("mammoth", "pptx", "pdfminer", "openpyxl", "pysubs2", "pylatexenc", "nbformat", "lxml"):
    pytest.importorskip(_library)


def test_every_fact_is_eligible_whole(tmp_path: Path) -> None:
    facts = write_every_kind(tmp_path / "docs")
    skipped: list[object] = []
    found: dict[str, list[str]] = {}
    for document in read_documents(tmp_path / "docs", on_skip=skipped.append, on_read=lambda _: None):
        name = document.id.partition(":")[0]
        for target in segment(document).targets:
            if target.eligible:
                found.setdefault(name, []).append(" ".join(target.text.split()))
    assert [str(item) for item in skipped] == ["photo.png: file type .png is not read from folders"]
    for name, told in facts.items():
        assert any(told in text for text in found.get(name, ())), (name, found.get(name))


def test_generate_runs_to_its_end_and_says_what_was_read(tmp_path: Path) -> None:
    facts = write_every_kind(tmp_path / "docs")
    told: list[str] = []
    seen_at_first_call: list[int] = []

    class Watched(ExtractiveReader):
        def complete(self, request):  # type: ignore[no-untyped-def]
            seen_at_first_call.append(len(told))
            return super().complete(request)

    run = generate([str(tmp_path / "docs")], model=Watched(), n=len(facts), notify=told.append)
    assert run.stopped_because is None
    assert [item.source for item in run.skipped] == ["photo.png"]
    assert {one.source.partition(":")[0] for one in run.read} == set(facts)
    assert all(isinstance(one, ReadFile) and one.documents == 1 for one in run.read)
    table = [line for line in told[: seen_at_first_call[0]] if line]
    assert table[0].startswith("read as")
    for how in ("Word", "PDF", "PowerPoint", "Excel", "EPUB", "OpenDocument", "mail", "notebook", "subtitles", "LaTeX"):
        assert any(line.startswith(how) for line in table), how
    assert any(line == "not read: photo.png: file type .png is not read from folders" for line in table)


def test_without_a_listener_a_warning_says_what_was_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("The mill was built in 1742 by monks from the town of Trier.")
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.warns(DocumentsSkippedWarning, match=r"1 source gave no document: b\.png"):
        run = generate([str(tmp_path)], model=ExtractiveReader(), n=1)
    assert [item.source for item in run.skipped] == ["b.png"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        generate([str(tmp_path)], model=ExtractiveReader(), n=1, notify=lambda line: None)
