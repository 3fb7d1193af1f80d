"""A script that asks and answers through LiteLLM, guarded. What changed:

    -ask = answer = completion
    +guard = Guard("pages/orchard-report.md")
    +ask, answer = guard.asking(completion), guard.answering(completion)

Needs OPENAI_API_KEY; without one, run `python -m selfstudy_guard.testing --port 8000` in another terminal and set
OPENAI_API_BASE=http://127.0.0.1:8000/v1 and OPENAI_API_KEY=none.
"""

import os
from pathlib import Path

from litellm import completion

from selfstudy_guard import Guard

os.chdir(Path(__file__).parent)
MODEL = "openai/gpt-4o-mini"
text = Path("pages/orchard-report.md").read_text(encoding="utf-8")
chunks = [chunk for chunk in text.split("\n## ") if len(chunk) > 100]
guard = Guard("pages/orchard-report.md")
ask, answer = guard.asking(completion), guard.answering(completion)

for chunk in chunks:
    prompt = f"Write one exam question about this text:\n\n{chunk}"
    q = ask(model=MODEL, messages=[{"role": "user", "content": prompt}]).choices[0].message.content
    prompt = f"<text>{chunk}</text>\n\nAnswer in one sentence.\nQuestion: {q}"
    a = answer(model=MODEL, messages=[{"role": "user", "content": prompt}]).choices[0].message.content
    print(f"Q: {q}\nA: {a}\n")

# New, if you want it: what was covered, and what was taken out before the answers were asked for.
if "guard" in globals():
    print(f"{guard.coverage().coverage:.0%} of the targets are covered; {guard.balance.answered} pairs")
