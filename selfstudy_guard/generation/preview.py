"""What `generate` would do, without calling a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Unpack

from selfstudy_guard.documents import Skipped
from selfstudy_guard.engine.limits import prompt_tokens
from selfstudy_guard.flow.draw_flow import DrawFlow
from selfstudy_guard.flow.step import Yielded, step
from selfstudy_guard.generation.given_documents import Documents
from selfstudy_guard.generation.options import GenerateOptions, checked_options, with_options
from selfstudy_guard.generation.parts import run_parts
from selfstudy_guard.records import Draw, Reply, Request


@dataclass(frozen=True)
class Plan:
    """What `generate` would do.

    Attributes:
        documents: number of documents.
        targets, eligible: number of targets, and of those that may be asked about.
        reasons: why the others may not, with counts.
        questions: planned questions.
        calls: expected model calls (two a question, those of questions that are asked again, and those of a judge).
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
"""Calls a question that a plan expects: a question, an answer, and 0.4 for what is asked again."""
_CALLS_OF_SMALL = 3.1
"""The same for models that need the prompts for small ones: 3.1 on the example pages with the built-in model."""


@with_options
def plan(
    documents: Documents,
    *,
    model: Any = None,
    n: int | None = None,
    seed: int = 0,
    **options: Unpack[GenerateOptions],
) -> Plan:
    """What `generate` would do with the same arguments, without calling a model.

    Raises:
        InputError: as `generate`.
    """
    checked = checked_options(options, model=model, n=n, out=None, seed=seed, asks=False)
    each = EXPECTED_CALLS if checked.prompts.name == "large" else _CALLS_OF_SMALL
    parts = run_parts(documents, checked)
    parts.plan(n)
    ledger, flows = parts.ledger, parts.flows
    questions = ledger.balance().planned
    places = sorted({place * questions // 50 for place in range(50)})
    sample = [draw for place in places for _, _, draw, _ in ledger.pending(after=place, limit=1)]
    tokens = 0.0
    judged: dict[str, int] = {}
    for draw in sample:
        flow, asked = _in_view(flows.of(draw))
        for request in asked:
            judged[request.key] = prompt_tokens(request) + 4
        for request in (flow.compose_question(1, None), flow.compose_answer("?" * 80, 1, None)):
            tokens += prompt_tokens(request) + (request.max_tokens or 256) / 2
    cut, targets, eligible = ledger.count_pieces()
    first = [flows.of(draw).draw for _, _, draw, _ in ledger.pending(limit=20)]
    found = Plan(
        documents=cut,
        targets=targets,
        eligible=eligible,
        reasons=ledger.reasons(),
        questions=questions,
        calls=round(questions * (each + len(judged) / max(1, len(sample)))),
        tokens=round((tokens * each / 2 + sum(judged.values())) / max(1, len(sample)) * questions),
        draws=tuple(first),
        skipped=tuple(parts.account.skipped),
    )
    ledger.close()
    return found


def _in_view(flow: DrawFlow) -> tuple[DrawFlow, list[Request]]:
    """A draw with its evidence, and what a judge would be asked about it; its question is not known yet."""
    asked: list[Request] = []
    looking = flow.in_view("?")
    now = step(looking)
    while isinstance(now, Yielded):
        asked.append(now.value)
        now = step(looking, Reply(text=""))
    return now.value, asked
