"""Counting what reads: words with letters, content words, link text; the same for scripts without spaces."""

from __future__ import annotations

import re

WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f\u1000-\u109f\u1780-\u17ff]")
_FUNCTION = frozenset(
    # fmt: off
    (
        "the",
        "and",
        "for",
        "that",
        "this",
        "with",
        "from",
        "are",
        "was",
        "were",
        "not",
        "but",
        "you",
        "your",
        "our",
        "his",
        "her",
        "its",
        "their",
        "they",
        "them",
        "has",
        "have",
        "had",
        "can",
        "will",
        "all",
        "any",
        "also",
        "into",
        "see",
        "here",
        "there",
        "then",
        "than",
        "when",
        "what",
        "who",
        "how",
        "why",
        "der",
        "die",
        "das",
        "und",
        "ist",
        "ein",
        "eine",
        "mit",
        "von",
        "den",
        "dem",
        "auf",
        "los",
        "las",
        "una",
        "por",
        "con",
        "del",
        "que",
        "les",
        "des",
        "est",
        "une",
        "dans",
        "sur",
        "pour",
        "yes",
        "more",
        "less",
    )
    # fmt: on
)


def content_words(view: str) -> int:
    """Words that carry meaning: at least three letters and no function word; two characters of a dense script count one."""
    dense = len(_DENSE.findall(view)) // 2
    return dense + sum(
        len(word) >= 3 and word.lower() not in _FUNCTION
        for word in WORD.findall(_DENSE.sub(" ", view) if dense else view)
    )


def words(view: str) -> int:
    """All words with letters; two characters of a dense script count one."""
    dense = len(_DENSE.findall(view))
    return dense // 2 + len(WORD.findall(_DENSE.sub(" ", view) if dense else view))


def solid(view: str) -> int:
    """Characters that are no white space."""
    return len(view) - sum(map(view.count, (" ", "\n", "\t", "\r", "\u00a0", "\u3000")))
