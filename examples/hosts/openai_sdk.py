"""The OpenAI SDK, guarded as a whole client. What changed:

    -client = OpenAI()
    +guard = Guard("../pages/orchard-report.md")
    +client = guard.client(OpenAI())

`with_options()` and `copy()` of the client stay guarded. `make hosts` runs this against a local model.
"""

import os
from pathlib import Path

from openai import OpenAI

from selfstudy_guard import Guard

os.chdir(Path(__file__).parent)
text = Path("../pages/orchard-report.md").read_text(encoding="utf-8")
chunks = [part for part in text.split("\n## ") if len(part) > 200]

guard = Guard("../pages/orchard-report.md")
client = guard.client(OpenAI())

for chunk in chunks:
    asked = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": f"Write one exam question about this text:\n\n{chunk}"}],
    )
    question = asked.choices[0].message.content
    answered = client.with_options(timeout=60).chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": f"<text>{chunk}</text>\n\nQuestion: {question}"}]
    )
    print(f"Q: {question}\nA: {answered.choices[0].message.content}\n")
print(guard.balance)
