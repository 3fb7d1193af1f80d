"""What policies work on: tables of targets, draws before their records are built, and draws without end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from selfstudy_guard.documents.target_table import TargetTable

Sheet = TargetTable
"""What policies call the table of a document's eligible targets."""


class Ref(NamedTuple):
    """A drawn target before its record is built.

    Attributes:
        document_id: its document.
        row: its row in the table of the document's eligible targets.
        visit: how often it was drawn before.
    """

    document_id: str
    row: int
    visit: int


class Streamed:
    """A policy that is planned in parts, each twice as long as all before it: the draws are those of one long plan."""

    __slots__ = ()

    def order(self, sheets: Sequence[Sheet], seed: int) -> Iterator[Ref]:
        """Endless draws; ends only where nothing can be drawn."""
        from selfstudy_guard.sampling.corpus_plan import planned

        by_id = sorted(sheets, key=lambda sheet: sheet.document_id)
        begin, end = 0, 256
        while True:
            plan = planned(lambda: by_id, self, end, seed)
            yield from plan.refs(begin)
            if len(plan.row) < end:
                return
            begin, end = end, 2 * end
