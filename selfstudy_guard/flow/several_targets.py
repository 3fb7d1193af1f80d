"""Several targets in one request: draws whose flows wait for the same reply, and go on alone where it failed them.

A group is a few planned questions about neighbouring targets of one document. Each of them has its own flow, as ever;
the flows of a group ask for the same thing under the same key, which the engine sends once and hands to all of them.
So groups need nothing of the engine: batches, Ray, the judge and a resumed run know them as they know single draws.

    round 1: one request for all of the group ----> each flow checks its own pair (the checks of `flow.checks`)
    round 2: one request for those that failed, where the prompts have no last resort
    then, alone: that last resort (a question without a model), else `pair`, told why the last try failed

A group of one is a draw whose question and answer are written in one request, because its prompts ask better so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from selfstudy_guard.flow.checks import refused_whole
from selfstudy_guard.flow.draw_flow import DrawFlow, DrawFlows
from selfstudy_guard.flow.keys import draw_key
from selfstudy_guard.flow.pair import (
    Admission,
    Answered,
    Flow,
    answer,
    pair,
    record_of,
    rejection_of,
)
from selfstudy_guard.flow.rated import Rates, rated
from selfstudy_guard.questions.answers import check_answer
from selfstudy_guard.questions.gaps import gap_pair
from selfstudy_guard.questions.question_checks import contains_answer
from selfstudy_guard.questions.rating import parse_together, together_request
from selfstudy_guard.questions.several_prompts import LONGEST_ANSWER, parse_several, several_request
from selfstudy_guard.records import Answer, Draw, Question, Rating, Record, Rejection, Reply, Request, Usage, Verdict

ROUNDS = 2
"""Most requests that a group makes together; one where the prompts have a last resort, which costs nothing."""
PAGE = 400
"""Positions of the plan that groups are made from: the same plan has the same groups, whatever is finished already."""

Planned = tuple[str, Draw]
"""Key and draw of one planned question."""


def groups(draws: Iterable[Planned], per_call: int) -> list[tuple[Planned, ...]]:
    """Draws that one request can ask about: neighbours in one document, in one style, each target once.

    Args:
        draws: those of one page of the plan, finished ones too.
        per_call: most draws of a group.
    """
    alike: dict[tuple[str, str, int], list[Planned]] = {}
    for key, draw in draws:
        if not draw.target.also:
            alike.setdefault((draw.target.document_id, draw.style, draw.number), []).append((key, draw))
    found = []
    for members in alike.values():
        members.sort(key=lambda one: (one[1].target.start, one[1].target.end))
        parts = -(-len(members) // per_call)
        size, more = divmod(len(members), parts)
        place = 0
        for number in range(parts):
            end = place + size + (number < more)
            found.append(tuple(members[place:end]))
            place = end
    return found


class PlannedTogether(Protocol):
    """What is needed of a ledger: the plan of a run."""

    def pending(self, *, after: int = -1, limit: int = 512) -> list[tuple[int, str, Draw, str | None]]:
        """Open draws in plan order."""
        ...

    def page(self, first: int, size: int) -> list[tuple[int, str, Draw, bool]]:
        """All draws of a stretch of the plan."""
        ...


def open_flows(
    plan: PlannedTogether,
    flows: DrawFlows,
    *,
    per_call: int = 1,
    question_attempts: int = 3,
    answer_attempts: int = 2,
    rates: Rates | None = None,
) -> Iterator[tuple[int, str, Flow[Record | Rejection]]]:
    """The flows of all open draws of a plan, in its order; where `per_call` allows, neighbours ask together.

    Args:
        plan: the ledger.
        flows: makes the flow of a draw.
        per_call: most draws that one request asks about; also one has its pair in one request where that is the
            better way to ask (`DrawFlows.pairs_at_once`).
        question_attempts, answer_attempts: as for `pair`.
        rates: who rates the records; None leaves them unrated.

    Yields:
        Position in the plan, key and flow.
    """
    position = -1
    seats: dict[str, tuple[Group, int]] = {}
    paged = -1
    while rows := plan.pending(after=position):
        for position, key, draw, _ in rows:  # the last position is where the next page begins
            if (per_call > 1 or flows.pairs_at_once) and position // PAGE != paged:
                paged = position // PAGE
                planned = [(name, one) for _, name, one, _ in plan.page(paged * PAGE, PAGE)]
                seats = seats_of(planned, flows, per_call, rates)
            group, place = seats.get(key, (None, 0))
            if group is not None:
                flow = together(group, place, question_attempts=question_attempts, answer_attempts=answer_attempts)
            else:
                flow = pair(flows.of(draw), question_attempts=question_attempts, answer_attempts=answer_attempts)
            yield position, key, flow if rates is None else rated(flow, rates)


def seats_of(
    page: Iterable[Planned], flows: DrawFlows, per_call: int, rates: Rates | None = None
) -> dict[str, tuple[Group, int]]:
    """The group of each draw of a page and its place in it; draws that ask better alone have none."""
    seats: dict[str, tuple[Group, int]] = {}
    for members in groups(page, per_call):
        if len(members) > 1 or members[0][1].style in flows.pairs_at_once:
            group = Group(flows, members, rates if len(members) > 1 else None)
            seats |= {key: (group, place) for place, (key, _) in enumerate(members)}
    return seats


@dataclass
class Group:
    """A few planned questions that are asked about in one request.

    Attributes:
        flows: makes the flow of a draw.
        planned: key and draw of each, in the order of the text.
        rates: who rates their pairs, all of a reply at once; None for nobody.
    """

    flows: DrawFlows
    planned: tuple[Planned, ...]
    rates: Rates | None = None
    _members: list[DrawFlow] = field(default_factory=list, repr=False)
    _seen: dict[tuple[int, int, str, str], Verdict] = field(default_factory=dict, repr=False)

    def member(self, place: int) -> DrawFlow:
        """The flow of one of them; made at the first call, since most groups wait for long."""
        if not self._members:
            self._members = [self.flows.of(draw) for _, draw in self.planned]
        return self._members[place]

    def request(self, places: Sequence[int], number: int) -> Request:
        """The request of a round for those that are at `places`."""
        members = [self.member(place) for place in places]
        middle, section = members[len(members) // 2], self.flows.prompts.asking_several()
        named = "|".join(self.planned[place][0] for place in places)
        name = hashlib.blake2b(f"{named}:{number}".encode(), digest_size=16).hexdigest() + ":together"
        return several_request(
            [one.draw.target for one in members],
            prompts=self.flows.prompts,
            key=name,
            style=middle.draw.style,
            begins=[one.scaffold.opening(number) for one in members] if self.flows.prompts.openings else (),
            answers=[one.scaffold.answer_first(number) for one in members] if section.answer_first else (),
            context=middle.shown,
            seed=self.flows.seed_of(name),
        )

    def rating(self, places: Sequence[int], reply: Reply, left: Sequence[int], number: int) -> Request:
        """The request for the ratings of the pairs of a reply that passed, in their order."""
        assert self.rates is not None
        found = dict(zip(places, parse_several(reply.text, len(places)), strict=True))
        rows = []
        for place in places:
            one = found[place]
            if place not in left and one is not None:
                target = self.member(place).draw.target
                rows.append((f"{target.lead} {target.text}".strip(), *one))
        key = self.request(places, number).key + ":rate"
        return together_request(rows, key, seed=self.rates.seed, structured=self.rates.structured)

    def failed(self, places: Sequence[int], reply: Reply) -> list[int]:
        """Those of `places` whose pair does not pass the checks that need nothing but the reply."""
        found = pairs_by_number(reply, len(places))
        return [place for place, one in zip(places, found, strict=True) if one is None or not self._look(place, *one)]

    def _look(self, place: int, question: str, said: str) -> bool:
        key = (place, 0, question, said)
        if key not in self._seen:
            self._seen[key] = first_look(self.member(place), question, said)
        return self._seen[key].accepted


def pairs_by_number(reply: Reply, count: int) -> list[tuple[str, str] | None]:
    """The pairs of a reply for `count` targets; of a reply without end, or one that was held back, there are none."""
    if refused_whole(reply, "") is not None or reply.finish_reason == "content_filter":
        return [None] * count
    found = parse_several(reply.text, count)
    if reply.finish_reason == "length":  # the last pair may be cut off
        last = max((place for place, one in enumerate(found) if one is not None), default=count)
        found[last:] = [None] * (count - last)
    return found


def first_look(planned: DrawFlow, question: str, said: str) -> Verdict:
    """Whether a pair is worth the whole check: it asks about its target, and its answer agrees with it.

    The same for every flow of a group, whatever the run has accepted before and whatever a judge will say.
    """
    verdict = planned.checks.question(question)
    if not verdict.accepted:
        return verdict
    target, prompts = planned.draw.target, planned.flows.prompts
    if prompts.several is not None and prompts.several.patterns and len(said) >= LONGEST_ANSWER:
        return Verdict(accepted=False, reason="truncated", feedback="The answer was cut off: answer in a few words.")
    shown = f"{planned.shown}\n{target.lead} {target.text}"
    verdict = check_answer(said, question, shown, text=said, prompts=prompts, style=planned.draw.style, target=target)
    if verdict.accepted and contains_answer(question, said):
        return Verdict(accepted=False, reason="contains-answer", feedback="The question states its answer.")
    return verdict


def together(group: Group, place: int, *, question_attempts: int, answer_attempts: int) -> Flow[Record | Rejection]:
    """One draw of a group from target to record.

    Args:
        group: the draws that ask together.
        place: which of them this flow is.
        question_attempts, answer_attempts: most requests where it goes on alone.
    """
    planned = group.member(place)
    draw = planned.draw
    places, usage = list(range(len(group.planned))), Usage()
    verdict = Verdict(accepted=False, reason="missing", feedback="The reply held no question about this part.")
    model, number = "", 0
    while place in places and number < ROUNDS:
        number += 1
        reply = yield group.request(places, number)
        assert isinstance(reply, Reply)
        usage += share(reply.usage, places.index(place), len(places))
        model = reply.model
        own = pairs_by_number(reply, len(places))[places.index(place)]
        left = group.failed(places, reply)
        if place not in left and own is not None:
            question = Question(text=own[0], attempts=number, opening=planned.scaffold.opening(number))
            mark: Rating | None = None
            if group.rates is not None:
                passed = [one for one in places if one not in left]
                marks = yield group.rating(places, reply, left, number)
                assert isinstance(marks, Reply)
                usage += share(marks.usage, passed.index(place), len(passed))
                mark = parse_together(marks.text, group.rates.rater, len(passed))[passed.index(place)]
            done = yield from _finish(planned, question, own[1], model, usage, answer_attempts)
            if isinstance(done, Record) and done.answer.attempts == number and done.answer.text in own[1]:
                done = done.model_copy(update={"rating": mark})
            if not isinstance(done, Verdict):
                return done
            verdict = done
            break
        if own is not None:
            verdict = first_look(planned, *own)
        places = [one for one in left if group.member(one).last_resort() is None]
        if len(places) < 2:
            break  # alone, the single path asks better
    made = gap_pair(draw.target, planned.scaffold.language) if planned.last_resort() is not None else None
    if made is not None and planned.checks.question(made[0]).accepted:
        question = Question(text=made[0], attempts=number, origin="gap")
        done = yield from _finish(planned, question, made[1], model, usage, answer_attempts)
        if not isinstance(done, Verdict):
            return done
    return (yield from _alone(planned, verdict, usage, question_attempts, answer_attempts))


def _finish(
    planned: DrawFlow, question: Question, said: str, model: str, usage: Usage, attempts: int
) -> Generator[Request | Admission, Reply | Verdict, Record | Rejection | Verdict]:
    """A pair whose question passed: is it new, what is its evidence, and does its answer stand?

    Returns:
        The record; a rejection where the target was taken out with the question in view; or the verdict, where the
        question is not new. An answer that does not stand is asked for again, alone.
    """
    draw = planned.draw
    key = draw_key(planned.document_digest, draw)
    admitted = yield Admission(question.text, draw.target)
    assert isinstance(admitted, Verdict)
    if not admitted.accepted:
        return admitted
    planned = yield from planned.in_view(question.text)
    removed = planned.checks.target_removed()
    if removed is not None:
        return rejection_of(key, draw, "answer", removed, question.text, question.attempts, usage)
    text, verdict = planned.checks.answer(question.text, Reply(text=said, finish_reason="stop", model=model))
    if verdict.accepted:
        answered = Answered(Answer(text=text, attempts=question.attempts), verdict, 0, Usage(), model, planned.checks)
        return record_of(key, draw, planned.document_digest, question, answered, usage)
    answered = yield from answer(
        question.text,
        planned.checks,
        lambda attempt, feedback: planned.compose_answer(question.text, attempt, feedback or verdict.feedback),
        attempts=attempts,
        instead=planned.last_answer,
    )
    usage += answered.usage
    if answered.answer is None:
        tries = question.attempts + answered.attempts
        return rejection_of(key, draw, "answer", answered.verdict, question.text, tries, usage)
    return record_of(key, draw, planned.document_digest, question, answered, usage)


def _alone(planned: DrawFlow, verdict: Verdict, usage: Usage, questions: int, answers: int) -> Flow[Record | Rejection]:
    """`pair`, told why the pair of the group failed; what the group used up is counted too."""
    outcome = yield from pair(
        planned,
        question_attempts=max(1, questions - ROUNDS),
        answer_attempts=answers,
        told=verdict.feedback or None,
    )
    return outcome.model_copy(update={"usage": outcome.usage + usage})


def share(usage: Usage, place: int, count: int) -> Usage:
    """What one of `count` draws has used up of a request that served them all; the shares add up to the whole."""

    def part(whole: int) -> int:
        return whole // count + (place < whole % count)

    return Usage(
        prompt_tokens=part(usage.prompt_tokens),
        cached_tokens=part(usage.cached_tokens),
        completion_tokens=part(usage.completion_tokens),
        cost=None if usage.cost is None else usage.cost / count,
    )
