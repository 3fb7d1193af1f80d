"""Data sets as people have them: each is read with its answer, or a warning says that it has none."""

# ruff: noqa: E501  # one row stays on one line
from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from selfstudy_guard.errors import InputError
from selfstudy_guard.imported import Fields, read_pairs

ASKED, TOLD = "When was the gauge moved?", "In 1957."
MORE, SAID = "Who reads it?", "The harbour master."
PASSAGE = "The tide gauge at Morrow Point was moved in 1957 by the harbour master."
BOTH = [(ASKED, TOLD), (MORE, SAID)]
CALL = {"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}}

ROWS: dict[str, Any] = {
    # yourbench
    "yourbench, ground truth": {"question": ASKED, "ground_truth_answer": TOLD, "document_id": "gauge.md", "chunk_ids": ["1"]},
    "yourbench, self answer": {"question": ASKED, "self_answer": TOLD, "estimated_difficulty": 3, "generating_model": "m"},
    "yourbench, both": {"question": ASKED, "self_answer": TOLD, "ground_truth_answer": TOLD, "choices": []},
    # llama_index
    "llama_index, labelled": {"query": ASKED, "query_by": None, "reference_contexts": [PASSAGE], "reference_answer": TOLD, "reference_answer_by": None},
    # ragas through its versions
    "ragas 0.0": {"question": ASKED, "ground_truth_context": [PASSAGE], "ground_truth": [TOLD], "question_type": "simple", "episode_done": True},
    "ragas 0.1": {"question": ASKED, "contexts": [PASSAGE], "ground_truth": TOLD, "evolution_type": "reasoning", "metadata": [{"source": "gauge.md"}]},
    "ragas 0.1, lists": {"question": ASKED, "answer": "", "contexts": [PASSAGE], "ground_truths": [TOLD]},
    "ragas 0.2": {"user_input": ASKED, "reference_contexts": [PASSAGE], "reference": TOLD, "synthesizer_name": "single"},
    "ragas 0.4": {"user_input": ASKED, "reference_contexts": [PASSAGE], "reference": TOLD, "persona_name": "Keeper", "query_style": "PERFECT_GRAMMAR", "query_length": "SHORT"},
    "ragas, response only": {"user_input": ASKED, "retrieved_contexts": [PASSAGE], "response": TOLD, "reference": None},
    "ragas, rubric": {"user_input": ASKED, "reference": "", "response": TOLD, "rubrics": {"a": "b"}},
    # deepeval
    "deepeval golden": {"input": ASKED, "actual_output": None, "expected_output": TOLD, "context": [PASSAGE], "source_file": "gauge.md", "additional_metadata": {"evolutions": []}},
    "deepeval golden, camel": {"input": ASKED, "expectedOutput": TOLD, "retrievalContext": [PASSAGE], "sourceFile": "gauge.md"},
    "deepeval, conversational": {"scenario": "A visitor asks", "expected_outcome": "told", "turns": [{"role": "user", "content": ASKED}, {"role": "assistant", "content": TOLD}]},
    # RAFT
    "RAFT": {"id": "seed_task_0", "type": "general", "question": ASKED, "context": {"sentences": [[PASSAGE, "Another."]], "title": [["placeholder"] * 2]}, "oracle_context": PASSAGE, "cot_answer": f"##Reason: The page says ##begin_quote## moved in 1957 ##end_quote##. <ANSWER>: {TOLD}", "instruction": f"<DOCUMENT>{PASSAGE}</DOCUMENT>\n{ASKED}"},
    "RAFT, other mark": {"question": ASKED, "oracle_context": PASSAGE, "cot_answer": f"Because it says so.\n<ANSWER> {TOLD}", "instruction": ASKED},
    # Gemini
    "Gemini contents": {"systemInstruction": {"role": "system", "parts": [{"text": "Be brief."}]}, "contents": [{"role": "user", "parts": [{"text": ASKED}]}, {"role": "model", "parts": [{"text": TOLD}]}]},
    "Gemini pairs": {"text_input": ASKED, "output": TOLD},
    "Vertex pairs": {"input_text": ASKED, "output_text": TOLD},
    # LLaMA-Factory
    "LLaMA-Factory, tool roles": {"conversations": [{"from": "human", "value": ASKED}, {"from": "function_call", "value": "{}"}, {"from": "observation", "value": "1957"}, {"from": "gpt", "value": TOLD}], "system": "", "tools": "[]"},
    "LLaMA-Factory, preference": {"conversations": [{"from": "human", "value": ASKED}], "chosen": {"from": "gpt", "value": TOLD}, "rejected": {"from": "gpt", "value": "No."}},
    "LLaMA-Factory, alpaca preference": {"instruction": ASKED, "input": "", "chosen": TOLD, "rejected": "No."},
    "LLaMA-Factory, unlabelled roles": {"messages": [{"role": "Human", "content": ASKED}, {"role": "Assistant", "content": TOLD}]},
    # tool-call turns
    "OpenAI tools": {"messages": [{"role": "user", "content": ASKED}, {"role": "assistant", "content": "", "tool_calls": [CALL]}, {"role": "tool", "content": "1957"}, {"role": "assistant", "content": TOLD}]},
    "OpenAI tools, a word before": {"messages": [{"role": "user", "content": ASKED}, {"role": "assistant", "content": "Let me look.", "tool_calls": [CALL]}, {"role": "tool", "content": "1957"}, {"role": "assistant", "content": TOLD}]},
    "OpenAI functions": {"messages": [{"role": "user", "content": ASKED}, {"role": "assistant", "content": None, "function_call": {"name": "look", "arguments": "{}"}}, {"role": "function", "name": "look", "content": "1957"}, {"role": "assistant", "content": TOLD}]},
    "Anthropic tools": {"messages": [{"role": "user", "content": ASKED}, {"role": "assistant", "content": [{"type": "tool_use", "id": "1", "name": "look", "input": {}}]}, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "1", "content": "1957"}]}, {"role": "assistant", "content": [{"type": "text", "text": TOLD}]}]},
    "Hermes tools": {"conversations": [{"from": "system", "value": "You call functions."}, {"from": "human", "value": ASKED}, {"from": "gpt", "value": "<tool_call>\n{}\n</tool_call>"}, {"from": "tool", "value": "<tool_response>1957</tool_response>"}, {"from": "gpt", "value": TOLD}]},
    # chats of other kinds
    "reasoning in the answer": {"messages": [{"role": "user", "content": ASKED}, {"role": "assistant", "content": f"<think>1957?</think>{TOLD}"}]},
    "prompt and completion, chats": {"prompt": [{"role": "user", "content": ASKED}], "completion": [{"role": "assistant", "content": TOLD}]},
    "preference chats": {"chosen": [{"role": "user", "content": ASKED}, {"role": "assistant", "content": TOLD}], "rejected": [{"role": "user", "content": ASKED}, {"role": "assistant", "content": "No."}]},
    "UltraChat": {"prompt_id": "1", "data": [ASKED, TOLD]},
    "text, ChatML": {"text": f"<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n{ASKED}<|im_end|>\n<|im_start|>assistant\n{TOLD}<|im_end|>\n"},
    "text, Llama 2": {"text": f"<s>[INST] {ASKED} [/INST] {TOLD} </s>"},
    "text, Llama 2 with system": {"text": f"<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\n{ASKED} [/INST] {TOLD} </s>"},
    "text, Llama 3": {"text": f"<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n{ASKED}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n{TOLD}<|eot_id|>"},
    "text, Gemma": {"text": f"<start_of_turn>user\n{ASKED}<end_of_turn>\n<start_of_turn>model\n{TOLD}<end_of_turn>"},
    "text, guanaco": {"text": f"### Human: {ASKED}### Assistant: {TOLD}"},
    "text, Alpaca prompt": {"text": f"Below is an instruction that describes a task.\n\n### Instruction:\n{ASKED}\n\n### Response:\n{TOLD}"},
    "text, Zephyr": {"text": f"<|user|>\n{ASKED}</s>\n<|assistant|>\n{TOLD}</s>"},
    "text, labels": {"text": f"Question: {ASKED}\nAnswer: {TOLD}"},
    # multiple choice
    "MMLU": {"question": ASKED, "subject": "gauges", "choices": ["In 1903.", TOLD, "In 1960.", "Never."], "answer": 1},
    "ARC": {"id": "1", "question": ASKED, "choices": {"text": ["In 1903.", TOLD], "label": ["A", "B"]}, "answerKey": "B"},
    "options, letters": {"question": ASKED, "options": {"A": "In 1903.", "B": TOLD}, "answer": "B"},
    "options, list and letter": {"question": ASKED, "options": ["In 1903.", TOLD], "answer": "B"},
    "options, lettered list": {"question": ASKED, "options": ["A. In 1903.", f"B. {TOLD}"], "answer": "B"},
    "columns A to D": {"question": ASKED, "A": "In 1903.", "B": TOLD, "C": "In 1960.", "D": "Never.", "answer": "B"},
    "columns option_a": {"question": ASKED, "option_a": "In 1903.", "option_b": TOLD, "correct_option": "b"},
    "columns opa": {"question": ASKED, "opa": "In 1903.", "opb": TOLD, "opc": "x", "opd": "y", "cop": 1},
    "SciQ": {"question": ASKED, "distractor1": "In 1903.", "distractor2": "x", "correct_answer": TOLD, "support": PASSAGE},
    "answer in full": {"question": ASKED, "choices": ["In 1903.", TOLD], "answer": TOLD},
    "correct index": {"question": ASKED, "answers": ["In 1903.", TOLD], "correct": 1},
    # lists of answers
    "answers": {"question": ASKED, "answers": [TOLD, "1957"]},
    "answers, SQuAD without context": {"id": "1", "question": ASKED, "answers": {"text": [TOLD], "answer_start": [3]}},
    "answers, objects": {"question": ASKED, "answers": [{"text": TOLD, "answer_start": 3}]},
    "answers, MS MARCO": {"query": ASKED, "query_id": 1, "passages": {"passage_text": [PASSAGE], "is_selected": [1]}, "answers": [TOLD], "wellFormedAnswers": []},
    "questions and answers, lists": {"context": PASSAGE, "questions": [ASKED], "answers": [TOLD]},
    "HotpotQA": {"question": ASKED, "answer": TOLD, "supporting_facts": [["Gauge", 0]], "context": [["Gauge", [PASSAGE]]], "type": "bridge", "level": "easy"},
    "short answer": {"question": ASKED, "short_answer": TOLD, "long_answer": PASSAGE},
    # names of fields
    "capitals": {"QUESTION": ASKED, "ANSWER": TOLD},
    "title case with spaces": {"Question Text": ASKED, "Expected Answer": TOLD, "Source Document": "gauge.md"},
    "letters": {"Q": ASKED, "A": TOLD},
    "camel case": {"userQuery": ASKED, "modelResponse": TOLD},
    "German": {"Frage": ASKED, "Antwort": TOLD},
    "Chinese": {"问题": ASKED, "答案": TOLD},
    "spaces round names": {" question ": ASKED, " answer ": TOLD},
    "prompt and response": {"prompt": ASKED, "response": TOLD},
    "problem and solution": {"problem": ASKED, "solution": TOLD},
    "source and target": {"input": ASKED, "target": TOLD},
    "langsmith": {"inputs": {"question": ASKED}, "outputs": {"answer": TOLD}},
    "langsmith, metadata": {"inputs": {"input": ASKED}, "outputs": {"output": TOLD}, "metadata": {"source": "gauge.md"}},
    "phoenix": {"attributes": {"x": 1}, "input": {"question": ASKED}, "output": {"answer": TOLD}},
    "datasets server": {"row_idx": 0, "row": {"question": ASKED, "answer": TOLD}, "truncated_cells": []},
    "promptfoo": {"vars": {"question": ASKED}, "expected": TOLD},
    "InstructLab": {"context": PASSAGE, "questions_and_answers": [{"question": ASKED, "answer": TOLD}]},
    "InstructLab, SDG": {"question": ASKED, "response": TOLD, "document": PASSAGE, "domain": "x"},
    "Dolly": {"instruction": ASKED, "context": PASSAGE, "response": TOLD, "category": "closed_qa"},
    "Label Studio": {"data": {"question": ASKED, "answer": TOLD}, "id": 1},
}  # fmt: skip


