"""Which provider batches of a run are out."""

from __future__ import annotations

from collections.abc import Iterable

from selfstudy_guard.ledger.store import Store


class SentBatches(Store):
    """The tables `batches` and `batch_requests`."""

    def open_batch(self, name: str, requests: Iterable[tuple[str, str, str]]) -> None:
        """Write down that a batch is about to be sent.

        Args:
            name: our own name of it.
            requests: (request key, draw key, purpose).
        """
        with self._writing():
            self._connection.execute("INSERT INTO batches VALUES (?, NULL)", (name,))
            self._connection.executemany(
                "INSERT INTO batch_requests VALUES (?, ?, ?, ?)", ((name, *request) for request in requests)
            )

    def name_batch(self, name: str, batch_id: str) -> None:
        """Write down the provider's id of a batch that was sent."""
        with self._writing():
            self._connection.execute("UPDATE batches SET batch_id = ? WHERE name = ?", (batch_id, name))

    def close_batch(self, name: str) -> None:
        """A batch was taken in, or never left."""
        with self._writing():
            self._connection.execute("DELETE FROM batches WHERE name = ?", (name,))

    def batches(self) -> list[tuple[str, str | None, list[str]]]:
        """(our name, the provider's id if it is known, request keys) of every batch that is out."""
        return [
            (name, batch_id, [row[0] for row in self._all("SELECT key FROM batch_requests WHERE batch = ?", name)])
            for name, batch_id in self._all("SELECT name, batch_id FROM batches ORDER BY rowid")
        ]

    def batch_owners(self, name: str) -> dict[str, tuple[str, str]]:
        """Request key to (draw key, purpose) of one batch."""
        rows = self._all("SELECT key, draw_key, purpose FROM batch_requests WHERE batch = ?", name)
        return {key: (draw_key, purpose) for key, draw_key, purpose in rows}
