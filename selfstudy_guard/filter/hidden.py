"""Hidden text: units that are invisible, disguised or encoded, opened and judged by what they say."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.canonical import Canonical
from selfstudy_guard.filter.encodings.encoded_text import ADDRESS, Decoded, ciphered, find_encoded
from selfstudy_guard.filter.encodings.readable import reads_as_text
from selfstudy_guard.filter.model.scoring import SentenceModel
from selfstudy_guard.filter.second_look import believed_in_place
from selfstudy_guard.filter.units import Units

Label = tuple[str, str, str | None]
"""Channel, detector, and what an encoded unit says."""
IN_THE_OPEN, IN_ADDRESS = 0.5, 0.9
"""The same for percent signs, which everybody can read, and for those of an address, where everybody puts them."""
Judge = tuple[SentenceModel, NDArray[np.float64]]
"""A model, and its belief in every unit of the text."""
HIDDEN = 0.3
"""Belief from which text that stands there encoded, or in letters of some style, is an order: nobody hides what only
informs, but examples of encodings, links and code are read the same way and say nothing to a model."""


def open_hidden(
    units: Units,
    canonical: Canonical,
    strange: NDArray[np.bool_],
    coded: NDArray[np.bool_],
    familiar: Callable[[str], float],
    flagged: NDArray[np.bool_],
    labels: dict[int, Label],
    judge: Judge | None = None,
) -> list[Decoded]:
    """Flag units that are invisible, disguised or encoded orders, and note what they say.

    Args:
        units, canonical: the text.
        strange: units that may be a cipher.
        coded: units of short groups or of digits and marks, which may be an encoding.
        familiar: share of known words of a text.
        flagged: set for the units that are found.
        labels: filled with channel, detector and decoded text of the units that are found.
        judge: the model, and its belief in each unit; None (while one is trained) takes all that is hidden for orders.

    Returns:
        Encoded runs that are only a small part of their unit.
    """
    _open_invisible(units, canonical, judge, flagged, labels)
    runs = find_encoded(units.text, _stretches(units, coded), words=units.long_words if canonical.packed else ())
    ciphers = _ciphered(units, strange & ~flagged, familiar)
    if judge and (runs or ciphers):
        changes = [(run.start, run.end, run.text) for run in runs]
        changes += [(units.start[index], units.end[index], found.text) for index, found in ciphers]
        believed = believed_in_place(judge[0], [(units.text, changes)])[0]
        for (index, _), belief in zip(ciphers, believed[len(runs) :], strict=True):
            flagged[index] &= belief >= HIDDEN  # letters that say nothing to a reader say what they mean
        ciphers = [one for one, belief in zip(ciphers, believed[len(runs) :], strict=True) if belief >= HIDDEN]
        runs = [run for run, belief in zip(runs, believed, strict=False) if belief >= _least(run, units.text)]
    for index, found in ciphers:
        flagged[index] = True
        labels[index] = (found.encoding, "encoding", found.text)
    return _encoded(units, runs, flagged, labels)


def _least(run: Decoded, text: str) -> float:
    """Belief from which an encoded run is an order."""
    if run.encoding != "percent":
        return HIDDEN
    return IN_ADDRESS if ADDRESS.search(text, run.start, run.end) else IN_THE_OPEN


def _open_invisible(
    units: Units,
    canonical: Canonical,
    judge: Judge | None,
    flagged: NDArray[np.bool_],
    labels: dict[int, Label],
) -> None:
    """Units in which several letters are invisible or disguised, and orders in letters of some style."""
    for places, styled in ((canonical.hidden, False), (canonical.styled, True)):
        if not len(places):
            continue
        starts, ends = np.asarray(units.start), np.asarray(units.end)
        counts = np.searchsorted(places, ends) - np.searchsorted(places, starts)
        many = (counts >= 3) & (counts >= 0.03 * (ends - starts))
        if styled and judge:
            many &= judge[1] >= HIDDEN
        for index in many.nonzero()[0].tolist():
            words = canonical.text[starts[index] : ends[index]]
            if sum(char.isalpha() for char in words) >= 8:
                flagged[index] = True
                labels[index] = ("invisible", "encoding", words)


def _encoded(units: Units, runs: list[Decoded], flagged: NDArray[np.bool_], labels: dict[int, Label]) -> list[Decoded]:
    """Flags units that are mostly an encoded message; the runs that are only a part of their unit are returned."""
    loose: list[Decoded] = []
    for run in runs:
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


def _stretches(units: Units, coded: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Disjoint spans of neighbouring coded units (what lies between two of them within 80 code points included)."""
    spans: list[tuple[int, int]] = []
    for index in coded.nonzero()[0].tolist():
        start, end = max(0, units.start[index] - 80), min(len(units.text), units.end[index] + 80)
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _ciphered(units: Units, strange: NDArray[np.bool_], familiar: Callable[[str], float]) -> list[tuple[int, Decoded]]:
    """Units of unknown words that say something when letters are exchanged, reversed or read for digits."""
    found: list[tuple[int, Decoded]] = []
    for index in strange.nonzero()[0].tolist():
        said = ciphered(units.text[units.start[index] : units.end[index]], familiar)
        if said and reads_as_text(said.text):
            found.append((index, said))
    return found
