"""Exercise sheets and exams: tasks and the options of their answers state no facts of their document."""

from __future__ import annotations

import re

from selfstudy_guard.documents.eligibility.wordlike import words
from selfstudy_guard.documents.formats.blocks import Block, visible
from selfstudy_guard.languages import every


def _any(section: str) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in every(section))


_MARKED = re.compile(
    rf"""
      [(\[]\s?(?:max\.?\s?)?\d{{1,3}}(?:[.,]\d)?\s?(?:{_any("points")})\.?\s?[)\]]
    | [(\[]\s?(?:___?|\.{{2,4}}|\s)\s?/\s?\d{{1,3}}\s?(?:{_any("points")})?\.?\s?[)\]]
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What a task is worth: "(6 points)", "[4 marks]", "( /10)"."""
_BLANK = re.compile(
    r"(?<![\w_])_{3,}(?![\w_])|(?<=\s)\.{6,}(?=\s\S*[^\W\d])|(?<=\s)\u2026{2,}(?=\s\S*[^\W\d])|\[\s{2,}\]|\(\s{4,}\)"
)
"""A gap to be filled in."""
_EMPTY = re.compile(r"[\[(]\s{2}")
_TASK = re.compile(
    rf"""
    (?:\W{{0,4}}(?:
              (?:{_any("task_labels")})?\.?\s?\d{{1,3}}(?:\.\d{{1,2}})?
            | [a-z]
          )[.):]?\W{{0,4}}\s)?(?:{_any("task_verbs")})\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TITLE = re.compile(rf"\b(?:{_any('exam_titles')})\b", re.IGNORECASE)
_ALSO_WORK = frozenset(
    (  # a list of words reads better as one
        "test control contr\u00f4le probe prueba tarea verifica teste \u0442\u0435\u0441\u0442 prova assignment devoir "
        "compito aufgaben zadania opgaven"
    ).split()
)
"""Titles of exams that procedures of factories and offices have too."""
_SHEET = re.compile(
    rf"\b(?:{'|'.join(re.escape(word) for word in every('exam_titles') if word not in _ALSO_WORK)})\b", re.IGNORECASE
)
_OPTION = re.compile(r"\s*(?:[-*+\u2022]\s+)?(?:\[[ xX]?\]\s*)?(?:\(?([a-hA-H])[.)]|\(([a-h])\))\s+(?=\S)")
_ASKS = re.compile(r"[?\uff1f\u061f][\"'\u201d\u2019\u00bb)\]*_]{0,4}\s*\Z")
_OPEN_END = re.compile(r"[.!;,\u3002][\"'\u201d\u2019\u00bb)\]*_]{0,4}\s*\Z")
_LISTED = re.compile(r"(?:[;,]|\b(?:and|or|und|oder|et|ou|y|o|e))\s*\Z", re.IGNORECASE)
_LONGEST_OPTION = 30
_BOX = re.compile(r"(?:[-*+\u2022]\s+)?(?:\[[ xX\u2713]?\]|[\u2610-\u2612\u25a1\u25cb\u25ef])\s*")
"""The box in front of an answer that may be ticked."""
_TOLD = 2
"""Sentences that tell the reader to do something, under the title of an exam, from which it is one."""
_PROSE = ("sentence", "list_item", "definition")


def mark_exercises(text: str, blocks: list[Block]) -> None:
    """Gives blocks that set a task, or offer answers to choose from, the reason "exercise"."""
    views = [
        visible(text, b.start, b.end, b.gaps) if b.kind in (*_PROSE, "table_row", "heading") else "" for b in blocks
    ]
    tasks = [
        place
        for place, (block, view) in enumerate(zip(blocks, views, strict=True))
        if block.reason is None and block.kind in (*_PROSE, "table_row") and is_task(view)
    ]
    for place in tasks:
        blocks[place].reason = "exercise"
    letters = [_option(text, block) for block in blocks]
    top = " ".join(views[:4])[:400]
    exam = len(tasks) >= 2 or ((bool(tasks) or any(letters)) and bool(_TITLE.search(top)))
    exam = exam or (bool(_SHEET.search(top)) and _told(blocks, views) >= _TOLD)
    _mark_boxes(text, blocks, views)
    exam = _mark_options(letters, blocks, views, exam) or exam
    if exam:
        for block, view in zip(blocks, views, strict=True):
            if block.reason is None and block.kind in _PROSE and _TASK.match(view):
                block.reason = "exercise"


def _told(blocks: list[Block], views: list[str]) -> int:
    told = (b.reason is None and b.kind in _PROSE and _TASK.match(v) for b, v in zip(blocks, views, strict=True))
    return sum(map(bool, told))


def _mark_boxes(text: str, blocks: list[Block], views: list[str]) -> None:
    """Marks boxes to tick right under a question; a list of things to do has no question above it."""
    asked = False
    for block, view in zip(blocks, views, strict=True):
        if block.reason == "question" or (block.kind in (*_PROSE, "heading") and _ASKS.search(_MARKED.sub("", view))):
            asked = True
        elif asked and block.kind in _PROSE and _boxed(text, block):
            block.reason = block.reason or "exercise"
        else:
            asked = False


def _boxed(text: str, block: Block) -> bool:
    begun = text.rfind("\n", max(0, block.start - 40), block.start) + 1
    match = _BOX.match(text, begun + len(text[begun : block.start]) - len(text[begun : block.start].lstrip()))
    return match is not None and abs(match.end() - block.start) <= 8


def _mark_options(letters: list[str | None], blocks: list[Block], views: list[str], exam: bool) -> bool:
    """Marks runs of options a), b), c) under a question, and the question's stem; whether there were two of them."""
    runs: list[list[int]] = []
    for place, block in enumerate(blocks):
        letter = letters[place]
        if letter is None or block.kind not in _PROSE or block.reason not in (None, "ocr noise", "fragment"):
            continue
        if words(views[place]) > _LONGEST_OPTION:
            continue
        if runs and runs[-1][-1] == place - 1 and ord(letter) == ord(letters[place - 1] or " ") + 1:
            runs[-1].append(place)
        elif letter == "a":
            runs.append([place])
    chosen = 0
    for run in runs:
        if len(run) < 2 or any(_LISTED.search(views[place]) for place in run):
            continue
        stem = run[0] - 1
        asked = stem >= 0 and (
            blocks[stem].reason in ("exercise", "question") or _ASKS.search(_MARKED.sub("", views[stem])) is not None
        )
        unfinished = (
            stem >= 0 and not _OPEN_END.search(views[stem]) and not views[stem].rstrip().endswith((":", "\uff1a"))
        )
        if not (asked and (len(run) > 2 or exam)) and not (exam and (asked or unfinished)):
            continue
        chosen += 1
        for place in run:
            blocks[place].reason = "exercise"
        if blocks[stem].reason is None and blocks[stem].kind in _PROSE:
            blocks[stem].reason = "exercise"
    return chosen >= 2


def _option(text: str, block: Block) -> str | None:
    """The letter of an option, in lower case, from the mark in front of a block or at its beginning."""
    begun = text.rfind("\n", max(0, block.start - 40), block.start) + 1
    match = _OPTION.match(text, begun if begun else max(0, block.start - 40), min(block.end, block.start + 12))
    if match is None or not block.start - 8 <= match.end() <= block.start + 8:
        return None
    return (match[1] or match[2]).lower()


def tells_to(view: str) -> bool:
    """Whether one sentence begins by telling its reader to do something, as a task does."""
    return _TASK.match(view) is not None


def is_task(view: str) -> bool:
    """Whether one sentence sets a task: it is worth points, or has a gap to fill in."""
    bracket = "(" in view or "[" in view
    if bracket and _MARKED.search(view):
        return True
    gap = "___" in view or "......" in view or "\u2026\u2026" in view
    return (gap or (bracket and _EMPTY.search(view) is not None)) and _BLANK.search(view) is not None
