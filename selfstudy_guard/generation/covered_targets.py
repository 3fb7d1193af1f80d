"""The covered share while a run goes on: one byte a target, and no walk over them."""

from __future__ import annotations

from selfstudy_guard.ledger import Ledger
from selfstudy_guard.records import Record


class CoveredTargets:
    """Counts the eligible targets that stand in at least one footprint.

    Args:
        ledger: its documents are cut; records that it holds already are counted.
    """

    def __init__(self, ledger: Ledger) -> None:
        import numpy as np

        self._ledger = ledger
        self._counts = ledger.targets_by_number()
        self._first = np.cumsum(self._counts) - self._counts
        self._seen = bytearray(int(self._counts.sum()))
        self._eligible = ledger.count_pieces()[2]
        self.covered: int = 0
        for record in ledger.records():
            self.add(record)

    @property
    def share(self) -> float:
        """Covered share of the eligible targets, 0 to 1."""
        return self.covered / self._eligible if self._eligible else 0.0

    def holds(self, number: int, index: int) -> bool:
        """Whether the target `index` of the document `number` (as in the ledger) is covered."""
        return bool(self._seen[int(self._first[number]) + index])

    def add(self, record: Record) -> None:
        """Count a record by its footprint."""
        for target in record.footprint.targets:
            if not target.eligible:
                continue
            number = self._ledger.number(target.document_id)
            # A record of a text that was changed since may name a target that is no more.
            if target.index >= self._counts[number]:
                continue
            place = int(self._first[number]) + target.index
            if not self._seen[place]:
                self._seen[place] = 1
                self.covered += 1
