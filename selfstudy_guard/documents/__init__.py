"""Reading documents and their structure, with exact offsets into the raw text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfstudy_guard.lazy import lazy_names

if TYPE_CHECKING:
    from selfstudy_guard.documents.chunks import locate_chunks
    from selfstudy_guard.documents.faq_pairs import OwnPair, own_pairs
    from selfstudy_guard.documents.masking import mask_artefacts
    from selfstudy_guard.documents.normal import Normal, normal_form, normalise
    from selfstudy_guard.documents.readers.account import (
        DocumentsSkippedWarning,
        ReadFile,
        ReadingAccount,
        Skipped,
        TextFieldChosenWarning,
        reading_table,
    )
    from selfstudy_guard.documents.readers.reading import coerce_documents, read_documents
    from selfstudy_guard.documents.segmentation import segment
    from selfstudy_guard.documents.sizing import Bounds
    from selfstudy_guard.documents.token_estimate import estimate_tokens

_HOME = {
    "Bounds": ".sizing",
    "DocumentsSkippedWarning": ".readers.account",
    "ReadFile": ".readers.account",
    "ReadingAccount": ".readers.account",
    "Skipped": ".readers.account",
    "TextFieldChosenWarning": ".readers.account",
    "coerce_documents": ".readers.reading",
    "estimate_tokens": ".token_estimate",
    "locate_chunks": ".chunks",
    "mask_artefacts": ".masking",
    "Normal": ".normal",
    "normal_form": ".normal",
    "normalise": ".normal",
    "reading_table": ".readers.account",
    "OwnPair": ".faq_pairs",
    "own_pairs": ".faq_pairs",
    "read_documents": ".readers.reading",
    "segment": ".segmentation",
}

__all__ = [
    "Bounds",
    "DocumentsSkippedWarning",
    "Normal",
    "OwnPair",
    "ReadFile",
    "ReadingAccount",
    "Skipped",
    "TextFieldChosenWarning",
    "coerce_documents",
    "estimate_tokens",
    "locate_chunks",
    "mask_artefacts",
    "normal_form",
    "normalise",
    "own_pairs",
    "read_documents",
    "reading_table",
    "segment",
]

__getattr__, __dir__ = lazy_names(__name__, _HOME)
