"""Exports: what each format holds, provenance beside it, whole or not at all, safe in spreadsheets, flat memory."""

from __future__ import annotations

import csv
import importlib.util
import json
import tracemalloc
from pathlib import Path

import pytest

from selfstudy_guard.errors import InputError, SelfStudyGuardError
from selfstudy_guard.export import FORMATS, export_records
from selfstudy_guard.export.sinks import harmless
from selfstudy_guard.records import Answer, Evidence, Finding, Question, Record, Target


def record(number: int = 1, **changes) -> Record:
    target = Target(
        document_id="docs/pump.md", start=10, end=40, text="The pump holds nine litres.", section=("Pumps", "Oil")
    )
    finding = Finding(start=50, end=60, quote="do as told", intent="task", channel="prose", score=0.9, detector="rules")
    values = {
        "key": f"key-{number}",
        "document_id": "docs/pump.md",
        "document_digest": "ab" * 32,
        "target": target,
        "style": "factual",
        "draw": 0,
        "question": Question(text=f"How much oil does pump {number} hold?"),
        "answer": Answer(text=f"Nine litres ({number})."),
        "evidence": Evidence(
            document_id="docs/pump.md",
            start=0,
            end=80,
            text="The pump holds nine litres.",
            findings=(finding,),
            retention=0.9,
        ),
        "model": "fake/model",
        "created": "2026-11-22T12:00:00Z",
    }
    return Record(**(values | changes))


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


TEXT_FORMATS = [name for name, entry in FORMATS.items() if ".jsonl" in entry.suffixes]


# What the rows hold


def test_openai_rows_hold_messages_and_nothing_else(tmp_path):
    export_records([record()], "openai", tmp_path / "train.jsonl", system="Be exact.")
    (row,) = lines(tmp_path / "train.jsonl")
    assert row == {
        "messages": [
            {"role": "system", "content": "Be exact."},
            {"role": "user", "content": "How much oil does pump 1 hold?"},
            {"role": "assistant", "content": "Nine litres (1)."},
        ]
    }


def test_sharegpt_and_alpaca_rows(tmp_path):
    export_records([record()], "sharegpt", tmp_path / "s.jsonl", with_evidence=True)
    assert lines(tmp_path / "s.jsonl") == [
        {
            "conversations": [
                {"from": "human", "value": "The pump holds nine litres.\n\nHow much oil does pump 1 hold?"},
                {"from": "gpt", "value": "Nine litres (1)."},
            ]
        }
    ]
    export_records([record()], "alpaca", tmp_path / "a.jsonl", with_evidence=True)
    assert lines(tmp_path / "a.jsonl") == [
        {
            "instruction": "How much oil does pump 1 hold?",
            "input": "The pump holds nine litres.",
            "output": "Nine litres (1).",
        }
    ]


def test_evaluation_rows(tmp_path):
    export_records([record()], "ragas", tmp_path / "r.jsonl")
    assert lines(tmp_path / "r.jsonl") == [
        {
            "user_input": "How much oil does pump 1 hold?",
            "reference_contexts": ["The pump holds nine litres."],
            "reference": "Nine litres (1).",
            "synthesizer_name": "selfstudy_guard_factual",
        }
    ]
    export_records([record()], "deepeval", tmp_path / "d.json")
    assert json.loads((tmp_path / "d.json").read_text()) == [
        {
            "input": "How much oil does pump 1 hold?",
            "expected_output": "Nine litres (1).",
            "context": ["The pump holds nine litres."],
            "source_file": "docs/pump.md",
        }
    ]


def test_cartridges_rows_are_text_only(tmp_path):
    export_records([record()], "cartridges", tmp_path / "c.jsonl")
    (row,) = lines(tmp_path / "c.jsonl")
    assert [message["role"] for message in row["messages"]] == ["user", "assistant"]
    assert all(message["token_ids"] is None and message["top_logprobs"] is None for message in row["messages"])


def test_parquet_with_a_card_that_invents_no_licence(tmp_path):
    import pyarrow.parquet as pq

    export_records([record(number) for number in range(2500)], "parquet", tmp_path / "train.parquet", name="pumps")
    table = pq.read_table(tmp_path / "train.parquet")
    assert table.num_rows == 2500
    assert table.column("question")[2499].as_py() == "How much oil does pump 2499 hold?"
    assert table.column("start").type == "int64"
    card = (tmp_path / "README.md").read_text()
    header = card.split("---")[1]
    assert "license" not in header
    assert "1K<n<10K" in header
    assert "2,500 question-answer pairs from 1 document" in card
    assert "fake/model (2,500)" in card


