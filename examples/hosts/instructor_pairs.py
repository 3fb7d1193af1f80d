"""instructor: pairs as objects, two in one call, guarded. What changed:

    -client = instructor.from_openai(OpenAI())
    +guard = Guard("../pages/orchard-report.md")
    +client = instructor.from_openai(guard.client(OpenAI(), "generating", per_call=2))

`make hosts` runs this against a local model.
"""

import os
from pathlib import Path

import instructor
from openai import OpenAI
from pydantic import BaseModel

from selfstudy_guard import Guard

os.chdir(Path(__file__).parent)
text = Path("../pages/orchard-report.md").read_text(encoding="utf-8")
chunks = [part for part in text.split("\n## ") if len(part) > 200]


class Pair(BaseModel):
    """A question and its answer."""

    question: str
    answer: str


class Pairs(BaseModel):
    """What one call is to make."""

    pairs: list[Pair]


guard = Guard("../pages/orchard-report.md")
client = instructor.from_openai(guard.client(OpenAI(), "generating", per_call=2))

for chunk in chunks:
    made = client.chat.completions.create(
        model="gpt-4o-mini",
        response_model=Pairs,
        messages=[{"role": "user", "content": f"Make two question-answer pairs about this text:\n\n{chunk}"}],
    )
    for pair in made.pairs:
        print(f"Q: {pair.question}\nA: {pair.answer}\n")
print(guard.balance)
