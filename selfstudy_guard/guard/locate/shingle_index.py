"""Finding registered documents inside messages: an index of hashed word shingles, then word-by-word extension."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from selfstudy_guard.errors import InputError
from selfstudy_guard.guard.locate.alignment import AlignedRun, Located
from selfstudy_guard.guard.locate.words import LocatedWords, read_words, without_line_numbers
from selfstudy_guard.records import Document

SHINGLE = 5
"""Words of one anchor."""
WINDOW = 4
"""One anchor is kept of every so many neighbours, the same in documents and messages (winnowing: Schleimer, Wilkerson
and Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003), so any SHINGLE + WINDOW - 1 = 8
words in a row are sure to share an anchor with their source."""
SMALLEST = SHINGLE + WINDOW - 1
"""Fewest words that count as part of a document, except for documents and paragraphs that are shorter as a whole."""

_SMALL = 4  # characters of the longest words that are left out first where a text is cut down
_MOST_PLACES = 32  # occurrences of one anchor that are tried: text repeated more often is located by its neighbours
_AHEAD_MESSAGE = 12  # words that may be strange in the message before the copy goes on
_AHEAD_DOCUMENT = 40  # words that may be missing from the copy before it goes on (tags, links)
_JOIN = 64  # words put into a copy that still leave it one copy; twice as many may be left out of it
_MULTIPLIERS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5, 1], dtype=np.uint64
)

Hashes = npt.NDArray[np.uint64]


class DocumentIndex:
    """Finds which registered document, and which part of it, a text holds a copy of.

    Copies may be whole documents or any chunk of at least eight words; exact, re-flowed, HTML- or JSON-escaped, with
    line prefixes or line numbers, cut off anywhere, with passages changed, left out or put in. Shorter chunks are
    found where they are a paragraph of their own in the text.

    Args:
        documents: the registered documents; ids must differ.
        shortest: words of fewer characters are passed over, in documents and messages.

    Raises:
        InputError: two documents share an id.
    """

    def __init__(self, documents: Iterable[Document], *, shortest: int = 1) -> None:
        self.documents: tuple[Document, ...] = tuple(documents)
        seen: set[str] = set()
        for document in self.documents:
            if document.id in seen:
                raise InputError(f"two documents are called {document.id!r}: give each its own id")
            seen.add(document.id)
        self._shortest = shortest
        self._words = [self._read(document.text) for document in self.documents]
        counts = np.array([len(words) for words in self._words], dtype=np.int64)
        self._first: list[int] = [0, *np.cumsum(counts).tolist()]
        self._stream = (
            np.concatenate([words.hashes for words in self._words]) if self._words else np.zeros(0, dtype=np.uint32)
        )
        self._build()

    def __len__(self) -> int:
        return len(self.documents)

    @cached_property
    def thin(self) -> DocumentIndex:
        """The same without small words: finds copies that they were left out of."""
        return DocumentIndex(self.documents, shortest=_SMALL + 1)

    def _read(self, text: str) -> LocatedWords:
        words = read_words(text)
        if self._shortest == 1:
            return words
        keep = words.ends - words.starts >= self._shortest
        return LocatedWords(words.hashes[keep], words.starts[keep], words.ends[keep])

    def __reduce__(self) -> tuple[type[DocumentIndex], tuple[tuple[Document, ...]]]:
        return type(self), (self.documents,)

    def _build(self) -> None:
        keys: list[Hashes] = []
        places: list[npt.NDArray[np.int64]] = []
        for number, words in enumerate(self._words):
            at, values = _anchors(words.hashes)
            keys.append(values)
            places.append(at + self._first[number])
        flat = np.concatenate(keys) if keys else np.zeros(0, dtype=np.uint64)
        order = np.argsort(flat, kind="stable")
        self._keys: Hashes = flat[order]
        self._places = (np.concatenate(places) if places else np.zeros(0, dtype=np.int64))[order]
        self._short: dict[tuple[int, ...], int] = {}
        for number, words in enumerate(self._words):
            if 0 < len(words) < SMALLEST:
                self._short.setdefault(tuple(words.hashes.tolist()), number)

    def locate(self, text: str) -> list[Located]:
        """The stretches of `text` that come from registered documents: in order, disjoint; empty if there are none."""
        words = self._read(text)
        if not len(words) or not len(self._stream):
            return []
        found = self._extend(text, words, self._hits(words))
        if not found:
            # Line numbers may stand so close that no eight words of the source are left in a row.
            bare = without_line_numbers(text, words)
            if len(bare) < len(words):
                words = bare
                found = self._extend(text, words, self._hits(words))
        if self._short:
            found += self._whole_short_documents(text, words, found)
        if not found:
            found = self._short_paragraphs(text, words)
        return sorted(found, key=lambda located: located.runs[0].message)

    def _hits(self, words: LocatedWords) -> list[tuple[int, int, int]]:
        """Message word numbers with the range of `_places` that holds the same anchor."""
        at, values = _anchors(words.hashes)
        if not at.size or not self._keys.size:
            return []
        low = self._keys.searchsorted(values, side="left")
        high = self._keys.searchsorted(values, side="right")
        known = np.flatnonzero(high > low)
        high = np.minimum(high, low + _MOST_PLACES)
        return list(zip(at[known].tolist(), low[known].tolist(), high[known].tolist(), strict=True))

    def _extend(self, text: str, words: LocatedWords, hits: Iterable[tuple[int, int, int]]) -> list[Located]:
        groups: list[tuple[int, list[AlignedRun]]] = []
        done = 0  # message words before this one are spoken for
        for at, low, high in hits:
            if at < done:
                continue
            best: tuple[int, int, list[AlignedRun]] | None = None
            for place in self._places[low:high].tolist():
                number = bisect_right(self._first, place) - 1
                runs = self._follow(words.hashes, at, number, place - self._first[number], done)
                # Of equal copies the one that continues the stretch before it is right; else the first.
                continues = (
                    bool(groups) and groups[-1][0] == number and runs[0].document >= _end(groups[-1][1]).document
                )
                # Of the rest, the one with the fewest gaps: an earlier draft of a document is not the document.
                rank = 1000 * sum(run.length for run in runs) + 100 * continues - min(len(runs), 99)
                if best is None or rank > best[0]:
                    best = (rank, number, runs)
            if best is None:
                continue
            _, number, runs = best
            if sum(run.length for run in runs) < min(SMALLEST, len(self._words[number])):
                continue
            if groups and groups[-1][0] == number and _joins(groups[-1][1][-1], runs[0]):
                groups[-1][1].extend(runs)
            else:
                groups.append((number, runs))
            done = runs[-1].message + runs[-1].length
        return [self._located(text, words, number, runs) for number, runs in groups]

    def _follow(self, message: npt.NDArray[np.uint32], at: int, number: int, place: int, low: int) -> list[AlignedRun]:
        """The runs of one copy round an anchor: message word `at` is word `place` of document `number`."""
        document = self._words[number].hashes
        back = _same_before(message[low:at], document[:place])
        start, origin = at - back, place - back
        runs: list[AlignedRun] = []
        # To the left, over strange words, as far as message word `low`.
        left, left_origin = start, origin
        while step := _resync_before(message, document, left, left_origin, low):
            gap, missing, length = step
            left, left_origin = left - gap - length, left_origin - missing - length
            runs.append(AlignedRun(left, left_origin, length))
        runs.reverse()
        while True:
            length = _same_after(message[start:], document[origin:])
            if length:
                runs.append(AlignedRun(start, origin, length))
            start, origin = start + length, origin + length
            ahead = _resync(
                message[start : start + _AHEAD_MESSAGE + 3], document[origin : origin + _AHEAD_DOCUMENT + 3]
            )
            if ahead is None:
                return runs
            start, origin = start + ahead[0], origin + ahead[1]

    def _whole_short_documents(self, text: str, words: LocatedWords, found: Sequence[Located]) -> list[Located]:
        """Registered documents of fewer than eight words that stand in the message as a whole."""
        taken = [(one.runs[0].message, _end(one.runs).message) for one in found]
        hashes = words.hashes.tolist()
        more: list[Located] = []
        for length in sorted({len(key) for key in self._short}, reverse=True):
            for at in range(len(hashes) - length + 1):
                number = self._short.get(tuple(hashes[at : at + length]))
                if number is None or any(at < end and start < at + length for start, end in taken):
                    continue
                taken.append((at, at + length))
                more.append(self._located(text, words, number, [AlignedRun(at, 0, length)]))
        return more

    def _short_paragraphs(self, text: str, words: LocatedWords) -> list[Located]:
        """Paragraphs of three to seven words that a document holds: the last resort, one scan of the word stream."""
        found: list[Located] = []
        hashes, starts = words.hashes, words.starts
        first = 0
        while first < len(words):
            last = first + 1
            while last < len(words) and "\n" not in text[int(words.ends[last - 1]) : int(starts[last])]:
                last += 1
            length = last - first
            if 3 <= length < SMALLEST:
                place = self._scan(hashes[first:last])
                if place is not None:
                    number = bisect_right(self._first, place) - 1
                    run = AlignedRun(first, place - self._first[number], length)
                    if run.document + length <= len(self._words[number]):
                        found.append(self._located(text, words, number, [run]))
            first = last
        return found

    def _scan(self, wanted: npt.NDArray[np.uint32]) -> int | None:
        length = wanted.size
        places = np.flatnonzero(self._stream[: self._stream.size - length + 1] == wanted[0])
        for offset in range(1, length):
            places = places[self._stream[places + offset] == wanted[offset]]
        return int(places[0]) if places.size else None

    def _located(self, text: str, words: LocatedWords, number: int, runs: Sequence[AlignedRun]) -> Located:
        document = self.documents[number]
        return Located(
            document_id=document.id,
            place=number,
            runs=tuple(runs),
            message=text,
            document=document.text,
            message_words=words,
            document_words=self._words[number],
        )


def _anchors(hashes: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.int64], Hashes]:
    """Word numbers and keys of the anchors: the smallest shingle of every window."""
    count = hashes.size - SHINGLE + 1
    if count < 1:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64)
    wide = hashes.astype(np.uint64)
    keys = np.zeros(count, dtype=np.uint64)
    for offset in range(SHINGLE):
        keys += wide[offset : offset + count] * _MULTIPLIERS[offset]
    keys ^= keys >> np.uint64(29)
    keys *= np.uint64(0xBF58476D1CE4E5B9)
    keys ^= keys >> np.uint64(32)
    if count <= WINDOW:
        at = np.array([int(np.argmin(keys))], dtype=np.int64)
        return at, keys[at]
    windows = np.lib.stride_tricks.sliding_window_view(keys, WINDOW)
    at = np.unique(np.argmin(windows, axis=1) + np.arange(windows.shape[0]))
    return at, keys[at]


def _end(runs: Sequence[AlignedRun]) -> AlignedRun:
    """The position just behind the last run."""
    last = runs[-1]
    return AlignedRun(last.message + last.length, last.document + last.length, 0)


def _joins(left: AlignedRun, right: AlignedRun) -> bool:
    """Whether two runs of one document are parts of one copy."""
    between = right.message - left.message - left.length
    missing = right.document - left.document - left.length
    if between < 0 or missing < 0:
        return False
    put_in = between <= _JOIN and missing <= SMALLEST
    left_out = between <= 3 and missing <= 2 * _JOIN
    return put_in or left_out


def _same_after(left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]) -> int:
    """Length of the common beginning, found in steps that double."""
    limit = min(left.size, right.size)
    done, step = 0, 32
    while done < limit:
        stop = min(limit, done + step)
        differ = left[done:stop] != right[done:stop]
        first = int(differ.argmax())
        if differ[first]:
            return done + first
        done, step = stop, step * 2
    return limit


def _same_before(left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]) -> int:
    """Length of the common end."""
    return _same_after(left[::-1], right[::-1])


def _resync(message: npt.NDArray[np.uint32], document: npt.NDArray[np.uint32]) -> tuple[int, int] | None:
    """How many words to skip in each until the copy goes on; the more are skipped, the more words must agree then.

    Without that rule a chance agreement of three words would make the user's own words look like a changed copy.
    """
    ours, theirs = message[: _AHEAD_MESSAGE + 3].tolist(), document[: _AHEAD_DOCUMENT + 3].tolist()
    if len(ours) < 2 or len(theirs) < 2:
        return None
    for skip, missing in ((1, 0), (0, 1), (1, 1)):
        if len(ours) >= skip + 2 and ours[skip : skip + 2] == theirs[missing : missing + 2]:
            return skip, missing
    places: dict[tuple[int, ...], int] = {}
    for missing in range(len(theirs) - 2):
        places.setdefault(tuple(theirs[missing : missing + 3]), missing)
    found = [
        (skip + place, skip, place)
        for skip in range(len(ours) - 2)
        if (place := places.get(tuple(ours[skip : skip + 3]))) is not None
    ]
    for skipped, skip, place in sorted(found):
        needed = 3 if skipped <= 3 else 5 if skipped <= 8 else SMALLEST
        if _same_after(message[skip : skip + needed], document[place : place + needed]) >= needed:
            return skip, place
    return None


def _resync_before(
    message: npt.NDArray[np.uint32], document: npt.NDArray[np.uint32], at: int, origin: int, low: int
) -> tuple[int, int, int] | None:
    """The same to the left: words skipped in each, and the length of the run that ends there."""
    step = _resync(message[low:at][::-1], document[:origin][::-1])
    if step is None:
        return None
    gap, missing = step
    length = _same_before(message[low : at - gap], document[: origin - missing])
    return (gap, missing, length) if length else None
