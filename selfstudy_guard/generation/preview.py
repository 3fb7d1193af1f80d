"""What `generate` would do, without calling a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Unpack

from selfstudy_guard.documents import Skipped
from selfstudy_guard.engine.limits import prompt_tokens
from selfstudy_guard.flow.draw_flow import DrawFlow, DrawFlows
from selfstudy_guard.flow.several_targets import PAGE, Planned, seats_of
from selfstudy_guard.flow.step import Yielded, step
from selfstudy_guard.generation.given_documents import Documents
from selfstudy_guard.generation.options import GenerateOptions, RunOptions, checked_options, with_options
from selfstudy_guard.generation.parts import run_parts
from selfstudy_guard.questions.rating import together_request
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
_CALLS_OF_SMALL = 2.6
"""The same for models that need the prompts for small ones."""
_GUIDED = 1.5
_ANSWERS = 1.2
"""The same for prompts that make a gap question before the model is asked without an opening: requests for a question
where there is an opening (there is none otherwise), and for an answer. Four runs of the built-in model on four corpora
took 1.8 to 2.1 calls a question and tokens within 15 % of what this expects."""
_LEFT_OVER = 0.2
"""The same for what a request for several pairs leaves over: 0.13 to 0.32 a pair with models of 0.5 and 1.5 billion
parameters."""
_PAIR = 30
"""Tokens of one pair in the reply to a request for several."""


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
    parts = run_parts(documents, checked)
    parts.plan(n)
    ledger, flows = parts.ledger, parts.flows
    questions = ledger.balance().planned
    expected = _Expected(flows, checked)
    if checked.settings.per_call > 1 or flows.pairs_at_once:
        for page in sorted({page * questions // PAGE // 3 for page in range(3)}):
            expected.add_page([(key, draw) for _, key, draw, _ in ledger.page(page * PAGE, PAGE)])
    else:
        for place in sorted({place * questions // 50 for place in range(50)}):
            for _, _, draw, _ in ledger.pending(after=place, limit=1):
                expected.add(draw)
    cut, targets, eligible = ledger.count_pieces()
    first = [flows.of(draw).draw for _, _, draw, _ in ledger.pending(limit=20)]
    found = Plan(
        documents=cut,
        targets=targets,
        eligible=eligible,
        reasons=ledger.reasons(),
        questions=questions,
        calls=round(questions * expected.calls / max(1, expected.questions)),
        tokens=round(questions * expected.tokens / max(1, expected.questions)),
        draws=tuple(first),
        skipped=tuple(parts.account.skipped),
    )
    ledger.close()
    return found


@dataclass
class _Expected:
    """Calls and tokens that a sample of the plan is expected to take.

    Attributes:
        flows: makes the flow of a draw.
        options: of the run.
        questions, calls, tokens: what was added so far.
    """

    flows: DrawFlows
    options: RunOptions
    questions: int = 0
    calls: float = 0.0
    tokens: float = 0.0
    _judged: set[str] = field(default_factory=set)

    def add_page(self, page: Sequence[Planned]) -> None:
        """The draws of a page of the plan, of which neighbours ask together."""
        seats = seats_of(page, self.flows, self.options.settings.per_call)
        for key, draw in page:
            if key not in seats:
                self.add(draw)
                continue
            group, place = seats[key]
            if place == 0:
                count = len(group.planned)
                self._ask(group.request(range(count), 1), 1.0, reply=count * _PAIR)
                self._rate(draw, count)
                self.questions += count
                self._one(draw, count * _LEFT_OVER / 2, count * _LEFT_OVER / 2)

    def add(self, draw: Draw) -> None:
        """One draw that is asked about alone."""
        self.questions += 1
        flow = self.flows.of(draw)
        calls = EXPECTED_CALLS if self.options.prompts.name == "large" else _CALLS_OF_SMALL
        if flow.guided is None:
            self._one(draw, calls / 2, calls / 2)
        elif flow.guided:
            self._one(draw, _GUIDED, _ANSWERS)
        else:
            self._one(draw, calls / 2 if flow.last_resort() is None else 0.0, _ANSWERS)
        self._rate(draw, 1)

    def _one(self, draw: Draw, asked: float, answered: float) -> None:
        """So many requests for a question and for an answer; and what a judge is asked meanwhile."""
        flow, judged = _in_view(self.flows.of(draw))
        for request in judged:
            if request.key not in self._judged:  # one reply serves all questions near the passage
                self._judged.add(request.key)
                self._ask(request, 1.0, reply=4)
        self._ask(flow.compose_question(1, None), asked)
        self._ask(flow.compose_answer("?" * 80, 1, None), answered)

    def _rate(self, draw: Draw, count: int) -> None:
        if self.options.settings.rate is not None:
            self._ask(together_request([(draw.target.text, "?" * 80, "?" * 40)] * count, ""), 1.0, reply=30 * count)

    def _ask(self, request: Request, times: float, *, reply: float | None = None) -> None:
        """A request, sent so many times; half of the longest reply is expected where nothing better is known."""
        received = (request.max_tokens or 256) / 2 if reply is None else reply
        self.calls += times
        self.tokens += times * (prompt_tokens(request) + received)


def _in_view(flow: DrawFlow) -> tuple[DrawFlow, list[Request]]:
    """A draw with its evidence, and what a judge would be asked about it; its question is not known yet."""
    asked: list[Request] = []
    looking = flow.in_view("?")
    now = step(looking)
    while isinstance(now, Yielded):
        asked.append(now.value)
        now = step(looking, Reply(text=""))
    return now.value, asked
