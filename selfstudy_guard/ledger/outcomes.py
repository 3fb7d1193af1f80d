"""What came of the draws: paid replies, accepted questions, records, rejections, failures, and their balance."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

from selfstudy_guard.ledger.store import Store
from selfstudy_guard.records import Balance, Record, Rejection, Reply, Usage


class StoredOutcomes(Store):
    """The table `replies`, and what the table `draws` says of how draws ended."""

    def reply(self, key: str) -> Reply | None:
        """The stored reply of a request, if it was paid for before."""
        row = self._one("SELECT reply FROM replies WHERE key = ?", key)
        return _load(Reply, row[0]) if row else None

    def save_reply(self, key: str, draw_key: str, purpose: str, reply: Reply) -> None:
        """Make a paid reply durable: of one without end its head (`Reply.bounded`).

        A reply that is stored already is kept (at-least-once callers are safe).
        """
        reply = reply.bounded()
        usage = reply.usage
        with self._mutex:
            changed, _ = self._write(
                "INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                key,
                draw_key,
                purpose,
                _dump(reply),
                usage.prompt_tokens,
                usage.cached_tokens,
                usage.completion_tokens,
                usage.cost,
            )
            if changed:
                self._usage += usage

    def admit(self, draw_key: str, question: str) -> int | None:
        """Keep an accepted question, whatever becomes of its answer.

        Returns:
            Position of the draw in the plan; None where it has ended, or is not planned.
        """
        _, rows = self._write(
            "UPDATE draws SET state = 'asked', question = ? WHERE key = ? AND state IN ('planned', 'asked') "
            "RETURNING position",
            _clean(question),
            draw_key,
            follows=True,
        )
        return rows[0][0] if rows else None

    def question(self, position: int) -> str:
        """The accepted question of the draw at a position; empty where there is none."""
        row = self._one("SELECT question FROM draws WHERE position = ?", position)
        return str(row[0]) if row and row[0] is not None else ""

    def open_questions(self) -> dict[str, str]:
        """Draw key to accepted question of the draws that still wait for their answer: few at any time."""
        return dict(self._all("SELECT key, question FROM draws WHERE state = 'asked' AND question IS NOT NULL"))

    def finish(self, outcome: Record | Rejection) -> Record | Rejection:
        """End a draw with its record or rejection; the first outcome of a draw stays.

        Returns:
            The outcome as it was stored (`created` filled in).
        """
        if isinstance(outcome, Record):
            created = datetime.now(UTC).isoformat(timespec="seconds")
            outcome = outcome.model_copy(update={"created": created})
            self._end(outcome.key, "answered", None, _dump(outcome))
        else:
            self._end(outcome.key, "rejected", outcome.reason, _dump(outcome))
        return outcome

    def fail(self, key: str, reason: str, detail: str) -> None:
        """End a draw that no reply could be had for; it is tried again when the run goes on."""
        self._end(key, "failed", reason, json.dumps({"detail": detail}))

    def _end(self, key: str, state: str, reason: str | None, outcome: str) -> None:
        with self._mutex:
            changed, _ = self._write(
                "UPDATE draws SET state = ?, reason = ?, outcome = ? WHERE key = ? AND state IN ('planned', 'asked')",
                state,
                reason,
                outcome,
                key,
                follows=state != "failed",
            )
            if changed:
                self._counts[state] += 1
                if reason:
                    self._reasons[reason] += 1

    @property
    def usage(self) -> Usage:
        """Tokens and cost of all stored replies."""
        return self._usage

    def count_replies(self) -> int:
        """How many replies are stored."""
        return int(self._one("SELECT COUNT(*) FROM replies")[0])

    def balance(self) -> Balance:
        """The balance, and what was spent so far."""
        with self._mutex:
            if self.readonly:
                self._count()
            counts = self._counts
            ended = counts["answered"] + counts["rejected"] + counts["failed"]
            return Balance(
                planned=counts["planned"],
                answered=counts["answered"],
                rejected=counts["rejected"],
                failed=counts["failed"],
                pending=counts["planned"] - ended,
                usage=self._usage,
                reasons=dict(sorted(self._reasons.items())),
            )

    def records(self) -> Iterator[Record]:
        """Finished records in plan order, one at a time."""
        for text in self._outcomes("answered"):
            yield _load(Record, text)

    def rejections(self) -> Iterator[Rejection]:
        """Rejections in plan order, one at a time."""
        for text in self._outcomes("rejected"):
            yield _load(Rejection, text)

    def failures(self) -> Iterator[tuple[str, str, str]]:
        """(draw key, reason, detail) of failed draws, in plan order."""
        for _, key, reason, outcome in self._pages(
            "SELECT position, key, reason, outcome FROM draws WHERE state = 'failed' AND position > ?"
        ):
            yield key, reason, json.loads(outcome)["detail"]

    def admitted(self) -> Iterator[tuple[str, str]]:
        """(draw key, question) of every accepted question, in plan order."""
        for _, key, question in self._pages(
            "SELECT position, key, question FROM draws WHERE question IS NOT NULL AND position > ?"
        ):
            yield key, question

    def admitted_places(self) -> Iterator[tuple[int, str]]:
        """(position, question) of every accepted question, in plan order."""
        yield from self._pages("SELECT position, question FROM draws WHERE question IS NOT NULL AND position > ?")

    def _outcomes(self, state: str) -> Iterator[str]:
        for _, outcome in self._pages(
            "SELECT position, outcome FROM draws WHERE state = ? AND outcome IS NOT NULL AND position > ?", state
        ):
            yield outcome

    def _pages(self, sql: str, *values: Any) -> Iterator[Any]:
        """Rows of a query that returns the position first and asks for `position > ?` last, a page at a time."""
        position = -1
        while rows := self._all(f"{sql} ORDER BY position LIMIT 256", *values, position):
            yield from rows
            position = rows[-1][0]


def _clean(text: str) -> str:
    """SQLite stores UTF-8; a lone surrogate of a broken reply becomes the replacement character."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _dump(value: Record | Rejection | Reply) -> str:
    try:
        return value.model_dump_json()
    except ValueError:  # a lone surrogate somewhere: JSON escapes keep it
        return json.dumps(value.model_dump(mode="python"), default=str)


_Stored = TypeVar("_Stored", Record, Rejection, Reply)


def _load(kind: type[_Stored], text: str) -> _Stored:
    try:
        return kind.model_validate_json(text)
    except ValueError:  # escapes of lone surrogates, which only Python's parser takes
        return kind.model_validate(json.loads(text))
