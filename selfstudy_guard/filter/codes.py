"""Texts as arrays of code points, and where their long words stand, in which letters, words or bytes may be packed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Span = tuple[int, int]
"""Start and end, in code points."""
LONG = 20
"""Code points of a word from which it is a long one."""


def codes_of(text: str) -> NDArray[np.uint32]:
    """Code points of `text`, lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32, copy=False)


def text_of(codes: NDArray[Any]) -> str:
    """The inverse of `codes_of`."""
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


@lru_cache(maxsize=1)
def _blanks() -> tuple[bytes, NDArray[np.bool_]]:
    """Which characters are white space: ASCII for `bytes.translate`, and every code point."""
    blank = np.zeros(0x110000, dtype=bool)
    blank[:0x3001] = [chr(code).isspace() for code in range(0x3001)]  # none stands higher
    return blank[:256].tobytes(), blank


def long_words(text: str) -> list[Span]:
    """Spans of the words of `LONG` code points and more, in order."""
    of_ascii, of_all = _blanks()
    blank = np.frombuffer(text.encode().translate(of_ascii), bool) if text.isascii() else of_all[codes_of(text)]
    gaps = blank.nonzero()[0]
    edges = np.empty(len(gaps) + 2, dtype=np.int64)
    edges[0], edges[1:-1], edges[-1] = -1, gaps, len(text)
    long = (edges[1:] - edges[:-1] > LONG).nonzero()[0]
    return list(zip((edges[long] + 1).tolist(), edges[long + 1].tolist(), strict=True))
