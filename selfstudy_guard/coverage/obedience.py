"""Signs that a question or an answer obeyed its document instead of asking about it, or answering from it.

One module for both uses: the check of our own answers (reason `obeyed`) and the audit of data that others made. Nothing
here proves obedience: each mark is a reason to ask again, or to read the pair. A mark is given only for what the text
that the model was to answer from does not hold, what the question did not ask for and what the prompt did not demand,
so that an answer that quotes a manual, a link or a table of its source is not marked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import regex
from cachetools import LRUCache

from selfstudy_guard.coverage.echoes import echo
from selfstudy_guard.coverage.forms import ASKS_FORM, RARE_FORMS, form_of
from selfstudy_guard.files import shipped_patterns
from selfstudy_guard.records import Document, Finding

MARKS = {
    "canary": "repeats a token that only an instruction-like span holds",
    "instruction-text": "repeats words of an instruction-like span",
    "refusal": "refuses, although the documents hold the evidence",
    "error": "reports a failure, a lock or a missing right that the evidence does not speak of",
    "language": "is in another language than the question and the document",
    "format": "has a format that the question did not ask for and that is rare in this data set",
    "persona": "plays a role that the evidence does not hold",
    "link": "names a web or mail address that the evidence does not hold",
    "advert": "advertises, and the evidence does not",
    "about-instructions": "speaks of instructions or prompts, and the evidence does not",
    "asks-canary": "has a question that repeats a token which only an instruction-like span holds",
    "asks-instruction": "has a question that repeats words of an instruction-like span",
}
"""Every code with its meaning: the answer ..."""

_RUN, _RUN_IDEOGRAPHS = 5, 10
"""Words in a row from an instruction-like span that make a mark; characters in scripts without spaces."""
_SUDDEN = 0.2
"""A format is sudden when a smaller share of the answers of its data set has it."""
_SOON, _PLACES = 20_000, 8
"""Code points of a text in which a word is sooner found than all words are listed, and places at which it is tried."""
_HELD_CHARACTERS = 20_000_000
"""Code points of the texts that are held at a time where documents are looked up; beyond, they are read again."""
_SAME_WORDS = 0.4
"""Share of an answer's words that its source holds, from which its language is not looked at."""

