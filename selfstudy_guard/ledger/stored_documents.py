"""Settings and documents of a run, and whether they are still those that it was begun with."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from selfstudy_guard.errors import LedgerError, LedgerMismatchError
from selfstudy_guard.ledger.store import Store
from selfstudy_guard.records import Document

_ADOPTED = ("withhold",)
"""Settings that a run takes on when it goes on, where it was begun by a version that did not know them: they only make
what it reads safer."""


class StoredDocuments(Store):
    """The tables `meta` and `documents`."""

    def settings(self) -> dict[str, Any] | None:
        """Settings that the run was begun with, or None before `begin`."""
        row = self._one("SELECT value FROM meta WHERE name = 'settings'")
        return json.loads(row[0]) if row else None

    def note(self, name: str) -> str | None:
        """A note that `set_note` left in an earlier process, or None."""
        row = self._one("SELECT value FROM meta WHERE name = ?", f"note:{name}")
        return str(row[0]) if row else None

    def set_note(self, name: str, value: str) -> None:
        """Leave a note for later processes."""
        with self._writing():
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"note:{name}", value))

    def begin(self, settings: Mapping[str, Any], *, accept_changes: bool = False) -> None:
        """Remember the settings of a new run, or compare them with those of the run that goes on.

        Raises:
            LedgerMismatchError: names every setting that changed and the ways out.
        """
        wanted = json.loads(json.dumps(settings, sort_keys=True))
        stored = self.settings()
        if stored is not None:
            stored |= {name: wanted[name] for name in _ADOPTED if name in wanted and name not in stored}
        if stored is not None and stored != wanted and not accept_changes:
            changed = sorted(name for name in stored.keys() | wanted.keys() if stored.get(name) != wanted.get(name))
            shown = "; ".join(f"{name}: {_brief(stored.get(name))} -> {_brief(wanted.get(name))}" for name in changed)
            ways = "choose another --out, or accept the change with --accept-changes (finished records stay)"
            if "made_by" in wanted:  # an audit, a comparison, a guard: what they have stored belongs to these settings
                ways = "or choose another folder (out)"
            raise LedgerMismatchError(
                f"the settings of this run changed since it began ({shown}). Go on with the old settings, {ways}"
            )
        with self._writing():
            self._connection.execute(
                "INSERT INTO meta VALUES ('settings', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                (json.dumps(wanted, sort_keys=True),),
            )
            # A failed draw is tried again when the run goes on.
            self._connection.execute(
                "UPDATE draws SET state = CASE WHEN question IS NULL THEN 'planned' ELSE 'asked' END, reason = NULL, "
                "outcome = NULL WHERE state = 'failed'"
            )
        self._count()

    def add_documents(self, documents: Iterable[Document], *, accept_changes: bool = False) -> int:
        """Store the run's documents, or compare them with those that it was begun with.

        Args:
            documents: read once, in order; texts are compressed, none is kept in memory.
            accept_changes: store what is new or changed; open draws of the old texts are then rejected.

        Returns:
            Number of documents.

        Raises:
            LedgerMismatchError: names up to three documents that changed, are new or are missing.
        """
        begun = self._one("SELECT 1 FROM meta WHERE name = 'documents'") is not None
        seen = 0
        changed: list[str] = []
        new: list[str] = []
        with self._writing():
            self._connection.execute("CREATE TEMP TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY)")
            self._connection.execute("DELETE FROM seen")
            for document in documents:
                seen += 1
                self._connection.execute("INSERT OR IGNORE INTO seen VALUES (?)", (document.id,))
                row = self._one("SELECT digest FROM documents WHERE id = ?", document.id)
                if row is not None and row[0] == document.digest:
                    continue
                if begun:
                    (new if row is None else changed).append(document.id)
                    if not accept_changes:
                        continue
                if row is not None and accept_changes:
                    self._drop_open_draws(document.id)
                self._connection.execute(
                    "INSERT INTO documents (id, digest, media_type, metadata, text) VALUES (?, ?, ?, ?, ?) "
                    "ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, media_type = excluded.media_type, "
                    "metadata = excluded.metadata, text = excluded.text",
                    (
                        document.id,
                        document.digest,
                        document.media_type,
                        json.dumps(dict(document.metadata), default=str, ensure_ascii=False),
                        zlib.compress(document.text.encode("utf-8", "surrogatepass"), 1),
                    ),
                )
            missing = [row[0] for row in self._all("SELECT id FROM documents WHERE id NOT IN (SELECT id FROM seen)")]
            if begun and (changed or new or missing) and not accept_changes:
                raise LedgerMismatchError(_changes(changed, new, missing))
            for document_id in missing:
                self._drop_open_draws(document_id)
                self._connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('documents', ?)", (str(seen),))
        self._count()
        return seen

    def _drop_open_draws(self, document_id: str) -> None:
        self._connection.execute(
            "UPDATE draws SET state = 'rejected', reason = 'document-changed' "
            "WHERE document_id = ? AND state IN ('planned', 'asked', 'failed')",
            (document_id,),
        )

    def document(self, document_id: str) -> Document:
        """One stored document.

        Raises:
            LedgerError: no such document in this run.
        """
        sql = "SELECT id, media_type, metadata, text FROM documents WHERE id = ?"
        return stored_document(self._found(sql, document_id))

    def _found(self, sql: str, document_id: str) -> tuple[Any, ...]:
        row: tuple[Any, ...] | None = self._one(sql, document_id)
        if row is None:
            raise LedgerError(f"document {document_id!r} is not part of this run")
        return row

    def has_document(self, document_id: str) -> bool:
        """Whether a document is part of this run."""
        return self._one("SELECT 1 FROM documents WHERE id = ?", document_id) is not None

    def digest(self, document_id: str) -> str:
        """SHA-256 of one stored document's text, without reading the text.

        Raises:
            LedgerError: no such document in this run.
        """
        return str(self._found("SELECT digest FROM documents WHERE id = ?", document_id)[0])

    def digests(self) -> Iterator[tuple[str, str]]:
        """(id, SHA-256 of the text) of all stored documents in the order they were read."""
        number = -1
        while rows := self._all(
            "SELECT number, id, digest FROM documents WHERE number > ? ORDER BY number LIMIT 1024", number
        ):
            yield from ((document_id, digest) for _, document_id, digest in rows)
            number = rows[-1][0]

    def documents(self) -> Iterator[Document]:
        """All stored documents in the order they were read, one at a time."""
        number = -1
        while row := self._one(
            "SELECT id, media_type, metadata, text, number FROM documents WHERE number > ? ORDER BY number LIMIT 1",
            number,
        ):
            yield stored_document(row)
            number = row[4]


def _brief(value: Any) -> str:
    """A setting for a message; digests and long values are cut."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:12]}..."


def _changes(changed: list[str], new: list[str], missing: list[str]) -> str:
    parts = []
    for names, what in ((changed, "changed"), (new, "new"), (missing, "missing")):
        if names:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            parts.append(f"{what}: {', '.join(names[:3])}{more}")
    return (
        f"the documents of this run are not those it began with ({'; '.join(parts)}). Restore them, "
        "choose another --out, or accept the change with --accept-changes (finished records stay)"
    )


def stored_document(row: tuple[Any, ...]) -> Document:
    """The document of a row that begins with id, media type, metadata and text."""
    text = zlib.decompress(row[3]).decode("utf-8", "surrogatepass")
    return Document(id=row[0], media_type=row[1], metadata=json.loads(row[2]), text=text)
