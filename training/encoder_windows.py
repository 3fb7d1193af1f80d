"""Training windows of the encoder, drawn anew in every epoch: passages in other documents than their own, words hidden,
neighbours and openings missing, so that neither a genre nor a place is learnt by heart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CLEAN, INJECTED, DECOY, PROMPT = range(4)
BEGIN, PAD, END = 0, 1, 2


@dataclass(frozen=True)
class Drawing:
    """How windows differ from the rows that they are drawn from.

    Attributes:
        crossed: share of the planted passages that move to another document.
        stray: share of the clean documents that get a passage of another one.
        hidden: shares of hidden words, one of which is drawn for a window.
    """

    crossed: float = 0.6
    stray: float = 0.15
    hidden: tuple[float, ...] = (0.0, 0.1, 0.3)


@dataclass(frozen=True)
class Shape:
    """As `encoder_windows.WindowShape` of the filter; this module also runs where the package is missing."""

    length: int = 192
    cue: int = 24
    before: int = 40
    after: int = 32
    unit: int = 96
    units: int = 48

    @property
    def room(self) -> int:
        return self.length - self.cue - 3


@dataclass
class Batch:
    """Padded windows.

    Attributes:
        ids: shape (windows, tokens).
        unit: which unit of the batch a token belongs to, from 1; 0 for none that counts.
        label, weight: of every unit.
    """

    ids: NDArray[np.int32]
    unit: NDArray[np.int32]
    label: NDArray[np.float32]
    weight: NDArray[np.float32]


class Rows:
    """Rows in token ids (`encoder_rows.Arrays`), by row and unit."""

    def __init__(self, arrays: dict[str, NDArray[Any]], mask_id: int, prose_id: int) -> None:
        self.arrays = arrays
        self.tokens = arrays["tokens"]
        self.at = np.concatenate([[0], np.cumsum(arrays["length"], dtype=np.int64)])
        self.first = np.concatenate([[0], np.cumsum(arrays["units"], dtype=np.int64)])
        self.kind = arrays["kind"]
        self.mask_id, self.prose_id = mask_id, prose_id

    def unit(self, index: int) -> NDArray[np.uint16]:
        """Token ids of a unit."""
        return self.tokens[self.at[index] : self.at[index + 1]]

    def cue(self, row: int) -> NDArray[np.uint16]:
        """Opening of a row."""
        return self.arrays["cue"][row, : self.arrays["cue_length"][row]]

    def units_of(self, row: int) -> list[int]:
        """Indices of the units of a row."""
        return list(range(self.first[row], self.first[row + 1]))

    def planted_of(self, row: int) -> list[int]:
        """Indices of the planted units of a row."""
        first = int(self.first[row])
        return [first + int(i) for i in np.flatnonzero(self.arrays["planted"][first : self.first[row + 1]])]


def drawn(
    rows: Rows, row: int, carriers: NDArray[np.int64], drawing: Drawing, rng: np.random.Generator
) -> tuple[list[int], list[int], int]:
    """Units of a document made of the row, those that a window should stand round, and the row of its opening."""
    units, planted = rows.units_of(row), rows.planted_of(row)
    if planted and rng.random() < drawing.crossed and rows.kind[row] != PROMPT:
        other = int(rng.choice(carriers))
        rest = rows.units_of(other)
        at = int(rng.integers(0, len(rest) + 1))
        return [*rest[:at], *planted, *rest[at:]], planted, other
    if rows.kind[row] == CLEAN and rng.random() < drawing.stray:
        other = rows.units_of(int(rng.choice(carriers)))
        start = int(rng.integers(0, len(other)))
        stray = other[start : start + int(rng.integers(1, 4))]
        at = int(rng.integers(0, len(units) + 1))
        return [*units[:at], *stray, *units[at:]], stray, row
    return units, planted, row


def windows_of(
    rows: Rows, row: int, carriers: NDArray[np.int64], shape: Shape, drawing: Drawing, rng: np.random.Generator
) -> list[tuple[NDArray[np.uint16], list[tuple[int, int, int]]]]:
    """Token ids of some windows of a row, and the units that count: start and end in it, and index."""
    units, wanted, cue_row = drawn(rows, row, carriers, drawing, rng)
    length = rows.arrays["length"]
    total = int(length[units].sum())
    places = {unit: place for place, unit in enumerate(units)}
    leads = [places[unit] for unit in wanted]
    if leads:
        count = min(4, 1 + int(length[wanted].sum()) // shape.room)
        chosen = [max(0, int(rng.choice(leads)) - int(rng.choice((0, 0, 1, 2, 4)))) for _ in range(count)]
        if rng.random() < 0.3:
            chosen.append(int(rng.integers(0, len(units))))
    else:
        count = min(6, max(1, round(total / shape.room * 0.8)))
        chosen = [int(rng.integers(0, len(units))) for _ in range(count)]
    cue = rows.cue(cue_row) if rng.random() > 0.15 else rows.cue(cue_row)[:0]
    return [_window(rows, units, lead, cue, shape, drawing, rng) for lead in chosen]


def _window(
    rows: Rows,
    units: list[int],
    lead: int,
    cue: NDArray[np.uint16],
    shape: Shape,
    drawing: Drawing,
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint16], list[tuple[int, int, int]]]:
    length = rows.arrays["length"]
    first, before = lead, 0
    alone = rng.random() < 0.08
    while first and not alone and before + length[units[first - 1]] <= shape.before and lead - first < shape.units // 3:
        first -= 1
        before += int(length[units[first]])
    last, used = lead + 1, before + int(length[units[lead]])
    while last < len(units) and used + length[units[last]] <= shape.room and last - first < shape.units:
        used += int(length[units[last]])
        last += 1
    bound, after = last, 0
    if last < len(units):
        while bound > lead + 1 and after < shape.after:
            bound -= 1
            after += int(length[units[bound]])
    if rng.random() < 0.08:
        last = bound
    parts: list[NDArray[np.uint16]] = [np.array([BEGIN], np.uint16), cue, np.array([END], np.uint16)]
    at, counted = 2 + len(cue), []
    for place in range(first, last):
        unit = rows.unit(units[place])
        if lead <= place < bound and rows.arrays["weight"][units[place]] > 0:
            counted.append((at, at + len(unit), units[place]))
        parts.append(unit)
        at += len(unit)
    ids = np.concatenate([*parts, np.array([END], np.uint16)])
    rate = float(rng.choice(drawing.hidden))
    noise = (rng.random(len(ids)) < rate) & (ids > END) & (ids < rows.mask_id)
    ids[noise] = rows.mask_id
    if rng.random() < 0.15:
        ids[ids > rows.mask_id] = rows.prose_id
    return ids, counted


def batches(
    rows: Rows,
    chosen: NDArray[np.int64],
    carriers: NDArray[np.int64],
    shape: Shape,
    drawing: Drawing,
    tokens: int,
    seed: list[int],
) -> list[Batch]:
    """Windows of the chosen rows in batches of at most `tokens` tokens, each of windows of like length."""
    rng = np.random.default_rng(seed)
    made = [
        window for row in chosen for window in windows_of(rows, int(row), carriers, shape, drawing, rng) if window[1]
    ]
    made.sort(key=lambda window: len(window[0]))
    groups: list[list[Any]] = [[]]
    for window in made:
        if groups[-1] and (len(groups[-1]) + 1) * len(window[0]) > tokens:
            groups.append([])
        groups[-1].append(window)
    out = [padded(rows, group) for group in groups if group]
    return [out[i] for i in rng.permutation(len(out))]


def padded(rows: Rows, windows: list[tuple[NDArray[np.uint16], list[tuple[int, int, int]]]]) -> Batch:
    """Windows of one length."""
    width = max(len(ids) for ids, _ in windows)
    ids = np.full((len(windows), width), PAD, np.int32)
    unit = np.zeros((len(windows), width), np.int32)
    index: list[int] = []
    for row, (words, counted) in enumerate(windows):
        ids[row, : len(words)] = words
        for start, end, place in counted:
            index.append(place)
            unit[row, start:end] = len(index)
    label = rows.arrays["label"][index].astype(np.float32)
    return Batch(ids, unit, label, rows.arrays["weight"][index].astype(np.float32))
