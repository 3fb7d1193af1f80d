"""A call that asks for several questions, or for questions and answers, at once: k targets anchored in one request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import regex

from selfstudy_guard.errors import InputError
from selfstudy_guard.flow.checks import PairChecks, pairs_in, refused_whole
from selfstudy_guard.flow.pair import Answered, Asked
from selfstudy_guard.guard.arguments import text_slots, with_addition
from selfstudy_guard.guard.call_rules import CallRules, reviewed
from selfstudy_guard.guard.flows import Behaviour, addition, tell_unreadable
from selfstudy_guard.guard.pending import OpenDraw
from selfstudy_guard.guard.responses import NotFinalError, is_stream, read_reply
from selfstudy_guard.guard.rewriting import Rewritten
from selfstudy_guard.guard.sighting import SightedCall
from selfstudy_guard.guard.streams import GuardedStream
from selfstudy_guard.languages import every
from selfstudy_guard.questions import anchor_text, parse_pairs
from selfstudy_guard.questions.parsing import unread
from selfstudy_guard.records import Answer, Question, Reply, Target, Usage, Verdict

_KEPT_TEXT = 500
"""Characters of a reply that could not be read which its rejections keep."""
_ANSWER = regex.compile(
    r"(?<!\p{L})(?:\L<words>|q\s?&\s?a\b|qa\b)",
    regex.I,
    words=[word for word in every("answer_labels") if len(word) > 2],
)
"""Words of a script that asks for answers, in any language."""
_TRIES = 2
"""Calls for one batch: a second one where fewer than half of the targets were met."""

Said = tuple[str, Reply]
"""A question, and its answer as a reply of its own; an empty one where the reply holds none."""


@dataclass
class _Matched:
    """How the pairs of a reply fit the draws."""

    hits: list[tuple[OpenDraw, Said]] = field(default_factory=list)
    missed: list[tuple[OpenDraw, Verdict]] = field(default_factory=list)
    strays: list[Said] = field(default_factory=list)
    unread: str | None = None
    """The beginning of a reply that could not be read."""


def generating(rules: CallRules, call: SightedCall, per_call: int, style: str) -> Behaviour:
    """One call for `per_call` questions or pairs: filtered, anchored, each pair attributed, the format left alone."""
    if not rules.let_in(call, "generating"):
        return (yield call.arguments)
    made = yield from reviewed(rules, call, None, pairs=True)
    drawn = rules.drawn(made, per_call, style)
    if not drawn:
        return (yield made.arguments)
    if rules.withhold is not None:
        made = yield from reviewed(rules, call, None, targets=[one.target for one in drawn], pairs=True)
    batch = _Batch(rules, made, drawn, style)
    feedback: str | None = None
    tries = 1 if call.streams else _TRIES
    for attempt in range(1, tries + 1):
        text = addition("pairs", _anchor(drawn), feedback).messages[0].content
        with rules.state.on_its_way(*drawn):
            response: Any = yield with_addition(made.arguments, text, call.near)
            if call.reader is None and is_stream(response):
                return GuardedStream(response, lambda reply: batch.settle(batch.match(reply), reply, 1))
        try:
            reply = read_reply(response, call.reader)
        except NotFinalError:
            rules.state.release(*drawn)
            return response
        except InputError as error:
            rules.state.release(*drawn)
            tell_unreadable(rules, error)
            return response
        matched = batch.match(reply)
        batch.note(reply, attempt)
        if 2 * len(matched.hits) >= len(drawn) or attempt == tries:
            batch.settle(matched, reply, attempt)
            return response
        feedback = (
            f"Only {len(matched.hits)} of {len(drawn)} parts were asked about: write exactly one question for each of "
            "the quoted parts, in their order, in the format that was asked for."
        )
    raise AssertionError("the loop always returns")


def _anchor(drawn: Sequence[OpenDraw]) -> str:
    targets = [one.target for one in drawn]
    if len({target.id for target in targets}) == 1:
        return anchor_text(targets[0], per_call=len(targets))
    return anchor_text(targets)


@dataclass(frozen=True)
class _Batch:
    rules: CallRules
    made: Rewritten
    drawn: list[OpenDraw]
    style: str

    def match(self, reply: Reply) -> _Matched:
        """Which pair of the reply is about which target; the order of the anchor first, then any fit."""
        matched = _Matched()
        said = pairs_in(reply)
        lost = self._lost(reply, said)
        if lost is not None:
            matched.missed = [(one, lost) for one in self.drawn]
            matched.unread = reply.text[:_KEPT_TEXT]
            return matched
        left = list(enumerate(said))
        missing = Verdict(accepted=False, reason="missing", feedback="The reply held no question about it.")
        for number, one in enumerate(self.drawn):
            checks, verdict = self._checks(one.target), None
            for item in sorted(left, key=lambda item: item[0] != number):
                found = checks.question(item[1][0])
                if found.accepted:
                    matched.hits.append((one, item[1]))
                    left.remove(item)
                    break
                verdict = verdict or found
            else:
                matched.missed.append((one, refused_whole(reply, "") or verdict or missing))
        matched.strays = [said for _, said in left]
        return matched

    def _lost(self, reply: Reply, said: list[Said]) -> Verdict | None:
        """The refusal of a whole reply whose pairs, or whose answers, could not be read out of its text.

        Questions without answers are lost only where the script asked for answers; else they wait for theirs.
        """
        if refused_whole(reply, "") is not None:
            return None
        pairs = parse_pairs(reply.text)
        lost = unread(reply.text, pairs)
        if not lost or (said and not self._wants_answers()):
            return None
        feedback = "The reply could not be read as questions and answers; its beginning is kept in the ledger."
        return Verdict(accepted=False, reason="unreadable", feedback=feedback)

    def _wants_answers(self) -> bool:
        return any(_ANSWER.search(slot.text) for slot in text_slots(self.made.arguments))

    def note(self, reply: Reply, attempt: int) -> None:
        """Count what the reply cost, once."""
        self.rules.state.note_reply(self.drawn[0], "pairs", attempt, reply)

    def settle(self, matched: _Matched, reply: Reply, attempt: int) -> None:
        """Write every pair into the ledger: records, questions that wait, rejections."""
        state = self.rules.state
        for one, said in matched.hits:
            self._settle_one(one, said, attempt)
        for one, verdict in matched.missed:
            state.asked(one, Asked(None, verdict, matched.unread, attempt, Usage()))
        for said in matched.strays:
            # It stands in the script's data, so it counts, for the target that it really is about.
            target = self._home_of(said)
            if target is not None:
                self._settle_one(state.plan(target, self.style), said, attempt)
        if matched.unread is not None:
            self.rules.log.tell_once(
                "unreadable",
                "a reply could not be read as questions and answers; its planned questions are rejected as "
                '"unreadable", and the beginning of the reply is kept with them (guard.rejections)',
            )
        elif matched.missed:
            self.rules.log.tell_once(
                "pairs",
                f"{len(matched.missed)} of {len(self.drawn)} planned questions of a call were not asked; they are "
                "counted as rejected in guard.balance",
            )

    def _settle_one(self, one: OpenDraw, said: Said, attempt: int) -> None:
        state, (question, reply) = self.rules.state, said
        verdict = state.admit(one, question)
        asked = Question(text=question, attempts=attempt) if verdict.accepted else None
        if asked is None or not reply.text:
            state.asked(one, Asked(asked, verdict, question, attempt, Usage()))
            return
        one.question = asked
        checks = self._checks(one.target)
        text, verdict = checks.answer(question, reply)
        found = Answer(text=text, attempts=attempt) if verdict.accepted else None
        state.answered(one, Answered(found, verdict, attempt, Usage(), reply.model, checks))

    def _checks(self, target: Target) -> PairChecks:
        return self.rules.checks(target, self.style, asked=self.made, answered=self.made)

    def _home_of(self, said: Said) -> Target | None:
        question, reply = said
        index = self.rules.state.prepared(self.made.evidence_of(None).document_id).index
        for target in index.attribute(question, reply.text or None).targets[:1]:
            if target.eligible and self._checks(target).question(question).accepted:
                return target
        return None
