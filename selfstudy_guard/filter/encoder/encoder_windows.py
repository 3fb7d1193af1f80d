"""What the encoder reads at once: windows of units with their neighbours, behind the opening of their document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from selfstudy_guard.filter.channels import CHANNELS
from selfstudy_guard.filter.units import Units


class WindowShape(BaseModel):
    """How much of a document one window holds, in tokens (a unit counts its channel token too).

    Attributes:
        length: the whole window.
        cue: of the opening of the document, which stands first in every window.
        before, after: of the units on either side of those that are scored.
        unit: at most of one unit; of a longer one the middle is left out.
        units: at most of a window, in units.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)

    length: int = Field(192, ge=16, le=4096)
    cue: int = Field(24, ge=0)
    before: int = Field(40, ge=0)
    after: int = Field(32, ge=0)
    unit: int = Field(96, ge=4)
    units: int = Field(48, ge=1)


@dataclass(frozen=True)
class Window:
    """Units `[first, last)` of a document; those of `scored` are judged, the others are there to be read."""

    first: int
    last: int
    scored: tuple[int, ...]


def plan_windows(lengths: Sequence[int], wanted: Sequence[int], shape: WindowShape) -> Iterator[Window]:
    """Windows in which every wanted unit is scored once.

    Args:
        lengths: tokens of every unit; 0 for a unit that was not tokenised, over which no window reaches.
        wanted: indices of the units to score, rising.
        shape: how large windows are.
    """
    room = shape.length - shape.cue - 3
    at = 0
    while at < len(wanted):
        first = lead = wanted[at]
        used = lengths[lead]
        before = 0
        while first and lengths[first - 1] and before + lengths[first - 1] <= shape.before:
            first -= 1
            before += lengths[first]
            if lead - first >= shape.units // 3:
                break
        used += before
        last = lead + 1
        while last < len(lengths) and lengths[last] and used + lengths[last] <= room and last - first < shape.units:
            used += lengths[last]
            last += 1
        bound, after = last, 0
        if last < len(lengths) and lengths[last]:
            while bound > lead + 1 and after < shape.after:
                bound -= 1
                after += lengths[bound]
        stop = at + 1
        while stop < len(wanted) and wanted[stop] < bound:
            stop += 1
        yield Window(first, last, tuple(wanted[at:stop]))
        at = stop


def shortened(tokens: list[int], most: int) -> list[int]:
    """At most `most` tokens: two thirds from the beginning, the rest from the end."""
    if len(tokens) <= most:
        return tokens
    tail = most // 3
    return tokens[: most - tail] + tokens[len(tokens) - tail :]


def unit_tokens(tokenizer: Any, units: Units, index: int, manifest_channels: dict[str, int], most: int) -> list[int]:
    """Channel token and words of a unit."""
    name = CHANNELS[units.channel[index]]
    channel = manifest_channels.get(name, manifest_channels["prose"])
    words = tokenizer.encode(_encodable(units.text[units.start[index] : units.end[index]]), add_special_tokens=False)
    return [channel, *shortened(words.ids, most - 1)]


def _encodable(text: str) -> str:
    """Lone surrogates are no text that a tokenizer takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def window_tokens(
    window: Window, tokens: Sequence[list[int] | None], cue: Sequence[int], begin: int, end: int
) -> tuple[list[int], list[tuple[int, int]]]:
    """Token ids of a window, and where in them its units lie."""
    ids = [begin, *cue, end]
    places = []
    for index in range(window.first, window.last):
        unit = tokens[index] or []
        places.append((len(ids), len(ids) + len(unit)))
        ids.extend(unit)
    ids.append(end)
    return ids, places


def reached(wanted: Sequence[int], count: int, shape: WindowShape) -> list[int]:
    """Indices of the units that windows round the wanted ones may hold."""
    out: list[int] = []
    for index in wanted:
        low = max(index - shape.units // 3, out[-1] + 1 if out else 0)
        out.extend(range(low, min(count, index + shape.units)))
    return out


def opening(tokenizer: Any, units: Units, most: int) -> list[int]:
    """Tokens of the first words of a document."""
    if not units.start or not most:
        return []
    first = units.text[units.start[0] : units.end[min(3, len(units.end) - 1)]][: most * 8]
    return list(tokenizer.encode(_encodable(first), add_special_tokens=False).ids[:most])
