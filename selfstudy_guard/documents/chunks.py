"""Bring your own chunks: where the pieces that a user's splitter made lie in the raw document.

The chunks are aligned in order. Repeated text is told apart by its neighbours: of all places where each chunk's text
occurs, the sequence is taken whose starts grow and whose gaps and overlaps are smallest in total (dynamic programming
over the occurrences). White space, quotes and dashes may differ; a header that was prepended is left out of the span.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from selfstudy_guard.documents.normal import Normal, normal_form, normalise
from selfstudy_guard.errors import DocumentError
from selfstudy_guard.records import Document, Span

_SHORTEST = 12
"""Characters of the normal form that must match where only part of a chunk is found."""

_CANDIDATES = 48
"""Places of one repeated chunk that are weighed against each other."""

_ALIKE = 0.9


def locate_chunks(document: Document, chunks: Sequence[str]) -> list[Span]:
    """Raw spans of `chunks`, in the order given.

    Args:
        document: the document that was split.
        chunks: texts in document order; they may overlap, repeat, differ in white space, or begin with a header
            that is not in the document.

    Returns:
        One span a chunk, in code points of the raw text.

    Raises:
        DocumentError: a chunk that cannot be located; the message names its number (from 0) and how it begins.
    """
    whole = normalise(document.text)
    header = _common_header(chunks)
    known: dict[str, tuple[list[int], int]] = {}
    parts: list[tuple[list[int], int]] = []
    for number, chunk in enumerate(chunks):
        found = known.get(chunk) or _places(whole, chunk, header)
        known[chunk] = found
        if not found[0]:
            raise _missing(document, number, chunk, "its text does not occur in the document")
        parts.append(found)
    starts = _align(parts)
    if isinstance(starts, int):
        found = known[chunks[starts]]
        raise _missing(
            document,
            starts,
            chunks[starts],
            f"its text occurs at {len(found[0])} places, none of them in the order of the chunks",
        )
    return [
        Span(start=a, end=b) for a, b in (whole.raw(s, s + size) for s, (_, size) in zip(starts, parts, strict=True))
    ]


def occurrences(text: str, part: str) -> list[int]:
    """All places where `part` occurs in `text`, overlapping ones included."""
    found: list[int] = []
    at = text.find(part)
    while at >= 0:
        found.append(at)
        at = text.find(part, at + 1)
    return found


def _common_header(chunks: Sequence[str]) -> int:
    """Characters of the first line, if all chunks (two at least) begin with the same one and go on after it."""
    if len(chunks) < 2:
        return 0
    line = chunks[0].split("\n", 1)[0] + "\n"
    return len(line) if line.strip() and all(chunk.startswith(line) for chunk in chunks) else 0


def _places(whole: Normal, chunk: str, header: int = 0) -> tuple[list[int], int]:
    """Where a chunk may stand in the normal form, and how many characters of it stand there.

    `header` characters stand before every chunk: what is left of one may then be as short as it likes.
    """
    part = normal_form(chunk)
    if not part:
        return [], 0
    found = occurrences(whole.text, part)
    if found:
        return found, len(part)
    if header and (part := normal_form(chunk[header:])):
        found = occurrences(whole.text, part)
        if found:
            return found, len(part)
    for rest in _without_header(chunk):
        part = normal_form(rest)
        if len(part) < _SHORTEST:
            break
        found = occurrences(whole.text, part)
        if found:
            return found, len(part)
    return _nearly(whole.text, normal_form(chunk))


def _without_header(chunk: str) -> Iterator[str]:
    """The chunk without its first line, its first two lines ..., then without its first sentence-like prefix."""
    at = 0
    for _ in range(12):
        cut = chunk.find("\n", at)
        if cut < 0:
            break
        at = cut + 1
        yield chunk[at:]
    for mark in ("\n---\n", "]: ", "] ", ": ", " - ", " | ", ". "):
        cut = chunk.find(mark, 0, 400)
        if cut >= 0:
            yield chunk[cut + len(mark) :]


def _nearly(text: str, part: str) -> tuple[list[int], int]:
    """The longest run of a chunk that stands in the document as it is, when it is most of the chunk."""
    best_start, best_size = -1, 0
    step = max(_SHORTEST, len(part) // 24)
    for anchor in range(0, max(1, len(part) - step + 1), step):
        seed = part[anchor : anchor + step]
        if len(seed) < _SHORTEST:
            continue
        for place in occurrences(text, seed)[:20]:
            left, right = place, place + len(seed)
            first, last = anchor, anchor + len(seed)
            while left > 0 and first > 0 and text[left - 1] == part[first - 1]:
                left, first = left - 1, first - 1
            while right < len(text) and last < len(part) and text[right] == part[last]:
                right, last = right + 1, last + 1
            if right - left > best_size:
                best_start, best_size = left, right - left
        if best_size > len(part) // 2:
            break
    if best_size >= max(_SHORTEST, len(part) // 2):
        return occurrences(text, text[best_start : best_start + best_size]), best_size
    return _fuzzily(text, part)


def _fuzzily(text: str, part: str) -> tuple[list[int], int]:
    """The place that is at least nine tenths alike (a few characters were changed), by rapidfuzz."""
    if not _SHORTEST * 2 <= len(part) <= 8000 or len(text) > 500_000:
        return [], 0
    from rapidfuzz import fuzz

    found = fuzz.partial_ratio_alignment(part, text, score_cutoff=100 * _ALIKE)
    if found is None or found.dest_end - found.dest_start < len(part) // 2:
        return [], 0
    return [found.dest_start], found.dest_end - found.dest_start


def _align(parts: list[tuple[list[int], int]]) -> list[int] | int:
    """One start a chunk, growing; or the number of the first chunk for which no place is left."""
    earliest: list[int] = []
    bound = -1
    for number, (places, _) in enumerate(parts):
        at = bisect_right(places, bound)
        if at == len(places):
            if len(places) == 1:  # told apart by nothing, and in need of nothing: a chunk out of order
                earliest.append(places[0])
                continue
            return number
        bound = places[at]
        earliest.append(bound)
    costs: list[dict[int, tuple[int, int]]] = []
    """For every chunk: start -> (smallest total cost, best start of the chunk before)."""
    for number, (places, _) in enumerate(parts):
        first = bisect_left(places, earliest[number])
        window = places[first : first + _CANDIDATES]
        table: dict[int, tuple[int, int]] = {}
        for start in window:
            if number == 0:
                table[start] = (start, -1)
                continue
            size = parts[number - 1][1]
            best = min(
                ((total + _distance(before, before + size, start), before) for before, (total, _) in costs[-1].items()),
                default=(0, -1),
            )
            table[start] = best
        costs.append(table)
    if not costs:
        return []
    start = min(costs[-1], key=lambda place: costs[-1][place])
    starts = [start]
    for table in reversed(costs[1:]):
        start = table[start][1]
        starts.append(start)
    return starts[::-1]


def _distance(before: int, end: int, start: int) -> int:
    """How far a chunk stands from the end of the one before it; going back is dear, overlap is as dear as a gap."""
    if start <= before:
        return 4 * (before - start) + 1_000_000
    return abs(start - end)


def _missing(document: Document, number: int, chunk: str, why: str) -> DocumentError:
    begins = " ".join(chunk.split())[:60]
    return DocumentError(
        f"chunk {number} ({begins!r}) cannot be located in document {document.id!r}: {why}; "
        "pass the document that was split, and the chunks in its order"
    )
