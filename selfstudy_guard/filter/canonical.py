"""Canonical text: what a model reads behind invisible characters and look-alikes, with a map back to raw offsets."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.as_read import Edit, coded_text, edits_of
from selfstudy_guard.filter.codes import Span, codes_of, long_words, text_of
from selfstudy_guard.filter.encodings.readable import reads_as_text
from selfstudy_guard.filter.spelt import spelt_out

MASK = "█"
"""The character that masked spans are filled with; canonical text has none, so a masked text reads as a cleaned one."""

_DROP = 0xFFFFFFFF
_SPECIAL = (
    (0xAA, 0xAA), (0xAD, 0xAD), (0xB2, 0xB3), (0xB9, 0xBA), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x2588, 0x2588),
    (0x3000, 0x3000), (0x3164, 0x3164), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0x300, 0x52F), (0x180B, 0x180E), (0x1D00, 0x1D7F), (0x1E00, 0x1EFF), (0x2000, 0x200F), (0x2028, 0x202F),
    (0x205F, 0x2095), (0x2100, 0x214F), (0x2160, 0x217F), (0x2460, 0x24FF), (0xFE00, 0xFE0F), (0xFF01, 0xFF5E),
    (0xFFF9, 0xFFFB), (0x1D400, 0x1D7FF), (0x1F110, 0x1F189), (0xE0000, 0xE01EF),
)  # fmt: skip
"""First and last of the characters that canonical text may not have as they are."""
_CONFUSABLE = dict(
    zip(
        "аеорсухіјѕһԁԛԝьвкмнтгпАВЕКМНОРСТХІЈЅҮԌοαρνκιυγητχεωΑΒΕΖΗΙΚΜΝΟΡΤΥΧɑɡıʏɪʀɴʙɢʜʟӏҏᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢ",
        "aeopcyxijshdqwbbkmhtrnABEKMHOPCTXIJSYGoapvkiuyntxewABEZHIKMNOPTYXagiyirnbghllpacdejkmoptuvwz",
        strict=True,
    )
)


@lru_cache(maxsize=1)
def _special() -> NDArray[np.bool_]:
    """Per code point: whether it is one of `_SPECIAL`."""
    out = np.zeros(0x110000, dtype=bool)
    for first, last in _SPECIAL:
        out[first : last + 1] = True
    return out


@dataclass(frozen=True)
class Canonical:
    """Canonical text of a raw text.

    Attributes:
        text: what detection reads.
        length: code points of the raw text.
        offsets: raw offset of every canonical code point; None where both texts have the same positions.
        hidden: canonical offsets before which an invisible character stood, or where a character was disguised.
        styled: where letters of a mathematical or enclosed alphabet stood.
        packed: whether it had long words, before words that are run together were set apart.
        words: its long words, if they are known.
    """

    text: str
    length: int
    offsets: NDArray[np.int64] | None
    hidden: NDArray[np.int64]
    styled: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    packed: bool = True
    words: list[Span] | None = None

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Raw span of a non-empty canonical span; what was invisible behind its last character belongs to it."""
        if self.offsets is None:
            return start, end
        last = int(self.offsets[end]) if end < len(self.offsets) else self.length
        return int(self.offsets[start]), last


_NONE_HIDDEN: NDArray[np.int64] = np.zeros(0, dtype=np.int64)


@lru_cache(maxsize=1)
def _tables() -> tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.uint32]]:
    """Per code point: its canonical form, its kind (1 invisible, 2 disguise, 3 mask or mark), its Latin look-alike."""
    plain = np.arange(0x110000, dtype=np.uint32)
    kind = np.zeros(0x110000, dtype=np.uint8)

    def drop(first: int, last: int, of_kind: int) -> None:
        plain[first : last + 1] = _DROP
        kind[first : last + 1] = of_kind

    for first, last in [
        (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFEFF, 0xFEFF), (0x180B, 0x180E), (0x17B4, 0x17B5),
        (0x115F, 0x1160), (0x3164, 0x3164), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB), (0xE0000, 0xE001F), (0xE007F, 0xE01EF),
    ]:  # fmt: skip
        drop(first, last, 1)
    drop(0xFE00, 0xFE0F, 1)
    for first, last in [(0x00AD, 0x00AD), (0x2588, 0x2588)]:
        drop(first, last, 3)
    drop(0x0300, 0x036F, 3)  # stacked marks ("zalgo"); a single accent is dropped too, which detection does not miss
    for code in range(0xE0020, 0xE007F):
        plain[code] = code - 0xE0000
        kind[code] = 1
    ranges = [(0xFF01, 0xFF5E), (0x1D400, 0x1D7FF), (0x2460, 0x24FF), (0x2100, 0x214F), (0x1F110, 0x1F189)]
    for first, last in [*ranges, (0x1D00, 0x1D7F), (0x2070, 0x2095), (0x2160, 0x217F)]:
        for code in range(first, last + 1):
            folded = unicodedata.normalize("NFKC", chr(code)).strip("()")
            if code >= 0x1F110 and not folded.isascii():
                folded = chr(ord("A") + (code - 0x1F110) % 0x20) if (code - 0x1F110) % 0x20 < 26 else ""
            if len(folded) == 1 and folded.isascii():
                plain[code] = ord(folded)
                kind[code] = 2
    for code in [*range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000]:
        plain[code] = 0x20
    latin = np.zeros(0x110000, dtype=np.uint32)
    for look, letter in _CONFUSABLE.items():
        latin[ord(look)] = ord(letter)
    return plain, kind, latin


