"""Open draws, and the accepted questions among them that wait for the call that answers them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from selfstudy_guard.guard.locate.words import read_words
from selfstudy_guard.records import Draw, Question, Target, Usage

_Words = tuple[int, ...]
"""Words of a text, as hashes."""
_KEY_WORDS = 4
"""Words of a question that it is looked up by."""


@dataclass
class OpenDraw:
    """A planned question, from the call that asks it to the call that answers it."""

    key: str
    draw: Draw
    digest: str
    question: Question | None = None
    usage: Usage = field(default_factory=Usage)
    attempts: int = 0

    @property
    def target(self) -> Target:
        """What the question is tied to."""
        return self.draw.target


class PendingQuestions:
    """Finds in the messages of an answer call which question it answers; safe to share between threads.

    Questions are compared by their words, so that escapes, line breaks and quotation marks round them do not matter.
    """

    def __init__(self) -> None:
        self._draws: dict[_Words, list[OpenDraw]] = {}
        self._sizes: dict[_Words, Counter[int]] = {}
        """By the first words of questions: how many words the questions have that begin so."""
        self._first: Counter[int] = Counter()
        self._mutex = threading.RLock()

    def __iter__(self) -> Iterator[OpenDraw]:
        with self._mutex:
            return iter([one for draws in self._draws.values() for one in draws])

    def add(self, one: OpenDraw) -> None:
        """Let a question wait."""
        assert one.question is not None
        whole = _words_of(one.question.text)
        if whole:
            with self._mutex:
                self._draws.setdefault(whole, []).append(one)
                self._sizes.setdefault(whole[:_KEY_WORDS], Counter())[len(whole)] += 1
                self._first[whole[0]] += 1

    def holds(self, texts: Sequence[str], document_ids: Sequence[str]) -> bool:
        """Whether the texts hold a question that waits and is about one of the documents."""
        with self._mutex:
            return self._find(texts, document_ids) is not None

    def take(self, texts: Sequence[str], document_ids: Sequence[str]) -> OpenDraw | None:
        """The question that the texts hold; it no longer waits. The longest one wins, then the one that stands last."""
        with self._mutex:
            found = self._find(texts, document_ids)
            if found is None:
                return None
            whole, one = found
            self._draws[whole].remove(one)
            if not self._draws[whole]:
                del self._draws[whole]
            key = whole[:_KEY_WORDS]
            self._sizes[key] -= Counter((len(whole),))
            if not self._sizes[key]:
                del self._sizes[key]
            self._first -= Counter((whole[0],))
            return one

    def _find(self, texts: Sequence[str], document_ids: Sequence[str]) -> tuple[_Words, OpenDraw] | None:
        best: tuple[tuple[int, int, int], _Words, OpenDraw] | None = None
        for number, text in enumerate(texts if self._draws else ()):
            words = _words_of(text)
            for at, word in enumerate(words):
                if word not in self._first:
                    continue
                sizes = {size for length in range(1, _KEY_WORDS + 1) for size in self._sizes_at(words, at, length)}
                for size in sizes:
                    rank = (size, number, at)
                    if best is not None and rank <= best[0]:
                        continue
                    whole = words[at : at + size]
                    for one in self._draws.get(whole, ()):
                        if one.target.document_id in document_ids:
                            best = (rank, whole, one)
                            break
        return None if best is None else best[1:]

    def _sizes_at(self, words: _Words, at: int, length: int) -> Iterable[int]:
        """How many words questions have whose first `length` words stand at a place."""
        return self._sizes.get(words[at : at + length], ())


def _words_of(text: str) -> _Words:
    return tuple(read_words(text).hashes.tolist())
