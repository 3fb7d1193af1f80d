"""The judge of a guard: document parts of a call looked at once more, with the question in view, before they are cut.

A behaviour asks either through the very call that it guards (same model, same options), or yields a `Consult` for the
guard's own judge; the driver sends it.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from selfstudy_guard.errors import InputError
from selfstudy_guard.flow.prepared import Prepared
from selfstudy_guard.guard.arguments import Arguments, Path, with_only
from selfstudy_guard.guard.call_rules import Rules
from selfstudy_guard.guard.pending import OpenDraw
from selfstudy_guard.guard.responses import is_stream, read_reply
from selfstudy_guard.guard.rewriting import Sighting, Treated, chunks
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.records import Context, Finding, Judgement, Reply, Request

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


@dataclass(frozen=True)
class Judged:
    """A call after the judge has spoken.

    Attributes:
        treated: arguments and evidence.
        findings: what goes, by document, in offsets of the document.
    """

    treated: Treated
    findings: dict[str, tuple[Finding, ...]]


def judged(
    rules: Rules,
    arguments: Arguments,
    sightings: Sequence[Sighting],
    question: str | None,
    *,
    one: OpenDraw | None = None,
    pairs: bool = False,
) -> Asking[Judged]:
    """The call's arguments with their document parts cleaned, the question in view.

    Args:
        rules: the guard; without a judge and a question in view, nothing is asked.
        arguments: the call's arguments.
        sightings: from `Rules.sighted`.
        question: the question to be answered, where it is known.
        one: the draw that the call belongs to; it ends as failed if the judge cannot be asked.
        pairs: the call asks for questions as well.

    Raises:
        InputError: the judge is the wrapped call, and cannot be asked through it.
    """
    if rules.scrutiny is None:
        return Judged(rules.treated(arguments, sightings, pairs=pairs), {})
    found: dict[str, dict[int, Finding]] = {}
    said: dict[str, dict[int, Judgement]] = {}
    for sighting in sightings:
        located = sighting.located
        home = rules.book.prepared(located.document_id)
        start, end = located.document_start, located.document_end
        context = Context(document_id=home.document.id, start=start, end=end, text=home.document.text[start:end])
        looking = rules.scrutiny.view(home.document, home.findings, context, question)
        try:
            view = yield from consulted(rules, looking, one, partial(_through_the_call, arguments, sightings))
        except Exception as error:
            if one is not None:
                rules.book.fail(one, error)
            raise
        except BaseException:
            if one is not None:
                rules.book.release(one)
            raise
        found.setdefault(home.document.id, {}).update((finding.start, finding) for finding in view.findings)
        said.setdefault(home.document.id, {}).update((judgement.start, judgement) for judgement in view.judged)
    findings = {name: tuple(rows[start] for start in sorted(rows)) for name, rows in found.items()}

    def prepared(document_id: str) -> Prepared:
        return replace(rules.book.prepared(document_id), findings=findings[document_id])

    treated = rules.treated(arguments, sightings, pairs=pairs, prepared=prepared)
    evidence = tuple(
        one.model_copy(
            update={
                "judged": tuple(
                    judgement
                    for _, judgement in sorted(said[one.document_id].items())
                    if judgement.start < one.end and judgement.end > one.start
                )
            }
        )
        for one in treated.evidence
    )
    _tell(rules, [judgement for rows in said.values() for judgement in rows.values()])
    return Judged(replace(treated, evidence=evidence), findings)


def settled(asking: Asking[T], what: str) -> T:
    """The end of `asking` where there is no call to ask through: only the guard's own judge can be.

    Raises:
        InputError: the judge is the wrapped call.
    """
    value: Reply | None = None
    while True:
        try:
            event = asking.send(value)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        if not isinstance(event, Consult):
            asking.close()
            raise InputError(no_call(what))
        value = event.now()


def no_call(what: str) -> str:
    """The message for those who asked for a judge where there is none to ask."""
    return f"{what} makes no call that a judge could be asked through: name one, Guard(..., judge=MODEL)"


def consulted(
    rules: Rules,
    looking: Generator[Request, Reply, T],
    one: OpenDraw | None,
    through: Callable[[Request], Arguments] | None = None,
) -> Asking[T]:
    """Run a look; replies come from the ledger, or else from the judge, and are then written down.

    Args:
        rules: the guard.
        looking: from `Scrutiny.view`.
        one: the draw that it belongs to, if any.
        through: the wrapped call's arguments for a request, where the guard has no judge of its own.
    """
    ledger = rules.book.ledger
    value: Reply | None = None
    while True:
        try:
            request = looking.send(value)  # type: ignore[arg-type]  # a fresh generator is sent None
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
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


def _through_the_call(arguments: Arguments, sightings: Sequence[Sighting], request: Request) -> Arguments:
    """The user's own call, with nothing in it but the question to the judge."""
    largest = chunks(sightings)[0]
    text = "\n\n".join(message.content for message in request.messages)
    return with_only(arguments, text, largest.slot.path, is_prompt=_is_prompt(largest.slot.path, sightings))


def _is_prompt(path: Path, sightings: Sequence[Sighting]) -> bool:
    """Whether the text at `path` holds words of the user beside the documents."""
    own, done = [], 0
    here = sorted((s for s in sightings if s.slot.path == path), key=lambda sighting: sighting.located.start)
    for sighting in here:
        own.append(sighting.slot.text[done : sighting.located.start])
        done = max(done, sighting.located.end)
    own.append(here[0].slot.text[done:])
    return len(" ".join(own).split()) >= _OWN_WORDS


def _read(response: Any) -> Reply:
    if is_stream(response):
        raise InputError(
            "a judge cannot be asked through a call that streams: name a judge of its own, Guard(..., judge=MODEL)"
        )
    return read_reply(response)


def _tell(rules: Rules, said: Sequence[Judgement]) -> None:
    for judgement in said:
        rules.notebook.count("judged")
        if judgement.verdict == "none":
            rules.notebook.count("without_verdict")
            rules.notebook.tell_once(
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
