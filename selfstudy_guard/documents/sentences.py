"""Sentences with exact offsets: sentencex decides the boundaries, on a view of the text in which markup is blank."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import regex

from selfstudy_guard.documents.formats.blocks import Offsets
from selfstudy_guard.languages import words

_PIECE = 20_000
"""Characters handed over at once: a wall of text costs linear time whatever its content."""

_NUMBERED = regex.compile(r"(?:^|[\s(\[])(\p{L}[\p{L}\p{M}.]{0,11})\.\Z|(?:^|\s)[nN]\.\Z")
"""A word with a full stop at the end of what might be a sentence."""
_NUMBER = regex.compile(r"[#\u2116\u00ba\u00b0]?\s?(?:\p{N}|[IVXLC]{1,6}\b)")
_UNIT = regex.compile(
    r"(?<=\p{N}\s?(?:[lmgtsh]|[km]?g|[kcm]?m|ml|cl|hl|min|sec|ha|kW|kWh|Hz|km/h|m/s)\.)\s+(?=\p{Lu}\p{Ll}*\s)"
)
"""Behind "9 l." at the end of a sentence; the library takes the single letter for an initial."""
_FULL_STOP = regex.compile(r"(?<=[\u3002\uff01\uff1f])(?=[\p{N}\p{L}])")

_STOPS = "\u3002\uff01\uff1f"
_BREAKS = "\n\r\x0b\x0c\u2028\u2029"


def sentence_spans(view: str, language: str) -> list[Offsets]:
    """Sentences of one paragraph.

    Args:
        view: the paragraph; hard line breaks inside it are no boundaries.
        language: ISO 639-1 code.

    Returns:
        Half-open spans in code points of `view`, without the white space round them; together they hold every
        character that is not white space.
    """
    spans: list[Offsets] = []
    for mark in _BREAKS[:4] if view.isascii() else _BREAKS:
        if mark in view:
            view = view.replace(mark, " ")
    for base, piece in _pieces(view):
        for start, end in _mended(piece, _cut(piece, language), _before_names(language)):
            while start < end and piece[start].isspace():
                start += 1
            while end > start and piece[end - 1].isspace():
                end -= 1
            if end > start:
                spans.append((base + start, base + end))
    return spans


def _mended(piece: str, cut: Iterator[Offsets], titles: frozenset[str]) -> Iterator[Offsets]:
    """The bounds of the library, with those in dense scripts before numbers, without those in "Tab. 4", "Mme. Roy"."""
    held: Offsets | None = None
    dense = not piece.isascii() and any(stop in piece for stop in _STOPS)
    for start, end in cut:
        if held is not None and _goes_on(piece[max(held[0], held[1] - 20) : held[1]], piece[start:end], titles):
            start = held[0]
        elif held is not None:
            yield from _parts(piece, held, dense)
        held = (start, end)
    if held is not None:
        yield from _parts(piece, held, dense)


def _parts(piece: str, span: Offsets, dense: bool) -> Iterator[Offsets]:
    """A sentence, or its parts where the library has overlooked a bound."""
    start, end = span
    for match in _UNIT.finditer(piece, start, end):
        yield start, match.start()
        start = match.end()
    yield from _at_full_stops(piece, (start, end)) if dense else ((start, end),)


@lru_cache(maxsize=1)
def _before_numbers() -> frozenset[str]:
    """Abbreviations before a number in all languages; documents mix them, and "Tab. 4" is no bound in any."""
    return frozenset(word for found in words("before_numbers").values() for word in found)


@lru_cache(maxsize=32)
def _before_names(language: str) -> frozenset[str]:
    """Abbreviations before a name in one language, in their own case: "M. Roy" has one in French, "3 m. La" none."""
    found = words("before_names").get(language, ())
    return frozenset(form for word in found for form in (word, word[:1].upper() + word[1:]))


def _goes_on(before: str, after: str, titles: frozenset[str]) -> bool:
    """Whether a sentence goes on behind the abbreviation of something that is numbered, or of a title."""
    numbered = _NUMBER.match(after)
    if not numbered and not (titles and after[:1].isupper()):
        return False
    last = _NUMBERED.search(before[-20:].rstrip())
    if last is None:
        return False
    if not numbered:
        return last[1] is not None and last[1] in titles
    return last[1] is None or last[1].lower() in _before_numbers()


def _at_full_stops(piece: str, span: Offsets) -> Iterator[Offsets]:
    """Parts of a sentence that ends in the middle: a full stop of a dense script, with a number or a word behind it."""
    start, end = span
    for match in _FULL_STOP.finditer(piece, start, end):
        if match.start() > start and piece.count("\u300c", start, match.start()) <= piece.count(
            "\u300d", start, match.start()
        ):
            yield start, match.start()
            start = match.start()
    yield start, end


def _pieces(view: str) -> Iterator[tuple[int, str]]:
    at = 0
    while len(view) - at > _PIECE:
        cut = view.rfind(" ", at + _PIECE // 2, at + _PIECE) + 1 or at + _PIECE
        yield at, view[at:cut]
        at = cut
    yield at, view[at:]


def _cut(piece: str, language: str) -> Iterator[Offsets]:
    from sentencex import segment

    try:
        sentences = segment(language, piece)
    except UnicodeEncodeError:  # lone surrogates: one character each, so the offsets stay
        sentences = segment(language, piece.encode("utf-8", "replace").decode("utf-8"))
    at = 0
    for sentence in sentences:
        # The sentences follow each other; where the library normalised white space away, the next one is searched
        # for onwards from the last, never from the start of the text.
        begin = at if piece.startswith(sentence, at) else piece.find(sentence, at)
        if begin < 0:
            continue
        if begin > at and piece[at:begin].strip():
            yield at, begin
        at = begin + len(sentence)
        yield begin, at
    if at < len(piece):
        yield at, len(piece)
