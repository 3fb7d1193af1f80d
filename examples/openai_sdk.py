"""The OpenAI SDK alone, three question-answer pairs in one call, guarded. What changed:

    -create = OpenAI().chat.completions.create
    +guard = Guard("pages/orchard-report.md")
    +create = guard.generating(OpenAI().chat.completions.create, per_call=3)

No LiteLLM is needed; the core wraps any callable. Needs OPENAI_API_KEY; without one set OPENAI_BASE_URL to a local
server, as in litellm_two_lines.py.
"""

import json
import os
from pathlib import Path

from openai import OpenAI

from selfstudy_guard import Guard

os.chdir(Path(__file__).parent)
text = Path("pages/orchard-report.md").read_text(encoding="utf-8")
guard = Guard("pages/orchard-report.md")
create = guard.generating(OpenAI().chat.completions.create, per_call=3)

for chunk in [chunk for chunk in text.split("\n## ") if len(chunk) > 100]:
    response = create(
        model="gpt-4o-mini",
        messages=[
            {"role": "system", "content": 'Reply with a JSON list of objects with the keys "question" and "answer".'},
            {"role": "user", "content": f"Make 3 question-answer pairs about this text:\n\n{chunk}"},
        ],
    )
    for pair in json.loads(response.choices[0].message.content):
        print(f"Q: {pair['question']}\nA: {pair['answer']}\n")
