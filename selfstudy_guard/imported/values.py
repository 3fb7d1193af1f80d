"""Field values as text and passages, whatever a tool wrapped them in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


class RowError(Exception):
    """A row that holds no pair; the message says why."""


def text_of(value: Any) -> str:
    """A field as text: strings, numbers, lists of content parts, `{"text": ...}`; "" for nothing."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        for name in ("text", "value", "content"):
            if name in value:
                return text_of(value[name])
        return ""
    if isinstance(value, Sequence):
        return "\n".join(part for part in (text_of(item) for item in value) if part)
    return ""


def passages(value: Any) -> tuple[str, ...]:
    """A field of passages: a text, a list of texts, or such a list as JSON text (as CSV files hold it)."""
    if isinstance(value, str):
        value = as_json(value)
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, Mapping):
        value = [value]
    if isinstance(value, Sequence):
        return tuple(text for text in (text_of(item) for item in value) if text)
    return ()


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
