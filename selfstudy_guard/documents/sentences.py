"""Sentences with exact offsets: sentencex decides the boundaries, on a view of the text in which markup is blank."""

from __future__ import annotations

from collections.abc import Iterator

from selfstudy_guard.documents.formats.blocks import Offsets

_PIECE = 20_000
"""Characters handed over at once: a wall of text costs linear time whatever its content."""

_BREAKS = str.maketrans({"\n": " ", "\r": " ", "\x0b": " ", "\x0c": " ", "\u2028": " ", "\u2029": " "})


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
    for base, piece in _pieces(view.translate(_BREAKS)):
        for start, end in _cut(piece, language):
            sentence = piece[start:end]
            stripped = sentence.lstrip()
            left = start + len(sentence) - len(stripped)
            right = left + len(stripped.rstrip())
            if right > left:
                spans.append((base + left, base + right))
    return spans


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
