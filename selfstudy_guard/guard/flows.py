"""What a guarded call does, written once: generators that yield arguments, are sent responses and return one.

`call_drivers` runs them around sync and async callables. They do no I/O of their own; the exact response object of the
wrapped call is what comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import regex

from selfstudy_guard.errors import InputError
from selfstudy_guard.flow.checks import PairChecks
from selfstudy_guard.flow.pair import Answered, Asked, Compose, Flow, answer, ask, to_request
from selfstudy_guard.flow.step import Yielded
from selfstudy_guard.guard.arguments import Arguments, Path, with_addition
from selfstudy_guard.guard.call_review import Consult
from selfstudy_guard.guard.call_rules import CallRules, reviewed
from selfstudy_guard.guard.pending import OpenDraw
from selfstudy_guard.guard.responses import is_stream, read_reply
from selfstudy_guard.guard.sighting import SightedCall
from selfstudy_guard.guard.streams import GuardedStream
from selfstudy_guard.languages import CODES, words
from selfstudy_guard.questions import anchor_text, parse_question
from selfstudy_guard.records import Evidence, Message, Question, Reply, Request

Behaviour = Generator["Arguments | Consult", Any, Any]
"""Yields the arguments of a call, is sent its response (or thrown its error), returns the response to hand back; a
`Consult` is sent its reply."""

GIVEN = "given"
"""Style of records whose question the script brought along, instead of asking for it through the guard."""

T = TypeVar("T", Asked, Answered)


def asking(rules: CallRules, call: SightedCall, style: str) -> Behaviour:
    """A call that asks for one question: anchored to the chunk's least covered target, checked, asked again."""
    if not rules.let_in(call, "asking"):
        return (yield call.arguments)
    made = rules.masked(call)
    drawn = rules.drawn(made, 1, style)
    if not drawn:
        return (yield made.arguments)
    one = drawn[0]
    made = rules.masked(call, (one.target, *one.target.also))
    anchor = anchor_text(one.target)
    checks = rules.checks(one.target, style, asked=made)

    def compose(attempt: int, feedback: str | None) -> Request:
        return addition("question", anchor, feedback)

    def flow(attempts: int) -> Flow[Asked]:
        return ask(one.target, checks, compose=compose, attempts=attempts)

    def finish(outcome: Asked, reply: Reply) -> None:
        rejection = rules.state.asked(one, outcome)
        if rejection is not None:
            _tell_rejected(rules, "question", rejection.reason)
        elif reply.text.count("?") > 1 and len(parse_question(reply.text)) > 1:
            rules.log.tell_once(
                "several", "a reply held several questions, of which one was recorded: guard.generating() records all"
            )

    attempts = 1 if call.streams else rules.question_attempts
    exchange = _Exchange(rules, lambda: made.arguments, call.near, one, "question", call.reader)
    return (yield from exchange.run(flow, finish, attempts))


def answering(rules: CallRules, call: SightedCall) -> Behaviour:
    """A call that asks for an answer: the document part is filtered first, the reply checked and recorded."""
    if not rules.let_in(call, "answering"):
        return (yield call.arguments)
    one = rules.state.pending.take(call.texts, call.document_ids)
    given = None if one is not None else call.own_question()
    question = one.question.text if one is not None and one.question is not None else given or ""
    target = one.target if one is not None else None
    made = yield from reviewed(rules, call, question or call.own_task(), one=one)
    evidence = made.evidence_of(target)
    gone = target is not None and made.removes(target)
    style = one.draw.style if one is not None else GIVEN
    checks = rules.checks(target, style, answered=made, removed=gone)
    sent = made

    def compose(attempt: int, feedback: str | None) -> Request:
        return addition("answer", "", feedback)

    def tighter() -> tuple[PairChecks, Compose]:
        nonlocal sent
        sent = rules.tight(made)
        return rules.checks(target, style, answered=sent, removed=gone), compose

    def flow(attempts: int) -> Flow[Answered]:
        return answer(question, checks, compose, attempts=attempts, tighter=None if gone or call.streams else tighter)

    def finish(outcome: Answered, reply: Reply) -> None:
        open_draw = one if one is not None else _adopted(rules, given, outcome, call, evidence)
        if open_draw is None:
            rules.log.count("without_question")
            rules.log.tell_once(
                "question",
                "no question could be read in an answer call: it was filtered, but its answer is not recorded. Ask "
                "through guard.asking(), or end the message with the question.",
            )
            return
        reason = getattr(rules.state.answered(open_draw, outcome), "reason", None)
        if reason is not None:
            _tell_rejected(rules, "answer", reason)

    attempts = 1 if gone or call.streams else rules.answer_attempts
    exchange = _Exchange(rules, lambda: sent.arguments, call.near, one, "answer", call.reader)
    return (yield from exchange.run(flow, finish, attempts))


