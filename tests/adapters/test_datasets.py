"""Hugging Face datasets, pandas and polars: plan, filter and footprint as row functions, coverage as a reduction."""

from __future__ import annotations

import asyncio
import json
import pickle
from typing import Any

import pytest

pytest.importorskip("datasets", reason="the extra 'datasets' is not installed")

from datasets import Dataset, DatasetDict
from datasets.fingerprint import Hasher
from selfstudy_guard_datasets import coverage, filter_row, footprint_row, plan, track

from selfstudy_guard.errors import InputError
from selfstudy_guard.testing.reader import respond
from tests.test_guard import FACTS, HARBOUR, PLANTED, TEXT

ROWS = [
    {"id": "harbour", "text": TEXT, "n": 1},
    {"id": "mill", "text": "The mill at Sand was built in 1799. Its wheel is four metres wide.", "n": 2},
]
QUESTIONS = [
    {"document_id": "harbour", "text": TEXT, "question": "When was the lighthouse at Kalvø built?", "answer": "1871"},
    {"document_id": "harbour", "text": TEXT, "question": "How many days did the ice of 1942 lie?", "answer": "93 days"},
    {
        "document_id": "mill",
        "text": ROWS[1]["text"],
        "question": "How wide is the wheel of the mill?",
        "answer": "four metres",
    },
]


def frames() -> dict[str, Any]:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    return {
        "datasets": Dataset.from_list(ROWS),
        "pandas": pandas.DataFrame(ROWS),
        "polars": polars.DataFrame(ROWS),
        "rows": ROWS,
    }


def as_rows(table: Any) -> list[dict[str, Any]]:
    if hasattr(table, "to_dicts"):
        return table.to_dicts()
    return table.to_dict("records") if hasattr(table, "columns") else [dict(row) for row in table]


@pytest.mark.parametrize("kind", ["datasets", "pandas", "polars", "rows"])
def test_a_plan_has_one_row_a_target_in_the_kind_that_came_in(kind: str) -> None:
    table = frames()[kind]
    planned = plan(table, id_column="id", seed=4)
    assert type(planned) is type(table)
    rows = as_rows(planned)
    texts = {row["id"]: row["text"] for row in ROWS}
    assert len({row["key"] for row in rows}) == len(rows) == 7
    for row in rows:
        assert texts[row["document_id"]][row["start"] : row["end"]] == row["target"]
        assert row["target"] in row["anchor"]
        assert "BANANA" not in row["context"] + row["evidence"] + row["target"]
    assert any("BANANA" in row["findings"] for row in rows)
    assert [row["key"] for row in as_rows(plan(table, 3, id_column="id", seed=4))] == [row["key"] for row in rows[:3]]


@pytest.mark.block_network(allowed_hosts=[".*/pymp-.*"])  # worker processes talk over a socket file
def test_row_functions_map_in_processes_and_keep_their_fingerprint() -> None:
    table = Dataset.from_list(ROWS)
    first = table.map(filter_row, fn_kwargs={"mode": "mask"}, num_proc=2)
    assert [len(row["text"]) for row in first] == [len(row["text"]) for row in ROWS]
    assert "BANANA" not in first[0]["text"]
    assert json.loads(first[0]["findings"])[0]["quote"].startswith("Ignore all")
    assert first[1]["retention"] == 1.0
    assert first[0]["n"] == 1
    assert Hasher.hash(filter_row) == Hasher.hash(pickle.loads(pickle.dumps(filter_row)))  # our own function
    again = Dataset.from_list(ROWS).map(filter_row, fn_kwargs={"mode": "mask"}, num_proc=2)
    assert again._fingerprint == first._fingerprint


def test_footprints_name_the_sentence_that_a_question_draws_on() -> None:
    found = Dataset.from_list(QUESTIONS).map(footprint_row, fn_kwargs={"answer_column": "answer"})
    assert found[0]["footprint_text"] == FACTS[0]
    assert "93 days" in found[1]["footprint_text"]
    assert TEXT[found[1]["footprint_start"] : found[1]["footprint_end"]] == found[1]["footprint_text"]
    elsewhere = footprint_row({"text": TEXT, "question": "Who wrote the symphony in C sharp minor?"})
    assert elsewhere["footprint_start"] == -1
    assert elsewhere["footprint_score"] == 0.0


@pytest.mark.parametrize("kind", ["datasets", "pandas", "polars", "rows"])
def test_coverage_reduces_and_shards_add_up(kind: str) -> None:
    documents = frames()[kind]
    summary = coverage(QUESTIONS, documents, id_column="id", answer_column="answer")
    assert summary.questions == 3
    assert summary.coverage == pytest.approx(3 / 7)
    halves = [track(part, documents, id_column="id", answer_column="answer") for part in (QUESTIONS[:1], QUESTIONS[1:])]
    whole = track(QUESTIONS, documents, id_column="id", answer_column="answer")
    assert (halves[0] + halves[1]).to_json() == whole.to_json()


