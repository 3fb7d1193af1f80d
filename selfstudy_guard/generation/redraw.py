"""Further draws of targets that no accepted question covers yet: until enough are covered, or their tries are used up.

A draw that was rejected, or whose question turned out to draw on another target, leaves its target uncovered. Once the
plan is done, such targets are drawn again in rounds, each time as the plan itself would draw them the next time: in
their next style, with their next number, so that seeds and openings change. The rounds follow from the ledger alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from selfstudy_guard.documents.target_table import KINDS
from selfstudy_guard.errors import InputError
from selfstudy_guard.flow.keys import draw_key
from selfstudy_guard.generation.covered_targets import CoveredTargets
from selfstudy_guard.ledger import Ledger
from selfstudy_guard.records import Draw, Target

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Redraws:
    """When and how often uncovered targets are drawn again.

    Args:
        until_coverage: share of the eligible targets that is enough, above 0 and at most 1.
        draws_per_target: most draws of one target, those of the plan included.
        per_document: most draws of one document, those of the plan included; None for no limit.

    Raises:
        InputError: a share or a number that makes no sense.
    """

    until_coverage: float
    draws_per_target: int = 4
    per_document: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.until_coverage <= 1:
            raise InputError(f"until_coverage must be above 0 and at most 1, not {self.until_coverage}")
        if self.draws_per_target < 1:
            raise InputError(f"draws_per_target must be at least 1, not {self.draws_per_target}")

    def plan(self, ledger: Ledger, styles: tuple[str, ...]) -> tuple[int, str]:
        """Add one draw for every target that is not covered and has tries left.

        Args:
            ledger: its plan is done.
            styles: the run's styles in their order.

        Returns:
            Number of new draws (0 ends the rounds), and what came of it in words.
        """
        covered = CoveredTargets(ledger)
        eligible = ledger.count_pieces()[2]
        told = f"coverage is {covered.share:.1%} of {eligible:,} targets"
        # The slack keeps 0.99 of 100 at 99, whatever the rounding of the product.
        if covered.covered >= self.until_coverage * eligible - 1e-9:
            return 0, f"{told}: that is enough"
        missing = dict(_missing(ledger, covered))
        made: dict[Place, tuple[str, int]] = {}
        drawn: Counter[str] = Counter()
        for document_id, _, start, end, style, _ in ledger.planned_draws():
            drawn[document_id] += 1
            span = (document_id, start, end)
            if span in missing:
                first, count = made.get(span, (style, 0))
                made[span] = first, count + 1
        new = ledger.plan(self._draws(missing, made, styles, drawn))
        if new:
            return new, f"{told}: {new:,} of the others are drawn again"
        limit = "" if self.per_document is None else f", or their documents {self.per_document} times"
        return 0, f"{told}: the other {len(missing):,} have been drawn {self.draws_per_target} times each{limit}"

    def _draws(
        self,
        missing: dict[Place, tuple[str, str, int]],
        made: dict[Place, tuple[str, int]],
        styles: tuple[str, ...],
        drawn: Counter[str],
    ) -> Iterator[tuple[str, str, Draw]]:
        for (document_id, start, end), (digest, kind, place) in missing.items():
            first, visits = made.get((document_id, start, end), (styles[0], 0))
            if visits >= self.draws_per_target:
                continue
            if self.per_document is not None and drawn[document_id] >= self.per_document:
                continue
            drawn[document_id] += 1
            target = Target(document_id=document_id, start=start, end=end, text="", kind=kind, index=place)  # type: ignore[arg-type]  # one of KINDS
            turn = (styles.index(first) if first in styles else 0) + visits
            draw = Draw(target=target, style=styles[turn % len(styles)], number=visits // len(styles))
            yield draw_key(digest, draw), digest, draw


def _missing(ledger: Ledger, covered: CoveredTargets) -> Iterator[tuple[Place, tuple[str, str, int]]]:
    """Eligible targets in no footprint: their span; digest of the document, kind, and place in it."""
    for one in ledger.tables():
        table = one.table
        columns: Any = zip(
            table.starts.tolist(), table.ends.tolist(), table.kinds.tolist(), table.places.tolist(), strict=True
        )
        for start, end, kind, place in columns:
            if not covered.holds(one.number, place):
                yield (table.document_id, start, end), (one.digest, KINDS[kind], place)
