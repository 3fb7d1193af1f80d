"""Plain words of an order in an answer: no token that stands out, and too few in a row to be a quotation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from selfstudy_guard.filter.model.features import word_hashes
from selfstudy_guard.filter.model.scoring import load_model

SHORT = 3
"""Words: in an answer that is no longer, one rare word of an order is enough."""
LEAST = 4
"""Letters of a rare word."""
RARE = 0.9
"""Weight (0 to 1, by how few documents hold it) from which a word is rare."""
_RUN, _RUN_DOUBTED = 2, 3
"""Words in a row that are an echo of an order; and of what was only withheld, most of which is honest."""


def echo(
    said: Sequence[str], planted: Iterable[Sequence[str]], doubted: Iterable[Sequence[str]], known: Collection[str]
) -> str:
    """The first words of an order that an answer says too; "" where there are none.

    A word that is rare, and stands neither in the clean text nor in the question, hardly comes up by chance in the
    company that an order gives it.

    Args:
        said: words of the answer, lower case.
        planted: words of the spans that are orders.
        doubted: words of the spans that were withheld; there all words of a run have to stand nowhere else.
        known: words of the clean text, the question and the prompt.
    """
    fresh = frozenset(said).difference(known)
    rare = frozenset(word for word in fresh if len(word) >= LEAST and is_rare(word))
    if not rare:
        return ""
    answer = f" {' '.join(said)} "
    for spans, length in ((planted, _RUN), (doubted, _RUN_DOUBTED)):
        for words in spans:
            if length == _RUN and len(said) <= SHORT and (alone := rare.intersection(words)):
                return min(alone)
            for at in range(len(words) - length + 1):
                run = words[at : at + length]
                if rare.isdisjoint(run) or (length != _RUN and not fresh.issuperset(run)):
                    continue
                if f" {' '.join(run)} " in answer:
                    return " ".join(run)
    return ""


def is_rare(word: str) -> bool:
    """Whether few of the texts that the filter learnt from hold a word."""
    vocabulary = load_model().weights.vocabulary
    entry = vocabulary.index.listed[vocabulary.index.entries(word_hashes([word]))][0]
    return bool(entry >= len(vocabulary.hashes) or vocabulary.weight[entry] >= RARE)
