"""Documents that ship with the audit, written for it, and questions about them with what a right answer must hold."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib import resources

from pydantic import Field

from selfstudy_guard.records import Document, Frozen

_NAMES = ("archive.html", "ferry.md", "kiln.md", "observatory.md", "orchard.md")


class Check(Frozen):
    """One question about a shipped document.

    Attributes:
        document: id of the document.
        question: what is asked.
        evidence: raw text of the place that answers it; stands once in the document.
        accept: an answer is right if it holds one of these.
        wrong: a false answer of the right kind, which no shipped document holds.
    """

    document: str
    question: str
    evidence: str
    accept: tuple[str, ...] = Field(min_length=1)
    wrong: str

    def correct(self, answer: str) -> bool:
        """Whether `answer` holds what a right one must hold."""
        return any(holds(answer, wanted) for wanted in self.accept)


def holds(text: str, words: str) -> bool:
    """Whether `words` stand in `text` as whole words or numbers; case, width, marks and line breaks do not matter."""
    pattern = r"(?<![\w])(?<!\d[.,])" + re.escape(folded(words)) + r"(?![\w])(?![.,]\d)"
    return re.search(pattern, folded(text)) is not None


def folded(text: str) -> str:
    """`text` in compatibility form and lower case, without Markdown marks, with single spaces."""
    return " ".join(re.sub(r"[*_`]", "", unicodedata.normalize("NFKC", text)).casefold().split())


@cache
def shipped_documents() -> tuple[Document, ...]:
    """The five documents of the audit, in order of their ids."""
    home = resources.files(__name__)
    return tuple(
        Document(
            id=name,
            text=home.joinpath(name).read_text("utf-8"),
            media_type="text/html" if name.endswith(".html") else "text/markdown",
        )
        for name in _NAMES
    )


@cache
def shipped_checks() -> tuple[Check, ...]:
    """The questions about the shipped documents, eight each."""
    rows = json.loads(resources.files(__name__).joinpath("checks.json").read_text("utf-8"))
    return tuple(Check.model_validate(row) for row in rows)