def _letters(codes: NDArray[np.uint32]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where ASCII letters stand, and where letters of the scripts that imitate them do."""
    low = codes | 0x20
    latin = (low >= 0x61) & (low <= 0x7A)
    other = ((codes >= 0x370) & (codes <= 0x52F)) | ((codes >= 0x1D00) & (codes <= 0x1D7F))
    other |= (codes >= 0x250) & (codes <= 0x2AF)
    return latin, other


_NEAR = 5
"""Words on either side that a word is judged among."""
_IMITATORS_FROM = 0x1D00
"""Code point from which letters of the alphabets looked at belong to no language that is written in them."""


def _unmask_lookalikes(
    codes: NDArray[np.uint32], lookalike: NDArray[np.uint32]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which letters of other scripts stand in for Latin ones, and which of them show that somebody hides something.

    A word with a foreign letter in the middle of Latin ones is a disguise. A word that only begins or ends in another
    script ("PDF" with a Russian ending), or that looks Latin throughout, is one only among disguised words: where
    words stand round it that no Latin letters could imitate, the text is simply in that language.
    """
    latin, other = _letters(codes)
    if not other.any():
        return other, other
    letter = latin | other
    starts = letter.copy()
    starts[1:] &= ~letter[:-1]
    word = np.cumsum(starts)  # 0 before the first word; the letters of word k hold k
    words = int(word[-1]) + 1

    def per_word(where: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(word, weights=where, minlength=words), dtype=np.float64)

    foreign, plain = per_word(other), per_word(latin)
    alike = other & (lookalike[codes] > 0)
    whole = (foreign > 0) & (per_word(alike) == foreign)
    inner = np.zeros_like(latin)  # a letter of another script whose word has gone back to Latin, or will
    same = word[1:] == word[:-1]
    turn = same & (other[1:] != other[:-1]) & letter[1:] & letter[:-1]
    inner[1:] = turn
    turns = per_word(inner)
    small = per_word(other & (codes >= _IMITATORS_FROM)) > 0
    spoken = per_word(other & (codes >= 0x250) & (codes < 0x2B0) & _beside(codes, _SOUNDS)) > 0
    native = ((foreign > 0) & ~whole & (plain == 0)) | spoken
    whole &= ~spoken
    mixed = whole & (plain > 0)
    # Sentences are neighbourhoods of their own: their words get places further apart than any look goes.
    ends = np.concatenate([[0], np.cumsum(_STOPS[np.minimum(codes, _STOPS.size - 1)])])
    sentence = ends[np.concatenate([[0], starts.nonzero()[0]])]
    place = np.arange(words) + (2 * _NEAR + 1) * np.cumsum(np.diff(sentence, prepend=0) > 0)
    # Two turns of script: a foreign letter in the middle, or Latin ones between foreign letters.
    certain = (mixed & (turns >= 2)) | (whole & small)
    among = ~_within(native, place, _NEAR)
    near_disguise = _within(certain | (mixed & among), place, _NEAR)
    disguised = certain | (mixed & among) | (whole & (plain == 0) & among & near_disguise & (words > 2))
    several = disguised & (_within(disguised, place, 2 * _NEAR, others=True) | ((per_word(alike) >= _ALONE) & among))
    swap = np.asarray(other & disguised[word], dtype=np.bool_)
    return swap, np.asarray(swap & several[word], dtype=np.bool_)


_ALONE = 4
"""Disguised letters that a word needs to show intent by itself: one or two are a slip of the keyboard."""


_SOUNDS = np.array([ord(char) for char in "/[]ˈˌː"], dtype=np.uint32)
"""What stands in and round the sounds of a word."""


def _beside(codes: NDArray[np.uint32], signs: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which characters have one of the signs at most three characters away."""
    sign = np.isin(codes, signs)
    out = sign.copy()
    for far in (1, 2, 3):
        out[far:] |= sign[:-far]
        out[:-far] |= sign[far:]
    return out


_STOPS = np.zeros(0x400, dtype=np.int64)
_STOPS[[ord(char) for char in ".!?"]] = 1


def _within(
    marked: NDArray[np.bool_], place: NDArray[np.int64], reach: int, *, others: bool = False
) -> NDArray[np.bool_]:
    """Which words have a marked one at most `reach` places away (themselves included, unless only `others` count)."""
    line = np.zeros(int(place[-1]) + 2 * reach + 2)
    line[place + reach + 1] = marked
    total = np.cumsum(line)
    count = total[place + 2 * reach + 1] - total[place]
    return np.asarray(count > (marked if others else 0), dtype=np.bool_)


def canonicalise(text: str) -> Canonical:
    """Canonical form of `text` in linear time.

    Entities are read, and markup inside words is taken out (`visible`); invisible characters are dropped, and tag
    characters, full-width, mathematical and look-alike letters replaced (each by one ASCII character); words that are
    spelt out or run together are set apart (`spelt`).
    """
    coded = coded_text(text)
    shown, offsets = edited(text, edits_of(text), None)
    read = _letters_read(shown)
    if read is not None:
        shown, kept, hidden, styled = read
        if kept is not None:
            offsets = kept if offsets is None else offsets[kept]
    else:
        hidden = styled = _NONE_HIDDEN
    if coded:
        hidden = np.union1d(hidden, _inside(coded, offsets, shown))
    words = long_words(shown)
    edits = spelt_out(shown, words)
    if edits:
        if len(hidden) or len(styled):
            moved = np.cumsum(_shifts(edits, len(shown)))
            hidden, styled = hidden + moved[hidden], styled + moved[styled]
        shown, offsets = edited(shown, edits, offsets)
    return Canonical(shown, len(text), offsets, hidden, styled, bool(words), None if edits else words)


def _letters_read(
    text: str,
) -> tuple[str, NDArray[np.int64] | None, NDArray[np.int64], NDArray[np.int64]] | None:
    """`text` with its characters replaced or dropped, which of them are left (None: all), and where invisible and
    disguised ones, and letters in some style, stood; None where nothing is to be done."""
    if text.isascii():
        return None
    codes = codes_of(text)
    if not _special()[codes].any():
        return None
    plain, kinds, lookalike = _tables()
    kind = kinds[codes]
    out = plain[codes]
    keep = out != _DROP
    at = np.flatnonzero(keep)
    out = out[keep]
    latin, _ = _letters(out)
    suspicious = np.zeros(len(out) + 1, dtype=bool)
    gone = np.flatnonzero(kind == 1)
    if len(gone):
        # Joiners are at home in Indic and Arabic scripts and in emoji, breaks in Thai: invisible means between two
        # letters of scripts that have no use for them, or in a run of tags.
        place = np.searchsorted(at, gone)
        flanked = np.zeros(len(out) + 1, dtype=bool)
        letter = (
            latin
            | ((out >= 0xC0) & (out < 0x530))
            | ((out >= 0x1E00) & (out < 0x1F00))
            | ((out >= 0xAC00) & (out < 0xD7A4))
        )
        flanked[1:-1] = letter[1:] & letter[:-1]
        tagged = keep[gone]
        suspicious[place[flanked[place] | tagged]] = True
    hyphens = np.flatnonzero(codes == 0xAD)
    if len(hyphens):
        # A soft hyphen belongs inside a word: beside a space it is there to break words up for a filter.
        place = np.searchsorted(at, hyphens)
        spaces = np.concatenate([out == 0x20, [False]])
        suspicious[place[spaces[place] | spaces[place - 1]]] = True
    swap, meant = _unmask_lookalikes(out, lookalike)
    suspicious[:-1] |= meant
    # Full-width letters are how Latin is set among Chinese and Japanese, and say nothing.
    raw = codes[at]
    styled = (kind[at] == 2) & latin & ((raw < 0xFF01) | (raw > 0xFF5E))
    out = np.where(swap, lookalike[out], out)
    kept = None if len(at) == len(text) else at
    return text_of(out), kept, np.flatnonzero(suspicious), np.flatnonzero(styled)


def edited(text: str, edits: Sequence[Edit], offsets: NDArray[np.int64] | None) -> tuple[str, NDArray[np.int64] | None]:
    """`text` after edits (sorted and disjoint), and the raw offset of every code point of it.

    Args:
        offsets: the raw offset of every code point of `text`; None where they are its own.
    """
    if not edits:
        return text, offsets
    own = np.arange(len(text)) if offsets is None else offsets
    parts: list[str] = []
    places: list[NDArray[np.int64]] = []
    done = 0
    for start, end, said in edits:
        parts += (text[done:start], said)
        places.append(own[done:start])
        if said:
            # As long as the old: one for one; else each new character stands where the old ones began.
            whole = len(said) == end - start
            places.append(own[start:end] if whole else np.full(len(said), own[min(start, len(own) - 1)]))
        done = end
    return "".join([*parts, text[done:]]), np.concatenate([*places, own[done:]])


def _shifts(edits: Sequence[Edit], length: int) -> NDArray[np.int64]:
    shifts = np.zeros(length + 2, dtype=np.int64)
    for start, end, said in edits:
        shifts[end] += len(said) - (end - start)
    return shifts


def _inside(spans: Sequence[Span], offsets: NDArray[np.int64] | None, text: str) -> NDArray[np.int64]:
    """Places in `text` whose raw offsets lie in the spans and that make up words of a written language."""
    if offsets is None:
        return _NONE_HIDDEN
    found = []
    for start, end in spans:
        first, last = np.searchsorted(offsets, (start, end))
        if reads_as_text(text[first:last]):
            found.append(np.arange(first, last))
    return np.concatenate(found) if found else _NONE_HIDDEN
