"""llama_index: its dataset generator asks several questions and answers them through one model. What changed:

    -llm = OpenAILike(model="gpt-4o-mini", is_chat_model=True, api_base=BASE)
    +llm = OpenAILike(model="either:2/gpt-4o-mini", is_chat_model=True, api_base=GUARD)

GUARD is the address of `selfstudy-guard serve ../pages/orchard-report.md --upstream $OPENAI_BASE_URL`, and "either:2/"
says that a call asks for two questions or for an answer. `make hosts` runs this against a local model.
"""

import os
from pathlib import Path

from llama_index.core import Document
from llama_index.core.evaluation import DatasetGenerator
from llama_index.core.node_parser import SentenceSplitter
from llama_index.llms.openai_like import OpenAILike

os.chdir(Path(__file__).parent)
text = Path("../pages/orchard-report.md").read_text(encoding="utf-8")

llm = OpenAILike(model="either:2/gpt-4o-mini", is_chat_model=True, api_base=os.environ["GUARD"])

nodes = SentenceSplitter(chunk_size=256, chunk_overlap=0).get_nodes_from_documents([Document(text=text)])
made = DatasetGenerator(nodes, llm=llm, num_questions_per_chunk=2).generate_dataset_from_nodes()
for question, answer in made.qr_pairs:
    print(f"Q: {question}\nA: {answer}\n")
