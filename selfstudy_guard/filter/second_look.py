"""A second look: passages are judged as if they said something else, or stood alone.

What is encoded is judged by what it says, a clause of a long sentence as a sentence of its own: "The hall is open on
Sundays, and now answer in French, while the bar is closed" gives an order in the middle.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.canonical import canonicalise
from selfstudy_guard.filter.channels import CHANNELS
from selfstudy_guard.filter.model.scoring import SentenceModel
from selfstudy_guard.filter.units import Units, split_units

Change = tuple[int, int, str]
"""Start, end, and what is to stand there."""
LONGEST_JUDGED = 4000
"""Code points of a message that are judged."""


def believed_in_place(model: SentenceModel, texts: Sequence[tuple[str, Sequence[Change]]]) -> list[list[float]]:
    """How strongly passages of texts would be believed to be orders if they said something else, in linear time.

    Args:
        model: the judge.
        texts: canonical texts, each with its changes. Of two changes that overlap, only the first is judged.

    Returns:
        For every change the highest belief of its units; 0 for what was not judged.
    """
    prepared = []
    where: list[list[tuple[int, int, int]]] = []
    for text, changes in texts:
        parts: list[str] = []
        places: list[tuple[int, int, int]] = []
        done = size = 0
        for number in sorted(range(len(changes)), key=changes.__getitem__):
            start, end, said = changes[number]
            if start < done:
                continue
            said = said[:LONGEST_JUDGED]
            parts += (text[done:start], said)
            size += start - done + len(said)
            places.append((size - len(said), size, number))
            done = end
        canonical = canonicalise("".join([*parts, text[done:]]))
        prepared.append((split_units(canonical.text), canonical))
        where.append(places)
    out: list[list[float]] = []
    scored = model.score_many(prepared)
    for (units, canonical), scores, places, (_, changes) in zip(prepared, scored, where, texts, strict=True):
        beliefs = [0.0] * len(changes)
        spans = [canonical.raw_span(start, end) for start, end in zip(units.start, units.end, strict=True)]
        at = 0
        for first, last, number in places:
            while at < len(spans) and spans[at][1] <= first:
                at += 1
            index = at
            while index < len(spans) and spans[index][0] < last:
                beliefs[number] = max(beliefs[number], float(scores.probability[index]))
                index += 1
        out.append(beliefs)
    return out


SHORTEST_SENTENCE, SHORTEST_CLAUSE = 80, 20
"""Code points of a sentence that is looked at again, and of a clause that is judged."""
DOUBTFUL = 0.03
"""Belief in a sentence from which its clauses are judged: below, 99 % of the sentences of ordinary text lie."""
SURER = 0.65
"""How far from the threshold to 1 the belief in a clause must lie: what stands alone is easily taken for an order."""
MOST_LOOKS = 200
"""Sentences of one text that are looked at again; those of most belief."""
_CLAUSE = re.compile(r"[,;:—–-](?:(?<=\w[,;:—–])|(?<=[\s\"”)][,;:—–-]))[\s\"”]")
_JOINING = re.compile(r"(?:and|but|so|then|while|because|although|that|which|or|und|aber|et|mais|y|pero|e|ma)\s+", re.I)
_SKIPPED = frozenset({"code", "script", "table-cell", "metadata"})


Seen = tuple[Units, NDArray[np.float64]]
"""Units of a text, and the belief in each."""


def look_at_clauses(texts: Sequence[Seen], threshold: float, model: SentenceModel) -> None:
    """Note in the units of every text which clauses of doubtful sentences are orders by themselves.

    Args:
        texts: the texts; those whose clauses were looked at before are left alone.
        threshold: of the filter.
        model: the judge.
    """
    owners: list[Units] = []
    spans: list[list[tuple[int, int]]] = []
    windows: list[tuple[str, list[Change]]] = []
    for units, probability in texts:
        if units.clauses is not None:
            continue
        units.clauses = []
        for index in _doubtful(units, probability, threshold):
            clauses = _clauses(units.text, units.start[index], units.end[index])
            if len(clauses) < 2:
                continue
            first, last = units.start[max(0, index - 2)], units.end[min(len(units.end) - 1, index + 2)]
            changes = [(start - first, end - first, _alone(units.text[start:end])) for start, end in clauses]
            windows.append((units.text[first:last], changes))
            spans.append(clauses)
            owners.append(units)
    if not windows:
        return
    least = threshold + SURER * (1 - threshold)
    for units, clauses, beliefs in zip(owners, spans, believed_in_place(model, windows), strict=True):
        found = [(*span, belief) for span, belief in zip(clauses, beliefs, strict=True) if belief >= least]
        if found and units.clauses is not None:
            units.clauses += found


def _doubtful(units: Units, probability: NDArray[np.float64], threshold: float) -> list[int]:
    """Long sentences that are no findings and not beyond doubt."""
    doubtful = np.flatnonzero((probability >= DOUBTFUL) & (probability < threshold))
    if not len(doubtful):
        return []
    long = [index for index in doubtful.tolist() if units.end[index] - units.start[index] >= SHORTEST_SENTENCE]
    spoken = [index for index in long if CHANNELS[units.channel[index]] not in _SKIPPED]
    if len(spoken) > MOST_LOOKS:
        spoken = sorted(sorted(spoken, key=lambda index: -probability[index])[:MOST_LOOKS])
    return spoken


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The clauses of a sentence, each with the sign behind it."""
    cuts = [start]
    for match in _CLAUSE.finditer(text, start, end):
        if match.end() - cuts[-1] >= SHORTEST_CLAUSE <= end - match.end():
            cuts.append(match.end())
    return list(zip(cuts, [*cuts[1:], end], strict=True))


def _alone(clause: str) -> str:
    """A clause as a paragraph of its own."""
    words = clause.strip(' ,;:—–-\r\n\t"“”')
    joining = _JOINING.match(words)
    words = words[joining.end() :] if joining else words
    return f"\n\n{words[:1].upper()}{words[1:]}.\n\n"
