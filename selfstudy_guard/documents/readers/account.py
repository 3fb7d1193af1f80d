"""What a caller is told about reading: what gave no document and why, and what was read how."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from selfstudy_guard.telling import warn_user

CHOSEN = "text taken from the field"
"""How a note on a field begins that nobody named."""
_NAMED = 10
"""Skipped sources that are named one by one."""


def sources(number: int) -> str:
    """ "1 source", "2 sources"."""
    return f"{number:,} source" if number == 1 else f"{number:,} sources"


@dataclass(frozen=True)
class Skipped:
    """A file or row that gave no document.

    Attributes:
        source: name of the file, or `file:row`; safe to print.
        reason: why, in a few words; safe to print.
        kind: "unreadable" (an error when strict), "equal" (its text was read before, under another name) or "extra"
            (an optional package is missing; the reason holds the command that installs it).
    """

    source: str
    reason: str
    kind: Literal["unreadable", "equal", "extra"] = "unreadable"

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


@dataclass(frozen=True)
class ReadFile:
    """A file that gave documents.

    Attributes:
        source: its name; safe to print.
        how: what it was read as ("Word", "PDF", "rows of CSV").
        documents: how many it gave.
        characters: how many code points they hold.
        notes: what was left out or chosen; safe to print.
    """

    source: str
    how: str
    documents: int
    characters: int
    notes: tuple[str, ...] = ()


OnSkip = Callable[[Skipped], None]
OnRead = Callable[[ReadFile], None]


class DocumentsSkippedWarning(UserWarning):
    """Some sources gave no document, and the caller asked for no list of them."""


class TextFieldChosenWarning(UserWarning):
    """The text of rows was taken from a field of a name that is not one of the usual ones."""


@dataclass
class ReadingAccount:
    """Collects what one run reads, to be told before its first call.

    Attributes:
        skipped: what gave no document, in order.
        read: what gave documents, in order.
    """

    skipped: list[Skipped] = field(default_factory=list)
    read: list[ReadFile] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """What was read how, as a table of one line a kind; then what was skipped, the first ten by name."""
        table = reading_table(self.read)
        if table:
            width = max(len(how) for how, *_ in table)
            yield f"{'read as':{max(width, 7)}}  {'files':>6}  {'documents':>9}  {'characters':>11}  left out or chosen"
            for how, files, documents, characters, notes in table:
                yield f"{how:{max(width, 7)}}  {files:>6,}  {documents:>9,}  {characters:>11,}  {notes}".rstrip()
        for item in self.skipped[:_NAMED]:
            yield f"not read: {item}"
        if len(self.skipped) > _NAMED:
            yield f"not read: {len(self.skipped) - _NAMED:,} more"

    def warn(self) -> None:
        """One warning for what was skipped and one for fields that were chosen; for callers who listen to no lines."""
        if self.skipped:
            more = f"; and {len(self.skipped) - _NAMED:,} more" if len(self.skipped) > _NAMED else ""
            named = "; ".join(str(item) for item in self.skipped[:_NAMED])
            message = f"{sources(len(self.skipped))} gave no document: {named}{more}"
            warn_user(message, DocumentsSkippedWarning)
        chosen = [f"{one.source}: {note}" for one in self.read for note in one.notes if note.startswith(CHOSEN)]
        if chosen:
            more = f"; and {len(chosen) - _NAMED:,} more" if len(chosen) > _NAMED else ""
            warn_user("; ".join(chosen[:_NAMED]) + more, TextFieldChosenWarning)


def reading_table(read: Sequence[ReadFile]) -> list[tuple[str, int, int, int, str]]:
    """One row for each way of reading: its name, files, documents, characters and notes, the most files first."""
    by_way: dict[str, list[ReadFile]] = {}
    for one in read:
        by_way.setdefault(one.how, []).append(one)
    rows = []
    for how, files in sorted(by_way.items(), key=lambda item: (-len(item[1]), item[0])):
        notes: dict[str, int] = {}
        for one in files:
            for note in one.notes:
                notes[note] = notes.get(note, 0) + 1
        told = "; ".join(note if n == 1 else f"{note} ({n} files)" for note, n in list(notes.items())[:3])
        more = f"; and {len(notes) - 3} more" if len(notes) > 3 else ""
        rows.append((how, len(files), sum(f.documents for f in files), sum(f.characters for f in files), told + more))
    return rows
