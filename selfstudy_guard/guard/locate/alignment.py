"""Where each character of a document chunk stands in a message that holds a copy of it, changed or not."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from selfstudy_guard.guard.locate.words import LocatedWords, unescape

_LONGEST_ESCAPE = 34
_EDGE = 4096  # characters of punctuation or invisible text that may be followed beyond the outermost matched word


@dataclass(frozen=True, slots=True)
class AlignedRun:
    """Words that follow each other in both texts: `length` words from `message` and from `document` on."""

    message: int
    document: int
    length: int


@dataclass(frozen=True)
class Located:
    """A stretch of a message that is a copy of a stretch of a registered document.

    All offsets are code points, half-open: `start`, `end` in the message text; `document_start`, `document_end` in the
    raw text of the document.

    Attributes:
        document_id: the registered document.
        place: its number among the registered documents, from 0.
        runs: matched words, in order, not empty.
        unmatched: message stretches inside that are not in the document (line numbers, changed words, foreign text).
        share: matched words over all words of the stretch in the message, 0 to 1.
    """

    document_id: str
    place: int
    runs: tuple[AlignedRun, ...]
    message: str
    document: str
    message_words: LocatedWords
    document_words: LocatedWords

    @property
    def words(self) -> int:
        """Number of matched words."""
        return sum(run.length for run in self.runs)

    @property
    def share(self) -> float:
        """Matched words over all words of the stretch in the message, 0 to 1."""
        first, last = self.runs[0], self.runs[-1]
        return self.words / (last.message + last.length - first.message)

    @cached_property
    def _head(self) -> tuple[int, int]:
        run = self.runs[0]
        at, there = int(self.document_words.starts[run.document]), int(self.message_words.starts[run.message])
        before = int(self.message_words.ends[run.message - 1]) if run.message else 0
        previous = int(self.document_words.ends[run.document - 1]) if run.document else 0
        low = max(previous, at - _EDGE)
        while at > low:
            if self.document[at - 1].isspace():
                at -= 1
                continue
            back = _unit_before(self.message, there, before, self.document[at - 1])
            if back is None:
                break
            at, there = at - 1, back
        while at < len(self.document) and self.document[at].isspace():
            at += 1
        return at, there

    @cached_property
    def _tail(self) -> tuple[int, int]:
        run = self.runs[-1]
        last_document, last_message = run.document + run.length, run.message + run.length
        at, there = int(self.document_words.ends[last_document - 1]), int(self.message_words.ends[last_message - 1])
        after = (
            int(self.message_words.starts[last_message])
            if last_message < len(self.message_words)
            else len(self.message)
        )
        following = (
            int(self.document_words.starts[last_document])
            if last_document < len(self.document_words)
            else len(self.document)
        )
        high = min(following, at + _EDGE)
        while at < high:
            if self.document[at].isspace():
                at += 1
                continue
            on = _unit_after(self.message, there, after, self.document[at])
            if on is None:
                break
            at, there = at + 1, on
        while at > 0 and self.document[at - 1].isspace():
            at -= 1
        return at, there

    @property
    def document_start(self) -> int:
        """Where the copied stretch begins in the document."""
        return self._head[0]

    @property
    def document_end(self) -> int:
        """Where it ends."""
        return self._tail[0]

    @property
    def start(self) -> int:
        """Where the copy begins in the message."""
        return self._head[1]

    @property
    def end(self) -> int:
        """Where it ends."""
        return self._tail[1]

    @cached_property
    def unmatched(self) -> tuple[tuple[int, int], ...]:
        """Message stretches between the runs that hold words, in order."""
        gaps = []
        for left, right in zip(self.runs, self.runs[1:], strict=False):
            first, last = left.message + left.length, right.message
            if first < last:
                gaps.append((int(self.message_words.starts[first]), int(self.message_words.ends[last - 1])))
        return tuple(gaps)

    @cached_property
    def _pairs(self) -> tuple[list[int], list[int], list[int], list[int]]:
        starts: list[int] = []
        ends: list[int] = []
        there: list[int] = []
        there_ends: list[int] = []
        for run in self.runs:
            document = slice(run.document, run.document + run.length)
            message = slice(run.message, run.message + run.length)
            starts += self.document_words.starts[document].tolist()
            ends += self.document_words.ends[document].tolist()
            there += self.message_words.starts[message].tolist()
            there_ends += self.message_words.ends[message].tolist()
        return starts, ends, there, there_ends

    def to_message(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the document's `[start, end)` stands in the message; None if no part of it is there.

        Whatever stands in the message between the first and the last copied character of the range counts as part of
        it, so that nothing of it is left behind.
        """
        start, end = max(start, self.document_start), min(end, self.document_end)
        if start >= end or self._left_out(start, end):
            return None
        low, high = self._before(start), self._after(end)
        if low >= high or (self.message[low:high].isspace() and not self.document[start:end].isspace()):
            return None  # it was left out, and only the white space round it is there
        return low, high

    def _left_out(self, start: int, end: int) -> bool:
        """Whether the document has words in the range, and the message has none of them."""
        first = int(self.document_words.ends.searchsorted(start, side="right"))
        last = int(self.document_words.starts.searchsorted(end, side="left"))
        if first >= last:
            return False  # punctuation or invisible text only
        starts, ends, _, _ = self._pairs
        return bisect_right(ends, start) >= bisect_left(starts, end)

    def _before(self, offset: int) -> int:
        """Message offset of the first character at or after document offset `offset`."""
        starts, ends, there, there_ends = self._pairs
        number = bisect_right(ends, offset)
        if number == len(ends):
            return self._forward(number - 1, offset)
        if offset >= starts[number]:
            exact = ends[number] - starts[number] == there_ends[number] - there[number]
            return there[number] + (offset - starts[number] if exact else 0)
        if number == 0:
            low_document, low_message = self._head
        else:
            low_document, low_message = ends[number - 1], there_ends[number - 1]
        at, position = starts[number], there[number]
        if self.document[low_document:at] == self.message[low_message:position]:
            return position - (at - offset)
        while at > offset:
            at -= 1
            wanted = self.document[at]
            if wanted.isspace():
                continue
            probe = position
            while probe > low_message:
                back = _unit_before(self.message, probe, low_message, wanted)
                if back is not None:
                    position = back
                    break
                probe -= 1
        return position

    def _after(self, offset: int) -> int:
        """Message offset just behind the last character before document offset `offset`."""
        starts, ends, there, there_ends = self._pairs
        number = bisect_left(starts, offset) - 1
        if number < 0:
            return self._before(offset)
        if offset <= ends[number]:
            exact = ends[number] - starts[number] == there_ends[number] - there[number]
            return there_ends[number] - (ends[number] - offset if exact else 0)
        return self._forward(number, offset)

    def _forward(self, number: int, offset: int) -> int:
        starts, ends, there, there_ends = self._pairs
        at, position = ends[number], there_ends[number]
        if number + 1 < len(starts):
            high_document, high_message = starts[number + 1], there[number + 1]
        else:
            high_document, high_message = self._tail
        if self.document[at:high_document] == self.message[position:high_message]:
            return position + (offset - at)
        while at < offset:
            wanted = self.document[at]
            at += 1
            if wanted.isspace():
                continue
            probe = position
            while probe < high_message:
                on = _unit_after(self.message, probe, high_message, wanted)
                if on is not None:
                    position = on
                    break
                probe += 1
        return position


def _unit_before(text: str, at: int, low: int, wanted: str) -> int | None:
    """Where the character `wanted`, as it is or escaped, begins if it ends at `at` (whitespace between is skipped)."""
    while at > low and text[at - 1].isspace():
        at -= 1
    if at <= low:
        return None
    if text[at - 1] == wanted and not (wanted in "\"\\'/" and at - 2 >= low and text[at - 2] == "\\"):
        return at - 1
    for length in range(2, min(_LONGEST_ESCAPE, at - low) + 1):
        if text[at - length] in "&\\" and unescape(text[at - length : at]) == wanted:
            return at - length
    return at - 1 if text[at - 1] == wanted else None


def _unit_after(text: str, at: int, high: int, wanted: str) -> int | None:
    """Where the character `wanted`, as it is or escaped, ends if it begins at `at` (whitespace between is skipped)."""
    while at < high and text[at].isspace():
        at += 1
    if at >= high:
        return None
    if text[at] in "&\\":
        for length in range(2, min(_LONGEST_ESCAPE, high - at) + 1):
            if unescape(text[at : at + length]) == wanted and text[at : at + length] != wanted:
                return at + length
    return at + 1 if text[at] == wanted else None
