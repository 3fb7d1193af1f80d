"""Facts written for the audit, and the same fact in different presentations: only the outer form changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from selfstudy_guard.files import shipped

Rewrite = Literal[
    "moved first", "moved last", "bold", "heading", "list", "table", "quotation", "number formatting", "casing"
]
REWRITES: tuple[Rewrite, ...] = (
    "moved first",
    "moved last",
    "bold",
    "heading",
    "list",
    "table",
    "quotation",
    "number formatting",
    "casing",
)
"""Every presentation that is compared with the plain sentence in its place."""


@dataclass(frozen=True)
class Fact:
    """One fact: a sentence whose number is spelt out.

    Attributes:
        subject: what it is about, as the first cell of a table.
        tells: the rest of the sentence behind the subject, with `{}` where the number stands.
        words, digits: the number, spelt out and in digits.
    """

    subject: str
    tells: str
    words: str
    digits: str

    @property
    def sentence(self) -> str:
        """The plain sentence."""
        return f"{self.subject} {self.tells.format(self.words)}."

    @property
    def with_digits(self) -> str:
        """The same with its number in digits."""
        return f"{self.subject} {self.tells.format(self.digits)}."


@dataclass(frozen=True)
class Topic:
    """Facts of one page, with its title."""

    title: str
    facts: tuple[Fact, ...]


TOPICS: tuple[Topic, ...] = tuple(
    Topic(entry["title"], tuple(Fact(*row) for row in entry["facts"]))
    for entry in shipped("selfstudy_guard.audit", "facts.toml")["topics"]
)
"""Pages whose facts are all of one length and weight, so that nothing but presentation makes one stand out."""


def page(title: str, facts: Sequence[Fact], focal: int, rewrite: Rewrite | None = None) -> str:
    """The facts as one Markdown page, with the presentation of one of them changed.

    Args:
        title: its heading.
        facts: in the order in which they stand.
        focal: index of the fact that is rewritten.
        rewrite: how; None leaves plain prose.
    """
    fact = facts[focal]
    before = [one.sentence for one in facts[:focal]]
    after = [one.sentence for one in facts[focal + 1 :]]
    if rewrite == "moved first":
        body = " ".join([fact.sentence, *before, *after])
    elif rewrite == "moved last":
        body = " ".join([*before, *after, fact.sentence])
    elif rewrite in ("heading", "list", "table", "quotation"):
        body = "\n\n".join(part for part in (" ".join(before), _block(fact, rewrite), " ".join(after)) if part)
    else:
        body = " ".join([*before, _inline(fact, rewrite), *after])
    return f"# {title}\n\n{body}\n"


def _block(fact: Fact, rewrite: Rewrite) -> str:
    """A fact as a block of its own."""
    sentence = fact.sentence
    if rewrite == "heading":
        return "## " + sentence.rstrip(".")
    if rewrite == "list":
        return "- " + sentence
    if rewrite == "quotation":
        return "> " + sentence
    tells = fact.tells.format(fact.words)
    return f"| What | Detail |\n| --- | --- |\n| {fact.subject} | {tells} |"


def _inline(fact: Fact, rewrite: Rewrite | None) -> str:
    """A fact inside its paragraph."""
    if rewrite == "bold":
        return f"**{fact.sentence}**"
    if rewrite == "number formatting":
        return fact.with_digits
    if rewrite == "casing":
        return fact.sentence.upper()
    return fact.sentence
