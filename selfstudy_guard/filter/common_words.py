"""Frequent words of a few languages, by which a text shows that it is language at all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from selfstudy_guard.files import shipped
from selfstudy_guard.filter.model.lexicon import CLASSES, FUNCTION_WORDS

_SHIPPED = shipped("selfstudy_guard.filter", "common_words.toml")
COMMON = frozenset(_SHIPPED["frequent"].split())
"""Words that stand in nearly every text, and those that orders to a model are made of."""
_ENDINGS = ("s", "es", "d", "ed", "ing", "ly", "er", "ers", "or", "ors", "ment", "ness", "ation")


def _forms(words: frozenset[str]) -> Iterator[str]:
    """Words with the endings of English; what is no word among them does no harm."""
    for word in words:
        yield word
        if len(word) > 2:
            yield from (word + ending for ending in _ENDINGS)
        if len(word) > 3 and word[-1] in "ey":
            yield from (word[:-1] + ending for ending in ("ing", "ation", "ies", "ied", "or", "ors"))


@lru_cache(maxsize=1)
def english() -> frozenset[str]:
    """Words, in all their forms, that English run together is taken apart by."""
    return frozenset(_forms(COMMON | frozenset(_SHIPPED["english"].split())))


@lru_cache(maxsize=1)
def listed() -> frozenset[str]:
    """The words of the word lists, folded: closed classes of many languages."""
    return frozenset(word for words in (*CLASSES.values(), *FUNCTION_WORDS.values()) for word in words.split()) | COMMON
