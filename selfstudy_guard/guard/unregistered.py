"""Notices text that is in no registered document and yet looks like one: long, and never the same twice.

A message may hold a registered chunk beside one that nobody registered. What a prompt says stays the same from call to
call; a document does not. So long stretches that were never seen before, in call after call, are reported.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence

from selfstudy_guard.guard.locate.alignment import Located
from selfstudy_guard.guard.locate.words import read_words, word_keys

LONGEST_PROMPT = 60
"""Words in a row that may be new without a report: a question, a name, a few examples."""
PATIENCE = 3
"""Calls of one kind with new long text that are put down to several prompt templates."""
_REMEMBERED = 200_000


class UnregisteredText:
    """Remembers the callers' own words of each kind of call; safe to share between threads."""

    def __init__(self) -> None:
        self._seen: dict[str, set[int]] = {}
        self._calls: Counter[str] = Counter()
        self._strikes: Counter[str] = Counter()
        self._mutex = threading.Lock()

    def count(self, purpose: str, texts: Sequence[tuple[str, Sequence[Located]]]) -> int:
        """Words of this call that are in no registered document and seem to belong to one all the same.

        Args:
            purpose: kind of call; prompts are compared within a kind.
            texts: each text of the call, with what was located in it.

        Returns:
            0 for the first calls of a kind, and while what is new stays short.
        """
        stretches = [stretch for text, located in texts for stretch in _own_stretches(text, located)]
        with self._mutex:
            seen = self._seen.setdefault(purpose, set())
            if len(seen) > _REMEMBERED:
                seen.clear()
                self._calls[purpose] = 0
            new = sum(length for length, keys in stretches if 2 * len(keys - seen) > len(keys))
            for _, keys in stretches:
                seen |= keys
            self._calls[purpose] += 1
            if not new or self._calls[purpose] == 1:
                return 0
            self._strikes[purpose] += 1
            return new if self._strikes[purpose] >= PATIENCE else 0


def _own_stretches(text: str, located: Sequence[Located]) -> list[tuple[int, set[int]]]:
    """Long runs of words outside the located copies: their lengths and the keys that they are known by."""
    if len(text) < 3 * LONGEST_PROMPT:
        return []
    edges = [0]
    for one in located:
        edges += [one.start, one.end]
    edges.append(len(text))
    found = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start < 3 * LONGEST_PROMPT:
            continue
        words = read_words(text[start:end])
        if len(words) >= LONGEST_PROMPT:
            found.append((len(words), set(word_keys(words).tolist())))
    return found
