"""Counts of one document: how often each of its targets stands in a footprint, in total and by group.

A tally knows either the whole layout of its document, or only the spans that records named (a record may be folded
before its document is seen). Adding two tallies adds counts span by span, so the order of merging never matters.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Segmentation, Target

Counts = NDArray[np.int32]
_EMPHASIS = regex.compile(r"\*\*\S|(?<![\w.`])__\w[^_]{0,200}__(?!\w)|<(?:b|strong|em|i|mark)\b", regex.IGNORECASE)
Key = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """The targets of one document as columns, in text order (offsets are code points, tokens are estimates)."""

    start: NDArray[np.int32]
    end: NDArray[np.int32]
    tokens: NDArray[np.int32]
    kind: NDArray[np.int16]
    section: NDArray[np.int32]
    form: NDArray[np.uint8]
    kinds: tuple[str, ...]
    sections: tuple[tuple[str, ...], ...]

    ELIGIBLE = 1
    ARTEFACT = 2
    BOLD = 4
    NUMBER = 8
    LEADS = 16
    """First eligible target of its section."""

    def __len__(self) -> int:
        return int(self.start.size)

    @classmethod
    def of(cls, segmentation: Segmentation) -> Layout:
        """The layout of a segmented document."""
        targets = segmentation.targets
        kinds: dict[str, int] = {}
        sections: dict[tuple[str, ...], int] = {}
        return cls(
            start=np.array([t.start for t in targets], dtype=np.int32),
            end=np.array([t.end for t in targets], dtype=np.int32),
            tokens=np.array([t.tokens for t in targets], dtype=np.int32),
            kind=np.array([kinds.setdefault(t.kind, len(kinds)) for t in targets], dtype=np.int16),
            section=np.array([sections.setdefault(t.section, len(sections)) for t in targets], dtype=np.int32),
            form=np.array([_form(t) for t in targets], dtype=np.uint8) | _leads(targets),
            kinds=tuple(kinds),
            sections=tuple(sections),
        )

    def has(self, flag: int) -> NDArray[np.bool_]:
        """Which targets carry `flag`."""
        return np.asarray((self.form & flag) != 0)

    def third(self) -> NDArray[np.int8]:
        """Where each target's middle lies: 0 start, 1 middle, 2 end of the document (by characters)."""
        length = int(self.end.max()) if len(self) else 1
        middle = (self.start.astype(np.float64) + self.end) / 2
        return np.minimum(middle * 3 / max(length, 1), 2).astype(np.int8)

    def row(self, start: int, end: int) -> int | None:
        """The target that `[start, end)` overlaps most; None where it overlaps none."""
        first = int(np.searchsorted(self.end, start, side="right"))
        best, most = None, 0
        for row in range(first, len(self)):
            if self.start[row] >= end:
                break
            shared = int(min(end, self.end[row]) - max(start, self.start[row]))
            if shared > most:
                best, most = row, shared
        return best


def _form(target: Target) -> int:
    text = target.text
    flags = Layout.ELIGIBLE if target.eligible else 0
    flags |= Layout.ARTEFACT if target.is_artefact else 0
    if target.kind != "code_block" and _EMPHASIS.search(text):
        flags |= Layout.BOLD
    if any(character.isdigit() for character in text):
        flags |= Layout.NUMBER
    return flags


def _leads(targets: Sequence[Target]) -> NDArray[np.uint8]:
    seen: set[tuple[str, ...]] = set()
    flags = np.zeros(len(targets), dtype=np.uint8)
    for row, target in enumerate(targets):
        if target.eligible and target.section not in seen:
            seen.add(target.section)
            flags[row] = Layout.LEADS
    return flags


def pack(values: NDArray[Any]) -> str:
    """An array as compressed text, the same text for the same values."""
    return base64.b64encode(zlib.compress(values.astype(values.dtype.newbyteorder("<")).tobytes(), 6)).decode("ascii")


def unpack(text: str, dtype: str | np.dtype[Any]) -> NDArray[Any]:
    """The array that `pack` made `text` of."""
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype=np.dtype(dtype).newbyteorder("<")).astype(dtype)


class Tally:
    """Counts of one document by group ("" is all questions) and target span.

    Args:
        digest: SHA-256 of the document's text, "" where it is not known yet.
        layout: its targets, None where the document has not been seen.
    """

    def __init__(self, digest: str = "", layout: Layout | None = None) -> None:
        self.digest = digest
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

    def learn(self, digest: str, layout: Layout) -> None:
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

    def merge(self, other: Tally) -> None:
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
            layout = self.layout
            form["layout"] = {
                **{name: pack(getattr(layout, name)) for name in _COLUMNS},
                "kinds": list(layout.kinds),
                "sections": [list(section) for section in layout.sections],
            }
        form["counts"] = {name: pack(self.counts[name]) for name in sorted(self.counts) if self.counts[name].any()}
        form["loose"] = {
            name: [[start, end, n] for (start, end), n in sorted(self.loose[name].items())]
            for name in sorted(self.loose)
            if self.loose[name]
        }
        return form

    @classmethod
    def from_dict(cls, form: Mapping[str, Any]) -> Tally:
        """The tally that `to_dict` made `form` of."""
        layout = None
        if "layout" in form:
            columns = {name: unpack(form["layout"][name], dtype) for name, dtype in _COLUMNS.items()}
            layout = Layout(
                **columns,
                kinds=tuple(form["layout"]["kinds"]),
                sections=tuple(tuple(section) for section in form["layout"]["sections"]),
            )
        tally = cls(form["digest"], layout)
        tally.counts = {name: unpack(text, "int32") for name, text in form["counts"].items()}
        tally.loose = {name: {(s, e): n for s, e, n in rows} for name, rows in form["loose"].items()}
        return tally


_COLUMNS = {"start": "int32", "end": "int32", "tokens": "int32", "kind": "int16", "section": "int32", "form": "uint8"}


def _agreed(one: Layout, other: Layout) -> Layout:
    """One layout for two of the same document; where they judge a target differently, the stricter view wins.

    (One may know the findings of the instruction filter, the other not.) Which comes first makes no difference.
    """
    if one is other:
        return one
    if not (np.array_equal(one.start, other.start) and np.array_equal(one.end, other.end)):
        raise InputError("one document was cut into different targets: use the same segmentation for all its trackers")
    names = [[layout.kinds[kind] for kind in layout.kind.tolist()] for layout in (one, other)]
    forms = [layout.form.tolist() for layout in (one, other)]
    if names[0] == names[1] and forms[0] == forms[1]:
        return one
    rows = [
        min((form & Layout.ELIGIBLE, kind, form), (form_ & Layout.ELIGIBLE, kind_, form_))
        for form, form_, kind, kind_ in zip(*forms, *names, strict=True)
    ]
    kinds: dict[str, int] = {}
    return replace(
        one,
        kind=np.array([kinds.setdefault(kind, len(kinds)) for _, kind, _ in rows], dtype=np.int16),
        form=np.array([form for _, _, form in rows], dtype=np.uint8),
        kinds=tuple(kinds),
    )
