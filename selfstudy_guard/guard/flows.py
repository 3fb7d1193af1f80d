"""What a guarded call does, written once: generators that yield arguments, are sent responses and return one.

`driving` runs them around sync and async callables. They do no I/O of their own; the exact response object of the
wrapped call is what comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import regex

from selfstudy_guard.flow.pair import Admission, Flow, answer, ask
from selfstudy_guard.flow.pair import Answered as AnsweredOutcome
from selfstudy_guard.flow.pair import Asked as AskedOutcome
from selfstudy_guard.guard.arguments import Arguments, Path, text_slots, with_addition
from selfstudy_guard.guard.call_review import Consult, judged
from selfstudy_guard.guard.call_rules import Rules, is_taken
from selfstudy_guard.guard.pending import OpenDraw
from selfstudy_guard.guard.responses import is_stream, read_reply
from selfstudy_guard.guard.rewriting import Sighting, Treated, chunks, look
from selfstudy_guard.guard.streams import GuardedStream
from selfstudy_guard.questions import anchor_text, check_anchor, check_answer, check_question, parse_question
from selfstudy_guard.records import Evidence, Message, Question, Reply, Request, Target, Verdict

Behaviour = Generator["Arguments | Consult", Any, Any]
"""Yields the arguments of a call, is sent its response (or thrown its error), returns the response to hand back; a
`Consult` is sent its reply."""

GIVEN = "given"
"""Style of records whose question the script brought along, instead of asking for it through the guard."""

_OWN_BUSINESS = frozenset(("unanswerable", "refused", "echo", "empty"))
"""Verdicts on answers to questions that the script brought along, which the script has to judge itself."""


def asking(rules: Rules, arguments: Arguments, style: str) -> Behaviour:
    """A call that asks for one question: anchored to the chunk's least covered target, checked, asked again."""
    sightings = rules.sighted(arguments, "asking")
    if not sightings:
        return (yield arguments)
    treated = rules.treated(arguments, sightings, asking=True)
    drawn = rules.drawn(sightings, 1, style)
    if not drawn:
        return (yield treated.arguments)
    one = drawn[0]
    prepared = rules.book.prepared(one.target.document_id)
    anchor = anchor_text(one.target)

    def compose(attempt: int, feedback: str | None) -> Request:
        return addition("question", anchor, feedback)

    def check(candidate: str) -> Verdict:
        context = _evidence_of(one.target, sightings, treated).text
        return check_question(candidate, one.target, prepared.index, style=style, context=context)

    def flow(attempts: int) -> Flow[AskedOutcome]:
        return ask(one.target, compose=compose, check=check, attempts=attempts)

    def finish(outcome: AskedOutcome, reply: Reply) -> None:
        rejection = rules.book.asked(one, outcome)
        if rejection is not None:
            _tell_rejected(rules, "question", rejection.reason)
        elif reply.text.count("?") > 1 and len(parse_question(reply.text)) > 1:
            rules.notebook.tell_once(
                "several", "a reply held several questions, of which one was recorded: guard.generating() records all"
            )

    attempts = 1 if (arguments.kwargs or {}).get("stream") else rules.question_attempts
    call = _Call(rules, treated.arguments, _chunk_path(sightings), one, "question", one.draw.number)
    return (yield from call.run(flow, finish, attempts))


