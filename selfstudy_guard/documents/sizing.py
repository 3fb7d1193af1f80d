"""Targets of a useful size: fragments join a neighbour of their paragraph, walls of text are split at clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selfstudy_guard.documents.eligibility.wordlike import is_dense, tells
from selfstudy_guard.documents.formats.blocks import Offsets
from selfstudy_guard.documents.token_estimate import estimate_tokens
from selfstudy_guard.errors import InputError

_CLAUSE = re.compile(
    r"[;:\u2014\u3002\uff1b\uff1a\u061b\u0964\uff01\uff1f](?=.)|[,\uff0c\u3001\u060c](?=\s|[^\x00-\x7f])|\n", re.DOTALL
)
_ASKING = ("?", "\uff1f", "\u061f")
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Smallest and largest useful target, in estimated tokens.

    Args:
        smallest: a shorter sentence joins the one before it (or after it) in its paragraph.
        largest: a longer one is split at clauses, else at white space, else anywhere.

    Raises:
        InputError: if `smallest` is negative or `largest` is below four times `smallest` or below 16.
    """

    smallest: int = 5
    largest: int = 160

    def __post_init__(self) -> None:
        if self.smallest < 0 or self.largest < max(16, 4 * self.smallest):
            raise InputError(
                f"target size {self.smallest}..{self.largest} tokens cannot be used: "
                "the largest must be at least 16 and at least four times the smallest"
            )


def sized(view: str, spans: list[Offsets], bounds: Bounds) -> list[Offsets]:
    """Sentences of one paragraph, joined and split to the bounds; `spans` are in text order, without outer space."""
    fits = 4 * bounds.largest if view.isascii() else bounds.largest
    cut: list[Offsets] = []
    for span in spans:
        if span[1] - span[0] <= fits:
            cut.append(span)
        else:
            cut.extend(split(view, span, bounds))
    return join(view, cut, bounds)


def split(view: str, span: Offsets, bounds: Bounds) -> Iterator[Offsets]:
    """Parts of `span` that keep to the upper bound."""
    start, end = span
    while estimate_tokens(view[start : min(end, start + 8 * bounds.largest)]) > bounds.largest:
        limit = _reach(view, start, end, bounds.largest)
        if limit >= end:
            break
        cut = _last(_CLAUSE, view, start + (limit - start) // 2, limit) or _last(
            _SPACE, view, start + (limit - start) // 3, limit
        )
        cut = cut or limit
        if view[start:cut].strip():
            yield _trim(view, start, cut)
        start = cut
        while start < end and view[start].isspace():
            start += 1
    if view[start:end].strip():
        yield _trim(view, start, end)


def _reach(view: str, start: int, end: int, largest: int) -> int:
    """The furthest place whose tokens from `start` still fit."""
    low, high = start + largest, min(end, start + 4 * largest)
    while low < high:
        middle = (low + high + 1) // 2
        if estimate_tokens(view[start:middle]) <= largest:
            low = middle
        else:
            high = middle - 1
    return min(low, end)


def _last(pattern: re.Pattern[str], view: str, start: int, end: int) -> int | None:
    place = None
    for match in pattern.finditer(view, start, end):
        place = match.end()
    return place


def _trim(view: str, start: int, end: int) -> Offsets:
    piece = view[start:end]
    left = start + len(piece) - len(piece.lstrip())
    return left, start + len(piece.rstrip())


def _is_fragment(sentence: str, bounds: Bounds) -> bool:
    if sentence.endswith(_ASKING):
        return False
    if is_dense(sentence) and estimate_tokens(sentence) >= bounds.smallest - 1:
        return not tells(sentence)
    return estimate_tokens(sentence) < bounds.smallest or not tells(sentence)


def join(view: str, spans: list[Offsets], bounds: Bounds) -> list[Offsets]:
    """Fragments (short, or without words that tell something) joined to the span before them, else to the one after."""
    joined: list[Offsets] = []
    last_small = False
    for start, end in spans:
        # A short question ("Why?") stays alone: joined to a statement, it would make that one a question too.
        small = _is_fragment(view[start:end], bounds)
        wanted = small or (last_small and not view.endswith(_ASKING, start, end))
        if joined and wanted and estimate_tokens(view[joined[-1][0] : end]) <= bounds.largest:
            joined[-1] = (joined[-1][0], end)
            last_small = _is_fragment(view[slice(*joined[-1])], bounds)
        else:
            joined.append((start, end))
            last_small = small
    return joined