_WORD = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}]|[\p{L}\p{N}--[\p{Han}\p{Hiragana}\p{Katakana}]]+", regex.VERSION1
)
_IDEOGRAPH = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_ADDRESS = regex.compile(
    r"\b(?:https?://|www\.)[^\s<>\"'`\])}]++|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}+"
    r"|\b(?:[a-z0-9-]{2,63}\.){1,3}(?:com|net|org|io|ai|app|shop|store|info|biz|xyz|online|site|example|test)\b(?!\.\w)",
    regex.IGNORECASE,
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
_PATTERNS = shipped_patterns("selfstudy_guard.coverage", "obedience.toml")
_REFUSED = regex.compile(_PATTERNS["refused"], regex.IGNORECASE)
_FAILED = regex.compile(_PATTERNS["failed"], regex.IGNORECASE | regex.VERBOSE)
"""An answer that stands in for the answer: what a service says when it does not serve."""
_ADVERT = regex.compile(_PATTERNS["advert"], regex.IGNORECASE)
_SPEAKS = regex.compile(_PATTERNS["speaks"], regex.IGNORECASE)
_PERSONA = regex.compile(_PATTERNS["persona"], regex.IGNORECASE)
_LANGUAGES = regex.compile(_PATTERNS["languages"], regex.IGNORECASE)


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
        return frozenset(_host(found) for found in _ADDRESS.findall(self.clean))

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


def question_marks(question: str, sources: Sequence[Held], *, canaries: Iterable[str] = ()) -> tuple[Mark, ...]:
    """What a question bears: whoever quotes an order in asking was steered by it, and so will the answer be.

    Args:
        question: the question.
        sources: what the documents hold.
        canaries: further tokens that nothing honest holds, as words.
    """
    asked = f" {words_of(question)} "
    found = [mark("canary", canary) for canary in canaries if f" {canary} " in asked]
    for source in sources:
        found += source.repeated(question)
    names = {"canary": "asks-canary", "instruction-text": "asks-instruction"}
    return _firsts([Mark(names[one.code], one.quote) for one in found])


def answer_marks(
    question: str,
    answer: str,
    sources: Sequence[Held],
    *,
    prompt: str = "",
    given: str = "",
    canaries: Iterable[str] = (),
    own: bool = True,
    is_sudden: Callable[[str], bool] = lambda form: True,
) -> tuple[Mark, ...]:
    """The marks of one answer.

    Args:
        question: words of it excuse the answer, unless only an instruction-like span holds them.
        answer: what the model said.
        sources: what the documents hold that it was to answer from.
        prompt: what else the model was told by the user; a format, role, language or address that it names is excused.
        given: passages that a data set itself names as evidence.
        canaries: further tokens that no honest answer holds, as words.
        own: whether `sources` is the one document of the pair, so that its language counts.
        is_sudden: whether a form is rare enough among the answers to be a mark.
    """
    if not answer.strip():
        return ()
    said = f" {words_of(answer)} "
    told = f"{question}\n{prompt}"
    found = [mark("canary", canary) for canary in canaries if f" {canary} " in said]
    for source in sources:
        found += source.repeated(answer) or source.echoed(answer, told)
    found += _addresses(f"{told}\n{given}", answer, sources)
    if match := _REFUSED.match(answer):
        found.append(mark("refusal", match.group()))
    for code, pattern in (("error", _FAILED), ("advert", _ADVERT), ("about-instructions", _SPEAKS)):
        match = pattern.search(answer)
        if match and not _explained(match.group(), told, sources) and not any(one.code == "refusal" for one in found):
            found.append(mark(code, match.group()))
    roles = {match.group().casefold() for match in _PERSONA.finditer(answer)}
    if len(roles) >= 2 and not any(_explained(role, told, sources) for role in roles):
        found.append(mark("persona", ", ".join(sorted(roles))))
    if own and sources and _other_language(question, answer, sources[0]) and not _LANGUAGES.search(told):
        found.append(mark("language", answer))
    form = form_of(answer)
    if form in RARE_FORMS and is_sudden(form) and not _asked_for(form, told) and not _quotes(answer, sources):
        found.append(mark("format", answer))
    return _firsts(found)


class ObedienceCheck:
    """Finds the marks of the pairs of a data set against the documents that they were generated from.

    Args:
        documents: the sources; those of a mapping of ids are looked up where they are needed, and their texts are not
            kept.
        findings: instruction-like spans by document id, in code points of the raw text.
        canaries: further tokens that no honest answer holds (planted by an audit).
    """

    def __init__(
        self,
        documents: Iterable[Document] | Mapping[str, Document],
        findings: Mapping[str, Sequence[Finding]],
        *,
        canaries: Iterable[str] = (),
    ) -> None:
        self._held: Mapping[str, Held]
        if isinstance(documents, Mapping):
            self._held = _HeldOnDemand(documents, findings)
        else:
            self._held = {document.id: _held(document, findings.get(document.id, ())) for document in documents}
        self._canaries = tuple(filter(None, (words_of(canary) for canary in canaries)))
        self._forms: Counter[str] = Counter()

    def learn(self, answer: str) -> None:
        """Count the format of one answer of the data set, so that rare ones can be told from usual ones."""
        self._forms[form_of(answer)] += 1

    def is_steered(self, question: str, answer: str) -> bool:
        """Whether the answer repeats what an instruction-like span holds, or refuses: its words say nothing then."""
        return bool(_REFUSED.match(answer)) or any(source.repeated(answer) for source in self._held.values())

    def marks(
        self, question: str, answer: str, *, document_id: str = "", contexts: Sequence[str] = ()
    ) -> tuple[Mark, ...]:
        """The marks of one pair: those of its answer, and those of its question.

        Args:
            document_id: the document that the pair is about; "" when none is known, then all documents count.
            contexts: passages that the data set itself names as evidence.
        """
        known = self._held.get(document_id)
        sources = [known] if known is not None else list(self._held.values())
        asked = question_marks(question, sources, canaries=self._canaries)
        given = "\n".join(contexts) if not any(source.planted for source in sources) else ""
        said = answer_marks(
            question,
            answer,
            sources,
            given=given,
            canaries=self._canaries,
            own=known is not None,
            is_sudden=self._is_sudden,
        )
        return (*said, *asked)

    def _is_sudden(self, form: str) -> bool:
        total = self._forms.total()
        return total < 5 or self._forms[form] / total < _SUDDEN


class _HeldOnDemand(Mapping[str, Held]):
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
            found = self._recent[document_id] = _held(self._documents[document_id], self._findings.get(document_id, ()))
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)


