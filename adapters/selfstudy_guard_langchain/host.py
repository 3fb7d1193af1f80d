"""LangChain itself, or one clear message that it is missing."""

from __future__ import annotations

from importlib.util import find_spec

from selfstudy_guard.errors import MissingExtraError


def require() -> None:
    """Check that langchain-core is installed.

    Raises:
        MissingExtraError: names the command that installs it.
    """
    if find_spec("langchain_core") is None:
        raise MissingExtraError("LangChain models and chains", "langchain")
