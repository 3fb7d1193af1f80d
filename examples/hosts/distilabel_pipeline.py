"""distilabel: a text generation task whose client is made inside the framework. What changed:

    -llm = OpenAILLM(model="gpt-4o-mini", base_url=BASE)
    +llm = OpenAILLM(model="ask/gpt-4o-mini", base_url=GUARD)

GUARD is the address of `selfstudy-guard serve ../pages/orchard-report.md --upstream $OPENAI_BASE_URL`.
`make hosts` runs this against a local model.
"""

import os
from pathlib import Path

from distilabel.models import OpenAILLM
from distilabel.steps.tasks import TextGeneration

os.chdir(Path(__file__).parent)
text = Path("../pages/orchard-report.md").read_text(encoding="utf-8")
chunks = [part for part in text.split("\n## ") if len(part) > 200]

llm = OpenAILLM(model="ask/gpt-4o-mini", base_url=os.environ["GUARD"])

task = TextGeneration(llm=llm)
task.load()
rows = [{"instruction": f"Write one exam question about this text:\n\n{chunk}"} for chunk in chunks]
for row in next(task.process(rows)):
    print(f"Q: {row['generation']}\n")
