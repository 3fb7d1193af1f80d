"""Finished records as training and evaluation data; provenance goes to a sidecar file, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfstudy_guard.lazy import lazy_names

if TYPE_CHECKING:
    from selfstudy_guard.export.formats import FORMATS, Format
    from selfstudy_guard.export.write import Exported, export_records

_HOME = {"FORMATS": ".formats", "Exported": ".write", "Format": ".formats", "export_records": ".write"}

__all__ = ["FORMATS", "Exported", "Format", "export_records"]

__getattr__, __dir__ = lazy_names(__name__, _HOME)