def filtering(rules: CallRules, call: SightedCall) -> Behaviour:
    """A call whose document part is filtered, and nothing else: not anchored, not checked, not recorded."""
    if not rules.let_in(call, "filtering"):
        return (yield call.arguments)
    made = yield from reviewed(rules, call, call.own_task())
    return (yield made.arguments)


def guarding(rules: CallRules, call: SightedCall, style: str, per_call: int | None = None) -> Behaviour:
    """A call of either kind: told by the user's own words, and never guessed where they are not clear.

    It is an answer call if it holds a question that was asked through the guard, or if the own words end in a question
    and order none; a question call if they order questions. In doubt the call is filtered, and nothing is recorded.
    `per_call` is how many questions such an order asks for; None for one.
    """
    orders, question = _orders_questions(call.own_words), call.own_question()
    if call.sightings and rules.state.pending.holds(call.texts, call.document_ids):
        return (yield from answering(rules, call))
    if not call.sightings or (orders and (question is None or _orders_questions(question))):
        if per_call is None:
            return (yield from asking(rules, call, style))
        from selfstudy_guard.guard.several import generating

        return (yield from generating(rules, call, per_call, style))
    if question is not None and not orders:
        return (yield from answering(rules, call))
    rules.log.count("undecided")
    rules.log.tell_once(
        "undecided",
        "it is not clear whether a call asks for a question or for an answer, so it was filtered and nothing is "
        "recorded: name its purpose with guard.asking(), guard.answering(), guard.generating() or guard.filtering()",
    )
    return (yield from filtering(rules, call))


def _orders_questions(own: str) -> bool:
    return _ORDERS.search(own) is not None


def _either_of(section: str, codes: Iterable[str], shortest: int = 1) -> str:
    found = (word for code in codes for word in words(section)[code] if len(word) >= shortest)
    return "|".join(regex.escape(word, special_only=False) for word in found)


_UNSPACED = ("zh", "ja", "ko")
"""Languages whose words stand without spaces, so that no word has an edge."""
_JOINED = (*_UNSPACED, "de", "nl")
"""Languages whose nouns may stand at the end of a longer word."""
_VERB_LAST = (*_JOINED, "hi", "tr")
_SPACED = [code for code in CODES if code not in _UNSPACED]
_ORDERS = regex.compile(
    rf"""
    \b (?: {_either_of("order_verbs", _SPACED)} ) \b
    # with no answer between verb and noun: "write an answer to the question" orders none
    (?: (?! \b (?: {_either_of("answer_labels", _SPACED, 4)} ) \b ) [^.?!\n] ){{0,80}}
    \b (?: {_either_of("question_nouns", _SPACED)} ) \b
    | (?: {_either_of("order_verbs", _JOINED)} ) [^。？！.?!\n]{{0,30}}
      (?: {_either_of("question_nouns", _JOINED)} )
    | (?: {_either_of("question_nouns", _VERB_LAST)} ) [^。？！.?!\n]{{0,30}}
      (?: {_either_of("order_verbs", _VERB_LAST)} )
    """,
    regex.IGNORECASE | regex.VERBOSE,
)
"""An order for questions, in any of the languages that are known."""


