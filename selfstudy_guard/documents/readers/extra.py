"""Optional packages of the readers: imported when a file needs them, named with the command where they are missing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from selfstudy_guard.errors import MissingExtraError


def needed(feature: str, *modules: str) -> tuple[Any, ...]:
    """The modules, imported.

    Args:
        feature: what they are for ("reading Word files").
        modules: dotted names.

    Raises:
        MissingExtraError: one is not installed; names the extra `documents`.
    """
    try:
        return tuple(import_module(name) for name in modules)
    except ImportError as error:
        raise MissingExtraError(feature, "documents") from error


@contextmanager
def silent(name: str) -> Iterator[None]:
    """Keep a logger and those below it from everybody: they would log parts of the (untrusted) file."""
    logger = logging.getLogger(name)
    sink, before, level = logging.NullHandler(), logger.propagate, logger.level
    logger.addHandler(sink)
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.propagate = before
        logger.setLevel(level)
        logger.removeHandler(sink)
