"""Which spans may be asked about, and in which order."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selfstudy_guard.sampling.sampler import TargetSampler

_HOME = {
    "TargetSampler": "sampler",
}

__all__ = ["TargetSampler"]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