def _read(path: Path) -> list[tuple[str, str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a row with an answer gives no warning
        return [(pair.question, pair.answer) for pair in read_pairs(path)]


@pytest.mark.parametrize("name", ROWS)
def test_row(name: str, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps(ROWS[name]) + "\n", encoding="utf-8")
    assert _read(file) == [(ASKED, TOLD)]


COLUMNS: dict[str, Any] = {
    "columns": {"question": {"0": ASKED, "1": MORE}, "answer": {"0": TOLD, "1": SAID}},
    "lists": {"question": [ASKED, MORE], "answer": [TOLD, SAID]},
    "split": {"columns": ["question", "answer"], "index": [0, 1], "data": [[ASKED, TOLD], [MORE, SAID]]},
    "index": {"0": {"question": ASKED, "answer": TOLD}, "1": {"question": MORE, "answer": SAID}},
    "table": {"schema": {"fields": [{"name": "index", "type": "integer"}], "pandas_version": "1.4.0"}, "data": [{"index": 0, "question": ASKED, "answer": TOLD}, {"index": 1, "question": MORE, "answer": SAID}]},
    "records": [{"question": ASKED, "answer": TOLD}, {"question": MORE, "answer": SAID}],
    "capital columns": {"Question": {"0": ASKED, "1": MORE}, "Answer": {"0": TOLD, "1": SAID}},
    "pairs of texts": [[ASKED, TOLD], [MORE, SAID]],
    "question as key": {ASKED: TOLD, MORE: SAID},
    "under a key": {"version": "1", "items": [{"question": ASKED, "answer": TOLD}, {"question": MORE, "answer": SAID}]},
    "splits": {"train": [{"question": ASKED, "answer": TOLD}], "test": [{"question": MORE, "answer": SAID}]},
    "datasets server": {"features": [{"feature_idx": 0, "name": "question"}], "rows": [{"row_idx": 0, "row": {"question": ASKED, "answer": TOLD}}, {"row_idx": 1, "row": {"question": MORE, "answer": SAID}}]},
    "llama_index": {"examples": [{"query": q, "reference_answer": a, "reference_contexts": [PASSAGE]} for q, a in BOTH]},
    "goldens": {"goldens": [{"input": q, "expected_output": a} for q, a in BOTH]},
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_layout_of_a_json_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / "in.json"
    file.write_text(json.dumps(COLUMNS[name]), encoding="utf-8")
    assert _read(file) == BOTH


@pytest.mark.parametrize("orient", ["records", "columns", "index", "split", "table"])
def test_what_pandas_writes(orient: str, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    file = tmp_path / "in.json"
    pandas.DataFrame({"question": [ASKED, MORE], "answer": [TOLD, SAID]}).to_json(file, orient=orient)
    assert _read(file) == BOTH


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_json_lines_named_json(end: str, tmp_path: Path) -> None:
    file = tmp_path / "in.json"
    rows = (json.dumps({"question": q, "answer": a}) for q, a in BOTH)
    file.write_bytes("".join(row + end for row in rows).encode())
    assert _read(file) == BOTH


def test_an_array_named_jsonl(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps([{"question": q, "answer": a} for q, a in BOTH], indent=1), encoding="utf-8")
    assert _read(file) == BOTH


def test_chat_lines_named_json(tmp_path: Path) -> None:
    file = tmp_path / "in.json"
    rows = ({"messages": [{"role": "user", "content": q}, {"role": "assistant", "content": a}]} for q, a in BOTH)
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert _read(file) == BOTH


@pytest.mark.parametrize(
    "text",
    [
        f"Question,Answer\n{ASKED},{TOLD}\n{MORE},{SAID}\n",
        f"QUESTION;ANSWER\n{ASKED};{TOLD}\n{MORE};{SAID}\n",
        f"Question\tCorrect answer\n{ASKED}\t{TOLD}\n{MORE}\t{SAID}\n",
        f"\ufeffFrage;Antwort\n{ASKED};{TOLD}\n{MORE};{SAID}\n",
        f"Unnamed: 0,Question ,Answer \n0,{ASKED},{TOLD}\n1,{MORE},{SAID}\n",
        f"Nr,Prompt,Ideal Response,Notes\n1,{ASKED},{TOLD},\n2,{MORE},{SAID},ok\n",
    ],
)
def test_headers_of_spreadsheets(text: str, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text(text, encoding="utf-8")
    assert _read(file) == BOTH


def _save(folder: Path, table: pa.Table, parts: int = 1) -> None:
    """A data set as `datasets.save_to_disk` writes it."""
    folder.mkdir(parents=True)
    names = [f"data-{n:05}-of-{parts:05}.arrow" for n in range(parts)]
    step = -(-table.num_rows // parts)
    for n, name in enumerate(names):
        part = table.slice(n * step, step)
        with pa.OSFile(str(folder / name), "wb") as out, pa.ipc.new_stream(out, part.schema) as writer:
            writer.write_table(part)
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": name} for name in names]}))
    (folder / "dataset_info.json").write_text(json.dumps({"citation": "", "description": "", "features": {}}))


TABLE = pa.table({"question": [ASKED, MORE], "answer": [TOLD, SAID]})


def test_a_saved_data_set(tmp_path: Path) -> None:
    _save(tmp_path / "one", TABLE)
    _save(tmp_path / "two", TABLE, parts=2)
    assert _read(tmp_path / "one") == BOTH
    assert _read(tmp_path / "two") == BOTH


def test_saved_splits(tmp_path: Path) -> None:
    _save(tmp_path / "all" / "test", TABLE.slice(0, 1))
    _save(tmp_path / "all" / "train", TABLE.slice(1, 1))
    (tmp_path / "all" / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    assert sorted(_read(tmp_path / "all")) == sorted(BOTH)


def test_an_arrow_file_alone_and_one_with_columns_nobody_knows(tmp_path: Path) -> None:
    _save(tmp_path / "one", TABLE)
    assert _read(tmp_path / "one" / "data-00000-of-00001.arrow") == BOTH
    _save(tmp_path / "odd", pa.table({"x": ["1"], "y": ["2"]}))
    with pytest.raises(InputError, match=r"arrow.*x, y"):
        list(read_pairs(tmp_path / "odd"))


def test_a_broken_arrow_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "in.arrow").write_bytes(b"\xff\xff\xff\xff nothing")
    with pytest.raises(InputError, match=r"in\.arrow"):
        list(read_pairs(tmp_path / "in.arrow"))


@pytest.mark.parametrize(
    "row",
    [
        {"question": ASKED, "difficulty": "easy"},
        {"query": ASKED, "reference_contexts": [PASSAGE], "reference_answer": ""},
        {"user_input": ASKED, "reference_contexts": [PASSAGE], "reference": None},
        {"input": ASKED, "expected_output": None, "context": [PASSAGE]},
        {"question": ASKED, "their_words": TOLD},
    ],
)
def test_rows_without_answers_are_read_and_said(row: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.warns(UserWarning, match=r"in\.jsonl: 1 of 1 questions has no answer.*--answer-field"):
        pairs = list(read_pairs(file))
    assert [(pair.question, pair.answer) for pair in pairs] == [(ASKED, "")]


def test_embedding_pairs_of_llama_index_have_no_answers(tmp_path: Path) -> None:
    file = tmp_path / "in.json"
    file.write_text(
        json.dumps(
            {
                "queries": {"q1": ASKED, "q2": MORE},
                "corpus": {"n1": PASSAGE},
                "relevant_docs": {"q1": ["n1"], "q2": ["n1"]},
            }
        )
    )
    with pytest.warns(UserWarning, match="no answer"):
        pairs = list(read_pairs(file))
    assert [(pair.question, pair.contexts) for pair in pairs] == [(ASKED, (PASSAGE,)), (MORE, (PASSAGE,))]


def test_contexts_and_documents_are_kept(tmp_path: Path) -> None:
    def one(name: str) -> Any:
        file = tmp_path / "in.jsonl"
        file.write_text(json.dumps(ROWS[name]) + "\n", encoding="utf-8")
        (pair,) = read_pairs(file)
        return pair

    assert one("RAFT").contexts == (PASSAGE,)
    assert one("llama_index, labelled").contexts == (PASSAGE,)
    assert one("ragas 0.0").contexts == (PASSAGE,)
    assert one("SciQ").contexts == (PASSAGE,)
    assert one("HotpotQA").contexts == (PASSAGE,)
    assert one("answers, MS MARCO").contexts == (PASSAGE,)
    assert one("deepeval golden, camel").document == "gauge.md"
    assert one("langsmith, metadata").document == "gauge.md"
    assert one("title case with spaces").document == "gauge.md"
    assert one("ragas 0.1").document == "gauge.md"


def test_a_file_without_pairs_in_a_folder_is_skipped_and_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"question": ASKED, "answer": TOLD}) + "\n")
    (tmp_path / "b.json").write_text('[{"status": "OK", "payload": "x"}, {"status": "OK", "payload": "y"}]')
    skipped: list[Any] = []
    assert [pair.answer for pair in read_pairs(tmp_path, on_skip=skipped.append)] == [TOLD]
    assert any("b.json" in str(item.source) and "no question-answer pair" in item.reason for item in skipped)
    with pytest.raises(InputError, match=r"b\.json"):
        list(read_pairs(tmp_path / "b.json"))
    with pytest.raises(InputError, match=r"b\.json"):
        list(read_pairs(tmp_path, strict=True))


def test_a_document_field_without_a_question_field(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps({"question": ASKED, "answer": TOLD, "origin": "gauge.md"}) + "\n")
    (pair,) = read_pairs(file, fields=Fields(document="origin"))
    assert (pair.question, pair.answer, pair.document) == (ASKED, TOLD, "gauge.md")
    (pair,) = read_pairs(file, fields=Fields(answer="origin"))
    assert (pair.question, pair.answer) == (ASKED, "gauge.md")
