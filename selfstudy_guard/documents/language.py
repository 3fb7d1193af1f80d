"""Which language a text is in, as far as sentence boundaries need it."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

_SCRIPTS = (
    # (first, last code point, language): scripts that settle the question alone; kana before Han
    (0x3040, 0x30FF, "ja"),
    (0x4E00, 0x9FFF, "zh"),
    (0xAC00, 0xD7AF, "ko"),
    (0x0900, 0x097F, "hi"),
    (0x0980, 0x09FF, "bn"),
    (0x0A80, 0x0AFF, "gu"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0C00, 0x0C7F, "te"),
    (0x0E00, 0x0E7F, "th"),
    (0x0370, 0x03FF, "el"),
    (0x0530, 0x058F, "hy"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x06FF, "ar"),
    (0x1000, 0x109F, "my"),
    (0x1200, 0x137F, "am"),
)
_SAMPLE = 4000
_LETTERS = 20
"""Fewer of them tell nothing."""
_ENGLISH = frozenset(
    (  # a list of words reads better as one
        "the of and to in is that for it as was with be by on not are this from or have an which at"
    ).split()
)


def guess_language(text: str) -> str:
    """ISO 639-1 code of the main language of `text`, from its first 4,000 characters; "en" where nothing tells.

    Scripts that belong to one language answer at once, English by its function words, everything else is left to
    py3langid (a fork of langid.py, Lui and Baldwin 2012).
    """
    return _guess(text[:_SAMPLE])


def has_letters(text: str, least: int) -> bool:
    """Whether `text` holds at least so many letters; of a long one only the beginning is read as a rule."""
    found = at = 0
    while found < least and at < len(text):
        found += sum(map(str.isalpha, text[at : at + 2 * least]))
        at += 2 * least
    return found >= least


@lru_cache(maxsize=256)
def _guess(sample: str) -> str:
    if not has_letters(sample, _LETTERS):
        return "en"
    if not sample.isascii():
        counts = Counter(sample)
        letters = sum(count for c, count in counts.items() if c.isalpha())
        told = [(ord(c), count) for c, count in counts.items() if c >= "\u0370"]
        for first, last, language in _SCRIPTS if told else ():
            share = sum(count for c, count in told if first <= c <= last) / letters
            if share > (0.1 if language == "ja" else 0.3):
                return language
    words = sample.lower().split()
    if words and sum(map(_ENGLISH.__contains__, words)) / len(words) > 0.15:
        return "en"
    import py3langid

    language, _ = py3langid.classify(sample.encode("utf-8", "replace").decode("utf-8"))
    return str(language)
