"""Multi-hop: a question that needs two or three targets, near each other, far apart, or linked by a name."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Target
from selfstudy_guard.sampling.seeded import number_key

Link = Literal["section", "far", "entity"]
_NAME = re.compile(r"(?<![.!?:\u201c\"(]\s)(?<!\A)(?<!\n)\b[^\W\d_a-z][\w-]{2,}(?:\s[^\W\d_a-z][\w-]{2,}){0,3}")
_SHARED = 30
"""Targets that may share one name; a name that more of them share links nothing in particular."""


@dataclass(frozen=True, slots=True)
class MultiHop:
    """How further targets are chosen for a draw.

    Args:
        targets: how many targets a question is tied to, 2 or 3.
        link: "section": the same section; "far": the same document, at least a third of it away; "entity": another
            document or section that mentions the same name.
        share: share of the draws that become multi-hop, 0 to 1.
    """

    targets: int = 2
    link: Link = "section"
    share: float = 1.0

    def __post_init__(self) -> None:
        if self.targets not in (2, 3):
            raise InputError(f"MultiHop(targets={self.targets}) cannot be used: a question is tied to 2 or 3 targets")
        if self.link not in ("section", "far", "entity"):
            raise InputError(f"MultiHop(link={self.link!r}) cannot be used: use 'section', 'far' or 'entity'")
        if not 0 <= self.share <= 1:
            raise InputError(f"MultiHop(share={self.share}) cannot be used: the share is between 0 and 1")


class HopFinder:
    """Finds the further targets of a draw; the same ones for the same seed.

    Args:
        hop: what links them.
        targets: all eligible targets, by document and text order.
        seed: the plan's seed.
    """

    def __init__(self, hop: MultiHop, targets: Sequence[Target], seed: int) -> None:
        self._hop = hop
        self._seed = seed
        self._groups: dict[tuple[object, ...], list[Target]] = defaultdict(list)
        self._names: dict[str, list[str]] = {}
        for target in targets:
            if hop.link == "section":
                self._groups[target.document_id, target.section].append(target)
            elif hop.link == "far":
                self._groups[target.document_id,].append(target)
            else:
                self._names[target.id] = names(target.text)
                for name in self._names[target.id]:
                    self._groups[name,].append(target)

    def extended(self, target: Target, visit: int) -> Target:
        """`target` with its further targets in `also`; unchanged where nothing fits or the share says so."""
        draw = number_key(self._seed, "hop", target.id, visit)
        if (draw >> 11) / (1 << 53) >= self._hop.share:
            return target
        candidates = self._candidates(target)
        chosen: list[Target] = []
        while candidates and len(chosen) < self._hop.targets - 1:
            chosen.append(
                candidates.pop(number_key(self._seed, "hop", target.id, visit, len(chosen)) % len(candidates))
            )
        return target.model_copy(update={"also": tuple(chosen)}) if chosen else target

    def _candidates(self, target: Target) -> list[Target]:
        if self._hop.link == "section":
            group = self._groups[target.document_id, target.section]
            return [other for other in group if other.start != target.start]
        if self._hop.link == "far":
            group = self._groups[target.document_id,]
            place = bisect_left(group, target.start, key=lambda other: other.start)
            gap = max(1, len(group) // 3)
            return group[: max(0, place - gap + 1)] + group[place + gap :]
        found: dict[str, Target] = {}
        for name in self._names.get(target.id, ()):
            group = self._groups[name,]
            if len(group) <= _SHARED:
                for other in group:
                    if (other.document_id, other.section) != (target.document_id, target.section):
                        found[other.id] = other
        across = [other for other in found.values() if other.document_id != target.document_id]
        return sorted(across or found.values(), key=lambda other: (other.document_id, other.start))


def names(text: str) -> list[str]:
    """Names in a text: runs of capitalised words that do not begin a sentence, each once, in order."""
    return list(dict.fromkeys(" ".join(match[0].split()) for match in _NAME.finditer(text)))
