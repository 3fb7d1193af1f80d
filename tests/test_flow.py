"""The QA flow, driven by hand: no model, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

import pytest

from selfstudy_guard.attribution.index import AttributionIndex
from selfstudy_guard.flow.checks import PairChecks, refused_whole
from selfstudy_guard.flow.draw_flow import DrawFlow, DrawFlows
from selfstudy_guard.flow.keys import draw_key, request_key
from selfstudy_guard.flow.pair import Admission, answer, ask, pair
from selfstudy_guard.flow.prepared import RecentDocuments
from selfstudy_guard.questions import Prompts, parse_answer
from selfstudy_guard.questions.scaffold import Scaffold
from selfstudy_guard.records import (
    HEAD_OF_REPLY,
    LONGEST_REPLY,
    Draw,
    Evidence,
    Footprint,
    Message,
    Record,
    Rejection,
    Reply,
    Request,
    Target,
    Usage,
    Verdict,
)

TARGET = Target(document_id="a", start=0, end=20, text="The pump has a seal.")
GOOD = Verdict(accepted=True)


def request(key: str, feedback: str | None = None) -> Request:
    return Request(purpose="question", messages=(Message(role="user", content=feedback or "ask"),), key=key)


@dataclass(frozen=True)
class ScriptedChecks(PairChecks):
    """Reads replies as ever, and says what it is told to say of what it finds."""

    script: Callable[[str], Verdict] = lambda text: GOOD
    judge: Verdict = GOOD

    def question(self, text: str) -> Verdict:
        return self.script(text)

    def answer(self, question: str, reply: Reply) -> tuple[str, Verdict]:
        return parse_answer(reply.text), refused_whole(reply, "") or self.judge

    def footprint(self, question: str, answer: str) -> Footprint:
        return Footprint(targets=(TARGET,), scores=(1.0,))


@dataclass(frozen=True)
class HandMade(DrawFlow):
    """A draw whose requests are made by hand and whose evidence is what it is."""

    question_with: Callable[[int, str | None], Request] = lambda attempt, feedback: request(f"q{attempt}", feedback)
    answer_with: Callable[[str, int, str | None], Request] = lambda question, attempt, feedback: request(
        f"a{attempt}", feedback
    )

    def compose_question(self, attempt: int, feedback: str | None) -> Request:
        return self.question_with(attempt, feedback)

    def compose_answer(self, question: str, attempt: int, feedback: str | None) -> Request:
        return self.answer_with(question, attempt, feedback)

    def in_view(self, question: str | None) -> Generator[Request, Reply, DrawFlow]:
        yield from ()
        return self

    def tight(self) -> DrawFlow:
        return self


def checks(check: Callable[[str], Verdict] = lambda text: GOOD, judge: Verdict = GOOD) -> ScriptedChecks:
    shown = Evidence(document_id="a", start=0, end=20, text=TARGET.text)
    index = AttributionIndex([TARGET])
    return ScriptedChecks(TARGET, index, Prompts.builtin("large"), evidence=shown, script=check, judge=judge)


def planned(check: Callable[[str], Verdict] = lambda text: GOOD, judge: Verdict = GOOD) -> HandMade:
    flows = DrawFlows(RecentDocuments(lambda name: pytest.fail(name)), Prompts.builtin("large"))
    return HandMade(flows, Draw(target=TARGET), "d" * 64, "", checks(check, judge), Scaffold(TARGET))


def drive(flow, replies):
    """Send scripted values to a flow; returns what it yielded and what it returned."""
    asked, value = [], None
    replies = iter(replies)
    while True:
        try:
            event = flow.send(value)
        except StopIteration as stop:
            return asked, stop.value
        asked.append(event)
        value = next(replies)


def test_a_pair_becomes_a_record_with_summed_usage():
    replies = [
        Reply(text="What does the pump have?", usage=Usage(prompt_tokens=5, cost=0.1)),
        GOOD,
        Reply(text="A seal.", model="m", usage=Usage(prompt_tokens=7, cost=0.2)),
    ]
    asked, record = drive(pair(planned()), replies)
    assert isinstance(record, Record)
    assert (record.question.text, record.answer.text, record.model) == ("What does the pump have?", "A seal.", "m")
    assert record.usage.prompt_tokens == 12
    assert record.usage.cost == pytest.approx(0.3)
    assert isinstance(asked[1], Admission)
    assert record.footprint.targets == (TARGET,)


def test_feedback_of_a_refused_question_reaches_the_next_request():
    verdicts = iter([Verdict(accepted=False, reason="off-target", feedback="ask about the pump"), GOOD])
    flow = pair(planned(check=lambda text: next(verdicts)))
    replies = [Reply(text="What is love?"), Reply(text="What does the pump have?"), GOOD, Reply(text="A seal.")]
    asked, record = drive(flow, replies)
    assert asked[1].messages[0].content == "ask about the pump"
    assert record.question.attempts == 2


def test_a_question_that_never_passes_is_rejected_with_its_reason_and_last_try():
    bad = Verdict(accepted=False, reason="off-target", feedback="no")
    _, outcome = drive(pair(planned(check=lambda text: bad), question_attempts=2), [Reply(text="What is love?")] * 2)
    assert isinstance(outcome, Rejection)
    assert (outcome.stage, outcome.reason, outcome.attempts) == ("question", "off-target", 2)
    assert outcome.question == "What is love?"


def test_an_empty_reply_is_asked_again_and_a_refused_admission_counts_as_duplicate():
    duplicate = Verdict(accepted=False, reason="duplicate", feedback="ask something else")
    replies = [Reply(text=""), Reply(text="What does the pump have?"), duplicate]
    _, outcome = drive(pair(planned(), question_attempts=2), replies)
    assert outcome.reason == "duplicate"


def test_a_question_is_kept_when_its_answer_fails():
    leak = Verdict(accepted=False, reason="leak", feedback="no")
    replies = [Reply(text="What does the pump have?"), GOOD, Reply(text="x"), Reply(text="x")]
    _, outcome = drive(pair(planned(judge=leak)), replies)
    assert (outcome.stage, outcome.reason, outcome.question) == ("answer", "leak", "What does the pump have?")


@dataclass(frozen=True)
class OnlyTheTarget(ScriptedChecks):
    """Takes no answer but the words of the target."""

    def answer(self, question: str, reply: Reply) -> tuple[str, Verdict]:
        good = reply.text == TARGET.text
        return reply.text, GOOD if good else Verdict(accepted=False, reason=self.judge.reason, feedback="no")


@pytest.mark.parametrize(
    ("reason", "made", "requests", "origin"),
    [
        ("ungrounded", TARGET.text, 1, "sentence"),
        ("ungrounded", "The hall is green.", 2, None),
        ("ungrounded", None, 2, None),
        ("obeyed", TARGET.text, 1, None),
    ],
)
def test_an_answer_without_a_model_is_taken_before_one_more_request_if_it_passes(reason, made, requests, origin):
    shown = Evidence(document_id="a", start=0, end=20, text=TARGET.text)
    index, judge = AttributionIndex([TARGET]), Verdict(accepted=False, reason=reason)
    scripted = OnlyTheTarget(TARGET, index, Prompts.builtin("tiny"), evidence=shown, judge=judge)
    flow = answer("What does the pump have?", scripted, lambda n, told: request(f"a{n}"), instead=lambda question: made)
    asked, outcome = drive(flow, [Reply(text="A lid."), Reply(text="A door.")])
    assert len(asked) == requests
    assert (outcome.answer.origin if outcome.answer else None) == origin


def test_small_models_have_an_answer_without_a_model_only_where_their_prompts_say_so():
    for name, made in (("tiny", TARGET.text), ("small", None), ("large", None)):
        flows = DrawFlows(RecentDocuments(lambda name: pytest.fail(name)), Prompts.builtin(name))
        one = DrawFlow(flows, Draw(target=TARGET), "d" * 64, "", checks(), Scaffold(TARGET))
        assert one.last_answer("What does the pump have?") == made


def test_the_second_candidate_of_one_reply_is_taken_when_the_first_fails():
    def check(text: str) -> Verdict:
        return GOOD if "pump" in text else Verdict(accepted=False, reason="off-target", feedback="no")

    reply = Reply(text="1. What is the weather?\n2. What does the pump have?")
    flow = ask(TARGET, checks(check), compose=lambda attempt, feedback: request("q"))
    _, asked = drive(flow, [reply, GOOD])
    assert asked.question.text == "What does the pump have?"


def test_keys_depend_on_everything_that_makes_a_draw():
    keys = {
        draw_key("d1", Draw(target=TARGET)),
        draw_key("d2", Draw(target=TARGET)),
        draw_key("d1", Draw(target=TARGET, style="creative")),
        draw_key("d1", Draw(target=TARGET, number=1)),
        draw_key("d1", Draw(target=TARGET.model_copy(update={"end": 19}))),
        draw_key("d1", Draw(target=TARGET.model_copy(update={"also": (TARGET,)}))),
    }
    assert len(keys) == 6
    assert request_key("k", "question", 1) != request_key("k", "answer", 1)


def test_a_reply_without_end_is_refused_whatever_its_head_says():
    endless = Reply(text="What does the pump have? " * 10_000).bounded()
    assert endless.oversize is not None
    assert endless.oversize.characters == 250_000
    assert len(endless.text) == HEAD_OF_REPLY
    asked, outcome = drive(pair(planned(), question_attempts=2), [endless] * 2)
    assert (outcome.stage, outcome.reason, outcome.attempts) == ("question", "oversized", 2)
    assert "250,000 characters" in asked[1].messages[0].content
    replies = [Reply(text="What does the pump have?"), GOOD, *[Reply(text="A seal. " * 30_000).bounded()] * 2]
    _, outcome = drive(pair(planned()), replies)
    assert (outcome.stage, outcome.reason) == ("answer", "oversized")


def test_a_reply_of_ordinary_length_is_left_as_it_is():
    reply = Reply(text="x" * LONGEST_REPLY, reasoning="y" * LONGEST_REPLY)
    assert reply.bounded() is reply
    cut = Reply(text="\ud83d", reasoning="y" * (LONGEST_REPLY + 1)).bounded()
    assert (cut.text, cut.oversize, len(cut.reasoning)) == ("\ud83d", None, LONGEST_REPLY)