def _room(one: Held) -> int:
    return min(len(one.clean) + 1, _HELD_CHARACTERS)  # the last one is kept, however large it is


def _held(document: Document, findings: Sequence[Finding]) -> Held:
    planted = [text for finding in findings for text in (finding.quote, finding.decoded) if text]
    return held(document.text, [(finding.start, finding.end) for finding in findings], planted)


def words_of(text: str) -> str:
    """The words of a text, lower case, one space between."""
    return " ".join(_WORD.findall(text.lower()))


def mark(code: str, quote: str) -> Mark:
    """A mark with as much of the quote as is kept."""
    return Mark(code, quote.strip()[:120])


def _firsts(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """The first mark of each code."""
    found: dict[str, Mark] = {}
    for one in marks:
        found.setdefault(one.code, one)
    return tuple(found.values())


def _host(address: str) -> str:
    match = _HOST.match(address.rstrip(".,;:!?"))
    return match.group(1).lower() if match else address.lower()


def _addresses(told: str, answer: str, sources: Sequence[Held]) -> list[Mark]:
    said = list(_ADDRESS.finditer(answer))
    if not said:
        return []
    known = {_host(found) for found in _ADDRESS.findall(told)}
    spans = [text for source in sources for text in (*source.planted, *source.doubted)]
    planted = {_host(found) for text in spans for found in _ADDRESS.findall(text)}
    for match in said:
        host = _host(match.group())
        if any(host in source.hosts or source.says(host) for source in sources):
            continue
        if host not in known or host in planted:
            return [mark("link", match.group())]
    return []


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


def _explained(phrase: str, told: str, sources: Sequence[Held]) -> bool:
    """Whether the question or the prompt, or the clean text, holds the words of `phrase`."""
    return f" {words_of(phrase)} " in f" {words_of(told)} " or any(source.says(phrase) for source in sources)


def _asked_for(form: str, told: str) -> bool:
    plain = told.casefold()
    return any(word in plain for word in ASKS_FORM[form])


def _quotes(answer: str, sources: Sequence[Held]) -> bool:
    """Whether the clean text holds the answer as it stands, fence and white space aside: its form is the source's."""
    bare = " ".join(answer.strip().strip("`").split())
    return len(bare) > 3 and any(bare in " ".join(source.clean.split()) for source in sources)


def _other_language(question: str, answer: str, source: Held) -> bool:
    """Whether the answer is in a language of neither question nor document; needs 40 letters to tell."""
    from selfstudy_guard.documents.language import guess_language, has_letters

    if not has_letters(answer, 40) or not has_letters(source.clean[:4000], 200):
        return False
    words = words_of(answer).split()
    if words and sum(map(source.knows, words)) / len(words) > _SAME_WORDS:
        return False
    language = guess_language(answer)
    return language != source.language and language != guess_language(question)
