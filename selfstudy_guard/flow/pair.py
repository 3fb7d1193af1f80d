"""The question-answer flow: the one place that shows the whole method.

A flow is a generator. It yields what it needs and is sent what it asked for:

* `Request` -> `Reply`: a model call. The driver decides how (sync, async, batch file, replay from the ledger).
* `Admission` -> `Verdict`: is this question new in the run? The run decides, in plan order, so that the same replies
  give the same records however many flows are in flight.

A flow does no I/O and holds no shared state, so one flow serves every host (as httpx does for authentication).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Literal, TypeVar

from selfstudy_guard.flow.checks import LEAK, OBEYED, PairChecks
from selfstudy_guard.flow.draw_flow import DrawFlow
from selfstudy_guard.flow.keys import draw_key
from selfstudy_guard.flow.step import Returned, Yielded, step
from selfstudy_guard.questions import opening_of
from selfstudy_guard.questions.answer_forms import FORM_REASONS
from selfstudy_guard.questions.gaps import GAP
from selfstudy_guard.records import (
    Answer,
    Draw,
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


def pair(
    planned: DrawFlow, *, question_attempts: int = 3, answer_attempts: int = 2, told: str | None = None
) -> Flow[Record | Rejection]:
    """One draw from target to record: ask, check, admit, look at the evidence with the question, answer from it, check.

    Requests of a judge count in the run's usage, not in the record's: their replies are shared between records.

    Args:
        planned: the draw.
        question_attempts, answer_attempts: most requests of each half.
        told: why an earlier try was refused, in words for the model; None where there was none.

    Returns:
        The record, or the rejection with its stage and reason. `created` of the record is left to the ledger.
    """
    draw = planned.draw
    key = draw_key(planned.document_digest, draw)
    asked = yield from ask(
        draw.target,
        planned.checks,
        compose=planned.compose_question,
        attempts=question_attempts,
        last_resort=planned.last_resort,
        guided=planned.guided,
        told=told,
    )
    if asked.question is None:
        return rejection_of(key, draw, "question", asked.verdict, asked.last_try, asked.attempts, asked.usage)
    question = asked.question
    planned = yield from planned.in_view(question.text)
    removed = planned.checks.target_removed()
    if removed is not None:
        return rejection_of(key, draw, "answer", removed, question.text, asked.attempts, asked.usage)
    checks, compose = _answering(planned, question.text)
    answered = yield from answer(
        question.text,
        checks,
        compose,
        attempts=answer_attempts,
        tighter=lambda: _answering(planned.tight(), question.text),
        instead=planned.last_answer,
        known=planned.scaffold.told(question.text),
    )
    usage, attempts = asked.usage + answered.usage, asked.attempts + answered.attempts
    if answered.answer is None:
        return rejection_of(key, draw, "answer", answered.verdict, question.text, attempts, usage)
    return record_of(key, draw, planned.document_digest, question, answered, usage)


def _answering(planned: DrawFlow, question: str) -> tuple[PairChecks, Compose]:
    return planned.checks, lambda attempt, feedback: planned.compose_answer(question, attempt, feedback)


@dataclass(frozen=True, slots=True)
class Asked:
    """How the asking half ended: a question, or the verdict on the last try."""

    question: Question | None
    verdict: Verdict
    last_try: str | None
    attempts: int
    usage: Usage


def ask(
    target: Target,
    checks: PairChecks,
    *,
    compose: Compose,
    attempts: int = 3,
    last_resort: Callable[[], str | None] = lambda: None,
    guided: int | None = None,
    told: str | None = None,
) -> Flow[Asked]:
    """Ask for a question about `target` until one passes the checks and is new.

    Every question in a reply is a candidate; of those that pass, the one that fits the target most clearly is taken.
    The feedback of a failed try is handed to `compose` for the next one.

    Args:
        target: what the question must be about.
        checks: decide about the candidates of a reply (anchor, form, language ...).
        compose: makes the request of an attempt.
        attempts: most requests, at least 1.
        last_resort: makes a question without a model when no attempt gave one; it must pass the same checks.
        guided: attempts after which it is tried already, before those that leave the question to the model; None for
            all of them.
        told: feedback for the first attempt.
    """
    usage = Usage()
    verdict = Verdict(accepted=False, reason="empty", feedback="The reply held no question.")
    last_try: str | None = None
    feedback = told
    made: Question | None = None
    tries = attempts if guided is None else min(guided, attempts)
    for attempt in range(1, attempts + 1):
        if attempt == tries + 1:
            made, passed = yield from _made(target, checks, last_resort(), max(1, tries))
            if made is not None:
                return Asked(made, passed, made.text, max(1, tries), usage)
        request = compose(attempt, feedback)
        reply = yield request
        assert isinstance(reply, Reply)
        usage += reply.usage
        for candidate, verdict in checks.questions(reply):
            last_try = candidate or last_try
            if verdict.accepted and candidate is not None:
                admitted = yield Admission(candidate, target)
                assert isinstance(admitted, Verdict)
                if admitted.accepted:
                    question = Question(text=candidate, attempts=attempt, opening=opening_of(request))
                    return Asked(question, verdict, candidate, attempt, usage)
                verdict = admitted
        feedback = verdict.feedback or None
    if tries == attempts:
        made, passed = yield from _made(target, checks, last_resort(), attempts)
        if made is not None:
            return Asked(made, passed, made.text, attempts, usage)
    return Asked(None, verdict, last_try, attempts, usage)


def _made(target: Target, checks: PairChecks, text: str | None, tries: int) -> Flow[tuple[Question | None, Verdict]]:
    """A question that needed no model, if it passes the checks and is new."""
    if text is None:
        return None, Verdict(accepted=False, reason="empty")
    passed = checks.question(text)
    admitted = (yield Admission(text, target)) if passed.accepted else passed
    assert isinstance(admitted, Verdict)
    return Question(text=text, attempts=tries, origin="gap") if admitted.accepted else None, passed


@dataclass(frozen=True, slots=True)
class Answered:
    """How the answering half ended: an answer, or the verdict on the last try.

    Attributes:
        checks: those that spoke last, with the evidence that the last reply was made from; None where nobody asked.
    """

    answer: Answer | None
    verdict: Verdict
    attempts: int
    usage: Usage
    model: str
    checks: PairChecks
    """Those of the last try, with the evidence that it was answered from."""


def answer(
    question: str,
    checks: PairChecks,
    compose: Compose,
    *,
    attempts: int = 2,
    tighter: Callable[[], tuple[PairChecks, Compose]] | None = None,
    instead: Callable[[str], str | None] = lambda question: None,
    known: str | None = None,
) -> Flow[Answered]:
    """Ask for an answer until one passes the checks.

    An answer without a model costs nothing, so it is tried before a further request; it must pass the same checks.

    An answer that obeyed its document is asked for once more, from no more than the target and its neighbours, even if
    that is one attempt too many; whoever obeys again is refused. Both replies stay in the ledger.

    Args:
        question: the accepted question.
        checks: decide about the answer of a reply (empty, refused, truncated, leak ...), with the evidence in view.
        compose: makes the request of an attempt; the evidence in it was filtered before.
        attempts: most requests.
        tighter: checks and requests with the tight evidence; None where nothing can be asked again.
        instead: makes an answer to the question without a model, or None.
        known: the words of the target that answer the question, where a rule made it to be answered by them: an answer
            that lacks them is believed less than they are.
    """
    usage = Usage()
    verdict = Verdict(accepted=False, reason="empty")
    feedback: str | None = None
    model = ""
    attempt = 0
    while attempt < attempts:
        attempt += 1
        reply = yield compose(attempt, feedback)
        assert isinstance(reply, Reply)
        usage += reply.usage
        model = reply.model
        text, verdict = checks.answer(question, reply)
        if verdict.accepted and known is not None and not _says(text, known, only=GAP in question):
            told, passed = _taken(known, question, checks, model)
            if told is not None:
                return Answered(told.model_copy(update={"attempts": attempt}), passed, attempt, usage, model, checks)
        if verdict.accepted or (attempt == attempts and verdict.reason in FORM_REASONS):
            # A right answer in another form is asked for once more; if it comes again, it is better than none.
            return Answered(Answer(text=text, attempts=attempt), verdict, attempt, usage, model, checks)
        feedback = verdict.feedback or None
        made = instead(question) if verdict.reason not in (OBEYED, LEAK) else None
        if made is not None:
            told, passed = _taken(made, question, checks, model)
            if told is not None:
                return Answered(told.model_copy(update={"attempts": attempt}), passed, attempt, usage, model, checks)
        if verdict.reason in (OBEYED, LEAK):
            if tighter is None:
                if verdict.reason == OBEYED:
                    break
                continue
            (checks, compose), tighter = tighter(), None
            attempts = max(attempts, attempt + 1)
    return Answered(None, verdict, attempt, usage, model, checks)


def _says(text: str, known: str, *, only: bool) -> bool:
    """Whether an answer holds the known words; what belongs in a gap is they alone."""
    said, told = text.casefold().strip(" ."), known.casefold()
    return said == told if only else told in said


def _taken(said: str, question: str, checks: PairChecks, model: str) -> tuple[Answer | None, Verdict]:
    """Words of the evidence as the answer, where they pass the checks; the word of a gap need be no sentence."""
    text, passed = checks.answer(question, Reply(text=said, finish_reason="stop", model=model))
    stands = passed.accepted or passed.reason == "too-short-form"
    return Answer(text=text, origin="sentence") if stands else None, passed


def to_request(
    flow: Flow[T], value: Reply | None, admit: Callable[[Admission], Verdict]
) -> Yielded[Request] | Returned[T]:
    """Run a flow until it asks for a reply, or ends; whether a question is new in the run is told it on the way.

    Args:
        flow: fresh, or waiting for a reply.
        value: the reply; None to a fresh flow.
        admit: decides about questions, for drivers that have no plan order to keep.
    """
    now = step(flow, value)
    while isinstance(now, Yielded):
        if isinstance(now.value, Request):
            return Yielded(now.value)
        now = step(flow, admit(now.value))
    return now


def record_of(
    key: str, draw: Draw, document_digest: str, question: Question, answered: Answered, usage: Usage
) -> Record:
    """The record of an accepted pair; the ledger fills in `created`."""
    assert answered.answer is not None
    checks = answered.checks
    assert checks.evidence is not None
    return Record(
        key=key,
        document_id=draw.target.document_id,
        document_digest=document_digest,
        target=draw.target,
        style=draw.style,
        draw=draw.number,
        question=question,
        answer=answered.answer,
        evidence=checks.evidence,
        footprint=checks.footprint(question.text, answered.answer.text),
        model=answered.model,
        usage=usage,
    )


def rejection_of(
    key: str,
    draw: Draw,
    stage: Literal["question", "answer"],
    verdict: Verdict,
    question: str | None,
    attempts: int,
    usage: Usage,
) -> Rejection:
    """The counterpart of `record_of`: which question failed at which stage, and why."""
    return Rejection(
        key=key,
        target=draw.target,
        style=draw.style,
        draw=draw.number,
        stage=stage,
        reason=verdict.reason or "rejected",
        detail=verdict.feedback,
        question=question,
        attempts=attempts,
        usage=usage,
    )