def answering(rules: Rules, arguments: Arguments) -> Behaviour:
    """A call that asks for an answer: the document part is filtered first, the reply checked and recorded."""
    sightings = rules.sighted(arguments, "answering")
    if not sightings:
        return (yield arguments)
    ids = [sighting.located.document_id for sighting in sightings]
    texts = [slot.text for slot in text_slots(arguments)]
    one = rules.book.waiting.take(texts, ids)
    given = None if one is not None else question_in(arguments, sightings)
    question = one.question.text if one is not None and one.question is not None else given or ""
    treated = (yield from judged(rules, arguments, sightings, question or None, one=one)).treated
    evidence = _evidence_of(one.target if one else None, sightings, treated)
    gone = one is not None and rules.scrutiny is not None and is_taken(one.target, evidence.findings, rules.mode)
    index = rules.book.prepared(evidence.document_id).index

    def compose(attempt: int, feedback: str | None) -> Request:
        return addition("answer", "", feedback)

    def check(text: str, reply: Reply) -> Verdict:
        if gone:
            feedback = "With the question in view, the passage that it is about was taken out as an instruction."
            return Verdict(accepted=False, reason="target-removed", feedback=feedback)
        verdict = check_answer(reply, question, evidence, text=text)
        if one is None:
            return verdict if verdict.reason not in _OWN_BUSINESS else Verdict(accepted=True)
        if not verdict.accepted:
            return verdict
        anchored = check_anchor(question, one.target, index, answer=text)
        if anchored.accepted:
            return anchored
        feedback = "The answer draws on another part of the text than the question: answer exactly what is asked."
        return Verdict(accepted=False, reason=f"answer-{anchored.reason}", feedback=feedback)

    def flow(attempts: int) -> Flow[AnsweredOutcome]:
        return answer(compose=compose, check=check, attempts=attempts)

    def finish(outcome: AnsweredOutcome, reply: Reply) -> None:
        open_draw = one if one is not None else _adopted(rules, given, outcome, sightings, evidence)
        if open_draw is None:
            rules.notebook.count("without_question")
            rules.notebook.tell_once(
                "question",
                "no question could be read in an answer call: it was filtered, but its answer is not recorded. Ask "
                "through guard.asking(), or end the message with the question.",
            )
            return
        text = outcome.answer.text if outcome.answer else ""
        result = rules.book.answered(open_draw, outcome, evidence, index.attribute(question, text))
        reason = getattr(result, "reason", None)
        if reason is not None:
            _tell_rejected(rules, "answer", reason)

    attempts = 1 if gone or (arguments.kwargs or {}).get("stream") else rules.answer_attempts
    call = _Call(rules, treated.arguments, _chunk_path(sightings), one, "answer", 0)
    return (yield from call.run(flow, finish, attempts))


def filtering(rules: Rules, arguments: Arguments) -> Behaviour:
    """A call whose document part is filtered, and nothing else: not anchored, not checked, not recorded."""
    sightings = rules.sighted(arguments, "filtering")
    if not sightings:
        return (yield arguments)
    found = yield from judged(rules, arguments, sightings, question_in(arguments, sightings))
    return (yield found.treated.arguments)


def guarding(rules: Rules, arguments: Arguments, style: str) -> Behaviour:
    """A call of either kind: an answer call if it holds a question, a question call if it asks for one.

    It is an answer call if it holds a question that was asked through the guard, or if the user's own words end in a
    question that does not itself ask for questions; else it is a question call.
    """
    sightings = look(rules.index, arguments)
    ids = [sighting.located.document_id for sighting in sightings]
    texts = [slot.text for slot in text_slots(arguments)]
    if sightings and (rules.book.waiting.holds(texts, ids) or _is_answer_call(question_in(arguments, sightings))):
        return (yield from answering(rules, arguments))
    return (yield from asking(rules, arguments, style))


def _is_answer_call(question: str | None) -> bool:
    return question is not None and not _ASKS_FOR_QUESTIONS.search(question)


_ASKS_FOR_QUESTIONS = regex.compile(
    r"\b(?:write|generate|create|ask|make|come up|formulate|propose|produce|give|pose|draft)\b[^?]{0,80}\bquestions?\b",
    regex.IGNORECASE,
)


def addition(purpose: Any, anchor: str, feedback: str | None) -> Request:
    """What is put behind the user's own words, as the request of a flow."""
    text = anchor
    if feedback:
        text += f"\n\nAn earlier try was not accepted. {feedback}"
    return Request(purpose=purpose, messages=(Message(role="user", content=text),))


