"""What a document holds once its instruction-like spans are out, and what of those spans a text repeats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import regex
from cachetools import LRUCache

from selfstudy_guard.coverage.echoes import echo
from selfstudy_guard.records import Document, Finding

_RUN, _RUN_IDEOGRAPHS = 5, 10
"""Words in a row from an instruction-like span that make a mark; characters in scripts without spaces."""
_SOON, _PLACES = 20_000, 8
"""Code points of a text in which a word is sooner found than all words are listed, and places at which it is tried."""
_HELD_CHARACTERS = 20_000_000
"""Code points of the texts that are held at a time where documents are looked up; beyond, they are read again."""

_IDEOGRAPHS = r"\p{Han}\p{Hiragana}\p{Katakana}"
_WORD = regex.compile(rf"[{_IDEOGRAPHS}]|[\p{{L}}\p{{N}}--[{_IDEOGRAPHS}]]+", regex.VERSION1)
_IDEOGRAPH = regex.compile(rf"[{_IDEOGRAPHS}]")
ADDRESS = regex.compile(
    r"""\b(?:https?://|www\.)[^\s<>"'`\])}]++
    | \b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}+
    | \b(?:[a-z0-9-]{2,63}\.){1,3}(?:com|net|org|io|ai|app|shop|store|info|biz|xyz|online|site|example|test)\b(?!\.\w)
    """,
    regex.IGNORECASE | regex.VERBOSE,
)
_HOST = regex.compile(r"^(?:https?://)?(?:[^/@\s]*@)?(?:www\.)?([^/:?#\s]+)", regex.IGNORECASE)
_QUOTED = regex.compile(r"[\"“”'‘’`«»]([^\"“”'‘’`«»\n]{3,120})[\"“”'‘’`«»]")
_SHOUT = regex.compile(
    r"""
      \b\p{Lu}[\p{Lu}\p{N}_-]{3,40}\b                                     # capitals
    | \b(?=[\w-]{0,40}\p{N})(?=[\w-]{0,40}\p{L})[\p{L}\p{N}_-]{4,60}\b    # letters with digits
    | (?<=[\p{Ll},;][ ])\p{Lu}\p{Ll}{4,40}\b                              # a capital that begins no sentence
    | (?<=["“'‘«])\p{Lu}\p{Ll}{4,40}(?=["”'’»])                           # a word that is quoted alone
    """,
    regex.VERBOSE,
)
"""Tokens that stand out. The first word of a quotation or behind a colon has its capital from there, and counts not."""


@dataclass(frozen=True)
class Mark:
    """One sign.

    Attributes:
        code: a key of `MARKS`.
        quote: the part of the question or answer that bears it; untrusted, at most 120 characters.
    """

    code: str
    quote: str


@dataclass(frozen=True)
class Held:
    """What a document says once its instruction-like spans are out, and what those spans say.

    Attributes:
        clean: the rest of the text.
        planted: what the spans say.
        doubted: what was left out of an evidence on suspicion: most of it is honest, so only whole phrases of it count.
    """

    clean: str
    planted: tuple[str, ...]
    doubted: tuple[str, ...] = ()

    @cached_property
    def words(self) -> str:
        """Words of the clean text, lower case, one space between and round them."""
        return f" {words_of(self.clean)} "

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The different words of the clean text."""
        return frozenset(self.words.split())

    @cached_property
    def hosts(self) -> frozenset[str]:
        """Hosts of the addresses in the clean text."""
        return frozenset(host_of(found) for found in ADDRESS.findall(self.clean))

    @cached_property
    def language(self) -> str:
        """Main language of the clean text."""
        from selfstudy_guard.documents.language import guess_language

        return guess_language(self.clean)

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Tokens that stand out and that only the planted spans hold, as they are written."""
        found = {token for text in self.planted for token in _SHOUT.findall(text)}
        return frozenset(token for token in found if not self.says(token))

    @cached_property
    def phrases(self) -> frozenset[str]:
        """Quoted phrases of two words or more that only the planted spans hold, as words."""
        spans = (*self.planted, *self.doubted)
        found = {words_of(quoted) for text in spans for quoted in _QUOTED.findall(text)}
        return frozenset(phrase for phrase in found if " " in phrase and f" {phrase} " not in self.words)

    def knows(self, word: str) -> bool:
        """Whether a word of `words_of` stands in the clean text: by a look at a few places, else by its vocabulary."""
        lower = self._lower
        if lower.isascii() and len(lower) <= _SOON and "vocabulary" not in self.__dict__:
            at = -1
            for _ in range(_PLACES):
                at = lower.find(word, at + 1)
                if at < 0:
                    return False
                if not lower[at - 1 : at].isalnum() and not lower[at + len(word) : at + len(word) + 1].isalnum():
                    return True
        return word in self.vocabulary

    @cached_property
    def _lower(self) -> str:
        return self.clean.lower()

    def says(self, phrase: str) -> bool:
        """Whether the clean text holds the words of `phrase` in a row."""
        return f" {words_of(phrase)} " in self.words

    def repeated(self, text: str) -> list[Mark]:
        """What `text` repeats of the planted spans and the clean text does not hold."""
        if not self.planted and not self.doubted:
            return []
        said = f" {words_of(text)} "
        found = [mark("canary", token) for token in sorted(self.tokens) if token in text]
        found += [mark("canary", phrase) for phrase in sorted(self.phrases) if f" {phrase} " in said]
        for planted in (*self.planted, *self.doubted):
            run = _shared_run(words_of(planted).split(), said, self.words)
            if run:
                found.append(mark("instruction-text", run))
        return found

    def echoed(self, answer: str, told: str) -> list[Mark]:
        """What `answer` echoes of the planted spans in plain words that neither the clean text nor `told` holds."""
        if not self.planted and not self.doubted:
            return []
        spans = [words_of(span).split() for span in self.planted], [words_of(span).split() for span in self.doubted]
        found = echo(words_of(answer).split(), *spans, self.vocabulary.union(words_of(told).split()))
        return [mark("instruction-text", found)] if found else []


def held(text: str, spans: Iterable[tuple[int, int]], planted: Iterable[str], doubted: Iterable[str] = ()) -> Held:
    """What `text` holds outside `spans` (code points of it), and what is planted, or doubted, in it."""
    kept: list[str] = []
    at = 0
    for start, end in sorted(spans):
        kept.append(text[at : max(at, start)])
        at = max(at, end)
    kept.append(text[at:])
    return Held("\n".join(kept), tuple(filter(None, planted)), tuple(filter(None, doubted)))


class HeldOnDemand(Mapping[str, Held]):
    """What documents hold, made when it is asked for; the latest are kept.

    Args:
        documents: by id.
        findings: their instruction-like spans.
    """

    def __init__(self, documents: Mapping[str, Document], findings: Mapping[str, Sequence[Finding]]) -> None:
        self._documents, self._findings = documents, findings
        self._recent: LRUCache[str, Held] = LRUCache(_HELD_CHARACTERS, getsizeof=_room)

    def __getitem__(self, document_id: str) -> Held:
        found = self._recent.get(document_id)
        if found is None:
            found = self._recent[document_id] = held_by(
                self._documents[document_id], self._findings.get(document_id, ())
            )
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)


def _room(one: Held) -> int:
    return min(len(one.clean) + 1, _HELD_CHARACTERS)  # the last one is kept, however large it is


def held_by(document: Document, findings: Sequence[Finding]) -> Held:
    """What a document holds outside its findings."""
    planted = [text for finding in findings for text in (finding.quote, finding.decoded) if text]
    return held(document.text, [(finding.start, finding.end) for finding in findings], planted)


def words_of(text: str) -> str:
    """The words of a text, lower case, one space between."""
    return " ".join(_WORD.findall(text.lower()))


def mark(code: str, quote: str) -> Mark:
    """A mark with as much of the quote as is kept."""
    return Mark(code, quote.strip()[:120])


def host_of(address: str) -> str:
    """The host of a web or mail address, lower case."""
    match = _HOST.match(address.rstrip(".,;:!?"))
    return match.group(1).lower() if match else address.lower()


def _shared_run(words: Sequence[str], said: str, clean: str) -> str:
    """The first run of `_RUN` words (or ideographs) that `said` holds too and `clean` does not; "" if none.

    Both are words with single spaces between and round them.
    """
    for place, word in enumerate(words):
        length = _RUN_IDEOGRAPHS if _IDEOGRAPH.match(word) else _RUN
        run = f" {' '.join(words[place : place + length])} "
        if place + length <= len(words) and run in said and run not in clean:
            return run.strip()
    return ""
