"""The durable state of a run: one SQLite file from which an interrupted run goes on.

Every paid reply is written before it is used, so a resumed flow is replayed from the ledger and only pays for what is
missing. The balance is the state column of one table, so it closes at every moment:
planned = answered + rejected + failed + pending.

Write-ahead logging with `synchronous=NORMAL`: nothing committed is lost when the process is killed, and the file stays
whole when the power fails (the last moments before a power cut may have to be paid again).
"""

from __future__ import annotations

from selfstudy_guard.ledger.opening import FILE_NAME, LOCK_NAME, Ledger, open_ledger, run_folder
from selfstudy_guard.ledger.store import _translated

__all__ = ["FILE_NAME", "LOCK_NAME", "Ledger", "_translated", "open_ledger", "run_folder"]
