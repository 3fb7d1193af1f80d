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
QUESTION_FIELDS = tuple(
    "question query prompt instruction input user_input q question_text user_query text_input input_text "
    "problem human anchor".split()
)
"""Names of the question, most telling first."""
ANSWER_FIELDS = tuple(
    "answer correct_answer expected_answer ground_truth_answer reference_answer response completion output chosen "
    "reference ground_truth expected_output expected generation reply self_answer short_answer final_answer "
    "ideal_response ideal_answer model_response model_answer output_text solution target a long_answer ideal "
    "expected_response best_answer assistant".split()
)


class RowError(Exception):
    """A row that holds no pair; the message says why."""


def field_name(field: str) -> str:
    """A field's name in lower case with `_` between its words ("Expected Answer", "expectedAnswer")."""
    return name_of(field)


_WRAPPERS = ("row", "data", "vars", "body", "fields", "qa", "qa_pair", "pair", "example", "item", "record")
_ASKED_IN = ("inputs", "input")
_TOLD_IN = ("outputs", "output", "expectations", "expected_output", "expectedOutput", "expected", "reference_outputs")
_NOT_THE_ANSWER = frozenset(
    "type id category difficulty level start end index idx number score incorrect wrong rejected bad count date".split()
)
"""Words of a field's name that make it no question and no answer."""


def normal_row(row: Row) -> dict[str, Any]:
    """`row` with its fields under their usual names as well, and what tools wrap round a row taken off.

    A field keeps its own name; beside it stand its name in lower case, and "question" and "answer" where the row has
    them under a longer name or in another language.
    """
    found = _unwrapped({str(name): value for name, value in row.items()})
    usual: dict[str, Any] = {}
    for name, value in found.items():
        usual.setdefault(field_name(name), value)
    if not usual.keys() & {*QUESTION_FIELDS, *_CHAT_FIELDS}:
        question = _named(usual, 0)
        if question is not None:
            usual["question"] = usual[question]
    if "question" in usual and not usual.keys() & {*ANSWER_FIELDS, "answers", "choices", "options", "cot_answer"}:
        answer = _named(usual, 1)
        if answer is not None:
            usual["answer"] = usual[answer]
    return {**usual, **found}


_CHAT_FIELDS = ("messages", "conversations", "conversation", "contents", "turns", "text")


def _unwrapped(found: dict[str, Any]) -> dict[str, Any]:
    for wrapper in _WRAPPERS:
        inner = found.get(wrapper)
        if (isinstance(inner, Mapping) and inner and wrapper not in ("data", "fields", "item")) or (
            isinstance(inner, Mapping) and len(inner) > 1
        ):
            rest = {name: value for name, value in found.items() if name != wrapper}
            found = {**{str(name): value for name, value in inner.items()}, **rest}
    stem = found.get("question")
    if isinstance(stem, Mapping) and "stem" in stem:  # ARC as it was published
        found = {**found, "question": stem["stem"], "choices": _as_options(stem.get("choices"))}
    asked = next((name for name in _ASKED_IN if isinstance(found.get(name), Mapping)), None)
    if asked is None:
        return found
    more = {str(name): value for name, value in found.pop(asked).items()}
    for told in _TOLD_IN:
        value = found.get(told)
        if isinstance(value, Mapping):
            more |= {str(name): one for name, one in found.pop(told).items()}
        elif isinstance(value, str) and value:
            more["answer"] = found.pop(told)
    return {**found, **more}


def _as_options(value: Any) -> Any:
    """A list of options as objects ({"label": "A", "text": ...}) as texts by label."""
    if isinstance(value, list) and all(isinstance(one, Mapping) and "label" in one for one in value):
        return {str(one["label"]): text_of(one.get("text")) for one in value}
    return value


def _named(usual: Mapping[str, Any], place: int) -> str | None:
    """The field whose name holds a word for question (`place` 0) or answer (1) in any language."""
    wanted, other = names()[place], names()[1 - place]
    for name, value in usual.items():
        parts = set(name.split("_")) | {name}
        said = text_of(value)
        if said and parts & wanted and not (place == 0 and parts & other) and not parts & _NOT_THE_ANSWER:
            return name
    return None


def text_of(value: Any) -> str:
    """A field as text: strings, numbers, lists of content parts, `{"text": ...}`; "" for nothing."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float):
        return "" if value != value else str(value)  # not a number, as pandas writes what is missing
    if isinstance(value, Mapping):
        if isinstance(value.get("type"), str) and value["type"] in _NOT_SAID:
            return ""
        for name in ("text", "value", "content", "input_text", "spans"):
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
