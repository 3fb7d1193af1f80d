"""Word lists of the sentence model (lexicon.toml): small closed classes of words that show who is addressed."""

from __future__ import annotations

from selfstudy_guard.files import shipped

_SHIPPED = shipped("selfstudy_guard.filter.model", "lexicon.toml")

CLASSES: dict[str, str] = _SHIPPED["classes"]
"""Class name to words, separated by white space."""

FUNCTION_WORDS: dict[str, str] = _SHIPPED["function_words"]
"""Language to its most frequent words: which language a sentence is in, as far as it matters."""
