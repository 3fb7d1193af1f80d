"""What a run does: the settings that decide its records, and those that only decide how fast and how far."""

from __future__ import annotations

from typing import Any

from pydantic import Field, ValidationError

from selfstudy_guard.errors import InputError
from selfstudy_guard.pacing import Price
from selfstudy_guard.records import FilterMode, Frozen


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
        question_attempts, answer_attempts: most requests for a question, and for its answer.
        unit: how tabular files were read (text field and id field).
    """

    model: str
    styles: tuple[str, ...] = Field(default=("factual",), min_length=1)
    policy: str = "uniform"
    seed: int = 0
    window: int = Field(default=2000, ge=200, le=1_000_000)
    filter_mode: FilterMode = "remove"
    filter_threshold: float | None = Field(default=None, ge=0, le=1)
    prompts: str = ""
    question_attempts: int = Field(default=3, ge=1, le=20)
    answer_attempts: int = Field(default=2, ge=1, le=20)
    unit: tuple[str | None, str | None] = (None, None)


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
