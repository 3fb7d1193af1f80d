"""Drives a run through a provider's batch interface: flows pause at their request, files go out, replies come back.

Batches cost about half the price of single calls and take minutes to hours, so everything survives the process: which
requests are out stands in the ledger, and a run that is started again first collects what came back meanwhile.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from selfstudy_guard.engine.scheduler import Send
from selfstudy_guard.engine.session import Session
from selfstudy_guard.errors import CompletionError, ProviderError, SelfStudyGuardError
from selfstudy_guard.ledger.sent import SentBatches
from selfstudy_guard.records import Reply, Request


@dataclass(frozen=True, slots=True)
class BatchState:
    """How a batch stands.

    Attributes:
        status: "running", "ended" (results can be read, also if it expired half done), or "failed" (nothing came).
        detail: the provider's own word, for people.
        done, total: requests, where the provider counts them.
    """

    status: Literal["running", "ended", "failed"]
    detail: str = ""
    done: int | None = None
    total: int | None = None


class BatchProvider(Protocol):
    """A provider's batch interface; an adapter implements it. Foreign errors are raised as `CompletionError`."""

    def submit(self, name: str, requests: Sequence[Request]) -> str:
        """Send one batch, marked with `name` (`selfstudy-guard-COUNTxHEX`); returns its id."""
        ...

    def find(self, name: str) -> str | None:
        """The id of the batch that was marked with `name`, if it arrived.

        It may be a guess where the mark cannot be read before the batch has ended. A wrong guess shows when none of
        the results is of our requests; then this is asked again.
        """
        ...

    def poll(self, batch_id: str) -> BatchState:
        """How a batch stands."""
        ...

    def results(self, batch_id: str) -> Iterator[tuple[str, Reply | CompletionError]]:
        """(request key, reply or error) of every request that ended."""
        ...


@dataclass(eq=False)
class _Out:
    """A batch that is out: its requests that this process waits for, by key, and how often its results broke off."""

    name: str
    batch_id: str
    keys: set[str]
    broken: int = 0


def run_batches(session: Session, provider: BatchProvider, sent: SentBatches, *, every: float = 30.0) -> None:
    """Drive the session to its end with batches.

    Args:
        session: as for the other drivers; its concurrency is the most requests that are out.
        provider: the batch interface.
        sent: where the batches that are out stand (the ledger).
        every: seconds between two polls of the same batch.

    Raises:
        CompletionError: an error that every request would meet.
        LimitReached, LedgerError: as the session and the ledger say.
    """
    waiting: dict[str, Send] = {}
    out = _recovered(session, provider, sent)
    try:
        while True:
            waiting |= {send.request.key: send for send in _collected(session)}
            flying = {key for batch in out for key in batch.keys}
            sends = [send for key, send in waiting.items() if key not in flying]
            if sends and session.stopped_because is None:
                out.append(_submit(session, provider, sent, sends))
            if not out:
                return
            if session.stop.is_set():
                session.stopped_because = session.stopped_because or "interrupted"
                return
            ended = [batch for batch in out if _ended(provider, sent, batch)]
            done = [batch for batch in ended if _taken_in(session, provider, sent, batch, waiting)]
            out = [batch for batch in out if batch not in done]
            if not done:
                session.stop.wait(every)
    except BaseException:
        session.stop.set()
        raise
    finally:
        session.close()


def _recovered(session: Session, provider: BatchProvider, sent: SentBatches) -> list[_Out]:
    """Batches that an earlier process sent; one that died between sending and writing the id is looked up by name."""
    found = []
    for name, batch_id, keys in sent.batches():
        known = batch_id or provider.find(name)
        if known is None:
            sent.close_batch(name)
            continue
        if batch_id is None:
            sent.name_batch(name, known)
        found.append(_Out(name, known, set(keys)))
    if found:
        session.notify(f"going on with {len(found)} batches that were sent before")
    return found


def _collected(session: Session) -> list[Send]:
    """Every request that may go out now; all that came back is worked on first. Batches do not wait for each other."""
    fresh: list[Send] = []
    while (sends := session.next_actions()) or session.due:
        fresh += sends
    return fresh


def _submit(session: Session, provider: BatchProvider, sent: SentBatches, sends: Sequence[Send]) -> _Out:
    name = f"selfstudy-guard-{len(sends)}x{uuid.uuid4().hex}"
    keys = [send.request.key for send in sends]
    # The intent is durable before the batch is sent, so that a crash between the two never pays twice.
    sent.open_batch(name, [(send.request.key, send.job.key, send.request.purpose) for send in sends])
    try:
        batch_id = provider.submit(name, [send.request for send in sends])
    except SelfStudyGuardError as error:
        # After a failure in passing it may have arrived all the same: the next start looks for it by its name.
        if not getattr(error, "retryable", False):
            sent.close_batch(name)
        raise
    sent.name_batch(name, batch_id)
    session.notify(f"sent a batch of {len(sends)} requests ({batch_id})")
    return _Out(name, batch_id, set(keys))


def _ended(provider: BatchProvider, sent: SentBatches, batch: _Out) -> bool:
    try:
        state = provider.poll(batch.batch_id)
    except CompletionError as error:
        if error.fatal or not error.retryable:
            raise
        return False
    if state.status == "failed":
        sent.close_batch(batch.name)
        raise ProviderError(f"the batch {batch.batch_id} failed: {state.detail or 'no reason given'}", retryable=False)
    return state.status == "ended"


def _taken_in(
    session: Session, provider: BatchProvider, sent: SentBatches, batch: _Out, waiting: dict[str, Send]
) -> bool:
    """Write every result of a batch, then hand it to the requests that wait for it.

    Returns:
        Whether the batch is done with. It is not where its results broke off in passing (what was read is kept), or
        where it turned out to be another one than ours.
    """
    owners = sent.batch_owners(batch.name)
    try:
        outcomes = _read(session, provider, batch, owners)
        other = None if outcomes else provider.find(batch.name)
    except CompletionError as error:
        batch.broken += 1
        if error.fatal or not error.retryable or batch.broken >= session.retries.tries:
            raise
        return False
    if other not in (None, batch.batch_id):
        batch.batch_id = str(other)
        sent.name_batch(batch.name, batch.batch_id)
        return False
    sent.close_batch(batch.name)
    for key in [key for key in owners if key in waiting]:
        missing = ProviderError("the batch ended without a result of this request")
        session.returned(waiting.pop(key), outcomes.get(key, missing))
    return True


def _read(
    session: Session, provider: BatchProvider, batch: _Out, owners: Mapping[str, tuple[str, str]]
) -> dict[str, Reply | CompletionError]:
    outcomes: dict[str, Reply | CompletionError] = {}
    for key, outcome in provider.results(batch.batch_id):
        if key not in owners or isinstance(outcomes.get(key), Reply):
            continue  # somebody else's, or the second result of one request: what was kept first stays
        if isinstance(outcome, Reply):
            draw_key, purpose = owners[key]
            outcome = session.keep(key, draw_key, purpose, outcome)
        outcomes[key] = outcome
    return outcomes
