"""dspy: a program that makes a question and its answer from a passage, guarded. What changed:

    +guard = Guard("../pages/orchard-report.md")
    +register_guard(guard, per_call=1)
    -dspy.configure(lm=dspy.LM("openai/gpt-4o-mini"))
    +dspy.configure(lm=dspy.LM("guard_generate/openai/gpt-4o-mini", cache=False), adapter=dspy.JSONAdapter())

dspy's cache stands before the guard, so it is off: a cached reply would come twice for one question.
`make hosts` runs this against a local model.
"""

import os
from pathlib import Path

import dspy
from selfstudy_guard_litellm import register_guard

from selfstudy_guard import Guard

os.chdir(Path(__file__).parent)
text = Path("../pages/orchard-report.md").read_text(encoding="utf-8")
chunks = [part for part in text.split("\n## ") if len(part) > 200]

guard = Guard("../pages/orchard-report.md")
register_guard(guard, per_call=1)
dspy.configure(lm=dspy.LM("guard_generate/openai/gpt-4o-mini", cache=False), adapter=dspy.JSONAdapter())


class MakePair(dspy.Signature):
    """Write one exam question about the passage, and its answer."""

    passage: str = dspy.InputField()
    question: str = dspy.OutputField()
    answer: str = dspy.OutputField()


program = dspy.Predict(MakePair)
for chunk in chunks:
    made = program(passage=chunk)
    print(f"Q: {made.question}\nA: {made.answer}\n")
print(guard.balance)
