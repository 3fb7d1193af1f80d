"""Counts of one document: how often each of its targets stands in a footprint, in total and by group.

A tally knows either the whole layout of its document, or only the spans that records named (a record may be folded
before its document is seen). Adding two tallies adds counts span by span, so the order of merging never matters.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.documents.target_table import KINDS, TargetTable
from selfstudy_guard.errors import InputError

Counts = NDArray[np.int32]
Key = tuple[int, int]


def pack(values: NDArray[Any]) -> str:
    """An array as compressed text, the same text for the same values."""
    return base64.b64encode(zlib.compress(values.astype(values.dtype.newbyteorder("<")).tobytes(), 6)).decode("ascii")


def unpack(text: str, dtype: str | np.dtype[Any]) -> NDArray[Any]:
    """The array that `pack` made `text` of."""
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype=np.dtype(dtype).newbyteorder("<")).astype(dtype)


class DocumentTally:
    """Counts of one document by group ("" is all questions) and target span.

    Args:
        digest: SHA-256 of the document's text, "" where it is not known yet.
        layout: its targets, None where the document has not been seen.
    """

    def __init__(self, digest: str = "", layout: TargetTable | None = None) -> None:
        self.digest: str = digest
        self.layout = layout
        self.counts: dict[str, Counts] = {}
        self.loose: dict[str, dict[Key, int]] = {}

    def add(self, spans: Iterable[Key], groups: Iterable[str]) -> None:
        """Count each span once in each group; a span that meets no known target is kept as it is."""
        rows: list[int] = []
        strange: list[Key] = []
        for span in spans:
            row = self.layout.row(*span) if self.layout is not None else None
            if row is None:
                strange.append(span)
            elif row not in rows:
                rows.append(row)
        for group in groups:
            if rows:
                counts = self.group(group)
                for row in rows:
                    counts[row] += 1
            for span in strange:
                loose = self.loose.setdefault(group, {})
                loose[span] = loose.get(span, 0) + 1

    def group(self, name: str) -> Counts:
        """Counts by target of one group, writable."""
        found = self.counts.get(name)
        if found is None:
            found = self.counts[name] = np.zeros(len(self.layout) if self.layout is not None else 0, dtype=np.int32)
        return found

    def count(self, start: int, end: int, group: str = "") -> int:
        """How many footprints of `group` hold the target `[start, end)`."""
        row = self.layout.row(start, end) if self.layout is not None else None
        if row is None:
            return self.loose.get(group, {}).get((start, end), 0)
        return int(self.counts[group][row]) if group in self.counts else 0

    def learn(self, digest: str, layout: TargetTable) -> None:
        """Take in the layout of the document, and put the spans known so far on its targets."""
        if self.digest and digest and self.digest != digest:
            raise InputError("the document changed since its questions were counted: start a new tracker for it")
        self.digest = digest or self.digest
        self.layout = layout if self.layout is None else _agreed(self.layout, layout)
        loose, self.loose = self.loose, {}
        for group, spans in loose.items():
            for (start, end), n in spans.items():
                self._put(group, start, end, n)

    def _put(self, group: str, start: int, end: int, n: int) -> None:
        row = self.layout.row(start, end) if self.layout is not None else None
        if row is None:
            spans = self.loose.setdefault(group, {})
            spans[start, end] = spans.get((start, end), 0) + n
        else:
            self.group(group)[row] += n

    def merge(self, other: DocumentTally) -> None:
        """Add the counts of `other`, a tally of the same document."""
        if self.digest and other.digest and self.digest != other.digest:
            raise InputError("two trackers hold different texts under one document id: give the documents distinct ids")
        if self.layout is None and other.layout is not None:
            self.learn(other.digest, other.layout)
        elif self.layout is not None and other.layout is not None:
            self.layout = _agreed(self.layout, other.layout)
        self.digest = self.digest or other.digest
        for group, counts in other.counts.items():
            self.group(group)[:] += counts
        for group, spans in other.loose.items():
            for (start, end), n in spans.items():
                self._put(group, start, end, n)

    def to_dict(self) -> dict[str, Any]:
        """JSON-like form; equal tallies give equal forms."""
        form: dict[str, Any] = {"digest": self.digest}
        if self.layout is not None:
            table = self.layout
            met = list(dict.fromkeys(table.kinds.tolist()))  # only kinds that there are, in the order of the targets
            number = {kind: place for place, kind in enumerate(met)}
            columns = {name: getattr(table, column) for name, (column, _) in _COLUMNS.items()}
            columns["kind"] = np.array([number[kind] for kind in table.kinds.tolist()])
            form["layout"] = {
                **{name: pack(columns[name].astype(dtype)) for name, (_, dtype) in _COLUMNS.items()},
                "kinds": [KINDS[kind] for kind in met],
                "sections": [list(section) for section in table.section_names],
            }
        form["counts"] = {name: pack(self.counts[name]) for name in sorted(self.counts) if self.counts[name].any()}
        form["loose"] = {
            name: [[start, end, n] for (start, end), n in sorted(self.loose[name].items())]
            for name in sorted(self.loose)
            if self.loose[name]
        }
        return form

    @classmethod
    def from_dict(cls, form: Mapping[str, Any]) -> DocumentTally:
        """The tally that `to_dict` made `form` of."""
        layout = None
        if "layout" in form:
            stored = form["layout"]
            columns = {column: unpack(stored[name], dtype) for name, (column, dtype) in _COLUMNS.items()}
            known = np.array([KINDS.index(kind) for kind in stored["kinds"]], dtype=np.int16)
            layout = TargetTable(
                "",
                columns["starts"],
                columns["sections"],
                columns["tokens"],
                ends=columns["ends"],
                kinds=known[columns["kinds"]],
                forms=columns["forms"],
                section_names=tuple(tuple(section) for section in stored["sections"]),
            )
        tally = cls(form["digest"], layout)
        tally.counts = {name: unpack(text, "int32") for name, text in form["counts"].items()}
        tally.loose = {name: {(s, e): n for s, e, n in rows} for name, rows in form["loose"].items()}
        return tally


_COLUMNS = {
    "start": ("starts", "int32"),
    "end": ("ends", "int32"),
    "tokens": ("tokens", "int32"),
    "kind": ("kinds", "int16"),
    "section": ("sections", "int32"),
    "form": ("forms", "uint8"),
}
"""Name in the JSON form, column of the table, and type."""


def _agreed(one: TargetTable, other: TargetTable) -> TargetTable:
    """One table for two of the same document; where they judge a target differently, the stricter view wins.

    (One may know the findings of the instruction filter, the other not.) Which comes first makes no difference.
    """
    if one is other:
        return one
    if not (np.array_equal(one.starts, other.starts) and np.array_equal(one.ends, other.ends)):
        raise InputError("one document was cut into different targets: use the same segmentation for all its trackers")
    if np.array_equal(one.kinds, other.kinds) and np.array_equal(one.forms, other.forms):
        return one
    rows = [
        min((form & TargetTable.ELIGIBLE, KINDS[kind], form), (form_ & TargetTable.ELIGIBLE, KINDS[kind_], form_))
        for form, form_, kind, kind_ in zip(
            one.forms.tolist(), other.forms.tolist(), one.kinds.tolist(), other.kinds.tolist(), strict=True
        )
    ]
    return replace(
        one,
        kinds=np.array([KINDS.index(kind) for _, kind, _ in rows], dtype=np.int16),
        forms=np.array([form for _, _, form in rows], dtype=np.uint8),
    )
