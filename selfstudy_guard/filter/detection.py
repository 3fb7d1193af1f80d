"""One look at a text: units are scored, hidden and encoded text is opened, and what remains flagged becomes spans."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.canonical import Canonical, canonicalise
from selfstudy_guard.filter.channels import CHANNELS
from selfstudy_guard.filter.encodings.encoded_text import invisible_messages
from selfstudy_guard.filter.hidden import Label, open_hidden
from selfstudy_guard.filter.introduced import introduced_code, introduced_sentences
from selfstudy_guard.filter.model.scoring import Scores, SentenceModel
from selfstudy_guard.filter.rules import is_decided, match_rule
from selfstudy_guard.filter.second_look import look_again
from selfstudy_guard.filter.units import Units, split_units, with_signs


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
        """The same in the offsets that `places` gives for every character (the span then covers what was taken out
        between)."""
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


def prepare(text: str) -> tuple[Units, Canonical]:
    """`text` in units, ready to be scored."""
    canonical = canonicalise(text)
    return split_units(canonical.text, canonical.words), canonical


Look = tuple[Units, Canonical, Scores]
"""A text in units, and what the model says of them."""


def looks(texts: Sequence[str], model: SentenceModel, threshold: float, question: str | None = None) -> list[Look]:
    """A look at each of the texts, made side by side, which is faster than one by one."""
    prepared = [prepare(text) for text in texts]
    scored = model.score_many(prepared, question)
    look_again([(units, scores) for (units, _), scores in zip(prepared, scored, strict=True)], threshold, model)
    return [(*one, scores) for one, scores in zip(prepared, scored, strict=True)]


def detect(
    text: str,
    model: SentenceModel,
    threshold: float,
    question: str | None = None,
    look: Look | None = None,
    *,
    strict: bool = False,
) -> list[Hit]:
    """Hits in code points of `text`; they may overlap.

    Args:
        text: what to look at.
        model, threshold, question: as for the filter.
        look: what `looks` made of the text, if that is known already.
        strict: whether what stands before a finding has to be one by itself (see `joined`).
    """
    units, canonical, scores = look or looks([text], model, threshold, question)[0]
    hits: list[Hit] = []
    if canonical.offsets is not None and not text.isascii():  # something was dropped
        for message in invisible_messages(text):
            said = message.text or None
            hits.append(Hit(message.start, message.end, "hidden", "invisible", 0.99, "encoding", said, True))
    if not units.start:
        return hits
    flagged = (scores.probability >= threshold) & ~scores.terse
    if flagged.any():
        flagged &= ~_single_words(units, flagged)
    labels: dict[int, Label] = {}
    seen = (scores.strange, scores.coded, model.familiar)
    loose = open_hidden(units, canonical, *seen, flagged, labels, (model, scores.probability))
    for index in (scores.ordering & ~flagged).nonzero()[0].tolist():
        if is_decided(units.text[units.start[index] : units.end[index]]):
            flagged[index] = True
            labels[index] = (CHANNELS[units.channel[index]], "rules", None)
    if not (loose or units.clauses or flagged.any()):
        return hits
    decoded = [index for index, label in labels.items() if label[1] == "encoding"]
    leads = flagged.copy()
    leads[decoded] = False
    brought = introduced_code(units, leads)
    flagged = joined(units, flagged, scores.probability, threshold, strict=strict)
    groups = introduced_sentences(units, flagged, scores.probability, threshold)
    for first, last in groups:
        flagged[first : last + 1] = True
    for start, end, indices in _together(_spans(units, flagged), groups):
        raw_start, raw_end = canonical.raw_span(start, end)
        hits.append(_hit(raw_start, raw_end, units, indices, scores.probability, labels))
    for start, end, belief in units.clauses or ():
        channel = CHANNELS[units.channel[bisect_right(units.start, start) - 1]]
        words = units.text[start:end]
        hits.append(Hit(*canonical.raw_span(start, end), _intent(words), channel, belief, "sentence-model"))
    for lead, first, last in brought:
        raw_start, raw_end = canonical.raw_span(units.start[first], units.end[last])
        hits.append(replace(_hit(raw_start, raw_end, units, [lead], scores.probability, labels), channel="code"))
    for run in loose:
        raw_start, raw_end = canonical.raw_span(run.start, run.end)
        hits.append(Hit(raw_start, raw_end, _intent(run.text), run.encoding, 0.98, "encoding", run.text, True))
    return hits


_WORD = re.compile(r"[\W\d_]*[^\W\d_\u2e80-\uffff]+(?:['’-][^\W\d_]+)?[\W\d_]*")


def _single_words(units: Units, flagged: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Flagged units of one word ("Questions?", "answers:"): headings and keys; only their neighbours make them more."""
    out = np.zeros_like(flagged)
    for index in flagged.nonzero()[0].tolist():
        start, end = units.start[index], units.end[index]
        if end - start <= LONGEST_WORD and _WORD.fullmatch(units.text, start, end):
            out[index] = True
    return out


