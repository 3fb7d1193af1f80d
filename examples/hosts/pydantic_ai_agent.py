"""pydantic-ai: an agent with a typed result, guarded. What changed:

    -provider = OpenAIProvider(openai_client=AsyncOpenAI())
    +guard = Guard("../pages/orchard-report.md")
    +provider = OpenAIProvider(openai_client=guard.client(AsyncOpenAI(), "generating", per_call=2))

`make hosts` runs this against a local model.
"""

import os
from pathlib import Path

from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from selfstudy_guard import Guard

os.chdir(Path(__file__).parent)
text = Path("../pages/orchard-report.md").read_text(encoding="utf-8")
chunks = [part for part in text.split("\n## ") if len(part) > 200]


class Pair(BaseModel):
    """A question and its answer."""

    question: str
    answer: str


guard = Guard("../pages/orchard-report.md")
provider = OpenAIProvider(openai_client=guard.client(AsyncOpenAI(), "generating", per_call=2))
agent = Agent(OpenAIChatModel("gpt-4o-mini", provider=provider), output_type=list[Pair])

for chunk in chunks:
    for pair in agent.run_sync(f"Make two question-answer pairs about this text:\n\n{chunk}").output:
        print(f"Q: {pair.question}\nA: {pair.answer}\n")
print(guard.balance)
