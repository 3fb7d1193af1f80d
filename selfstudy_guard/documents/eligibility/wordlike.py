"""Counting what reads: words with letters, content words, link text; the same for scripts without spaces."""

from __future__ import annotations

import re
from functools import lru_cache

_MARKS = (
    r"\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f"
    r"\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a51\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57"
    r"\u0bbe-\u0bcd\u0c00-\u0c04\u0c3e-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d57\u0d81-\u0ddf\u200c\u200d"
)
"""Vowel signs and accents, which `re` does not count as letters: Indic words would fall to pieces without them."""

WORD = re.compile(rf"[^\W\d_][^\W\d_{_MARKS}]*(?:(?:['\u2019-]|[{_MARKS}]+)[^\W\d_]*)*")
_LATIN = r"A-Za-z\u00aa\u00b2\u00b3\u00b5\u00b9\u00ba\u00bc-\u00be\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_LATIN_WORD = re.compile(rf"[{_LATIN}][{_LATIN}'\u2019-]*")
"""`WORD` in texts without letters and accents of other scripts, five times as fast."""
_LONG_LATIN_WORD = re.compile(rf"[{_LATIN}][{_LATIN}'\u2019-]{{2,}}")
_OTHER = re.compile("[\u0250-\u1fff\u200c\u200d\u2070-\U0010ffff]")
_DIGIT = re.compile(r"\d")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f\u1000-\u109f\u1780-\u17ff]")
FUNCTION = frozenset(
    (  # a list of words reads better as one
        "the and for that this with from are was were not but you your our his her its their they them has "
        "have had can will all any also into see here there then than when what who how why der die das und "
        "ist ein eine mit von den dem auf los las una por con del que les des est une dans sur pour yes more "
        "less"
    ).split()
)


def is_latin(view: str) -> bool:
    """Whether all letters of a text are Latin ones."""
    return view.isascii() or _OTHER.search(view) is None


def content_words(view: str) -> int:
    """Words that tell something: three letters or more, no function words; two characters of dense scripts make one."""
    return _telling(view, len(view))


def _telling(view: str, enough: int) -> int:
    """`content_words`, counted no further than `enough`."""
    told = 0
    pattern = _LONG_LATIN_WORD
    if not is_latin(view):
        pattern = WORD
        told = len(_DENSE.findall(view)) // 2
        view = _DENSE.sub(" ", view) if told else view
    if told >= enough:
        return told
    for match in pattern.finditer(view):
        word = match[0]
        if len(word) >= 3 and word.lower() not in FUNCTION:
            told += 1
            if told >= enough:
                break
    return told


@lru_cache(maxsize=1024)
def tells(view: str) -> bool:
    """Whether a text has enough words to state something: two content words, or one and a number among three words."""
    told = _telling(view, 2)
    return told >= 2 or (told == 1 and _DIGIT.search(view) is not None and (words(view) >= 3 or is_dense(view)))


def is_dense(view: str) -> bool:
    """Whether most letters are those of a script without spaces, in which few characters say much."""
    return not is_latin(view) and len(_DENSE.findall(view)) * 2 > solid(view) - len(_DIGIT.findall(view))


def words(view: str) -> int:
    """All words with letters; two characters of a dense script count one."""
    if is_latin(view):
        return len(_LATIN_WORD.findall(view))
    dense = len(_DENSE.findall(view))
    return dense // 2 + len(WORD.findall(_DENSE.sub(" ", view) if dense else view))


def solid(view: str) -> int:
    """Characters that are no white space."""
    wide = 0 if view.isascii() else view.count("\u00a0") + view.count("\u3000")
    return len(view) - view.count(" ") - view.count("\n") - view.count("\t") - view.count("\r") - wide