def test_bad_tables_are_one_clear_message() -> None:
    for arguments, message in (
        (([{"body": "x"}],), "no column 'text'; there are 'body'"),
        (([{"text": 3}],), "row 0: column 'text' holds int"),
        ((["just text"],), "row 0 is str"),
        (("a path",), "holds no rows"),
        ((DatasetDict({"train": Dataset.from_list(ROWS)}),), r"pass one of them, for example dataset\['train'\]"),
        (([{"text": "###"}],), "nothing in the 1 rows"),
    ):
        with pytest.raises(InputError, match=message):
            plan(*arguments)
    with pytest.raises(InputError, match="stands twice"):
        plan([*ROWS, ROWS[0]], id_column="id")
    with pytest.raises(InputError, match="no column 'question'"):
        footprint_row({"text": TEXT})
    with pytest.raises(InputError, match="unknown document 'nowhere'"):
        track([{"document_id": "nowhere", "question": "Why?"}], ROWS, id_column="id")


# -- recipes: the shapes of other tools ----------------------------------------------------------------------------


def test_recipe_distilabel() -> None:
    """distilabel steps take and yield lists of rows: the row functions go into a step as they are."""

    def step(*inputs: list[dict[str, Any]]) -> Any:
        yield [filter_row(row, text_column="instruction") for row in inputs[0]]

    (batch,) = step([{"instruction": TEXT}, {"instruction": "The tide turns at noon."}])
    assert "BANANA" not in batch[0]["instruction"]
    assert batch[1]["instruction"] == "The tide turns at noon."


def test_recipe_synthetic_data_kit() -> None:
    """synthetic-data-kit writes {"summary", "qa_pairs": [{"question", "answer"}]} for each document."""
    output = {"summary": "...", "qa_pairs": [{k: row[k] for k in ("question", "answer")} for row in QUESTIONS[:2]]}
    rows = [{"document_id": "harbour", **pair} for pair in output["qa_pairs"]]
    assert coverage(rows, ROWS, id_column="id", answer_column="answer").covered == 2


def test_recipe_ragas() -> None:
    """ragas test sets name their columns user_input, reference and reference_contexts."""
    rows = [
        {"user_input": q["question"], "reference": q["answer"], "reference_contexts": [q["text"]]} for q in QUESTIONS
    ]
    found = [
        footprint_row(
            row | {"text": row["reference_contexts"][0]}, question_column="user_input", answer_column="reference"
        )
        for row in rows
    ]
    assert all(row["footprint_start"] >= 0 for row in found)
    tracked = track(rows, ROWS, id_column="id", question_column="user_input", answer_column="reference")
    assert tracked.summary().covered == 3


def test_recipe_cartridges_client_with_logprobs() -> None:
    """A cartridges-like async client: the filter comes before the call whose logprobs are the training target.

    The shared prefix (the document) stays first, and the anchor goes into the seed prompt behind it.
    """

    class Client:
        def __init__(self) -> None:
            self.sent: list[list[dict[str, str]]] = []

        async def chat(self, messages: list[dict[str, str]], top_logprobs: int = 0) -> dict[str, Any]:
            self.sent.append(messages)
            text = respond(messages)
            return {"text": text, "logprobs": [{"token": word, "top": top_logprobs} for word in text.split()]}

    async def synthesize(client: Client) -> list[dict[str, Any]]:
        made = []
        for row in plan([{"text": TEXT}], 3, seed=1, withhold=None):  # the same text for every target
            system = {"role": "system", "content": f"<text>{row['evidence']}</text>"}
            seed = {"role": "user", "content": f"Write one question. {row['anchor']}"}
            question = (await client.chat([system, seed]))["text"]
            asked = {"role": "user", "content": f"<text>{row['evidence']}</text>\nQuestion: {question}"}
            made.append(await client.chat([system, asked], top_logprobs=20))
        return made

    client = Client()
    made = asyncio.run(synthesize(client))
    assert all(answer["logprobs"] for answer in made)
    assert not any(PLANTED[:20] in json.dumps(messages) for messages in client.sent)
    assert len({messages[0]["content"] for messages in client.sent}) == 1, "one prefix for the cache"


def test_documents_of_the_core_and_rows_agree() -> None:
    row = filter_row({"text": HARBOUR.text})
    from selfstudy_guard import InstructionFilter

    assert row["text"] == InstructionFilter().clean(HARBOUR.text).text
