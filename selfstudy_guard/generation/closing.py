"""The closing note of a run: what was skipped, rejected and failed, why it stopped, and what to do.

The same in shell and Python.
A run that did all that it was asked for has none. Every line is safe to log: it names reasons and what a provider said,
never the text of a document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from selfstudy_guard.errors import NoReplyError, RunIncompleteWarning
from selfstudy_guard.questions.reasons import meaning
from selfstudy_guard.telling import LOG, warn_user

if TYPE_CHECKING:
    from selfstudy_guard.generation.run import Run
    from selfstudy_guard.records import Rejection

_EXAMPLES = 3
_LOOKED_AT = 10_000
"""Outcomes that are looked into: a run of millions must not make one wait."""


def closing_lines(run: Run) -> list[str]:
    """What the run did not do, why, and what to do about it; nothing where it did all that it was asked for."""
    return [*_skipped(run), *_failed(run), *_rejected(run), *_stopped(run)]


def tell(run: Run) -> None:
    """Warn in Python of what should not go unnoticed; a run that most questions were rejected in counts too.

    Raises:
        NoReplyError: not one call was answered.
    """
    lines = closing_lines(run)
    for line in lines:
        LOG.debug(line)  # it may quote documents
    refuse_silence(run)
    balance = run.balance
    notable = run.skipped or balance.failed or run.stopped_because or 2 * balance.rejected > balance.planned
    if notable and lines:
        warn_user("\n".join(lines), RunIncompleteWarning)


def refuse_silence(run: Run) -> None:
    """A run without one reply is an error.

    Raises:
        NoReplyError: with what the provider said.
    """
    balance = run.balance
    if balance.failed and not (balance.answered or balance.rejected or run.calls):
        lines = [*_failed(run), *_stopped(run)]
        raise NoReplyError("not one call was answered: " + "; ".join(lines))


def _skipped(run: Run) -> Iterator[str]:
    if run.skipped:
        named = "; ".join(str(one) for one in run.skipped[:_EXAMPLES])
        more = f"; and {len(run.skipped) - _EXAMPLES:,} more" if len(run.skipped) > _EXAMPLES else ""
        yield f"not read, {len(run.skipped):,} of the sources: {named}{more}"


def _failed(run: Run) -> Iterator[str]:
    balance = run.balance
    if not balance.failed:
        return
    said = Counter(f"{one.reason}: {one.detail}" for one in islice(run.iter_failures(), _LOOKED_AT))
    named = "; ".join(f"{what} ({count}x)" if count > 1 else what for what, count in said.most_common(_EXAMPLES))
    yield f"failed, {balance.failed:,} of {balance.planned:,} questions: {named}. The same call tries them again"


def _rejected(run: Run) -> Iterator[str]:
    balance = run.balance
    if not balance.rejected:
        return
    seen = list(islice(run.iter_rejections(), _LOOKED_AT))
    reasons = Counter(one.reason for one in seen)
    first: dict[str, Rejection] = {}
    for one in seen:
        first.setdefault(one.reason, one)
    named = "; ".join(_counted(first[reason], count) for reason, count in reasons.most_common(_EXAMPLES))
    more = f"; and {len(reasons) - _EXAMPLES} more reasons" if len(reasons) > _EXAMPLES else ""
    yield f"rejected, {balance.rejected:,} of {balance.planned:,} questions: {named}{more}"
    if not balance.answered and not balance.pending:
        yield "no record passed the checks: try another model, or --prompts small for a small one; docs/questions.md"


def _counted(rejection: Rejection, count: int) -> str:
    """A reason, how often, and what it means; what the check said where there are no words for a person."""
    told = meaning(rejection.reason, rejection.stage) or rejection.detail
    return f"{rejection.reason} {count:,}" + (f" ({told})" if told else "")


def _stopped(run: Run) -> Iterator[str]:
    balance = run.balance
    if run.stopped_because is not None:
        left = f", {balance.pending:,} questions are open" if balance.pending else ""
        yield f"stopped early: {run.stopped_because}{left}. The same call goes on where it stopped"
    elif balance.pending:
        yield f"open, {balance.pending:,} questions. The same call goes on where it stopped"
