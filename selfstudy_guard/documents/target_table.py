"""The targets of one document as columns of numbers: what plans, the ledger and the tallies count with.

One row a target, in text order. `whole` holds all targets of a document, `of` those that may be asked about, whose
sections are numbered for themselves. Columns that nobody needs may be missing (they have length 0), so that a plan over
millions of targets carries only what it is made from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, get_args

import regex

from selfstudy_guard.documents.eligibility.doubts import LAST
from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Segmentation, Target, TargetKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS: tuple[str, ...] = get_args(TargetKind)
_EMPHASIS = regex.compile(r"\*\*\S|(?<![\w.`])__\w[^_]{0,200}__(?!\w)|<(?:b|strong|em|i|mark)\b", regex.IGNORECASE)
_STORED = ("starts", "ends", "sections", "tokens", "places", "kinds")
"""Columns of `to_bytes`, in their order."""
_KIND, _LATE = _STORED.index("kinds"), 8
"""Where the column of kinds stands, and which of its bits says `late`."""


def _missing() -> NDArray[Any]:
    import numpy as np

    return np.empty(0, dtype=np.int32)


@dataclass(frozen=True, eq=False)
class TargetTable:
    """Targets of one document as columns.

    Attributes:
        document_id: id of the document.
        starts, ends: offsets in code points, growing.
        sections: number of the section each lies in, from 0.
        tokens: estimated tokens.
        targets: the records, where they are at hand (policies that ask about coverage or weigh targets need them).
        places: place among all targets of the document (`Target.index`).
        kinds: place in `KINDS`.
        late: whether it is asked about when all others were; of no length where none is.
        forms: flags, see below.
        section_names: headings of the sections by their number.
    """

    document_id: str
    starts: NDArray[Any]
    sections: NDArray[Any]
    tokens: NDArray[Any]
    targets: Sequence[Target] = ()
    ends: NDArray[Any] = field(default_factory=_missing)
    places: NDArray[Any] = field(default_factory=_missing)
    kinds: NDArray[Any] = field(default_factory=_missing)
    late: NDArray[Any] = field(default_factory=_missing)
    forms: NDArray[Any] = field(default_factory=_missing)
    section_names: tuple[tuple[str, ...], ...] = ()

    ELIGIBLE: ClassVar[int] = 1
    ARTEFACT: ClassVar[int] = 2
    BOLD: ClassVar[int] = 4
    NUMBER: ClassVar[int] = 8
    LEADS: ClassVar[int] = 16
    """First eligible target of its section."""

    def __post_init__(self) -> None:
        if not len(self.starts) == len(self.sections) == len(self.tokens):
            raise InputError(f"the columns of the table of {self.document_id!r} differ in length")

    def __len__(self) -> int:
        return len(self.starts)

    @classmethod
    def of(cls, segmentation: Segmentation) -> TargetTable:
        """The targets of a segmented document that may be asked about, with their records."""
        return cls._made(segmentation.document_id, segmentation.eligible, keep=True)

    @classmethod
    def whole(cls, segmentation: Segmentation) -> TargetTable:
        """All targets of a segmented document, without their records, as small as can be."""
        return cls._made(segmentation.document_id, segmentation.targets, keep=False)

    @classmethod
    def _made(cls, document_id: str, targets: Sequence[Target], *, keep: bool) -> TargetTable:
        import numpy as np

        wide = np.int64 if keep else np.int32
        names: dict[tuple[str, ...], int] = {}
        return cls(
            document_id,
            starts=np.array([target.start for target in targets], dtype=wide),
            sections=np.array([names.setdefault(target.section, len(names)) for target in targets], dtype=wide),
            tokens=np.array([target.tokens for target in targets], dtype=wide),
            targets=targets if keep else (),
            ends=np.array([target.end for target in targets], dtype=wide),
            places=np.array([target.index for target in targets], dtype=np.int32),
            kinds=np.array([KINDS.index(target.kind) for target in targets], dtype=np.int16),
            late=_late(targets),
            forms=_missing() if keep else np.array([_form(t) for t in targets], dtype=np.uint8) | _leads(targets),
            section_names=tuple(names),
        )

    def to_bytes(self) -> bytes:
        """The columns that a plan is written from, as little-endian 32-bit numbers; no names and no records."""
        import numpy as np

        columns = np.stack([getattr(self, name) for name in _STORED]).astype("<i4")
        if len(self.late):
            columns[_KIND] |= self.late.astype("<i4") << _LATE
        return columns.tobytes()

    @classmethod
    def from_bytes(cls, document_id: str, stored: bytes) -> TargetTable:
        """The table that `to_bytes` wrote."""
        import numpy as np

        columns = np.frombuffer(stored, dtype="<i4").reshape(len(_STORED), -1)
        starts, ends, sections, tokens, places, kinds = columns
        late = kinds >> _LATE
        late = late.astype(bool) if late.any() else _missing()
        kinds = kinds & ((1 << _LATE) - 1)
        return cls(document_id, starts, sections, tokens, ends=ends, places=places, kinds=kinds, late=late)

    def part(self, *, late: bool) -> TargetTable:
        """The rows that are asked about last, or the others; `rows` says where they stand here."""
        rows = self.rows(late=late)
        if len(rows) == len(self):
            return self
        some = (self.starts[rows], self.sections[rows], self.tokens[rows])
        targets = [self.targets[row] for row in rows.tolist()] if len(self.targets) else ()
        return TargetTable(self.document_id, *some, targets)

    def rows(self, *, late: bool) -> NDArray[Any]:
        """Numbers of the rows that are asked about last, or of the others."""
        import numpy as np

        if not len(self.late):
            return np.arange(0 if late else len(self), dtype=np.int32)
        return np.flatnonzero(self.late == late).astype(np.int32)

    def has(self, flag: int) -> NDArray[Any]:
        """Which targets carry a flag."""
        import numpy as np

        return np.asarray((self.forms & flag) != 0)

    def row(self, start: int, end: int) -> int | None:
        """The target that `[start, end)` overlaps most; None where it overlaps none."""
        best, most = None, 0
        for row in range(int(self.ends.searchsorted(start, side="right")), len(self)):
            begins = self.starts.item(row)
            if begins >= end:
                break
            shared = min(end, self.ends.item(row)) - max(start, begins)
            if shared > most:
                best, most = row, shared
        return best


def _late(targets: Sequence[Target]) -> NDArray[Any]:
    import numpy as np

    late = np.array([target.eligible and target.reason == LAST for target in targets], dtype=bool)
    return late if late.any() else _missing()


def _form(target: Target) -> int:
    flags = TargetTable.ELIGIBLE if target.eligible else 0
    flags |= TargetTable.ARTEFACT if target.is_artefact else 0
    if target.kind != "code_block" and _EMPHASIS.search(target.text):
        flags |= TargetTable.BOLD
    if any(character.isdigit() for character in target.text):
        flags |= TargetTable.NUMBER
    return flags


def _leads(targets: Sequence[Target]) -> NDArray[Any]:
    import numpy as np

    seen: set[tuple[str, ...]] = set()
    flags = np.zeros(len(targets), dtype=np.uint8)
    for row, target in enumerate(targets):
        if target.eligible and target.section not in seen:
            seen.add(target.section)
            flags[row] = TargetTable.LEADS
    return flags
