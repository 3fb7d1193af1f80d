"""What planning needs to know of a document: columns of numbers, one row an eligible target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from selfstudy_guard.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from selfstudy_guard.records import Segmentation, Target


class Ref(NamedTuple):
    """A drawn target before its record is built.

    Attributes:
        document_id: its document.
        row: its row in the document's sheet.
        visit: how often it was drawn before.
    """

    document_id: str
    row: int
    visit: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The eligible targets of one document, in text order.

    Attributes:
        document_id: id of the document.
        starts: start offsets in code points, int64, growing.
        sections: number of the section each lies in, int64, from 0.
        tokens: estimated tokens, int64.
        targets: the records, where they are at hand (policies that ask about coverage or weigh targets need them).
    """

    document_id: str
    starts: NDArray[Any]
    sections: NDArray[Any]
    tokens: NDArray[Any]
    targets: Sequence[Target] = ()

    def __post_init__(self) -> None:
        if not len(self.starts) == len(self.sections) == len(self.tokens):
            raise InputError(f"the columns of the sheet of {self.document_id!r} differ in length")

    def __len__(self) -> int:
        return len(self.starts)

    @classmethod
    def of(cls, segmentation: Segmentation) -> Sheet:
        """The sheet of a segmented document."""
        import numpy as np

        eligible = segmentation.eligible
        names: dict[tuple[str, ...], int] = {}
        sections = [names.setdefault(target.section, len(names)) for target in eligible]
        return cls(
            segmentation.document_id,
            np.array([target.start for target in eligible], dtype=np.int64),
            np.array(sections, dtype=np.int64),
            np.array([target.tokens for target in eligible], dtype=np.int64),
            eligible,
        )