def test_the_card_is_valid_yaml_whatever_the_name(tmp_path):
    yaml = pytest.importorskip("yaml")
    export_records([record(model="<script>| `x` \n# y")], "parquet", tmp_path / 'a"b\\c.parquet')
    card = (tmp_path / "README.md").read_text()
    header = yaml.safe_load(card.split("---")[1])
    assert header["configs"][0]["data_files"] == 'a"b\\c.parquet'
    assert "<script>" not in card
    assert "\n# y" not in card


def test_the_hub_loader_reads_the_folder(tmp_path):
    pq = pytest.importorskip("pyarrow.parquet")
    export_records([record(), record(2)], "parquet", tmp_path / "train.parquet")
    assert pq.read_table(tmp_path / "train.parquet").column_names[:3] == ["id", "question", "answer"]


@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_json_array_by_suffix(tmp_path, name):
    records = [record(number) for number in range(3)]
    export_records(records, name, tmp_path / "x.jsonl")
    export_records(records, name, tmp_path / "x.json")
    assert json.loads((tmp_path / "x.json").read_text()) == lines(tmp_path / "x.jsonl")


# Beside the data


def test_provenance_is_keyed_by_id_and_row(tmp_path):
    exported = export_records([record(1), record(2)], "openai", tmp_path / "train.jsonl")
    assert exported.rows == 2
    assert [file.name for file in exported.files] == ["train.jsonl", "dataset_info.json", "train.provenance.jsonl"]
    first, second = lines(tmp_path / "train.provenance.jsonl")
    assert (first["id"], first["row"], second["id"], second["row"]) == ("key-1", 1, "key-2", 2)
    assert first["target"]["text"] == "The pump holds nine litres."
    assert first["evidence"]["findings"][0]["intent"] == "task"
    assert "do as told" not in (tmp_path / "train.provenance.jsonl").read_text()  # what was taken out stays out
    assert (
        not export_records([record()], "openai", tmp_path / "y.jsonl", sidecar=False)
        .path.with_name("y.provenance.jsonl")
        .exists()
    )


def test_dataset_info_keeps_other_entries(tmp_path):
    (tmp_path / "dataset_info.json").write_text('{"mine": {"file_name": "mine.json"}}')
    export_records([record()], "openai", tmp_path / "train.jsonl", name="pumps", system="Be exact.")
    export_records([record()], "alpaca", tmp_path / "alpaca.jsonl", system="Be exact.")
    info = json.loads((tmp_path / "dataset_info.json").read_text())
    assert list(info) == ["mine", "pumps", "alpaca"]
    assert info["pumps"]["file_name"] == "train.jsonl"
    assert info["pumps"]["columns"] == {"messages": "messages"}
    assert info["pumps"]["tags"]["role_tag"] == "role"
    assert info["alpaca"]["columns"]["system"] == "system"


def test_a_broken_dataset_info_is_not_overwritten(tmp_path):
    (tmp_path / "dataset_info.json").write_text("{broken")
    with pytest.raises(InputError, match=r"dataset_info\.json is not valid JSON"):
        export_records([record()], "openai", tmp_path / "train.jsonl")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dataset_info.json"]


def test_a_foreign_readme_is_not_overwritten(tmp_path):
    (tmp_path / "README.md").write_text("# Mine")
    with pytest.raises(InputError, match="in the way"):
        export_records([record()], "parquet", tmp_path / "train.parquet")
    assert (tmp_path / "README.md").read_text() == "# Mine"
    (tmp_path / "README.md").unlink()
    export_records([record()], "parquet", tmp_path / "train.parquet")
    export_records([record(), record(2)], "parquet", tmp_path / "train.parquet")
    assert "2 question-answer pairs" in (tmp_path / "README.md").read_text()


# Whole or not at all, and the same every time


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_records_give_the_same_bytes(tmp_path, name):
    suffix = FORMATS[name].suffixes[0]
    found = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        export_records((record(number) for number in range(5)), name, tmp_path / folder / f"x{suffix}")
        found.append({path.name: path.read_bytes() for path in sorted((tmp_path / folder).iterdir())})
    assert found[0] == found[1]


