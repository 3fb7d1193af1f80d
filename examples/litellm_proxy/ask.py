"""Asks the guarded proxy of config.yaml a question about its document.

The unguarded script is this very file: clients of a guarded proxy do not change.
"""

import os
from pathlib import Path

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("PROXY_URL", "http://127.0.0.1:4000/v1"), api_key=os.environ["LITELLM_MASTER_KEY"]
)
text = (Path(__file__).parent / "docs" / "harbour.md").read_text(encoding="utf-8")

answer = client.chat.completions.create(
    model="local",
    messages=[{"role": "user", "content": f"{text}\n\nAnswer from this text: how long is the pier?"}],
    max_tokens=60,
)
print(answer.choices[0].message.content)
