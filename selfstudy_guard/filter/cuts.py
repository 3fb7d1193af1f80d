"""Where sentences, table cells and fields end: the cuts of the text of a block."""

from __future__ import annotations

import re

_STARTERS = "|".join(
    (  # a list of words reads better as one
        "The This These That Those There It If In On When While For To As An By With You Your We Our He She They "
        "Please All Each Note Ignore Answer However But And Also Any Some See Use Write Only Do From At After Before "
        "Since Because Although Here What How Why Who Where Can Could Would Is Are My Its Every No Not First Then Now "
        "One Both Most Many Other"
    ).split()
)


def _by_initial(words: str, before: str) -> str:
    """Pattern of the words, by their first letters: a search then stops at these letters only.

    Args:
        words: joined by `|`.
        before: what must stand before the first letter: a pattern of fixed length.
    """
    tails: dict[str, list[str]] = {}
    for word in words.split("|"):
        tails.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{initial}(?<={before}{initial})(?:{'|'.join(tails[initial])})" for initial in tails)


# Where sentences end; every pattern begins with the characters that a search can run to.
_CLOSERS = r"['\")\]”’»*_`~]{0,5}"
_BEFORE_LOWER = r"(?:(?<=[!?…])|(?<=[^\W\d_]{4}\.)|(?<=[)\]\"'”’»`*_]\.))"
"""What must stand before a stop that lower case follows: no abbreviation has four letters in a row before its stop, but
for those of `_SHORTENED`."""
_STOP = re.compile(
    rf"""
    [.!?…。！？।۔؟｡](?:
            (?<=[.!?…])
              (?:{_CLOSERS}[ \t\r\n]+(?=[^a-z\s])|(?<=[.!?])\n|{_BEFORE_LOWER}{_CLOSERS}[ \t\r\n]+(?=[a-z]))
          | (?<=[。！？।۔؟｡])['")\]”’»」』]{{0,3}}[ \t\r\n]*
        )
    """,
    re.X,
)
_ASCII_STOP = re.compile(
    rf"[.!?](?:['\")\]*_`~]{{0,5}}[ \t\r\n]+(?=[^a-z\s])|\n|{_BEFORE_LOWER}['\")\]*_`~]{{0,5}}[ \t\r\n]+(?=[a-z]))"
)
_SHORTENED = frozenset(
    "approx appr resp incl excl misc temp dept prof capt sect subsect para vols figs nomin abbr orig trans tech corp "
    "assoc univ bzgl bspw evtl usw inkl zzgl sogen chap".split()
)
_GLUED = re.compile("(?:" + _by_initial(_STARTERS, r"[a-z0-9)\"'\]`” ] ") + ")(?= )")
_UNSTOPPED = frozenset("abcdefghijklmnopqrstuvwxyz0123456789)\"']`”")
_NUL_LINE = re.compile(r"\n(?=\x00)")
_BAR = re.compile(r"\|")
_FIELD_LINE = re.compile(r"\n(?=\S)")


def _shortened(text: str, stop: int) -> bool:
    """Whether the word before a full stop is a common abbreviation."""
    if text[stop] != ".":
        return False
    first = stop
    while first and stop - first < 8 and text[first - 1].isalpha():
        first -= 1
    return text[first:stop].lower() in _SHORTENED


def _capitalised(text: str, end: int) -> bool:
    """Whether the word that ends at `end` begins with a capital: among such words, one more begins no sentence."""
    first = end
    while first and end - first < 30 and text[first - 1].isalnum():
        first -= 1
    return text[first].isupper()


def _sentence_ends(text: str, start: int, end: int) -> list[int]:
    """Where sentences of `text[start:end]` end, in order."""
    stop = _ASCII_STOP if text.isascii() else _STOP
    cuts = [
        match.end()
        for match in stop.finditer(text, start, end)
        if not text[match.end() : match.end() + 1].islower() or not _shortened(text, match.start())
    ]
    several = False
    for match in _GLUED.finditer(text, start, end):
        at = match.start()
        word_end = at - 1
        while word_end > 0 and text[word_end - 1] == " ":
            word_end -= 1
        if word_end and text[word_end - 1] in _UNSTOPPED and not _capitalised(text, word_end):
            cuts.append(at)
            several = True
    if text.find("\x00", start, end) >= 0:
        cuts.extend(match.end() for match in _NUL_LINE.finditer(text, start, end))
        several = True
    if several:
        cuts.sort()
    return cuts


class Cuts:
    """The ends of the sentences of a stretch of lines, handed out block by block.

    A sentence end takes white space along, and blocks begin and end with their lines; so what is found in the whole
    stretch is what would be found in each block alone, but for the space round blocks.
    """

    def __init__(self, text: str, start: int, end: int) -> None:
        self._places = _sentence_ends(text, start, end)
        self._at = 0

    def between(self, start: int, end: int) -> list[int]:
        """Cuts inside a block, and its end; blocks are asked for in the order of the text."""
        places, at = self._places, self._at
        while at < len(places) and places[at] <= start:
            at += 1
        first = at
        while at < len(places) and places[at] < end:
            at += 1
        self._at = at
        return [*places[first:at], end]


def cuts_of(text: str, start: int, end: int, channel: str) -> list[int]:
    """Where sentences (cells, fields) of `text[start:end]` end, in order."""
    if channel == "table-cell" and end - start <= 60:
        return [end]
    cuts = _sentence_ends(text, start, end)
    if channel == "table-cell":
        cuts = sorted([*cuts, *(match.end() for match in _BAR.finditer(text, start, end))])
    elif channel == "front-matter":
        cuts = sorted([*cuts, *(match.end() for match in _FIELD_LINE.finditer(text, start, end))])
    cuts.append(end)
    return cuts
