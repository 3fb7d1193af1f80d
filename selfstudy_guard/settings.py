"""What a run does: the settings that decide its records, and those that only decide how fast and how far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, ValidationError, field_validator, model_serializer

from selfstudy_guard.engine.limits import Price
from selfstudy_guard.errors import InputError
from selfstudy_guard.filter.judge import BAND, check_band
from selfstudy_guard.records import FilterMode, Frozen

_LATER = frozenset(("judge", "question_in_view", "hops"))
"""Settings that came after the first release of the ledger: left out where they are off."""


class Settings(Frozen):
    """Settings that decide which records come out; a run goes on only with the same ones.

    Attributes:
        model: name of the model.
        styles: question styles, drawn in balance.
        policy: sampling policy.
        seed: of plan and requests.
        window: most characters of the context round a target.
        filter_mode: how the filter treats findings in the evidence.
        filter_threshold: score from which the filter takes a span out; None for its own.
        prompts: digest of the prompts.
        judge: grey band of scores (from, up to) about which the model itself is asked whether a passage is an order;
            True for the default band, None or False for no judge.
        question_in_view: whether the question colours what the filter takes out of its evidence.
        question_attempts, answer_attempts: most requests for a question, and for its answer.
        unit: how tabular files were read (text field and id field).
        hops: ties each question to a second target: one of the same section, one far away in the same document, or
            one of another document that names the same thing; None for questions about one target.
    """

    model: str
    styles: tuple[str, ...] = Field(default=("factual",), min_length=1)
    policy: str = "uniform"
    seed: int = 0
    window: int = Field(default=2000, ge=200, le=1_000_000)
    filter_mode: FilterMode = "remove"
    filter_threshold: float | None = Field(default=None, ge=0, le=1)
    judge: tuple[float, float] | None = None
    question_in_view: bool = False
    prompts: str = ""
    question_attempts: int = Field(default=3, ge=1, le=20)
    answer_attempts: int = Field(default=2, ge=1, le=20)
    unit: tuple[str | None, str | None] = (None, None)
    hops: Literal["section", "far", "entity"] | None = None

    @field_validator("judge", mode="before")
    @classmethod
    def _band(cls, value: Any) -> Any:
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
        return {name: value for name, value in fields.items() if value or name not in _LATER}


class Pacing(Frozen):
    """Settings that only decide how fast and how far a run goes; they may change when it goes on.

    Attributes:
        concurrency: most requests in flight.
        requests_per_minute, tokens_per_minute: None for no limit.
        max_tokens: total tokens of the run; None for no limit.
        max_cost: total US dollars of the run; None for no limit.
        price: dollars per million tokens (sent, received), for a model whose price is not known.
        tries: most sends of one request.
    """

    concurrency: int = Field(default=8, ge=1, le=10_000)
    requests_per_minute: float | None = Field(default=None, gt=0)
    tokens_per_minute: float | None = Field(default=None, gt=0)
    max_tokens: int | None = Field(default=None, gt=0)
    max_cost: float | None = Field(default=None, gt=0)
    price: tuple[float, float] | None = None
    tries: int = Field(default=6, ge=1, le=100)

    @property
    def price_per_million(self) -> Price | None:
        """The price, if one was given."""
        return Price(*self.price) if self.price else None


def checked(kind: type[Settings] | type[Pacing], values: dict[str, Any]) -> Any:
    """`kind(**values)`, with one clear message for the first bad value.

    Raises:
        InputError: names the argument, what it was and what is allowed.
    """
    try:
        return kind(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        raise InputError(f"{name}: {first['msg']} (got {first.get('input')!r})") from error
