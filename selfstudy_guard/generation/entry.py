"""`generate` and `agenerate`: the whole job, sync and async."""

from __future__ import annotations

import asyncio
from os import PathLike
from typing import Any, Unpack

from selfstudy_guard.engine.batch_driver import run_batches
from selfstudy_guard.engine.drivers import arun, drive
from selfstudy_guard.engine.interrupts import interruptible
from selfstudy_guard.generation.given_documents import Documents
from selfstudy_guard.generation.job import RunningJob, begin
from selfstudy_guard.generation.options import GenerateOptions, with_options
from selfstudy_guard.generation.run import Run


@with_options
def generate(
    documents: Documents,
    *,
    model: Any = None,
    n: int | None = None,
    out: str | PathLike[str] | None = None,
    seed: int = 0,
    **options: Unpack[GenerateOptions],
) -> Run:
    """Ask about every part of the documents, answer from filtered evidence, keep what passes the checks.

    The same call goes on with an interrupted run in `out`; a larger `n` extends it. Ctrl-C ends the run after the
    requests in flight; a second one ends it at once. Nothing that was answered is lost either way. All arguments are
    checked before anything is read or written.

    Args:
        documents: paths (files, folders, globs), `Document` objects, or a mixture.
        model: a model string ("openai/gpt-4o-mini", "gguf:PATH"), a completer, a LangChain chat model or a function
            of messages; None for the built-in model.
        n: number of questions; None for one question for every eligible target.
        out: run folder; None keeps the ledger in memory.
        seed: of plan and requests; the same seed gives the same plan on every machine.
        **options: typed keywords; each stands below with its type and default.

    Returns:
        The run, with `records`, `coverage`, `report()` and `export()`.

    Raises:
        InputError: a bad argument, or no eligible target in the documents.
        DocumentError: with strict, a document that cannot be read.
        LedgerError: the run folder is in use, was begun with other settings, or cannot be written.
        CompletionError: an error that every request would meet (wrong key, unknown model).
        LimitReached: a cost limit that cannot be kept.
    """
    job = begin(documents, model=model, n=n, out=out, seed=seed, **options)
    driven(job)
    return job.finished()


def driven(job: RunningJob) -> None:
    """Drive a job to its end in this thread; its ledger is closed where an error ends it."""
    try:
        with interruptible(job.session):
            going = True
            while going:
                if job.options.batch is not None:
                    _batched(job)
                else:
                    drive(job.session, job.options.completer)
                going = job.again()
    except BaseException:
        job.ledger.close()
        raise


@with_options
async def agenerate(
    documents: Documents,
    *,
    model: Any = None,
    n: int | None = None,
    out: str | PathLike[str] | None = None,
    seed: int = 0,
    **options: Unpack[GenerateOptions],
) -> Run:
    """`generate` for async code: the same flow, arguments, errors and records."""
    job = await asyncio.to_thread(begin, documents, model=model, n=n, out=out, seed=seed, **options)
    try:
        going = True
        while going:
            if job.options.batch is not None:
                await asyncio.to_thread(_batched, job)
            else:
                await arun(job.session, job.options.completer)
            going = await asyncio.to_thread(job.again)
    except BaseException:
        job.ledger.close()
        raise
    return job.finished()


def _batched(job: RunningJob) -> None:
    assert job.options.batch is not None
    run_batches(job.session, job.options.batch, job.ledger, every=job.options.controls.batch_every)
