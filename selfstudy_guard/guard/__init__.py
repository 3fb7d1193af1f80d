"""Guard: wraps the calls of a generation script, so that its questions are anchored and its evidence is filtered."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from selfstudy_guard.coverage import CoverageSummary, CoverageTracker
from selfstudy_guard.documents import ReadingAccount, coerce_documents
from selfstudy_guard.documents.eligibility.doubts import DOUBT
from selfstudy_guard.errors import InputError
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.filter.judge import BAND, check_band
from selfstudy_guard.flow.evidence_review import EvidenceReview
from selfstudy_guard.flow.keys import draw_key
from selfstudy_guard.flow.withholding import WITHHOLD, check_withhold
from selfstudy_guard.generation.run_results import Results
from selfstudy_guard.guard.arguments import Arguments, with_addition
from selfstudy_guard.guard.call_drivers import adrive, drive
from selfstudy_guard.guard.call_review import no_call, settled
from selfstudy_guard.guard.call_rules import CallRules, Unguarded, reviewed
from selfstudy_guard.guard.flows import Behaviour, answering, asking, filtering, guarding
from selfstudy_guard.guard.locate.shingle_index import DocumentIndex
from selfstudy_guard.guard.opaque import Opaque
from selfstudy_guard.guard.several import generating
from selfstudy_guard.guard.sighting import SightedCall
from selfstudy_guard.guard.state import GuardState
from selfstudy_guard.guard.target_loop import GuardedTarget
from selfstudy_guard.guard.warnings import (
    GuardWarning,
    Notes,
    PartialDocumentWarning,
    UnguardedCallWarning,
    WarningLog,
)
from selfstudy_guard.models import model_name, resolve_model
from selfstudy_guard.questions import Prompts, anchor_text, prompts_for
from selfstudy_guard.records import Document, Finding, Footprint
from selfstudy_guard.sampling import Policy, TargetSampler
from selfstudy_guard.sampling.policies import policy_name

__all__ = [
    "Guard",
    "GuardWarning",
    "GuardedTarget",
    "Notes",
    "PartialDocumentWarning",
    "UnguardedCallWarning",
]

F = TypeVar("F", bound=Callable[..., Any])
M = TypeVar("M")
Reader = Callable[[Any], str]
"""Takes the response of a call and gives its text."""


class Guard(Results):
    """Guards the calls of a script: finds its own documents inside the messages and treats exactly that part.

    Any callable can be wrapped, sync or async, whose arguments carry OpenAI-style messages, Anthropic or Responses
    input, LangChain messages or a prompt string, and that returns a response of one of these kinds, or a str. The
    wrapped callable has the same signature and returns the very object that the call returned. The user's own words
    are never changed; a call in which no registered document is found raises `UnguardedCallError`, and nothing is sent.

    Safe to share between threads and asyncio tasks. Without a run folder it can be pickled, and each copy counts alone.
    Close it (or use it in `with`) to let another process write to the same run folder.

    Args:
        documents: `Document` objects, paths (files, folders, globs), or a mixture.
        out: run folder, made if missing; the same folder goes on where it stopped. None keeps the ledger in memory.
        instruction_filter: None takes `InstructionFilter()`; its mode decides how findings are treated.
        unguarded: "raise" (default), or "warn" to let calls without a registered document through with a warning.
        style: question style that replies are checked against ("factual"); see `questions.STYLES`.
        policy: sampling policy of `targets()`: "stratified", "uniform", "tokens", or a policy object.
        seed: settles the order among equally covered targets.
        window: most characters of a target's context in `targets()`.
        question_attempts: most calls for one question.
        answer_attempts: most calls for one answer.
        judge: asked whether a passage that the filter is not sure of is an order: True asks through the wrapped call
            (same model, its messages replaced), anything that `generate(model=...)` takes asks that model. None or
            False asks nobody.
        judge_band: scores (from, up to) of those passages; None for the default, 0.15 to 0.9.
        question_in_view: whether the question colours what the filter takes out of the text that answers it.
        prompts: whose standards replies are held to (how near to its target, how grounded ...): None or "large", or
            "small" for a small local model, or a file as for `generate`. Your own prompts are sent as they are.
        withhold: belief (0 to 1) from which text is left out of an answer's evidence, unless its target, or the
            question where no target is known, needs it; None withholds nothing.
        opaque: "raise" (default), or "warn" to let calls through that hold parts which cannot be read beside a
            registered document (files, images, bytes, stored prompts, encoded copies).
        skip_own_pairs: whether nothing is asked about answers to questions that a document asks itself (a FAQ).

    Raises:
        InputError: a bad argument, no documents, or two documents with one id.
        MissingExtraError: the host of the judge is not installed.
        PromptError: prompts that cannot be read.
        LedgerError: the run folder is in use, was begun with other documents or settings, or cannot be written.
    """

    def __init__(
        self,
        documents: str | PathLike[str] | Document | Iterable[str | PathLike[str] | Document],
        out: str | PathLike[str] | None = None,
        *,
        instruction_filter: InstructionFilter | None = None,
        unguarded: Unguarded = "raise",
        style: str = "factual",
        policy: str | Policy = "stratified",
        seed: int = 0,
        window: int = 2000,
        question_attempts: int = 3,
        answer_attempts: int = 2,
        judge: Any = None,
        judge_band: tuple[float, float] | None = None,
        question_in_view: bool = False,
        prompts: Prompts | str | PathLike[str] | None = None,
        withhold: float | None = WITHHOLD,
        opaque: Opaque = "raise",
        skip_own_pairs: bool = False,
    ) -> None:
        if unguarded not in ("raise", "warn"):
            raise InputError(f'unguarded is {unguarded!r}: use "raise" or "warn"')
        if opaque not in ("raise", "warn"):
            raise InputError(f'opaque is {opaque!r}: use "raise" or "warn"')
        for name, attempts in (("question_attempts", question_attempts), ("answer_attempts", answer_attempts)):
            if attempts < 1:
                raise InputError(f"{name} is {attempts}: at least 1 is needed")
        check_withhold(withhold)
        account = ReadingAccount()
        self.documents: tuple[Document, ...] = tuple(
            coerce_documents(documents, on_skip=account.skipped.append, on_read=account.read.append)
        )
        account.warn()
        if not self.documents:
            raise InputError(
                "a guard needs at least one document: Guard([Document(id=..., text=...)]) or Guard('docs/')"
            )
        chosen = instruction_filter if instruction_filter is not None else InstructionFilter()
        asks = judge is not None and judge is not False
        if judge_band is not None and not asks:
            raise InputError("judge_band goes with a judge: Guard(..., judge=True) or judge=MODEL")
        band = check_band(judge_band if judge_band is not None else BAND) if asks else None
        self._options: dict[str, Any] = {
            "instruction_filter": chosen,
            "unguarded": unguarded,
            "style": style,
            "policy": policy,
            "seed": seed,
            "window": window,
            "question_attempts": question_attempts,
            "answer_attempts": answer_attempts,
            "judge": judge,
            "judge_band": judge_band,
            "question_in_view": question_in_view,
            "prompts": prompts,
            "withhold": withhold,
            "opaque": opaque,
            "skip_own_pairs": skip_own_pairs,
        }
        self._registering = threading.Lock()
        self._out = out
        self._style = style
        self._policy = policy
        self._seed = seed
        self._window = window
        index = DocumentIndex(self.documents)
        settings: dict[str, Any] = {"made_by": "guard", "style": style, "policy": policy_name(policy), "seed": seed}
        settings["filter_mode"] = chosen.mode
        if band is not None:  # folders that were begun without these layers go on as long as they are off
            settings["judge"] = [*band, "the wrapped call" if judge is True else model_name(judge)]
        if question_in_view:
            settings["question_in_view"] = True
        settings["withhold"] = withhold
        if skip_own_pairs:
            settings["skip_own_pairs"] = True
        state = GuardState(
            self.documents, out, chosen, settings, seed, withhold=withhold, skip_own_pairs=skip_own_pairs
        )
        super().__init__(state.ledger)
        self.skipped = tuple(account.skipped)
        self._rules = CallRules(
            index=index,
            state=state,
            instruction_filter=chosen,
            mode=chosen.mode,
            prompts=prompts_for(prompts, ""),
            unguarded=unguarded,
            question_attempts=question_attempts,
            answer_attempts=answer_attempts,
            log=WarningLog(),
            review=EvidenceReview.wanted(chosen, band, question_in_view),
            judge=resolve_model(judge) if asks and judge is not True else None,
            withhold=withhold,
            opaque=opaque,
        )

    # -- wrapping -----------------------------------------------------------------------------------------------

    def asking(self, call: F, *, style: str | None = None, reader: Reader | None = None) -> F:
        """Wrap the call that asks for one question about the text in its messages.

        The chunk's least covered eligible target is chosen, what is not content is masked, the anchor is added behind
        the user's own words, the reply is checked, and the call is made again with feedback while it does not pass.
        A reply that never passes is handed back all the same and counted as rejected, with a warning.

        Args:
            call: sync or async callable.
            style: question style of the check; None takes the guard's.
        """
        chosen = style or self._style
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
        if per_call < 1:
            raise InputError(f"per_call is {per_call}: say how many questions one call asks for")
        chosen = style or self._style
        return self._wrapped(call, lambda call: generating(self._rules, call, per_call, chosen), reader)

    def guarding(self, call: F, *, style: str | None = None, reader: Reader | None = None) -> F:
        """Wrap a call that is used for both: `answering` where its messages hold a question, else `asking`.

        For scripts with one function for everything. A call counts as an answer call if it holds a question that was
        asked through this guard, or if the user's own words end in a question that does not itself ask for questions.
        """
        chosen = style or self._style
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
        if per_call < 1:
            raise InputError(f"per_call is {per_call}: say how many questions one call asks for")
        chosen = style or self._style
        return self._wrapped(call, lambda call: guarding(self._rules, call, chosen, per_call), reader)

    def filtering(self, call: F) -> F:
        """Wrap a call whose document part is to be filtered, and nothing else: not anchored, checked or recorded."""
        return self._wrapped(call, lambda call: filtering(self._rules, call))

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

    def register(self, documents: Iterable[Document]) -> None:
        """Register more documents while the guard is at work.

        Args:
            documents: `Document` objects; a text that is registered under its id already changes nothing.

        Raises:
            InputError: an id is taken by another text.
            LedgerError: the run folder cannot be written.
        """
        with self._registering:
            known = {document.id: document for document in self.documents}
            new = []
            for document in documents:
                if document.id not in known:
                    known[document.id] = document
                    new.append(document)
                elif known[document.id].digest != document.digest:
                    raise InputError(f"document {document.id!r} is registered already, with another text")
            if new:
                self._rules.state.register(new)
                self.documents = (*self.documents, *new)
                self._rules = replace(self._rules, index=DocumentIndex(self.documents))

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

    def observe(self, question: str, answer: str | None = None) -> Footprint:
        """Count a question (and answer) that was made elsewhere in `coverage()`; nothing is checked or recorded."""
        return self.tracker.add(question, answer)

    def _looked_at(
        self, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None, reader: Reader | None = None
    ) -> SightedCall:
        return SightedCall.of(Arguments(args, kwargs), self._rules.index, reader)

    def _wrapped(self, call: F, behaviour: Callable[[SightedCall], Behaviour], reader: Reader | None = None) -> F:
        if not callable(call):
            raise InputError(f"a callable is needed, not {type(call).__name__}: pass the function itself, without ()")
        if _is_async(call):

            @functools.wraps(call)
            async def aguarded(*args: Any, **kwargs: Any) -> Any:
                return await adrive(behaviour(self._looked_at(args, kwargs, reader)), call)

            return _marked(aguarded)  # type: ignore[no-any-return]

        @functools.wraps(call)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            return drive(behaviour(self._looked_at(args, kwargs, reader)), call)

        return _marked(guarded)  # type: ignore[no-any-return]

    # -- one's own loop -----------------------------------------------------------------------------------------

    def targets(self, n: int | None = None) -> Iterator[GuardedTarget]:
        """The plan's targets for a loop of one's own, without those that are done.

        Args:
            n: number of planned questions, those that are done included; None plans one for every eligible target.
        """
        filter_ = self._rules.instruction_filter
        sampler = TargetSampler(
            self.documents,
            self._policy,
            self._seed,
            styles=(self._style,),
            instruction_filter=filter_,
            doubt=None if self._rules.withhold is None else DOUBT,
            skip_own_pairs=self._options["skip_own_pairs"],
        )
        count = n if n is not None else sum(len(found.eligible) for found in sampler.segmentations.values())
        state = self._rules.state
        for draw in sampler.draws(count):
            key = draw_key(state.documents[draw.target.document_id].digest, draw)
            if state.ledger.is_finished(key):
                continue
            yield GuardedTarget(self._rules, state.plan(draw.target, draw.style, number=draw.number), self._window)

    # -- results ------------------------------------------------------------------------------------------------

    @property
    def notes(self) -> Notes:
        """What the guard met, in numbers of calls."""
        return self._rules.log.notes

    @property
    def tracker(self) -> CoverageTracker:
        """The coverage tracker, with every record counted."""
        return self._rules.state.tracker()

    def coverage(self) -> CoverageSummary:
        """Every coverage figure of the records so far, over all registered documents."""
        return self.tracker.summary()

    def report(self, path: str | PathLike[str]) -> Path:
        """Write the coverage report, one self-contained HTML file.

        Args:
            path: file to write.
        """
        from selfstudy_guard.report import write_report

        write_report(path, **self._reported())
        return Path(path)

    def report_html(self) -> str:
        """The coverage report as one HTML page."""
        from selfstudy_guard.report import report_html

        return report_html(**self._reported())

    def _reported(self) -> dict[str, Any]:
        return {
            "tracker": self.tracker,
            "documents": self.documents,
            "records": self.records,
            "rejections": self.rejections,
            "balance": self.balance,
            "findings": {one.id: self._rules.state.prepared(one.id).findings for one in self.documents},
        }

    def close(self) -> None:
        """Close the ledger; a ledger in memory is gone then."""
        self._rules.state.ledger.close()

    def __enter__(self) -> Guard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        """A guard in memory travels to workers as its documents and settings; the copy begins with an empty ledger.

        Raises:
            InputError: the guard has a run folder, which only one process may write to.
        """
        if self._out is not None:
            raise InputError(
                f"a guard that writes to {self._out} cannot be pickled, because only one process may write there: give "
                "each worker its own out=..., or no out, and add up their trackers (guard.tracker)"
            )
        return _rebuilt, (self.documents, self._options)

    def __repr__(self) -> str:
        balance = self.balance
        return (
            f"<Guard of {len(self.documents):,} document(s): {balance.answered} answered of {balance.planned} planned>"
        )


def _rebuilt(documents: tuple[Document, ...], options: dict[str, Any]) -> Guard:
    return Guard(documents, **options)


def _marked(guarded: Any) -> Any:
    """Lets adapters tell a guarded callable from the bare one, whose name and module it bears."""
    guarded.__selfstudy_guard__ = True
    return guarded


def _is_async(call: Callable[..., Any]) -> bool:
    # Objects with an async __call__ are asked for the method's kind, not for whether there is one.
    return inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(getattr(call, "__call__", None))  # noqa: B004
