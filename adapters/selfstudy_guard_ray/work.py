"""What a worker does with a few documents: the flows of `generate`, many at a time, without Ray and without files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from selfstudy_guard.composing import Composer
from selfstudy_guard.coverage import CoverageTracker
from selfstudy_guard.dispatch import Dispatcher, Job
from selfstudy_guard.drivers import Session, arun
from selfstudy_guard.errors import CompletionError, LimitReached, ProviderError
from selfstudy_guard.flow import draw_key, pair
from selfstudy_guard.instructions import InstructionFilter
from selfstudy_guard.ledger import Ledger, open_ledger
from selfstudy_guard.models import resolve_model
from selfstudy_guard.pacing import Concurrency
from selfstudy_guard.prepare import PreparedDocuments, RememberedFindings
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.questions import NearDuplicates, Prompts, check_duplicate
from selfstudy_guard.records import (
    Document,
    Draw,
    Record,
    Rejection,
    Reply,
    Request,
    Segmentation,
    Target,
    Usage,
    Verdict,
)
from selfstudy_guard.sampling import TargetSampler
from selfstudy_guard.scrutiny import Scrutiny
from selfstudy_guard.settings import Pacing, Settings
from selfstudy_guard_ray.governor import Governor, book

Outcome = Record | Rejection


@dataclass(frozen=True)
class Order:
    """Everything that a worker needs to know; it travels to the workers by pickle.

    Attributes:
        model, model_options: as for `generate`.
        settings, pacing: of the job; `pacing.concurrency` is that of one worker.
        prompts: the templates.
        n: questions a document; None for one a target.
    """

    model: Any
    settings: Settings
    pacing: Pacing
    prompts: Prompts
    n: int | None
    model_options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ended:
    """One planned question of a document as it stands: its outcome, or why there is none yet."""

    key: str
    draw: Draw
    outcome: Outcome | None
    status: str
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Result:
    """What came of one document.

    Attributes:
        document: the document.
        ended: its planned questions in plan order.
        coverage: JSON of a tracker that has counted its records.
    """

    document: Document
    ended: tuple[Ended, ...]
    coverage: str

    @property
    def finished(self) -> int:
        """Questions that need no further work."""
        return sum(one.outcome is not None for one in self.ended)


class Worker:
    """Runs the flows of some documents at a time; one a process, with one completer.

    Results depend on the documents and the settings alone, not on which documents came together: admission, plan and
    keys are those of each document.

    Args:
        order: model and settings.
        governor: limits the whole job; None limits this worker alone.

    Attributes:
        stopped: why nothing more is sent, in words, or None.
        problem: the last error that ended some documents early, in words, or None.
        fatal: the error that every request would meet, or None.
    """

    def __init__(self, order: Order, governor: Any = None) -> None:
        self.stopped: str | None = None
        self.problem: str | None = None
        self.fatal: CompletionError | None = None
        self._order = order
        settings = order.settings
        instruction_filter = InstructionFilter(mode=settings.filter_mode, threshold=settings.filter_threshold)
        self._finds = RememberedFindings(instruction_filter, capacity=4096)
        self._scrutiny = Scrutiny.wanted(instruction_filter, settings.judge, settings.question_in_view)
        self._completer = _Governed(self, resolve_model(order.model, **order.model_options), governor)
        self._open: dict[int, Session] = {}
        # One for all sessions: the slow start is made once, and what one learns of the provider holds for all.
        self._concurrency = Concurrency(order.pacing.concurrency)

    def stop(self, reason: str) -> None:
        """Send nothing more; what is in flight ends."""
        self.stopped = self.stopped or reason
        for session in self._open.values():
            session.stop.set()

    async def run(self, documents: Sequence[Document], before: Mapping[str, Sequence[Outcome]]) -> list[Result]:
        """The results of documents, in their order.

        Args:
            documents: with different ids.
            before: outcomes of an earlier run by document id; they are kept, and only what is open is asked.
        """
        results: dict[str, Result] = {}
        waiting = list(documents)
        while waiting:
            # Documents of equal text have equal keys; they are taken one after the other.
            now = list({one.digest: one for one in reversed(waiting)}.values())[::-1]
            names = {one.id for one in now}
            waiting = [one for one in waiting if one.id not in names]
            for result in await self._run(now, before):
                results[result.document.id] = result
        return [results[one.id] for one in documents]

    async def _run(self, documents: Sequence[Document], before: Mapping[str, Sequence[Outcome]]) -> list[Result]:
        batch = await asyncio.to_thread(_Batch, self._order, documents, before, self._finds, self._scrutiny)
        problem: Exception | None = None
        try:
            if self.stopped is None:
                session = batch.session(self._concurrency)
                self._open[id(session)] = session
                try:
                    await arun(session, self._completer)
                except Exception as error:  # a model that breaks its contract must not abort the whole job
                    problem = error
                    self.problem = f"{type(error).__name__}: {error}"
                    if isinstance(error, LimitReached):
                        self.stop(str(error))
                    elif isinstance(error, CompletionError) and error.fatal:
                        self.fatal = self.fatal or error
                        self.stop(str(error))
                finally:
                    del self._open[id(session)]
            return await asyncio.to_thread(batch.results, problem, self.stopped)
        finally:
            batch.ledger.close()


class _Governed:
    """The model as all flows of a worker share it: so many calls at a time, and none without the governor's leave."""

    def __init__(self, worker: Worker, inner: Completer | AsyncCompleter, governor: Any) -> None:
        pacing = worker._order.pacing
        self.model = getattr(inner, "model", "")
        most = min(pacing.concurrency, getattr(inner, "max_concurrency", None) or pacing.concurrency)
        self._worker = worker
        self._inner = inner
        self._governor = governor if governor is not None else Governor(pacing)
        self._price = pacing.price_per_million
        self._needs_price = pacing.max_cost is not None
        self._gate = asyncio.Semaphore(most)
        self._spent = Usage()
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="selfstudy-guard")

    async def acomplete(self, request: Request) -> Reply:
        async with self._gate:
            spent, self._spent = self._spent, Usage()
            tokens = sum(len(message.content) for message in request.messages) // 4 + (request.max_tokens or 256)
            delay, stop = await book(self._governor, tokens, spent)
            if stop is not None:
                self._worker.stop(stop)
            if self._worker.stopped is not None:
                # Retryable, in a session that is stopped: the draw stays open.
                raise ProviderError(self._worker.stopped)
            if delay > 0:
                await asyncio.sleep(delay)
            if isinstance(self._inner, AsyncCompleter):
                reply = await self._inner.acomplete(request)
            else:
                loop = asyncio.get_running_loop()
                reply = await loop.run_in_executor(self._threads, self._inner.complete, request)
        if not isinstance(reply, Reply):
            raise ProviderError(f"the completer returned {type(reply).__name__}, not a Reply", retryable=False)
        if reply.usage.cost is None and self._price is not None:
            usage = reply.usage.model_copy(update={"cost": self._price.cost(reply.usage)})
            reply = reply.model_copy(update={"usage": usage})
        self._spent += reply.usage
        if self._needs_price and reply.usage.cost is None:
            self._worker.stop(f"the price of {reply.model or 'this model'} is not known, so max_cost cannot be kept")
        return reply


