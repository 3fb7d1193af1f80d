"""The same model on the same documents without and with the guard: `compare-unguarded` and `make demo` show it.

Without the guard means what scripts usually do: a passage is shown, a question is asked for, and it is answered from
the same passage. With the guard is `generate`. Both have as many questions, and one ruler that knows no plan judges
both (`imported`). Orders are those that the caller names; else those that the filter finds, and then the guarded side
holds none by construction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Unpack

from selfstudy_guard.audit.asking import (
    Passage,
    dealt,
    first_questions,
    passage_characters,
    passages_of,
    plain_request,
    small_model,
)
from selfstudy_guard.audit.audit_settings import Setting
from selfstudy_guard.audit.calling import Caller
from selfstudy_guard.audit.cases import plain_answer_request
from selfstudy_guard.audit.other_orders import order_stands
from selfstudy_guard.coverage import CoverageSummary
from selfstudy_guard.engine.limits import Limits, Price
from selfstudy_guard.generation import Documents, generate
from selfstudy_guard.generation.assessed import sources_of
from selfstudy_guard.generation.options import GenerateOptions
from selfstudy_guard.generation.run import Run
from selfstudy_guard.imported.assess import Assessment, Sources, assess
from selfstudy_guard.imported.pairs import Pair
from selfstudy_guard.ledger import open_ledger
from selfstudy_guard.models import model_name, resolve_model
from selfstudy_guard.questions import prompts_for
from selfstudy_guard.records import Finding, Record

WITHOUT, WITH = "without the guard", "with the guard"
GUARDED, UNGUARDED = "guarded", "unguarded"
"""Subfolders of `out`."""
OnProgress = Callable[[str, int, int], object]
"""Told the side (`WITHOUT` or `WITH`), how many of its questions have ended, and of how many."""


@dataclass(frozen=True)
class Side:
    """What one way of asking gave.

    Attributes:
        name: `WITHOUT` or `WITH`.
        planned: questions that were asked for.
        assessment: its pairs, their coverage and their marks of obeying.
        prompts: what the answering model was shown, one a pair.
        exposed: how many of these prompts an order could be read in.
        orders: how many different orders could be read in any of them.
        calls: requests that were sent.
    """

    name: str
    planned: int
    assessment: Assessment
    prompts: tuple[str, ...]
    exposed: int
    orders: int
    calls: int

    @property
    def summary(self) -> CoverageSummary:
        """Every coverage figure."""
        return self.assessment.summary

    @property
    def junk(self) -> int:
        """Questions about menus, template residue, footers and the like."""
        return sum(entry.artefact for entry in self.assessment.entries)


@dataclass(frozen=True)
class Comparison:
    """Both sides on the same documents.

    Attributes:
        model: its name.
        without, guarded: the sides.
        orders: how many orders the documents hold, as far as they are known.
        orders_named: whether the caller named them; else the filter found them.
        taken_out: (document id, finding), every document's.
        run: the guarded run, with records, report and export.
    """

    model: str
    without: Side
    guarded: Side
    orders: int
    orders_named: bool
    taken_out: tuple[tuple[str, Finding], ...]
    run: Run

    def rows(self) -> list[tuple[str, str, str]]:
        """(what, without the guard, with the guard) for a table."""
        return [(what, tell(self.without), tell(self.guarded)) for what, tell in self._figures()]

    def _figures(self) -> list[tuple[str, Callable[[Side], str]]]:
        return [
            ("pairs kept, of questions planned", lambda side: f"{len(side.prompts):,} of {side.planned:,}"),
            ("sentences asked about (coverage)", lambda side: _share(side.summary.covered, side.summary.eligible)),
            ("answer prompts that showed an order", lambda side: f"{side.exposed:,} of {len(side.prompts):,}"),
            ("orders shown to the answering model", lambda side: f"{side.orders:,} of {self.orders:,}"),
            ("pairs with marks of obeying", lambda side: f"{side.assessment.marked:,}"),
            ("questions about junk", lambda side: f"{side.junk:,}"),
            ("questions about nothing in the documents", lambda side: f"{side.summary.unattributed:,}"),
            ("questions that repeat another", lambda side: f"{side.summary.duplicates.near:,}"),
            ("model calls", lambda side: f"{side.calls:,}"),
        ]

    def passages(self, most: int = 3) -> list[tuple[str, Finding]]:
        """The first passages that were taken out, of different documents and forms where there are some."""
        chosen: list[tuple[str, Finding]] = []
        for known in (lambda a, b: a[0] == b[0] or a[1].channel == b[1].channel, lambda a, b: a is b):
            for one in self.taken_out:
                if len(chosen) < most and not any(known(one, other) for other in chosen):
                    chosen.append(one)
        return chosen

    def worth_reading(self, most: int = 3) -> list[Record]:
        """Records of different documents whose answers say something else than their whole target."""
        found: list[Record] = []
        for record in sorted(self.run.records, key=_worth):
            if record.document_id not in {other.document_id for other in found}:
                found.append(record)
        return found[:most]


def compare_unguarded(
    documents: Documents,
    *,
    model: Any = None,
    n: int | None = 40,
    out: str | PathLike[str] | None = None,
    seed: int = 0,
    orders: Sequence[str] = (),
    on_progress: OnProgress | None = None,
    **options: Unpack[GenerateOptions],
) -> Comparison:
    """Ask the same model about the same documents with and without the guard, and set the two side by side.

    Args:
        documents: as of `generate`.
        model: as of `generate`.
        seed: of both sides.
        **options: those of `generate`, for the guarded side; price and limits hold for each side.
        n: questions of each side; None for one for every eligible target.
        out: folder that keeps both sides, so that the same call goes on; None keeps them in memory.
        orders: texts of the orders that the documents are known to hold; those that the filter finds if empty.
        on_progress: told how far each side is.

    Raises:
        InputError, LedgerError, CompletionError, LimitReached: as of `generate`.
    """
    told = on_progress or (lambda side, done, of: None)
    completer = resolve_model(model, **(options.get("model_options") or {}))
    name = model_name(completer)
    if options.get("progress") is None:
        options["progress"] = lambda balance: told(WITH, balance.planned - balance.pending, balance.planned)
    home = None if out is None else Path(out)
    run = generate(documents, model=completer, n=n, out=home and home / GUARDED, seed=seed, **options)
    sources = sources_of(run)
    known = [(id, finding.quote) for id, finding in run.iter_findings()]
    texts = list(orders) or [quote for _, quote in known]
    planned = run.balance.planned
    shown, questions, answers, calls = _ask(
        sources, completer, name, planned, None if home is None else home / UNGUARDED, seed, told, options
    )
    free = [
        Pair(question, answer or "", document=passage.document_id)
        for passage, question, answer in zip(shown, questions, answers, strict=True)
        if question
    ]
    prompts = [passage.text for passage, question in zip(shown, questions, strict=True) if question]
    tied = [Pair(one.question.text, one.answer.text, document=one.document_id) for one in run.iter_records()]
    evidence = [one.evidence.text for one in run.iter_records()]
    return Comparison(
        model=name,
        without=_side(WITHOUT, planned, free, prompts, calls, sources, texts),
        guarded=_side(WITH, planned, tied, evidence, run.calls, sources, texts),
        orders=len(texts),
        orders_named=bool(orders),
        taken_out=tuple(sorted(run.iter_findings(), key=lambda one: -one[1].score)),
        run=run,
    )


def _ask(
    sources: Sources,
    completer: Any,
    name: str,
    n: int,
    out: Path | None,
    seed: int,
    told: OnProgress,
    options: GenerateOptions,
) -> tuple[list[Passage], list[str | None], list[str | None], int]:
    """`n` passages, a question about each, and its answer from the same passage, as scripts ask for them."""
    done = 0

    def reply() -> None:
        nonlocal done
        done += 1
        told(WITHOUT, done // 2, n)

    price = options.get("price")
    with open_ledger(out) as ledger:
        ledger.begin({"made_by": "compare-unguarded", "model": name, "seed": seed, "n": n})
        caller = Caller(
            completer,
            ledger,
            concurrency=options.get("concurrency", 8),
            limits=Limits(tokens=options.get("max_tokens"), cost=options.get("max_cost")),
            price=Price(*price) if price else None,
            on_reply=reply,
        )
        setting = Setting(name, caller, sources.documents, prompts_for(options.get("prompts"), name), seed=seed)
        cut = passages_of(sources.documents, dict(sources.segmentations), passage_characters(setting))
        # In the order of the text, so that a provider (and the built-in model) reads a passage once and caches it.
        shown = sorted(dealt(cut, n, setting, "unguarded"), key=lambda one: (one.document_id, one.start))
        asking = [plain_request(setting, one.text, f"unguarded:question:{i}") for i, one in enumerate(shown)]
        questions = first_questions(caller.answers(asking))
        answering = {
            i: plain_answer_request(setting, question, one.text).model_copy(
                update={"key": f"unguarded:answer:{i}", "max_tokens": 80 if small_model(setting) else 300}
            )
            for i, (one, question) in enumerate(zip(shown, questions, strict=True))
            if question
        }
        replies = dict(zip(answering, caller.answers(list(answering.values())), strict=True))
        answers = [None if (found := replies.get(i)) is None else found.text for i in range(len(shown))]
        return shown, questions, answers, caller.calls


def _side(
    name: str,
    planned: int,
    pairs: Sequence[Pair],
    prompts: Sequence[str],
    calls: int,
    sources: Sources,
    orders: Sequence[str],
) -> Side:
    standing = [{number for number, order in enumerate(orders) if order_stands(order, text)} for text in prompts]
    return Side(
        name=name,
        planned=planned,
        assessment=assess(pairs, sources, name=name),
        prompts=tuple(prompts),
        exposed=sum(map(bool, standing)),
        orders=len(set().union(*standing)),
        calls=calls,
    )


def _worth(record: Record) -> tuple[bool, bool, bool, int]:
    """Records first whose questions leave no gap, whose answers are shorter than their targets, whose evidence lost
    something, of many words."""
    copied = len(record.answer.text) >= 0.8 * len(record.target.text)
    return record.question.origin == "gap", copied, not record.evidence.findings, -len(record.question.text)


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({part / whole:.0%})" if whole else "no targets"
