"""A flow whose record is rated before it is kept; a rating below the user's least makes a rejection of it."""

from __future__ import annotations

from dataclasses import dataclass

from selfstudy_guard.flow.pair import Flow, rejection_of
from selfstudy_guard.questions.rating import parse_rating, rating_request
from selfstudy_guard.records import Record, Rejection, Reply, Verdict

LOW = "low-rating"
"""Reason of a pair that was rated below the least that the user set, or not rated where there is one."""


@dataclass(frozen=True)
class Rates:
    """Who rates, and what a pair needs.

    Attributes:
        rater: name of the model that rates.
        least: score (0 to 1) that a pair needs; None keeps every pair.
        structured: whether the rater follows a JSON schema (local models do).
        seed: the run's seed.
    """

    rater: str
    least: float | None = None
    structured: bool = False
    seed: int = 0


def rated(flow: Flow[Record | Rejection], rates: Rates) -> Flow[Record | Rejection]:
    """`flow`, and then the rating of its record, unless it has one. The cost is counted in the record's usage."""
    outcome = yield from flow
    if isinstance(outcome, Rejection):
        return outcome
    found, usage = outcome.rating, outcome.usage
    if found is None:
        reply = yield rating_request(outcome, seed=rates.seed, structured=rates.structured)
        assert isinstance(reply, Reply)
        found, usage = parse_rating(reply.text, rates.rater), usage + reply.usage
    if rates.least is not None and (found is None or found.score < rates.least):
        said = "it could not be rated" if found is None else f"it was rated {found.score:.2f}"
        verdict = Verdict(accepted=False, reason=LOW, feedback=f"{said}, and {rates.least:.2f} is the least.")
        attempts = outcome.question.attempts + outcome.answer.attempts
        draw_key, draw = outcome.key, outcome.as_draw()
        return rejection_of(draw_key, draw, "answer", verdict, outcome.question.text, attempts, usage)
    return outcome.model_copy(update={"rating": found, "usage": usage})
