"""The old place of `selfstudy_guard.imported`; kept so that imports of earlier versions work."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    return getattr(import_module("selfstudy_guard.imported"), name)
