"""Chats and transcripts as blocks: a message is the unit, and who said it when belongs to it."""

# ruff: noqa: E501  # one alternative of a pattern stays on one line
from __future__ import annotations

import re
from collections import Counter

from selfstudy_guard.documents.formats.blocks import Block
from selfstudy_guard.documents.formats.plain import Line, lines

_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,6})?)?(?:\s?[AaPp]\.?\s?[Mm]\.?)?"
_DATES = (
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}",  # 2026-11-30, 30.11.26
    r"\d{1,2}\.?\s[^\W\d]{3,9}\.?\s\d{2,4}",  # 30. November 2026
    r"[^\W\d]{3,9}\s\d{1,2},?\s\d{4}",  # November 30, 2026
    "today",
    "yesterday",
    "heute",
    "gestern",
)
_DATE = f"(?:{'|'.join(_DATES)})"
_NAME = r"(?!(?-i:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL)\b)[~@]?[^\W\d_][^\n:<>\[\]]{0,39}?"
_HEAD = re.compile(
    rf"""[\u200e\u200f\ufeff]?(?:
      (?P<stamp>\[?{_DATE}(?:,?\s|T|\sat\s){_TIME}(?:Z|[+-]\d\d:?\d\d)?\]?)\s?(?:[-\u2013\u2014|]\s)?(?:<(?P<a>{_NAME})>:?|(?P<b>{_NAME}):)\s
    | (?P<time>\[{_TIME}\]|{_TIME})\s(?:[-\u2013\u2014|]\s)?(?:<(?P<c>{_NAME})>:?|(?P<d>{_NAME}):)\s
    )(?=\S)""",
    re.VERBOSE | re.IGNORECASE,
)
_SYSTEM = re.compile(
    rf"[\u200e\u200f\ufeff]?\[?{_DATE}(?:,?\s|T){_TIME}\]?\s?(?:[-\u2013\u2014]\s)?(?!.{{1,40}}:\s)\S", re.IGNORECASE
)
_ABOVE = re.compile(
    rf"""(?:
      (?P<name>[^\W\d_][\w .'-]{{0,39}}?)(?:,\s|\s{{1,3}})(?:[-\u2013\u2014]\s)?(?:[\[(]?(?:{_DATE}(?:,|\sat)?\s)?{_TIME}[\])]?)
    | [\[(]?(?:{_DATE},?\s)?{_TIME}[\])]?\s(?:[-\u2013\u2014|]\s)?(?P<behind>[^\W\d_][\w .'-]{{0,39}}?):?
    )\s*\Z""",
    re.IGNORECASE | re.VERBOSE,
)
"""Name and time on a line of their own, in either order, as Slack, Discord, Telegram and Teams copy them."""
_TIMED = re.compile(r"[:.]\d{2}")
"""What every time holds."""
_SPEAKER = re.compile(
    r"(?P<name>[A-Z\u00c0-\u00de\u0410-\u042f][\w.'\u2019-]{0,20}(?:\s[\w.'\u2019-]{1,20}){0,2}):\s(?=\S)"
)
_MEDIA = re.compile(
    r"""
    [\u200e\u200f]?(?:
            <[^<>\n]{3,60}>
          | \[[^\[\]\n]{3,60}\]
          | (?:image|video|audio|sticker|gif|document)\s(?:omitted|weggelassen)
          | this\ message\ was\ deleted\.?
          | missed\ (?:voice|video)\ call
          | \S{1,80}\ \(file\ attached\)
          | null
          | messages\ and\ calls\ are\ end-to-end\ encrypted\b.{0,200}
        )\s*\Z
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NOT_SPEAKERS = frozenset(
    "note notes warning example figure table source see http https caution tip hint summary date subject from to re time place".split()
)


def read_chat(text: str) -> list[Block] | None:
    """Messages of a chat or of a transcript with speakers, in text order; None where the text is neither."""
    rows = [line for line in lines(text) if line.text.strip()]
    if len(rows) < 2:
        return None
    heads = sum((":" in line.text or ">" in line.text) and _HEAD.match(line.text) is not None for line in rows[:400])
    share = heads / min(len(rows), 400)
    if (heads >= 3 and share >= 0.25) or (heads == 2 and share >= 0.5):
        return _messages(rows, lambda line: _headed(_HEAD.match(line.text)))
    timed = (bare for line in rows[:400] if len(line.text) < 80 and _TIMED.search(bare := line.text.strip()))
    above = [match["name"] or match["behind"] for bare in timed if (match := _ABOVE.match(bare))]
    if len(above) >= 3 and len(above) >= 0.2 * min(len(rows), 400) and len(set(above)) < len(above):
        return _messages(rows, _line_above)
    naming = (line.text.lstrip() for line in rows[:400] if ":" in line.text)
    names = Counter(match["name"] for bare in naming if (match := _SPEAKER.match(bare)))
    for name in [name for name in names if name.split()[-1].lower() in _NOT_SPEAKERS]:
        del names[name]
    said = sum(names.values())
    if said >= 4 and 2 <= len(names) <= said / 2 and said >= 0.6 * min(len(rows), 400):
        return _messages(rows, lambda line: _spoken(_SPEAKER.match(line.text.lstrip()), line))
    return None


_Head = tuple[str, int]
"""Who and when; and where in the line the message begins (its length for a line that only announces one)."""


def _headed(match: re.Match[str] | None) -> _Head | None:
    if match is None:
        return None
    name = match["a"] or match["b"] or match["c"] or match["d"] or ""
    stamp = (match["stamp"] or match["time"] or "").strip("[]\u200e ")
    return f"{name.strip()} ({stamp})", match.end()


def _line_above(line: Line) -> _Head | None:
    match = _ABOVE.match(line.text.strip()) if len(line.text) < 80 else None
    return (" ".join(line.text.split()), len(line.text)) if match else None


def _spoken(match: re.Match[str] | None, line: Line) -> _Head | None:
    if match is None:
        return None
    return match["name"], match.end() + len(line.text) - len(line.text.lstrip())


def _messages(rows: list[Line], head_of: object) -> list[Block]:
    assert callable(head_of)
    blocks: list[Block] = []
    lead = ""
    open_block: Block | None = None
    for line in rows:
        head: _Head | None = head_of(line)
        if head is not None:
            lead, at = head
            open_block = None
            start = line.start + at
            if start >= line.end:
                continue
        elif _SYSTEM.match(line.text) and not _HEAD.match(line.text):
            blocks.append(Block(line.start, line.end, "markup", reason="metadata", whole=True))
            open_block = None
            continue
        else:
            start = line.start
        if open_block is not None:
            open_block.end = line.end
            continue
        if _MEDIA.match(line.text[start - line.start :]):
            blocks.append(Block(start, line.end, "markup", reason="metadata", whole=True))
            continue
        open_block = Block(start, line.end, "sentence", lead=lead)
        blocks.append(open_block)
    return blocks
