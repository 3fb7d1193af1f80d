"""The text of a row: which fields hold it, and how several and nested ones are joined; no title or version alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from selfstudy_guard.documents.readers.account import CHOSEN
from selfstudy_guard.documents.readers.text import UnreadableError

TEXT_FIELDS = ("text", "content", "contents", "body", "document", "page_content", "passage", "markdown", "context")
"""Names tried, in this order, when the user names no text field."""
PARTS = ("paragraphs", "sections", "chapters", "blocks", "parts", "body", "content", "contents", "text", "lines")
"""Names of lists that are the parts of one document, not rows of a table."""
_TITLES = frozenset(("title", "heading", "headline", "subject", "name", "question", "header", "caption", "h1", "h2"))
_WORD = re.compile(r"[^\W\d_]{2,}|[\u3040-\u9fff\uac00-\ud7af\u0e00-\u0e7f]{2}")
_PLAIN = _TITLES | frozenset(TEXT_FIELDS) | frozenset(PARTS)
"""Names that need not be told: what they hold reads by itself."""
_DEPTH = 16
_FEW = 8
"""Words from which a value reads as a text rather than as a title or a key."""
_NAMED = 8
"""Fields that a note names."""
_CLEARLY = 4
"""How many times longer than all others a field must be to be taken where several hold texts."""

Wanted = str | Sequence[str] | None


@dataclass(frozen=True, slots=True)
class TextFields:
    """The fields that hold the text of the rows of one file.

    Attributes:
        names: their names, in the order in which they are joined; a dot reaches into an object.
        note: why they were taken, where the user did not say; "" for the usual names.
    """

    names: tuple[str, ...]
    note: str = ""

    def text(self, row: Mapping[str, Any]) -> str | None:
        """The text of a row: paragraphs of nested values, several fields below each other; None where it has none."""
        parts: list[str] = []
        for name in self.names:
            value = _reach(row, name)
            if len(self.names) == 1 and not isinstance(value, list | tuple | Mapping):
                return value if isinstance(value, str) else None
            paragraphs = list(_paragraphs(value, 0))
            label = name.rpartition(".")[2]
            if (
                len(self.names) > 1
                and len(paragraphs) == 1
                and label.lower() not in _PLAIN
                and _words(paragraphs[0]) < 6
            ):
                paragraphs = [f"{label}: {paragraphs[0]}"]
            parts.extend(paragraphs)
        return "\n\n".join(parts) if parts else None

    def holds(self, name: str) -> bool:
        """Whether a field of the row is (part of) the text, and thus no metadata."""
        return any(one == name or one.startswith(f"{name}.") for one in self.names)


def choose_text_fields(row: Mapping[str, Any], wanted: Wanted) -> TextFields:
    """The fields of `row` that hold the document text.

    Args:
        row: the first row of a file.
        wanted: what the user named: one field, several, or several with commas between them; None to choose.

    Raises:
        UnreadableError: no such field, none that holds a text, or several between which the user must choose.
    """
    if wanted:
        return TextFields(tuple(_known(row, one) for one in _named(row, wanted)))
    by_lower: dict[str, str] = {}
    for field in row:
        by_lower.setdefault(str(field).lower(), str(field))
    for name in TEXT_FIELDS:
        if name in by_lower and (isinstance(row[by_lower[name]], str) or _length(row[by_lower[name]]) >= _FEW):
            return TextFields((by_lower[name],))
    lengths = {str(name): _length(value) for name, value in row.items()}
    texts = sorted((name for name, size in lengths.items() if size >= _FEW), key=lambda name: -lengths[name])
    if texts and lengths[texts[0]] >= _CLEARLY * sum(lengths[name] for name in texts[1:]):
        return TextFields((texts[0],), f"{CHOSEN} {texts[0]!r}{_unused(row, texts[0])}")
    told = [name for name, value in row.items() if isinstance(value, str) and _words(value) >= 3]
    if not texts and len(told) == 1 and not any(isinstance(value, list | Mapping) and value for value in row.values()):
        return TextFields((str(told[0]),), f"{CHOSEN} {str(told[0])!r}, the only one with words{_unused(row, told[0])}")
    if texts:
        raise UnreadableError(
            "which field holds the text? Choose one or several with text_field (--text-field, more than once to join "
            f"them): {_listed(row)}"
        )
    raise UnreadableError(
        f"no field reads as a text; choose one with text_field (--text-field), a dot reaches inside: {_listed(row)}"
    )


def _unused(row: Mapping[str, Any], taken: str) -> str:
    """Names the fields that nothing will be asked about; "" where the text was all that the row holds."""
    left = [repr(str(name)[:60]) for name in row if str(name) != taken]
    if not left:
        return ""
    more = " ..." if len(left) > _NAMED else ""
    return f", not from {', '.join(left[:_NAMED])}{more}: text_field (--text-field) joins several"


def _named(row: Mapping[str, Any], wanted: str | Sequence[str]) -> list[str]:
    given = [wanted] if isinstance(wanted, str) else list(wanted)
    names: list[str] = []
    for one in given:
        names.extend(
            [one] if one in row or "," not in one else [name.strip() for name in one.split(",") if name.strip()]
        )
    return names


def _known(row: Mapping[str, Any], name: str) -> str:
    if name in row or _reach(row, name) is not None:
        return name
    raise UnreadableError(f"no field {name!r}; the fields are: {_listed(row)}")


def _reach(row: Mapping[str, Any], name: str) -> Any:
    if name in row:
        return row[name]
    value: Any = row
    for part in name.split(".")[:_DEPTH]:
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def _paragraphs(value: Any, depth: int) -> Iterator[str]:
    """Texts inside a value, in order; keys, numbers and addresses inside objects are left out."""
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif isinstance(value, bool) or value is None or depth > _DEPTH:
        return
    elif isinstance(value, int | float) and depth == 0:
        yield str(value)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if (
                not isinstance(item, str)
                or str(name).lower() in _TITLES
                or str(name).lower() in PARTS
                or _words(item) >= 3
            ):
                yield from _paragraphs(item, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _paragraphs(item, depth + 1)


def _length(value: Any) -> int:
    """Words of a value that reads as a text; 0 for anything else."""
    if isinstance(value, str):
        return _words(value) if " " in value.strip() or _words(value) >= _FEW else 0
    if isinstance(value, list | tuple):
        return sum(_length(item) for item in islice(value, 1000) if isinstance(item, str | Mapping | list))
    if isinstance(value, Mapping):
        return sum(_words(text) for text in islice(_paragraphs(value, 1), 1000))
    return 0


def _words(text: str) -> int:
    return len(_WORD.findall(text[:20_000]))


def _listed(row: Mapping[str, Any]) -> str:
    names = [str(name)[:60] for name in islice(row, 30)]
    return ", ".join(repr(name) for name in names) + (" ..." if len(row) > 30 else "") if names else "(none)"
