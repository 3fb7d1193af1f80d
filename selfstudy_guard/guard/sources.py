"""Text beside a registered document that no registered document holds, and that reads like a document all the same.

The user's own words are never touched, so they have to be told from a second source that nobody registered. A prompt
speaks to the model: of questions, answers, passages and formats. A source speaks of something else. Where enough such
statements stand together, what stands between them is a source, and what the filter finds there is taken out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from selfstudy_guard.guard.locate.alignment import Located
from selfstudy_guard.guard.locate.words import said_words
from selfstudy_guard.languages import every, words
from selfstudy_guard.protocols import Examines
from selfstudy_guard.questions.labels import PLAIN
from selfstudy_guard.records import Belief, Finding

ENOUGH = 16
"""Words of statements that make a source."""
_SPEAKS = 0.3
"""Belief from which a sentence may be one of the user's own."""
_SURE = 0.8
"""Belief from which a finding at the edge of a source, in its paragraph, belongs to it and not to the user."""
_APART = 80
"""Most words between two statements of one source."""
_SHORTEST = 3

Span = tuple[int, int]


@dataclass(frozen=True)
class Source:
    """One such text.

    Attributes:
        start, end: code points of the text that it stands in.
        words: words of its statements.
        findings: what the filter found in it, in the same offsets.
    """

    start: int
    end: int
    words: int
    findings: tuple[Finding, ...]


def sources_in(text: str, located: Sequence[Located], look: Examines) -> list[Source]:
    """The sources in one text of a call, outside the copies of registered documents.

    Args:
        text: the whole text.
        located: the copies in it, in order.
        look: finds instruction-like spans, and says what it believes of the other sentences.
    """
    edges = [0, *(edge for one in located for edge in (one.start, one.end)), len(text)]
    found: list[Source] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if said_words(text[start:end]) >= ENOUGH:
            found += _sources(text, start, end, look)
    return found


def _sources(text: str, start: int, end: int, look: Examines) -> Iterator[Source]:
    result = look.examine(text[start:end])
    findings = [one.model_copy(update={"start": one.start + start, "end": one.end + start}) for one in result.findings]
    statements = [
        (one.start + start, one.end + start, count)
        for one in result.beliefs
        if (count := _statement(text[one.start + start : one.end + start], one))
    ]
    for run in _runs(text, statements):
        total = sum(count for _, _, count in run)
        if total < ENOUGH:
            continue
        first, last = run[0][0], run[-1][1]
        low, high = _paragraphs(text, first, last, start, end)
        if any(_OWN.search(gap) for gap in _left(text, ((low, first), (last, high)), findings)):
            low, high = first, last  # the user speaks in this paragraph
        opened, closed = _enclosed(text, first, last, start, end)
        inside = tuple(
            one if one.end <= closed or one.end <= high else one.model_copy(update={"end": max(closed, high)})
            for one in findings
            if opened <= one.start < closed
            or (low <= one.start < high and one.score >= _SURE and not _is_question(text, one))
        )
        yield Source(opened, closed, total, inside)


def _is_question(text: str, found: Finding) -> bool:
    """Whether a finding begins in a line with the label of a question that asks one ("Question: ... ?")."""
    begin = text.rfind("\n", 0, found.start) + 1
    ended = text.find("\n", found.start)
    line = text[begin : ended if ended >= 0 else len(text)].lstrip()
    return bool(PLAIN.asked(line[:80])) and any(mark in line for mark in "?？؟")


def _statement(sentence: str, belief: Belief) -> int:
    """Words of a sentence that states something and does not speak of the user's task; 0 for others."""
    if belief.score >= _SPEAKS or _OWN.search(sentence) or sentence.rstrip().endswith(("?", "？", "؟", ":", "：")):
        return 0
    count = len(_WORD.findall(sentence))
    return count if count >= _SHORTEST else 0


def _runs(text: str, statements: Sequence[tuple[int, int, int]]) -> Iterator[list[tuple[int, int, int]]]:
    run: list[tuple[int, int, int]] = []
    for one in statements:
        if run and len(_WORD.findall(text, run[-1][1], one[0])) > _APART:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _paragraphs(text: str, first: int, last: int, start: int, end: int) -> Span:
    """The paragraphs that a run begins and ends in."""
    before = text.rfind("\n\n", start, first)
    after = text.find("\n\n", last, end)
    return (start if before < 0 else before, end if after < 0 else after)


def _left(text: str, spans: Sequence[Span], findings: Sequence[Finding]) -> Iterator[str]:
    r"""What is left of some stretches without the findings in them.

    A finding ends before a line with the label of a question ("Answer briefly.\nQuestion: ..."): there the user asks.
    """
    for start, end in spans:
        for one in findings:
            if start < one.end and one.start < end:
                yield text[start : one.start]
                asked = (
                    at.end() for at in _LINE.finditer(text, one.start, one.end) if PLAIN.asked(text[at.end() :][:80])
                )
                start = next(asked, one.end)
        yield text[start:end]


def _enclosed(text: str, first: int, last: int, start: int, end: int) -> Span:
    """What the innermost pair of tags, quotes or fences round a run holds; the run itself where there is none."""
    for found in _OPENS.finditer(text[start:first][::-1]):
        tag = found["tag"]
        mark = f"</{tag[::-1]}>" if tag else found["fence"]
        closing = text.find(mark, last, end)
        opening = first - found.start()
        if closing >= 0 and mark not in text[opening:first]:
            return opening, closing
    return first, last


_LINE = regex.compile(r"\n\s*+")
_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]{2}|[\p{L}\p{N}]++")
_OPENS = regex.compile(r">[^<>\n]{0,80}?(?<tag>\b[A-Za-z_][\w-]{0,40})<|(?<fence>\"\"\"|```|'''|===|---)")
"""An opening tag or fence, read backwards."""


def _alternatives(*sections: str) -> str:
    found = {word for section in sections for word in every(section) if len(word) > 3 or not word.isascii()}
    return "|".join(regex.escape(word) for word in sorted(found, key=lambda word: (-len(word), word)))


def _unspaced(*sections: str) -> str:
    """The same of languages in which other letters may stand right beside a word."""
    found = [word for section in sections for code in ("zh", "ja", "ko") for word in words(section)[code]]
    return "|".join(regex.escape(word) for word in found)


_OWN = regex.compile(
    rf"""
    (?<!\p{{L}}) (?: {_alternatives("question_nouns", "question_labels", "answer_labels", "example_labels")}
    | {_alternatives("prompt_words")}
    | you | json | respon[ds]\w* ) (?!\p{{L}})
    | {_unspaced("question_nouns", "prompt_words")}
    | [{{$] [\w ]+ }}
    """,
    regex.IGNORECASE | regex.VERBOSE,
)
"""What a prompt speaks of."""
