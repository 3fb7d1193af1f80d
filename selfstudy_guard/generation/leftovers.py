"""Wrong use leaves nothing behind: a run folder that a call made is taken away again where the call was a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from selfstudy_guard.ledger import FILE_NAME, LOCK_NAME


@contextmanager
def nothing_left_of(out: Path | None) -> Iterator[None]:
    """Remove the ledger, and the folders that were made for it, if an error comes out of the block.

    The block asks no model, so nothing is lost.
    Nothing is touched where the folder held a ledger before; other files in it stay in any case.

    Args:
        out: the run folder; None for a ledger in memory.
    """
    if out is None or (out / FILE_NAME).exists():
        yield
        return
    missing = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        yield
    except Exception:
        for name in (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm", LOCK_NAME):
            with suppress(OSError):
                (out / name).unlink()
        for folder in missing:  # the innermost first; one that holds something else stays
            with suppress(OSError):
                folder.rmdir()
        raise
