"""The answer that needs no model: the sentence or table row of the evidence that is nearest to the question.

A model of a hundred million parameters that chooses between two sentences takes the wrong one more often than the words
of the question do, so nobody is asked: it is taken where its own answer did not pass the checks.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from selfstudy_guard.documents.language import guess_language
from selfstudy_guard.documents.sentences import sentence_spans
from selfstudy_guard.questions.wording import content_words

_BLOCK = regex.compile(
    r"""
      \n\s*\n
    | \n(?=\s*[|#>*+-]|\s*\d+[.)]\s)
    | </?(?:p|div|section|article|blockquote|ul|ol|li|dl|dt|dd|table|thead|tbody|tr|caption|h[1-6]|br|hr)\b
          [^<>]{0,200}>
    """,
    regex.I | regex.X,
)
"""What stands between the blocks of a text, in plain text, Markdown and HTML."""
_HEAD = "\x01"
"""Stands for the beginning of a header cell while the blocks of a text are cut."""
_HEAD_CELL = regex.compile(r"(?:</th>\s{0,20})?<th\b[^<>]{0,200}>", regex.I)
_RULE = regex.compile(r"\|?(?:\s*:?-{2,}:?\s*\|)+(?:\s*:?-{2,}:?\s*)?\|?")
"""The line under the header of a Markdown table."""
_DIRECTIVES = regex.compile(r"^[ \t]*(?:\.\. [\w|-][^\n]{0,200}|:[\w-]{2,30}:(?!`)[^\n]{0,100})$", regex.M)
"""Lines of reStructuredText that give orders to its reader."""
_ITEM_MARK = regex.compile(r"(?:(?:[-*+•]|#\.|\d{1,3}[.)])\s+)+")
_TWO_WORDS = regex.compile(r"\w\W+\w")
_NEXT_CELL = regex.compile(r"</t[dh]>\s{0,20}<t[dh]\b[^<>]{0,200}>", regex.I)
_TAG = regex.compile(
    r"</?(?:a|abbr|b|big|cite|code|em|font|i|kbd|mark|q|s|small|span|strong|sub|sup|td|th|tt|u|var)\b[^<>]{0,300}>",
    regex.I,
)
"""Tags inside a block: an answer is a sentence, not its markup."""


def closest_sentence(evidence: str, question: str) -> str | None:
    """What of `evidence` shares most words with `question`; None where it holds no sentence."""
    return next(iter(closest(sentences(evidence), question)), None)


def closest(choices: Sequence[str], question: str) -> list[str]:
    """The sentences, those first that share most words with `question`; a word counts less the more of them hold it."""
    asked = {word[:5] for word in content_words(question)}
    held = [asked & {word[:5] for word in content_words(sentence)} for sentence in choices]
    weight = {word: 1 / sum(word in words for words in held) for words in held for word in words}
    order = sorted(range(len(choices)), key=lambda i: (-sum(weight[word] for word in held[i]), i))
    return [choices[i] for i in order]


def sentences(evidence: str) -> list[str]:
    """The sentences of `evidence` that could be an answer, at most twenty; table rows with their column names."""
    language = guess_language(evidence)
    found: list[str] = []
    names: list[str] = []
    row: list[str] = []
    for block in _BLOCK.split(
        _TAG.sub("", _NEXT_CELL.sub(" | ", _HEAD_CELL.sub(_HEAD, _DIRECTIVES.sub("", evidence))))
    ):
        if _RULE.fullmatch(block.strip()):
            names, row = row, []
            found = found[:-1]  # the row above the rule names the columns
            continue
        cells = [" ".join(cell.split()) for cell in block.replace(_HEAD, "|").split("|") if cell.strip()]
        if _HEAD in block:
            names = cells
            continue
        if len(cells) < 2:
            row = []
            for start, end in sentence_spans(block, language):
                _keep(" ".join(block[start:end].split()), found)
            continue
        row = cells
        named = len(cells) == len(names)
        _keep("; ".join(f"{a}: {b}" for a, b in zip(names, cells, strict=True)) if named else " | ".join(cells), found)
    return list(dict.fromkeys(found))[:20]


def _keep(sentence: str, found: list[str]) -> None:
    mark = _ITEM_MARK.match(sentence)
    sentence = sentence[mark.end() :] if mark else sentence
    if _TWO_WORDS.search(sentence) and not sentence.startswith("#") and len(sentence) <= 600:
        found.append(sentence)
