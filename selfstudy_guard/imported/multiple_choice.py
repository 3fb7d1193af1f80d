"""Multiple-choice rows: the options under whatever names, and the one that is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import regex

from selfstudy_guard.imported.values import Row, as_json, first, text_of

_LETTERS = "abcdefgh"
_MARK = regex.compile(r"^\s*+[(\[]?[A-Ha-h][.):\]]\s*+")
_RIGHT = tuple("correct_option answer_key correct_choice correct cop label answer_idx answer_index answer".split())


def options_of(row: Row) -> dict[str, str]:
    """Texts of the options by letter ("A", "B", ...) in their order; empty where the row offers none."""
    value = first(row, "choices", "options")
    if value is None and isinstance(row.get("mc1_targets"), Mapping):
        value = row["mc1_targets"].get("choices")
    if value is None and isinstance(first(row, "correct", "correct_option"), int):
        value = row.get("answers")
    if isinstance(value, str):
        value = as_json(value)
    if isinstance(value, Mapping) and isinstance(value.get("text"), Sequence):
        labels = value.get("label") or [letter.upper() for letter in _LETTERS]
        return {str(label).upper(): text_of(text) for label, text in zip(labels, value["text"], strict=False)}
    if isinstance(value, Mapping):
        return {str(name).strip().upper(): text_of(text) for name, text in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        listed = [_MARK.sub("", text_of(option), count=1) for option in value]
        return {letter.upper(): text for letter, text in zip(_LETTERS, listed, strict=False)}
    for pattern in ("{}", "option_{}", "op{}", "choice_{}", "option{}", "choice{}"):
        named = {letter.upper(): row.get(pattern.format(letter)) for letter in _LETTERS}
        found = {letter: text_of(option) for letter, option in named.items() if text_of(option)}
        if len(found) >= 2 and "B" in found and "question" in row:
            return found
    return {}


def right_answer(row: Row) -> str | None:
    """The text of the right option; None where the row is no multiple choice, or does not say which is right."""
    targets = row.get("mc1_targets")
    if isinstance(targets, Mapping) and 1 in list(targets.get("labels") or ()):
        return text_of(targets["choices"][list(targets["labels"]).index(1)])  # TruthfulQA
    options = options_of(row)
    if not options:
        return None
    texts = list(options.values())
    for name in _RIGHT:
        value: Any = row.get(name)
        if value is None or isinstance(value, bool):
            continue
        if isinstance(value, int):
            return texts[value] if 0 <= value < len(texts) else None
        said = text_of(value).strip()
        if not said:
            continue
        letter = said.strip(" .):(").upper()
        if letter in options:
            return options[letter]
        if said in texts:
            return said
        if letter.isdigit() and int(letter) < len(texts):
            return texts[int(letter)]
        marked = _MARK.match(said)
        return said[marked.end() :].strip() if marked else said
    return None
