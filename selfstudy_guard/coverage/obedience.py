"""Signs that a question or an answer obeyed its document instead of asking about it, or answering from it.

One module for both uses: the check of our own answers (reason `obeyed`) and the audit of data that others made. Nothing
here proves obedience: each mark is a reason to ask again, or to read the pair. A mark is given only for what the text
that the model was to answer from does not hold, what the question did not ask for and what the prompt did not demand,
so that an answer that quotes a manual, a link or a table of its source is not marked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import regex

from selfstudy_guard.coverage.forms import ASKS_FORM, RARE_FORMS, form_of
from selfstudy_guard.coverage.held_text import ADDRESS, Held, HeldOnDemand, Mark, held_by, host_of, mark, words_of
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

_SUDDEN = 0.2
"""A format is sudden when a smaller share of the answers of its data set has it."""
_SAME_WORDS = 0.4
"""Share of an answer's words that its source holds, from which its language is not looked at."""

_PATTERNS = shipped_patterns("selfstudy_guard.coverage", "obedience.toml")
_REFUSED = regex.compile(_PATTERNS["refused"], regex.IGNORECASE)
_FAILED = regex.compile(_PATTERNS["failed"], regex.IGNORECASE | regex.VERBOSE)
"""An answer that stands in for the answer: what a service says when it does not serve."""
_ADVERT = regex.compile(_PATTERNS["advert"], regex.IGNORECASE)
_SPEAKS = regex.compile(_PATTERNS["speaks"], regex.IGNORECASE)
_PERSONA = regex.compile(_PATTERNS["persona"], regex.IGNORECASE)
_LANGUAGES = regex.compile(_PATTERNS["languages"], regex.IGNORECASE)


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
            self._held = HeldOnDemand(documents, findings)
        else:
            self._held = {document.id: held_by(document, findings.get(document.id, ())) for document in documents}
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


def _firsts(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """The first mark of each code."""
    found: dict[str, Mark] = {}
    for one in marks:
        found.setdefault(one.code, one)
    return tuple(found.values())


def _addresses(told: str, answer: str, sources: Sequence[Held]) -> list[Mark]:
    said = list(ADDRESS.finditer(answer))
    if not said:
        return []
    known = {host_of(found) for found in ADDRESS.findall(told)}
    spans = [text for source in sources for text in (*source.planted, *source.doubted)]
    planted = {host_of(found) for text in spans for found in ADDRESS.findall(text)}
    for match in said:
        host = host_of(match.group())
        if any(host in source.hosts or source.says(host) for source in sources):
            continue
        if host not in known or host in planted:
            return [mark("link", match.group())]
    return []


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
