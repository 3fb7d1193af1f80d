"""Markup inside a word: what stands between two halves of one word, and how the word is closed up for a model.

The raw text is never changed. Where a tag, a soft hyphen or a hyphen at a line end cuts a word, the span is an artefact
of its own reason, by which `mask_artefacts` knows that nothing may be left in its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import unescape

import regex

from selfstudy_guard.documents.formats.blocks import Offsets

WORD_BREAK = "word break"
"""Reason of an artefact that stands inside a word: nothing is left in its place."""
EXPONENT = "exponent"
"""Reason of an artefact between a number and its exponent: a circumflex is left in its place."""

CHARACTER = "character entity"
"""Reason of an artefact that spells one character in markup (`&eacute;`): the character is left in its place."""

_ENTITY = regex.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});")
_TAGS = regex.compile(
    r"""(?:
      </?(?:b|i|em|strong|sub|sup|span|font|u|small|big|a|abbr|code|mark|tt|var|s|ins|q|cite|kbd|samp|bdi|wbr|nobr|time|dfn)
         (?:\s[^<>]{0,1000})?/?>
    | <!--(?:[^-]|-(?!->)){0,2000}-->
    | &(?:shy|zwnj|zwj|ZeroWidthSpace|NoBreak|\#173|\#xAD|\#8203|\#x200B);
    | [\u00ad\u200b\u2060\ufeff]
    | \[\[(?:[^\[\]|\n]{1,120}\|)? | \]\]
    | \*{1,3} | _{1,3} | ~~ | \]\([^()\s]{0,1000}\) | '{2,5}
    )++""",
    regex.VERBOSE | regex.IGNORECASE,
)
_ALWAYS = regex.compile(
    r"(?:<wbr\s*/?>|&(?:shy|zwnj|\#173|\#xAD|\#8203|\#x200B);|[\u00ad\u200b]|<!--)", regex.IGNORECASE
)
_PARTED = regex.compile(r"</(\w{1,8})\s*>\s*<\1\b", regex.IGNORECASE)
_NOTE = regex.compile(r"<sup\b[^<>]{0,300}(?:ref|note|cite|fn)|<sup\b[^<>]{0,300}>\s*<a\b", regex.IGNORECASE)
_HYPHEN = regex.compile(r"[-\u2010\u00ad]?[ \t]*\r?\n[ \t]*")
_CLOSING = frozenset(".,;:!?)]}%\u2019\u201d\u00bb\u3002\uff0c")
_OPENING = frozenset("([{\u201c\u2018\u00ab\u201e")
_UNIT = 3
"""Letters of the longest unit; a raised number behind a longer word is the mark of a note."""


def break_kind(text: str, start: int, end: int, *, code: bool = False) -> str | None:
    """`WORD_BREAK` or `EXPONENT` where the markup `text[start:end]` stands inside a word, else None.

    Args:
        text: the raw document.
        start, end: a span of markup inside a block.
        code: whether it stands in code, where tags never stand for a space.
    """
    if not 0 < start < end < len(text) or text[start - 1].isspace() or text[end].isspace():
        return None
    hidden = text[start:end]
    if _HYPHEN.fullmatch(hidden):
        return WORD_BREAK
    if not _TAGS.fullmatch(hidden):
        return None
    left, right = text[start - 1], text[end]
    if code or _ALWAYS.match(hidden):
        return WORD_BREAK
    if right in _CLOSING or left in _OPENING:
        return WORD_BREAK
    if not (left.isalnum() and right.isalnum()) or _PARTED.search(hidden) or _NOTE.search(hidden):
        return None
    if "<sup" in hidden.lower() and (right.isdigit() or text[max(0, start - 1)].isdigit()):
        if left.isdigit() and right.isdigit():
            return EXPONENT
        at = start
        while at > 0 and text[at - 1].isalpha() and start - at <= _UNIT:
            at -= 1
        if right.isdigit() and start - at > _UNIT:
            return None
    return WORD_BREAK


def character(entity: str) -> str | None:
    """The one visible character that an entity stands for; None for spaces, marks of markup and what is no entity."""
    found = unescape(entity) if _ENTITY.fullmatch(entity) else ""
    return found if len(found) == 1 and found.isprintable() and not found.isspace() and found not in "<>&" else None


def entities(text: str, start: int, end: int) -> list[Offsets]:
    """Where `text[start:end]` spells characters in markup."""
    if text.find("&", start, end) < 0:
        return []
    return [match.span() for match in _ENTITY.finditer(text, start, end) if character(match[0]) is not None]


def closed_up(text: str, start: int, end: int, gaps: Iterable[Offsets]) -> str:
    """`text[start:end]` in one line, without its markup: words that it cuts are whole, elsewhere it is a space."""
    parts: list[str] = []
    at = start
    for left, right in gaps:
        left, right = max(left, at), min(right, end)
        if right <= left:
            continue
        kind = break_kind(text, left, right)
        parts.append(text[at:left] + ("" if kind == WORD_BREAK else "^" if kind == EXPONENT else " "))
        at = right
    parts.append(text[at:end])
    return " ".join(unescape("".join(parts)).split())


_LINE_END = regex.compile(r"(?<=(\p{L}{2,40}))([-\u2010\u00ad])[ \t]*\r?\n[ \t]*(?=(\p{Ll}\p{L}{0,40}))")
_CUT = regex.compile(r"[-\u2010\u00ad][ \t]*+\r?\n")
_AND = frozenset("and or und oder bzw et ou y o e i of en og och ja".split())


def hyphenated(text: str, start: int = 0, end: int | None = None) -> list[Offsets]:
    """Hyphens at line ends that a layout put there, with the line break; of real hyphens only the line break.

    A hyphen is real where the same word stands elsewhere in the text with its hyphen inside a line.
    """
    stop = len(text) if end is None else end
    found: list[Offsets] = []
    if not _CUT.search(text, start, stop):
        return found
    folded = ""
    for match in _LINE_END.finditer(text, start, stop):
        first, second = match[1], match[3]
        if second.lower() in _AND:
            continue
        folded = folded or text.casefold()
        real = match[2] != "\u00ad" and f"{first}-{second}".casefold() in folded
        found.append((match.start() + (1 if real else 0), match.end()))
    return found
