"""What the filter believes of every unit of a text, in raw offsets: the ground on which evidence is chosen."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.documents.eligibility.addressing import weighed_belief
from selfstudy_guard.filter.canonical import Canonical
from selfstudy_guard.filter.detection import Look
from selfstudy_guard.filter.model.inputs import TOGETHER
from selfstudy_guard.protocols import Examines, ExaminesMany, Finds
from selfstudy_guard.records import Belief, Document, Finding

_SCORES = 10_000


def beliefs_of(look: Look, places: NDArray[np.int64] | None, taken: Sequence[Finding]) -> tuple[Belief, ...]:
    """The beliefs of a look at a text, in order and disjoint.

    Args:
        look: the units of the text that was looked at, and their scores. Where something had been taken out of it
            before, the units beside are thereby judged anew with that gone.
        places: raw offset of every character that was looked at; None where they are the same.
        taken: what was taken out, sorted and disjoint in raw offsets: a unit that stood round it is cut there.
    """
    units, canonical, scores = look
    believed = np.round(np.clip(scores.probability, 0.0, 1.0), 4).tolist()
    said = (~scores.terse).tolist()
    starts, ends = _raw(units.start, units.end, canonical, places)
    firsts, lasts = zip(*units.outer, strict=True) if units.outer else ((), ())
    outer = zip(*_raw(firsts, lasts, canonical, places), strict=True)
    wide = [span if span[0] < span[1] else None for span in outer]
    cuts = [*((finding.start, finding.end) for finding in taken), (1 << 62, 1 << 62)]
    found: list[Belief] = []
    at = done = 0
    for start, end, score, block, is_said in zip(starts, ends, believed, units.block, said, strict=True):
        start = max(start, done)
        if not is_said or start >= end:
            continue
        while cuts[at][1] <= start:
            at += 1
        first, last = wide[block] or (start, end)
        for piece_start, piece_end in ((start, end),) if end <= cuts[at][0] else _between(start, end, cuts, at):
            around = (min(first, piece_start), max(last, piece_end))
            found.append(made_belief(piece_start, piece_end, score, around))
            done = piece_end
    return tuple(found)


def _between(start: int, end: int, cuts: Sequence[tuple[int, int]], at: int) -> Iterator[tuple[int, int]]:
    """What is left of a span between cuts from the one at `at` on; they are disjoint, and the last lies behind it."""
    while start < end:
        first, last = cuts[at]
        if start < first:
            yield start, min(first, end)
        start = max(start, last)
        at += 1


_FIELDS = set(Belief.model_fields)
"""Shared: beliefs are frozen, and a copy of one copies its set."""


def made_belief(start: int, end: int, score: float, block: tuple[int, int]) -> Belief:
    """`Belief.model_construct` of all fields, ten times as fast: every unit of every text gets one."""
    made = Belief.__new__(Belief)
    put = object.__setattr__
    put(made, "__dict__", {"start": start, "end": end, "score": score, "block": block})
    put(made, "__pydantic_fields_set__", _FIELDS)
    put(made, "__pydantic_extra__", None)
    put(made, "__pydantic_private__", None)
    return made


def _raw(
    starts: Sequence[int], ends: Sequence[int], canonical: Canonical, places: NDArray[np.int64] | None
) -> tuple[list[int], list[int]]:
    """Spans of canonical text in the offsets of the raw text."""
    first, last = np.asarray(starts, dtype=np.int64), np.asarray(ends, dtype=np.int64)
    if canonical.offsets is not None:
        offsets = np.append(canonical.offsets, canonical.length)
        first, last = offsets[first], offsets[last]
    if places is not None and len(places):
        first, last = places[np.minimum(first, len(places) - 1)], places[last - 1] + 1
    return first.tolist(), last.tolist()


def raised(beliefs: Sequence[Belief], hits: Iterable[tuple[int, int, float]]) -> tuple[Belief, ...]:
    """The beliefs with the scores of further layers: a unit believes what any layer believes of a part of it."""
    marks = sorted(hits)
    if not marks:
        return tuple(beliefs)
    out = []
    for belief in beliefs:
        score = max((s for a, b, s in marks if a < belief.end and b > belief.start), default=0.0)
        out.append(belief if score <= belief.score else belief.model_copy(update={"score": score}))
    return tuple(out)


def lowered(beliefs: Sequence[Belief], allowed: Iterable[tuple[int, int]]) -> tuple[Belief, ...]:
    """The beliefs, without any in what a person allowed."""
    spans = sorted(allowed)
    if not spans:
        return tuple(beliefs)
    out = []
    for belief in beliefs:
        inside = any(a <= belief.start and belief.end <= b for a, b in spans)
        out.append(belief.model_copy(update={"score": 0.0}) if inside and belief.score else belief)
    return tuple(out)


def weighed(text: str, beliefs: Sequence[Belief]) -> tuple[Belief, ...]:
    """Beliefs of the units of a text with how each of them addresses somebody."""
    return tuple(
        made_belief(one.start, one.end, weighed_belief(one.score, text[one.start : one.end]), one.block)
        for one in beliefs
    )


def packed_beliefs(beliefs: Sequence[Belief]) -> bytes:
    """Beliefs as compressed columns of int32: start, end, score in ten thousandths, start and end of the block."""
    rows = [(one.start, one.end, round(one.score * _SCORES), *one.block) for one in beliefs]
    return zlib.compress(np.array(rows, dtype="<i4").reshape(-1, 5).T.tobytes(), 1)


def unpacked_beliefs(blob: bytes) -> tuple[Belief, ...]:
    """The beliefs that `packed_beliefs` made `blob` of."""
    columns = np.frombuffer(zlib.decompress(blob), dtype="<i4").reshape(5, -1).tolist()
    return tuple(
        made_belief(start, end, score / _SCORES, (first, last))
        for start, end, score, first, last in zip(*columns, strict=True)
    )


def examined(finds: Finds, text: str) -> tuple[tuple[Finding, ...], tuple[Belief, ...]]:
    """Findings and beliefs of a text; a filter of the user's own that only finds believes nothing.

    Where a subclass finds in its own way, that way decides what is found.
    """
    if not isinstance(finds, Examines):
        return tuple(finds.find(text)), ()
    result = finds.examine(text)
    if _home(finds, "find") is _home(finds, "examine"):
        return result.findings, result.beliefs
    findings = tuple(finds.find(text))
    apart = (
        belief for belief in result.beliefs if not any(f.start < belief.end and belief.start < f.end for f in findings)
    )
    return findings, tuple(apart)


def examined_many(finds: Finds, texts: Sequence[str]) -> list[tuple[tuple[Finding, ...], tuple[Belief, ...]]]:
    """`examined` of every text, in order, side by side where the filter can do so in its own way."""
    homes = {_home(finds, name) for name in ("find", "examine", "examine_many")}
    if not isinstance(finds, ExaminesMany) or len(homes) > 1:
        return [examined(finds, text) for text in texts]
    return [(result.findings, result.beliefs) for result in finds.examine_many(texts)]


def examined_each(
    finds: Finds, documents: Iterable[Document]
) -> Iterator[tuple[Document, tuple[Finding, ...], tuple[Belief, ...]]]:
    """Every document with its findings and beliefs, in order; as many are read ahead as are judged side by side."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.text)
        if size >= TOGETHER:
            yield from _judged(finds, batch)
            batch, size = [], 0
    yield from _judged(finds, batch)


def _judged(
    finds: Finds, batch: Sequence[Document]
) -> Iterator[tuple[Document, tuple[Finding, ...], tuple[Belief, ...]]]:
    found = examined_many(finds, [document.text for document in batch])
    return ((document, *one) for document, one in zip(batch, found, strict=True))


def _home(one: object, method: str) -> type | None:
    """The class that defines a method of `one`."""
    return next((kind for kind in type(one).__mro__ if method in vars(kind)), None)
