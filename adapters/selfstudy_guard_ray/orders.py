"""From a user's arguments to what workers are told."""

from __future__ import annotations

from typing import Any, Unpack

from selfstudy_guard.errors import InputError
from selfstudy_guard.generation.options import MethodOptions, PacingOptions, method_of, planned_policy, refuse_unknown
from selfstudy_guard.settings import Pacing, checked
from selfstudy_guard_ray.outcomes import Order


class DatasetOptions(MethodOptions, PacingOptions, total=False):
    """The options of `generate` that a job of many workers knows; `help(generate)` describes them."""


def make_order(
    model: Any,
    n: int | None,
    *,
    seed: int,
    unit: tuple[str | None, str | None],
    **options: Unpack[DatasetOptions],
) -> Order:
    """Check all arguments, where the user sees the error and not a worker.

    Raises:
        InputError: an unknown or bad argument.
        PromptError: an unknown style, or prompts that cannot be read.
    """
    if n is not None and n < 1:
        raise InputError(f"n_per_document must be at least 1, not {n}")
    refuse_unknown(options, DatasetOptions, own=("model", "n_per_document", "seed"))
    settings, prompts = method_of(options, model=model, seed=seed, unit=unit)
    policy = planned_policy(options.get("policy", "stratified"), settings.per_document)
    if n is not None and settings.per_document is not None:
        n = min(n, settings.per_document)
    if settings.rate is not None and settings.rate != settings.model:
        raise InputError("the workers of a job hold one model: rate=True lets it rate its own pairs")
    pacing = checked(Pacing, {name: value for name, value in options.items() if name in Pacing.model_fields})
    return Order(
        model=model,
        settings=settings,
        pacing=pacing,
        prompts=prompts,
        n=n,
        policy=policy,
        model_options=options.get("model_options") or {},
    )
