"""`generate_iter`: the same job, its records handed out one by one as they are stored."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from os import PathLike
from queue import SimpleQueue
from typing import Any, Unpack

from selfstudy_guard.generation.entry import driven
from selfstudy_guard.generation.given_documents import Documents
from selfstudy_guard.generation.job import RunningJob, begin
from selfstudy_guard.generation.options import GenerateOptions, with_options
from selfstudy_guard.records import Record


@with_options
def generate_iter(
    documents: Documents,
    *,
    model: Any = None,
    n: int | None = None,
    out: str | PathLike[str] | None = None,
    seed: int = 0,
    **options: Unpack[GenerateOptions],
) -> Iterator[Record]:
    """`generate`, one record at a time, as they are stored. Arguments and errors are those of `generate`.

    All is checked, read and planned before the first record is asked for. A loop that is left early ends the run after
    the requests in flight; the same call goes on, and gives only what is new.

    Returns:
        An iterator over the new records, in the order in which they are finished.
    """
    stored: SimpleQueue[Record | None] = SimpleQueue()
    told = options.get("on_record")

    def on_record(record: Record) -> None:
        if told is not None:
            told(record)
        stored.put(record)

    options["on_record"] = on_record
    return _records(begin(documents, model=model, n=n, out=out, seed=seed, **options), stored)


def _records(job: RunningJob, stored: SimpleQueue[Record | None]) -> Iterator[Record]:
    raised: list[BaseException] = []

    def work() -> None:
        try:
            driven(job)
        except BaseException as error:
            raised.append(error)
        finally:
            stored.put(None)

    thread = threading.Thread(target=work, name="selfstudy-guard-run", daemon=True)
    thread.start()
    try:
        while (record := stored.get()) is not None:
            yield record
    finally:
        job.session.stop.set()
        thread.join()
    if raised:
        raise raised[0]
    job.finished().close()
