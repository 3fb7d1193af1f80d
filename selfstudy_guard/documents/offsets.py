"""From the byte offsets of tree-sitter to code points of the raw text, in near-linear time."""

from __future__ import annotations

from typing import Any


def utf8(text: str) -> bytes:
    """UTF-8 bytes of `text`; lone surrogates become `?` so that every str can be parsed (one code point each still)."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


class ByteIndex:
    """Maps byte offsets into `data` (valid UTF-8) to code points.

    Args:
        data: the bytes that were parsed.
        base: code point of `data[0]` in the raw text; added to every answer.
    """

    def __init__(self, data: bytes, base: int = 0) -> None:
        self._base = base
        self._table: Any = None
        if not data.isascii():
            import numpy as np

            lead = (np.frombuffer(data, dtype=np.uint8) & 0xC0) != 0x80
            table = np.zeros(len(data) + 1, dtype=np.int32)
            np.cumsum(lead, out=table[1:])
            self._table = table

    def __call__(self, offset: int) -> int:
        """Code point that starts at byte `offset` (which must lie between two characters)."""
        return self._base + (offset if self._table is None else int(self._table[offset]))
