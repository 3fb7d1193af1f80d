"""Words of a text with their raw offsets, read through HTML and JSON escapes: what chunks are located by."""

from __future__ import annotations

import html
import unicodedata
import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import regex

# One piece at a time: an escape (JSON, also JSON inside JSON, or HTML), a character of a script that is written without
# spaces, or a run of letters and digits. Bounded repeats and possessive runs keep this linear.
_PIECE = regex.compile(
    r"""
      \\++(?:u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})|x(?P<x>[0-9a-fA-F]{2})|[nrtbfav0"'/])?+
    | &(?:amp;){0,4}(?P<entity>\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});
    | (?P<single>[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])\p{M}*+
    | (?P<word>(?:[\p{L}\p{N}\p{M}](?<![\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]))++)
    """,
    regex.X,
)
_SPACED = bytes(ord(chr(code).lower()) if chr(code).isalnum() else ord(" ") for code in range(128)) + b" " * 128
"""ASCII in lower case, with spaces for all that is no letter or digit."""
_PLAIN_PIECE = regex.compile(r"[\p{L}\p{N}\p{M}]++")
_NOT_PLAIN = regex.compile(r"[\\&\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_PAIR = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]{2}")
_MARKS = regex.compile(r"\p{M}++")
_MESSAGE = 20_000
"""Code points of a text whose words are remembered for a while: a message is looked at for documents and questions."""


@dataclass(frozen=True, slots=True)
class LocatedWords:
    """The words of a text.

    Attributes:
        hashes: uint32, one for each word, of its canonical form (NFKC, case folded).
        starts, ends: int32, raw code points of the text, half-open.
    """

    hashes: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return int(self.hashes.size)


def said_words(text: str) -> int:
    """About how many words a text has for a reader; two characters make one in scripts without spaces."""
    return len(text.split()) + len(_PAIR.findall(text))


def read_words(text: str) -> LocatedWords:
    r"""The words of `text`; scripts written without spaces (Chinese, Thai ...) count one word a character.

    Escapes are read as what they stand for: `caf\u00e9` and `caf&eacute;` are the word `café`, and `\n` separates
    words. Punctuation, whitespace and line prefixes such as `> ` leave no trace, so that a re-flowed or quoted chunk
    has the words of its source.
    """
    return _remembered(text) if len(text) <= _MESSAGE else _read(text)


@lru_cache(maxsize=64)
def _remembered(text: str) -> LocatedWords:
    return _read(text)


def _read(text: str) -> LocatedWords:
    if text.isascii() and "\\" not in text and "&" not in text:
        spaced = text.encode("ascii").translate(_SPACED)
        hashes = np.array(list(map(zlib.crc32, spaced.split())), dtype=np.uint32)
        inside = np.zeros(len(spaced) + 2, dtype=bool)
        inside[1:-1] = np.frombuffer(spaced, dtype=np.uint8) != ord(" ")
        edges = np.flatnonzero(inside[1:] != inside[:-1]).astype(np.int32)
        return LocatedWords(hashes, edges[::2].copy(), edges[1::2].copy())
    if _NOT_PLAIN.search(text) is None:
        matches = list(_PLAIN_PIECE.finditer(text))
        return _pack([_hash(match.group()) for match in matches], [match.span() for match in matches])
    return _read_escaped(text)


def _read_escaped(text: str) -> LocatedWords:
    hashes: list[int] = []
    spans: list[tuple[int, int]] = []
    word = ""
    start = end = 0
    for match in _PIECE.finditer(text):
        group = match.lastgroup
        piece = match[group] if group in ("word", "single") else _decoded(match)
        at, to = match.span()
        if piece and _MARKS.fullmatch(piece):
            end = to if word and at == end else end
            continue
        alone = group == "single" or (group != "word" and _stands_alone(piece))
        if word and (at != end or alone or not piece):
            hashes.append(_hash(word))
            spans.append((start, end))
            word = ""
        if alone:
            hashes.append(_hash(piece))
            spans.append((at, to))
        elif piece:
            if not word:
                start = at
            word += piece
            end = to
    if word:
        hashes.append(_hash(word))
        spans.append((start, end))
    return _pack(hashes, spans)


def without_line_numbers(text: str, words: LocatedWords) -> LocatedWords:
    """`words` less those that are numbers at the beginning of a line of `text`."""
    starts, ends = words.starts.tolist(), words.ends.tolist()
    keep = [
        number
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
        if not text[start:end].isdigit() or not _opens_line(text, ends[number - 1] if number else 0, start)
    ]
    return LocatedWords(words.hashes[keep], words.starts[keep], words.ends[keep])


def _opens_line(text: str, before: int, start: int) -> bool:
    return before == 0 or "\n" in text[before:start] or "\\n" in text[before:start]


def unescape(piece: str) -> str:
    """What one escape of HTML or JSON stands for; any other text as it is."""
    match = _PIECE.fullmatch(piece)
    if match is None or match.lastgroup in ("word", "single"):
        return piece
    return _character(match)


def _pack(hashes: list[int], spans: list[tuple[int, int]]) -> LocatedWords:
    offsets = np.array(spans, dtype=np.int32).reshape(-1, 2)
    return LocatedWords(np.array(hashes, dtype=np.uint32), offsets[:, 0].copy(), offsets[:, 1].copy())


def _hash(word: str) -> int:
    if not word.isascii():
        word = _MARKS.sub("", unicodedata.normalize("NFKC", word))
    return zlib.crc32(word.casefold().encode("utf-8", "surrogatepass"))


def _character(match: regex.Match[str]) -> str:
    code = match["u"] or match["U"] or match["x"]
    if code is not None:
        value = int(code, 16)
        return chr(value) if value <= 0x10FFFF else ""
    if match["entity"] is not None:
        return html.unescape(f"&{match['entity']};")
    last = match.group()[-1]
    return {"n": "\n", "r": "\r", "t": "\t"}.get(last, last)


def _decoded(match: regex.Match[str]) -> str:
    """The letters that an escape stands for; empty where it stands for something that separates words."""
    if match["u"] is None and match["U"] is None and match["x"] is None and match["entity"] is None:
        return ""
    character = _character(match)
    kept = character.isalnum() or _MARKS.fullmatch(character)
    return character if kept and "&" not in character else ""


def _stands_alone(piece: str) -> bool:
    single = _PIECE.fullmatch(piece) if piece else None
    return single is not None and single.lastgroup == "single"
