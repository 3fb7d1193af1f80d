"""Reading documents and their structure, with exact offsets into the raw text."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selfstudy_guard.documents.reading import DocumentsSkippedWarning, Skipped, coerce_documents, read_documents

_HOME = {
    "DocumentsSkippedWarning": "reading",
    "Skipped": "reading",
    "coerce_documents": "reading",
    "read_documents": "reading",
}

__all__ = ["DocumentsSkippedWarning", "Skipped", "coerce_documents", "read_documents"]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
