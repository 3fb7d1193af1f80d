"""Disks that are really full: a small file system of its own where one may be mounted, else a limit on file sizes."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from selfstudy_guard import Document, generate
from selfstudy_guard.errors import LedgerWriteError, SelfStudyGuardError
from selfstudy_guard.ledger import open_ledger
from selfstudy_guard.testing import ExtractiveReader

FACTS = "\n\n".join(
    f"The {name} in room {number} holds {number * 7 + 3} litres of mineral oil and is drained in the {when} season."
    for number, (name, when) in enumerate(
        (f"{kind} {place}", f"{place}ward")
        for kind in ("boiler", "pump", "valve", "burner", "tank")
        for place in ("north", "south", "east", "west", "up", "down", "in", "out")
    )
)
DOCUMENT = Document(id="house.md", text=FACTS)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 300 kilobytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None:
        pytest.skip("no mount command here")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], capture_output=True)
    if done.returncode != 0:
        pytest.skip("mounting a file system is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def grow(folder: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True)


def test_a_run_that_fills_the_disk_ends_with_one_message_and_goes_on_when_there_is_room(small_disk):
    out = small_disk / "run"
    with pytest.raises(LedgerWriteError, match="free some space and give the same command again") as caught:
        generate([DOCUMENT], model=ExtractiveReader(), n=40, out=out)
    assert "\n" not in str(caught.value)
    before = {}
    if (out / "ledger.sqlite").exists():
        with open_ledger(out, readonly=True) as ledger:
            assert ledger.balance().closes
            before = {record.key: record for record in ledger.records()}
    grow(small_disk, "20m")
    run = generate([DOCUMENT], model=ExtractiveReader(), n=40, out=out)
    assert run.balance.pending == 0
    assert run.balance.answered > 30
    after = {record.key: record for record in run.records}
    assert {key: after[key] for key in before} == before
    run.close()


def test_exports_and_reports_that_fill_the_disk_leave_nothing_half_done(small_disk, tmp_path):
    run = generate([DOCUMENT], model=ExtractiveReader(), n=40, out=tmp_path / "run")
    target = small_disk / "train.jsonl"
    target.write_text("before\n")
    with (small_disk / "ballast").open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
        while True:
            ballast.write(bytes(512))
    for write in (lambda: run.export("openai", target), lambda: run.report(small_disk / "report.html")):
        with pytest.raises((SelfStudyGuardError, OSError), match=r"(?i)space"):
            write()
    assert target.read_text() == "before\n"
    assert sorted(path.name for path in small_disk.iterdir()) == ["ballast", "train.jsonl"]


@pytest.mark.skipif(os.name == "nt", reason="no such limits there")
def test_a_limit_on_file_sizes_is_one_message_too(tmp_path):
    """Where nothing may be mounted, this still writes less than it was asked to."""
    (tmp_path / "house.md").write_text(FACTS)
    program = (
        "import resource, signal, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from selfstudy_guard import generate\n"
        "from selfstudy_guard.testing import ExtractiveReader\n"
        "generate([sys.argv[1]], model=ExtractiveReader(), n=40, out=sys.argv[2])\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "house.md"), str(tmp_path / "run")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "LedgerWriteError" in done.stderr
    run = generate([tmp_path / "house.md"], model=ExtractiveReader(), n=40, out=tmp_path / "run")
    assert run.balance.closes
    assert run.balance.pending == 0
