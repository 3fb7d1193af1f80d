"""The decision, block by block and target by target: may it be asked about, and if not, why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from selfstudy_guard.documents.eligibility.blobs import blob_reason, blob_spans, garbled, machine_made, minified, script
from selfstudy_guard.documents.eligibility.exercises import is_task, mark_exercises, tells_to
from selfstudy_guard.documents.eligibility.phrase_places import FoundPlaces
from selfstudy_guard.documents.eligibility.phrases import (
    asks,
    is_contents_title,
    is_exercise_title,
    is_menu,
    is_pager,
    may_hold_answers,
    phrase_reason,
    places,
)
from selfstudy_guard.documents.eligibility.residue import inline_residue, stray_markup
from selfstudy_guard.documents.eligibility.wordlike import content_words, solid, tells, words
from selfstudy_guard.documents.formats.blocks import OUTPUT, Block, merge_pairs, visible

NO_ARTEFACTS = frozenset(
    ("heading", "table header", "term", "question", "exercise", "near-duplicate", "fragment", "instruction", OUTPUT)
)
"""Reasons of spans that are not asked about although they belong to the content; they are not masked as artefacts
(instruction-like spans are: as findings, on their own)."""

_NEAR = 2000
"""Characters round a row in which its table's tags are looked for."""
_PROSE = ("sentence", "list_item", "definition", "caption")
_ENDED = re.compile(
    r"[.!?\u2026\u3002\uff01\uff1f\u061f\u06d4\u0964\u0589\u1362;,][\"'\u201d\u2019\u00bb)\]\u300d\u300f*_`]{0,4}\s*\Z"
)
_UNMARKED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_ANCHORS = re.compile(r"\]\(#|href\s?=\s?[\"']#")


def judge_blocks(text: str, blocks: list[Block], *, scanned: bool = False) -> FoundPlaces:
    """Sets `reason` and completes `gaps` of every block; `scanned` texts may be noise of character recognition.

    Returns:
        Where phrases of boilerplate may stand, for `target_reason`.
    """
    noise = 0.3 if scanned else 0.45
    found = places().of(text)
    for block in blocks:
        if block.reason is None and block.kind != "heading":
            _judge(text, block, found, noise)
    _drop_overreaching_hints(text, blocks, found)
    _fill_pagers(text, blocks)
    _fill_licences(blocks)
    mark_exercises(text, blocks)
    return found


def _judge(text: str, block: Block, found: FoundPlaces, noise: float = 0.45) -> None:
    view = visible(text, block.start, block.end, block.gaps)
    if block.kind == "formula":
        return
    if block.kind == "code_block":
        block.reason = "minified code" if minified(view, 300) else blob_reason(view, blob_spans(view), 0.7)
        return
    residue = [(block.start + a, block.start + b) for a, b in inline_residue(view)]
    stray = [(block.start + a, block.start + b) for a, b in stray_markup(view)]
    blobs = blob_spans(view)
    size = solid(view)
    if residue or stray or blobs:
        shifted = [(block.start + a, block.start + b) for a, b in blobs]
        block.gaps = merge_pairs([*block.gaps, *residue, *stray, *shifted])
        left = visible(text, block.start, block.end, block.gaps)
        marks = [one for one in residue if text[one[0]] != "&"]  # spaces and soft hyphens are set by careful writers
        block.reason = blob_reason(view, blobs) or _leftover(left, size, marks, stray)
        view = left
        if block.reason:
            return
    phrases = found.within(block.start, block.end)
    if block.kind not in _PROSE:
        if minified(view):
            block.reason = "minified code"
        elif block.kind == "table_row":
            block.reason = "broken markup" if _unclosed(text, block) else _by_row(block, view, phrases)
        return
    block.reason = (
        ("minified code" if minified(view) else None)
        or ("script" if script(view) else None)
        or machine_made(view)
        or _by_links(text, block, view, solid(view))
        or _by_section(block, view)
        or phrase_reason(view, phrases)
        or ("ocr noise" if garbled(view, noise) else None)
    )


def _leftover(left: str, size: int, residue: Sequence[object], stray: Sequence[object]) -> str | None:
    """Why nothing is left to ask about, when markup was most of a block."""
    remaining = solid(left)
    if len(residue) >= 3 and words(left) <= 25 and not _ENDED.search(left):
        return "template residue"  # a title in the middle of marks, however long it is
    if content_words(left) >= 3 and remaining >= 0.25 * size:
        return None
    if remaining >= 0.7 * size:
        return None
    return "broken markup" if len(stray) >= len(residue) else "template residue"


