"""Labels that stand before questions and answers ("Question 2:", "**Réponse :**", "### 答案"), in every language.

The words come from `selfstudy_guard/languages`. A label of one letter ("Q:", "A.") is known in English always, and in
another language only where a text uses both letters of its pair, since the letters of options look the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import regex

from selfstudy_guard.languages import every, words

_TASKS = ("instruction", "prompt", "request", "task")
"""English labels of what is asked for that are no questions."""
_EMPHASIS = r"(?:\*{1,3}|_{1,2})?+"
_BEFORE = (
    r"^[\s>]*+(?:[-*+•–]\s++)?+(?:[\p{So}\ufe0f]++\s*+)?+(?:\(?\d{1,3}[.):]\s*+)?+(?:\#{1,6}\s*+)?+"
    + _EMPHASIS
    + r"[\[(<【]?+\s*+"
    r"(?:(?:the|your|my|new|revised|final|generated|possible|sample|example|short|correct|suggested)\s++)?+"
)
"""What may stand before a label: list marks, a picture, a number, a heading's marks, emphasis, a bracket."""
_NUMBER = r"\s*+(?:no\.?+|number|nr\.?+|n[°º]|\#|№)?+\s*+(?P<number>\d{1,3})?+\s*+"
_CLOSED = r"[\])>】]?+\s*+" + _EMPHASIS + r"\s*+"
_END = r"(?:[:：]|=(?=\s*[\"'\[])|[.)](?=\s|\*|_)|[-–—](?=\s))\s*+" + _EMPHASIS + r"\s*+"
_ALONE = r"(?:[:：]\s*+)?+" + _EMPHASIS + r"\s*+\#*+\s*+$"
_WHOLE = regex.compile(
    r"^([\s>]*+(?:[-*+•–]\s++)?+(?:\(?\d{1,3}[.):]\s*+)?+(?:\#{1,6}\s*+)?+)(\*{1,3}|_{1,2})(\S.*?\S|\S)\2\s*+$"
)


def _alternatives(found: Iterable[str]) -> str:
    """The words as alternatives, longest first, with any space between their parts."""
    ordered = sorted(set(found), key=lambda word: (-len(word), word))
    return "|".join(r"\s++".join(regex.escape(part) for part in word.split()) for word in ordered) or r"(?!)"


@lru_cache(maxsize=1)
def _letter_pairs() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """The one-letter labels of each language: (of questions, of answers), in lower case."""
    asked, told = words("question_labels"), words("answer_labels")
    return {
        code: (
            frozenset(word.lower() for word in asked[code] if len(word) == 1),
            frozenset(word.lower() for word in told[code] if len(word) == 1),
        )
        for code in asked
    }


def _pattern(found: Iterable[str], letters: frozenset[str], extra: tuple[str, ...] = ()) -> regex.Pattern[str]:
    long = _alternatives([word for word in found if len(word) > 1] + list(extra))
    short = _alternatives(letters)
    return regex.compile(
        rf"""
        {_BEFORE}(?:
                (?P<word>{long}){_NUMBER}(?:{_CLOSED}(?:{_END}|{_ALONE})|(?<=\d)[\])】]\s*+)
              | (?P<letter>{short}){_NUMBER}(?:{_CLOSED}{_END}|(?<=\d)[\])】]\s*+)
              | (?<=[\[【])(?P<word>{long}){_NUMBER}[\]】]\s*+(?=\S)
              | (?<=[\[(])(?P<boxed>{short})\s?(?P<boxed_number>\d{{1,3}})?[\])]\s*+
            )
        """,
        regex.I | regex.X,
    )


@dataclass(frozen=True)
class Label:
    """A label found at the beginning of a line.

    Attributes:
        word: what it says, in lower case.
        number: its number; None without one.
        rest: the line behind it.
    """

    word: str
    number: int | None
    rest: str


@dataclass(frozen=True)
class Labels:
    """The labels that one text uses."""

    question: regex.Pattern[str]
    answer: regex.Pattern[str]
    letters: frozenset[str]

    def asked(self, line: str) -> Label | None:
        """The question label of a line."""
        return _label(self.question, line)

    def told(self, line: str) -> Label | None:
        """The answer label of a line."""
        return _label(self.answer, line)


def _label(pattern: regex.Pattern[str], line: str) -> Label | None:
    line = whole(line)
    match = pattern.match(line)
    if match is None:
        return None
    number = match["number"] or match["boxed_number"]
    word = match["word"] or match["letter"] or match["boxed"]
    rest = line[match.end() :]
    if match["word"] and not rest and not match[0].rstrip("*_# ").endswith((":", "：")) and not _stands_out(match[0]):
        return None
    return Label(" ".join(word.lower().split()), int(number) if number else None, rest)


def _stands_out(line: str) -> bool:
    """Whether a line without colon is a label all the same: heading, bold, in brackets, numbered, or capital."""
    bare = line.strip()
    return bare[:1] in "#*_[(<【" or bare[-1:].isdigit() or bare[:1].isupper() or not bare.isascii()


def whole(line: str) -> str:
    """`line` without emphasis that surrounds all that it says; its number or list mark stays."""
    match = _WHOLE.match(line)
    if match is None or match[2] in match[3]:
        return line
    return match[1] + match[3]


@lru_cache(maxsize=64)
def _labels(codes: frozenset[str]) -> Labels:
    pairs = _letter_pairs()
    asked = frozenset("q").union(*(pairs[code][0] for code in codes))
    told = frozenset("a").union(*(pairs[code][1] for code in codes))
    return Labels(
        _pattern(every("question_labels"), asked, _TASKS), _pattern(every("answer_labels"), told), asked | told
    )


_LETTER_LINE = regex.compile(r"^[\s>*_#\[(\d.)]{0,12}(\p{L})\s?\d{0,3}[\])]?[*_]{0,2}\s?[:：.)]", regex.M)


def labels_of(text: str) -> Labels:
    """The labels as `text` uses them."""
    seen = {letter.lower() for letter in _LETTER_LINE.findall(text[:20_000])}
    codes = {
        code
        for code, (asked, told) in _letter_pairs().items()
        if code != "en" and seen & asked and seen & told and not {"a", "b", "c"} <= seen
    }
    return _labels(frozenset(codes))


PLAIN = _labels(frozenset())
"""The labels without those of single letters in other languages than English."""


@lru_cache(maxsize=1)
def names() -> tuple[frozenset[str], frozenset[str]]:
    """Names of fields (columns, keys, tags) for question and for answer, in lower case with `_` for spaces."""
    asked, told = (
        frozenset(
            name_of(word)
            for word in every(section)
            if (len(word) > 1 and word.isascii()) or (not word.isascii() and len(name_of(word)) > 0)
        )
        for section in ("question_labels", "answer_labels")
    )
    single = frozenset(word for word in asked | told if len(word) == 1 and word.isascii())
    return (asked - single) | {"q"}, (told - single) | {"a"}


_CAMEL = regex.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_NAME = regex.compile(r"[\s\-./]+")


def name_of(field: str) -> str:
    """A field's name as all tools might have written it: lower case, `_` between words, no decoration."""
    bare = field.strip().strip("*_`#:：\ufeff ").strip()
    return _NOT_NAME.sub("_", _CAMEL.sub("_", bare)).lower()
