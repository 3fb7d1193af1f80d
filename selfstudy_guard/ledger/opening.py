"""Opening the ledger of a run folder: one writer at a time, any number of readers."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from selfstudy_guard.errors import InputError, LedgerError, LedgerLockedError, LedgerWriteError
from selfstudy_guard.ledger import schema as ledger_schema
from selfstudy_guard.ledger.draws import PlannedDraws
from selfstudy_guard.ledger.outcomes import StoredOutcomes
from selfstudy_guard.ledger.pieces import StoredPieces
from selfstudy_guard.ledger.sent import SentBatches
from selfstudy_guard.ledger.store import _translated

FILE_NAME = "ledger.sqlite"
LOCK_NAME = "writer.lock"


class Ledger(StoredPieces, PlannedDraws, StoredOutcomes, SentBatches):
    """State of one run. Use `open_ledger`; safe to share between threads of one process.

    Attributes:
        path: the SQLite file, or None for a ledger in memory.
        readonly: whether writing methods raise.
    """

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


def run_folder(out: object) -> Path | None:
    """The folder that `out=` names; None for a ledger in memory.

    Raises:
        InputError: `out` is no path.
    """
    if out is not None and not isinstance(out, str | PathLike):
        raise InputError(f"out is the path of a run folder, not {out!r}")
    return None if out is None else Path(out)


def open_ledger(folder: str | PathLike[str] | None, *, readonly: bool = False) -> Ledger:
    """Open the ledger of a run folder, or one in memory.

    Args:
        folder: the run folder, made if missing; None for a ledger in memory.
        readonly: open an existing ledger beside a running writer.

    Raises:
        InputError: `folder` is no path.
        LedgerLockedError: another process writes to this run.
        LedgerWriteError: the folder or the file cannot be used.
        LedgerError: nothing there to read, or written by a newer version.
    """
    folder = run_folder(folder)
    if folder is None:
        return Ledger(ledger_schema.connect(":memory:"), None, False)
    path = folder / FILE_NAME
    if readonly:
        if not path.is_file():
            raise LedgerError(f"no run at {folder}: it holds no {FILE_NAME}{_runs_inside(folder)}")
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


def _runs_inside(folder: Path) -> str:
    """Names the runs that stand in subfolders, as `compare-unguarded --out` leaves them; empty where there are none."""
    inside = [str(path.parent) for path in sorted(folder.glob(f"*/{FILE_NAME}"))[:5]]
    return f"; did you mean {' or '.join(inside)}?" if inside else ""
