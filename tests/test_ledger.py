"""The ledger: durable, idempotent, its balance always closed."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfstudy_guard.errors import LedgerError, LedgerLockedError, LedgerMismatchError, LedgerWriteError
from selfstudy_guard.ledger import Ledger, _translated, open_ledger
from selfstudy_guard.records import (
    Answer,
    Document,
    Draw,
    Evidence,
    Question,
    Record,
    Rejection,
    Reply,
    Target,
    Usage,
)

TARGET = Target(document_id="a", start=0, end=4, text="Pump")


def fill(ledger: Ledger, n: int) -> None:
    ledger.plan((f"k{i}", "digest", Draw(target=TARGET, number=i)) for i in range(n))


def record(key: str, **changes) -> Record:
    values = {
        "key": key,
        "document_id": "a",
        "document_digest": "digest",
        "target": TARGET,
        "style": "factual",
        "draw": 0,
        "question": Question(text="Q?"),
        "answer": Answer(text="A."),
        "evidence": Evidence(document_id="a", start=0, end=4, text="Pump"),
    }
    return Record(**values | changes)


def rejection(key: str) -> Rejection:
    return Rejection(key=key, target=TARGET, style="factual", draw=0, stage="question", reason="off-target")


def test_a_run_goes_on_where_it_stopped(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ledger.begin({"seed": 1})
        fill(ledger, 3)
        ledger.save_reply("k0:q", "k0", "question", Reply(text="Q?", usage=Usage(prompt_tokens=3, cost=0.5)))
        ledger.finish(record("k0"))
        ledger.admit("k1", "kept question")
    with open_ledger(tmp_path) as ledger:
        ledger.begin({"seed": 1})
        fill(ledger, 3)
        assert ledger.balance().planned == 3
        assert ledger.balance().answered == 1
        assert ledger.balance().usage.cost == 0.5
        assert [(key, question) for _, key, _, question in ledger.pending()] == [("k1", "kept question"), ("k2", None)]
        assert ledger.reply("k0:q").text == "Q?"
        assert [found.key for found in ledger.records()] == ["k0"]
        assert ledger.balance().closes


def test_of_endless_replies_the_head_is_stored_with_the_length_of_all():
    endless = "It weighs nine kilograms. " * 50_000
    with open_ledger(None) as ledger:
        fill(ledger, 1)
        ledger.save_reply("k0:a", "k0", "answer", Reply(text=endless, reasoning=endless))
        stored = ledger.reply("k0:a")
    assert stored == Reply(text=endless, reasoning=endless).bounded()
    assert stored.oversize.characters == len(endless)


def test_an_input_output_error_names_the_full_disk_among_its_causes():
    with pytest.raises(LedgerWriteError, match="disk may be full"), _translated(None):
        raise sqlite3.OperationalError("disk I/O error")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["answer", "reject", "fail", "admit"]), st.integers(0, 5)), max_size=25))
def test_the_balance_closes_whatever_happens_in_whatever_order(steps):
    with open_ledger(None) as ledger:
        fill(ledger, 6)
        for step, number in steps:
            key = f"k{number}"
            if step == "answer":
                ledger.finish(record(key))
            elif step == "reject":
                ledger.finish(rejection(key))
            elif step == "fail":
                ledger.fail(key, "ProviderError", "gone")
            else:
                ledger.admit(key, "Q?")
            assert ledger.balance().closes
        before = ledger.balance()
        ledger._count()
        assert ledger.balance() == before
        assert len(list(ledger.records())) == before.answered
        assert len(list(ledger.rejections())) == before.rejected


def test_the_first_outcome_and_the_first_reply_stay():
    with open_ledger(None) as ledger:
        fill(ledger, 1)
        ledger.save_reply("k0:q", "k0", "question", Reply(text="first", usage=Usage(prompt_tokens=2)))
        ledger.save_reply("k0:q", "k0", "question", Reply(text="second", usage=Usage(prompt_tokens=2)))
        ledger.finish(record("k0", answer=Answer(text="first")))
        ledger.finish(record("k0", answer=Answer(text="second")))
        assert ledger.reply("k0:q").text == "first"
        assert ledger.balance().usage.prompt_tokens == 2
        assert [found.answer.text for found in ledger.records()] == ["first"]
        assert ledger.balance().answered == 1


def test_failed_draws_are_tried_again_when_the_run_goes_on(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ledger.begin({})
        fill(ledger, 1)
        ledger.fail("k0", "ProviderError", "down")
        assert ledger.balance().failed == 1
        assert list(ledger.failures()) == [("k0", "ProviderError", "down")]
    with open_ledger(tmp_path) as ledger:
        ledger.begin({})
        assert (ledger.balance().failed, ledger.balance().pending) == (0, 1)


def test_changed_settings_are_named_and_may_be_accepted(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ledger.begin({"seed": 1, "model": "m"})
        with pytest.raises(LedgerMismatchError, match=r"seed: 1 -> 2.*--accept-changes"):
            ledger.begin({"seed": 2, "model": "m"})
        ledger.begin({"seed": 2, "model": "m"}, accept_changes=True)
        assert ledger.settings() == {"seed": 2, "model": "m"}


def test_changed_documents_are_named_and_may_be_accepted(tmp_path):
    first = [Document(id="a", text="Pump"), Document(id="b", text="Valve")]
    with open_ledger(tmp_path) as ledger:
        ledger.add_documents(first)
        fill(ledger, 2)
        ledger.finish(record("k0"))
        assert ledger.add_documents(first) == 2
        changed = [Document(id="a", text="Motor"), Document(id="c", text="New")]
        with pytest.raises(LedgerMismatchError, match="changed: a; new: c; missing: b"):
            ledger.add_documents(changed)
        assert ledger.document("a").text == "Pump"
        ledger.add_documents(changed, accept_changes=True)
        assert [document.id for document in ledger.documents()] == ["a", "c"]
        assert ledger.document("a").text == "Motor"
        balance = ledger.balance()
        assert (balance.answered, balance.rejected, balance.pending) == (1, 1, 0)
        assert balance.reasons == {"document-changed": 1}


def test_lone_surrogates_survive(tmp_path):
    with open_ledger(tmp_path) as ledger:
        fill(ledger, 1)
        ledger.add_documents([Document(id="a", text="x\ud800y")])
        assert ledger.document("a").text == "x\ud800y"
        ledger.save_reply("k0:q", "k0", "question", Reply(text="broken \udcff reply"))
        assert ledger.reply("k0:q").text.startswith("broken ")
        ledger.admit("k0", "broken \udcff question?")
        ledger.finish(record("k0", question=Question(text="broken \udcff question?")))
        assert len(list(ledger.records())) == 1


def test_a_second_writer_is_refused_and_a_reader_is_not(tmp_path):
    with open_ledger(tmp_path) as ledger:
        fill(ledger, 1)
        code = textwrap.dedent(
            f"""
            from selfstudy_guard.errors import LedgerLockedError
            from selfstudy_guard.ledger import open_ledger
            try:
                open_ledger({str(tmp_path)!r})
            except LedgerLockedError as error:
                print("refused", error)
            print(open_ledger({str(tmp_path)!r}, readonly=True).balance().planned)
            """
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.startswith("refused another process is writing")
        assert done.stdout.endswith("1\n")
        with pytest.raises(LedgerLockedError):
            open_ledger(tmp_path)
    open_ledger(tmp_path).close()


def test_readers_cannot_write_and_need_a_run(tmp_path):
    open_ledger(tmp_path / "run").close()
    with open_ledger(tmp_path / "run", readonly=True) as ledger, pytest.raises(LedgerError, match="reading only"):
        fill(ledger, 1)
    with pytest.raises(LedgerError, match="no run at"):
        open_ledger(tmp_path / "nothing", readonly=True)


def test_a_newer_file_is_refused(tmp_path):
    open_ledger(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "ledger.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LedgerError, match="newer version"):
        open_ledger(tmp_path)


def test_a_file_that_is_no_database_is_one_clear_error(tmp_path):
    (tmp_path / "ledger.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(LedgerWriteError, match="may be damaged"):
        open_ledger(tmp_path)


def test_a_full_disk_is_one_clear_error_and_loses_nothing(tmp_path):
    with open_ledger(tmp_path) as ledger:
        fill(ledger, 200)
        ledger.finish(record("k0"))
        pages = ledger._connection.execute("PRAGMA page_count").fetchone()[0]
        ledger._connection.execute(f"PRAGMA max_page_count = {pages + 2}")

        def finish_all() -> None:
            for i in range(1, 200):
                ledger.finish(record(f"k{i}", answer=Answer(text="x" * 4000)))

        with pytest.raises(LedgerWriteError, match="free some space"):
            finish_all()
        finished = {found.key for found in ledger.records()}
        assert "k0" in finished
    with open_ledger(tmp_path) as ledger:
        assert {found.key for found in ledger.records()} == finished
        assert ledger.balance().closes


def test_a_file_in_place_of_the_folder_is_one_clear_error(tmp_path):
    (tmp_path / "run").write_text("a file")
    with pytest.raises(LedgerWriteError, match="cannot make the run folder"):
        open_ledger(tmp_path / "run")


def test_copies_taken_at_random_moments_open_and_balance(tmp_path):
    """A power cut leaves the files as they were at some moment; each such copy must open and close its balance."""
    run, copies = tmp_path / "run", []
    with open_ledger(run) as ledger:
        fill(ledger, 40)
        for i in range(40):
            ledger.save_reply(f"k{i}:q", f"k{i}", "question", Reply(text="Q?" * 50))
            ledger.finish(record(f"k{i}"))
            if i % 7 == 3:
                copy = tmp_path / f"copy{i}"
                copy.mkdir()
                for name in ("ledger.sqlite", "ledger.sqlite-wal"):
                    shutil.copy(run / name, copy / name)
                copies.append((copy, i + 1))
    for copy, answered in copies:
        with open_ledger(copy) as ledger:
            assert ledger._connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            assert ledger.balance().answered == answered
            assert ledger.balance().closes
