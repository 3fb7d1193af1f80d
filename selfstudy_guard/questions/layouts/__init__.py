"""Pairs in replies that are text: tags, tables, separated values, dialogues, labelled lines, headings and lists.

Each reader takes a whole reply and gives its pairs, or none where the reply is not in its layout.
"""

from __future__ import annotations

from collections.abc import Callable

import regex

from selfstudy_guard.questions.json_replies import turn_pairs
from selfstudy_guard.questions.layouts.dialogue import dialogue
from selfstudy_guard.questions.layouts.items import Pairs
from selfstudy_guard.questions.layouts.labelled import labelled_pairs
from selfstudy_guard.questions.layouts.tables import separated, tables
from selfstudy_guard.questions.layouts.tags import tags
from selfstudy_guard.questions.layouts.unlabelled import unlabelled
from selfstudy_guard.questions.turns import read_turns

_BLOCKS = regex.compile(
    r"</?(?:p|div|dl|dt|dd|ul|ol|li|details|summary|h[1-6]|section|article|blockquote)\b[^<>]{0,200}>", regex.I
)

_LATEX_ITEM = regex.compile(r"^[ \t]*+\\item\b(?:\[[^\[\]\n]{0,40}\])?[ \t]*+", regex.M)

_LATEX_LABEL = regex.compile(r"\\text(?:bf|it)\{([^{}\n]{1,40}[:.])\s*+\}")

_INLINE = regex.compile(r"</?(?:strong|b|em|i|u|span)\b[^<>]{0,200}>", regex.I)


def text_pairs(text: str, *, labelled: bool = False) -> Pairs:
    """The pairs of a reply that is no JSON.

    Args:
        text: the reply without its reasoning.
        labelled: only layouts that say which part is the question and which the answer.
    """
    text = text.replace("\r\n", "\n")
    if "</" in text and "<tr" not in text.lower() and _BLOCKS.search(text):
        text = _INLINE.sub("", _BLOCKS.sub(_as_line, text)).strip()
    text = _LATEX_LABEL.sub(r"\1", _LATEX_ITEM.sub("- ", text))
    readers: tuple[Callable[[str], Pairs], ...] = (_turns, tags, tables, separated, labelled_pairs, dialogue)
    for reader in readers:
        pairs = reader(text)
        if pairs:
            return pairs
    return [] if labelled else unlabelled(text)


def _as_line(tag: regex.Match[str]) -> str:
    """A tag of a block as the line break that it is, with the mark of a list's item."""
    return "\n- " if tag[0].lower().startswith("<li") else "\n"


def _turns(text: str) -> Pairs:
    turns = read_turns(text)
    return [pair for pair in turn_pairs(turns) if pair[1]]