def _by_links(text: str, block: Block, view: str, size: int) -> str | None:
    """Navigation, contents and link lists by the share of link text; a sentence that happens to be a link stays."""
    if not block.linked or block.linked < 0.6 * size:
        return None
    told = words(view) * (1 - block.linked / max(size, 1))
    if told >= 3 and block.linked < 0.85 * size and view.rstrip().endswith((".", "!", "\u3002")):
        return None
    opened = text.rfind("<a", max(0, block.start - 300), block.start)
    if _ANCHORS.search(text, opened if opened >= 0 else block.start, min(len(text), block.end + 200)):
        return "table of contents"
    return "link farm" if words(view) > 8 else "navigation"


def _unclosed(text: str, block: Block) -> bool:
    """Whether a row stands in an HTML table of which nothing is ever closed: what a cut or broken page leaves."""
    around = text[max(0, block.start - _NEAR) : block.end + _NEAR].lower()
    opened = around.rfind("<table", 0, min(block.start, _NEAR) + 1)
    return opened >= 0 and "</t" not in around[opened:]


def _by_row(block: Block, view: str, phrases: int) -> str | None:
    """Rows of layout tables: menus with marks between their entries, and what phrases give away."""
    if "|" in view.strip(" |") and words(view) >= 3 and is_menu(" ".join(view.split())):
        return "navigation"
    if block.linked >= 0.7 * max(solid(view), 1) or is_pager(view, 3 if block.lead else 2):
        return "navigation"
    return phrase_reason(view, phrases, prose=False)


def _fill_pagers(text: str, blocks: list[Block]) -> None:
    """The other rows of a table of two or three that has one row of "Prev", "Up", "Home", "Next"."""
    for place, block in enumerate(blocks):
        if block.kind != "table_row" or block.reason != "navigation":
            continue
        for other in blocks[max(0, place - 2) : place + 3]:
            between = text[min(block.end, other.end) : max(block.start, other.start)]
            if other.kind == "table_row" and other.reason in (None, "table header") and "table" not in between.lower():
                other.reason = "navigation"


def _by_section(block: Block, view: str) -> str | None:
    if not block.section:
        return None
    title = block.section[-1]
    if is_contents_title(title) and (block.kind == "list_item" or words(view) <= 14):
        return "table of contents"
    return None


def _drop_overreaching_hints(text: str, blocks: list[Block], found: FoundPlaces) -> None:
    """A region that is named like a frame but holds most of a page's prose is the page: its reason is dropped.

    (An unclosed `<nav>`, a `<div class="sidebar-layout">` round everything.)
    """
    if not any(block.region and block.reason for block in blocks):
        return
    prose: Counter[str | None] = Counter()
    lengths = []
    for block in blocks:
        view = visible(text, block.start, block.end, block.gaps)
        long = block.kind in _PROSE and words(view) >= 20 and block.linked < 0.4 * max(solid(view), 1)
        lengths.append(long)
        if long:
            prose[block.reason if block.region else None] += len(view)
    total = sum(prose.values())
    for reason, share in prose.items():
        if reason is not None and share > 0.5 * total and share > 400:
            for block in blocks:
                if block.region and block.reason == reason:
                    block.reason = None
                    block.region = False
                    if block.kind != "heading":
                        _judge(text, block, found)


def _fill_licences(blocks: list[Block]) -> None:
    """What stands between two paragraphs of a licence belongs to it."""
    last = -10
    for place, block in enumerate(blocks):
        if block.reason != "licence":
            continue
        if 1 < place - last <= 4:
            for between in blocks[last + 1 : place]:
                if between.reason is None and between.kind in _PROSE:
                    between.reason = "licence"
        last = place


def _is_label(view: str) -> bool:
    """Whether a paragraph is a few words without the mark that ends a sentence: a label, a button, a caption, a menu.

    Thai, Lao, Khmer and Burmese have no such mark, so nothing is said about them; nor about the line of a manual page
    that gives its name and what it does.
    """
    return words(view) <= 8 and not _ENDED.search(view) and not _UNMARKED.search(view) and "\\-" not in view


def target_reason(view: str, block: Block, phrases: int | None = None, *, alone: bool = False) -> str | None:
    """Why one target of an eligible block may not be asked about.

    Args:
        view: the target's text without markup.
        block: its block.
        phrases: what may stand in it (`FoundPlaces.within`).
        alone: whether the target is its whole block.
    """
    if block.kind == "heading":
        return "heading"
    for title in block.section[-2:]:
        if is_exercise_title(title) and (tells_to(view) or not may_hold_answers(title)):
            return "exercise"
    if block.kind in _PROSE:
        found = asks(view) or ("exercise" if is_task(view) else None)
        if found:
            return found
        if not tells(view):
            return "navigation" if is_menu(view) else "fragment"
        if alone and block.kind == "sentence" and not block.lead and _is_label(view):
            return phrase_reason(view, phrases, prose=False) or "fragment"
        return phrase_reason(view, phrases, prose=False)
    if block.kind == "formula":
        return None if solid(view) >= 3 else "fragment"
    if not any(c.isalpha() for c in view) and not block.lead:
        return "fragment"
    if block.kind == "code_block" and solid(view) < 8:
        return "fragment"
    return None
