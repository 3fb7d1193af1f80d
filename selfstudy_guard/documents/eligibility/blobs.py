"""Runs of characters that nobody reads: base64, hashes, minified code, noise of character recognition."""

# ruff: noqa: E501  # one alternative of a pattern stays on one line
from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

from selfstudy_guard.documents.eligibility.wordlike import solid
from selfstudy_guard.documents.formats.blocks import Offsets

_BLOB = re.compile(
    r"""
      data:[a-z]{2,12}/[\w.+-]{2,40}(?:;[\w=-]{1,40}){0,3},[A-Za-z0-9+/=%_-]{8,}
    | -----BEGIN\ [A-Z0-9 ]{3,40}-----
    | -----END\ [A-Z0-9 ]{3,40}-----
    | (?<![A-Za-z0-9+/_-])(?=[A-Za-z/+]{0,80}\d)[A-Za-z0-9+/_-]{40,}={0,2}
    | (?<![A-Za-z0-9+/_.-])[A-Za-z0-9+/]{76,}={0,2}
    | \b(?:[0-9a-f]{32,}|[0-9A-F]{32,})\b
    | \b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b
    | \b(?:[0-9a-fA-F]{2}:){9,}[0-9a-fA-F]{2}\b
    | \bsha(?:1|256|384|512)[-:][A-Za-z0-9+/=]{20,}
    """,
    re.X,
)
_HEX = re.compile(r"(?:sha\d+[-:]|[0-9a-fA-F:\-])+\Z")
_SCRIPT_PARTS = tuple(
    "{ window. document. dataLayer gtag( ga(' _gaq fbq( addEventListener getElementById googletagmanager "
    "!function @media".split()
)
"""Every match of `_SCRIPT` holds one of them, or "var "."""
_SIGNS = re.compile(r"[{}()\[\];=,<>!&|+*/?:]")
_STATEMENT = re.compile(r"[{}()\[\];=,!&]")
_SCRIPT = re.compile(
    r"""
      \b(?:window|document)\.[a-zA-Z_]+
    | dataLayer
    | gtag\(
    | ga\('
    | _gaq\b
    | fbq\(
    | function\s?\([^)]{0,80}\)\s?\{
    | \bvar\ [a-zA-Z_$]+\s?=
    | addEventListener
    | getElementById
    | googletagmanager
    | !function
    | =>\s?\{
    | @media[ (]
    | [.#][a-z][\w-]{0,40}\s?\{[a-z-]{2,30}\s?:
    | \{\s?(?:color|margin|padding|display|font|width|height)[a-z-]{0,20}:
    """,
    re.X,
)
_LOGGED = re.compile(
    r"""
    \s*\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,:Z+]*\]?\s+\[?
        (?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL)\b
    """,
    re.X,
)
_DUMPED = re.compile(r"\s*[0-9a-f]{6,8}:?\s+(?:[0-9a-f]{2,4}\s+){8}")
_FIELDS = re.compile(r"\"[@\w$.:-]{1,60}\"\s?:\s?[\"\[{\d]")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#x[0-9a-fA-F]{2,5});")
_CONTENT = re.compile(r"[\w<>&\"'=+]")
_BEYOND_LATIN = re.compile("[\u0250-\U0010ffff]")
_UNMARKED = bytes(code for code in range(128) if re.match(r"[\w\s]", chr(code)))
_GARBLED = re.compile(
    r"""
      [^\W\d_]+\d+[^\W\d_]+
    | [^\W\d_]*[|~^\u00a6\\{}<>=#\u00a4\u00a7\u00ac\ufffd\u20ac\u00a3\u00a5\u00b0\u00bb\u00ab\u2022\u25a0\u25a1]+
          [^\W\d_]+
    | [^\W\d_]+[|~^\u00a6\\{}<>=#\u00a4\u00a7\u00ac\ufffd\u20ac\u00a3\u00a5\u00bb\u00ab!;:?]+[^\W\d_]+
    | [a-z]{1,6}[A-Z]+[a-z]*[A-Z]?
    | \b[bcdfghjklmnpqrstvwxz]{4,}\b
    | ([^\W\d])\1{2,}
    """,
    re.X,
)
_NAME = re.compile(
    r"""
      [A-Z]{2,}s?
    | [a-z]+(?:[A-Z][a-z]+)+
    | \w[^\W_]*+[._/:@-][\w./:@-]*\w(?:\(\))?
    | \w+\(\)
    | [a-zA-Z]{1,4}\d{1,4}
    | -{1,2}[a-z][\w=-]*
    | \W?\d[\d.,:%/-]*\w{0,3}
    """,
    re.X,
)
_ORDINARY = re.compile(r"(?=[A-Za-z]*?[AEIOUaeiouy])(?![A-Za-z]*?([A-Za-z])\1\1)[A-Z]?[a-z]+")
"""Words of Latin letters with a vowel: what the rules below never take for noise."""
_LONE = frozenset("aAIiOoyYeEuUxXnN\u00e0\u00f3\u00e9\u00e8&-\u2013\u2014+=*/%")
_QUOTED = re.compile(r"`{1,2}[^`]{1,200}`{1,2}")


