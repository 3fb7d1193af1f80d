"""What a reader makes of one file: its text, how that text is to be read, and what could not be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FileText:
    """One document as its reader gives it.

    Attributes:
        text: the text; offsets of everything that follows are into it.
        media_type: how its structure is written down; None where its looks decide.
        metadata: facts of the file (pages, sender, times of cues).
        notes: what was left out or guessed, each in a few words; safe to print.
        name: of a part of a file that holds several documents (a message of a mailbox); "" for the file itself.
    """

    text: str
    media_type: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    name: str = ""
