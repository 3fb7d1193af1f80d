"""A Hugging Face datasets pipeline: one row a target, and the footprint of what came out. What changed:

    -rows = documents
    +rows = plan(documents, n=3, id_column="id", seed=1)

`filter_row` and `footprint_row` are functions for `Dataset.map` (also with num_proc), and pandas or polars frames
work in the same way.
"""

from pathlib import Path

from datasets import Dataset
from selfstudy_guard_datasets import coverage, filter_row, footprint_row, plan
from selfstudy_guard_langchain import EmbeddedChatModel

PAGES = Path(__file__).parent / "pages"
documents = Dataset.from_list([{"id": p.name, "text": p.read_text(encoding="utf-8")} for p in sorted(PAGES.iterdir())])
model = EmbeddedChatModel(max_tokens=40, temperature=0.3, seed=1)
rows = plan(documents, n=3, id_column="id", seed=1)


def ask(row):
    """Your own prompt, with the row's context and anchor."""
    prompt = f"Write one exam question about this text:\n\n{row.get('context', row.get('text'))}{row.get('anchor', '')}"
    return {"question": model.invoke(prompt).text.strip()}


questions = rows.map(ask)
for question in questions["question"]:
    print("Q:", " ".join(question.split()))
print("coverage:", f"{coverage(questions, documents, id_column='id').coverage:.0%}")
kept = documents.map(filter_row, fn_kwargs={"text_column": "text"})
print("kept:", {row["id"]: f"{row['retention']:.0%}" for row in kept})
texts = dict(zip(documents["id"], documents["text"], strict=True))
found = questions.map(lambda row: {"text": texts[row["document_id"]]}).map(footprint_row)
print(
    "on target:",
    sum(
        a < d and c < b
        for a, b, c, d in zip(
            found["start"], found["end"], found["footprint_start"], found["footprint_end"], strict=True
        )
    ),
)
