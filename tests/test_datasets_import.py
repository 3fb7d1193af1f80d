"""Data sets of other tools are read into pairs; every bad row is named with its file and its row."""

import contextlib
import csv
import gzip
import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfstudy_guard.errors import InputError
from selfstudy_guard.export import export_records
from selfstudy_guard.imported import FORMATS, Fields, Pair, read_pairs
from selfstudy_guard.imported.row_formats import shape_of
from selfstudy_guard.records import Answer, Document, Evidence, Question, Record, Target

PASSAGE = "The tide gauge at Morrow Point was moved in 1957. " * 6

ROWS = {
    "openai": (
        {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "When was it moved?"},
                      {"role": "assistant", "content": "In 1957."}]},
        Pair("When was it moved?", "In 1957."),
    ),
    "cartridges": (
        {"messages": [{"role": "user", "content": "When was it moved?", "token_ids": [1, 2]},
                      {"role": "assistant", "content": "In 1957.", "token_ids": [3]}],
         "system_prompt": PASSAGE, "metadata": {"source": "gauge.md"}, "type": "summary"},
        Pair("When was it moved?", "In 1957.", (PASSAGE.strip(),), "gauge.md", "summary"),
    ),
    "sharegpt": (
        {"conversations": [{"from": "human", "value": "When was it moved?"}, {"from": "gpt", "value": "In 1957."}]},
        Pair("When was it moved?", "In 1957."),
    ),
    "alpaca": (
        {"instruction": "When was it moved?", "input": "", "output": "In 1957."},
        Pair("When was it moved?", "In 1957."),
    ),
    "ragas": (
        {"user_input": "When was it moved?", "reference_contexts": [PASSAGE], "reference": "In 1957.",
         "synthesizer_name": "single_hop"},
        Pair("When was it moved?", "In 1957.", (PASSAGE.strip(),), "", "single_hop"),
    ),
    "deepeval": (
        {"input": "When was it moved?", "actual_output": None, "expected_output": "In 1957.", "context": [PASSAGE],
         "source_file": "gauge.md"},
        Pair("When was it moved?", "In 1957.", (PASSAGE.strip(),), "gauge.md"),
    ),
    "distilabel": (
        {"instruction": "When was it moved?", "generation": "In 1957.", "model_name": "m-7b",
         "distilabel_metadata": {"raw_output": "x"}},
        Pair("When was it moved?", "In 1957.", model="m-7b"),
    ),
    "synthetic-data-kit": (
        {"summary": "A gauge.", "qa_pairs": [], "filtered_pairs": [{"question": "When was it moved?",
                                                                    "answer": "In 1957.", "rating": 8.0}]},
        Pair("When was it moved?", "In 1957."),
    ),
    "easy-dataset": (
        {"question": "When was it moved?", "answer": "In 1957.", "cot": "", "questionLabel": "1.2 Gauges",
         "chunkName": "gauge.md", "chunkContent": PASSAGE, "model": "m-7b"},
        Pair("When was it moved?", "In 1957.", (PASSAGE.strip(),), "gauge.md", "1.2 Gauges", "m-7b"),
    ),
    "squad": (
        {"title": "Gauge", "paragraphs": [{"context": PASSAGE, "qas": [{"id": "1", "question": "When was it moved?",
                                           "answers": [{"text": "In 1957.", "answer_start": 30}]}]}]},
        Pair("When was it moved?", "In 1957.", (PASSAGE.strip(),), "Gauge"),
    ),
    "question-answer": (
        {"query": "When was it moved?", "response": "In 1957."},
        Pair("When was it moved?", "In 1957."),
    ),
}  # fmt: skip


def same(pair: Pair, wanted: Pair) -> bool:
    contexts = tuple(text.strip() for text in pair.contexts)
    return (pair.question, pair.answer, contexts, pair.document, pair.style, pair.model) == (
        wanted.question, wanted.answer, wanted.contexts, wanted.document, wanted.style, wanted.model
    )  # fmt: skip


@pytest.mark.parametrize("name", sorted(ROWS))
def test_each_format_is_recognised_and_read(name, tmp_path):
    row, wanted = ROWS[name]
    assert shape_of(row).name == name
    file = tmp_path / "data.jsonl"
    file.write_text(json.dumps(row) + "\n\n" + json.dumps(row) + "\n", encoding="utf-8")
    pairs = list(read_pairs(file))
    assert [pair.row for pair in pairs] == [1, 3]
    assert all(same(pair, wanted) for pair in pairs)
    assert pairs[0].place == f"{file} row 1"
    assert [p.question for p in read_pairs(file, format=name)] == [p.question for p in pairs]


