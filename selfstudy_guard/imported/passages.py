"""Which document a passage was cut from, and what a long prompt asks besides the passage that it carries.

Documents are fingerprinted by winnowing word shingles (Schleimer, Wilkerson and Aiken 2003, "Winnowing: local
algorithms for document fingerprinting", doi:10.1145/872757.872770): of every 8 neighbouring shingles of 5 words
the one with the smallest hash is kept, so that any 12 words in a row that a passage shares with a document give a
common fingerprint.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence

import regex

from selfstudy_guard.records import Document

_SHINGLE = 5
_WINDOW = 8
_LONG_WORDS = 60
"""Questions of more words than this are searched for a passage of their document."""

_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]|[\p{L}\p{N}--[\p{Han}\p{Hiragana}\p{Katakana}]]+", regex.V1)
_LABEL = regex.compile(
    r"^\W*(?:context|passage|document|text|excerpt|chunk|source|question|query|q|instruction|task)\s*[:：]\W*",
    regex.IGNORECASE,
)
_SENTENCE_END = regex.compile(r"(?<=[.!?。！？])\s+|\n+")


class PassageIndex:
    """Finds the document that a passage stands in.

    Args:
        documents: the sources; their words are fingerprinted once, about two numbers for 9 words are kept.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        self._names: list[str] = []
        self._owners: dict[int, int] = {}
        self._texts: dict[str, str] = {}
        self._documents: dict[str, Document] = {}
        for number, document in enumerate(documents):
            self._names.append(document.id)
            self._documents[document.id] = document
            for mark in _marks(_words(document.text)):
                owner = self._owners.setdefault(mark, number)
                if owner != number:
                    self._owners[mark] = -1  # text that several documents share tells nothing

    def document(self, passages: Sequence[str]) -> str:
        """Id of the document that most of the passages' fingerprints belong to; "" where none or two do equally."""
        votes: Counter[int] = Counter()
        for passage in passages:
            for mark in _marks(_words(passage)):
                owner = self._owners.get(mark, -1)
                if owner >= 0:
                    votes[owner] += 1
        best = votes.most_common(2)
        if not best or (len(best) == 2 and best[0][1] == best[1][1]):
            return ""
        return self._names[best[0][0]]

    def split_prompt(self, question: str) -> tuple[str, str]:
        """The question proper, and the id of the document that the rest of a long prompt was cut from ("" if none).

        Sentences and lines of the prompt that stand word for word in that document are left out; of what remains, the
        parts with a question mark are the question, or all of it where there is none.
        """
        if len(question) < 200 or len(_words(question)) <= _LONG_WORDS:
            return question, ""
        document_id = self.document([question])
        if not document_id:
            return question, ""
        text = self._plain(document_id)
        kept = []
        for part in _SENTENCE_END.split(question):
            bare = _LABEL.sub("", part)
            words = " ".join(_words(bare))
            if words and (len(words.split()) < 3 or f" {words} " not in text) and not _cut_from(words, text):
                kept.append(bare.strip())
        asking = [part for part in kept if regex.search(r"[?？]\W*$", part)]
        rest = " ".join(asking or kept).strip()
        return (rest, document_id) if rest else (question, document_id)

    def _plain(self, document_id: str) -> str:
        found = self._texts.get(document_id)
        if found is None:
            if len(self._texts) > 64:
                self._texts.clear()
            found = self._texts[document_id] = f" {' '.join(_words(self._documents[document_id].text))} "
        return found


def _cut_from(words: str, text: str) -> bool:
    """Whether a passage was cut in the middle of a word: all but its first and last word stand in `text`."""
    inner = words.split()[1:-1]
    return len(inner) >= 4 and f" {' '.join(inner)} " in text


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _marks(words: Sequence[str]) -> set[int]:
    hashes = [
        zlib.crc32(" ".join(words[place : place + _SHINGLE]).encode("utf-8", "surrogatepass"))
        for place in range(len(words) - _SHINGLE + 1)
    ]
    if len(hashes) <= _WINDOW:
        return {min(hashes)} if hashes else set()
    return {min(hashes[place : place + _WINDOW]) for place in range(len(hashes) - _WINDOW + 1)}
