"""Scheduler, session, drivers and pacing, on flows made by hand and completers that misbehave on purpose."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from dataclasses import replace

import pytest

from selfstudy_guard.engine.drivers import arun, drive, run
from selfstudy_guard.engine.limits import Concurrency, Limits, Pace, Price
from selfstudy_guard.engine.retry import Retries, WaitAsAsked
from selfstudy_guard.engine.scheduler import Job, Scheduler
from selfstudy_guard.engine.session import Arrival, Session
from selfstudy_guard.errors import AuthenticationError, LimitReached, ProviderError, RateLimitError
from selfstudy_guard.flow.keys import draw_key, request_key
from selfstudy_guard.flow.pair import Admission, pair
from selfstudy_guard.ledger import Ledger, open_ledger
from selfstudy_guard.questions import NearDuplicates, check_duplicate
from selfstudy_guard.records import Draw, Message, Reply, Request, Target, Usage, Verdict
from tests.test_flow import planned

DIGEST = "d" * 64
PLAIN = Usage(prompt_tokens=10, completion_tokens=5, cost=0.001)


class Seen:
    """Admissions of a run, and the order they were asked in."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.near = NearDuplicates()

    def admit(self, key: str, question: str, target: Target) -> Verdict:
        self.order.append(key)
        verdict = check_duplicate(question, self.near)
        if verdict.accepted:
            self.near.add(question)
        return verdict


def draws(n: int) -> list[Draw]:
    return [
        Draw(target=Target(document_id="a", start=i * 10, end=i * 10 + 9, text=f"part {i:04d}", index=i))
        for i in range(n)
    ]


def flow_of(draw: Draw):
    key = draw_key(DIGEST, draw)

    def compose(purpose, attempt, text):
        message = Message(role="user", content=text)
        return Request(purpose=purpose, messages=(message,), key=request_key(key, purpose, attempt))

    own = planned()
    return pair(
        replace(
            own,
            draw=draw,
            question_with=lambda attempt, feedback: compose("question", attempt, f"{draw.target.text} try {attempt}"),
            answer_with=lambda question, attempt, feedback: compose("answer", attempt, f"answer {question}"),
        )
    )


def session(ledger: Ledger, n: int = 20, *, concurrency: int = 8, **changes) -> Session:
    plan = draws(n)
    ledger.plan((draw_key(DIGEST, draw), DIGEST, draw) for draw in plan)
    by_key = {draw_key(DIGEST, draw): draw for draw in plan}

    def jobs():
        after = -1
        while rows := ledger.pending(after=after):
            for after, key, _, _ in rows:
                yield Job(after, key, flow_of(by_key[key]))

    seen = changes.pop("seen", None) or Seen()
    made = Session(
        scheduler=Scheduler(jobs(), ledger, seen, window=4 * concurrency, patience=changes.pop("patience", 20)),
        ledger=ledger,
        concurrency=Concurrency(concurrency),
        retries=Retries(changes.pop("tries", 6), longest=0.01),
        **changes,
    )
    made.seen = seen
    return made


def words(text: str) -> str:
    """A reply that depends on the request alone."""
    rng = random.Random(text)
    return " ".join("".join(rng.choice("abcdefghij") for _ in range(6)) for _ in range(6))


class Echo:
    """Answers every request from its text, after a random moment; remembers how many were in flight."""

    model = "echo"

    def __init__(self, latency: float = 0.002, duplicates: bool = False) -> None:
        self.latency = latency
        self.duplicates = duplicates
        self.calls: list[str] = []
        self.in_flight = self.most = 0
        self._mutex = threading.Lock()

    def _reply(self, request: Request) -> Reply:
        text = request.messages[-1].content
        if request.purpose == "question":
            if self.duplicates and "try 1" in text:
                number = int(text.split()[1])
                return Reply(text=f"What is {words(str(number // 3))}?", model="echo", usage=PLAIN)
            return Reply(text=f"What is {words(text)}?", model="echo", usage=PLAIN)
        return Reply(text=f"It is {words(text)}.", model="echo", usage=PLAIN)

    def complete(self, request: Request) -> Reply:
        with self._mutex:
            self.calls.append(request.key)
            self.in_flight += 1
            self.most = max(self.most, self.in_flight)
        time.sleep(random.random() * self.latency)
        with self._mutex:
            self.in_flight -= 1
        return self._reply(request)