@pytest.mark.parametrize("name", sorted(set(ROWS) - {"squad", "synthetic-data-kit"}))
@pytest.mark.parametrize("kind", ["json", "parquet", "jsonl.gz"])
def test_the_kind_of_file_makes_no_difference(name, kind, tmp_path):
    row, wanted = ROWS[name]
    file = tmp_path / f"data.{kind}"
    if kind == "json":
        file.write_text(json.dumps([row, row]), encoding="utf-8")
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pylist([row, row]), file)
    else:
        with gzip.open(file, "wt", encoding="utf-8") as out:
            out.write(json.dumps(row) + "\n" + json.dumps(row) + "\n")
    pairs = list(read_pairs(file))
    assert len(pairs) == 2
    assert all(same(pair, wanted) for pair in pairs)


def test_csv_holds_lists_as_text(tmp_path):
    file = tmp_path / "testset.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["user_input", "reference_contexts", "reference", "synthesizer_name"])
        writer.writerow(["When, exactly?", json.dumps([PASSAGE, "Second."]), "In 1957.", "multi_hop"])
    (pair,) = read_pairs(file)
    assert pair.question == "When, exactly?"
    assert pair.contexts == (PASSAGE.strip(), "Second.")


def test_plain_synthetic_data_kit_file_and_squad_release(tmp_path):
    kit = tmp_path / "kit.json"
    kit.write_text(
        json.dumps({"summary": "s", "qa_pairs": [{"question": "A?", "answer": "a"}, {"question": "B?", "answer": "b"}]})
    )
    squad = tmp_path / "squad.json"
    squad.write_text(json.dumps({"version": "1.1", "data": [ROWS["squad"][0]]}))
    assert [p.question for p in read_pairs(kit)] == ["A?", "B?"]
    assert [p.answer for p in read_pairs(squad)] == ["In 1957."]


def test_a_conversation_gives_a_pair_a_turn(tmp_path):
    turns = [
        ("user", "One?"),
        ("assistant", "1"),
        ("user", "Two?"),
        ("user", "Really two?"),
        ("assistant", "2"),
        ("user", "?"),
    ]
    file = tmp_path / "chat.jsonl"
    file.write_text(json.dumps({"messages": [{"role": r, "content": [{"type": "text", "text": t}]} for r, t in turns]}))
    assert [(p.question, p.answer) for p in read_pairs(file)] == [("One?", "1"), ("Two?\nReally two?", "2")]


def test_a_long_alpaca_input_is_evidence_and_a_short_one_part_of_the_question(tmp_path):
    file = tmp_path / "a.json"
    file.write_text(json.dumps([
        {"instruction": "Sum up.", "input": PASSAGE, "output": "x"},
        {"instruction": "Translate", "input": "Haus", "output": "house"},
    ]))  # fmt: skip
    long, short = read_pairs(file)
    assert (long.question, long.contexts) == ("Sum up.", (PASSAGE.strip(),))
    assert (short.question, short.contexts) == ("Translate\nHaus", ())


def test_bad_rows_are_named_and_the_rest_is_read(tmp_path):
    file = tmp_path / "mixed.jsonl"
    good = json.dumps({"instruction": "Q?", "output": "A"})
    file.write_text("\n".join([
        good, "{broken", '"text"', json.dumps({"colour": "red"}),
        json.dumps({"messages": [{"role": "user", "content": "Q"}]}),
        json.dumps({"instruction": "", "output": "A"}),
        json.dumps({"messages": [{"role": "wizard", "content": "Q"}]}), good,
    ]))  # fmt: skip
    skipped = []
    pairs = list(read_pairs(file, on_skip=skipped.append))
    assert [pair.row for pair in pairs] == [1, 8]
    assert [item.source for item in skipped] == [f"mixed.jsonl:{row}" for row in range(2, 8)]
    assert "colour" in skipped[2].reason
    assert "no question followed by an answer" in skipped[3].reason
    assert "question is empty" in skipped[4].reason
    assert "wizard" in skipped[5].reason
    with pytest.raises(InputError, match=r"mixed\.jsonl row 2: not JSON"):
        list(read_pairs(file, strict=True))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.jsonl", b"", "empty"),
        ("none.jsonl", b'{"colour": "red"}\n', r"no question-answer pair in 1 rows \(row 1: no known format"),
        ("broken.parquet", b"PAR1 not really", "broken.parquet"),
        ("broken.jsonl.gz", b"\x1f\x8b not really", "broken gzip|gzip"),
        ("notes.docx", b"x", "unknown kind of file"),
    ],
)
def test_files_that_hold_nothing_say_so(name, content, message, tmp_path):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InputError, match=message):
        list(read_pairs(file))


