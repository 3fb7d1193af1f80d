"""Pairs in tables of Markdown and HTML, and in separated values."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import regex

from selfstudy_guard.questions.json_replies import FENCE
from selfstudy_guard.questions.labels import PLAIN, name_of, names
from selfstudy_guard.questions.layouts.items import MARK, QUESTION_END, Pairs

_RULE_ROW = regex.compile(r"^\s*+\|?(?:\s*+:?-++:?\s*+\|)*\s*+:?-++:?\s*+\|?\s*+$")

_HTML_ROW = regex.compile(r"<tr\b[^<>]{0,200}>(.*?)(?:</tr>|(?=<tr\b)|\Z)", regex.I | regex.S)

_HTML_CELL = regex.compile(r"<t[dh]\b[^<>]{0,200}>(.*?)(?:</t[dh]>|(?=<t[dh]\b)|\Z)", regex.I | regex.S)

_BREAK = regex.compile(r"<br\s*/?>", regex.I)

_BAR = regex.compile(r"(?<!\\)\|")


def tables(text: str) -> Pairs:
    """The pairs of the tables whose header names both columns."""
    lines = _BREAK.sub(" ", text).split("\n")
    pairs: Pairs = []
    for place in range(1, len(lines)):
        if "-" in lines[place] and "|" in lines[place - 1] and _RULE_ROW.match(lines[place]):
            rows = []
            for line in lines[place + 1 :]:
                if "|" not in line:
                    break
                rows.append(_cells(line))
            pairs += _rows([_cells(lines[place - 1]), *rows])
    if not pairs and "<tr" in text.lower():
        pairs = _rows([[_plain(cell) for cell in _HTML_CELL.findall(row)] for row in _HTML_ROW.findall(text)])
    return pairs


def _cells(line: str) -> list[str]:
    return [cell.replace("\\|", "|").strip() for cell in _BAR.split(line.strip().strip("|"))]


def _plain(cell: str) -> str:
    return regex.sub(r"<[^<>]{0,200}>", "", cell).strip()


def _rows(rows: Sequence[Sequence[str]]) -> Pairs:
    """The pairs of rows under a header that names both columns."""
    asked, told = names()
    if not rows:
        return []
    header = [name_of(cell) for cell in rows[0]]
    question = next((place for place, name in enumerate(header) if name in asked), None)
    answer = next((place for place, name in enumerate(header) if name in told and place != question), None)
    if question is None or answer is None:
        return []
    least = max(question, answer)
    return [
        (row[question].strip(), row[answer].strip()) for row in rows[1:] if len(row) > least and row[question].strip()
    ]


def separated(text: str) -> Pairs:
    """CSV and its like, in a fence or as the whole reply: with a header, or in lines of a question and its answer."""
    for body in [*FENCE.findall(text)[:20], text]:
        lines = body.strip().split("\n")
        start = next((place for place, line in enumerate(lines[:5]) if _delimiter(line)), None)
        if start is not None:
            pairs = _rows(_read_csv(lines[start:], _delimiter(lines[start])))
            if pairs:
                return pairs
        pairs = _cut_in_two(lines)
        if pairs:
            return pairs
        quoted = [line for line in lines if line.startswith('"')]
        if quoted and len(quoted) * 2 >= len([line for line in lines if line.strip()]):
            rows = _read_csv(lines[lines.index(quoted[0]) :], ",")
            if rows and all(len(row) == 2 and QUESTION_END.search(row[0]) for row in rows):
                return [(row[0].strip(), row[1].strip()) for row in rows]
    return []


def _cut_in_two(lines: Sequence[str]) -> Pairs:
    """Lines that are all a question, a separator, and its answer."""
    said = [line for line in lines if line.strip()]
    if any(PLAIN.asked(line) for line in said[:3]):
        return []
    for separator in ("\t", " :: ", " | ", " → ", " => ", ";", "?,"):
        ends = separator.startswith("?")  # a comma cuts only right behind the mark of a question
        rows = [line.strip().strip("|").split(separator, 1 if ends or separator == ";" else -1) for line in said]
        if ends:
            rows = [[row[0] + "?", *row[1:]] for row in rows]
        if rows and all(len(row) == 2 and row[1].strip() and QUESTION_END.search(row[0].strip()[-3:]) for row in rows):
            return [(MARK.sub("", row[0]).strip(), row[1].strip()) for row in rows]
    return []


def _delimiter(line: str) -> str:
    """What separates the cells of a header that names both columns; "" where the line is none."""
    asked, told = names()
    for delimiter in (",", ";", "\t"):
        cells = {name_of(cell.strip('" ')) for cell in line.split(delimiter)}
        if len(cells) > 1 and cells & asked and cells & told and len(line) < 200:
            return delimiter
    return ""


def _read_csv(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        return [
            row for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, skipinitialspace=True) if row
        ]
    except csv.Error:
        return []
