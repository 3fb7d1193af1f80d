"""Runs experiments on models: one ledger for all calls, so that an audit goes on where it stopped."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from selfstudy_guard import __version__
from selfstudy_guard.audit.audit_settings import Experiment, Setting
from selfstudy_guard.audit.calling import Caller
from selfstudy_guard.audit.other_orders import OtherOrder, read_orders
from selfstudy_guard.audit.pages import shipped_documents
from selfstudy_guard.audit.results import AuditResult, ExperimentResult
from selfstudy_guard.engine.limits import Limits, Price
from selfstudy_guard.errors import InputError, LimitReached, MissingExtraError
from selfstudy_guard.flags import check_flags
from selfstudy_guard.ledger import open_ledger
from selfstudy_guard.models import model_name, resolve_model
from selfstudy_guard.questions import prompts_for
from selfstudy_guard.records import Document, Usage, text_digest
from selfstudy_guard.settings import Pacing, checked

EXPERIMENTS = ("saturation", "convergence", "presentation", "hijack", "compliance")
"""Names on the command line, in the order they are run."""

OBEDIENT = "obedient-reader"
"""Model string of the reader that obeys whatever still stands in what it is shown: an upper bound, not a model."""

QUICK_BUDGET, FULL_BUDGET = 48, 600
"""Calls that one experiment should make, unless the user says otherwise."""


@dataclass(frozen=True)
class Design:
    """What an audit is run with, the models left out. Arguments as of `run_audit`."""

    documents: tuple[Document, ...]
    quick: bool
    budget: int | None
    seed: int
    ask_prompt: str | None
    answer_prompt: str | None
    orders: tuple[OtherOrder, ...] = ()
    close: bool = False

    def setting(self, name: str, caller: Caller) -> Setting:
        """What an experiment on the model `name` is handed."""
        return Setting(
            model=name,
            caller=caller,
            documents=list(self.documents),
            prompts=prompts_for(None, name),
            seed=self.seed,
            budget=self.budget or (QUICK_BUDGET if self.quick else FULL_BUDGET),
            quick=self.quick,
            bound=name == OBEDIENT,
            ask_prompt=self.ask_prompt,
            answer_prompt=self.answer_prompt,
            orders=self.orders,
            close=self.close,
        )

    def stored(self) -> dict[str, Any]:
        """What must be the same for replies of an earlier audit to be used again."""
        return {
            "quick": self.quick,
            "budget": self.budget,
            "seed": self.seed,
            "version": __version__,
            "ask_prompt": self.ask_prompt,
            "answer_prompt": self.answer_prompt,
            "documents": {document.id: document.digest for document in self.documents},
            **({"close": True} if self.close else {}),
            **(
                {"orders": text_digest("\n".join(order.model_dump_json() for order in self.orders))}
                if self.orders
                else {}
            ),
        }


@dataclass(frozen=True)
class Expected:
    """What one experiment on one model is expected to send; tokens at four characters each, cost None if unknown."""

    model: str
    experiment: str
    calls: int
    usage: Usage


def experiment_named(name: str) -> Experiment:
    """The module of one experiment.

    Raises:
        InputError: no such experiment.
    """
    if name not in EXPERIMENTS:
        raise InputError(f"no experiment {name!r}: choose from {', '.join(EXPERIMENTS)}")
    return cast("Experiment", importlib.import_module(f"selfstudy_guard.audit.experiments.{name}"))


def run_audit(
    models: Sequence[Any] = (None,),
    documents: Iterable[Document] | None = None,
    *,
    experiments: Sequence[str] = EXPERIMENTS,
    out: str | Path | None = None,
    quick: bool = False,
    budget: int | None = None,
    seed: int = 0,
    with_bound: bool = True,
    concurrency: int = 8,
    max_cost: float | None = None,
    price: Price | None = None,
    ask_prompt: str | None = None,
    answer_prompt: str | None = None,
    orders: str | Path | None = None,
    close: bool = False,
    notify: Callable[[str], None] = lambda line: None,
    on_reply: Callable[[], None] | None = None,
    model_options: dict[str, Any] | None = None,
) -> AuditResult:
    """Run experiments on every model, and the compliance experiment on the obedient reader beside them.

    Args:
        models: as for `generate(model=...)`; None is the built-in model.
        documents: what is asked about; None takes the shipped ones.
        experiments: names from `EXPERIMENTS`.
        out: folder whose ledger keeps every reply; None keeps them in memory.
        quick: the small design.
        budget: most calls that one experiment should make; None for the design's own number.
        seed: of every random choice.
        with_bound: whether the obedient reader is run too.
        concurrency: most requests in flight.
        max_cost: most US dollars of the audit. What was found until then is returned, and `stopped` says why.
        price: used where the provider's own price is not known.
        ask_prompt, answer_prompt: the user's own templates with `{text}`, and `{question}` in the second.
        orders: JSON-lines file of planted orders (`other_orders`) in place of the shipped ones that no template made.
        close: whether compliance is measured where small models obey most, with the bank that no template made alone.
        notify: told in one line what begins.
        on_reply: told after every reply.
        model_options: for the models' factories.

    Raises:
        InputError: an unknown experiment or model, or no documents.
        CompletionError: an error that every request would meet.
        LedgerError: `out` cannot be written, or holds an audit of another design.
    """
    check_flags(with_bound=with_bound)
    pacing = checked(Pacing, {"concurrency": concurrency, "max_cost": max_cost})
    modules = [experiment_named(name) for name in dict.fromkeys(experiments)]
    design = _design(documents, quick, budget, seed, ask_prompt, answer_prompt, orders, close)
    runs = {model_name(model): model for model in models}
    if with_bound and "compliance" in experiments:
        runs[OBEDIENT] = OBEDIENT
    # Every model is looked up before the first call, so that a wrong name at the end costs nothing.
    completers = {name: _completer(model, model_options or {}) for name, model in runs.items()}
    found: list[ExperimentResult] = []
    stopped = ""
    with open_ledger(out) as ledger, open_ledger(None) as unpaid:
        ledger.begin({"made_by": "audit", **design.stored()})
        try:
            for name, completer in completers.items():
                for module in modules:
                    if name == OBEDIENT and module.NAME != "compliance":
                        continue
                    caller = Caller(
                        completer,
                        unpaid if name == OBEDIENT else ledger,
                        name=name,
                        concurrency=pacing.concurrency,
                        limits=Limits(cost=pacing.max_cost),
                        price=price,
                        on_reply=on_reply,
                    )
                    setting = design.setting(name, caller)
                    notify(f"{name}: {module.TITLE} (about {module.calls(setting)} calls)")
                    result = module.run(setting)
                    found.append(result.model_copy(update={"calls": caller.calls, "failed": caller.failed}))
        except LimitReached as error:
            stopped = str(error)
        usage = ledger.usage
    return AuditResult(
        experiments=tuple(found),
        settings={
            **design.stored(),
            "experiments": list(experiments),
            "documents": [document.id for document in design.documents],
        },
        usage=usage,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        version=__version__,
        stopped=stopped,
    )


def rehearse(
    models: Sequence[Any],
    documents: Iterable[Document] | None = None,
    *,
    experiments: Sequence[str] = EXPERIMENTS,
    quick: bool = False,
    budget: int | None = None,
    seed: int = 0,
    price: Price | None = None,
    ask_prompt: str | None = None,
    answer_prompt: str | None = None,
    orders: str | Path | None = None,
    close: bool = False,
) -> list[Expected]:
    """What an audit would send: every experiment is run on a reader that costs nothing, and its calls are counted.

    A model whose questions are refused more or less often than the reader's makes a few calls more or less.

    Raises:
        InputError: an unknown experiment, or no documents.
    """
    from selfstudy_guard.testing import ExtractiveReader

    modules = [experiment_named(name) for name in dict.fromkeys(experiments)]
    design = _design(documents, quick, budget, seed, ask_prompt, answer_prompt, orders, close)
    expected = []
    for name, model in {model_name(model): model for model in models}.items():
        known = price or _known_price(name, model)
        for module in modules:
            with open_ledger(None) as ledger:
                caller = Caller(ExtractiveReader(), ledger, name=name)
                module.run(design.setting(name, caller))
                usage = ledger.usage
            usage = usage.model_copy(update={"cost": known.cost(usage) if known else None})
            expected.append(Expected(name, module.NAME, caller.calls, usage))
    return expected


def _known_price(name: str, model: Any) -> Price | None:
    """The price where the adapter of the model knows it; needs no key and no network."""
    if name.partition(":")[0] in ("embedded", "gguf"):
        return Price(0.0, 0.0)
    try:
        ask = getattr(resolve_model(model), "price", None)
    except MissingExtraError:
        return None
    found: tuple[float, float] | None = ask() if callable(ask) else None
    return Price(*found) if found else None


def checked_template(template: str | None, *names: str) -> str | None:
    """A user's prompt template, if it has every placeholder.

    Raises:
        InputError: names the placeholder that is missing.
    """
    if template is not None:
        missing = [name for name in names if "{" + name + "}" not in template]
        if missing:
            raise InputError(f"the prompt has no {{{missing[0]}}}: put it where that text belongs")
    return template


def _design(
    documents: Iterable[Document] | None,
    quick: bool,
    budget: int | None,
    seed: int,
    ask_prompt: str | None,
    answer_prompt: str | None,
    orders: str | Path | None,
    close: bool,
) -> Design:
    check_flags(quick=quick, close=close)
    for name, number in (("budget", budget), ("seed", seed)):
        if number is not None and type(number) is not int:
            raise InputError(f"{name} must be a whole number, not {number!r}")
    read = tuple(shipped_documents() if documents is None else documents)
    if not read:
        raise InputError("no document to audit with: check the paths, or leave them out for the shipped ones")
    return Design(
        read,
        quick,
        budget,
        seed,
        checked_template(ask_prompt, "text"),
        checked_template(answer_prompt, "text", "question"),
        read_orders(orders) if orders is not None else (),
        close,
    )


def _completer(model: Any, options: dict[str, Any]) -> Any:
    if model == OBEDIENT:
        from selfstudy_guard.audit.planting import obedient_reader

        return obedient_reader()
    return resolve_model(model, **options)
