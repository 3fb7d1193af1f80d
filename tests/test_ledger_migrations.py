"""Ledgers of every released version are opened by today's code, brought up to date, and gone on with.

`tests/data/ledgers/VERSION.sql` is a small interrupted run as that version wrote it, as SQL text
(`sqlite3.Connection.iterdump`, and the schema's number): six questions of which some are answered, rejected, failed,
asked and planned, and one batch that is out. A release that changes the schema adds its own.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from selfstudy_guard import Document, generate
from selfstudy_guard.errors import LedgerError, LedgerWriteError
from selfstudy_guard.generation.run import Run
from selfstudy_guard.ledger import FILE_NAME, open_ledger
from selfstudy_guard.ledger import schema as ledger_schema
from selfstudy_guard.testing import ExtractiveReader

DUMPS = sorted((Path(__file__).parent / "data" / "ledgers").glob("*.sql"))
STATES = {"planned": 6, "answered": 1, "rejected": 1, "failed": 1, "pending": 3}


def names(path: Path) -> str:
    return path.stem


@pytest.fixture(params=DUMPS, ids=names)
def run_folder(request, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    connection = sqlite3.connect(folder / FILE_NAME)
    connection.executescript(request.param.read_text("utf-8"))
    connection.close()
    return folder


def tables(folder: Path) -> dict[str, str]:
    connection = sqlite3.connect(folder / FILE_NAME)
    try:
        found = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        return found | {"version": str(connection.execute("PRAGMA user_version").fetchone()[0])}
    finally:
        connection.close()


def counts(balance) -> dict[str, int]:
    return {name: getattr(balance, name) for name in STATES}


def words(sql: str) -> str:
    return " ".join(sql.replace('"', "").split())


def test_there_is_a_ledger_of_every_schema():
    versions = set()
    for dump in DUMPS:
        versions |= {line for line in dump.read_text("utf-8").splitlines() if line.startswith("PRAGMA user_version")}
    older = {f"PRAGMA user_version = {number};" for number in range(1, ledger_schema.VERSION)}
    assert older <= versions, "the last release of each older schema belongs here"


def test_an_old_ledger_is_read_as_it_is(run_folder):
    before = (run_folder / FILE_NAME).read_bytes()
    with open_ledger(run_folder, readonly=True) as ledger:
        assert counts(ledger.balance()) == STATES
        assert len(list(ledger.records())) == 1
        assert len(list(ledger.rejections())) == 1
    assert (run_folder / FILE_NAME).read_bytes() == before
    assert Run.open(run_folder).balance.closes


def test_an_old_ledger_is_brought_up_to_date_and_nothing_is_lost(run_folder, tmp_path):
    with open_ledger(run_folder, readonly=True) as ledger:
        records = list(ledger.records())
    with open_ledger(run_folder) as ledger:
        assert counts(ledger.balance()) == STATES
        assert ledger.balance().closes
        assert list(ledger.records()) == records
        assert [keys for _, _, keys in ledger.batches()] != []
        assert next(iter(ledger.documents())).text.startswith("# The lighthouse")
    with open_ledger(tmp_path / "new"):
        pass
    old, new = tables(run_folder), tables(tmp_path / "new")
    assert {name: words(sql) for name, sql in old.items()} == {name: words(sql) for name, sql in new.items()}
    assert old["version"] == str(ledger_schema.VERSION)


def test_a_run_goes_on_in_an_old_ledger(run_folder):
    with open_ledger(run_folder) as ledger:
        before = {record.key: record for record in ledger.records()}
        document = next(iter(ledger.documents()))
        for name, _, _ in ledger.batches():
            ledger.close_batch(name)
    # Prompts and rules may have changed since that release, and then `accept_changes` is what a user is told to say.
    run = generate(
        [Document(id=document.id, text=document.text)],
        model=ExtractiveReader(),
        n=6,
        out=run_folder,
        seed=1,
        accept_changes=True,
    )
    assert run.balance.pending == 0
    assert run.balance.closes
    assert run.balance.answered > 1
    after = {record.key: record for record in run.records}
    assert {key: after[key] for key in before} == before


def test_a_newer_ledger_says_so(run_folder):
    connection = sqlite3.connect(run_folder / FILE_NAME)
    connection.execute(f"PRAGMA user_version = {ledger_schema.VERSION + 1}")
    connection.close()
    for readonly in (False, True):
        with pytest.raises(LedgerError, match=r"newer version.*upgrade"):
            open_ledger(run_folder, readonly=readonly)


def test_a_migration_that_fails_leaves_the_ledger_as_it_was(run_folder, monkeypatch):
    before = tables(run_folder)
    steps = {step: sql + "SELECT no_such_column;" for step, sql in ledger_schema._MIGRATIONS.items()}
    with monkeypatch.context() as broken:
        broken.setattr(ledger_schema, "_MIGRATIONS", steps)
        with pytest.raises(LedgerWriteError):
            open_ledger(run_folder)
    assert tables(run_folder) == before
    with open_ledger(run_folder) as ledger:
        assert counts(ledger.balance()) == STATES


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_a_process_killed_while_it_migrates_leaves_the_ledger_as_it_was(run_folder):
    before = tables(run_folder)
    killed = (
        "import os, signal, sqlite3\n"
        "from selfstudy_guard.ledger import schema as ledger_schema\n"
        "class Dies(sqlite3.Connection):\n"
        "    def executescript(self, sql):\n"
        "        super().executescript(sql.replace('COMMIT;', ''))\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "connect = sqlite3.connect\n"
        "sqlite3.connect = lambda *arguments, **options: connect(*arguments, **options, factory=Dies)\n"
        f"ledger_schema.connect({str(run_folder / FILE_NAME)!r})\n"
    )
    assert subprocess.run([sys.executable, "-c", killed], timeout=120).returncode == -signal.SIGKILL
    assert tables(run_folder) == before
    with open_ledger(run_folder) as ledger:
        assert counts(ledger.balance()) == STATES
    assert tables(run_folder)["version"] == str(ledger_schema.VERSION)
