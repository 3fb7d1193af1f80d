"""The judge of a guard: document parts of a call looked at once more, with the question in view, before they are cut.

A behaviour asks either through the very call that it guards (same model, same options), or yields a `Consult` for the
guard's own judge; the driver sends it.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from selfstudy_guard.errors import InputError
from selfstudy_guard.flow.claims import Claim, claims_of
from selfstudy_guard.flow.evidence import cut_in_view
from selfstudy_guard.flow.step import Returned, step
from selfstudy_guard.guard.arguments import Arguments, with_only
from selfstudy_guard.guard.call_rules import CallRules
from selfstudy_guard.guard.pending import OpenDraw
from selfstudy_guard.guard.responses import is_stream, read_reply
from selfstudy_guard.guard.rewriting import Rewritten, window_of
from selfstudy_guard.guard.sighting import SightedCall
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.records import Judgement, Reply, Request, Target

_OWN_WORDS = 3
"""Words beside the document part from which a text counts as a prompt, and not as an argument of a template."""

T = TypeVar("T")


@dataclass(frozen=True)
class Consult:
    """One request for the guard's own judge."""

    request: Request
    judge: Completer | AsyncCompleter

    def now(self) -> Reply:
        """Send it and wait; raises as the completer does."""
        judge = self.judge
        if isinstance(judge, Completer):
            return judge.complete(self.request)
        return _waited(lambda: judge.acomplete(self.request))

    async def awaited(self) -> Reply:
        """The same, awaited; a sync completer is called in a thread."""
        if isinstance(self.judge, AsyncCompleter):
            return await self.judge.acomplete(self.request)
        return await asyncio.to_thread(self.judge.complete, self.request)


Asking = Generator["Arguments | Consult", Any, T]


def reviewed(
    rules: CallRules,
    call: SightedCall,
    question: str | None,
    *,
    one: OpenDraw | None = None,
    targets: Sequence[Target] = (),
    pairs: bool = False,
) -> Asking[Rewritten]:
    """The call with its document parts cleaned, the question in view.

    Args:
        rules: the guard; without a judge and a question in view, nothing is asked.
        call: what was found in the call.
        question: the question to be answered, where it is known.
        one: the draw that the call belongs to; it ends as failed if the judge cannot be asked.
        targets: what the call is about, where it belongs to no single draw.
        pairs: the call asks for questions as well.

    Raises:
        InputError: the judge is the wrapped call, and cannot be asked through it.
    """
    cuts = []
    targets = targets if one is None else (one.target, *one.target.also)
    homes = [rules.state.prepared(sighting.located.document_id) for sighting in call.sightings]
    windows = [window_of(sighting, home.document) for sighting, home in zip(call.sightings, homes, strict=True)]
    mentioned = call.mentioned_in(question or "")
    claims: list[Claim | None] = [None] * len(homes)
    if question and not targets and rules.withhold is not None:
        # What one chunk answers, another need not: they are weighed against each other.
        found = claims_of(question, [(home, w.start, w.end) for home, w in zip(homes, windows, strict=True)])
        # What the question quotes is what it needs, wherever else it may point.
        quoted = [windows[number] for number in mentioned]
        claims = [one.quoting(quoted, home.document.id) for one, home in zip(found, homes, strict=True)]
    for number, (home, window, claim) in enumerate(zip(homes, windows, claims, strict=True)):
        looking = cut_in_view(
            home,
            window,
            mode=rules.mode,
            review=rules.review,
            targets=targets,
            question=question,
            claim=claim,
            withhold=None if number in mentioned else rules.withhold,
        )
        with rules.state.on_its_way(*(() if one is None else (one,))):
            cuts.append((yield from consulted(rules, looking, one, partial(_through_the_call, call))))
    _tell(rules, [judgement for cut in cuts for judgement in cut.judged])
    return rules.rewritten(call, cuts, pairs=pairs)


def settled(asking: Asking[T], what: str) -> T:
    """The end of `asking` where there is no call to ask through: only the guard's own judge can be.

    Raises:
        InputError: the judge is the wrapped call.
    """
    now = step(asking)
    while not isinstance(now, Returned):
        if not isinstance(now.value, Consult):
            asking.close()
            raise InputError(no_call(what))
        now = step(asking, now.value.now())
    return now.value


def no_call(what: str) -> str:
    """The message for those who asked for a judge where there is none to ask."""
    return f"{what} makes no call that a judge could be asked through: name one, Guard(..., judge=MODEL)"


def consulted(
    rules: CallRules,
    looking: Generator[Request, Reply, T],
    one: OpenDraw | None,
    through: Callable[[Request], Arguments] | None = None,
) -> Asking[T]:
    """Run a look; replies come from the ledger, or else from the judge, and are then written down.

    Args:
        rules: the guard.
        looking: from `flow.evidence.cut_in_view`.
        one: the draw that it belongs to, if any.
        through: the wrapped call's arguments for a request, where the guard has no judge of its own.
    """
    ledger = rules.state.ledger
    now = step(looking)
    while not isinstance(now, Returned):
        request = now.value
        value = ledger.reply(request.key)
        if value is None:
            if rules.judge is not None:
                reply = yield Consult(request, rules.judge)
            else:
                assert through is not None
                reply = _read((yield through(request)))
            # Two calls at the same time may both have asked: the first reply counts, both are paid for.
            stored = ledger.reply(request.key)
            name = request.key if stored is None else f"{request.key}:{secrets.token_hex(4)}"
            ledger.save_reply(name, one.key if one is not None else "", "judge", reply)
            value = stored or reply
        now = step(looking, value)
    return now.value


def _through_the_call(call: SightedCall, request: Request) -> Arguments:
    """The user's own call, with nothing in it but the question to the judge."""
    text = "\n\n".join(message.content for message in request.messages)
    return with_only(call.arguments, text, call.near, is_prompt=_is_prompt(call))


def _is_prompt(call: SightedCall) -> bool:
    """Whether the text that the longest chunk stands in holds words of the user beside the documents."""
    slot = call.sightings[call.chunks[0]].slot
    own, done = [], 0
    for located in call.located_in(slot):
        own.append(slot.text[done : located.start])
        done = max(done, located.end)
    own.append(slot.text[done:])
    return len(" ".join(own).split()) >= _OWN_WORDS


def _read(response: Any) -> Reply:
    if is_stream(response):
        raise InputError(
            "a judge cannot be asked through a call that streams: name a judge of its own, Guard(..., judge=MODEL)"
        )
    return read_reply(response)


def _tell(rules: CallRules, said: Sequence[Judgement]) -> None:
    for judgement in said:
        rules.log.count("judged")
        if judgement.verdict == "none":
            rules.log.count("without_verdict")
            rules.log.tell_once(
                "verdict",
                f"a reply of the judge was no verdict ({judgement.reply!r}), so the filter's own decision stands; "
                "evidence.judged of each record lists what was asked",
            )


def _waited(make: Callable[[], Any]) -> Reply:
    """Await something in sync code, also where this thread's event loop is busy."""
    replies: list[Reply] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            replies.append(asyncio.run(make()))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, name="selfstudy-guard-judge")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return replies[0]
