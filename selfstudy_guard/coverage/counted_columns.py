"""The targets of many documents as columns, which is what tallies are counted from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.coverage.summary import DocumentCoverage
from selfstudy_guard.coverage.tally import DocumentTally
from selfstudy_guard.documents.target_table import KINDS, TargetTable

THIRDS = ("start", "middle", "end")

WORST = 20
"""Most documents that a summary names."""


@dataclass(frozen=True)
class Columns:
    """The targets of many documents, one below the other, as arrays with one entry a target.

    Attributes:
        names: ids of the documents.
        document: place in `names`.
        count: questions that draw on the target.
        tokens, section: its tokens, and the number of its section within its document.
        third: where it lies in its document, a place in `THIRDS`.
        form: flags of `TargetTable`.
        kind: place in `kinds`.
        kinds: names of kinds.
        groups: questions by label.
    """

    names: tuple[str, ...]
    document: NDArray[np.int64]
    count: NDArray[np.int64]
    tokens: NDArray[np.int64]
    section: NDArray[np.int64]
    third: NDArray[np.int64]
    form: NDArray[np.uint8]
    kind: NDArray[np.int64]
    kinds: tuple[str, ...]
    groups: Mapping[str, NDArray[np.int64]]

    @classmethod
    def of(cls, known: Mapping[str, DocumentTally]) -> Columns | None:
        """The rows of documents whose layouts are known; None where there are none."""
        names, layouts, parts = [], [], []
        for name, tally in known.items():
            if tally.layout is not None and len(tally.layout):
                names.append(name)
                layouts.append(tally.layout)
                parts.append(tally)
        if not layouts:
            return None
        sizes = [len(layout) for layout in layouts]
        ends = np.cumsum(sizes)
        groups: dict[str, NDArray[np.int64]] = {}
        for tally, end, size in zip(parts, ends.tolist(), sizes, strict=True):
            for group, counts in tally.counts.items():
                if group not in groups:
                    groups[group] = np.zeros(int(ends[-1]), dtype=np.int64)
                groups[group][end - size : end] = counts
        groups.pop("planned", None)
        return cls(
            names=tuple(names),
            document=np.repeat(np.arange(len(sizes)), sizes),
            count=groups.pop("", np.zeros(int(ends[-1]), dtype=np.int64)),
            tokens=np.concatenate([one.tokens for one in layouts]).astype(np.int64),
            section=np.concatenate([one.sections for one in layouts]).astype(np.int64),
            third=_thirds(layouts, sizes),
            form=np.concatenate([one.forms for one in layouts]),
            kind=np.concatenate([one.kinds for one in layouts]).astype(np.int64),
            kinds=KINDS,
            groups=groups,
        )

    def has(self, flag: int) -> NDArray[np.bool_]:
        """Which targets carry a flag of `TargetTable`."""
        return np.asarray((self.form & flag) != 0)

    def is_kind(self, name: str) -> NDArray[np.bool_]:
        """Which targets are of a kind."""
        return np.asarray(self.kind == (self.kinds.index(name) if name in self.kinds else -1))

    def documents(self, may: NDArray[np.bool_], asked: NDArray[np.bool_]) -> list[DocumentCoverage]:
        """The worst documents among these, in any order."""
        size = len(self.names)
        eligible = np.bincount(self.document[may], minlength=size)
        covered = np.bincount(self.document[may & asked], minlength=size)
        footprints = np.bincount(self.document[may], weights=self.count[may], minlength=size)
        share = covered / np.maximum(eligible, 1)
        order = [i for i in np.lexsort((-eligible, share)).tolist() if eligible[i]]
        if len(order) > WORST:  # ties at the cut are broken by the id, which numpy does not see
            last = order[WORST - 1]
            order = [i for i in order if (share[i], -eligible[i]) <= (share[last], -eligible[last])]
        return [
            DocumentCoverage(
                document_id=self.names[i],
                eligible=int(eligible[i]),
                covered=int(covered[i]),
                coverage=float(share[i]),
                footprints=int(footprints[i]),
            )
            for i in order
        ]


def _thirds(layouts: Sequence[TargetTable], sizes: Sequence[int]) -> NDArray[np.int64]:
    """Where each target's middle lies: 0 start, 1 middle, 2 end of its document (by characters)."""
    ends = np.concatenate([one.ends for one in layouts]).astype(np.int64)
    middle = (np.concatenate([one.starts for one in layouts]).astype(np.float64) + ends) / 2
    lengths = np.maximum.reduceat(ends, np.cumsum([0, *sizes[:-1]]))
    thirds: NDArray[np.int64] = np.minimum(middle * 3 / np.repeat(np.maximum(lengths, 1), sizes), 2).astype(np.int64)
    return thirds
