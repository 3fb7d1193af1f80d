"""Which code page a text is in that is no Unicode: by the letters of languages, where a general detector guesses.

charset-normalizer compares many code pages by statistics that need some paragraphs; on a few sentences it takes German
for Baltic or Korean. Texts in Latin letters have lone bytes outside ASCII, and each language has few such letters; so
the page under which they all belong to one language is the right one. Other scripts are left to charset-normalizer,
but for the pages that it confuses on short texts.
"""

from __future__ import annotations

import codecs
import re
import tomllib
from collections import Counter
from functools import lru_cache
from importlib.resources import files

_LATIN_PAGES = ("cp1252", "cp1250", "cp1254", "cp1257", "mac_roman", "iso8859_15", "iso8859_2", "cp850", "cp852")
"""In the order of how common they are: the first of equals is taken."""
_SIGNS = frozenset(
    "\u2018\u2019\u201a\u201c\u201d\u201e\u2013\u2014\u2026\u2022\xab\xbb\xa7\xa9\xae\xb0\u20ac\xa3\xa0\xad\xb7\u2122\xb5\xb2\xb3\xd7\xbd"
)
"""What stands in texts of any language."""
_BYTES = re.compile(rb"[\x80-\xff]+")
_LONE = 0.75
"""Share of bytes outside ASCII in runs of one or two, from which a text has Latin letters."""
_FITS = 0.75
_MIXED = 0.1
"""What a text in several languages at once (a list of names) must fit better than one in a single language."""
_KANA = re.compile("[\u3040-\u30ff]")


@lru_cache(maxsize=1)
def _alphabets() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    raw = tomllib.loads(files(__package__).joinpath("alphabets.toml").read_text("utf-8"))
    latin = {name: frozenset(letters + letters.upper()) | _SIGNS for name, letters in raw["latin"].items()}
    return latin, {name: frozenset(chars) for name, chars in raw["common"].items()}


def latin_page(sample: bytes) -> str | None:
    """The code page of a text in Latin letters, as Python names it; None where it is no such text, or none fits.

    Args:
        sample: bytes of a text that is no Unicode.
    """
    runs = [len(run) for run in _BYTES.findall(sample)]
    if not runs or sum(size for size in runs if size <= 2) < _LONE * sum(runs) or sum(runs) > 0.3 * len(sample):
        return None
    best, page = _FITS, None
    for name in _LATIN_PAGES:
        text = _decoded(sample, name)
        if not text:
            continue
        seen = Counter(char for char in text if char > "\x7f")
        total = sum(seen.values())
        fit = max(
            sum(n for char, n in seen.items() if char in letters) / total - (_MIXED if language == "western" else 0)
            for language, letters in _alphabets()[0].items()
        )
        # A sign says less than a letter: "\u0160" and "\u2019" stand at the same place of two pages.
        fit -= 0.1 * sum(n for char, n in seen.items() if char in _SIGNS) / total
        if fit > best + 1e-9:
            best, page = fit, name
    return codecs.lookup(page).name if page else None


def dense_page(sample: bytes) -> str | None:
    """The code page of a Chinese, Japanese or Korean text, told by kana, hangul and the commonest characters; or None.

    Args:
        sample: bytes of a text that is no Unicode.
    """
    common = _alphabets()[1]
    best, page = 0.3, None
    for name in ("gb18030", "big5", "shift_jis", "euc_jp", "cp949"):
        text = _decoded(sample, name)
        wide = [char for char in text or "" if char >= "\u2e80"]
        if not text or not wide or len(wide) < 0.6 * sum(char > "\x7f" for char in text):
            continue
        kana = sum(map(bool, map(_KANA.match, wide))) / len(wide)
        if name in ("shift_jis", "euc_jp"):
            fit = kana
        elif kana > 0.1:
            continue  # kana decode as kana in pages of Chinese and Korean too, but few such texts hold them
        else:
            fit = sum(char in common["ko" if name == "cp949" else "zh"] for char in wide) / len(wide)
        if fit > best:
            best, page = fit, name
    return codecs.lookup(page).name if page else None


def _decoded(sample: bytes, page: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(page)().decode(sample)
    except UnicodeDecodeError:
        return None
