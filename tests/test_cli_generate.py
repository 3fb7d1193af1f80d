"""`generate` and `status` as a user calls them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.test_generation import TEXT

MODEL = "python:selfstudy_guard.testing:ExtractiveReader"
SLOW = "python:tests.support.slow_reader:SlowReader"


def command(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    code = "from selfstudy_guard.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=120, **options
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "lighthouse.md").write_text(TEXT)
    return tmp_path


def test_generate_prints_the_balance_and_status_agrees(folder):
    done = command("generate", "docs", "-m", MODEL, "-n", "5", "--out", "run", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert row["planned"] == 5
    assert row["planned"] == row["answered"] + row["rejected"] + row["failed"] + row["pending"]
    assert 0 < row["coverage"] <= 1
    status = json.loads(command("status", "run", "--json", cwd=folder).stdout)
    assert status["settings"]["seed"] == 0
    assert {key: status[key] for key in ("planned", "answered", "rejected", "cost")} == {
        key: row[key] for key in ("planned", "answered", "rejected", "cost")
    }
    table = command("status", "run", cwd=folder)
    assert "planned" in table.stdout
    assert not table.stderr


def test_without_json_the_end_names_the_next_commands_and_progress_goes_to_stderr(folder):
    done = command("generate", "docs", "-m", MODEL, "-n", "3", "--out", "run", cwd=folder)
    assert done.returncode == 0
    assert "answered" in done.stdout
    assert "selfstudy-guard export run" in done.stderr
    assert "3/3" in done.stderr


def test_a_dry_run_prints_the_plan_and_writes_nothing(folder):
    done = command("generate", "docs", "-n", "4", "--dry-run", "--json", "--price", "1,2", cwd=folder)
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert (row["documents"], row["questions"]) == (1, 4)
    assert row["cost"] > 0
    assert sorted(path.name for path in folder.iterdir()) == ["docs"]
    assert "expected tokens" in command("generate", "docs", "--dry-run", cwd=folder).stdout


def test_a_dry_run_knows_the_price_of_known_models(folder):
    pytest.importorskip("litellm")
    row = json.loads(command("generate", "docs", "-m", "openai/gpt-4o-mini", "--dry-run", "--json", cwd=folder).stdout)
    assert 0 < row["cost"] < 1
    free = json.loads(command("generate", "docs", "--dry-run", "--json", cwd=folder).stdout)
    assert free["cost"] == 0
    unknown = command("generate", "docs", "-m", "openai/never-heard-of-it", "--dry-run", "--json", cwd=folder)
    assert json.loads(unknown.stdout)["cost"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["generate", "nowhere", "-m", MODEL], 2, "nowhere"),
        (["generate", "docs", "-m", MODEL, "--window", "5"], 2, "window"),
        (["generate", "docs", "-m", MODEL, "--price", "free"], 2, "IN,OUT"),
        (["generate", "docs", "-m", "python:missing:thing"], 2, "cannot import"),
        (["generate"], 2, "PATHS"),
        (["status", "nowhere"], 1, "no run at"),
    ],
)
def test_wrong_use_is_one_message_and_its_exit_code(folder, arguments, code, message):
    done = command(*arguments, cwd=folder)
    assert done.returncode == code, done.stderr
    assert message.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr
    assert not done.stdout


def test_help_has_an_example():
    for name in ("generate", "status"):
        assert f"Example:  selfstudy-guard {name}" in " ".join(command(name, "--help").stdout.split("\n"))


def _start(folder: Path) -> subprocess.Popen[str]:
    """A run of some seconds that has an answer already; it must not end before it is interrupted."""
    sheds = [f"Shed {n} of the harbour stores {7 * n + 3} crates of salted cod for the winter." for n in range(1, 41)]
    (folder / "docs" / "sheds.md").write_text("# Sheds\n\n" + "\n\n".join(sheds) + "\n")
    root = Path(__file__).parent.parent
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", "from selfstudy_guard.cli import main; main()"),
            *("generate", "docs", "-m", SLOW, "--out", "run", "--concurrency", "2"),
        ],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(root)},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    ledger = folder / "run" / "ledger.sqlite"
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if ledger.exists():
            done = command("status", "run", "--json", cwd=folder)
            if done.returncode == 0 and json.loads(done.stdout)["answered"]:
                return process
        time.sleep(0.1)
    raise AssertionError(process.communicate()[1])


def test_ctrl_c_ends_cleanly_and_the_same_command_goes_on(folder):
    process = _start(folder)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "To go on:" in err
    row = json.loads(command("status", "run", "--json", cwd=folder).stdout)
    assert row["pending"] > 0
    assert row["planned"] == row["answered"] + row["rejected"] + row["failed"] + row["pending"]
    root = Path(__file__).parent.parent
    again = ("generate", "docs", "-m", SLOW, "--out", "run", "--concurrency", "32", "--json")
    done = command(*again, cwd=folder, env=os.environ | {"PYTHONPATH": str(root)})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pending"] == 0


def test_a_second_ctrl_c_stops_at_once_and_keeps_what_was_answered(folder):
    process = _start(folder)
    answered = json.loads(command("status", "run", "--json", cwd=folder).stdout)["answered"]
    process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert json.loads(command("status", "run", "--json", cwd=folder).stdout)["answered"] >= answered
