"""From a user's arguments to what workers are told."""

from __future__ import annotations

from typing import Any

from selfstudy_guard.errors import InputError
from selfstudy_guard.models import model_name
from selfstudy_guard.questions import prompts_for
from selfstudy_guard.settings import Pacing, Settings, checked
from selfstudy_guard_ray.outcomes import Order


def make_order(model: Any, n: int | None, *, seed: int, unit: tuple[str | None, str | None], **options: Any) -> Order:
    """Check all arguments, where the user sees the error and not a worker.

    Raises:
        InputError: an unknown or bad argument.
        PromptError: an unknown style, or prompts that cannot be read.
    """
    if n is not None and n < 1:
        raise InputError(f"n_per_document must be at least 1, not {n}")
    model_options = options.pop("model_options", None) or {}
    name = model_name(model)
    prompts = prompts_for(options.pop("prompts", None), name)
    known = {field: options.pop(field) for field in list(options) if field in Settings.model_fields}
    if prompts.window is not None:
        known.setdefault("window", prompts.window)
    known |= {"model": name, "seed": seed, "prompts": prompts.digest, "unit": unit}
    settings: Settings = checked(Settings, known)
    for style in settings.styles:
        prompts.style(style)
    pacing: Pacing = checked(
        Pacing, {field: options.pop(field) for field in list(options) if field in Pacing.model_fields}
    )
    if options:
        raise InputError(f"unknown argument: {', '.join(sorted(options))}")
    return Order(model=model, settings=settings, pacing=pacing, prompts=prompts, n=n, model_options=model_options)
