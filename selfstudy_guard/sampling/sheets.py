"""A drawn target before its record is built; the table that it is a row of is `documents.target_table.TargetTable`."""

from __future__ import annotations

from typing import NamedTuple

from selfstudy_guard.documents.target_table import TargetTable

Sheet = TargetTable
"""What policies call the table of a document's eligible targets."""


class Ref(NamedTuple):
    """A drawn target before its record is built.

    Attributes:
        document_id: its document.
        row: its row in the table of the document's eligible targets.
        visit: how often it was drawn before.
    """

    document_id: str
    row: int
    visit: int
