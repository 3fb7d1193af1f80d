"""Everything of one call of `generate` before and after the driver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from typing import Any, Unpack

from selfstudy_guard.engine.limits import Concurrency, Limits, Pace
from selfstudy_guard.engine.retry import Retries
from selfstudy_guard.engine.scheduler import Job, Scheduler
from selfstudy_guard.engine.session import Session
from selfstudy_guard.errors import NoReplyError
from selfstudy_guard.flow.several_targets import open_flows
from selfstudy_guard.generation.closing import refuse_silence, tell
from selfstudy_guard.generation.covered_targets import CoveredTargets
from selfstudy_guard.generation.deduplication import Admitted
from selfstudy_guard.generation.given_documents import Documents
from selfstudy_guard.generation.options import GenerateOptions, RunOptions, checked_options
from selfstudy_guard.generation.parts import RunParts, run_parts
from selfstudy_guard.generation.raters import rates_of
from selfstudy_guard.generation.remedies import FirstOutcomes
from selfstudy_guard.generation.run import Run
from selfstudy_guard.ledger import Ledger, open_ledger
from selfstudy_guard.models import DEFAULT_MODEL
from selfstudy_guard.records import Record, Rejection


@dataclass
class RunningJob:
    """Everything of one call of `generate` before and after the driver."""

    parts: RunParts
    options: RunOptions
    session: Session
    reporter: Reporter

    def again(self) -> bool:
        """Whether there is more to do after the driver has ended: targets that are to be drawn again."""
        redraws = self.options.redraws
        if redraws is None or self.session.stopped_because is not None:
            return False
        new, told = redraws.plan(self.ledger, self.parts.settings.styles)
        self.options.notify(told)
        if new:
            self.session.scheduler = _scheduler(self.parts, self.options, self.reporter)
        return new > 0

    @property
    def ledger(self) -> Ledger:
        """The run's ledger."""
        return self.parts.ledger

    def finished(self) -> Run:
        """The run, reopened for reading where it has a folder, so that the next writer may come."""
        stopped = self.session.stopped_because
        if self.parts.review is not None and (said := self.parts.review.summary):
            self.session.notify(said)
        ledger = self.ledger
        if ledger.path is not None:
            ledger.close()
            ledger = open_ledger(ledger.path.parent, readonly=True)
        run = Run(ledger, stopped_because=stopped, account=self.parts.account)
        try:
            if self.options.controls.notify is None:
                tell(run)
            else:
                refuse_silence(run)  # who listens to lines prints the note
        except NoReplyError:
            run.close()
            raise
        return run


def begin(
    documents: Documents,
    *,
    model: Any = None,
    n: int | None = None,
    out: str | PathLike[str] | None = None,
    seed: int = 0,
    **given: Unpack[GenerateOptions],
) -> RunningJob:
    """Check, read, plan and connect everything; the model is not called yet. Arguments and errors as `generate`."""
    options = checked_options(given, model=model, n=n, out=out, seed=seed)
    parts = run_parts(documents, options)
    try:
        parts.plan(n)
        if n is not None and (planned := parts.ledger.balance().planned) < n:
            limit = parts.settings.per_document
            options.notify(f"{planned:,} questions are planned, not {n:,}: no document may give more than {limit}")
        reporter = Reporter(parts.ledger, options)
        session = _session(parts, options, reporter)
    except BaseException:
        parts.ledger.close()
        raise
    if parts.settings.judge is not None and parts.settings.model == DEFAULT_MODEL:
        options.notify(
            "the built-in model is too small to be a judge: most of its replies are no verdict, and others are wrong"
        )
    return RunningJob(parts, options, session, reporter)


def _session(parts: RunParts, options: RunOptions, reporter: Reporter) -> Session:
    pacing = options.pacing
    single = options.batch is None
    return Session(
        scheduler=_scheduler(parts, options, reporter),
        ledger=parts.ledger,
        concurrency=Concurrency(options.concurrency) if single else Concurrency.fixed(options.controls.batch_size),
        pace=Pace(pacing.requests_per_minute, pacing.tokens_per_minute),
        limits=Limits(tokens=pacing.max_tokens, cost=pacing.max_cost),
        price=pacing.price_per_million,
        retries=Retries(pacing.tries),
        notify=options.notify,
        ends_in_silence=True,
    )


def _scheduler(parts: RunParts, options: RunOptions, reporter: Reporter) -> Scheduler[Record | Rejection]:
    return Scheduler(
        _jobs(parts),
        parts.ledger,
        Admitted(parts.ledger),
        window=options.controls.batch_size if options.batch is not None else max(16, 4 * options.concurrency),
        on_outcome=reporter,
    )


class Reporter:
    """Tells what comes of the draws: every record as it is stored, and the balance after every outcome."""

    def __init__(self, ledger: Ledger, options: RunOptions) -> None:
        self._ledger = ledger
        self._progress = options.progress
        self._on_record = options.controls.on_record
        self._begun = False
        self._notify = options.notify
        self._first = FirstOutcomes(options.settings.model, options.prompts.name, options.settings.per_call)
        self._covered = CoveredTargets(ledger) if self._progress is not None else None
        self(None)

    def __call__(self, outcome: Record | Rejection | None) -> None:
        """Take an outcome into account; None is a failure, or the start."""
        if self._begun and (advice := self._first.add(outcome)) is not None:
            self._notify(advice)
        self._begun = True
        if isinstance(outcome, Record) and self._on_record is not None:
            self._on_record(outcome)
        if self._progress is None or self._covered is None:
            return
        if isinstance(outcome, Record):
            self._covered.add(outcome)
        self._progress(self._ledger.balance().model_copy(update={"coverage": self._covered.share}))


def _jobs(parts: RunParts) -> Iterator[Job[Record | Rejection]]:
    settings = parts.settings
    found = open_flows(
        parts.ledger,
        parts.flows,
        per_call=settings.per_call,
        question_attempts=settings.question_attempts,
        answer_attempts=settings.answer_attempts,
        rates=rates_of(settings),
    )
    return (Job(position, key, flow) for position, key, flow in found)