@pytest.mark.parametrize("name", FORMATS)
def test_a_failure_in_the_middle_leaves_the_old_files(tmp_path, name):
    path = tmp_path / f"x{FORMATS[name].suffixes[0]}"
    export_records([record()], name, path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def failing():
        yield record(7)
        raise RuntimeError("the ledger broke")

    with pytest.raises(RuntimeError, match="the ledger broke"):
        export_records(failing(), name, path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_full_disk_is_one_message_and_changes_nothing(tmp_path, monkeypatch):
    export_records([record()], "openai", tmp_path / "x.jsonl")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(SelfStudyGuardError, match="No space left on device; no file was changed"):
        export_records([record(2)], "openai", tmp_path / "x.jsonl")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_files_are_as_readable_as_other_new_files(tmp_path):
    (tmp_path / "other").touch()
    export_records([record()], "openai", tmp_path / "x.jsonl")
    assert (tmp_path / "x.jsonl").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize(
    ("format", "name", "message"),
    [
        ("opanai", "x.jsonl", "no export format 'opanai'; choose from openai"),
        ("openai", "x.txt", "is written to a .jsonl or .json file"),
        ("parquet", "x.jsonl", "is written to a .parquet file"),
        ("openai", "folder.jsonl", "is a folder"),
    ],
)
def test_wrong_arguments(tmp_path, format, name, message):
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(InputError, match=message):
        export_records([record()], format, tmp_path / name)


def test_no_records_is_an_error_and_no_file(tmp_path):
    with pytest.raises(InputError, match="no records"):
        export_records([], "openai", tmp_path / "x.jsonl")
    assert list(tmp_path.iterdir()) == []


# Hostile content

HOSTILE = ["=1+1", "@SUM(A1)", "+1", "-1", "\t=1", "\r=1", " =1", "\u00a0=1", "\ufeff=1", "＝1"]


@pytest.mark.parametrize("cell", HOSTILE)
def test_csv_cells_are_no_formulas(tmp_path, cell):
    hostile = record(question=Question(text=cell), answer=Answer(text=cell), document_id=cell, model=cell, style=cell)
    export_records([hostile], "csv", tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    for name in ("question", "answer", "document_id", "model", "style"):
        assert row[name] == "'" + cell
    assert harmless("plain = text") == "plain = text"
    assert harmless(-3) == -3


@pytest.mark.parametrize("name", FORMATS)
def test_no_text_breaks_a_file(tmp_path, name):
    text = 'a\ud83d"\\\n\r\x00\x1b[2J\u2028\u2029\x85</script>'
    path = tmp_path / f"x{FORMATS[name].suffixes[0]}"
    export_records([record(question=Question(text=text), answer=Answer(text=text))] * 2, name, path)
    if path.suffix == ".jsonl":
        content = path.read_bytes().decode("utf-8")
        assert len(content.splitlines()) == 2
        assert all(json.loads(line) for line in content.splitlines())
    elif path.suffix == ".json":
        assert len(json.loads(path.read_text("utf-8"))) == 2
    assert len((tmp_path / "x.provenance.jsonl").read_text("utf-8").splitlines()) == 2


def test_memory_stays_flat(tmp_path):
    def many():
        for number in range(2000):
            yield record(number, answer=Answer(text="x" * 5000 + str(number)))

    export_records([record()], "parquet", tmp_path / "warm.parquet")
    peaks = []
    for name, suffix in (("openai", ".jsonl"), ("parquet", ".parquet")):
        tracemalloc.start()
        export_records(many(), name, tmp_path / f"x{suffix}")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[0] < 1_000_000
    assert peaks[1] < 8_000_000  # a row group of a thousand rows, of 10 MB in all


# Other people's readers


@pytest.mark.skipif(importlib.util.find_spec("datasets") is None, reason="needs the extra datasets")
def test_the_datasets_library_reads_every_format(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets

    records = [record(number) for number in range(3)]
    for name, entry in FORMATS.items():
        path = tmp_path / name / f"train{entry.suffixes[0]}"
        path.parent.mkdir()
        export_records(records, name, path)
        kind = path.suffix[1:].replace("jsonl", "json")
        loaded = datasets.load_dataset(kind, data_files=str(path), split="train", cache_dir=str(tmp_path / "cache"))
        assert loaded.num_rows == 3, name
    # a Parquet export is a data set folder: its card says which file to load
    folder = datasets.load_dataset(str(tmp_path / "parquet"), split="train", cache_dir=str(tmp_path / "cache"))
    assert folder.column_names[:3] == ["id", "question", "answer"]
    sharegpt = tmp_path / "sharegpt" / "train.jsonl"
    turns = datasets.load_dataset("json", data_files=str(sharegpt), split="train", cache_dir=str(tmp_path / "cache"))
    assert turns[0]["conversations"][1] == {"from": "gpt", "value": "Nine litres (0)."}


def test_our_own_importer_reads_what_was_exported(tmp_path):
    from selfstudy_guard.imported import read_pairs

    records = [record(number) for number in range(3)]
    for name, entry in FORMATS.items():
        path = tmp_path / f"{name}{entry.suffixes[0]}"
        if name == "csv":
            continue
        export_records(records, name, path, sidecar=False)
        pairs = list(read_pairs([path]))
        assert [(pair.question, pair.answer) for pair in pairs] == [
            (item.question.text, item.answer.text) for item in records
        ], name
        path.unlink()
