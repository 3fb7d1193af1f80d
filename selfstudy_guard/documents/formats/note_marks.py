"""Marks of footnotes in HTML and EPUB: the raised number in the text, the number before a note, the way back.

They are no words of the sentence that they stand in. A number that is content stays: an exponent, a unit, a year or a
chapter that a link leads to.
"""

from __future__ import annotations

import regex

_TAGS = r"(?:\s*+</?(?:a|sup|span|small|b|i|em|strong)(?:\s[^<>]{0,500})?>){0,4}"
_SIGN = r"\*{1,3}|[\u2020\u2021\u00a7\u00b6\u2191]{1,3}|\u21a9\ufe0e?|\u21b5|\^"
_ELEMENT = regex.compile(
    rf"""
    <(?P<name>a|sup)\b(?P<said>[^<>]{{0,500}})>
    (?P<before>{_TAGS}) \s*+ [\[(]?+
    (?: (?P<number>\d{{1,3}}) | (?P<sign>{_SIGN}) | (?P<letter>[a-z]|[ivx]{{2,5}}) )
    [\])]?+ \.?+ {_TAGS}? \s*+
    </(?P=name)\s*>
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_OF_NOTES = regex.compile(
    r"""
    note | \bfn | \bftn | \#fn | \#ftn | \#_ftn | \#_edn | cite[-_]?ref | backlink | \bclass\s?=\s?["']?reference\b
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_PLACE = regex.compile(r"""\bhref\s?=\s?["']?[^"'<>\s]{0,300}\#""", regex.IGNORECASE)
_AFTER = frozenset('.!?;:,\u201d"\u00bb\u2019\u3002\uff0c')
_HOME = regex.compile(
    r"""(?:type|role|class|id)\s?=\s?["']?[^"'<>]{0,100}(?:foot|end|rear)-?notes?\b""", regex.IGNORECASE
)
NUMBER = regex.compile(r"\s*+[\[(]?+(?:\d{1,3}|[*\u2020\u2021])[\])]?+\.?+\s++(?=\S)")
"""What a note begins with where nothing marks its number."""


def is_note_mark(text: str, start: int, *, first: bool) -> bool:
    """Whether the element `a` or `sup` at `start` is the mark of a note, with all that stands in it.

    Args:
        text: the raw document.
        start: of its tag.
        first: whether it begins a note.
    """
    found = _ELEMENT.match(text, start)
    if found is None:
        return False
    said = found["said"] + found["before"]
    raised = found["name"].lower() == "sup" or "<sup" in found["before"].lower()
    linked = found["name"].lower() == "a" or "<a" in found["before"].lower()
    left = text[start - 1] if start else " "
    if _OF_NOTES.search(said) and linked:
        return True
    if raised and linked:
        return bool(_PLACE.search(said))
    if raised:  # not the exponent of a number or a unit
        return not found["letter"] and left in _AFTER
    if not _PLACE.search(said) or found["letter"]:
        return False
    return bool(found["sign"]) or first or not (left.isspace() or left in "([>")


def holds_notes(tag: str) -> bool:
    """Whether an opening tag says that what stands in its element are notes."""
    return _HOME.search(tag) is not None
