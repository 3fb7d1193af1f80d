"""synthetic-data-kit: question-answer pairs whose prompt is one system message, by its own client. What changed:

    -client = LLMClient(provider="api-endpoint", api_base=BASE, model_name="gpt-4o-mini")
    +client = LLMClient(provider="api-endpoint", api_base=GUARD, model_name="either:2/gpt-4o-mini")

On the command line it is `api_base` and `model` in the kit's own configuration file. GUARD is the address of
`selfstudy-guard serve ../pages/orchard-report.md --upstream $OPENAI_BASE_URL`. The kit asks for a summary first, which
is filtered, and then for pairs. `make hosts` runs this against a local model.
"""

import os
from pathlib import Path

from synthetic_data_kit.generators.qa_generator import QAGenerator
from synthetic_data_kit.models.llm_client import LLMClient

os.chdir(Path(__file__).parent)
text = Path("../pages/orchard-report.md").read_text(encoding="utf-8")

client = LLMClient(
    provider="api-endpoint",
    api_base=os.environ["GUARD"],
    api_key=os.environ["OPENAI_API_KEY"],
    model_name="either:2/gpt-4o-mini",
    max_retries=1,
)
generator = QAGenerator(client)
generator.generation_config["chunk_size"] = 900
summary = generator.generate_summary(text)
for pair in generator.generate_qa_pairs(text, summary, num_pairs=8):
    print(f"Q: {pair['question']}\nA: {pair['answer']}\n")
