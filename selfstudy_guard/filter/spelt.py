"""Words that are spelt out or run together, set apart: a letter a line, a word a line, CamelCase, words_with_signs.

As in `visible`, all functions give edits in linear time. What is set apart wrongly does no harm: the result is only
judged, never shown.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence

from selfstudy_guard.filter.as_read import Edit
from selfstudy_guard.filter.codes import Span
from selfstudy_guard.filter.common_words import listed

LONG = 30
"""Code points: shorter runs without a space are left as they are."""
_LONGEST_RUN = 4000
_UPPER, _LOWER = "A-ZÀ-ÖØ-ÞА-ЯЁ", "a-zß-öø-ÿа-яё"
_HUMPS = re.compile(rf"(?<![\w/])[{_UPPER}]?[{_LOWER}]+(?:[{_UPPER}\d][{_LOWER}]*){{5,}}(?![\w/])")
_HUMP = re.compile(rf"(?<=[{_LOWER}])(?=[{_UPPER}\d])|(?<=[{_UPPER}\d])(?=[{_UPPER}][{_LOWER}])|(?<=\d)(?=[{_UPPER}])")
_LINKED = re.compile(r"(?<![\w/.=-])[^\W\d_]+([._-])[^\W\d_]+(?:\1[^\W\d_]+){4,}(?![\w/=-])")
_LETTER_LINE = re.compile(r"\n[ \t]{0,8}\S{1,2}[ \t]{0,8}(?=\n|$)")
_SHORT_LINE = re.compile(r"\n[ \t]{0,8}[^\s|#>*+=-]\S{0,24}(?:[ ]\S{1,24})?[ \t]{0,8}(?=\n|$)")
_LETTERS_BELOW = re.compile(r"\n[ \t]{0,8}\S{1,2}[ \t]{0,8}\n\s{0,8}\S{1,2}[ \t]{0,8}\n\s{0,8}\S{1,2}[ \t]{0,8}\n")
_ONE_OR_TWO = r"\S{1,25}(?:[ ]\S{1,24})?[ \t]{0,8}\n"
_WORDS_APART = re.compile(rf"\n[ \t]{{0,8}}{_ONE_OR_TWO}\s{{0,8}}\n[ \t]{{0,8}}{_ONE_OR_TWO}")
"""Three letters, and two short lines with a blank one between them: the least of a run, found fast."""
_MARKS = "\"'“”‘’(),.;:!?"
_FEWEST_LETTERS = 12
_FEWEST_LINES = 5
_FEWEST_WORDS = 6
_KNOWN_SHARE = 0.3
_LETTER_SHARE = 0.6
_LETTERS_PER_WORD = 3
"""Fewer letters to a capital or digit are a code, not words."""


def _runs(text: str, line: re.Pattern[str], fewest: int) -> Iterator[list[tuple[int, int]]]:
    """Runs of neighbouring lines (blank ones between them do not count) that the pattern takes, without their space."""
    run: list[tuple[int, int]] = []
    # The pattern begins with the line break before a line, so places in what is searched are one further on.
    for match in line.finditer(f"\n{text}"):
        words = match.group()
        start = match.start() + len(words) - len(words.lstrip()) - 1
        if run and text[run[-1][1] : start].strip():
            if len(run) >= fewest:
                yield run
            run = []
        run.append((start, start + len(words.strip())))
    if len(run) >= fewest:
        yield run


def _letter_lines(text: str) -> Iterator[Edit]:
    """Letters one below the other become words; where gaps are wider than most, a word ends."""
    for run in _runs(text, _LETTER_LINE, _FEWEST_LETTERS):
        if sum(text[start].isalpha() for start, _ in run) < _LETTER_SHARE * len(run):
            continue
        gaps = [text[end:start].count("\n") for (_, end), (start, _) in itertools.pairwise(run)]
        narrow = min(gaps)
        for (_, end), (start, _), gap in zip(run, run[1:], gaps, strict=False):
            yield end, start, " " if gap > narrow else ""


def reads_on(words: list[str]) -> bool:
    """Whether words that stand alone in their lines read as a sentence and not as a list."""
    if len(words) < _FEWEST_WORDS:
        return False
    known = listed()
    bare = [word.strip(_MARKS).lower() for word in words]
    return sum(word in known or _folded(word) in known for word in bare) >= _KNOWN_SHARE * len(bare)


def _folded(word: str) -> str:
    """A word without the accents of Latin letters."""
    return word if word.isascii() else "".join(unicodedata.normalize("NFD", char)[0] for char in word)


def _word_lines(text: str) -> Iterator[Edit]:
    """Words with blank lines between them become a line, where they read as a sentence."""
    for run in _runs(text, _SHORT_LINE, _FEWEST_LINES):
        pairs = list(itertools.pairwise(run))
        apart = sum(text.count("\n", end, start) > 1 for (_, end), (start, _) in pairs)
        if apart < 0.8 * len(pairs) or not reads_on([word for start, end in run for word in text[start:end].split()]):
            continue
        for (_, end), (start, _) in pairs:
            yield end, start, " " * (start - end)


def _run_together(text: str, start: int, end: int) -> Iterator[Edit]:
    """Edits of one long run without a space."""
    for match in _HUMPS.finditer(text, start, end):
        run = match.group()
        humps = sum(not char.islower() for char in run)
        if len(run) >= LONG and len(run) >= _LETTERS_PER_WORD * humps:
            for hump in _HUMP.finditer(text, match.start(), match.end()):
                at = hump.start()
                yield at, at + 1, f" {text[at].lower()}"
    for match in _LINKED.finditer(text, start, end):
        if len(match.group()) >= LONG:
            sign = match.group(1)
            at = text.find(sign, match.start(), match.end())
            while at >= 0:
                yield at, at + 1, " "
                at = text.find(sign, at + 1, match.end())


def spelt_out(text: str, words: Sequence[Span]) -> list[Edit]:
    """Where a text must be joined or set apart for its words to show; `words` are its long ones, in order."""
    found: list[Edit] = []
    if _LETTERS_BELOW.search(text):
        found.extend(_letter_lines(text))
    if _WORDS_APART.search(text):
        found.extend(_word_lines(text))
    for start, end in words:
        if end - start >= LONG:
            found.extend(_run_together(text, start, end))
    if len(found) < 2:
        return found
    found.sort()
    out: list[Edit] = []
    for edit in found:
        if not out or edit[0] > out[-1][1] or (edit[0] == out[-1][1] and edit[1] > edit[0]):
            out.append(edit)
    return out
