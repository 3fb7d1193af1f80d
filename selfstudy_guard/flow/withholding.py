"""Which suspects an evidence leaves out: what the filter half believes to be an order, and what such text brings along.

A pure function of the text, of what the filter believes of it, and of the spans that target or question need. Nothing
here calls a model, reads a file or keeps state, so every entry point withholds the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import regex

from selfstudy_guard.documents.eligibility.addressing import moved
from selfstudy_guard.documents.eligibility.doubts import SUSPECT
from selfstudy_guard.errors import InputError
from selfstudy_guard.protocols import Spanned
from selfstudy_guard.records import Belief, Finding, Span, Withheld

WITHHOLD = SUSPECT
"""Belief from which a unit is a suspect, where nothing else is said."""
BESIDE = 0.2
"""Share of `withhold` from which a unit is withheld in an unbroken row beside a finding."""
SLIGHT = 0.08
"""Share of `withhold` from which the sentence behind a header ("Ignore the above.") is what it introduces, and what
stands between two suspects goes with them."""
BETWEEN = 400
"""Code points: what stands between two findings, or two suspects, that are no farther apart goes with them."""
SPARED = 0.5
"""Credit (logit) from which a unit does not go for what stands beside it: the best target, and those nearly as good."""
LONGEST = 4000
"""Code points: how much one lead-in may take along."""

_COLONS = (":", "：")
_LINE_END = regex.compile(r"[ \t]*+\r?\n(?:[ \t]*+\r?\n)?")
_FENCE = regex.compile(r"[ \t]{0,3}(```|~~~)")
_ITEM = regex.compile(r"[ \t]*+(?:[-+*•‣◦·–—]|\d{1,3}[.)]|[a-zA-Z][.)])[ \t]++\S")


def check_withhold(withhold: float | None) -> float | None:
    """`withhold` itself; raises InputError where it is no belief from 0 to 1."""
    if withhold is not None and not (type(withhold) in (int, float) and 0 <= withhold <= 1):
        raise InputError(f"withhold must lie between 0 and 1, or be None, not {withhold!r}")
    return withhold


Reason = Literal["suspect", "beside", "introduced"]


@dataclass(frozen=True)
class Credit:
    """A span that the question speaks for.

    Attributes:
        start, end: code points of the document.
        logit: by how much the belief in an order there has to be higher.
    """

    start: int
    end: int
    logit: float


def choose_evidence(
    text: str,
    beliefs: Sequence[Belief],
    findings: Sequence[Finding],
    keep: Sequence[Span],
    withhold: float | None,
    credits: Sequence[Credit] = (),
    *,
    sure: bool = True,
) -> tuple[Withheld, ...]:
    """What to leave out of `text` beside the findings.

    Args:
        text: the raw text of the document; all offsets are code points of it.
        beliefs: of its units, in order and disjoint, as `Prepared.weighed`.
        findings: what is taken out anyway, sorted and disjoint.
        keep: what the answer needs: units that overlap it stay, whatever is believed of them.
        withhold: belief from which a unit is a suspect (0 to 1); None withholds nothing.
        credits: what the answer may need: units that overlap it stay as long as no more is believed of them.
        sure: whether `keep` and `credits` are all that is needed. Where they are not (a summary), what stands between
            two findings goes only if as much is believed of it as of what stands beside one.

    Returns:
        Sorted and disjoint spans, none of which overlaps `keep` or a finding.
    """
    if withhold is None or not beliefs:
        return ()
    reasons: dict[int, Reason] = {}
    credit = _credit(beliefs, credits)
    for place, belief in enumerate(beliefs):
        if (moved(belief.score, -credit[place]) if place in credit else belief.score) >= withhold:
            reasons[place] = "suspect"
    if not reasons and not findings:
        return ()  # nothing is suspected, and nothing brings anything along
    _between_suspects(beliefs, withhold, reasons)
    if findings:
        _beside(beliefs, findings, withhold, reasons, between=0.0 if sure else BESIDE * withhold)
    _brought_along(text, beliefs, findings, reasons)
    needed = _Spans(keep)
    for place in list(reasons):
        spared = reasons[place] != "suspect" and credit.get(place, 0.0) >= SPARED
        if spared or needed.touch(beliefs[place].start, beliefs[place].end):
            del reasons[place]
    return _spans(text, beliefs, findings, needed, reasons)


def _credit(beliefs: Sequence[Belief], credits: Sequence[Credit]) -> dict[int, float]:
    """How much the question speaks for units, by their place; those that are missing have none."""
    if not credits:
        return {}
    starts = [belief.start for belief in beliefs]
    most: dict[int, float] = {}
    for one in credits:
        at = max(0, bisect_right(starts, one.start) - 1)
        while at < len(beliefs) and beliefs[at].start < one.end:
            if beliefs[at].end > one.start:
                most[at] = max(most.get(at, 0.0), one.logit)
            at += 1
    return most


class _Spans:
    """Spans that can be asked whether they touch a stretch."""

    def __init__(self, spans: Iterable[Spanned]) -> None:
        self.pairs: list[tuple[int, int]] = []
        for start, end in sorted((span.start, span.end) for span in spans):
            if self.pairs and start <= self.pairs[-1][1]:
                self.pairs[-1] = (self.pairs[-1][0], max(end, self.pairs[-1][1]))
            elif end > start:
                self.pairs.append((start, end))
        self._ends = [end for _, end in self.pairs]

    def touch(self, start: int, end: int) -> bool:
        """Whether one of the spans shares a character with [start, end)."""
        at = bisect_right(self._ends, start)
        return at < len(self.pairs) and self.pairs[at][0] < end

    def outside(self, start: int, end: int) -> list[tuple[int, int]]:
        """The parts of [start, end) that no span holds."""
        parts = []
        at = bisect_right(self._ends, start)
        while at < len(self.pairs) and self.pairs[at][0] < end:
            if self.pairs[at][0] > start:
                parts.append((start, self.pairs[at][0]))
            start = max(start, self.pairs[at][1])
            at += 1
        if start < end:
            parts.append((start, end))
        return parts


def _beside(
    beliefs: Sequence[Belief],
    findings: Sequence[Finding],
    withhold: float,
    reasons: dict[int, Reason],
    *,
    between: float,
) -> None:
    """What stands beside a finding in an unbroken row of slight beliefs, between two of them, or behind an override.

    The units round a finding were judged with the finding gone, so their beliefs say nothing of its words any more;
    but an order is seldom one sentence long, and the rest of it is what makes the sentence work.
    """
    starts = [belief.start for belief in beliefs]
    least = BESIDE * withhold
    last_end = -BETWEEN - 1
    for finding in findings:
        behind = bisect_left(starts, finding.end)
        before = behind - 1
        while before >= 0 and beliefs[before].end > finding.start:
            before -= 1
        if finding.start - last_end <= BETWEEN:
            at = before
            while at >= 0 and beliefs[at].start >= last_end:
                if beliefs[at].score >= between:
                    reasons.setdefault(at, "beside")
                at -= 1
        if finding.intent == "override" and behind < len(beliefs) and _follows(finding, beliefs[behind], withhold):
            reasons.setdefault(behind, "introduced")
        while before >= 0 and beliefs[before].score >= least and beliefs[before].start >= last_end:
            reasons.setdefault(before, "beside")
            before -= 1
        while behind < len(beliefs) and beliefs[behind].score >= least:
            reasons.setdefault(behind, "beside")
            behind += 1
        last_end = max(last_end, finding.end)


def _between_suspects(beliefs: Sequence[Belief], withhold: float, reasons: dict[int, Reason]) -> None:
    """What is slightly believed between two suspects that are not far apart: most orders are several sentences."""
    for one, other in pairwise(sorted(reasons)):
        if beliefs[other].start - beliefs[one].end <= BETWEEN:
            for place in range(one + 1, other):
                if beliefs[place].score >= SLIGHT * withhold:
                    reasons[place] = "beside"


_SAME_PLACE = 3
"""Code points of white space between a header and the sentence that follows it."""


def _follows(finding: Finding, belief: Belief, withhold: float) -> bool:
    return belief.start - finding.end <= _SAME_PLACE and belief.score >= SLIGHT * withhold


def _brought_along(
    text: str, beliefs: Sequence[Belief], findings: Sequence[Finding], reasons: dict[int, Reason]
) -> None:
    """Lists, and fenced blocks, whose lead-in goes: they go too."""
    starts = [belief.start for belief in beliefs]
    leads = [finding.end for finding in findings] + [beliefs[place].end for place in sorted(reasons)]
    done = -1
    for end in sorted(leads):
        while end > 0 and text[end - 1].isspace():
            end -= 1
        if end <= done or not text.endswith(_COLONS, 0, end):
            continue
        done = introduced(text, end)
        for place in range(bisect_left(starts, end), bisect_left(starts, done)):
            reasons.setdefault(place, "introduced")


def introduced(text: str, end: int) -> int:
    """Where the list, or the fenced block, ends that a lead-in introduces whose colon ends at `end`; else `end`."""
    break_ = _LINE_END.match(text, end)
    if not break_:
        return end
    at = break_.end()
    fence = _FENCE.match(text, at)
    if fence:
        close = text.find("\n" + fence.group(1), fence.end(), end + LONGEST)
        return end if close < 0 else close + 1 + len(fence.group(1))
    stop, blank = end, False
    while at < len(text) and at - end < LONGEST:
        line_end = text.find("\n", at)
        line_end = len(text) if line_end < 0 else line_end
        line = text[at:line_end]
        if _ITEM.match(line) or (stop > end and line[:1] in " \t" and line.strip()):
            stop, blank = line_end, False
        elif line.strip() or blank or stop == end:
            break
        else:
            blank = True
        at = line_end + 1
    return stop


def _spans(
    text: str,
    beliefs: Sequence[Belief],
    findings: Sequence[Finding],
    needed: _Spans,
    reasons: dict[int, Reason],
) -> tuple[Withheld, ...]:
    """Withheld units as spans: neighbours of one reason become one, and a block that goes whole takes its wrapper."""
    whole = _whole_blocks(beliefs, reasons)
    taken = _Spans([*(Span(start=a, end=b) for a, b in needed.pairs), *findings])
    found: list[Withheld] = []
    run: list[int] = []
    for place in [*sorted(reasons), -1]:
        if run and (place != run[-1] + 1 or reasons[place] != reasons[run[0]]):
            first, last = beliefs[run[0]], beliefs[run[-1]]
            start = first.block[0] if first.block in whole else first.start
            end = last.block[1] if last.block in whole else last.end
            score = max(beliefs[one].score for one in run)
            for a, b in taken.outside(start, max(start, end)):
                while b > a and text[b - 1].isspace():
                    b -= 1
                while a < b and text[a].isspace():
                    a += 1
                if a < b and not (found and a < found[-1].end):
                    found.append(Withheld(start=a, end=b, quote=text[a:b], score=score, reason=reasons[run[0]]))
            run = []
        if place >= 0:
            run.append(place)
    return tuple(found)


def _whole_blocks(beliefs: Sequence[Belief], reasons: dict[int, Reason]) -> set[tuple[int, int]]:
    """Blocks of which every unit is withheld."""
    left = {belief.block for place, belief in enumerate(beliefs) if place not in reasons}
    return {beliefs[place].block for place in reasons} - left


def shared(spans: Iterable[Spanned], start: int, end: int) -> int:
    """How many characters of [start, end) the spans hold, each counted once."""
    return end - start - sum(b - a for a, b in outside(spans, start, end)) if end > start else 0


def outside(spans: Iterable[Spanned], start: int, end: int) -> list[tuple[int, int]]:
    """The parts of [start, end) that no span holds, in order."""
    return _Spans(spans).outside(start, end)
