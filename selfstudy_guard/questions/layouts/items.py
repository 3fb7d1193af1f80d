"""Questions and answers of a reply in their order, how they are paired, and the marks that lines begin with.

An answer goes to the question of its number, a single one to the question right before it, and as many answers as
questions to each in turn. Where numbers do not settle it and the counts differ, no answer is given to anybody: a lost
pair can be asked for again, a wrong one cannot be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import regex

from selfstudy_guard.languages import every
from selfstudy_guard.questions.json_replies import chosen
from selfstudy_guard.questions.labels import _alternatives

Pairs = list[tuple[str, str]]

QUESTION_END = regex.compile(r"[?？؟]+[\"'”’»)\]*_`]*")

MARK = regex.compile(
    r"""^[\s>]*+(?P<mark>\(?\d{1,3}[.):\]]|\(?[a-hA-H][.)](?=\s)  # a number, a letter,
      |[-*+•–—·](?=\s)|[\p{So}\ufe0f]{1,4}(?=\s))\s*+""",  # a list's mark, a picture
    regex.X,
)

RULE = regex.compile(r"^\s*+(?:[-*_=]\s?){3,}$")

ASIDE = regex.compile(
    rf"""
    ^[\s>]*+(?:[-*+•]\s++)?+(?:\#{{1,6}}\s*+)?+(?:\*{{1,3}}|_{{1,2}})?+(?:{_alternatives(every("aside_labels"))})
        \s*+\d{{0,3}}\s*+(?:\*{{1,3}}|_{{1,2}})?+\s*+(?:[:：]|$)
    """,
    regex.I | regex.X,
)

CHATTER = regex.compile(
    rf"^[\s*_]*+(?:{_alternatives(every('closers'))}|{_alternatives(every('set_closers'))}|this question)",
    regex.I,
)

TITLE = regex.compile(
    r"""^\s*+\[\[\w{1,30}\]\]\s*+$ | ^[\s>\#*_\-]*+
        (?:(?:q\s?&\s?a|qa|question(?:[-\ ](?:and[-\ ])?|[-/\ ])answer)?\s*+pair|pair|item|example|set
          |q\s?[&/-]\s?a|qa|(?:flash\ ?)?card)
        \s*+\#?\s*+\d{0,3}\s*+[*_:.)\-]*+\s*$""",
    regex.I | regex.X | regex.M,
)
"""A line that only counts pairs."""


@dataclass
class Item:
    """A question or an answer, in the order of the reply."""

    asks: bool
    number: int | None
    text: str
    options: dict[str, str] = field(default_factory=dict)


def paired(items: Sequence[Item]) -> Pairs:
    """Questions with their answers: by number, else by their order (see the head of this module)."""
    pairs: Pairs = []
    place = 0
    while place < len(items):
        questions: list[Item] = []
        answers: list[Item] = []
        while place < len(items) and items[place].asks:
            questions.append(items[place])
            place += 1
        while place < len(items) and not items[place].asks:
            answers.append(items[place])
            place += 1
        pairs += _paired_run(questions, answers)
    return pairs


def _paired_run(questions: Sequence[Item], answers: Sequence[Item]) -> Pairs:
    told: dict[int, str] = {}
    numbers = [one.number if one.number is not None else at for at, one in enumerate(questions, 1)]
    if questions and len(answers) == 1:
        only = answers[0]
        at = len(questions) - 1
        if only.number is not None and only.number in numbers:
            at = numbers.index(only.number)
        told[at] = only.text
    elif len(questions) == 1 and answers:
        told[0] = answers[0].text
    elif answers and all(one.number is not None for one in answers):
        for one in answers:
            if one.number in numbers:
                told.setdefault(numbers.index(one.number), one.text)
    elif len(answers) == len(questions):
        told = {at: one.text for at, one in enumerate(answers)}
    pairs = []
    for at, one in enumerate(questions):
        answer = told.get(at, "")
        pairs.append((one.text, chosen(answer, one.options) if one.options else answer))
    return [pair for pair in pairs if pair[0].strip()]
