"""Tables of the ledger and how older files are brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from selfstudy_guard.errors import LedgerError

VERSION = 3

_PIECES = """
CREATE TABLE pieces (
    number INTEGER PRIMARY KEY REFERENCES documents (number) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    made_by TEXT NOT NULL,
    targets INTEGER NOT NULL,
    eligible INTEGER NOT NULL,
    sheet BLOB NOT NULL,
    findings BLOB NOT NULL,
    segmentation BLOB NOT NULL
) STRICT;
"""

_BELIEFS = """
CREATE TABLE beliefs (
    number INTEGER PRIMARY KEY REFERENCES documents (number) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    made_by TEXT NOT NULL,
    columns BLOB NOT NULL
) STRICT;
"""
"""What the filter believes of the units of a document; pieces without them are made again when a run goes on."""

_TABLES = f"""{_PIECES}{_BELIEFS}
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    media_type TEXT,
    metadata TEXT NOT NULL,
    text BLOB NOT NULL
) STRICT;
CREATE TABLE draws (
    position INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    document_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    style TEXT NOT NULL,
    number INTEGER NOT NULL,
    draw TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'asked', 'answered', 'rejected', 'failed')),
    question TEXT,
    reason TEXT,
    outcome TEXT
) STRICT;
CREATE INDEX draws_by_state ON draws (state, position);
CREATE TABLE replies (
    key TEXT PRIMARY KEY,
    draw_key TEXT NOT NULL,
    purpose TEXT NOT NULL,
    reply TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost REAL
) STRICT, WITHOUT ROWID;
CREATE TABLE batches (
    name TEXT PRIMARY KEY,
    batch_id TEXT
) STRICT;
CREATE TABLE batch_requests (
    batch TEXT NOT NULL REFERENCES batches (name) ON DELETE CASCADE,
    key TEXT NOT NULL,
    draw_key TEXT NOT NULL,
    purpose TEXT NOT NULL,
    PRIMARY KEY (batch, key)
) STRICT, WITHOUT ROWID;
"""

_MIGRATIONS: dict[int, str] = {1: _PIECES, 2: _BELIEFS}
"""SQL that brings a file of version N to N + 1."""


def connect(path: str | Path) -> sqlite3.Connection:
    """A writing connection to a file of the current version, made or migrated as needed.

    Raises:
        LedgerError: the file was written by a newer version of the library.
    """
    connection = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False, timeout=10)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        # Pages go to the main file, and to the disk, once in 16 MB; 16 MB of them are kept in memory.
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        connection.execute("PRAGMA cache_size = -16000")
        version = _version(connection, path)
        if version == 0:
            connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
            version = VERSION
        for step in range(version, VERSION):
            connection.executescript(f"BEGIN; {_MIGRATIONS[step]} PRAGMA user_version = {step + 1}; COMMIT;")
    except BaseException:
        connection.close()  # undoes a step that broke off; open, it would keep its lock as long as the error lives
        raise
    return connection


def connect_readonly(path: Path) -> sqlite3.Connection:
    """A reading connection; works beside a writer.

    A file of an older version is read as it is; tables that it lacks are empty ones in memory.

    Raises:
        LedgerError: the file was written by a newer version of the library, or is no ledger yet.
    """
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False, timeout=10, isolation_level=None
    )
    try:
        version = _version(connection, path)
        if version == 0:
            raise LedgerError(f"{path} holds no run yet: its tables were not made (give the same command again)")
        for step in range(version, VERSION):
            connection.executescript(_MIGRATIONS[step].replace("CREATE TABLE", "CREATE TEMP TABLE"))
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection, path: str | Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise LedgerError(
            f"{path} was written by a newer version (schema {version}, this one knows {VERSION}): upgrade"
        )
    return version
