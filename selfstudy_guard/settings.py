"""What a run does: the settings that decide its records, and those that only decide how fast and how far.

The string below a field says what it is, in which unit; `help(generate)`, the flags of the command line and the manual
read it from here, and so do they the default.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_serializer,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from selfstudy_guard.engine.limits import Price
from selfstudy_guard.errors import InputError
from selfstudy_guard.questions.spotlight import Spotlight
from selfstudy_guard.records import AnswerForm, FilterMode, Frozen

Hops = Literal["section", "far", "entity"]

_LATER = frozenset(
    ("judge", "question_in_view", "hops", "spotlight", "rate", "min_score", "skip_own_pairs", "per_document")
)
"""Settings that came after the first release of the ledger: left out where they are off."""

M = TypeVar("M", bound=BaseModel)


class Described(Frozen):
    """Base of what users set: the string below a field describes it."""

    model_config: ClassVar[ConfigDict] = ConfigDict(use_attribute_docstrings=True, arbitrary_types_allowed=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_mixture(cls, value: Any, info: ValidationInfo) -> Any:
        """Yes and no are no numbers or texts, nor the other way round; pydantic reads one as the other."""
        annotation = cls.model_fields[info.field_name or ""].annotation
        kinds = {annotation, *get_args(annotation)}
        if bool in kinds and not isinstance(value, bool):
            raise ValueError("must be True or False")
        if kinds & {int, float} and isinstance(value, bool):
            raise ValueError("must be a number")
        return value


class Settings(Described):
    """Settings that decide which records come out; a run goes on only with the same ones."""

    model: str
    """Name of the model."""
    styles: tuple[str, ...] = Field(default=("factual",), min_length=1)
    """Question styles, drawn in balance."""
    policy: str = "stratified"
    """Sampling policy: "stratified" (every part of the plan is even over documents, sections and places), "uniform"
    (every target once in random order, then again), "tokens" (in proportion to length); in Python also a policy
    object."""
    seed: int = 0
    """Seed of plan and requests."""
    per_document: int | None = Field(default=None, ge=1)
    """Most questions of one document, whatever `n` and the policy; no limit if left out."""
    window: int = Field(default=2000, ge=200, le=1_000_000)
    """Most characters of the context round a target; what suits the prompts if left out."""
    filter_mode: FilterMode = "remove"
    """How the filter treats findings in the evidence: "remove", "mask", "quote" or "flag"."""
    filter_threshold: float | None = Field(default=None, ge=0, le=1)
    """Belief (0 to 1) from which the filter takes a span out; its own if left out."""
    withhold: float | None = Field(default=0.05, ge=0, le=1)
    """Belief (0 to 1) from which the evidence leaves out what neither target nor question needs; in Python None leaves
    out nothing."""
    spotlight: Spotlight | None = None
    """How prompts set documents apart from instructions: "delimiting", "datamarking" or "encoding" (planned: refused
    for now)."""
    judge: tuple[float, float] | None = None
    """Beliefs (from, up to) about which the model itself is asked whether a passage is an order; True for 0.15 to
    0.9."""
    question_in_view: bool = False
    """Filter the evidence again for each question, with it in view."""
    prompts: str = ""
    """Digest of the prompts."""
    question_attempts: int = Field(default=3, ge=1, le=20)
    """Most requests for a question; what suits the prompts if left out."""
    answer_attempts: int = Field(default=2, ge=1, le=20)
    """Most requests for an answer."""
    per_call: int = Field(default=1, ge=1, le=50)
    """Questions that one request asks for; what suits the prompts if left out (5 for small models, else 1)."""
    answer_form: AnswerForm = "short"
    """How answers are worded: "short" (the fact alone), "sentence" or "explained"."""
    rate: str | None = None
    """Name of the model that rates pairs."""
    min_score: float | None = Field(default=None, ge=0, le=1)
    """Score (0 to 1) that a rated pair needs to be kept; every pair is kept if left out."""
    unit: tuple[str | None, str | None] = (None, None)
    """How tabular files were read (text field and id field)."""
    skip_own_pairs: bool = False
    """Ask nothing about answers of a document to its own questions (a FAQ): such pairs are there already."""
    hops: Hops | None = None
    """Ties each question to a second target: "section" (one of the same section), "far" (one far away in the same
    document) or "entity" (one of another document that names the same thing)."""

    @field_validator("judge", mode="before")
    @classmethod
    def _band(cls, value: Any) -> Any:
        from selfstudy_guard.filter.judge import BAND, check_band  # takes longer than `--help` should

        if isinstance(value, bool):
            return BAND if value else None
        if value is not None and isinstance(value, Sequence) and all(isinstance(end, int | float) for end in value):
            try:
                return check_band(value)
            except InputError as error:
                raise ValueError(str(error)) from error
        return value

    @model_serializer(mode="wrap")
    def _without_layers_that_are_off(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Runs that were begun before these layers came go on, as long as the layers are off."""
        fields: dict[str, Any] = whole(self)
        return {name: value for name, value in fields.items() if name not in _LATER or value not in (None, False)}


