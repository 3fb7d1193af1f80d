"""Data sets that somebody else generated, read into pairs, and judged against the documents they came from."""

from __future__ import annotations

from selfstudy_guard.imported.pairs import Fields, Pair
from selfstudy_guard.imported.reading_pairs import read_pairs
from selfstudy_guard.imported.row_formats import NAMES as FORMATS

__all__ = ["FORMATS", "Fields", "Pair", "read_pairs"]
