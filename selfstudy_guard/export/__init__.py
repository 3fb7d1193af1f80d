"""Finished records as training and evaluation data; provenance goes to a sidecar file, row by row."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selfstudy_guard.export.formats import FORMATS, Format
    from selfstudy_guard.export.write import Exported, export_records

_HOME = {"FORMATS": "formats", "Exported": "write", "Format": "formats", "export_records": "write"}

__all__ = ["FORMATS", "Exported", "Format", "export_records"]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
