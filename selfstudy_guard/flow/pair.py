"""The question-answer flow: the one place that shows the whole method.

A flow is a generator. It yields what it needs and is sent what it asked for:

* `Request` -> `Reply`: a model call. The driver decides how (sync, async, batch file, replay from the ledger).
* `Admission` -> `Verdict`: is this question new in the run? The run decides, in plan order, so that the same replies
  give the same records however many flows are in flight.

A flow does no I/O and holds no shared state, so one flow serves every host (as httpx does for authentication).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from selfstudy_guard.questions import opening_of, parse_answer, parse_question
from selfstudy_guard.records import (
    Answer,
    Draw,
    Evidence,
    Footprint,
    Question,
    Record,
    Rejection,
    Reply,
    Request,
    Target,
    Usage,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Admission:
    """Asks the run whether `question` is new; answered with a `Verdict`."""

    question: str
    target: Target


T = TypeVar("T")
Flow = Generator["Request | Admission", "Reply | Verdict", T]

Compose = Callable[[int, str | None], Request]
"""(attempt from 1, feedback of the failed attempt before or None) -> the request of this attempt."""
CheckQuestion = Callable[[str], Verdict]
CheckAnswer = Callable[[str, Reply], Verdict]


@dataclass(frozen=True, slots=True)
class Asked:
    """How the asking half ended: a question, or the verdict on the last try."""

    question: Question | None
    verdict: Verdict
    last_try: str | None
    attempts: int
    usage: Usage


@dataclass(frozen=True, slots=True)
class Answered:
    """How the answering half ended: an answer, or the verdict on the last try."""

    answer: Answer | None
    verdict: Verdict
    attempts: int
    usage: Usage
    model: str


def ask(
    target: Target,
    *,
    compose: Compose,
    check: CheckQuestion,
    attempts: int = 3,
    last_resort: Callable[[], str | None] | None = None,
) -> Flow[Asked]:
    """Ask for a question about `target` until one passes the checks and is new.

    Every question in a reply is a candidate; of those that pass, the one that fits the target most clearly is taken.
    The feedback of a failed try is handed to `compose` for the next one.

    Args:
        target: what the question must be about.
        compose: makes the request of an attempt.
        check: decides about one candidate (anchor, form, language ...).
        attempts: most requests, at least 1.
        last_resort: makes a question without a model when no attempt gave one; it must pass the same checks.
    """
    usage = Usage()
    verdict = Verdict(accepted=False, reason="empty", feedback="The reply held no question.")
    last_try: str | None = None
    feedback: str | None = None
    for attempt in range(1, attempts + 1):
        request = compose(attempt, feedback)
        reply = yield request
        assert isinstance(reply, Reply)
        usage += reply.usage
        candidates = parse_question(reply.text) if reply.oversize is None else []
        if not candidates:
            verdict = _empty_question(reply)
        for candidate, verdict in _best_first(candidates, check):
            last_try = candidate
            if verdict.accepted:
                admitted = yield Admission(candidate, target)
                assert isinstance(admitted, Verdict)
                if admitted.accepted:
                    question = Question(text=candidate, attempts=attempt, opening=opening_of(request))
                    return Asked(question, verdict, candidate, attempt, usage)
                verdict = admitted
        feedback = verdict.feedback or None
    made = last_resort() if last_resort is not None else None
    if made is not None:
        passed = check(made)
        admitted = (yield Admission(made, target)) if passed.accepted else passed
        assert isinstance(admitted, Verdict)
        if admitted.accepted:
            question = Question(text=made, attempts=attempts, origin="gap")
            return Asked(question, passed, made, attempts, usage)
    return Asked(None, verdict, last_try, attempts, usage)


def _best_first(candidates: Sequence[str], check: CheckQuestion) -> list[tuple[str, Verdict]]:
    """Candidates with their verdicts: those that pass come first, by the margin of their attribution."""
    checked = [(candidate, check(candidate)) for candidate in candidates]
    margins = [verdict.footprint.margin if verdict.footprint else 0.0 for _, verdict in checked]
    order = sorted(range(len(checked)), key=lambda i: (not checked[i][1].accepted, -margins[i], i))
    return [checked[i] for i in order]


def answer(*, compose: Compose, check: CheckAnswer, attempts: int = 2) -> Flow[Answered]:
    """Ask for an answer until one passes the checks.

    Args:
        compose: makes the request of an attempt; the evidence in it was filtered before.
        check: decides about the parsed answer and its raw reply (empty, refused, truncated, leak ...).
        attempts: most requests, at least 1.
    """
    usage = Usage()
    verdict = Verdict(accepted=False, reason="empty")
    feedback: str | None = None
    model = ""
    for attempt in range(1, attempts + 1):
        reply = yield compose(attempt, feedback)
        assert isinstance(reply, Reply)
        usage += reply.usage
        model = reply.model
        text = parse_answer(reply.text)
        verdict = check(text, reply) if reply.oversize is None else _oversized(reply, "Answer in a few sentences.")
        if verdict.accepted:
            return Answered(Answer(text=text, attempts=attempt), verdict, attempt, usage, model)
        feedback = verdict.feedback or None
    return Answered(None, verdict, attempts, usage, model)


@dataclass(frozen=True, slots=True)
class PairParts:
    """What one draw's flow is made of; `generate` and the guard fill it differently.

    Attributes:
        draw: the planned question.
        document_digest: SHA-256 of the document, hex.
        evidence: what the answering model is shown, already filtered.
        compose_question, check_question: the asking half.
        compose_answer, check_answer: the answering half; both are given the accepted question.
        footprint: attribution of the finished pair, which does not know the target.
        last_resort: a question made without a model, or None.
        in_view: given the accepted question, the parts to answer it with, where the question (or a judge that is shown
            it) may change the evidence; a verdict instead, if the target is gone from it. None where nothing changes.
    """

    draw: Draw
    document_digest: str
    evidence: Evidence
    compose_question: Compose
    check_question: CheckQuestion
    compose_answer: Callable[[str, int, str | None], Request]
    check_answer: Callable[[str, str, Reply], Verdict]
    footprint: Callable[[str, str], Footprint]
    last_resort: Callable[[], str | None] | None = None
    in_view: Callable[[str], Generator[Request, Reply, PairParts | Verdict]] | None = None


def pair(parts: PairParts, *, question_attempts: int = 3, answer_attempts: int = 2) -> Flow[Record | Rejection]:
    """One draw from target to record: ask, check, admit, look at the evidence with the question, answer from it, check.

    Requests of a judge count in the run's usage, not in the record's: their replies are shared between records.

    Returns:
        The record, or the rejection with its stage and reason. `created` of the record is left to the ledger.
    """
    draw = parts.draw
    key = draw_key(parts.document_digest, draw)
    asked = yield from ask(
        draw.target,
        compose=parts.compose_question,
        check=parts.check_question,
        attempts=question_attempts,
        last_resort=parts.last_resort,
    )
    if asked.question is None:
        return _rejection(parts, key, "question", asked.verdict, asked.last_try, asked.attempts, asked.usage)
    question = asked.question
    if parts.in_view is not None:
        seen = yield from _only_requests(parts.in_view(question.text))
        if isinstance(seen, Verdict):
            return _rejection(parts, key, "answer", seen, question.text, asked.attempts, asked.usage)
        parts = seen
    answered = yield from answer(
        compose=lambda attempt, feedback: parts.compose_answer(question.text, attempt, feedback),
        check=lambda text, reply: parts.check_answer(question.text, text, reply),
        attempts=answer_attempts,
    )
    usage = asked.usage + answered.usage
    if answered.answer is None:
        attempts = asked.attempts + answered.attempts
        return _rejection(parts, key, "answer", answered.verdict, question.text, attempts, usage)
    return Record(
        key=key,
        document_id=draw.target.document_id,
        document_digest=parts.document_digest,
        target=draw.target,
        style=draw.style,
        draw=draw.number,
        question=question,
        answer=answered.answer,
        evidence=parts.evidence,
        footprint=parts.footprint(question.text, answered.answer.text),
        model=answered.model,
        usage=usage,
    )


def _only_requests(inner: Generator[Request, Reply, T]) -> Flow[T]:
    """A flow that asks nothing but a model, as one of those that may also ask the run."""
    value: Reply | None = None
    while True:
        try:
            request = inner.send(value)  # type: ignore[arg-type]  # a fresh generator is sent None
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        sent = yield request
        assert isinstance(sent, Reply)
        value = sent


def draw_key(document_digest: str, draw: Draw) -> str:
    """Idempotency key of a draw: 32 hex digits of BLAKE2b over document digest, spans, style and number."""
    spans = [(target.document_id, target.start, target.end) for target in draw.target.also]
    text = repr((document_digest, draw.target.start, draw.target.end, spans, draw.style, draw.number))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def request_key(key: str, purpose: str, attempt: int) -> str:
    """Idempotency key of one request of a draw."""
    return f"{key}:{purpose}:{attempt}"


def _oversized(reply: Reply, wanted: str) -> Verdict:
    """The verdict on a reply of which only the head was kept; what its head says is not trusted."""
    characters = reply.oversize.characters if reply.oversize else len(reply.text)
    feedback = f"The reply had {characters:,} characters. {wanted}"
    return Verdict(accepted=False, reason="oversized", feedback=feedback)


def _empty_question(reply: Reply) -> Verdict:
    if reply.oversize is not None:
        return _oversized(reply, "Write one short question only.")
    if reply.finish_reason == "length":
        return Verdict(
            accepted=False, reason="truncated", feedback="The reply was cut off. Write one short question only."
        )
    if reply.finish_reason == "content_filter":
        return Verdict(accepted=False, reason="content-filter", feedback="")
    return Verdict(accepted=False, reason="empty", feedback="The reply held no question. Write exactly one question.")


def _rejection(
    parts: PairParts,
    key: str,
    stage: Literal["question", "answer"],
    verdict: Verdict,
    question: str | None,
    attempts: int,
    usage: Usage,
) -> Rejection:
    return Rejection(
        key=key,
        target=parts.draw.target,
        style=parts.draw.style,
        draw=parts.draw.number,
        stage=stage,
        reason=verdict.reason or "rejected",
        detail=verdict.feedback,
        question=question,
        attempts=attempts,
        usage=usage,
    )
