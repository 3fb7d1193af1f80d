"""Two LangChain chains that ask and answer, guarded. What changed:

    -ask, answer = asking, answering
    +guard = Guard("pages/orchard-report.md")
    +ask, answer = guard_chain(asking, guard, purpose="asking"), guard_chain(answering, guard, purpose="answering")

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
chunks = [chunk for chunk in text.split("\n## ") if len(chunk) > 100]

asking = (
    ChatPromptTemplate.from_template("Write one exam question about this text:\n\n{text}") | model | StrOutputParser()
)
answering = (
    ChatPromptTemplate.from_template("<text>{text}</text>\n\nAnswer in one sentence.\nQuestion: {question}")
    | model
    | StrOutputParser()
)
guard = Guard("pages/orchard-report.md")
ask, answer = guard_chain(asking, guard, purpose="asking"), guard_chain(answering, guard, purpose="answering")

for chunk in chunks[:2]:
    q = ask.invoke({"text": chunk})
    a = answer.invoke({"text": chunk, "question": q})
    print(f"Q: {q.strip()}\nA: {a.strip()}\n")

# New, if you want it: what was covered, and what was taken out before the answers were asked for.
if "guard" in globals():
    print(f"{guard.coverage().coverage:.0%} of the targets are covered; {guard.balance.answered} pairs")
