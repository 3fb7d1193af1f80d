"""The durable state of a run: one SQLite file from which an interrupted run goes on.

Every paid reply is written before it is used, so a resumed flow is replayed from the ledger and only pays for what is
missing. The balance is the state column of one table, so it closes at every moment:
planned = answered + rejected + failed + pending.

Write-ahead logging with `synchronous=NORMAL`: nothing committed is lost when the process is killed, and the file stays
whole when the power fails (the last moments before a power cut may have to be paid again).
"""

from __future__ import annotations

import json
import sqlite3
import threading
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from selfstudy_guard import ledger_schema
from selfstudy_guard.errors import LedgerError, LedgerLockedError, LedgerMismatchError, LedgerWriteError
from selfstudy_guard.records import Balance, Document, Draw, Record, Rejection, Reply, Target, Usage

FILE_NAME = "ledger.sqlite"
LOCK_NAME = "writer.lock"
LONGEST_REPLY = 200_000
"""Characters of a reply that are stored; `questions.parsing` looks at no more. A broken provider may send megabytes."""


class Ledger:
    """State of one run. Use `open_ledger`; safe to share between threads of one process.

    Attributes:
        path: the SQLite file, or None for a ledger in memory.
        readonly: whether writing methods raise.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path | None, readonly: bool, lock: Any = None) -> None:
        self.path = path
        self.readonly = readonly
        self._connection = connection
        self._file_lock = lock
        self._mutex = threading.RLock()
        self._counts: Counter[str] = Counter()
        self._usage = Usage()
        self._reasons: Counter[str] = Counter()
        self._count()

    # -- life cycle ---------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Write what is left and let other writers in. May be called twice."""
        with self._mutex:
            self._connection.close()
            if self._file_lock is not None:
                self._file_lock.release()
                self._file_lock = None

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- documents and settings ---------------------------------------------------------------------------------

    def settings(self) -> dict[str, Any] | None:
        """Settings that the run was begun with, or None before `begin`."""
        row = self._one("SELECT value FROM meta WHERE name = 'settings'")
        return json.loads(row[0]) if row else None

    def begin(self, settings: Mapping[str, Any], *, accept_changes: bool = False) -> None:
        """Remember the settings of a new run, or compare them with those of the run that goes on.

        Raises:
            LedgerMismatchError: names every setting that changed and the ways out.
        """
        wanted = json.loads(json.dumps(settings, sort_keys=True))
        stored = self.settings()
        if stored is not None and stored != wanted and not accept_changes:
            changed = sorted(name for name in stored.keys() | wanted.keys() if stored.get(name) != wanted.get(name))
            shown = "; ".join(f"{name}: {_brief(stored.get(name))} -> {_brief(wanted.get(name))}" for name in changed)
            raise LedgerMismatchError(
                f"the settings of this run changed since it began ({shown}). Go on with the old settings, "
                "choose another --out, or accept the change with --accept-changes (finished records stay)"
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
        row = self._one("SELECT id, media_type, metadata, text FROM documents WHERE id = ?", document_id)
        if row is None:
            raise LedgerError(f"document {document_id!r} is not part of this run")
        return _document(row)

    def digest(self, document_id: str) -> str:
        """SHA-256 of one stored document's text, without reading the text.

        Raises:
            LedgerError: no such document in this run.
        """
        row = self._one("SELECT digest FROM documents WHERE id = ?", document_id)
        if row is None:
            raise LedgerError(f"document {document_id!r} is not part of this run")
        return str(row[0])

    def documents(self) -> Iterator[Document]:
        """All stored documents in the order they were read, one at a time."""
        for (number,) in self._all("SELECT number FROM documents ORDER BY number"):
            row = self._one("SELECT id, media_type, metadata, text FROM documents WHERE number = ?", number)
            if row is not None:
                yield _document(row)

    # -- the plan -----------------------------------------------------------------------------------------------

    def plan(self, draws: Iterable[tuple[str, str, Draw]]) -> int:
        """Add draws to the plan; those that stand in it already are left as they are.

        Args:
            draws: (key, document digest, draw), in plan order.

        Returns:
            How many were new.
        """
        before = self._connection.total_changes
        with self._writing():
            self._connection.executemany(
                "INSERT OR IGNORE INTO draws (key, document_id, digest, start, stop, style, number, draw) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
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
                ),
            )
            new = self._connection.total_changes - before
            self._counts["planned"] += new
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

    def planned_draws(self) -> Iterator[tuple[str, str, int, int, str, int]]:
        """(document id, digest, start, end, style, number) of every planned draw, in plan order."""
        yield from self._all("SELECT document_id, digest, start, stop, style, number FROM draws ORDER BY position")

    def is_finished(self, key: str) -> bool:
        """Whether the draw has ended (answered, rejected or failed)."""
        row = self._one("SELECT state FROM draws WHERE key = ?", key)
        return row is not None and row[0] in ("answered", "rejected", "failed")

    # -- replies and outcomes -----------------------------------------------------------------------------------

    def reply(self, key: str) -> Reply | None:
        """The stored reply of a request, if it was paid for before."""
        row = self._one("SELECT reply FROM replies WHERE key = ?", key)
        return _load(Reply, row[0]) if row else None

    def save_reply(self, key: str, draw_key: str, purpose: str, reply: Reply) -> None:
        """Make a paid reply durable. A reply that is stored already is kept (at-least-once callers are safe).

        Of a text longer than `LONGEST_REPLY` the beginning is stored, which is all that is ever parsed.
        """
        usage = reply.usage
        if len(reply.text) > LONGEST_REPLY or len(reply.reasoning or "") > LONGEST_REPLY:
            reasoning = reply.reasoning and reply.reasoning[:LONGEST_REPLY]
            reply = reply.model_copy(update={"text": reply.text[:LONGEST_REPLY], "reasoning": reasoning})
        with self._writing_once():
            cursor = self._connection.execute(
                "INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key,
                    draw_key,
                    purpose,
                    _dump(reply),
                    usage.prompt_tokens,
                    usage.cached_tokens,
                    usage.completion_tokens,
                    usage.cost,
                ),
            )
            if cursor.rowcount:
                self._usage += usage

    def admit(self, draw_key: str, question: str) -> None:
        """Keep an accepted question, whatever becomes of its answer."""
        with self._writing_once():
            self._connection.execute(
                "UPDATE draws SET state = 'asked', question = ? WHERE key = ? AND state IN ('planned', 'asked')",
                (_clean(question), draw_key),
            )

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
        with self._writing_once():
            cursor = self._connection.execute(
                "UPDATE draws SET state = ?, reason = ?, outcome = ? WHERE key = ? AND state IN ('planned', 'asked')",
                (state, reason, outcome, key),
            )
            if cursor.rowcount:
                self._counts[state] += 1
                if reason:
                    self._reasons[reason] += 1

    @property
    def usage(self) -> Usage:
        """Tokens and cost of all stored replies."""
        return self._usage

    # -- batches ------------------------------------------------------------------------------------------------

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

    # -- reading ------------------------------------------------------------------------------------------------

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
        for key, reason, outcome in self._all(
            "SELECT key, reason, outcome FROM draws WHERE state = 'failed' ORDER BY position"
        ):
            yield key, reason, json.loads(outcome)["detail"]

    def admitted(self) -> Iterator[tuple[str, str]]:
        """(draw key, question) of every accepted question, in plan order."""
        yield from self._all("SELECT key, question FROM draws WHERE question IS NOT NULL ORDER BY position")

    def _outcomes(self, state: str) -> Iterator[str]:
        position = -1
        while True:
            rows = self._all(
                "SELECT position, outcome FROM draws WHERE state = ? AND outcome IS NOT NULL AND position > ? "
                "ORDER BY position LIMIT 256",
                state,
                position,
            )
            if not rows:
                return
            yield from (text for _, text in rows)
            position = rows[-1][0]

    # -- SQLite -------------------------------------------------------------------------------------------------

    def _count(self) -> None:
        with self._mutex:
            self._counts = Counter(dict(self._all("SELECT state, COUNT(*) FROM draws GROUP BY state")))
            self._counts["planned"] = sum(self._counts.values())
            self._reasons = Counter(
                dict(self._all("SELECT reason, COUNT(*) FROM draws WHERE reason IS NOT NULL GROUP BY reason"))
            )
            prompt, cached, completion, cost = self._all(
                "SELECT SUM(prompt_tokens), SUM(cached_tokens), SUM(completion_tokens), SUM(cost) FROM replies"
            )[0]
            self._usage = Usage(
                prompt_tokens=prompt or 0, cached_tokens=cached or 0, completion_tokens=completion or 0, cost=cost
            )

    def _all(self, sql: str, *values: Any) -> list[Any]:
        with self._mutex, _translated(self.path):
            return self._connection.execute(sql, values).fetchall()

    def _one(self, sql: str, *values: Any) -> Any:
        with self._mutex, _translated(self.path):
            return self._connection.execute(sql, values).fetchone()

    @contextmanager
    def _writing_once(self) -> Iterator[None]:
        """For one statement, which SQLite makes a transaction of its own: a third of the calls of `_writing`."""
        if self.readonly:
            raise LedgerError("this ledger was opened for reading only")
        with self._mutex, _translated(self.path):
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if self.readonly:
            raise LedgerError("this ledger was opened for reading only")
        with self._mutex, _translated(self.path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield


def open_ledger(folder: str | Path | None, *, readonly: bool = False) -> Ledger:
    """Open the ledger of a run folder, or one in memory.

    Args:
        folder: the run folder, made if missing; None for a ledger in memory.
        readonly: open an existing ledger beside a running writer.

    Raises:
        LedgerLockedError: another process writes to this run.
        LedgerWriteError: the folder or the file cannot be used.
        LedgerError: nothing there to read, or written by a newer version.
    """
    if folder is None:
        return Ledger(ledger_schema.connect(":memory:"), None, False)
    folder = Path(folder)
    path = folder / FILE_NAME
    if readonly:
        if not path.is_file():
            raise LedgerError(f"no run at {folder}: it holds no {FILE_NAME}")
        with _translated(path):
            return Ledger(ledger_schema.connect_readonly(path), path, True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerWriteError(f"cannot make the run folder {folder}: {error.strerror or error}") from error
    lock = _lock(folder)
    try:
        with _translated(path):
            return Ledger(ledger_schema.connect(path), path, False, lock)
    except BaseException:
        lock.release()
        raise


def _lock(folder: Path) -> Any:
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK_NAME, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise LedgerLockedError(
            f"another process is writing to {folder}: wait for it, stop it, or choose another --out "
            f"(`selfstudy-guard status {folder}` may be called meanwhile)"
        ) from error
    except OSError as error:
        raise LedgerWriteError(f"cannot write to the run folder {folder}: {error.strerror or error}") from error
    return lock


@contextmanager
def _translated(path: Path | None) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        name = path or "the ledger in memory"
        text = str(error)
        if "full" in text:
            remedy = "free some space and give the same command again; every answer so far is kept"
        elif "disk I/O error" in text:
            remedy = "the disk may be full or failing: free some space and give the same command again"
        elif "readonly" in text or "unable to open" in text:
            remedy = "check the permissions of the run folder, or choose another --out"
        elif "locked" in text:
            remedy = "another program holds the file; close it and give the same command again"
        else:
            remedy = "the file may be damaged; restore a copy or choose another --out"
        raise LedgerWriteError(f"cannot use {name}: {text}: {remedy}") from error


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


def _document(row: tuple[str, str | None, str, bytes]) -> Document:
    text = zlib.decompress(row[3]).decode("utf-8", "surrogatepass")
    return Document(id=row[0], media_type=row[1], metadata=json.loads(row[2]), text=text)


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
