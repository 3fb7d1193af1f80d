"""One look at a text: units are scored, hidden and encoded text is opened, and what remains flagged becomes spans."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.instructions.canonical import Canonical, canonicalise
from selfstudy_guard.instructions.channels import CHANNELS
from selfstudy_guard.instructions.encodings import Decoded, ciphered, find_encoded, invisible_messages, reads_as_text
from selfstudy_guard.instructions.model import SentenceModel
from selfstudy_guard.instructions.rules import match_rule
from selfstudy_guard.instructions.units import Units, split_units


@dataclass(frozen=True, slots=True)
class Hit:
    """A finding in the making: span, what is known of it, and whether the cap must spare it."""

    start: int
    end: int
    intent: str
    channel: str
    score: float
    detector: str
    decoded: str | None = None
    certain: bool = False

    def stretched(self, start: int, end: int) -> Hit:
        """The same over another span."""
        return replace(self, start=start, end=end)

    def moved(self, places: NDArray[np.int64] | None) -> Hit:
        """The same in the offsets that `places` gives for every character (the span then covers what was taken out between)."""
        if places is None:
            return self
        return replace(self, start=int(places[self.start]), end=int(places[self.end - 1]) + 1)


def merged(hits: Iterable[Hit]) -> list[Hit]:
    """Sorted and disjoint: overlapping hits become one, with what is known of the highest scored."""
    out: list[Hit] = []
    for hit in sorted(hits, key=lambda one: (one.start, -one.end)):
        if out and hit.start < out[-1].end:
            best = max(out[-1], hit, key=lambda one: one.score)
            out[-1] = replace(
                best, start=out[-1].start, end=max(out[-1].end, hit.end), certain=out[-1].certain or hit.certain,
                decoded=out[-1].decoded or hit.decoded,
            )  # fmt: skip
        else:
            out.append(hit)
    return out


def detect(text: str, model: SentenceModel, threshold: float, question: str | None = None) -> list[Hit]:
    """Hits in code points of `text`; they may overlap."""
    canonical = canonicalise(text)
    units = split_units(canonical.text)
    hits = [
        Hit(run.start, run.end, "hidden", "invisible", 0.99, "encoding", run.text or None, True) for run in invisible_messages(text)
    ] if not text.isascii() else []  # fmt: skip
    if not units.start:
        return hits
    scores = model.score(units, canonical, question)
    flagged = scores.probability >= threshold
    labels: dict[int, tuple[str, str, str | None]] = {}
    loose = open_hidden(units, canonical, scores.strange, model.familiar, flagged, labels)
    for start, end, indices in _spans(units, flagged):
        raw_start, raw_end = canonical.raw_span(start, end)
        hits.append(_hit(raw_start, raw_end, units, indices, scores.probability, labels))
    for run in loose:
        raw_start, raw_end = canonical.raw_span(run.start, run.end)
        hits.append(Hit(raw_start, raw_end, _intent(run.text), run.encoding, 0.98, "encoding", run.text, True))
    return hits


def open_hidden(
    units: Units,
    canonical: Canonical,
    strange: NDArray[np.bool_],
    familiar: Callable[[str], float],
    flagged: NDArray[np.bool_],
    labels: dict[int, tuple[str, str, str | None]],
) -> list[Decoded]:
    """Flag units that are invisible, disguised or encoded text, and note what they say.

    Args:
        units, canonical: the text.
        strange: units that may be a cipher.
        familiar: share of known words of a text.
        flagged: set for the units that are found.
        labels: filled with channel, detector and decoded text of the units that are found.

    Returns:
        Encoded runs that are only a small part of their unit.
    """
    _open_invisible(units, canonical, flagged, labels)
    loose = _open_encoded(units, flagged, labels)
    _open_ciphered(units, strange, familiar, flagged, labels)
    return loose


def _open_invisible(
    units: Units, canonical: Canonical, flagged: NDArray[np.bool_], labels: dict[int, tuple[str, str, str | None]]
) -> None:
    """Units in which several letters are invisible, disguised or interleaved with invisible characters."""
    if not len(canonical.hidden):
        return
    starts, ends = np.asarray(units.start), np.asarray(units.end)
    counts = np.searchsorted(canonical.hidden, ends) - np.searchsorted(canonical.hidden, starts)
    for index in np.flatnonzero((counts >= 3) & (counts >= 0.03 * (ends - starts))):
        words = canonical.text[starts[index] : ends[index]]
        if sum(char.isalpha() for char in words) >= 8:
            flagged[index] = True
            labels[int(index)] = ("invisible", "encoding", words)


def _open_encoded(
    units: Units, flagged: NDArray[np.bool_], labels: dict[int, tuple[str, str, str | None]]
) -> list[Decoded]:
    """Flags units that are mostly an encoded message; the runs that are only a part of their unit are returned."""
    loose: list[Decoded] = []
    for run in find_encoded(units.text):
        first = max(0, bisect_right(units.start, run.start) - 1)
        inside = [index for index in range(first, bisect_left(units.start, run.end)) if units.end[index] > run.start]
        if not inside:
            loose.append(run)
            continue
        rest = sum(units.end[index] - units.start[index] for index in inside) - (run.end - run.start)
        if rest > 90:
            loose.append(run)
            continue
        for index in inside:
            flagged[index] = True
            labels[index] = (run.encoding, "encoding", run.text)
    return loose


def _open_ciphered(
    units: Units,
    strange: NDArray[np.bool_],
    familiar: Callable[[str], float],
    flagged: NDArray[np.bool_],
    labels: dict[int, tuple[str, str, str | None]],
) -> None:
    """Units of unknown words that say something when letters are exchanged, reversed or read for digits."""
    for index in np.flatnonzero(strange & ~flagged):
        words = units.text[units.start[index] : units.end[index]]
        found = ciphered(words, familiar)
        if found and reads_as_text(found.text):
            flagged[index] = True
            labels[int(index)] = (found.encoding, "encoding", found.text)


def _spans(units: Units, flagged: NDArray[np.bool_]) -> list[tuple[int, int, list[int]]]:
    """Canonical spans of flagged units: neighbours in a block are joined, and a block that is flagged whole goes with its wrapper."""
    spans: list[tuple[int, int, list[int]]] = []
    indices = np.flatnonzero(flagged).tolist()
    at = 0
    while at < len(indices):
        block = units.block[indices[at]]
        run = [indices[at]]
        while at + 1 < len(indices) and units.block[indices[at + 1]] == block:
            at += 1
            run.append(indices[at])
        at += 1
        first, last = run[0], run[-1]
        before = first > 0 and units.block[first - 1] == block
        after = last + 1 < len(units.block) and units.block[last + 1] == block
        whole = not before and not after and last - first + 1 == len(run)
        if whole:
            spans.append((*units.outer[block], run))
            continue
        group = [run[0]]
        for index in run[1:]:
            if index == group[-1] + 1:
                group.append(index)
            else:
                spans.append((units.start[group[0]], units.end[group[-1]], group))
                group = [index]
        spans.append((units.start[group[0]], units.end[group[-1]], group))
    return spans


def _hit(
    start: int,
    end: int,
    units: Units,
    indices: list[int],
    probability: NDArray[Any],
    labels: dict[int, tuple[str, str, str | None]],
) -> Hit:
    best = max(indices, key=lambda index: float(probability[index]))
    labelled = next((labels[index] for index in indices if index in labels), None)
    words = units.text[units.start[indices[0]] : units.end[indices[-1]]]
    if labelled:
        channel, detector, decoded = labelled
        return Hit(start, end, _intent(decoded or words), channel, 0.98, detector, decoded, True)
    channel = CHANNELS[units.channel[best]]
    return Hit(start, end, _intent(words), channel, float(probability[best]), "sentence-model")


def _intent(words: str) -> str:
    matched = match_rule(words[:2000])
    return matched[0] if matched else "task"
