"""Frequent words of a few languages, by which a text shows that it is language at all."""

from __future__ import annotations

from functools import lru_cache

from selfstudy_guard.files import shipped
from selfstudy_guard.filter.model.lexicon import CLASSES, FUNCTION_WORDS

COMMON = frozenset(shipped("selfstudy_guard.filter", "common_words.toml")["frequent"].split())
"""Words that stand in nearly every text, and those that orders to a model are made of."""


@lru_cache(maxsize=1)
def listed() -> frozenset[str]:
    """The words of the word lists, folded: closed classes of many languages."""
    return frozenset(word for words in (*CLASSES.values(), *FUNCTION_WORDS.values()) for word in words.split()) | COMMON
