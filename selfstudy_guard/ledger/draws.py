"""The plan of a run: its draws in their order, and which of them are still open."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from selfstudy_guard.ledger.store import Store
from selfstudy_guard.records import Draw, Target

_TOGETHER = 5000
"""Draws that are written in one transaction."""


class PlannedDraws(Store):
    """The table `draws`, as far as it is a plan."""

    def plan(self, draws: Iterable[tuple[str, str, Draw]]) -> int:
        """Add draws to the plan; those that stand in it already are left as they are.

        Args:
            draws: (key, document digest, draw), in plan order.

        Returns:
            How many were new.
        """
        rows = (
            (
                key,
                draw.target.document_id,
                digest,
                draw.target.start,
                draw.target.end,
                draw.style,
                draw.number,
                _draw_json(draw),
            )
            for key, digest, draw in draws
        )
        return self.plan_rows(rows)

    def plan_rows(self, rows: Iterable[tuple[str, str, str, int, int, str, int, str]]) -> int:
        """`plan`, for rows that are ready: key, document id, digest, start, end, style, number, draw as JSON.

        They are written as they come, so that a plan of millions is never held, and an interruption loses little.
        """
        new, stream = 0, iter(rows)
        while page := list(islice(stream, _TOGETHER)):
            with self._writing():
                before = self._connection.total_changes
                self._connection.executemany(
                    "INSERT OR IGNORE INTO draws (key, document_id, digest, start, stop, style, number, draw) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    page,
                )
                added = self._connection.total_changes - before
            self._counts["planned"] += added
            new += added
        return new

    def pending(self, *, after: int = -1, limit: int = 512) -> list[tuple[int, str, Draw, str | None]]:
        """Open draws in plan order.

        Args:
            after: only positions above this one.
            limit: most rows.

        Returns:
            (position, key, draw without target text, accepted question or None).
        """
        rows = self._all(
            "SELECT position, key, draw, question FROM draws WHERE position > ? AND state IN ('planned', 'asked') "
            "ORDER BY position LIMIT ?",
            after,
            limit,
        )
        return [(row[0], row[1], Draw.model_validate_json(row[2]), row[3]) for row in rows]

    def page(self, first: int, size: int) -> list[tuple[int, str, Draw, bool]]:
        """All draws at `size` positions from `first` on, the finished ones too.

        Returns:
            (position, key, draw without target text, whether it is open), in plan order.
        """
        rows = self._all(
            "SELECT position, key, draw, state IN ('planned', 'asked') FROM draws "
            "WHERE position >= ? AND position < ? ORDER BY position",
            first,
            first + size,
        )
        return [(row[0], row[1], Draw.model_validate_json(row[2]), bool(row[3])) for row in rows]

    def planned_draws(self) -> Iterator[tuple[str, str, int, int, str, int]]:
        """(document id, digest, start, end, style, number) of every planned draw, in plan order."""
        position = -1
        while rows := self._all(
            "SELECT position, document_id, digest, start, stop, style, number FROM draws WHERE position > ? "
            "ORDER BY position LIMIT 1024",
            position,
        ):
            yield from (row[1:] for row in rows)
            position = rows[-1][0]

    def is_finished(self, key: str) -> bool:
        """Whether the draw has ended (answered, rejected or failed)."""
        row = self._one("SELECT state FROM draws WHERE key = ?", key)
        return row is not None and row[0] in ("answered", "rejected", "failed")


def _draw_json(draw: Draw) -> str:
    """The draw without the target's texts: they stand in the stored document."""
    return json.dumps({"target": _target_json(draw.target), "style": draw.style, "number": draw.number})


def _target_json(target: Target) -> dict[str, Any]:
    return {
        "document_id": target.document_id,
        "start": target.start,
        "end": target.end,
        "text": "",
        "kind": target.kind,
        "index": target.index,
        "also": [_target_json(other) for other in target.also],
    }
