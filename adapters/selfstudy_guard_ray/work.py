"""What a worker does with a few documents: the flows of `generate`, many at a time, without Ray and without files."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from selfstudy_guard.engine.drivers import arun
from selfstudy_guard.engine.limits import Concurrency, estimated_tokens
from selfstudy_guard.engine.session import Session
from selfstudy_guard.errors import CompletionError, LimitReached, ProviderError
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.flow.evidence_review import EvidenceReview
from selfstudy_guard.flow.prepared import RememberedFindings
from selfstudy_guard.models import resolve_model
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.records import Document, Reply, Request, Usage
from selfstudy_guard_ray.batch import Batch
from selfstudy_guard_ray.governor import Governor, book
from selfstudy_guard_ray.outcomes import Order, Outcome, Result


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
        self._review = EvidenceReview.wanted(instruction_filter, settings.judge, settings.question_in_view)
        self._completer = _Governed(self, resolve_model(order.model, **order.model_options), governor)
        self._open: dict[int, Session] = {}
        self._spent = Usage()
        # One for all sessions: the slow start is made once, and what one learns of the provider holds for all.
        self._concurrency = Concurrency(order.pacing.concurrency)

    @property
    def used(self) -> Usage:
        """All that this worker used since it began."""
        return sum((session.ledger.usage for session in self._open.values()), self._spent)

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
        batch = await asyncio.to_thread(Batch, self._order, documents, before, self._finds, self._review)
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
                    self._spent += session.ledger.usage
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
        self._gate = asyncio.Semaphore(most)
        self._name = uuid.uuid4().hex
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="selfstudy-guard")

    async def acomplete(self, request: Request) -> Reply:
        async with self._gate:
            used = self._worker.used
            delay, stop = await book(self._governor, estimated_tokens(request), used, self._name)
            if stop is not None:
                self._worker.stop(stop)
            if self._worker.stopped is not None:
                # Retryable, in a session that is stopped: the draw stays open.
                raise ProviderError(self._worker.stopped)
            if delay > 0:
                await asyncio.sleep(delay)
            if isinstance(self._inner, AsyncCompleter):
                return await self._inner.acomplete(request)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._inner.complete, request)
