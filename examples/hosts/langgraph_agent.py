"""LangGraph: a graph whose nodes are plain functions that call a model, guarded. What changed:

    -app = graph.compile()
    +guard = Guard("../pages/orchard-report.md")
    +app = guard_chain(graph.compile(), guard)

`make hosts` runs this against a local model.
"""

import os
from pathlib import Path
from typing import TypedDict

from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, StateGraph
from selfstudy_guard_langchain import guard_chain

from selfstudy_guard import Guard

os.chdir(Path(__file__).parent)
text = Path("../pages/orchard-report.md").read_text(encoding="utf-8")
chunks = [part for part in text.split("\n## ") if len(part) > 200]
model = ChatOpenAI(model="gpt-4o-mini")


class State(TypedDict, total=False):
    """What the nodes hand on."""

    text: str
    question: str
    answer: str


def ask(state: State) -> State:
    """Ask about the text."""
    return {"question": model.invoke(f"Write one exam question about this text:\n\n{state['text']}").text}


def answer(state: State) -> State:
    """Answer from the text."""
    return {"answer": model.invoke(f"<text>{state['text']}</text>\n\nQuestion: {state['question']}").text}


graph = StateGraph(State)
graph.add_node("ask", ask)
graph.add_node("reply", answer)
graph.add_edge(START, "ask")
graph.add_edge("ask", "reply")
graph.add_edge("reply", END)

guard = Guard("../pages/orchard-report.md")
app = guard_chain(graph.compile(), guard)

for chunk in chunks:
    made = app.invoke({"text": chunk})
    print(f"Q: {made['question']}\nA: {made['answer']}\n")
print(guard.balance)