@dataclass(frozen=True)
class _Call:
    """One guarded call, driven by one of the flows of `selfstudy_guard.flow.pair`."""

    rules: Rules
    arguments: Arguments
    near: Path
    one: OpenDraw | None
    purpose: str
    number: int

    def run(self, flow: Callable[[int], Flow[Any]], finish: Callable[[Any, Reply], None], attempts: int) -> Behaviour:
        """Send what the flow asks for, each time with the user's own messages; returns the last response."""
        running = flow(attempts)
        value: Reply | Verdict | None = None
        response: Any = None
        reply = Reply(text="")
        attempt = 0
        while True:
            try:
                # Only `send` may end the flow: a StopIteration from elsewhere must not look like a finished one.
                event = running.send(value)  # type: ignore[arg-type]  # a fresh generator is sent None
            except StopIteration as stop:
                finish(stop.value, reply)
                return response
            if isinstance(event, Admission):
                assert self.one is not None
                value = self.rules.book.admit(self.one, event.question)
                continue
            attempt += 1
            try:
                response = yield self._with(event.messages[0].content)
                if is_stream(response):
                    return GuardedStream(response, lambda reply: self._settle(flow(1), reply, finish))
                reply = read_reply(response)
            except Exception as error:
                if self.one is not None:
                    self.rules.book.fail(self.one, error)
                raise
            except BaseException:
                if self.one is not None:
                    self.rules.book.release(self.one)
                raise
            self._note(attempt, reply)
            value = reply

    def _with(self, text: str) -> Arguments:
        return with_addition(self.arguments, text, self.near) if text else self.arguments

    def _note(self, attempt: int, reply: Reply) -> None:
        if self.one is not None:
            self.rules.book.note_reply(self.one, self.purpose, attempt, reply)

    def _settle(self, running: Flow[Any], reply: Reply, finish: Callable[[Any, Reply], None]) -> None:
        """Check a reply that has been handed on already; nothing is asked again."""
        self._note(1, reply)
        value: Reply | Verdict | None = None
        while True:
            try:
                event = running.send(value)  # type: ignore[arg-type]  # a fresh generator is sent None
            except StopIteration as stop:
                finish(stop.value, reply)
                return
            if isinstance(event, Admission):
                assert self.one is not None
                value = self.rules.book.admit(self.one, event.question)
            else:
                value = reply


def _chunk_path(sightings: list[Sighting]) -> Path:
    return chunks(sightings)[0].slot.path


def _evidence_of(target: Target | None, sightings: list[Sighting], treated: Treated) -> Evidence:
    """The evidence that holds the target, or that of the longest chunk."""
    by_sighting = {id(sighting): evidence for sighting, evidence in zip(sightings, treated.evidence, strict=True)}
    ordered = [by_sighting[id(sighting)] for sighting in chunks(sightings)]
    for evidence in ordered if target is not None else ():
        assert target is not None
        if evidence.document_id == target.document_id and evidence.start <= target.start < evidence.end:
            return evidence
    return ordered[0]


def question_in(arguments: Arguments, sightings: list[Sighting]) -> str | None:
    """The last question in the user's own words: the text outside the document parts."""
    for slot in reversed(text_slots(arguments)):
        own = slot.text
        for sighting in reversed(sightings):
            if sighting.slot.path == slot.path:
                own = own[: sighting.located.start] + "\n\n" + own[sighting.located.end :]
        for line in reversed(own.splitlines()):
            if line.rstrip(" \"'`*_)").endswith(("?", "？", "؟")):
                found = parse_question(line)
                if found:
                    return found[-1]
    return None


def _adopted(
    rules: Rules, given: str | None, outcome: AnsweredOutcome, sightings: list[Sighting], evidence: Evidence
) -> OpenDraw | None:
    """A draw for a question that the script brought along, tied to what question and answer really draw on."""
    if given is None:
        return None
    index = rules.book.prepared(evidence.document_id).index
    footprint = index.attribute(given, outcome.answer.text if outcome.answer else None)
    located = chunks(sightings)[0].located
    inside = rules.book.candidates(located.document_id, located.document_start, located.document_end)
    target = next((found for found in footprint.targets if found.eligible), inside[0] if inside else None)
    if target is None:
        return None
    one = rules.book.plan(target, GIVEN)
    one.question = Question(text=given)
    rules.book.ledger.admit(one.key, given)
    return one


def _tell_rejected(rules: Rules, what: str, reason: str) -> None:
    rules.notebook.tell_once(
        f"{what}:{reason}",
        f"a {what} was rejected ({reason}); the reply was handed on as it came, without a record. Accepted pairs are "
        "in guard.records, counts by reason in guard.balance",
    )