def blob_spans(view: str) -> list[Offsets]:
    """Base64, hashes, keys and data addresses in `view`."""
    if "-----" not in view and max(map(len, view.split()), default=0) < 24:
        return []  # every pattern needs one long run
    return [match.span() for match in _BLOB.finditer(view) if _is_blob(match[0])]


def _is_blob(run: str) -> bool:
    """Whether a long run is no long word, path or identifier: it mixes letters of both cases with digits, or is hex."""
    if run.startswith(("data:", "-----", "sha")):
        return True
    if _HEX.match(run):
        return True
    if re.fullmatch(r"(?:[A-Za-z]+[-_/]){2,}[A-Za-z0-9]*", run) or re.fullmatch(
        r"(?:[A-Za-z0-9]{1,14}[-_/]){3,}[A-Za-z0-9]{0,14}", run
    ):
        return False
    kinds = (any(c.islower() for c in run), any(c.isupper() for c in run), any(c.isdigit() for c in run))
    return sum(kinds) == 3 or (len(run) >= 76 and sum(kinds) == 2)


def blob_reason(view: str, spans: list[Offsets], share: float = 0.4) -> str | None:
    """Why a paragraph is no content, when at least `share` of it is blobs."""
    covered = sum(end - start for start, end in spans)
    if not covered or covered < share * solid(view):
        return None
    longest = max(spans, key=lambda span: span[1] - span[0])
    return "hash" if _HEX.match(view[slice(*longest)]) else "base64"


def minified(view: str, length: int = 200) -> bool:
    """Whether code was squeezed by a machine: a long line, many signs, hardly any space."""
    longest = max(view.split("\n"), key=len)
    if len(longest) < length or not longest.isascii():
        return False
    line = longest[:4000]
    signs = len(_STATEMENT.findall(line))
    return signs > 0.08 * len(line) and line.count(" ") < 0.11 * len(line)


def script(view: str) -> bool:
    """Whether text of a page is really a script or a style sheet that leaked out of its element."""
    sample = view[:2000]
    if "var " not in sample and not any(part in sample for part in _SCRIPT_PARTS):
        return False
    found = len(_SCRIPT.findall(sample))
    return found >= 2 or (found == 1 and len(_SIGNS.findall(sample)) > 0.08 * len(sample))


def machine_made(view: str) -> str | None:
    """Why a paragraph was written by a machine for a machine: a log, a dump, page metadata, escaped markup; else None."""
    if _LOGGED.match(view):
        return "log"
    if _DUMPED.match(view):
        return "hex dump"
    sample = view[:2000].strip()
    if sample.startswith(('{"', '[{"')) and len(_FIELDS.findall(sample)) >= 2:
        return "metadata"
    # Entities that space and decorate; letters (old pages in other scripts) and escaped code are content.
    escaped = [one for one in _ENTITY.findall(sample) if not _CONTENT.search(unescape(one))] if "&" in sample else []
    if len(escaped) >= 3 and sum(map(len, escaped)) >= 0.25 * solid(sample):
        return "broken markup"
    return None


def garbled(view: str, share: float = 0.3) -> bool:
    """Whether a paragraph is noise of character recognition: at least `share` of its words are no words.

    Names as programs have them (snake_case, camelCase, paths, options) are not counted as noise, quoted code is skipped.
    """
    bare = _QUOTED.sub(" ", view[:3000]) if "`" in view else view[:3000]
    if view.isascii() and (size := solid(bare)) >= 40:
        marks = len(bare.encode("ascii").translate(None, _UNMARKED))
        if marks >= 0.45 * size:
            return True
    words = bare.split()[:120]
    if len(words) < 5 or (not view.isascii() and len(_BEYOND_LATIN.findall(view, 0, 500)) > 0.1 * len(view[:500])):
        return False
    return sum(map(_is_noise, words)) >= share * len(words)


@lru_cache(maxsize=20_000)
def _is_noise(word: str) -> bool:
    bare = word.strip(".,;:()[]\"'*_\u201c\u201d\u2018\u2019?!")
    if not bare:
        return len(word) >= 2
    if len(bare) == 1:
        return bare not in _LONE and not bare.isdigit()
    if _ORDINARY.fullmatch(bare):
        return False
    return _NAME.fullmatch(bare) is None and (_GARBLED.search(bare) is not None or not any(c.isalnum() for c in bare))
