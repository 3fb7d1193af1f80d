"""Targets for a loop that the user writes: each knows its context, its evidence, its anchor and where to record."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from selfstudy_guard.errors import InputError
from selfstudy_guard.flow.checks import PairChecks, asked_from
from selfstudy_guard.flow.evidence import cut, cut_in_view
from selfstudy_guard.flow.pair import answer as answering
from selfstudy_guard.flow.pair import ask
from selfstudy_guard.guard.arguments import Arguments, with_addition
from selfstudy_guard.guard.call_review import consulted, no_call, settled
from selfstudy_guard.guard.call_rules import CallRules
from selfstudy_guard.guard.flows import addition, made_of
from selfstudy_guard.guard.pending import OpenDraw
from selfstudy_guard.guard.responses import read_reply
from selfstudy_guard.guard.sighting import SightedCall
from selfstudy_guard.questions import anchor_text
from selfstudy_guard.records import Context, Evidence, Record, Rejection, Request, Target

M = TypeVar("M")


class GuardedTarget:
    """One planned question of `guard.targets()`.

    Attributes:
        target: the span that the question is tied to.
        style: the question style that was drawn.
    """

    def __init__(self, rules: CallRules, one: OpenDraw, window: int) -> None:
        self.target: Target = one.target
        self.style: str = one.draw.style
        self._rules = rules
        self._one = one
        self._window = window
        self._prepared = rules.state.prepared(one.target.document_id)
        self._answered_from: tuple[Evidence, bool] | None = None

    def __repr__(self) -> str:
        return f"<GuardedTarget {self.target.id} {self.style}>"

    @property
    def text(self) -> str:
        """The target's text, exactly as in the document."""
        return self.target.text

    @property
    def document_id(self) -> str:
        """Id of the target's document."""
        return self.target.document_id

    @cached_property
    def context(self) -> Context:
        """The raw window of the document round the target, for the question's messages."""
        return self._prepared.context(self.target, self._window)

    @cached_property
    def evidence(self) -> Evidence:
        """The window after the filter, for the answer's messages.

        Raises:
            InputError: the guard was made with `judge=True`, but here is no call to ask through.
        """
        return self._blind[0]

    @cached_property
    def _blind(self) -> tuple[Evidence, bool]:
        return self._seen(None)

    def evidence_for(self, question: Any) -> Evidence:
        """The same with a question in view; `record` then checks against this one.

        Args:
            question: the question to be answered: text, or the response that holds it.

        Raises:
            InputError: as `evidence`, or a response that holds no text.
        """
        reply = read_reply(question)
        best, _ = self._checks.questions(reply)[0]
        self._answered_from = self._seen(best or reply.text)
        return self._answered_from[0]

    def _seen(self, question: str | None) -> tuple[Evidence, bool]:
        rules = self._rules
        if rules.judges_through_the_call:
            raise InputError(no_call("target.evidence"))
        looking = cut_in_view(
            self._prepared,
            self.context,
            mode=rules.mode,
            review=rules.review,
            targets=(self.target, *self.target.also),
            question=question,
            withhold=rules.withhold,
        )
        cut = settled(consulted(rules.state.ledger, rules.judge, looking, self._one), "target.evidence")
        return cut.evidence(), cut.takes(self.target)

    def anchor(self, messages: M) -> M:
        """A copy of the messages (or prompt string) that asks about this target and nothing else.

        The document part is masked, and the anchor is added behind the user's own words.

        Raises:
            UnguardedCallError: the messages hold no registered document.
            InputError: they hold a part of a document that the target does not stand in.
        """
        call = SightedCall.of(Arguments((messages,)), self._rules.index, self._rules.look)
        if not self._rules.let_in(call, "asking"):
            return messages
        for sighting in call.sightings:
            located = sighting.located
            if located.document_id == self.document_id and located.to_message(self.target.start, self.target.end):
                masked = self._rules.masked(call, (self.target, *self.target.also)).arguments
                anchored = with_addition(masked, anchor_text(self.target), sighting.slot.path)
                return anchored.args[0]  # type: ignore[no-any-return]
        raise InputError(f"the messages do not hold {self.target.id}: build them from target.context.text")

    def record(self, question: Any, answer: Any) -> Record | Rejection:
        """Check a question and its answer and write them into the ledger.

        Args:
            question: text, or the response that holds it.
            answer: text, or the response that holds it.

        Returns:
            The record, or the rejection with its reason; a rejected pair is not in `guard.records`.

        Raises:
            InputError: a response that holds no text.
        """
        state, one = self._rules.state, self._one
        asked_reply, answer_reply = read_reply(question), read_reply(answer)
        state.note_reply(one, "question", 1, asked_reply)
        state.note_reply(one, "answer", 1, answer_reply)
        checks = self._checks
        asked = made_of(self._rules, one, ask(self.target, checks, compose=_sent_already, attempts=1), asked_reply)
        if asked.question is None:
            rejection = state.asked(one, asked)
            assert rejection is not None
            return rejection
        one.question, one.usage, one.attempts = asked.question, asked.usage, asked.attempts
        evidence, removed = self._answered_from or self._blind
        checks = checks.reading(evidence, removed=removed)
        outcome = made_of(
            self._rules, one, answering(asked.question.text, checks, compose=_sent_already, attempts=1), answer_reply
        )
        return state.answered(one, outcome)

    @cached_property
    def _checks(self) -> PairChecks:
        rules, targets = self._rules, (self.target, *self.target.also)
        blind = cut(self._prepared, self.context, mode=rules.mode, targets=targets, withhold=rules.withhold)
        shown = self._prepared.shown_when_asking(self.context, blind.withheld)
        checks = rules.checks(self.target, self.style)
        return replace(checks, context=shown, asked_from=asked_from(shown, [blind]))


def _sent_already(attempt: int, feedback: str | None) -> Request:
    """The request of a flow whose reply the user's own loop has brought."""
    return addition("question", "", feedback)
