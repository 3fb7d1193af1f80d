"""The half of a guard that wraps calls: by purpose, as a client, and for hosts that send requests themselves."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from selfstudy_guard.errors import InputError
from selfstudy_guard.guard.arguments import Arguments, with_addition
from selfstudy_guard.guard.call_drivers import adrive, drive
from selfstudy_guard.guard.call_review import no_call, settled
from selfstudy_guard.guard.call_rules import CallRules, reviewed
from selfstudy_guard.guard.clients import guarded_client, refuse_copies
from selfstudy_guard.guard.flows import Behaviour, answering, asking, filtering, guarding
from selfstudy_guard.guard.purposes import Purpose, purpose_named
from selfstudy_guard.guard.several import generating
from selfstudy_guard.guard.sighting import SightedCall
from selfstudy_guard.questions import anchor_text
from selfstudy_guard.records import Finding

F = TypeVar("F", bound=Callable[..., Any])
M = TypeVar("M")
C = TypeVar("C")
Reader = Callable[[Any], str]
"""Takes the response of a call and gives its text."""


class GuardWraps:
    """Wraps callables and clients; what a call is held to stands in its rules."""

    _rules: CallRules
    _style: str

    def asking(self, call: F, *, style: str | None = None, reader: Reader | None = None) -> F:
        """Wrap the call that asks for one question about the text in its messages.

        The chunk's least covered eligible target is chosen, what is not content is masked, the anchor is added behind
        the user's own words, the reply is checked, and the call is made again with feedback while it does not pass.
        A reply that never passes is handed back all the same and counted as rejected, with a warning.

        Args:
            call: sync or async callable.
            style: question style of the check; None takes the guard's.
        """
        chosen = self._rules.style(style or self._style)
        return self._wrapped(call, lambda call: asking(self._rules, call, chosen), reader)

    def answering(self, call: F, *, reader: Reader | None = None) -> F:
        """Wrap the call that answers a question from the text in its messages.

        Instruction-like spans are taken out of the text before the call, the reply is checked, and question and answer
        become a record: the question that `asking` accepted, or else the last question in the user's own words.
        """
        return self._wrapped(call, lambda call: answering(self._rules, call), reader)

    def generating(self, call: F, *, per_call: int = 5, style: str | None = None, reader: Reader | None = None) -> F:
        """Wrap a call that asks for several questions, or for questions and answers, at once.

        The text is filtered, `per_call` targets are anchored in one request, the user's output format is left alone,
        and each pair of the reply is attributed and recorded. Questions without answers wait for `answering`.

        Args:
            call: sync or async callable.
            per_call: how many questions the user's prompt asks for.
            style: question style of the check; None takes the guard's.

        Raises:
            InputError: `per_call` below 1.
        """
        _check_count(per_call)
        chosen = self._rules.style(style or self._style)
        return self._wrapped(call, lambda call: generating(self._rules, call, per_call, chosen), reader)

    def guarding(self, call: F, *, style: str | None = None, reader: Reader | None = None) -> F:
        """Wrap a call that is used for both: `answering` where its messages hold a question, else `asking`.

        For scripts with one function for everything. A call counts as an answer call if it holds a question that was
        asked through this guard, or if the user's own words end in a question that does not itself ask for questions.
        """
        chosen = self._rules.style(style or self._style)
        return self._wrapped(call, lambda call: guarding(self._rules, call, chosen), reader)

    def either(self, call: F, *, per_call: int = 5, style: str | None = None, reader: Reader | None = None) -> F:
        """Wrap a call that a tool uses both for `per_call` questions at once and for answers.

        As `guarding`, but a call whose own words order questions is a `generating` call. In doubt it is filtered only.

        Args:
            call: sync or async callable.
            per_call: how many questions the tool's prompt asks for.
            style: question style of the check; None takes the guard's.
            reader: takes the call's response and gives its text; None reads the common kinds.

        Raises:
            InputError: `per_call` below 1.
        """
        _check_count(per_call)
        chosen = self._rules.style(style or self._style)
        return self._wrapped(call, lambda call: guarding(self._rules, call, chosen, per_call), reader)

    def filtering(self, call: F) -> F:
        """Wrap a call whose document part is to be filtered, and nothing else: not anchored, checked or recorded."""
        return self._wrapped(call, lambda call: filtering(self._rules, call))

    def wrapped(
        self,
        call: F,
        purpose: Purpose,
        *,
        per_call: int = 5,
        style: str | None = None,
        reader: Reader | None = None,
    ) -> F:
        """Wrap a call by the name of its purpose: `wrapped(call, "asking")` is `asking(call)`.

        Args:
            call: sync or async callable.
            purpose: name of the method that wraps it.
            per_call: questions of one call, for "generating" and "either".
            style: question style of the check; None takes the guard's.
            reader: takes the call's response and gives its text; None reads the common kinds.

        Raises:
            InputError: no such purpose, or `per_call` below 1.
        """
        purpose = purpose_named(purpose)
        if purpose == "filtering":
            return self.filtering(call)
        if purpose == "answering":
            return self.answering(call, reader=reader)
        if purpose in ("generating", "either"):
            several = self.generating if purpose == "generating" else self.either
            return several(call, per_call=per_call, style=style, reader=reader)
        return (self.asking if purpose == "asking" else self.guarding)(call, style=style, reader=reader)

    def client(self, client: C, purpose: Purpose = "guarding", *, per_call: int = 5, style: str | None = None) -> C:
        """A copy of an OpenAI, Anthropic or like client, sync or async, of which every request is guarded.

        `create`, `parse`, `stream`, raw responses, `with_options()` and `copy()` of it are guarded; requests that carry
        text elsewhere (batches, files, assistants, sockets) are refused with `UnguardedCallError`.

        Args:
            client: not changed; the copy shares its key and connections.
            purpose: what its requests are for.
            per_call: questions of one request, for "generating" and "either".
            style: question style of the check; None takes the guard's.

        Raises:
            InputError: a client of another kind, or no such purpose.
        """
        purpose = purpose_named(purpose)
        return guarded_client(  # type: ignore[no-any-return]  # a copy of what came in
            client, lambda call: self.wrapped(call, purpose, per_call=per_call, style=style)
        )

    def protect(self, messages: M) -> M:
        """A copy of messages (or a prompt string, or a dict of arguments) whose document parts are filtered.

        For those who only want the filter: nothing is anchored, checked or recorded.

        Raises:
            UnguardedCallError: no registered document was found.
            InputError: `judge=True`, since there is no call here that it could be asked through.
        """
        return self.protected(messages)[0]

    def protected(self, messages: M) -> tuple[M, tuple[Finding, ...]]:
        """As `protect`, with the findings: in offsets of their document, or of the text if no document holds them."""
        call = self._looked_at((messages,))
        if not self._rules.let_in(call, "filtering"):
            return messages, ()
        if self._rules.judges_through_the_call:
            raise InputError(no_call("protect()"))
        made = settled(reviewed(self._rules, call, call.own_task()), "protect()")
        found = {(evidence.document_id, f.start): f for evidence in made.evidence for f in evidence.findings}
        return made.arguments.args[0], (*found.values(), *made.foreign)

    def recognises(self, messages: Any) -> bool:
        """Whether messages (or a prompt string) hold text of a registered document; nothing is counted."""
        return bool(self._looked_at((messages,)).sightings)

    def anchored(self, messages: M, *, style: str | None = None) -> M:
        """A copy of messages (or a prompt string) whose question is tied to the least covered target of its chunk.

        For hosts that send the request themselves; the reply is neither checked nor recorded, so the planned question
        stays pending in the balance. `asking` does all of it.

        Args:
            messages: messages, a prompt value or a prompt string that holds a chunk of a registered document.
            style: question style; None takes the guard's.

        Raises:
            UnguardedCallError: no registered document was found.
        """
        call = self._looked_at((messages,))
        if not self._rules.let_in(call, "filtering"):
            return messages
        made = self._rules.masked(call)
        arguments = made.arguments
        for one in self._rules.drawn(made, 1, style or self._style):
            arguments = self._rules.masked(call, (one.target, *one.target.also)).arguments
            arguments = with_addition(arguments, anchor_text(one.target), call.near)
        return arguments.args[0]  # type: ignore[no-any-return]  # a copy of what came in

    def _looked_at(
        self, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None, reader: Reader | None = None
    ) -> SightedCall:
        return SightedCall.of(Arguments(args, kwargs), self._rules.index, self._rules.look, reader)

    def _wrapped(self, call: F, behaviour: Callable[[SightedCall], Behaviour], reader: Reader | None = None) -> F:
        if not callable(call):
            raise InputError(f"a callable is needed, not {type(call).__name__}: pass the function itself, without ()")
        if reader is not None and not callable(reader):
            raise InputError(f"reader takes a response and gives its text: it must be a callable, not {reader!r}")
        refuse_copies(call)
        if _is_async(call):

            @functools.wraps(call)
            async def aguarded(*args: Any, **kwargs: Any) -> Any:
                return await adrive(behaviour(self._looked_at(args, kwargs, reader)), call)

            return _marked(aguarded)  # type: ignore[no-any-return]

        @functools.wraps(call)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            return drive(behaviour(self._looked_at(args, kwargs, reader)), call)

        return _marked(guarded)  # type: ignore[no-any-return]


def _marked(guarded: Any) -> Any:
    """Lets adapters tell a guarded callable from the bare one, whose name and module it bears."""
    guarded.__selfstudy_guard__ = True
    return guarded


def _is_async(call: Callable[..., Any]) -> bool:
    # Objects with an async __call__ are asked for the method's kind, not for whether there is one.
    return inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(getattr(call, "__call__", None))  # noqa: B004


def _check_count(per_call: int) -> None:
    if not isinstance(per_call, int) or isinstance(per_call, bool) or per_call < 1:
        raise InputError(f"per_call is {per_call!r}: say how many questions one call asks for")
