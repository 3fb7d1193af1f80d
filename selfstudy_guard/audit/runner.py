"""Runs experiments on models: one ledger for all calls, so that an audit goes on where it stopped."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any, cast

from selfstudy_guard import __version__
from selfstudy_guard.audit.calling import Caller
from selfstudy_guard.audit.results import AuditResult, ExperimentResult
from selfstudy_guard.audit.settings import Experiment, Setting
from selfstudy_guard.errors import InputError
from selfstudy_guard.ledger import Ledger, open_ledger
from selfstudy_guard.models import model_name, resolve_model
from selfstudy_guard.pacing import Limits
from selfstudy_guard.questions import Prompts
from selfstudy_guard.records import Document

EXPERIMENTS = ("saturation", "convergence", "presentation", "hijack", "compliance")
"""Names on the command line, in the order they are run."""

OBEDIENT = "obedient-reader"
"""Model string of the reader that obeys whatever still stands in what it is shown: an upper bound, not a model."""

QUICK_BUDGET, FULL_BUDGET = 48, 600
"""Calls that one experiment should make, unless the user says otherwise."""


def shipped_documents() -> list[Document]:
    """The documents that ship with the audit, written for it."""
    folder = resources.files("selfstudy_guard.audit").joinpath("corpus")
    files = sorted((file for file in folder.iterdir() if file.name.endswith((".md", ".html", ".txt"))), key=str)
    return [Document(id=file.name, text=file.read_text("utf-8")) for file in files]


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
    ask_prompt: str | None = None,
    answer_prompt: str | None = None,
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
        max_cost: most US dollars of the audit.
        ask_prompt, answer_prompt: the user's own templates with `{text}`, and `{question}` in the second.
        notify: told in one line what begins.
        on_reply: told after every reply.
        model_options: for the models' factories.

    Raises:
        InputError: an unknown experiment or model, or no documents.
        CompletionError: an error that every request would meet.
        LimitReached: the cost limit is used up; the same call goes on with a higher one.
    """
    modules = [experiment_named(name) for name in experiments]
    read = list(shipped_documents() if documents is None else documents)
    if not read:
        raise InputError("no document to audit with: check the paths, or leave them out for the shipped ones")
    templates = {"ask_prompt": checked_template(ask_prompt, "text")}
    templates["answer_prompt"] = checked_template(answer_prompt, "text", "question")
    found: list[ExperimentResult] = []
    with open_ledger(out) as ledger:
        settings = _settings(ledger, read, experiments, quick, budget, seed, templates)
        for model in (*models, *((OBEDIENT,) if with_bound and "compliance" in experiments else ())):
            name = model_name(model)
            for module in modules:
                if name == OBEDIENT and module.NAME != "compliance":
                    continue
                setting = Setting(
                    model=name,
                    caller=Caller(
                        _completer(model, model_options or {}),
                        ledger,
                        name=name,
                        concurrency=concurrency,
                        limits=Limits(cost=max_cost),
                        on_reply=on_reply,
                    ),
                    documents=read,
                    prompts=Prompts.builtin("small" if name.split(":")[0] in ("embedded", "gguf") else "large"),
                    seed=seed,
                    budget=budget or (QUICK_BUDGET if quick else FULL_BUDGET),
                    quick=quick,
                    bound=name == OBEDIENT,
                    ask_prompt=templates["ask_prompt"],
                    answer_prompt=templates["answer_prompt"],
                )
                notify(f"{name}: {module.TITLE} (about {module.calls(setting)} calls)")
                result = module.run(setting)
                found.append(result.model_copy(update={"calls": setting.caller.calls, "failed": setting.caller.failed}))
        usage = ledger.usage
    return AuditResult(
        experiments=tuple(found),
        settings=settings,
        usage=usage,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        version=__version__,
    )


def expected_calls(
    models: Sequence[Any],
    documents: Iterable[Document] | None,
    *,
    experiments: Sequence[str] = EXPERIMENTS,
    quick: bool = False,
    budget: int | None = None,
    seed: int = 0,
) -> dict[str, int]:
    """Calls of each experiment, all models together, without making any."""
    read = list(shipped_documents() if documents is None else documents)
    counts: dict[str, int] = {}
    for model in models:
        name = model_name(model)
        setting = Setting(
            model=name,
            caller=cast("Caller", None),
            documents=read,
            prompts=Prompts.builtin("small" if name.split(":")[0] in ("embedded", "gguf") else "large"),
            seed=seed,
            budget=budget or (QUICK_BUDGET if quick else FULL_BUDGET),
            quick=quick,
        )
        for experiment in experiments:
            counts[experiment] = counts.get(experiment, 0) + experiment_named(experiment).calls(setting)
    return counts


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


def _completer(model: Any, options: dict[str, Any]) -> Any:
    if model == OBEDIENT:
        from selfstudy_guard.audit.planting import obedient_reader

        return obedient_reader()
    return resolve_model(model, **options)


def _settings(
    ledger: Ledger,
    documents: Sequence[Document],
    experiments: Sequence[str],
    quick: bool,
    budget: int | None,
    seed: int,
    templates: dict[str, str | None],
) -> dict[str, Any]:
    """What the audit is run with; a ledger of another design is refused, since its replies answer other requests."""
    design: dict[str, Any] = {"quick": quick, "budget": budget, "seed": seed, "version": __version__, **templates}
    design["documents"] = {document.id: document.digest for document in documents}
    ledger.begin({"made_by": "audit", **design})
    return {**design, "experiments": list(experiments), "documents": [document.id for document in documents]}
