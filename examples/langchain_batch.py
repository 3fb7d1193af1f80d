"""A LangChain chain that is called in batches, guarded; config and concurrency stay as they were. What changed:

    -chain = bare
    +guard = Guard("pages/orchard-report.md")
    +chain = guard_chain(bare, guard, purpose="asking")

Runs on the small built-in model; put ChatOpenAI(...) or any other chat model in its place.
"""

import os
import warnings
from pathlib import Path

from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from selfstudy_guard_langchain import EmbeddedChatModel, guard_chain

from selfstudy_guard import Guard

os.chdir(Path(__file__).parent)
warnings.simplefilter("ignore")  # a small model is often refused; guard.rejections says why
model = EmbeddedChatModel(max_tokens=40, temperature=0.3, seed=1)
text = Path("pages/orchard-report.md").read_text(encoding="utf-8")
chunks = [chunk for chunk in text.split("\n## ") if len(chunk) > 300]

prompt = ChatPromptTemplate.from_template("Write one exam question about this text:\n\n{text}")
bare = (prompt | model.bind(max_tokens=30) | StrOutputParser()).with_retry(stop_after_attempt=2)
guard = Guard("pages/orchard-report.md")
chain = guard_chain(bare, guard, purpose="asking")

questions = chain.batch([{"text": chunk} for chunk in chunks], config={"max_concurrency": 2, "tags": ["exam"]})
for question in questions:
    print(f"Q: {question.strip()}")
