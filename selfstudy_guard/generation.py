"""The whole job: documents in, anchored and filtered question-answer records out, resumable."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from os import PathLike
from pathlib import Path
from types import FrameType
from typing import Any

from selfstudy_guard.batches import BatchProvider, run_batches
from selfstudy_guard.composing import Composer, prompts_for
from selfstudy_guard.coverage import CoverageTracker
from selfstudy_guard.dispatch import Dispatcher, Job
from selfstudy_guard.documents import Skipped, coerce_documents, read_documents
from selfstudy_guard.drivers import Session, arun, run
from selfstudy_guard.errors import InputError
from selfstudy_guard.flow import draw_key, pair
from selfstudy_guard.instructions import InstructionFilter
from selfstudy_guard.ledger import Ledger, open_ledger
from selfstudy_guard.models import model_name, resolve_model
from selfstudy_guard.pacing import Concurrency, Limits, Pace
from selfstudy_guard.prepare import PreparedDocuments, RememberedFindings
from selfstudy_guard.protocols import AsyncCompleter, Completer, Progress
from selfstudy_guard.questions import NearDuplicates, check_duplicate
from selfstudy_guard.records import Document, Draw, Record, Rejection, Target, Verdict
from selfstudy_guard.run import Run
from selfstudy_guard.sampling import TargetSampler
from selfstudy_guard.settings import Pacing, Settings, checked

Documents = str | PathLike[str] | Document | Iterable[str | PathLike[str] | Document]


class _Admitted:
    """The run's accepted questions; decides which new ones nearly repeat them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._own = dict(ledger.admitted())
        self._seen = NearDuplicates(self._own.values())

    def admit(self, key: str, question: str, target: Target) -> Verdict:
        """Accept and remember, or refuse; a question that the draw was granted before stays granted."""
        if self._own.get(key) == question:
            return Verdict(accepted=True)
        verdict = check_duplicate(question, self._seen)
        if verdict.accepted:
            self._ledger.admit(key, question)
            self._own[key] = question
            self._seen.add(question)
        return verdict


@dataclass
class _Job:
    """Everything of one call of `generate` before and after the driver."""

    parts: _Parts
    session: Session
    completer: Completer | AsyncCompleter
    batch: BatchProvider | None = None
    batch_size: int = 10_000
    batch_every: float = 30.0

    @property
    def ledger(self) -> Ledger:
        """The run's ledger."""
        return self.parts.ledger

    def finished(self) -> Run:
        """The run, reopened for reading where it has a folder, so that the next writer may come."""
        stopped = self.session.stopped_because
        if self.ledger.path is None:
            return Run(self.ledger, stopped_because=stopped, skipped=self.parts.skipped)
        folder = self.ledger.path.parent
        self.ledger.close()
        return Run(open_ledger(folder, readonly=True), stopped_because=stopped, skipped=self.parts.skipped)


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
    job = _begin(documents, model=model, n=n, out=out, seed=seed, **options)
    try:
        with _interruptible(job.session):
            if job.batch is not None:
                run_batches(job.session, job.batch, size=job.batch_size, every=job.batch_every)
            elif isinstance(job.completer, Completer):
                run(job.session, job.completer)
            else:
                _await(arun(job.session, job.completer))
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
    job = await asyncio.to_thread(_begin, documents, model=model, n=n, out=out, seed=seed, **options)
    try:
        if job.batch is not None:
            await asyncio.to_thread(run_batches, job.session, job.batch, size=job.batch_size, every=job.batch_every)
        else:
            await arun(job.session, job.completer)
    except BaseException:
        job.ledger.close()
        raise
    return job.finished()


@dataclass(frozen=True)
class Plan:
    """What `generate` would do.

    Attributes:
        documents: number of documents.
        targets, eligible: number of targets, and of those that may be asked about.
        reasons: why the others may not, with counts.
        questions: planned questions.
        calls: expected model calls (two a question, and 0.4 for questions that are asked again).
        tokens: expected tokens, sent and received, at four characters a token.
        draws: the first planned draws.
        skipped: what could not be read.
    """

    documents: int
    targets: int
    eligible: int
    reasons: dict[str, int]
    questions: int
    calls: int
    tokens: int
    draws: tuple[Draw, ...]
    skipped: tuple[Skipped, ...]


EXPECTED_CALLS = 2.4
"""Calls a record that a plan expects: a question, an answer, and 0.4 for what is asked again."""


