"""The one place where Ray is imported, at first use."""

from __future__ import annotations

from typing import Any

from selfstudy_guard.errors import MissingExtraError


def load_ray() -> Any:
    """The module `ray`, with `ray.data`.

    Raises:
        MissingExtraError: Ray is not installed.
    """
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise MissingExtraError("generating with Ray Data", "ray") from error
    return ray