class AsyncEcho(Echo):
    async def acomplete(self, request: Request) -> Reply:
        self.calls.append(request.key)
        await asyncio.sleep(random.random() * self.latency)
        return self._reply(request)

    complete = None  # type: ignore[assignment]


def essence(ledger: Ledger):
    return [record.model_copy(update={"created": ""}) for record in ledger.records()]


@pytest.mark.parametrize("duplicates", [False, True])
def test_sync_and_async_give_the_same_records_at_any_concurrency(duplicates):
    results = []
    for concurrency in (1, 3, 16):
        with open_ledger(None) as ledger:
            run(session(ledger, 40, concurrency=concurrency), Echo(duplicates=duplicates))
            results.append((essence(ledger), list(ledger.rejections())))
        with open_ledger(None) as ledger:
            asyncio.run(arun(session(ledger, 40, concurrency=concurrency), AsyncEcho(duplicates=duplicates)))
            results.append((essence(ledger), list(ledger.rejections())))
    assert len(results[0][0]) == 40
    assert all(result == results[0] for result in results)
    if duplicates:
        assert any(record.question.attempts == 2 for record in results[0][0])


def test_admissions_are_asked_in_plan_order():
    with open_ledger(None) as ledger:
        made = session(ledger, 30, concurrency=16)
        run(made, Echo(latency=0.01))
        plan = [draw_key(DIGEST, draw) for draw in draws(30)]
        assert [key for key in made.seen.order if key in plan] == plan


def test_concurrency_is_bounded_and_starts_with_one_call():
    with open_ledger(None) as ledger:
        echo = Echo()
        run(session(ledger, 40, concurrency=4), echo)
        assert 1 < echo.most <= 4


def test_a_wrong_key_ends_the_run_at_the_first_call():
    class Denied:
        calls = 0

        def complete(self, request: Request) -> Reply:
            self.calls += 1
            raise AuthenticationError("wrong key")

    with open_ledger(None) as ledger:
        denied = Denied()
        with pytest.raises(AuthenticationError):
            run(session(ledger, 50, concurrency=16), denied)
        assert denied.calls == 1
        assert ledger.balance().pending == 50


def test_a_wrong_key_ends_an_async_run_at_the_first_call_too():
    class Denied:
        calls = 0

        async def acomplete(self, request: Request) -> Reply:
            self.calls += 1
            raise AuthenticationError("wrong key")

    with open_ledger(None) as ledger:
        denied = Denied()
        with pytest.raises(AuthenticationError):
            asyncio.run(arun(session(ledger, 50, concurrency=16), denied))
        assert denied.calls == 1
        assert ledger.balance().pending == 50


class Flaky(Echo):
    """Fails every request `failures` times before it answers."""

    def __init__(self, failures: int, error: Exception) -> None:
        super().__init__()
        self.failures, self.error = failures, error
        self.tries: dict[str, int] = {}

    def complete(self, request: Request) -> Reply:
        with self._mutex:
            tried = self.tries[request.key] = self.tries.get(request.key, 0) + 1
        if tried <= self.failures:
            raise self.error
        return super().complete(request)


@pytest.mark.parametrize("driver", ["sync", "async"])
def test_retryable_errors_are_retried_and_others_fail_with_their_reason(driver):
    def drive(made, completer):
        if driver == "sync":
            run(made, completer)
        else:
            asyncio.run(arun(made, completer))

    with open_ledger(None) as ledger:
        drive(session(ledger, 5), Flaky(2, RateLimitError("slow down", retry_after=0.0, status=429)))
        assert ledger.balance().answered == 5
    with open_ledger(None) as ledger:
        drive(session(ledger, 5, tries=2), Flaky(2, ProviderError("down")))
        assert ledger.balance().failed == 5
        assert ledger.balance().reasons == {"ProviderError": 5}
    with open_ledger(None) as ledger:
        flaky = Flaky(1, ProviderError("bad", retryable=False))
        drive(session(ledger, 5), flaky)
        assert ledger.balance().failed == 5
        assert set(flaky.tries.values()) == {1}


