"""What is said of a document that cannot be made: which part is wrong, and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

_MEANT = {
    **dict.fromkeys(("content", "page_content", "body", "txt", "document", "contents"), "text"),
    **dict.fromkeys(("name", "doc_id", "document_id", "path", "source", "filename", "key", "title"), "id"),
    **dict.fromkeys(("meta", "metadatas", "extra"), "metadata"),
    **dict.fromkeys(("mime_type", "mimetype", "content_type", "type"), "media_type"),
}
"""What other tools call the parts of a document."""


def wrong_document(error: ValidationError, given: Mapping[str, Any], known: Sequence[str]) -> str:
    """What is wrong with the first bad part of a document, and what to write."""
    for name in given:
        if name not in known:
            meant = _MEANT.get(name) or next(iter(difflib.get_close_matches(name, known, 1, 0.7)), "")
            return f"a Document has no {name!r}, only {', '.join(known)}" + (
                f" (did you mean {meant}?)" if meant else ""
            )
    if "id" not in given:
        return (
            "a Document needs an id, a name of its own among the documents: Document(id=..., text=...), "
            "or Document.from_text(...), which makes one of the text"
        )
    if "text" not in given:
        return f"the Document {given['id']!r} needs a text: Document(id=..., text=...)"
    first = error.errors()[0]
    name = str(first["loc"][0])
    kinds = {"id": "a text of at least one character", "text": "a str", "metadata": "a mapping with texts as keys"}
    was = repr(given[name])[:40] if name == "id" else type(given[name]).__name__
    return f"{name} of a Document must be {kinds.get(name, 'a text or None')}, not {was}"
