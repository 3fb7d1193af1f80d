"""Pairs without labels: questions that stand out by heading, number or emphasis, each with the text behind it."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from selfstudy_guard.questions.json_replies import FENCE
from selfstudy_guard.questions.labels import labels_of, whole
from selfstudy_guard.questions.layouts.items import ASIDE, CHATTER, MARK, QUESTION_END, RULE, TITLE, Item, Pairs, paired
from selfstudy_guard.questions.layouts.labelled import _KEY, _PLURALS

_LATIN_QUESTION_END = regex.compile(r"[?？؟;]+[\"'”’»)\]*_`]*")

_GREEK = regex.compile(r"\p{Greek}")

_HEADING = regex.compile(r"^[\s>]*+(?P<mark>\#{1,6})\s*+")

_SEPARATES = regex.compile(r"^[\s*_]*+(?:[-–—|→:=]|=>|->)++[\s*_]*+")


def unlabelled(text: str) -> Pairs:
    """Questions that stand out by their mark, each with the text behind it."""
    lines = FENCE.sub(lambda match: match[1], text).split("\n")
    style = None
    questions: list[tuple[str, list[str]]] = []
    key = False
    answers: list[Item] = []
    for line in lines:
        if _KEY.match(line) or (not key and questions and _is_answers(line)):
            key = True
            continue
        if key:
            mark = MARK.match(line)
            if mark is not None:
                digits = regex.sub(r"\D", "", mark["mark"])
                answers.append(Item(False, int(digits) if digits else None, line[mark.end() :].strip()))
            elif answers and line.strip():
                answers[-1].text += f"\n{line}"
            continue
        found = _standing_out(line)
        if found is not None and (style is None or found[0] == style):
            style = found[0]
            questions.append((found[1], [found[2]] if found[2] else []))
        elif questions:
            questions[-1][1].append(line)
    if answers:
        return paired([*(Item(True, at, q) for at, (q, _) in enumerate(questions, 1)), *answers])
    pairs = [(question, _told(answer)) for question, answer in questions]
    return pairs


def _is_answers(line: str) -> bool:
    label = labels_of("").told(line)
    return label is not None and label.word in _PLURALS and not label.rest.strip()


def _told(lines: Sequence[str]) -> str:
    """The answer in the lines behind a question: without its label, quotation marks of blocks, and what comes after."""
    kept: list[str] = []
    labels = labels_of("")
    for line in lines:
        line = _QUOTED.sub("", line)
        if CHATTER.match(line) or TITLE.match(line) or RULE.match(line):
            break
        said = [one for one in kept if one.strip()]
        if said and ASIDE.match(line) and not said[-1].rstrip().endswith((":", "：")):
            break
        label = labels.told(line) if not said else None
        kept.append(label.rest if label is not None else line)
    said = [line for line in kept if line.strip()]
    if len(said) == 1:
        only = whole(said[0])
        mark = MARK.match(only)
        return (only[mark.end() :] if mark else only).strip()
    return "\n".join(line.rstrip() for line in kept).strip()


_QUOTED = regex.compile(r"^\s*+(?:>\s?)++")
_ENCLOSED = regex.compile(r"^[(\[](?P<inside>.*)[)\]][.]?$", regex.S)


def _standing_out(line: str) -> tuple[str, str, str] | None:
    """(style, question, the rest of the line) of a line that is a question: by heading, number, emphasis, or bare."""
    heading = _HEADING.match(line)
    style = heading["mark"] if heading else ""
    rest = line[heading.end() :] if heading else line
    mark = MARK.match(rest)
    if mark is not None:
        style += "1" if mark["mark"].strip("().:]").isdigit() else "-"
        rest = rest[mark.end() :]
    indent = len(line) - len(line.lstrip())
    bold = rest.lstrip().startswith(("**", "__"))
    if bold:
        style += "*"
        rest = rest.strip().lstrip("*_")
    ends = list((_LATIN_QUESTION_END if _GREEK.search(rest) else QUESTION_END).finditer(rest))
    if not ends or (indent > 3 and not style):
        return None
    behind = rest[ends[-1].end() :]
    question = rest[: ends[-1].end()].rstrip("*_ ") if bold else rest[: ends[-1].end()]
    behind = _SEPARATES.sub("", behind.lstrip("*_")).strip()
    if behind and not style:
        return None  # a sentence behind a question in a text
    enclosed = _ENCLOSED.match(behind)
    if enclosed is not None:
        label = labels_of("").told(enclosed["inside"])
        behind = label.rest if label is not None else ""
    return style, question, behind