def test_a_provider_that_never_answers_ends_the_run():
    with open_ledger(None) as ledger:
        with pytest.raises(ProviderError):
            run(session(ledger, 50, tries=1, patience=4), Flaky(99, ProviderError("down")))
        assert ledger.balance().failed < 20
        assert ledger.balance().closes


def test_an_error_that_no_completer_may_raise_is_not_swallowed():
    with open_ledger(None) as ledger, pytest.raises(ZeroDivisionError):
        run(session(ledger, 5), Flaky(1, ZeroDivisionError("bug")))


def test_a_completer_that_runs_dry_does_not_look_like_a_finished_flow():
    class Dry:
        def complete(self, request: Request) -> Reply:
            return next(iter([]))

    with open_ledger(None) as ledger, pytest.raises((StopIteration, RuntimeError)):
        run(session(ledger, 5), Dry())


def test_an_interrupted_run_pays_nothing_twice():
    with open_ledger(None) as ledger:
        first = session(ledger, 30)

        class Stopping(Echo):
            def complete(self, request: Request) -> Reply:
                if len(self.calls) == 17:
                    first.stop.set()
                return super().complete(request)

        stopping = Stopping()
        run(first, stopping)
        assert first.stopped_because == "interrupted"
        assert 0 < ledger.balance().pending <= 30
        rest = Echo()
        run(session(ledger, 30), rest)
        assert ledger.balance().answered == 30
        assert not set(stopping.calls) & set(rest.calls)
        assert len(set(rest.calls)) == len(rest.calls)


def test_token_and_cost_limits_stop_the_run_and_say_why():
    for limits in (Limits(tokens=100), Limits(cost=0.0065)):
        with open_ledger(None) as ledger:
            made = session(ledger, 30, concurrency=2, limits=limits)
            run(made, Echo())
            assert "is used up" in made.stopped_because
            assert 0 < ledger.balance().pending < 30


def test_an_unknown_price_is_said_and_a_cost_limit_without_price_is_an_error():
    class Unpriced(Echo):
        def _reply(self, request: Request) -> Reply:
            return super()._reply(request).model_copy(update={"usage": Usage(prompt_tokens=10, completion_tokens=10)})

    with open_ledger(None) as ledger:
        said: list[str] = []
        run(session(ledger, 5, notify=said.append), Unpriced())
        assert len(said) == 1
        assert "price" in said[0]
        assert ledger.balance().answered == 5
    with open_ledger(None) as ledger, pytest.raises(LimitReached, match="--price"):
        run(session(ledger, 5, limits=Limits(cost=1.0)), Unpriced())
    with open_ledger(None) as ledger:
        run(session(ledger, 5, limits=Limits(cost=1.0), price=Price(1.0, 2.0)), Unpriced())
        assert ledger.balance().usage.cost == pytest.approx(10 * (10 * 1 + 10 * 2) / 1e6)


def test_retry_after_is_honoured_and_an_absurd_one_is_not():
    class Outcome:
        def __init__(self, error):
            self.error = error

        def exception(self):
            return self.error

    class State:
        def __init__(self, error):
            self.outcome = Outcome(error)

    wait = WaitAsAsked(lambda state: 0.0)
    assert wait(State(RateLimitError("x", retry_after=7.0))) == 7.0
    assert wait(State(RateLimitError("x", retry_after=1e9))) == 120.0
    assert wait(State(RateLimitError("x", retry_after=float("nan")))) == 0.0
    assert wait(State(RateLimitError("x", retry_after=-5))) == 0.0
    assert wait(State(RateLimitError("x"))) == 0.0


def test_pace_spreads_requests_and_tokens_over_the_minute():
    now = [0.0]
    pace = Pace(requests_per_minute=60, clock=lambda: now[0])
    assert [pace.delay(1) for _ in range(4)] == pytest.approx([0, 1, 2, 3])
    now[0] = 10.0
    assert pace.delay(1) == 0.0
    pace = Pace(tokens_per_minute=600, clock=lambda: now[0])
    assert [pace.delay(100) for _ in range(3)] == pytest.approx([0, 10, 20])


