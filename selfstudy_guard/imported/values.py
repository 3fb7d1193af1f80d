"""Field values as text and passages, and field names as one, whatever a tool wrapped or wrote them in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from selfstudy_guard.questions.labels import name_of, names

Row = Mapping[str, Any]

_NOT_SAID = frozenset(
    ("tool_use", "tool_result", "tool_call", "function_call", "image", "image_url", "audio", "thinking", "reasoning")
)
"""Kinds of content parts that are no text of the speaker."""
QUESTION_FIELDS = (
    "question",
    "query",
    "prompt",
    "instruction",
    "input",
    "user_input",
    "q",
    "question_text",
    "user_query",
    "text_input",
    "input_text",
    "problem",
)
"""Names of the question, most telling first."""
ANSWER_FIELDS = (
    "answer",
    "correct_answer",
    "expected_answer",
    "ground_truth_answer",
    "reference_answer",
    "response",
    "completion",
    "output",
    "chosen",
    "reference",
    "ground_truth",
    "expected_output",
    "expected",
    "generation",
    "reply",
    "self_answer",
    "short_answer",
    "final_answer",
    "ideal_response",
    "ideal_answer",
    "model_response",
    "model_answer",
    "output_text",
    "solution",
    "target",
    "a",
    "long_answer",
)


class RowError(Exception):
    """A row that holds no pair; the message says why."""


def field_name(field: str) -> str:
    """A field's name in lower case with `_` between its words ("Expected Answer", "expectedAnswer")."""
    return name_of(field)


def normal_row(row: Row) -> dict[str, Any]:
    """`row` with its fields under their usual names as well, and what tools wrap round a row taken off.

    A field keeps its own name; beside it stand its name in lower case, and "question" and "answer" where the row has
    them in another language.
    """
    found = {str(name): value for name, value in row.items()}
    for wrapper in ("row", "data", "vars"):
        inner = found.get(wrapper)
        if isinstance(inner, Mapping) and len(inner) > 1:
            found = {**inner, **{name: value for name, value in found.items() if name != wrapper}}
    if isinstance(found.get("vars"), Mapping):
        found = {**found["vars"], **found}
    for asked, told in (("inputs", "outputs"), ("input", "output")):
        if isinstance(found.get(asked), Mapping) and isinstance(found.get(told), Mapping | str):
            more = found[told] if isinstance(found[told], Mapping) else {"answer": found[told]}
            found = {
                **{name: value for name, value in found.items() if name not in (asked, told)},
                **found[asked],
                **more,
            }
    usual: dict[str, Any] = {}
    for name, value in found.items():
        usual.setdefault(field_name(name), value)
    if not usual.keys() & set(QUESTION_FIELDS):
        asking, telling = names()
        question = next((name for name in usual if name in asking and isinstance(usual[name], str)), None)
        if question is not None:
            answer = next((name for name in usual if name in telling and name != question), None)
            usual["question"] = usual[question]
            if answer is not None:
                usual.setdefault("answer", usual[answer])
    return {**usual, **found}


def text_of(value: Any) -> str:
    """A field as text: strings, numbers, lists of content parts, `{"text": ...}`; "" for nothing."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float):
        return "" if value != value else str(value)  # not a number, as pandas writes what is missing
    if isinstance(value, Mapping):
        if value.get("type") in _NOT_SAID:
            return ""
        for name in ("text", "value", "content"):
            if name in value:
                return text_of(value[name])
        return ""
    if isinstance(value, Sequence):
        return "\n".join(part for part in (text_of(item) for item in value) if part)
    return ""


def passages(value: Any) -> tuple[str, ...]:
    """A field of passages: a text, a list of texts, or such a list as JSON text (as CSV files hold it).

    Also the lists of HotpotQA (`[[title, [sentence, ...]], ...]`), and its columns and those of RAFT and MS MARCO.
    """
    if isinstance(value, str):
        value = as_json(value)
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, Mapping):
        for name in ("sentences", "passage_text", "paragraphs"):
            if isinstance(value.get(name), Sequence) and not isinstance(value.get(name), str):
                return tuple(text for text in (_joined(item) for item in value[name]) if text)
        value = [value]
    if isinstance(value, Sequence):
        return tuple(text for text in (_joined(item) for item in value) if text)
    return ()


def _joined(item: Any) -> str:
    """One passage; a title with a list of sentences is the sentences."""
    if isinstance(item, Sequence) and not isinstance(item, str):
        if (
            len(item) == 2
            and isinstance(item[0], str)
            and isinstance(item[1], Sequence)
            and not isinstance(item[1], str)
        ):
            item = item[1]
        return " ".join(part for part in (text_of(one) for one in item) if part)
    return text_of(item)


def as_json(value: str) -> Any:
    """The list or object that a text field of a table holds as JSON, else the text itself."""
    if value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def first(row: Row, *names: str) -> Any:
    """The first of the fields that is there and not empty."""
    for name in names:
        value = row.get(name)
        if value not in (None, "", [], {}):
            return value
    return None
