"""Guard: wraps the calls of a generation script, so that its questions are anchored and its evidence is filtered."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from os import PathLike
from typing import Any

from selfstudy_guard.documents import ReadingAccount, coerce_documents
from selfstudy_guard.documents.eligibility.doubts import DOUBT
from selfstudy_guard.errors import InputError
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.filter.judge import BAND, check_band
from selfstudy_guard.flow.evidence_review import EvidenceReview
from selfstudy_guard.flow.keys import draw_key
from selfstudy_guard.flow.prepared import RememberedFindings
from selfstudy_guard.flow.withholding import WITHHOLD
from selfstudy_guard.generation.options import check_filter
from selfstudy_guard.guard.call_results import GuardResults
from selfstudy_guard.guard.call_rules import CallRules, Unguarded, known_style
from selfstudy_guard.guard.locate.shingle_index import DocumentIndex
from selfstudy_guard.guard.opaque import Opaque
from selfstudy_guard.guard.state import GuardState
from selfstudy_guard.guard.target_loop import GuardedTarget
from selfstudy_guard.guard.warnings import (
    GuardWarning,
    Notes,
    PartialDocumentWarning,
    UnguardedCallWarning,
    WarningLog,
)
from selfstudy_guard.guard.wrapping import GuardWraps
from selfstudy_guard.ledger import run_folder
from selfstudy_guard.models import model_name, resolve_model
from selfstudy_guard.questions import Prompts, prompts_for
from selfstudy_guard.records import Document
from selfstudy_guard.sampling import Policy, TargetSampler
from selfstudy_guard.sampling.policies import policy_name
from selfstudy_guard.settings import Settings, checked

__all__ = [
    "Guard",
    "GuardWarning",
    "GuardedTarget",
    "Notes",
    "PartialDocumentWarning",
    "UnguardedCallWarning",
]

_REMEMBERED = 10_000
"""Texts beside documents (prompts, mostly the same) whose findings are remembered."""


class Guard(GuardWraps, GuardResults):
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
        method: dict[str, Any] = {
            "styles": (style,),
            "policy": policy_name(policy),
            "seed": seed,
            "window": window,
            "question_attempts": question_attempts,
            "answer_attempts": answer_attempts,
            "question_in_view": question_in_view,
            "withhold": withhold,
            "skip_own_pairs": skip_own_pairs,
        }
        checked(Settings, {"model": "guard", **method})
        check_filter(instruction_filter)
        run_folder(out)
        chosen_prompts = prompts_for(prompts, "")
        known_style(style, chosen_prompts)
        asks = judge is not None and judge is not False
        if judge_band is not None and not asks:
            raise InputError("judge_band goes with a judge: Guard(..., judge=True) or judge=MODEL")
        band = check_band(judge_band if judge_band is not None else BAND) if asks else None
        judging = resolve_model(judge) if asks and judge is not True else None
        account = ReadingAccount()
        self.documents = tuple(coerce_documents(documents, on_skip=account.skipped.append, on_read=account.read.append))
        account.warn()
        if not self.documents:
            raise InputError(
                "a guard needs at least one document: Guard([Document(id=..., text=...)]) or Guard('docs/')"
            )
        chosen = instruction_filter if instruction_filter is not None else InstructionFilter()
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
            prompts=chosen_prompts,
            unguarded=unguarded,
            question_attempts=question_attempts,
            answer_attempts=answer_attempts,
            log=WarningLog(),
            look=RememberedFindings(chosen, capacity=_REMEMBERED),
            review=EvidenceReview.wanted(chosen, band, question_in_view),
            judge=judging,
            withhold=withhold,
            opaque=opaque,
        )

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

    def close(self) -> None:
        """Close the ledger; a ledger in memory is gone then."""
        self._rules.state.ledger.close()

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, *raised: object) -> None:
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
