"""The SQLite file under the ledger: one connection for all threads, foreign errors translated, running counts."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selfstudy_guard.errors import LedgerError, LedgerWriteError
from selfstudy_guard.records import Usage


class Store:
    """What every part of the ledger works on.

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
        self._closed = False
        self._deferring = False
        self._gathering = 0
        self._counts: Counter[str] = Counter()
        self._usage = Usage()
        self._reasons: Counter[str] = Counter()
        self._count()

    def close(self) -> None:
        """Write what is left and let other writers in. May be called twice."""
        with self._mutex:
            try:
                if not self._closed:
                    self.flush()
            finally:
                self._closed = True
                self._connection.close()
                if self._file_lock is not None:
                    self._file_lock.release()
                    self._file_lock = None

    # -- durability ---------------------------------------------------------------------------------------------

    def defer(self) -> None:
        """From now on only paid replies are durable at once; what follows from them waits for the next one or `flush`.

        Accepted questions, records and rejections are worked out again from the replies when a killed run goes on, so
        one transaction for many of them loses nothing.
        """
        self._deferring = True

    def flush(self) -> None:
        """Make everything durable that was written so far."""
        with self._mutex, _translated(self.path):
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written inside becomes durable together, at its end: one transaction for replies that came together.

        Other threads wait meanwhile.
        """
        with self._mutex:
            self._gathering += 1
            try:
                yield
            finally:
                self._gathering -= 1
                if not self._gathering:
                    self.flush()

    # -- SQL ----------------------------------------------------------------------------------------------------

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
        with self._mutex:
            try:
                return self._connection.execute(sql, values).fetchall()
            except sqlite3.DatabaseError as error:
                raise _translation(self.path, error) from error

    def _one(self, sql: str, *values: Any) -> Any:
        with self._mutex:
            try:
                return self._connection.execute(sql, values).fetchone()
            except sqlite3.DatabaseError as error:
                raise _translation(self.path, error) from error

    def _write(self, sql: str, *values: Any, follows: bool = False) -> tuple[int, list[Any]]:
        """One statement, which SQLite makes a transaction of its own where none is open.

        Args:
            follows: it follows from replies that are stored, and may wait for the next one where `defer` allows it.

        Returns:
            Number of rows that changed, and what the statement returns.
        """
        if self.readonly:
            raise LedgerError("this ledger was opened for reading only")
        with self._mutex:
            try:
                connection = self._connection
                waits = self._gathering or (follows and self._deferring)
                if waits and not connection.in_transaction:
                    connection.execute("BEGIN IMMEDIATE")
                cursor = connection.execute(sql, values)
                rows = cursor.fetchall()
                if not waits and connection.in_transaction:
                    connection.execute("COMMIT")
                return cursor.rowcount, rows
            except sqlite3.DatabaseError as error:
                raise _translation(self.path, error) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if self.readonly:
            raise LedgerError("this ledger was opened for reading only")
        with self._mutex, _translated(self.path):
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                yield


@contextmanager
def _translated(path: Path | None) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _translation(path, error) from error


def _translation(path: Path | None, error: sqlite3.DatabaseError) -> LedgerWriteError:
    """What SQLite says, with the file and a remedy."""
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
    return LedgerWriteError(f"cannot use {path or 'the ledger in memory'}: {text}: {remedy}")
