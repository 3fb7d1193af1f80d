"""The one place where Ray is imported, at first use."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from selfstudy_guard.errors import MissingExtraError

_FEATURE = "generating with Ray Data"


def require() -> None:
    """Check that Ray and what its Data library stands on are installed, without importing them.

    Raises:
        MissingExtraError: names the command that installs them.
    """
    if find_spec("ray") is None or find_spec("pyarrow") is None:
        raise MissingExtraError(_FEATURE, "ray")


def load_ray() -> Any:
    """The module `ray`, with `ray.data`.

    Raises:
        MissingExtraError: Ray is not installed.
    """
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise MissingExtraError(_FEATURE, "ray") from error
    return ray
