"""The options of `generate`: typed for editors and type checkers, checked in one go before anything is read or made."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, TypedDict, TypeVar

from selfstudy_guard.engine.batch_driver import BatchProvider
from selfstudy_guard.errors import InputError
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.generation.raters import WithRater
from selfstudy_guard.generation.redraw import Redraws
from selfstudy_guard.generation.traced import traced
from selfstudy_guard.ledger import run_folder
from selfstudy_guard.models import model_name, resolve_model
from selfstudy_guard.protocols import Progress
from selfstudy_guard.questions import Prompts, prompts_for
from selfstudy_guard.questions.answer_forms import ANSWER_FORMS
from selfstudy_guard.questions.spotlight import Spotlight
from selfstudy_guard.records import AnswerForm, Balance, FilterMode, Record
from selfstudy_guard.sampling.capped import Capped
from selfstudy_guard.sampling.policies import LeastCovered, Policy, named_policy, policy_name
from selfstudy_guard.sampling.style_balance import StyleBalance
from selfstudy_guard.settings import Hops, Pacing, RunControls, Settings, checked, option_field
from selfstudy_guard.telling import LOG


class MethodOptions(TypedDict, total=False):
    """What decides which records come out (`Settings` checks it and describes it)."""

    styles: Sequence[str]
    policy: str | Policy
    per_document: int | None
    window: int
    filter_mode: FilterMode
    filter_threshold: float | None
    withhold: float | None
    spotlight: Spotlight | None
    judge: bool | tuple[float, float] | None
    question_in_view: bool
    question_attempts: int
    answer_attempts: int
    per_call: int
    answer_form: AnswerForm
    skip_own_pairs: bool
    rate: Any
    min_score: float | None
    hops: Hops | None
    prompts: Prompts | str | PathLike[str] | Mapping[str, Any] | None
    model_options: Mapping[str, Any] | None


class PacingOptions(TypedDict, total=False):
    """How fast and how far (`Pacing` checks it and describes it)."""

    concurrency: int
    requests_per_minute: float | None
    tokens_per_minute: float | None
    max_tokens: int | None
    max_cost: float | None
    price: tuple[float, float] | None
    tries: int


class GenerateOptions(MethodOptions, PacingOptions, total=False):
    """Every option of `generate` besides documents, model, n, out and seed; `help(generate)` describes them all."""

    instruction_filter: InstructionFilter | None
    text_field: str | Sequence[str] | None
    id_field: str | None
    strict: bool
    accept_changes: bool
    batch: bool | BatchProvider | None
    batch_size: int
    batch_every: float
    until_coverage: float | None
    draws_per_target: int | None
    progress: Progress | Callable[[Balance], object] | None
    notify: Callable[[str], object] | None
    on_record: Callable[[Record], object] | None


@dataclass(frozen=True)
class RunOptions:
    """All that one call of `generate` was told, checked.

    Attributes:
        settings, pacing, controls: the options by kind.
        n: number of questions; None for one for every eligible target.
        out: the run folder; None keeps the ledger in memory.
        completer: the model (Completer or AsyncCompleter); None for a plan alone.
        policy, prompts: the objects that their options name.
        batch: the batch interface, or None for single calls.
        redraws: when uncovered targets are drawn again, or None.
        rater: the model that rates pairs where it is not the run's own; None otherwise.
    """

    settings: Settings
    pacing: Pacing
    controls: RunControls
    n: int | None
    out: Path | None
    completer: Any
    policy: Policy
    prompts: Prompts
    batch: BatchProvider | None
    redraws: Redraws | None
    rater: Any

    @property
    def concurrency(self) -> int:
        """Most requests in flight, as many as the model bears."""
        bears: int | None = getattr(self.completer, "max_concurrency", None)
        return min(self.pacing.concurrency, bears or self.pacing.concurrency)

    @property
    def progress(self) -> Callable[[Balance], object] | None:
        """What is told the balance."""
        told: Callable[[Balance], object] | None = getattr(self.controls.progress, "update", self.controls.progress)
        return told

    def notify(self, line: str) -> None:
        """Tell a person something in one line."""
        LOG.info(line)
        if self.controls.notify is not None:
            self.controls.notify(line)


def checked_options(
    given: Mapping[str, Any],
    *,
    model: Any,
    n: int | None,
    out: str | PathLike[str] | None,
    seed: int,
    asks: bool = True,
) -> RunOptions:
    """Check everything that can be known before the first document is read; nothing is written.

    Args:
        given: the further options of `generate`, as its caller wrote them.
        model, n, out, seed: its own arguments.
        asks: whether the model will be called; a plan needs no key and no installed host.

    Raises:
        InputError: names the argument, what it was and what is allowed.
        PromptError: the prompts, or the lack of a style in them.
        MissingExtraError: the host of the model is not installed.
    """
    refuse_unknown(given, GenerateOptions)
    if n is not None and (not isinstance(n, int) or isinstance(n, bool) or n < 1):
        raise InputError(f"n must be at least 1, not {n!r}")
    controls = checked(RunControls, {name: given[name] for name in RunControls.model_fields if _is_set(given, name)})
    pacing = checked(Pacing, {name: given[name] for name in Pacing.model_fields if name in given})
    for name in ("notify", "on_record"):
        told = getattr(controls, name)
        if told is not None and not callable(told):
            raise InputError(f"{name} must be a callable, not {type(told).__name__}")
    if controls.progress is not None and not callable(getattr(controls.progress, "update", controls.progress)):
        raise InputError(
            f"progress must be a callable or have an update(), {type(controls.progress).__name__} is neither"
        )
    check_filter(controls.instruction_filter)
    settings, prompts = method_of(given, model=model, seed=seed, unit=(_joined(controls.text_field), controls.id_field))
    redraws = _redraws(controls, settings.per_document)
    policy = planned_policy(given.get("policy", "stratified"), settings.per_document)
    completer = resolve_model(model, **controls.model_options) if asks else None
    costs_known = getattr(completer, "price_is_given", None)
    if pacing.price is not None and callable(costs_known):
        costs_known()  # no warning that costs are not counted
    other = controls.rate if controls.rate not in (None, False, True) else None
    if other is not None and controls.batch:
        raise InputError("a batch holds requests for one model: rate=True lets the run's own model rate its pairs")
    rater = None if other is None or not asks else resolve_model(other)
    if rater is not None and completer is not None:
        completer = WithRater(completer, rater)
    return RunOptions(
        settings=settings,
        pacing=pacing,
        controls=controls,
        n=n,
        out=run_folder(out),
        completer=traced(completer) if completer is not None else None,
        policy=policy,
        prompts=prompts,
        batch=_batches(controls.batch, completer) if asks else None,
        redraws=redraws,
        rater=rater,
    )


def check_filter(given: Any) -> None:
    """Refuse what is no instruction filter; None stands for the default one.

    Raises:
        InputError: what it was.
    """
    if isinstance(given, str) or not (given is None or callable(getattr(given, "find", None))):
        raise InputError(f"instruction_filter must be an InstructionFilter, not {type(given).__name__}")


def _joined(fields: str | Sequence[str] | None) -> str | None:
    """Names of text fields as the settings of a run keep them."""
    return fields if fields is None or isinstance(fields, str) else ",".join(fields)


def method_of(
    given: Mapping[str, Any], *, model: Any, seed: int, unit: tuple[str | None, str | None]
) -> tuple[Settings, Prompts]:
    """The settings that decide the records, and the prompts, of what a caller gave; `generate` and Ray share it.

    Raises:
        InputError, PromptError: a value that cannot be used.
    """
    name = model_name(model)
    prompts = prompts_for(given.get("prompts"), name)
    fields = {field: given[field] for field in Settings.model_fields if field in given}
    if fields.get("answer_form") in ANSWER_FORMS:
        prompts = prompts.in_form(fields["answer_form"])
    elif prompts.answer_form is not None:
        fields.setdefault("answer_form", prompts.answer_form)
    if isinstance(fields.get("styles"), str):
        raise InputError(f"styles: a sequence of names is needed, such as ({fields['styles']!r},)")
    suited = ("window", "question_attempts") if fields.get("spotlight") else ("window", "question_attempts", "per_call")
    for field in suited:
        if getattr(prompts, field) is not None:
            fields.setdefault(field, getattr(prompts, field))
    if "policy" in fields:
        fields["policy"] = policy_name(fields["policy"])
    rate = given.get("rate")
    fields["rate"] = None if rate in (None, False) else name if rate is True else model_name(rate)
    fields |= {"model": name, "seed": seed, "prompts": prompts.digest, "unit": unit}
    settings = checked(Settings, fields)
    if settings.spotlight is not None and settings.per_call > 1:
        # One request holds questions and answers there, and nothing in it is set apart.
        raise InputError("spotlight has no effect on requests for several pairs: leave it or per_call out")
    StyleBalance(settings.styles, seed)
    for style in settings.styles:
        prompts.style(style)  # an unknown one is an error now, not at its first draw
    if settings.per_call > 1:
        prompts.asking_several()
    if settings.min_score is not None and settings.rate is None:
        raise InputError("min_score needs a rating of each pair: give rate=True, or the model that rates")
    return settings, prompts


def planned_policy(given: Any, per_document: int | None = None) -> Policy:
    """The policy of a run whose plan is written before its first question, with its limit a document.

    Raises:
        InputError: an unknown name, no policy, or one that asks for realised coverage while it draws.
    """
    policy = named_policy(given)
    if isinstance(policy, LeastCovered):
        raise InputError(
            "LeastCovered asks for coverage while it draws, but the plan of a run is made before it: "
            "use until_coverage=0.99, which draws uncovered targets again"
        )
    return policy if per_document is None else Capped(policy, per_document)


_MEANT = {
    "num_questions": "n",
    "n_questions": "n",
    "questions": "n",
    "num": "n",
    "output": "out",
    "output_dir": "out",
    "folder": "out",
    "max_workers": "concurrency",
    "workers": "concurrency",
    "callback": "on_record",
    "detectors": "instruction_filter",
    "filter": "instruction_filter",
    "style": "styles",
    "budget": "max_cost",
    "random_state": "seed",
    "threshold": "filter_threshold",
    "mode": "filter_mode",
    "n_per_document": "per_document",
    "max_per_document": "per_document",
}
"""What other tools call an option."""


def refuse_unknown(
    given: Mapping[str, Any], options: type, own: Sequence[str] = ("documents", "model", "n", "out", "seed")
) -> None:
    """Refuse names that no option has, and say which one may be meant.

    Args:
        given: what the caller wrote.
        options: a TypedDict of the names there are.
        own: names of the arguments beside them.

    Raises:
        InputError: names every unknown one.
    """
    known = [*options.__annotations__, *own]
    said = []
    for name in sorted(set(given) - set(known)):
        close = [_MEANT[name]] if _MEANT.get(name) in known else difflib.get_close_matches(name, known, 1, 0.7)
        said.append(f"{name} (did you mean {close[0]}?)" if close else name)
    if said:
        raise InputError(f"unknown argument: {', '.join(said)}")


def _is_set(given: Mapping[str, Any], name: str) -> bool:
    """None stands for the default where a default is meant."""
    return name in given and not (given[name] is None and name in ("model_options", "batch_size", "batch_every"))


def _redraws(controls: RunControls, per_document: int | None) -> Redraws | None:
    share, most = controls.until_coverage, controls.draws_per_target
    if share is None:
        if most is not None:
            raise InputError("draws_per_target only limits until_coverage: give until_coverage too, such as 0.99")
        return None
    return Redraws(share, per_document=per_document) if most is None else Redraws(share, most, per_document)


def _batches(given: Any, completer: Any) -> BatchProvider | None:
    if given is None or given is False:
        return None
    if given is not True:
        missing = [name for name in ("submit", "find", "poll", "results") if not callable(getattr(given, name, None))]
        if missing:
            raise InputError(f"batch must be True or a BatchProvider: {type(given).__name__} has no {missing[0]}()")
        provider: BatchProvider = given
        return provider
    make = getattr(completer, "batches", None)
    if make is None:
        raise InputError(f"{model_name(completer)} has no batch interface: leave out the batch option")
    made: BatchProvider = make()
    return made


# -- help ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OptionHelp:
    """What help says of one option."""

    name: str
    kind: str
    default: Any
    text: str


def described(options: type = GenerateOptions) -> list[OptionHelp]:
    """Every option of a TypedDict with type, default and description, in its order."""
    found = []
    for name, annotation in inspect.get_annotations(options).items():
        field = option_field(name)
        shown = getattr(annotation, "__forward_arg__", None) or str(annotation)
        default = field.get_default(call_default_factory=True)
        found.append(OptionHelp(name, shown, default, " ".join((field.description or "").split())))
    return found


F = TypeVar("F", bound=Callable[..., Any])


def with_options(function: F, options: type = GenerateOptions) -> F:
    """Give a function with `**options` the signature and the docstring that list each of them."""
    listed = described(options)
    signature = inspect.signature(function)
    own = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
    more = [
        inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default, annotation=one.kind)
        for one in listed
    ]
    function.__signature__ = signature.replace(parameters=[*own, *more])  # type: ignore[attr-defined]  # inspect's own seam
    lines = "\n".join(f"    {one.name} ({one.kind}, default {one.default!r}): {one.text}" for one in listed)
    function.__doc__ = f"{inspect.cleandoc(function.__doc__ or '')}\n\nOptions:\n{lines}\n"
    return function