def plan(documents: Documents, *, model: Any = None, n: int | None = None, seed: int = 0, **options: Any) -> Plan:
    """What `generate` would do with the same arguments, without calling a model.

    Raises:
        InputError: as `generate`.
    """
    parts = _parts(documents, None, model_name(model), seed, options)
    draws = list(parts.draws(n))
    composer, sample = parts.composer, draws[:: max(1, len(draws) // 50)][:50]
    tokens = 0.0
    for draw in sample:
        flow_parts = composer.parts(draw)
        for request in (flow_parts.compose_question(1, None), flow_parts.compose_answer("?" * 80, 1, None)):
            tokens += sum(len(message.content) for message in request.messages) / 4 + (request.max_tokens or 256) / 2
    reasons: dict[str, int] = {}
    targets = eligible = 0
    for segmentation in parts.sampler.segmentations.values():
        targets += len(segmentation.targets)
        eligible += len(segmentation.eligible)
        for target in segmentation.targets:
            if target.reason:
                reasons[target.reason] = reasons.get(target.reason, 0) + 1
    return Plan(
        documents=len(parts.sampler.segmentations),
        targets=targets,
        eligible=eligible,
        reasons=dict(sorted(reasons.items(), key=lambda item: -item[1])),
        questions=len(draws),
        calls=round(len(draws) * EXPECTED_CALLS),
        tokens=round(tokens / max(1, len(sample)) * len(draws) * EXPECTED_CALLS / 2),
        draws=tuple(draws[:20]),
        skipped=tuple(parts.skipped),
    )


@dataclass
class _Parts:
    """Documents, plan and composer of a run, before any model is called."""

    settings: Settings
    ledger: Ledger
    sampler: TargetSampler
    composer: Composer
    prepared: PreparedDocuments
    skipped: list[Skipped]
    options: dict[str, Any]

    def draws(self, n: int | None) -> Iterator[Draw]:
        """The plan: `n` draws, or one for every eligible target in every style."""
        if n is None:
            n = sum(len(segmentation.eligible) for segmentation in self.sampler.segmentations.values())
        elif n < 1:
            raise InputError(f"n must be at least 1, not {n}")
        return iter(islice(self.sampler.draws(n), n))


def _parts(documents: Documents, out: str | Path | None, name: str, seed: int, options: dict[str, Any]) -> _Parts:
    """Read documents into the ledger and make the sampler; used up options are taken out of `options`."""
    text_field, id_field = options.pop("text_field", None), options.pop("id_field", None)
    strict, accept = options.pop("strict", False), options.pop("accept_changes", False)
    instruction_filter = options.pop("instruction_filter", None)
    prompts = prompts_for(options.pop("prompts", None), name)
    known = {field: options.pop(field) for field in list(options) if field in Settings.model_fields}
    if prompts.window is not None:
        known.setdefault("window", prompts.window)
    known |= {"model": name, "seed": seed, "prompts": prompts.digest, "unit": (text_field, id_field)}
    settings: Settings = checked(Settings, known)
    for style in settings.styles:
        prompts.style(style)  # an unknown one is an error now, not at its first draw
    if instruction_filter is None:
        instruction_filter = InstructionFilter(mode=settings.filter_mode, threshold=settings.filter_threshold)
    finds = RememberedFindings(instruction_filter)
    skipped: list[Skipped] = []
    ledger = open_ledger(out)
    try:
        ledger.begin(settings.model_dump(mode="json"), accept_changes=accept)
        count = ledger.add_documents(
            _documents(documents, text_field, id_field, strict, skipped.append), accept_changes=accept
        )
        sampler = TargetSampler(
            ledger.documents(),
            policy=settings.policy,
            seed=seed,
            styles=settings.styles,
            instruction_filter=finds,
        )
        if not any(segmentation.eligible for segmentation in sampler.segmentations.values()):
            raise InputError(_nothing_to_ask(count, sampler, skipped))
    except BaseException:
        ledger.close()
        raise
    prepared = PreparedDocuments(ledger.document, lambda document, findings: sampler.segmentations[document.id], finds)
    composer = Composer(prepared, prompts, window=settings.window, mode=settings.filter_mode, seed=seed)
    return _Parts(settings, ledger, sampler, composer, prepared, skipped, options)


def _begin(
    documents: Documents, *, model: Any, n: int | None, out: str | Path | None, seed: int, **options: Any
) -> _Job:
    progress: Progress | None = options.pop("progress", None)
    notify: Callable[[str], None] = options.pop("notify", None) or (lambda line: None)
    batch = options.pop("batch", None)
    batch_size, batch_every = options.pop("batch_size", 10_000), options.pop("batch_every", 30.0)
    completer = resolve_model(model, **(options.pop("model_options", None) or {}))
    pacing_fields = {field: options.pop(field) for field in list(options) if field in Pacing.model_fields}
    pacing: Pacing = checked(Pacing, pacing_fields)
    parts = _parts(documents, out, model_name(model), seed, options)
    ledger = parts.ledger
    try:
        if options:
            raise InputError(f"unknown argument: {', '.join(sorted(options))}")
        ledger.plan(_keyed(parts, n))
        tracker = CoverageTracker(ledger.documents(), segmentations=parts.sampler.segmentations)
        for record in ledger.records():
            tracker.add_record(record)
        most = min(pacing.concurrency, getattr(completer, "max_concurrency", None) or pacing.concurrency)
        dispatcher = Dispatcher(
            _jobs(parts),
            ledger,
            _Admitted(ledger),
            window=batch_size if batch is not None else max(16, 4 * most),
            on_outcome=_Reporter(ledger, tracker, progress),
        )
    except BaseException:
        ledger.close()
        raise
    session = Session(
        dispatcher=dispatcher,
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
    return _Job(parts, session, completer, batch, batch_size, batch_every)


class _Reporter:
    """Counts every outcome and tells the progress."""

    def __init__(self, ledger: Ledger, tracker: CoverageTracker, progress: Progress | None) -> None:
        self._ledger = ledger
        self._tracker = tracker
        self._progress = progress
        self._since = 0
        self._covered: float | None = None
        if progress is not None:
            self(None)

    def __call__(self, outcome: Record | Rejection | None) -> None:
        if isinstance(outcome, Record):
            self._tracker.add_record(outcome)
        if self._progress is None:
            return
        balance = self._ledger.balance()
        # This walks over all targets: at most a hundred times a run.
        if self._since == 0:
            self._covered = self._tracker.coverage
        self._since = (self._since + 1) % max(1, balance.planned // 100)
        self._progress.update(balance.model_copy(update={"coverage": self._covered}))


def _keyed(parts: _Parts, n: int | None) -> Iterator[tuple[str, str, Draw]]:
    digests: dict[str, str] = {}
    for draw in parts.draws(n):
        name = draw.target.document_id
        if name not in digests:
            digests[name] = parts.ledger.digest(name)
        yield draw_key(digests[name], draw), digests[name], draw


def _jobs(parts: _Parts) -> Iterator[Job]:
    settings, position = parts.settings, -1
    while rows := parts.ledger.pending(after=position):
        for position, key, draw, _ in rows:  # the last position is where the next page begins
            flow = pair(
                parts.composer.parts(draw),
                question_attempts=settings.question_attempts,
                answer_attempts=settings.answer_attempts,
            )
            yield Job(position, key, flow)


def _documents(
    documents: Documents,
    text_field: str | None,
    id_field: str | None,
    strict: bool,
    on_skip: Callable[[Skipped], None],
) -> Iterator[Document]:
    items: Sequence[Any] | Iterable[Any]
    items = [documents] if isinstance(documents, str | PathLike | Document) else documents
    for item in items:
        if isinstance(item, str | PathLike):
            yield from read_documents([item], text_field=text_field, id_field=id_field, strict=strict, on_skip=on_skip)
        else:
            yield from coerce_documents([item])


def _batches_of(completer: Any) -> BatchProvider:
    make = getattr(completer, "batches", None)
    if make is None:
        raise InputError(f"{model_name(completer)} has no batch interface: leave out the batch option")
    provider: BatchProvider = make()
    return provider


def _nothing_to_ask(count: int, sampler: TargetSampler, skipped: Sequence[Skipped]) -> str:
    if not count:
        first = f" ({skipped[0].source}: {skipped[0].reason})" if skipped else ""
        return f"no document could be read{first}: check the paths"
    reasons = sorted({t.reason for s in sampler.segmentations.values() for t in s.targets if t.reason})
    return (
        f"nothing in the {count} documents may be asked about ({', '.join(reasons) or 'no text'}): "
        "`selfstudy-guard targets PATH` shows every part with its reason"
    )


@contextmanager
def _interruptible(session: Session) -> Iterator[None]:
    """First Ctrl-C: end after what is in flight. Second: at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_signal(number: int, frame: FrameType | None) -> None:
        if session.stop.is_set():
            raise KeyboardInterrupt
        session.stop.set()
        session.notify("stopping after the requests in flight; press Ctrl-C again to stop at once")

    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, on_signal)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _await(coroutine: Any) -> None:
    """Run a coroutine to its end, also where this thread's event loop is busy (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(coroutine)
        return
    errors: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(coroutine)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, name="selfstudy-guard")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
