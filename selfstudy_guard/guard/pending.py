"""Open draws, and the accepted questions among them that wait for the call that answers them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from selfstudy_guard.guard.locate.words import read_words
from selfstudy_guard.records import Draw, Question, Target, Usage

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
        self._draws: dict[tuple[int, ...], list[OpenDraw]] = {}
        self._lengths: Counter[int] = Counter()
        self._mutex = threading.RLock()

    def __iter__(self) -> Iterator[OpenDraw]:
        with self._mutex:
            return iter([one for draws in self._draws.values() for one in draws])

    def add(self, one: OpenDraw) -> None:
        """Let a question wait."""
        assert one.question is not None
        words = read_words(one.question.text).hashes.tolist()
        key = tuple(words[:_KEY_WORDS])
        if key:
            with self._mutex:
                self._draws.setdefault(key, []).append(one)
                self._lengths[len(key)] += 1

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
            key, one = found
            self._draws[key].remove(one)
            if not self._draws[key]:
                del self._draws[key]
            self._lengths[len(key)] -= 1
            if not self._lengths[len(key)]:
                del self._lengths[len(key)]
            return one

    def _find(self, texts: Sequence[str], document_ids: Sequence[str]) -> tuple[tuple[int, ...], OpenDraw] | None:
        best: tuple[tuple[int, int, int], tuple[int, ...], OpenDraw] | None = None
        first_words = {key[0] for key in self._draws}
        for number, text in enumerate(texts if self._draws else ()):
            words = tuple(read_words(text).hashes.tolist())
            starts = [at for at, word in enumerate(words) if word in first_words]
            for length in self._lengths:
                for at in starts:
                    for one in self._draws.get(words[at : at + length], ()):
                        assert one.question is not None
                        whole = tuple(read_words(one.question.text).hashes.tolist())
                        if words[at : at + len(whole)] != whole or one.target.document_id not in document_ids:
                            continue
                        rank = (len(whole), number, at)
                        if best is None or rank > best[0]:
                            best = (rank, words[at : at + length], one)
        return None if best is None else best[1:]
