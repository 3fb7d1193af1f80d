"""curator: two LLM blocks, one that asks and one that answers; its clients are made inside it. What changed:

    -ask = Asker(model_name="openai/gpt-4o-mini", backend="litellm", backend_params={"base_url": BASE})
    +ask = Asker(model_name="openai/ask/gpt-4o-mini", backend="litellm", backend_params={"base_url": GUARD})

and "openai/answer/gpt-4o-mini" for the block that answers. Its backend "openai" fetches a word list when it begins.

GUARD is the address of `selfstudy-guard serve ../pages/orchard-report.md --upstream $OPENAI_BASE_URL`.
`make hosts` runs this against a local model.
"""

import os
from pathlib import Path

os.environ |= {"TELEMETRY_ENABLED": "0", "CURATOR_DISABLE_CACHE": "1", "CURATOR_DISABLE_RICH_DISPLAY": "1"}
from bespokelabs import curator
from datasets import Dataset

os.chdir(Path(__file__).parent)
text = Path("../pages/orchard-report.md").read_text(encoding="utf-8")
chunks = [part for part in text.split("\n## ") if len(part) > 200]


class Asker(curator.LLM):
    def prompt(self, input):
        return f"Write one exam question about this text:\n\n{input['chunk']}"

    def parse(self, input, response):
        return {"chunk": input["chunk"], "question": response}


class Answerer(curator.LLM):
    def prompt(self, input):
        return f"<text>\n{input['chunk']}\n</text>\n\nAnswer from the text.\n\nQuestion: {input['question']}"

    def parse(self, input, response):
        return {"question": input["question"], "answer": response}


served = {"backend": "litellm", "backend_params": {"base_url": os.environ["GUARD"], "max_retries": 1}}
ask = Asker(model_name="openai/ask/gpt-4o-mini", **served)
answer = Answerer(model_name="openai/answer/gpt-4o-mini", **served)
for row in answer(ask(Dataset.from_list([{"chunk": chunk} for chunk in chunks])).dataset).dataset:
    print(f"Q: {row['question']}\nA: {row['answer']}\n")