def addition(purpose: Any, anchor: str, feedback: str | None) -> Request:
    """What is put behind the user's own words, as the request of a flow."""
    text = anchor
    if feedback:
        text += f"\n\nAn earlier try was not accepted. {feedback}"
    return Request(purpose=purpose, messages=(Message(role="user", content=text),))


def made_of(rules: CallRules, one: OpenDraw | None, flow: Flow[T], reply: Reply) -> T:
    """What a flow makes of a reply that is there already; nothing is asked again."""
    now = to_request(flow, None, rules.admission(one))
    while isinstance(now, Yielded):
        now = to_request(flow, reply, rules.admission(one))
    return now.value


@dataclass(frozen=True)
class _Exchange:
    """One guarded call, driven by one of the flows of `flow.pair`; its arguments may change between two attempts."""

    rules: CallRules
    arguments: Callable[[], Arguments]
    near: Path
    one: OpenDraw | None
    purpose: str
    reader: Callable[[Any], str] | None = None

    def run(self, flow: Callable[[int], Flow[T]], finish: Callable[[T, Reply], None], attempts: int) -> Behaviour:
        """Send what the flow asks for, each time with the user's own messages; returns the last response."""
        admit, held = self.rules.admission(self.one), () if self.one is None else (self.one,)
        running = flow(attempts)
        response: Any = None
        reply = Reply(text="")
        attempt = 0
        now = to_request(running, None, admit)
        while isinstance(now, Yielded):
            attempt += 1
            text = now.value.messages[0].content
            arguments = self.arguments()
            with self.rules.state.on_its_way(*held):
                response = yield with_addition(arguments, text, self.near) if text else arguments
                if self.reader is None and is_stream(response):
                    return GuardedStream(response, lambda reply: self._end(flow(1), reply, finish))
            try:
                reply = read_reply(response, self.reader)
            except InputError as error:
                self.rules.state.release(*held)
                tell_unreadable(self.rules, error)
                return response
            self._note(attempt, reply)
            now = to_request(running, reply, admit)
        finish(now.value, reply)
        return response

    def _note(self, attempt: int, reply: Reply) -> None:
        if self.one is not None:
            self.rules.state.note_reply(self.one, self.purpose, attempt, reply)

    def _end(self, running: Flow[T], reply: Reply, finish: Callable[[T, Reply], None]) -> None:
        """Check a stream that has been handed on already."""
        self._note(1, reply)
        finish(made_of(self.rules, self.one, running, reply), reply)


def _adopted(
    rules: CallRules, given: str | None, outcome: Answered, call: SightedCall, evidence: Evidence
) -> OpenDraw | None:
    """A draw for a question that the script brought along, tied to what question and answer really draw on."""
    if given is None:
        return None
    index = rules.state.prepared(evidence.document_id).index
    if not index.attribute(given).targets:  # not a word of it stands in the document: an example, or no question
        return None
    footprint = index.attribute(given, outcome.answer.text if outcome.answer else None)
    located = call.sightings[call.chunks[0]].located
    inside = rules.state.candidates(located.document_id, located.document_start, located.document_end)
    target = next((found for found in footprint.targets if found.eligible), inside[0] if inside else None)
    if target is None:
        return None
    one = rules.state.plan(target, GIVEN)
    one.question = Question(text=given)
    rules.state.ledger.admit(one.key, given)
    return one


def tell_unreadable(rules: CallRules, error: InputError) -> None:
    """A response that was paid for is handed back as it came, whatever it is."""
    rules.log.count("unreadable")
    rules.log.tell_once(
        "unreadable",
        f"{error}; it was handed back untouched, and nothing was checked or recorded. Say how it is read: "
        "guard.asking(call, reader=lambda response: TEXT)",
    )


def _tell_rejected(rules: CallRules, what: str, reason: str) -> None:
    rules.log.tell_once(
        f"{what}:{reason}",
        f"{'an' if what == 'answer' else 'a'} {what} was rejected ({reason}); the reply was handed on as it came, "
        "without a record. Accepted pairs are in guard.records, counts by reason in guard.balance",
    )