def test_concurrency_grows_while_it_goes_well_and_halves_when_throttled():
    concurrency = Concurrency(64)
    assert concurrency.limit == 1
    for _ in range(200):
        concurrency.succeeded(0.1)
    assert concurrency.limit == 64
    concurrency.throttled()
    concurrency.throttled()
    assert concurrency.limit == 32, "one round trip cuts once"
    for _ in range(40):
        concurrency.succeeded(0.1)
    assert 32 < concurrency.limit < 40, "grows additively after the first cut"
    before = concurrency.limit
    for _ in range(50):
        concurrency.succeeded(60.0)
    assert concurrency.limit == before, "latency far above the best stops the increase"


def test_the_admission_event_carries_the_target():
    flow = flow_of(draws(1)[0])
    flow.send(None)
    event = flow.send(Reply(text="What is this?"))
    assert isinstance(event, Admission)
    assert event.target.index == 0


def by_hand(made: Session, answer) -> list[list[str]]:
    """Drive a session without threads or tasks; returns the keys that went out together."""
    rounds = []
    while True:
        sends = made.next_actions()
        rounds.append([send.request.key for send in sends])
        if made.over:
            made.close()
            return rounds
        made.completed(Arrival(send, answer(send), 0.01) for send in sends)


def test_the_engine_needs_no_driver():
    echo = Echo()
    with open_ledger(None) as ledger, open_ledger(None) as driven:
        made = session(ledger, 12, concurrency=4)
        rounds = by_hand(made, lambda send: echo._reply(send.request))
        run(session(driven, 12, concurrency=4), Echo())
        assert essence(ledger) == essence(driven)
        assert len(rounds[0]) == 1
        assert made.replies == made.calls == 24


def test_a_failed_request_goes_out_again_after_the_wait_that_was_asked_for():
    waits, tried = [], []

    def answer(send):
        waits.append(send.wait)
        tried.append(send.tried)
        if send.tried < 2:
            return RateLimitError("slow down", retry_after=7.0, status=429)
        return Echo()._reply(send.request)

    with open_ledger(None) as ledger:
        by_hand(session(ledger, 1, concurrency=1), answer)
        assert tried == [0, 1, 2, 0, 1, 2]
        assert [7 <= wait < 8.1 for wait in waits] == [False, True, True, False, True, True]
        assert ledger.balance().answered == 1


def test_a_pace_counts_every_send_and_says_how_long_to_wait():
    with open_ledger(None) as ledger:
        made = session(ledger, 3, concurrency=1, pace=Pace(requests_per_minute=60, clock=lambda: 0.0))
        waits = []
        by_hand(made, lambda send: waits.append(send.wait) or Echo()._reply(send.request))
        assert waits == pytest.approx(range(6))


@pytest.mark.parametrize("what", [None, "text", TimeoutError(), ConnectionResetError(), {"text": "x"}])
def test_what_a_completer_must_not_return_or_raise_is_a_failed_call(what):
    with open_ledger(None) as ledger:
        by_hand(session(ledger, 2, tries=2), lambda send: what)
        assert ledger.balance().reasons == {"ProviderError": 2}


def test_in_step_replies_are_worked_on_in_plan_order_and_stored_ones_change_nothing():
    """What is drawn next depends on no timing: the same rounds at any concurrency, and when replies are stored."""

    class Unread:
        """A ledger whose stored replies the scheduler does not see."""

        def __init__(self, ledger):
            self.ledger = ledger

        def __getattr__(self, name):
            return getattr(self.ledger, name)

        def reply(self, key):
            return None

    def course(ledger, concurrency, completer):
        plan, order = draws(20), []
        jobs = (Job(place, str(place), flow_of(draw)) for place, draw in enumerate(plan))
        made = Session(
            scheduler=Scheduler(
                jobs, Unread(ledger), Seen(), window=4, on_outcome=lambda end: order.append((end.key, made.replies))
            ),
            ledger=ledger,
            concurrency=Concurrency(concurrency),
            limits=Limits(calls=31),
            in_step=True,
        )
        drive(made, completer)
        assert made.calls == 31
        assert made.stopped_because == "the limit of 31 calls is used up"
        return order

    with open_ledger(None) as one, open_ledger(None) as other:
        first = course(one, 1, Echo())
        assert len(first) > 8
        assert course(other, 16, Echo(latency=0.01)) == first
        silent = Echo()
        assert course(other, 3, silent) == first
        assert silent.calls == []
        assert course(other, 3, AsyncEcho()) == first
