"""What an order brings along: the sentences that its header introduces, and the code behind "include this logger:"."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.channels import CHANNELS
from selfstudy_guard.filter.rules import match_rule
from selfstudy_guard.filter.units import Units

LONGEST_BLOCK = 4000
"""Code points: how much code one order may take along."""
_LEADING = frozenset({"prose", "heading", "list-item", "blockquote", "footnote"})
_CODE = frozenset({"code", "code-comment"})
_FENCES = ("```", "~~~")
_NEAR = 16
"""Code points of white space that may stand between an order and its code, or between two lines of it."""


LONGEST_HEADER = 200
FOLLOWS, FOLLOWS_APART = 0.14, 0.17
"""Share of the threshold from which a sentence behind a header is what the header introduces, in the same block and in
the next. Behind 144 headers of the development sets the first keeps 7 of 8 orders and takes 7 of 23 other sentences;
the second 10 of 22 and 5 of 91."""
MOST_FOLLOWERS = 6


def introduced_sentences(
    units: Units, flagged: NDArray[np.bool_], probability: NDArray[np.float64], threshold: float
) -> list[tuple[int, int]]:
    """Headers ("Ignore previous instructions.", "New task:") with the sentences they introduce, where one of them is
    found: first and last unit of each, in order and disjoint. Linear time.

    Args:
        units: the text.
        flagged: units that are found.
        probability: belief in each unit.
        threshold: of the filter.
    """
    groups: list[tuple[int, int]] = []
    if not flagged.any():
        return groups
    count = len(units.start)
    done = -1
    before = np.zeros_like(flagged)
    before[:-1] = flagged[1:] & (probability[:-1] >= threshold * FOLLOWS)
    for lead in (flagged | before).nonzero()[0].tolist():
        if lead <= done or not _is_header(units, lead):
            continue
        last = lead
        while last + 1 < count and last - lead < MOST_FOLLOWERS:
            apart = units.block[last + 1] != units.block[last]
            if apart and (not _follows(units, last, blank=True) or _is_code(units, last + 1)):
                break
            if units.text.startswith(_FENCES, units.start[last + 1]):
                break
            least = threshold * (FOLLOWS_APART if apart else FOLLOWS)
            if not flagged[last + 1] and probability[last + 1] < least:
                break
            last += 1
        if last > lead:
            groups.append((lead, last))
            done = last
    return groups


def _is_header(units: Units, index: int) -> bool:
    """Whether a unit that was found announces an order and does not give it."""
    words = units.text[units.start[index] : units.end[index]]
    if len(words) > LONGEST_HEADER or CHANNELS[units.channel[index]] in _CODE:
        return False
    if words[-1] in ":：":
        return True
    rule = match_rule(words)
    return rule is not None and rule[0] == "override" and not rule[2]


def introduced_code(units: Units, leads: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Code that orders introduce: (order, first unit, last unit) of each block, in order and disjoint.

    It stands behind a colon, or in a fence on the very next line. A fenced block is taken up to its closing fence,
    other code up to the next blank line or prose. Linear time.

    Args:
        units: the text.
        leads: units that are orders by themselves.
    """
    found: list[tuple[int, int, int]] = []
    closing: dict[str, list[int]] | None = None
    count = len(units.start)
    done = -1
    for lead in leads.nonzero()[0].tolist():
        first = lead + 1
        if first >= count or lead <= done or CHANNELS[units.channel[lead]] not in _LEADING:
            continue
        fence = units.text[units.start[first] : units.start[first] + 3]
        fenced = fence in _FENCES
        colon = units.text[units.end[lead] - 1] in ":："
        if not _follows(units, lead, blank=colon) or not (colon or fenced):
            continue
        if fenced:
            closing = closing if closing is not None else _closing_fences(units)
            at = bisect_right(closing[fence], first)
            last = closing[fence][at] if at < len(closing[fence]) else first
            if last == first or units.end[last] - units.start[first] > LONGEST_BLOCK:
                continue
        else:
            last = lead
            while (
                last + 1 < count
                and _is_code(units, last + 1)
                and units.end[last + 1] - units.start[first] <= LONGEST_BLOCK
                and (last == lead or _follows(units, last, blank=False))
            ):
                last += 1
            if last == lead:
                continue
        found.append((lead, first, last))
        done = last
    return found


def _follows(units: Units, index: int, *, blank: bool) -> bool:
    """Whether the next unit begins on the next line (`blank`: or after an empty one)."""
    gap = units.text[units.end[index] : units.start[index + 1]]
    return len(gap) <= _NEAR and not gap.strip() and "\n" in gap and (blank or gap.count("\n") == 1)


def _is_code(units: Units, index: int) -> bool:
    """Whether a unit is a line of code by its signs, or by its indent."""
    start = units.start[index]
    return CHANNELS[units.channel[index]] in _CODE or units.text[max(0, start - 4) : start] == "    "


def _closing_fences(units: Units) -> dict[str, list[int]]:
    """Units that are a fence and nothing else, by their sign."""
    fences: dict[str, list[int]] = {fence: [] for fence in _FENCES}
    for index, (start, end) in enumerate(zip(units.start, units.end, strict=True)):
        if units.text.startswith(_FENCES, start) and not units.text[start:end].strip("`~"):
            fences[units.text[start : start + 3]].append(index)
    return fences
