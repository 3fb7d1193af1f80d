"""Everything of one call of `generate` before and after the driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfstudy_guard.engine.batch_driver import BatchProvider
from selfstudy_guard.engine.drivers import Session
from selfstudy_guard.engine.limits import Concurrency, Limits, Pace
from selfstudy_guard.engine.scheduler import Dispatcher, Job
from selfstudy_guard.errors import InputError
from selfstudy_guard.flow.pair import pair
from selfstudy_guard.generation.covered_targets import CoveredTargets
from selfstudy_guard.generation.deduplication import Admitted
from selfstudy_guard.generation.given_documents import Documents
from selfstudy_guard.generation.parts import RunParts, run_parts
from selfstudy_guard.generation.redraw import Redraws
from selfstudy_guard.generation.run import Run
from selfstudy_guard.ledger import Ledger, open_ledger
from selfstudy_guard.models import DEFAULT_MODEL, model_name, resolve_model
from selfstudy_guard.protocols import AsyncCompleter, Completer, Progress
from selfstudy_guard.records import Record, Rejection
from selfstudy_guard.settings import Pacing, checked


@dataclass
class RunningJob:
    """Everything of one call of `generate` before and after the driver."""

    parts: RunParts
    session: Session
    completer: Completer | AsyncCompleter
    batch: BatchProvider | None = None
    batch_size: int = 10_000
    batch_every: float = 30.0
    redraws: Redraws | None = None
    dispatcher: Callable[[], Dispatcher] | None = None

    def again(self) -> bool:
        """Whether there is more to do after the driver has ended: targets that are to be drawn again."""
        if self.redraws is None or self.dispatcher is None or self.session.stopped_because is not None:
            return False
        new, told = self.redraws.plan(self.ledger, self.parts.settings.styles)
        self.session.notify(told)
        if new:
            self.session.dispatcher = self.dispatcher()
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
        if self.ledger.path is None:
            return Run(self.ledger, stopped_because=stopped, skipped=self.parts.skipped)
        folder = self.ledger.path.parent
        self.ledger.close()
        return Run(open_ledger(folder, readonly=True), stopped_because=stopped, skipped=self.parts.skipped)


def begin(
    documents: Documents, *, model: Any, n: int | None, out: str | Path | None, seed: int, **options: Any
) -> RunningJob:
    """Read, plan and connect everything; the model is not called yet. Arguments and errors as `generate`."""
    progress: Progress | None = options.pop("progress", None)
    notify: Callable[[str], None] = options.pop("notify", None) or (lambda line: None)
    batch = options.pop("batch", None)
    batch_size, batch_every = options.pop("batch_size", 10_000), options.pop("batch_every", 30.0)
    redraws = _redraws(options)
    completer = resolve_model(model, **(options.pop("model_options", None) or {}))
    pacing_fields = {field: options.pop(field) for field in list(options) if field in Pacing.model_fields}
    pacing: Pacing = checked(Pacing, pacing_fields)
    parts = run_parts(documents, out, model_name(model), seed, options)
    ledger = parts.ledger
    try:
        if options:
            raise InputError(f"unknown argument: {', '.join(sorted(options))}")
        parts.plan(n)
        most = min(pacing.concurrency, getattr(completer, "max_concurrency", None) or pacing.concurrency)
        told = None if progress is None else Reporter(ledger, progress)

        def dispatcher() -> Dispatcher:
            return Dispatcher(
                _jobs(parts),
                ledger,
                Admitted(ledger),
                window=batch_size if batch is not None else max(16, 4 * most),
                on_outcome=told,
            )

    except BaseException:
        ledger.close()
        raise
    session = Session(
        dispatcher=dispatcher(),
        ledger=ledger,
        concurrency=Concurrency(most),
        pace=Pace(pacing.requests_per_minute, pacing.tokens_per_minute),
        limits=Limits(tokens=pacing.max_tokens, cost=pacing.max_cost),
        price=pacing.price_per_million,
        tries=pacing.tries,
        notify=notify,
    )
    if batch is True:
        batch = _batches_of(completer)
    if parts.settings.judge is not None and parts.settings.model == DEFAULT_MODEL:
        notify(
            "the built-in model is too small to be a judge: most of its replies are no verdict, and others are wrong"
        )
    return RunningJob(parts, session, completer, batch, batch_size, batch_every, redraws, dispatcher)


def _redraws(options: dict[str, Any]) -> Redraws | None:
    share, most = options.pop("until_coverage", None), options.pop("draws_per_target", None)
    if share is None:
        if most is not None:
            raise InputError("draws_per_target only limits until_coverage: give until_coverage too, such as 0.99")
        return None
    return Redraws(share) if most is None else Redraws(share, most)


class Reporter:
    """Tells the progress after every outcome."""

    def __init__(self, ledger: Ledger, progress: Progress) -> None:
        self._ledger = ledger
        self._progress = progress
        self._covered = CoveredTargets(ledger)
        self(None)

    def __call__(self, outcome: Record | Rejection | None) -> None:
        """Take an outcome into account; None is a failure, or the start."""
        if isinstance(outcome, Record):
            self._covered.add(outcome)
        self._progress.update(self._ledger.balance().model_copy(update={"coverage": self._covered.share}))


def _jobs(parts: RunParts) -> Iterator[Job]:
    settings, position = parts.settings, -1
    while rows := parts.ledger.pending(after=position):
        for position, key, draw, _ in rows:  # the last position is where the next page begins
            flow = pair(
                parts.flows.of(draw),
                question_attempts=settings.question_attempts,
                answer_attempts=settings.answer_attempts,
            )
            yield Job(position, key, flow)


def _batches_of(completer: Any) -> BatchProvider:
    make = getattr(completer, "batches", None)
    if make is None:
        raise InputError(f"{model_name(completer)} has no batch interface: leave out the batch option")
    provider: BatchProvider = make()
    return provider
