"""A retrieval chain whose documents are filtered as they are loaded. What changed:

    -documents = loaded
    +documents = InstructionFilterTransformer().transform_documents(loaded)

What was taken out stands in each document's metadata. For documents that are in the store already, use
InstructionFilterCompressor behind the retriever, or `FilterInstructions(document_key="context")` before the prompt.
"""

import os
from pathlib import Path

from langchain_core.documents import Document
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from selfstudy_guard_langchain import EmbeddedChatModel, InstructionFilterTransformer

os.chdir(Path(__file__).parent)
text = Path("pages/orchard-report.md").read_text(encoding="utf-8")
loaded = [Document(page_content=part, metadata={"part": n}) for n, part in enumerate(text.split("\n## "))]
documents = InstructionFilterTransformer().transform_documents(loaded)


def retrieve(question: str) -> str:
    """The part that shares most words with the question."""
    words = set(question.lower().split())
    return max(documents, key=lambda document: len(words & set(document.page_content.lower().split()))).page_content


chain = (
    {"context": retrieve, "question": lambda question: question}
    | ChatPromptTemplate.from_template("<text>{context}</text>\n\nAnswer in one sentence.\nQuestion: {question}")
    | EmbeddedChatModel(max_tokens=40, temperature=0.0)
    | StrOutputParser()
)
print("A:", chain.invoke("How cold was the night of 23 April?").strip())
for document in documents:
    for finding in document.metadata.get("selfstudy_guard", {}).get("findings", []):
        print(f"taken out of part {document.metadata['part']}: {' '.join(finding['quote'].split())[:80]}")