class _Admitted:
    """Accepted questions, document by document: near-duplicates are looked for within a document only."""

    def __init__(self) -> None:
        self._seen: dict[str, NearDuplicates] = {}

    def admit(self, key: str, question: str, target: Target) -> Verdict:
        """Accept and remember, or refuse."""
        seen = self._seen.setdefault(target.document_id, NearDuplicates())
        verdict = check_duplicate(question, seen)
        if verdict.accepted:
            seen.add(question)
        return verdict

    def remember(self, document_id: str, question: str) -> None:
        """A question that was accepted before."""
        self._seen.setdefault(document_id, NearDuplicates()).add(question)


class _Batch:
    """Some documents with their plans in a ledger in memory."""

    def __init__(
        self,
        order: Order,
        documents: Sequence[Document],
        before: Mapping[str, Sequence[Outcome]],
        finds: RememberedFindings,
        scrutiny: Scrutiny | None = None,
    ) -> None:
        settings = order.settings
        self._order = order
        self._documents = documents
        self._segmentations: dict[str, Segmentation] = {}
        self._draws: dict[str, list[tuple[str, Draw]]] = {}
        self._kept: dict[str, Outcome] = {}
        self._admitted = _Admitted()
        self.ledger: Ledger = open_ledger(None)
        self.ledger.add_documents(documents)
        for document in documents:
            sampler = TargetSampler(
                [document],
                policy=settings.policy,
                seed=settings.seed,
                styles=settings.styles,
                instruction_filter=finds,
            )
            self._segmentations.update(sampler.segmentations)
            draws = list(sampler.draws(order.n)) if sampler.targets else []
            self._draws[document.id] = [(draw_key(document.digest, draw), draw) for draw in draws]
            self.ledger.plan((key, document.digest, draw) for key, draw in self._draws[document.id])
            planned = {key for key, _ in self._draws[document.id]}
            for outcome in before.get(document.id, ()):
                if outcome.key in planned:
                    self._kept[outcome.key] = outcome
                    self.ledger.finish(outcome)
                    if isinstance(outcome, Record):
                        self._admitted.remember(document.id, outcome.question.text)
        by_id = {document.id: document for document in documents}
        prepared = PreparedDocuments(
            by_id.__getitem__,
            lambda document, findings: self._segmentations[document.id],
            finds,
            capacity=max(1, len(documents)),
        )
        self._composer = Composer(
            prepared,
            order.prompts,
            window=settings.window,
            mode=settings.filter_mode,
            seed=settings.seed,
            scrutiny=scrutiny,
        )

    def session(self, concurrency: Concurrency) -> Session:
        pacing = self._order.pacing
        dispatcher = Dispatcher(self._jobs(), self.ledger, self._admitted, window=max(16, 4 * pacing.concurrency))
        return Session(
            dispatcher=dispatcher,
            ledger=self.ledger,
            concurrency=concurrency,
            price=pacing.price_per_million,
            tries=pacing.tries,
        )

    def _jobs(self) -> Iterator[Job]:
        settings, position = self._order.settings, -1
        while rows := self.ledger.pending(after=position):
            for position, key, draw, _ in rows:  # the last position is where the next page begins
                flow = pair(
                    self._composer.parts(draw),
                    question_attempts=settings.question_attempts,
                    answer_attempts=settings.answer_attempts,
                )
                yield Job(position, key, flow)

    def results(self, problem: Exception | None, stopped: str | None) -> list[Result]:
        """How every planned question stands now."""
        outcomes: dict[str, Outcome] = {}
        for outcome in _chained(self.ledger.records(), self.ledger.rejections()):
            outcomes[outcome.key] = outcome
        outcomes |= self._kept
        failed = {key: (reason, detail) for key, reason, detail in self.ledger.failures()}
        open_because = (
            ("stopped", stopped) if stopped else (type(problem).__name__, str(problem)) if problem else ("", "")
        )
        found = []
        for document in self._documents:
            tracker = CoverageTracker([document], segmentations=self._segmentations)
            ended = []
            for key, draw in self._draws[document.id]:
                made = outcomes.get(key)
                if isinstance(made, Record):
                    tracker.add_record(made)
                    ended.append(Ended(key, draw, made, "answered"))
                elif made is not None:
                    tracker.add_rejection(made)
                    ended.append(Ended(key, draw, made, "rejected", made.reason, made.detail))
                else:
                    status = "failed" if key in failed else "pending"
                    ended.append(Ended(key, draw, None, status, *failed.get(key, open_because)))
            found.append(Result(document, tuple(ended), tracker.to_json()))
        return found


def _chained(records: Iterable[Record], rejections: Iterable[Rejection]) -> Iterator[Outcome]:
    yield from records
    yield from rejections
