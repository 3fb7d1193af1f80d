"""Who rates the pairs of a run: its own model, or another one that is asked for nothing else."""

from __future__ import annotations

import asyncio

from selfstudy_guard.flow.rated import Rates
from selfstudy_guard.models import model_name
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.questions.model_size import is_local
from selfstudy_guard.records import Reply, Request
from selfstudy_guard.settings import Settings


def rates_of(settings: Settings) -> Rates | None:
    """How the settings of a run want its pairs rated; None where they do not."""
    if settings.rate is None:
        return None
    return Rates(settings.rate, settings.min_score, structured=is_local(settings.rate), seed=settings.seed)


class WithRater:
    """A completer that hands requests for ratings to another one, and all else to the run's own.

    Args:
        own: the run's model.
        rater: the model that rates.
    """

    def __init__(self, own: Completer | AsyncCompleter, rater: Completer | AsyncCompleter) -> None:
        self._own = own
        self._rater = rater
        self.model: str = model_name(own)
        limits = [getattr(one, "max_concurrency", None) for one in (own, rater)]
        self.max_concurrency: int | None = min((limit for limit in limits if limit), default=None)

    def complete(self, request: Request) -> Reply:
        """The reply of whom the request is for."""
        one = self._rater if request.purpose == "rate" else self._own
        if isinstance(one, Completer):
            return one.complete(request)
        return asyncio.run(one.acomplete(request))

    async def acomplete(self, request: Request) -> Reply:
        """The same for running event loops."""
        one = self._rater if request.purpose == "rate" else self._own
        if isinstance(one, AsyncCompleter):
            return await one.acomplete(request)
        return await asyncio.to_thread(one.complete, request)