def test_one_file_without_pairs_is_named_and_the_rest_of_the_folder_is_read(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps([{"status": "OK", "payload": "visit us"}]))
    (tmp_path / "b.jsonl").write_text(json.dumps({"question": "Who?", "answer": "Aud"}))
    (tmp_path / "c.jsonl.gz").write_bytes(b"\x1f\x8b not really")
    skipped = []
    pairs = list(read_pairs(tmp_path, on_skip=skipped.append))
    assert [pair.question for pair in pairs] == ["Who?"]
    whole = {item.source: item.reason for item in skipped if ":" not in item.source}
    assert set(whole) == {"a.json", "c.jsonl.gz"}
    assert "no question-answer pair in 1 rows" in whole["a.json"]
    with pytest.raises(InputError, match=r"a\.json"):
        list(read_pairs(tmp_path, strict=True))
    (tmp_path / "b.jsonl").unlink()
    with pytest.raises(InputError, match=r"a\.json: no question-answer pair"):
        list(read_pairs(tmp_path))


def test_missing_paths_empty_folders_and_unknown_formats(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        list(read_pairs(tmp_path / "absent.jsonl"))
    with pytest.raises(InputError, match="holds no file"):
        list(read_pairs(tmp_path))
    with pytest.raises(InputError, match="unknown format 'yaml'"):
        list(read_pairs(tmp_path, format="yaml"))
    assert "openai" in FORMATS


def test_a_folder_is_read_in_order_of_name(tmp_path):
    for name, question in [("b.jsonl", "B?"), ("a.jsonl", "A?")]:
        (tmp_path / name).write_text(json.dumps({"question": question, "answer": "x"}))
    (tmp_path / "README.md").write_text("not data")
    assert [pair.question for pair in read_pairs(tmp_path)] == ["A?", "B?"]


def test_fields_of_an_unknown_format_can_be_named(tmp_path):
    file = tmp_path / "own.jsonl"
    file.write_text(json.dumps({"frage": "Wann?", "antwort": {"kurz": "1957"}, "quelle": "pegel.md"}))
    (pair,) = read_pairs(file, fields=Fields("frage", "antwort.kurz", document="quelle"))
    assert (pair.question, pair.answer, pair.document) == ("Wann?", "1957", "pegel.md")
    with pytest.raises(InputError, match=r"no field 'fragen'; the fields are: antwort, frage, quelle"):
        list(read_pairs(file, fields=Fields("fragen")))


def test_a_format_forced_on_other_rows_says_so(tmp_path):
    file = tmp_path / "x.jsonl"
    file.write_text(json.dumps({"question": "Q?", "answer": "A"}))
    with pytest.raises(InputError, match="messages"):
        list(read_pairs(file, format="openai"))


KEYS = st.sampled_from(["role", "content", "from", "value", "question", "answer", "text", "type"])
PLAIN = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8) | st.sampled_from(["user", "assistant", "["])
)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
NAMES = sorted({name for row, _ in ROWS.values() for name in row} | {"goldens", "cot_examples", "answers", "prompt"})


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=1, max_size=5), min_size=1, max_size=3))
def test_no_row_of_any_shape_breaks_the_reader(items):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "fuzz.jsonl"
        file.write_text("\n".join(map(json.dumps, items)), encoding="utf-8")
        skipped = []
        pairs = []
        with contextlib.suppress(InputError):  # none of the rows holds a pair
            pairs.extend(read_pairs(file, on_skip=skipped.append))
        assert all(pair.question.strip() for pair in pairs)
        told = {int(item.source.rpartition(":")[2]) for item in skipped}
        assert {pair.row for pair in pairs} | told == set(range(1, len(items) + 1))


EXPORTS = {
    "openai": "jsonl", "sharegpt": "json", "alpaca": "json", "parquet": "parquet", "csv": "csv", "ragas": "jsonl",
    "deepeval": "json", "cartridges": "jsonl",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_what_the_project_exports_it_reads_again(name, tmp_path):
    document = Document(id="gauge.md", text="The tide gauge was moved in 1957. It stands on the pier.")
    target = Target(document_id="gauge.md", start=0, end=33, text=document.text[:33])
    records = [
        Record(
            key=str(n), document_id="gauge.md", document_digest=document.digest, target=target, style="factual", draw=n,
            question=Question(text=f"When was gauge {n} moved?"), answer=Answer(text="In 1957."), model="m",
            evidence=Evidence(document_id="gauge.md", start=0, end=33, text=target.text),
        )
        for n in range(3)
    ]  # fmt: skip
    file = tmp_path / f"data.{EXPORTS[name]}"
    export_records(records, name, file)
    pairs = list(read_pairs(file))
    assert [pair.question for pair in pairs] == [record.question.text for record in records]
    assert all(pair.answer == "In 1957." for pair in pairs)
