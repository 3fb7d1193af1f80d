"""Whether decoded text is written language."""

from __future__ import annotations

import unicodedata


def reads_as_text(text: str) -> bool:
    """Whether `text` is written language: nearly all printable, mostly letters, at least three words."""
    if len(text) < 12 or not all(char.isprintable() or char in "\n\r\t" for char in text[:2000]):
        return False
    head = text[:2000]
    letters = sum(char.isalpha() or unicodedata.category(char)[0] == "M" for char in head)
    spaced = sum(char.isspace() for char in head)
    wide = sum(ord(char) > 0x2E7F for char in head)
    return (
        (letters + spaced >= 0.78 * len(head))
        and (head.count(" ") >= 2 or wide > 0.5 * len(head))
        and spaced < 0.4 * len(head)
    )
