"""Targets for a loop that the user writes: each knows its context, its evidence, its anchor and where to record."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from selfstudy_guard.errors import InputError
from selfstudy_guard.flow.pair import Answered, Asked
from selfstudy_guard.guard.arguments import Arguments, with_addition
from selfstudy_guard.guard.call_review import consulted, no_call, settled
from selfstudy_guard.guard.call_rules import Rules
from selfstudy_guard.guard.pending import OpenDraw
from selfstudy_guard.guard.responses import read_reply
from selfstudy_guard.questions import (
    anchor_text,
    check_anchor,
    check_answer,
    check_question,
    parse_answer,
    parse_question,
)
from selfstudy_guard.records import Answer, Context, Evidence, Question, Record, Rejection, Target, Usage, Verdict

M = TypeVar("M")


class GuardedTarget:
    """One planned question of `guard.targets()`.

    Attributes:
        target: the span that the question is tied to.
        style: the question style that was drawn.
    """

    def __init__(self, rules: Rules, one: OpenDraw, window: int) -> None:
        self.target: Target = one.target
        self.style: str = one.draw.style
        self._rules = rules
        self._one = one
        self._window = window
        self._prepared = rules.book.prepared(one.target.document_id)
        self._answered_from: Evidence | None = None

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
        return self._seen(None)

    def evidence_for(self, question: str) -> Evidence:
        """The same with a question in view, where the guard was made to use it; `record` then checks against this one.

        Args:
            question: the question to be answered.

        Raises:
            InputError: as `evidence`.
        """
        self._answered_from = self._seen(question)
        return self._answered_from

    def _seen(self, question: str | None) -> Evidence:
        scrutiny, home = self._rules.scrutiny, self._prepared
        if scrutiny is None:
            return home.evidence(self.context, self._rules.mode)
        if self._rules.judges_through_the_call:
            raise InputError(no_call("target.evidence"))
        looking = scrutiny.view(home.document, home.findings, self.context, question)
        view = settled(consulted(self._rules, looking, self._one), "target.evidence")
        evidence = replace(home, findings=view.findings).evidence(self.context, self._rules.mode)
        return evidence.model_copy(update={"judged": view.judged})

    def anchor(self, messages: M) -> M:
        """A copy of the messages (or prompt string) that asks about this target and nothing else.

        The document part is masked, and the anchor is added behind the user's own words.

        Raises:
            UnguardedCallError: the messages hold no registered document.
            InputError: they hold a part of a document that the target does not stand in.
        """
        arguments = Arguments((messages,))
        sightings = self._rules.sighted(arguments, "asking")
        if not sightings:
            return messages
        for sighting in sightings:
            located = sighting.located
            if located.document_id == self.document_id and located.to_message(self.target.start, self.target.end):
                treated = self._rules.treated(arguments, sightings, asking=True)
                anchored = with_addition(treated.arguments, anchor_text(self.target), sighting.slot.path)
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
        book, index = self._rules.book, self._prepared.index
        asked, said = read_reply(question), read_reply(answer)
        book.note_reply(self._one, "question", 1, asked)
        book.note_reply(self._one, "answer", 1, said)
        verdict = Verdict(accepted=False, reason="empty", feedback="The reply held no question.")
        last_try = None
        found: str | None = None
        for last_try in parse_question(asked.text):
            context = self.context.text
            verdict = check_question(last_try, self.target, index, style=self.style, context=context)
            if verdict.accepted:
                verdict = book.admit(self._one, last_try)
            if verdict.accepted:
                found = last_try
                break
        if found is None:
            rejection = book.asked(self._one, Asked(None, verdict, last_try, 1, asked.usage))
            assert rejection is not None
            return rejection
        self._one.question = Question(text=found)
        self._one.usage, self._one.attempts = asked.usage, 1
        text = parse_answer(said.text)
        evidence = self._answered_from if self._answered_from is not None else self.evidence
        verdict = check_answer(said, found, evidence, text=text)
        if verdict.accepted:
            anchored = check_anchor(found, self.target, index, answer=text)
            if not anchored.accepted:
                verdict = anchored.model_copy(update={"reason": f"answer-{anchored.reason}"})
        kept = Answer(text=text) if verdict.accepted else None
        outcome = Answered(kept, verdict, 1, said.usage if kept else Usage(), said.model)
        return book.answered(self._one, outcome, evidence, index.attribute(found, text))