class Pacing(Described):
    """Settings that only decide how fast and how far a run goes; they may change when it goes on."""

    concurrency: int = Field(default=8, ge=1, le=10_000)
    """Most requests in flight."""
    requests_per_minute: float | None = Field(default=None, gt=0)
    """Most requests a minute; no limit if left out."""
    tokens_per_minute: float | None = Field(default=None, gt=0)
    """Most tokens a minute, sent and received; no limit if left out."""
    max_tokens: int | None = Field(default=None, gt=0)
    """Most tokens of the whole run, sent and received; no limit if left out; in Python `model_options` may hold the
    `max_tokens` of one reply."""
    max_cost: float | None = Field(default=None, gt=0)
    """Most US dollars of the whole run; no limit if left out."""
    price: tuple[float, float] | None = None
    """US dollars per million tokens, sent and received, for a model whose price is not known."""
    tries: int = Field(default=6, ge=1, le=100)
    """Most sends of one request."""

    @property
    def price_per_million(self) -> Price | None:
        """The price, if one was given."""
        return Price(*self.price) if self.price else None


class RunControls(Described):
    """Options that hold objects, and those that say how a run is handled."""

    prompts: Any = None
    """Prompts: "small", "large", or a file of your own; what suits the model if left out; in Python also a mapping or
    `Prompts`."""
    instruction_filter: Any = None
    """An `InstructionFilter`; one with `filter_mode` and `filter_threshold` if left out."""
    rate: Any = None
    """Who rates pairs: True for the model itself, or another model; nobody if left out."""
    model_options: Mapping[str, Any] = Field(default_factory=dict)
    """Further arguments of the model's factory (`api_base`, `temperature` ...)."""
    text_field: str | tuple[str, ...] | None = None
    """Text field of tabular files, or several to join; found by its content if left out."""
    id_field: str | None = None
    """Id field of tabular files; names and row numbers are the ids if left out."""
    strict: bool = False
    """A document that cannot be read is an error, and not only told."""
    accept_changes: bool = False
    """Go on although documents or settings changed."""
    batch: Any = None
    """Whether to use the provider's batch interface (about half the price, within a day); in Python True or a
    `BatchProvider`."""
    batch_size: int = Field(default=10_000, ge=1, le=1_000_000)
    """Most requests of one batch."""
    batch_every: float = Field(default=30.0, ge=0)
    """Seconds between two looks at a batch that is out."""
    until_coverage: float | None = None
    """After the plan, draw uncovered targets again until this share of all targets (0 to 1) is covered."""
    draws_per_target: int | None = None
    """Most draws of one target with `until_coverage`; 4 if left out."""
    progress: Any = None
    """Told the balance after every outcome: a callable, or an object with `update`."""
    notify: Any = None
    """Told in one line what a person should know: a callable."""
    on_record: Any = None
    """Told every record as it is stored: a callable."""


def option_field(name: str) -> FieldInfo:
    """The field that describes and checks an option, or the seed."""
    return next(model.model_fields[name] for model in (RunControls, Settings, Pacing) if name in model.model_fields)


def checked(kind: type[M], values: Mapping[str, Any]) -> M:
    """`kind(**values)`, with one clear message for the first bad value.

    Raises:
        InputError: names the argument, what it was and what is allowed.
    """
    try:
        return kind(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        said = _plain(first)
        raise InputError(f"{name}: {said} (got {first.get('input')!r})") from error


_LIMITS = {
    "greater_than_equal": ("ge", "at least"),
    "less_than_equal": ("le", "at most"),
    "greater_than": ("gt", "above"),
}


def _plain(error: ErrorDetails) -> str:
    """What pydantic says of a bad value, in the words of our own messages."""
    limit, words = _LIMITS.get(error["type"], ("", ""))
    if limit:
        return f"must be {words} {error['ctx'][limit]:g}"
    return error["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
