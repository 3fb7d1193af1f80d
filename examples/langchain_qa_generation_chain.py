"""The legacy QAGenerationChain, which asks for question and answer in one call, guarded. What changed:

    -llm = model
    +guard = Guard("pages/orchard-report.md")
    +llm = GuardedModel(bound=model, guard=guard, purpose="generating", per_call=1)

Runs on the small built-in model; put ChatOpenAI(...) or any other chat model in its place.
"""

import os
import warnings
from pathlib import Path

from langchain_classic.chains import QAGenerationChain
from selfstudy_guard_langchain import EmbeddedChatModel, GuardedModel

from selfstudy_guard import Guard

os.chdir(Path(__file__).parent)
warnings.simplefilter("ignore")  # a small model is often refused; guard.rejections says why
PAIR = {"type": "object", "properties": {"question": {"type": "string"}, "answer": {"type": "string"}}}
PAIR |= {"required": ["question", "answer"]}  # a small model needs a schema to write JSON
model = EmbeddedChatModel(max_tokens=200, temperature=0.6, seed=11).bind(response_schema=PAIR)
text = Path("pages/orchard-report.md").read_text(encoding="utf-8")
guard = Guard("pages/orchard-report.md")
llm = GuardedModel(bound=model, guard=guard, purpose="generating", per_call=1)

chain = QAGenerationChain.from_llm(llm)
for pair in chain.invoke({"text": text[text.index("## Frost") : text.index("## Pollination")]})["questions"]:
    print(f"Q: {pair['question']}\nA: {pair['answer']}\n")
