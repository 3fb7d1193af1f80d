"""A call that asks for several questions, or for questions and answers, at once: k targets anchored in one request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from selfstudy_guard.flow.pair import Answered, Asked
from selfstudy_guard.guard.arguments import Arguments, with_addition
from selfstudy_guard.guard.call_review import judged
from selfstudy_guard.guard.call_rules import Rules
from selfstudy_guard.guard.flows import Behaviour, _chunk_path, _evidence_of, addition
from selfstudy_guard.guard.pending import OpenDraw
from selfstudy_guard.guard.responses import is_stream, read_reply
from selfstudy_guard.guard.rewriting import Sighting, Treated
from selfstudy_guard.guard.streams import GuardedStream
from selfstudy_guard.questions import anchor_text, check_answer, check_question, parse_pairs, parse_question
from selfstudy_guard.records import Answer, Question, Reply, Target, Usage, Verdict

_TRIES = 2
"""Calls for one batch: a second one where fewer than half of the targets were met."""


@dataclass
class _Matched:
    """How the pairs of a reply fit the draws."""

    hits: list[tuple[OpenDraw, str, str]] = field(default_factory=list)
    missed: list[tuple[OpenDraw, Verdict]] = field(default_factory=list)
    strays: list[tuple[str, str]] = field(default_factory=list)


def generating(rules: Rules, arguments: Arguments, per_call: int, style: str) -> Behaviour:
    """One call for `per_call` questions or pairs: filtered, anchored, each pair attributed, the format left alone."""
    sightings = rules.sighted(arguments, "generating")
    if not sightings:
        return (yield arguments)
    found = yield from judged(rules, arguments, sightings, None, pairs=True)
    treated = found.treated
    drawn = rules.drawn(sightings, per_call, style, found.findings)
    if not drawn:
        return (yield treated.arguments)
    batch = _Batch(rules, sightings, treated, drawn, style)
    feedback: str | None = None
    tries = 1 if (arguments.kwargs or {}).get("stream") else _TRIES
    for attempt in range(1, tries + 1):
        text = addition("pairs", _anchor(drawn), feedback).messages[0].content
        try:
            response: Any = yield with_addition(treated.arguments, text, _chunk_path(sightings))
            if is_stream(response):
                return GuardedStream(response, lambda reply: batch.settle(batch.match(reply), reply, 1))
            reply = read_reply(response)
        except Exception as error:
            for one in drawn:
                rules.book.fail(one, error)
            raise
        except BaseException:
            for one in drawn:
                rules.book.release(one)
            raise
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
    rules: Rules
    sightings: list[Sighting]
    treated: Treated
    drawn: list[OpenDraw]
    style: str

    def match(self, reply: Reply) -> _Matched:
        """Which pair of the reply is about which target; the order of the anchor first, then any fit."""
        pairs = parse_pairs(reply.text) or [(question, "") for question in parse_question(reply.text)]
        matched = _Matched()
        left = list(enumerate(pairs))
        verdicts: dict[str, Verdict] = {}
        for number, one in enumerate(self.drawn):
            ordered = sorted(left, key=lambda item: item[0] != number)
            for item in ordered:
                question, answer = item[1]
                verdict = self._check(question, answer, one.target)
                if verdict.accepted:
                    matched.hits.append((one, question, answer))
                    left.remove(item)
                    break
                verdicts.setdefault(one.key, verdict)
            else:
                nothing = Verdict(accepted=False, reason="missing", feedback="The reply held no question about it.")
                matched.missed.append((one, verdicts.get(one.key, nothing)))
        matched.strays = [pair for _, pair in left]
        return matched

    def note(self, reply: Reply, attempt: int) -> None:
        """Count what the reply cost, once."""
        self.rules.book.note_reply(self.drawn[0], "pairs", attempt, reply)

    def settle(self, matched: _Matched, reply: Reply, attempt: int) -> None:
        """Write every pair into the ledger: records, questions that wait, rejections."""
        book = self.rules.book
        for one, question, answer in matched.hits:
            self._settle_one(one, question, answer, reply, attempt)
        for one, verdict in matched.missed:
            rejection = book.asked(one, Asked(None, verdict, None, attempt, Usage()))
            assert rejection is not None
        for question, answer in matched.strays:
            # It stands in the script's data, so it counts, for the target that it really is about.
            target = self._home_of(question, answer)
            if target is not None:
                self._settle_one(book.plan(target, self.style), question, answer, reply, attempt)
        if matched.missed:
            self.rules.notebook.tell_once(
                "pairs",
                f"{len(matched.missed)} of {len(self.drawn)} planned questions of a call were not asked; they are "
                "counted as rejected in guard.balance",
            )

    def _settle_one(self, one: OpenDraw, question: str, answer: str, reply: Reply, attempt: int) -> None:
        book = self.rules.book
        verdict = book.admit(one, question)
        if not verdict.accepted:
            book.asked(one, Asked(None, verdict, question, attempt, Usage()))
            return
        if not answer:
            book.asked(one, Asked(Question(text=question, attempts=attempt), verdict, question, attempt, Usage()))
            return
        one.question = Question(text=question, attempts=attempt)
        evidence = _evidence_of(one.target, self.sightings, self.treated)
        verdict = check_answer(Reply(text=answer), question, evidence, text=answer)
        found = Answer(text=answer, attempts=attempt) if verdict.accepted else None
        footprint = book.prepared(one.target.document_id).index.attribute(question, answer)
        book.answered(one, Answered(found, verdict, attempt, Usage(), reply.model), evidence, footprint)

    def _check(self, question: str, answer: str, target: Target) -> Verdict:
        index = self.rules.book.prepared(target.document_id).index
        context = _evidence_of(target, self.sightings, self.treated).text
        return check_question(question, target, index, style=self.style, answer=answer or None, context=context)

    def _home_of(self, question: str, answer: str) -> Target | None:
        evidence = _evidence_of(None, self.sightings, self.treated)
        index = self.rules.book.prepared(evidence.document_id).index
        for target in index.attribute(question, answer or None).targets[:1]:
            if target.eligible and self._check(question, answer, target).accepted:
                return target
        return None
