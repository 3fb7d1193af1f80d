"""`generate` and `agenerate`: the whole job, sync and async."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from selfstudy_guard.engine.batch_driver import run_batches
from selfstudy_guard.engine.drivers import arun, run
from selfstudy_guard.engine.interrupts import await_anywhere, interruptible
from selfstudy_guard.generation.given_documents import Documents
from selfstudy_guard.generation.job import begin
from selfstudy_guard.generation.run import Run
from selfstudy_guard.protocols import Completer


def generate(
    documents: Documents,
    *,
    model: Any = None,
    n: int | None = None,
    out: str | Path | None = None,
    seed: int = 0,
    **options: Any,
) -> Run:
    """Ask about every part of the documents, answer from filtered evidence, keep what passes the checks.

    The same call goes on with an interrupted run in `out`; a larger `n` extends it. Ctrl-C ends the run after the
    requests in flight; a second one ends it at once. Nothing that was answered is lost either way.

    Args:
        documents: paths (files, folders, globs), `Document` objects, or a mixture.
        model: a model string ("openai/gpt-4o-mini", "gguf:PATH"), a completer, a LangChain chat model or a function
            of messages; None for the built-in model.
        n: number of questions; None for one question for every eligible target.
        out: run folder; None keeps the ledger in memory.
        seed: of plan and requests; the same seed gives the same plan on every machine.
        **options: see `Settings` and `Pacing` for their names, and besides:
            prompts (Prompts, path or "small"/"large"; None chooses by model);
            instruction_filter (InstructionFilter; None for the default one);
            text_field, id_field (str) of tabular files; strict (bool): unreadable documents are errors;
            accept_changes (bool): go on although documents or settings changed;
            batch (True or BatchProvider): send whole batches instead of single calls, at about half the price;
            batch_every (float): seconds between two looks at a batch that is out;
            until_coverage (float): after the plan, draw targets again that no record covers, until this share of the
            eligible targets is covered; draws_per_target (int): most draws of one target then (default 4);
            progress (Progress); notify (callable of one line); model_options (dict) for the model's factory.

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
    try:
        with interruptible(job.session):
            going = True
            while going:
                if job.batch is not None:
                    run_batches(job.session, job.batch, size=job.batch_size, every=job.batch_every)
                elif isinstance(job.completer, Completer):
                    run(job.session, job.completer)
                else:
                    await_anywhere(arun(job.session, job.completer))
                going = job.again()
    except BaseException:
        job.ledger.close()
        raise
    return job.finished()


async def agenerate(
    documents: Documents,
    *,
    model: Any = None,
    n: int | None = None,
    out: str | Path | None = None,
    seed: int = 0,
    **options: Any,
) -> Run:
    """`generate` for async code: the same flow, arguments, errors and records."""
    job = await asyncio.to_thread(begin, documents, model=model, n=n, out=out, seed=seed, **options)
    try:
        going = True
        while going:
            if job.batch is not None:
                await asyncio.to_thread(run_batches, job.session, job.batch, size=job.batch_size, every=job.batch_every)
            else:
                await arun(job.session, job.completer)
            going = await asyncio.to_thread(job.again)
    except BaseException:
        job.ledger.close()
        raise
    return job.finished()