LONGEST_WORD = 30
RULE_SCORE = 0.8
"""Score of what a rule finds."""
SHORTEST = 6
"""Code points: shorter units (a lone mark, a number) are findings only beside others."""
BESIDE, BETWEEN, FILLED = 0.25, 0.1, 0.5
"""Share of the threshold that a unit needs beside a finding of its block, and between two; and from which share of its
characters on a wrapped block (comment, attribute, field ...) goes as a whole."""


def joined(
    units: Units,
    flagged: NDArray[np.bool_],
    probability: NDArray[np.float64],
    threshold: float,
    *,
    strict: bool = False,
) -> NDArray[np.bool_]:
    """Flags with hysteresis: what continues a finding in its block needs less belief, and a lone mark is no finding.

    `strict` spares what stands before a finding: it is mostly an innocent sentence whose belief comes from the order
    behind it. Who chooses evidence judges it anew with the order gone.
    """
    before = 1.0 if strict else BESIDE
    if not flagged.any():
        return flagged
    size = np.asarray(units.end) - np.asarray(units.start)
    block = np.asarray(units.block)
    out = flagged & (size >= SHORTEST)
    if not out.any():
        return np.asarray(out, dtype=np.bool_)
    same = block[1:] == block[:-1]
    for _ in range(3):
        left = np.concatenate([[False], out[:-1] & same])
        right = np.concatenate([out[1:] & same, [False]])
        grown = out | (left & (probability >= BESIDE * threshold)) | (right & (probability >= before * threshold))
        grown |= left & right & (probability >= BETWEEN * threshold)
        if (grown == out).all():
            break
        out = grown
    owner = np.cumsum(np.concatenate([[0], ~same]))
    whole = np.bincount(owner, weights=size)
    taken = np.bincount(owner, weights=size * out)
    wrapped = np.asarray(units.wrapped, dtype=bool)[block]
    return np.asarray(out | (wrapped & (taken >= FILLED * whole)[owner]), dtype=np.bool_)


def _spans(units: Units, flagged: NDArray[np.bool_]) -> list[tuple[int, int, list[int]]]:
    """Canonical spans of flagged units, and which units each holds.

    A block that is flagged whole goes with its wrapper; elsewhere every unit is a finding of its own, so that a person
    can keep one sentence of several, and takes along the space up to the next one.
    """
    spans: list[tuple[int, int, list[int]]] = []
    indices = flagged.nonzero()[0].tolist()
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
        outer = units.outer[block] if whole else _edges(units, first, last)
        if whole and units.wrapped[block]:
            spans.append((*outer, run))
            continue
        for index, follower in zip(run, [*run[1:], -1], strict=True):
            start, end = with_signs(units.text, units.start[index], units.end[index])
            if follower == index + 1:
                end = max(end, with_signs(units.text, units.start[follower], units.end[follower])[0])
            start = outer[0] if index == first else start
            spans.append((start, outer[1] if index == last else end, [index]))
    return spans


def _together(
    spans: list[tuple[int, int, list[int]]], groups: list[tuple[int, int]]
) -> list[tuple[int, int, list[int]]]:
    """The spans, in which what a header introduces is one with it."""
    if not groups:
        return spans
    out: list[tuple[int, int, list[int]]] = []
    group = 0
    for start, end, indices in spans:
        while group < len(groups) and groups[group][1] < indices[0]:
            group += 1
        inside = group < len(groups) and groups[group][0] < indices[0]
        if inside and out:
            first, last, before = out[-1]
            out[-1] = (first, max(last, end), [*before, *indices])
        else:
            out.append((start, end, indices))
    return out


def _edges(units: Units, first: int, last: int) -> tuple[int, int]:
    """Where a run of units that is not its whole block begins and ends."""
    start, _ = with_signs(units.text, units.start[first], units.end[first])
    _, end = with_signs(units.text, units.start[last], units.end[last])
    return start, end


def _hit(
    start: int,
    end: int,
    units: Units,
    indices: list[int],
    probability: NDArray[Any],
    labels: dict[int, Label],
) -> Hit:
    best = max(indices, key=lambda index: float(probability[index]))
    labelled = next((labels[index] for index in indices if index in labels), None)
    words = units.text[units.start[indices[0]] : units.end[indices[-1]]]
    if labelled:
        channel, detector, decoded = labelled
        certain = detector == "encoding"
        score = 0.98 if certain else max(RULE_SCORE, float(probability[best]))
        return Hit(start, end, _intent(decoded or words), channel, score, detector, decoded, certain)
    channel = CHANNELS[units.channel[best]]
    return Hit(start, end, _intent(words), channel, float(probability[best]), "sentence-model")


def _intent(words: str) -> str:
    matched = match_rule(words[:2000])
    return matched[0] if matched else "task"
