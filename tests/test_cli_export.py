"""`selfstudy-guard export`: reads a run through its ledger, also beside a writer; exit codes and streams."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from selfstudy_guard.cli.export import app
from selfstudy_guard.ledger import open_ledger
from selfstudy_guard.records import Answer, Draw, Evidence, Question, Record, Target

TARGET = Target(document_id="a.md", start=0, end=13, text="Pumps hold 9.")


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "run"
    with open_ledger(folder) as ledger:
        ledger.begin({"seed": 1})
        ledger.plan((f"k{number}", "digest", Draw(target=TARGET, number=number)) for number in range(3))
        for number in (1, 0):
            ledger.finish(
                Record(
                    key=f"k{number}",
                    document_id="a.md",
                    document_digest="digest",
                    target=TARGET,
                    style="factual",
                    draw=number,
                    question=Question(text=f"Question {number}?"),
                    answer=Answer(text="Nine."),
                    evidence=Evidence(document_id="a.md", start=0, end=13, text="Pumps hold 9."),
                )
            )
    return folder


def test_records_of_a_run_in_plan_order(run, tmp_path):
    result = CliRunner().invoke(app, [str(run), "--format", "openai", "--out", str(tmp_path / "x.jsonl")])
    assert result.exit_code == 0, result.output
    assert "2 rows in the format openai" in result.stdout
    rows = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]
    assert [row["messages"][0]["content"] for row in rows] == ["Question 0?", "Question 1?"]
    notes = [json.loads(line) for line in (tmp_path / "x.provenance.jsonl").read_text().splitlines()]
    assert [note["id"] for note in notes] == ["k0", "k1"]


def test_json_summary_and_options(run, tmp_path):
    arguments = [str(run), "-f", "alpaca", "-o", str(tmp_path / "x.json"), "--system", "Be exact.", "--with-evidence"]
    result = CliRunner().invoke(app, [*arguments, "--no-sidecar", "--name", "pumps", "--json"])
    summary = json.loads(result.stdout)
    assert summary["rows"] == 2
    assert summary["files"] == [str(tmp_path / "x.json"), str(tmp_path / "dataset_info.json")]
    (row, _) = json.loads((tmp_path / "x.json").read_text())
    assert row == {"instruction": "Question 0?", "input": "Pumps hold 9.", "output": "Nine.", "system": "Be exact."}
    assert "pumps" in json.loads((tmp_path / "dataset_info.json").read_text())


def test_export_beside_a_writer(run, tmp_path):
    with open_ledger(run):
        result = CliRunner().invoke(app, [str(run), "--out", str(tmp_path / "x.jsonl")])
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["RUN", "--format", "nonsense", "--out", "OUT/x.jsonl"], 2, "no export format 'nonsense'; choose from openai"),
        (["RUN", "--out", "OUT/x.parquet"], 2, "is written to a .jsonl or .json file"),
        (["OUT/empty", "--out", "OUT/x.jsonl"], 1, "no run at"),
        (["RUN"], 2, "--out"),
    ],
)
def test_wrong_use_is_one_message_on_stderr(run, tmp_path, arguments, code, message):
    arguments = [part.replace("RUN", str(run)).replace("OUT", str(tmp_path)) for part in arguments]
    command = [sys.executable, "-c", "from selfstudy_guard.cli import main; main()", "export", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == code
    assert message in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_help_has_an_example_and_the_formats():
    result = CliRunner().invoke(app, ["--help"])
    assert "Example:" in result.stdout
    assert "cartridges" in result.stdout
