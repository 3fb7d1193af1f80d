"""The window of a document round a target that a model is shown."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from selfstudy_guard.records import Context, Document, Segmentation, Target


def window(document: Document, target: Target, segmentation: Segmentation, *, characters: int = 2000) -> Context:
    """The raw slice round `target`, grown over whole neighbouring targets until it would pass `characters`.

    Both sides grow alternately, so that the target stands in the middle where the document allows it. A target that is
    longer than `characters` is shown whole. Text between targets (blank lines, markup) belongs to the window.

    Args:
        document: the document that holds the target.
        target: any target of `document`; further targets of a multi-hop question are not part of this window.
        segmentation: pieces of the same document, in text order.
        characters: most code points of the window.

    Returns:
        The context, with offsets into the raw text.
    """
    starts, ends = segmentation.edges
    left = bisect_left(starts, target.start)
    right = bisect_right(starts, target.start)
    start, end = target.start, target.end
    if not starts:
        return _context(document, max(0, start), min(len(document.text), end))
    grow_left, grow_right = True, True
    while grow_left or grow_right:
        if grow_left:
            left -= 1
            further = starts[left] if left >= 0 else 0
            grow_left = left >= 0 and end - further <= characters
            if grow_left:
                start = further  # targets stand in text order
        if grow_right:
            further = ends[right] if right < len(ends) else 0
            grow_right = right < len(ends) and further - start <= characters
            if grow_right:
                right += 1
                if further > end:
                    end = further
    return _context(document, start, end)


def _context(document: Document, start: int, end: int) -> Context:
    return Context(document_id=document.id, start=start, end=end, text=document.text[start:end])
