"""The order in which the boxes of a PDF page are read: strips from top to bottom, columns in them from left to right.

A recursive cut along white space (Nagy and Seth, ICPR 1984), with one change: strips that share a gutter are one
strip, so that paragraphs that happen to end at the same height do not cut the columns.
"""

from __future__ import annotations

from collections.abc import Sequence

Place = tuple[float, float, float, float]
"""left, top, right, bottom in points, counted from the top left corner."""

_GUTTER = 7.0
"""Points that a gutter between two columns is wide at least."""
_SIDE = 0.12
"""Share of a region's width that each side of a gutter takes at least; bullets and numbers are no column."""
_DEPTH = 12


def reading_order(places: Sequence[Place]) -> list[int]:
    """Indices of `places` in reading order."""
    return _ordered(places, list(range(len(places))), 0)


def _ordered(places: Sequence[Place], members: list[int], depth: int) -> list[int]:
    by_height = sorted(members, key=lambda one: (places[one][1], places[one][0]))
    if len(members) < 2 or depth > _DEPTH:
        return by_height
    groups = _strips(places, by_height)
    if len(groups) > 1:
        return [one for group in groups for one in _ordered(places, group, depth + 1)]
    left, right = min(places[one][0] for one in members), max(places[one][2] for one in members)
    gutters = [
        gap
        for gap in _free(places, members, left, right)
        if gap[0] - left > _SIDE * (right - left) and right - gap[1] > _SIDE * (right - left)
    ]
    if not gutters:
        return by_height
    widest = max(gutters, key=lambda gap: gap[1] - gap[0])
    cut = (widest[0] + widest[1]) / 2
    sides = [[one for one in members if places[one][2] <= cut], [one for one in members if places[one][2] > cut]]
    return [one for side in sides for one in _ordered(places, side, depth + 1)]


def _strips(places: Sequence[Place], by_height: list[int]) -> list[list[int]]:
    """Strips with white space across the region between them, those that share a gutter joined."""
    left, right = min(places[one][0] for one in by_height), max(places[one][2] for one in by_height)
    strips: list[list[int]] = []
    reach = float("-inf")
    for one in by_height:
        if not strips or places[one][1] >= reach - 0.5:
            strips.append([])
        strips[-1].append(one)
        reach = max(reach, places[one][3])
    groups: list[list[int]] = []
    shared: list[tuple[float, float]] = []
    for strip in strips:
        free = _free(places, strip, left, right, inside=False)
        common = _common(shared, free)
        inner = [gap for gap in common if _parts(places, [*(groups[-1] if groups else []), *strip], gap, right - left)]
        if groups and (inner or (not _inner(shared, left, right) and not _inner(free, left, right))):
            groups[-1].extend(strip)
            shared = inner or common
        else:
            groups.append(list(strip))
            shared = free
    return groups


def _parts(places: Sequence[Place], members: list[int], gap: tuple[float, float], width: float) -> bool:
    """Whether a gap has columns on both of its sides."""
    before = [places[one] for one in members if places[one][2] <= gap[0] + 0.5]
    after = [places[one] for one in members if places[one][0] >= gap[1] - 0.5]
    return all(
        side and max(one[2] for one in side) - min(one[0] for one in side) > _SIDE * width for side in (before, after)
    )


def _inner(gaps: list[tuple[float, float]], left: float, right: float) -> bool:
    return any(start > left and end < right for start, end in gaps)


def _free(
    places: Sequence[Place], members: list[int], left: float, right: float, *, inside: bool = True
) -> list[tuple[float, float]]:
    """Stretches between `left` and `right` in which no member stands; with `inside`, only those between two members."""
    found: list[tuple[float, float]] = []
    at = left
    for start, end in sorted((places[one][0], places[one][2]) for one in members):
        if start - at >= _GUTTER and (not inside or at > left):
            found.append((at, start))
        at = max(at, end)
    if not inside and right - at >= _GUTTER:
        found.append((at, right))
    return found


def _common(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> list[tuple[float, float]]:
    crossed = [(max(a, c), min(b, d)) for a, b in one for c, d in other]
    return [gap for gap in crossed if gap[1] - gap[0] >= _GUTTER]
