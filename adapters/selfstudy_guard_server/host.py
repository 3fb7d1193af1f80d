"""The packages that the server stands on, or one clear message that they are missing."""

from __future__ import annotations

from importlib.util import find_spec

from selfstudy_guard.errors import MissingExtraError


def require() -> None:
    """Check that starlette, uvicorn and httpx are installed.

    Raises:
        MissingExtraError: names the command that installs them.
    """
    if any(find_spec(name) is None for name in ("starlette", "uvicorn", "httpx")):
        raise MissingExtraError("The guarding server", "server")
