"""A second set of data-set rows, written before it was known which of them could be read (28 of 79 could not)."""

# one row stays on one line
from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from selfstudy_guard.imported import read_pairs

Q, A = "Where is the archive kept?", "In the chapel."

ROWS: dict[str, Any] = {
    "yourbench lighteval": {
        "question": Q,
        "ground_truth_answer": A,
        "question_category": "x",
        "kind": "single_shot",
        "chunk_ids": [],
        "citations": ["c"],
        "citation_score": 0.4,
    },
    "yb multi": {"document_ids": ["a.md"], "question": Q, "self_answer": A, "self_assessed_question_type": "factual"},
    "llamaindex correctness": {
        "query": Q,
        "reference_answer": A,
        "reference_contexts": [],
        "query_by": {"model_name": "", "type": "human"},
    },
    "ragas eval row": {"user_input": Q, "retrieved_contexts": ["x"], "response": "wrong", "reference": A},
    "ragas HF 0.1 dataset": {"question": Q, "answer": "wrong one", "contexts": ["c"], "ground_truth": A},
    "ragas multi": {"user_input": [{"content": Q, "type": "human"}, {"content": A, "type": "ai"}], "reference": A},
    "deepeval llmtest": {"name": "t", "input": Q, "actualOutput": "wrong", "expectedOutput": A, "context": ["c"]},
    "openai evals": {"input": [{"role": "system", "content": "x"}, {"role": "user", "content": Q}], "ideal": A},
    "openai batch": {
        "custom_id": "1",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": "m", "messages": [{"role": "user", "content": Q}, {"role": "assistant", "content": A}]},
    },
    "axolotl completion seg": {"segments": [{"label": False, "text": Q}, {"label": True, "text": A}]},
    "vicuna": {"id": "1", "conversations": [{"from": "user", "value": Q}, {"from": "assistant", "value": A}]},
    "sharegpt bing": {"items": [{"from": "human", "value": Q}, {"from": "gpt", "value": A}]},
    "oasst": {"INSTRUCTION": Q, "RESPONSE": A, "SOURCE": "gauge.md"},
    "cohere": {"messages": [{"role": "User", "content": Q}, {"role": "Chatbot", "content": A}]},
    "gemini vertex": {"contents": [{"role": "USER", "parts": {"text": Q}}, {"role": "MODEL", "parts": {"text": A}}]},
    "bedrock": {
        "schemaVersion": "bedrock-conversation-2024",
        "system": [{"text": "s"}],
        "messages": [{"role": "user", "content": [{"text": Q}]}, {"role": "assistant", "content": [{"text": A}]}],
    },
    "claude legacy": {"prompt": f"\n\nHuman: {Q}\n\nAssistant:", "completion": f" {A}"},
    "openai legacy": {"prompt": f"{Q}\n\n###\n\n", "completion": f" {A} END"},
    "dpo": {"prompt": Q, "chosen": A, "rejected": "no"},
    "orpo": {
        "prompt": Q,
        "chosen": [{"role": "user", "content": Q}, {"role": "assistant", "content": A}],
        "rejected": [{"role": "user", "content": Q}, {"role": "assistant", "content": "n"}],
    },
    "kto": {"prompt": Q, "completion": A, "label": True},
    "tool then thinking": {
        "messages": [
            {"role": "user", "content": Q},
            {"role": "assistant", "content": None, "reasoning_content": "hm", "tool_calls": [{"id": "1"}]},
            {"role": "tool", "content": "x"},
            {"role": "assistant", "content": A, "reasoning_content": "hm"},
        ]
    },
    "anthropic thinking": {
        "messages": [
            {"role": "user", "content": Q},
            {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": A}]},
        ]
    },
    "responses api": {
        "messages": [
            {"role": "user", "content": [{"type": "input_text", "text": Q}]},
            {"role": "assistant", "content": [{"type": "output_text", "text": A}]},
        ]
    },
    "mcq idx str": {"question": Q, "options": ["x", A, "z"], "answer": "1"},
    "mcq letter paren": {"question": Q, "choices": ["x", A, "z"], "answer": "(B)"},
    "mcq letter text": {"question": Q, "choices": ["A) x", "B) " + A], "answer": "B) " + A},
    "mcq correct list": {"question": Q, "options": ["x", A], "correct_answer": A},
    "mcq labels": {
        "question": {"stem": Q, "choices": [{"label": "A", "text": "x"}, {"label": "B", "text": A}]},
        "answerKey": "B",
    },
    "mcq mc1": {"question": Q, "mc1_targets": {"choices": [A, "x"], "labels": [1, 0]}},
    "truthful": {"question": Q, "best_answer": A, "correct_answers": [A], "incorrect_answers": ["x"]},
    "opentdb": {
        "type": "multiple",
        "difficulty": "easy",
        "question": Q,
        "correct_answer": A,
        "incorrect_answers": ["x", "y", "z"],
    },
    "nq simple": {"question": Q, "answer": [A]},
    "triviaqa": {"question": Q, "question_id": "1", "answer": {"value": A, "aliases": ["x"]}},
    "squad flat nosource": {
        "context": "c",
        "question": Q,
        "answers": {"answer_start": [1], "text": [A]},
        "is_impossible": False,
    },
    "coqa": {"story": "s", "questions": [Q], "answers": {"input_text": [A], "answer_start": [1]}},
    "quac": {
        "context": "c",
        "questions": [{"input_text": Q, "turn_id": 1}],
        "answers": [{"input_text": A, "turn_id": 1}],
    },
    "drop": {"passage": "p", "question": Q, "answers_spans": {"spans": [A], "types": ["span"]}},
    "doc qa": {"doc": "d", "qa": {"question": Q, "answer": A}},
    "faq": {"Frequently asked question": Q, "Reply": A},
    "spreadsheet": {"Frage Nr. 1": Q, "Antwort": A},
    "caps": {"Prompt": Q, "Ground Truth": A},
    "snake": {"user_question": Q, "assistant_answer": A},
    "gen q": {"generated_question": Q, "generated_answer": A},
    "qa col": {"qa_pair": {"question": Q, "answer": A}, "chunk": "c"},
    "list col": {"chunk": "c", "qa_pairs": [{"question": Q, "answer": A}]},
    "synthetic q text": {"text": f"Q: {Q}\nA: {A}"},
    "instruct text": {"text": f"### Instruction:\n{Q}\n\n### Input:\n\n\n### Response:\n{A}"},
    "mistral text": {"text": f"<s>[INST]{Q}[/INST]{A}</s>"},
    "phi text": {"text": f"<|user|>\n{Q}<|end|>\n<|assistant|>\n{A}<|end|>"},
    "user/asst text": {"text": f"USER: {Q} ASSISTANT: {A}"},
    "llama chat str": {"conversation": f"User: {Q}\nAssistant: {A}"},
    "messages str": {"messages": json.dumps([{"role": "user", "content": Q}, {"role": "assistant", "content": A}])},
    "langfuse": {"input": {"question": Q}, "expectedOutput": {"answer": A}, "metadata": None},
    "langfuse str": {"input": Q, "expectedOutput": A},
    "braintrust": {"input": Q, "expected": A, "metadata": {}},
    "mlflow": {"inputs": {"question": Q}, "expectations": {"expected_response": A}},
    "giskard": {
        "id": "1",
        "question": Q,
        "reference_answer": A,
        "reference_context": "Document 0: x",
        "conversation_history": [],
        "metadata": {"question_type": "simple"},
    },
    "argilla": {"fields": {"question": Q, "answer": A}, "responses": []},
    "xtuner": {"conversation": [{"system": "", "input": Q, "output": A}]},
    "belle": {"human": Q, "assistant": A},
    "nemo": {"input": Q, "output": A, "mask": "User"},
    "trl prompt": {"prompt": [{"role": "user", "content": Q}], "completion": [{"role": "assistant", "content": A}]},
}


def _read(path: Path) -> list[tuple[str, str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return [(pair.question, pair.answer) for pair in read_pairs(path)]


@pytest.mark.parametrize("name", ROWS)
def test_row(name: str, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps(ROWS[name]) + "\n", encoding="utf-8")
    assert _read(file) == [(Q, A)]


def test_a_yes_is_an_answer(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps({"question": "Is it there?", "passage": "p", "answer": True}) + "\n")
    assert _read(file) == [("Is it there?", "Yes")]


FILES = {
    "pretty two": json.dumps({"question": Q, "answer": A}, indent=1)
    + "\n"
    + json.dumps({"question": Q, "answer": A}, indent=1),
    "bom lines": "\ufeff" + json.dumps({"question": Q, "answer": A}) + "\n" + json.dumps({"question": Q, "answer": A}),
    "comma lines": json.dumps({"question": Q, "answer": A}) + ",\n" + json.dumps({"question": Q, "answer": A}) + ",\n",
    "values": json.dumps([["question", "answer"], [Q, A], [Q, A]]),
    "nested data": json.dumps(
        {"meta": {"v": 1}, "data": {"rows": [{"question": Q, "answer": A}, {"question": Q, "answer": A}]}}
    ),
    "by doc": json.dumps({"a.md": [{"question": Q, "answer": A}], "b.md": [{"question": Q, "answer": A}]}),
    "list of lists": json.dumps([[{"question": Q, "answer": A}], [{"question": Q, "answer": A}]]),
    "chat list of lists": json.dumps([[{"role": "user", "content": Q}, {"role": "assistant", "content": A}]] * 2),
}


@pytest.mark.parametrize("name", FILES)
def test_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / "in.json"
    file.write_text(FILES[name], encoding="utf-8")
    assert _read(file) == [(Q, A), (Q, A)]


@pytest.mark.parametrize("kind", ["csv", "tsv", "pipe", "utf-16", "feather", "values", "lines", "parquet"])
def test_what_pandas_writes(kind: str, tmp_path: Path) -> None:
    frame = pytest.importorskip("pandas").DataFrame({"Question": [Q, Q], "Answer": [A, A]})
    names = {"tsv": "tsv", "feather": "arrow", "values": "json", "lines": "json", "parquet": "parquet"}
    file = tmp_path / f"in.{names.get(kind, 'csv')}"
    write = {
        "csv": lambda: frame.to_csv(file),
        "tsv": lambda: frame.to_csv(file, sep="\t"),
        "pipe": lambda: frame.to_csv(file, sep="|", index=False),
        "utf-16": lambda: frame.to_csv(file, encoding="utf-16"),
        "feather": lambda: frame.to_feather(file),
        "values": lambda: frame.to_json(file, orient="values"),
        "lines": lambda: frame.to_json(file, orient="records", lines=True),
        "parquet": lambda: frame.to_parquet(file),
    }
    write[kind]()
    assert _read(file) == [(Q, A), (Q, A)]
