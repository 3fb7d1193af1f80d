"""Canonical text: what a model reads behind invisible characters and look-alikes, with a map back to raw offsets."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

MASK = "█"
"""The character that masked spans are filled with; canonical text has none, so a masked text reads as a cleaned one."""

_DROP = 0xFFFFFFFF
_SPECIAL = re.compile(
    "[█\u00ad\u00aa\u00b2\u00b3\u00b9\u00ba\u0300-\u052f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u1d00-\u1d7f\u1e00-\u1eff"
    "\u2000-\u200f\u2028-\u202f\u205f-\u2095\u2100-\u214f\u2160-\u217f\u2460-\u24ff\u3000\u3164\ufe00-\ufe0f\ufeff"
    "\uff01-\uff5e\uffa0\ufff9-\ufffb\U0001d400-\U0001d7ff\U0001f110-\U0001f189\U000e0000-\U000e01ef]"
)
_CONFUSABLE = dict(
    zip(
        "аеорсухіјѕһԁԛԝьвкмнтгпАВЕКМНОРСТХІЈЅҮԌοαρνκιυγητχεωΑΒΕΖΗΙΚΜΝΟΡΤΥΧɑɡıʏɪʀɴӏҏᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢ",
        "aeopcyxijshdqwbbkmhtrnABEKMHOPCTXIJSYGoapvkiuyntxewABEZHIKMNOPTYXagiyirnlpacdejkmoptuvwz",
        strict=True,
    )
)


@dataclass(frozen=True)
class Canonical:
    """Canonical text of a raw text.

    Attributes:
        text: what detection reads.
        length: code points of the raw text.
        offsets: raw offset of every canonical code point; None where both texts have the same positions.
        hidden: canonical offsets before which an invisible character stood, or where a character was disguised.
    """

    text: str
    length: int
    offsets: NDArray[np.int64] | None
    hidden: NDArray[np.int64]

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


def codes_of(text: str) -> NDArray[np.uint32]:
    """Code points of `text`, lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32, copy=False)


def text_of(codes: NDArray[Any]) -> str:
    """The inverse of `codes_of`."""
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def _letters(codes: NDArray[np.uint32]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where ASCII letters stand, and where letters of the scripts that imitate them do."""
    low = codes | 0x20
    latin = (low >= 0x61) & (low <= 0x7A)
    other = ((codes >= 0x370) & (codes <= 0x52F)) | ((codes >= 0x1D00) & (codes <= 0x1D7F))
    other |= (codes >= 0x250) & (codes <= 0x2AF)
    return latin, other


def _unmask_lookalikes(codes: NDArray[np.uint32], lookalike: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which letters of other scripts stand in for Latin ones: those in words that mix scripts, and in their
    neighbours."""
    latin, other = _letters(codes)
    if not other.any():
        return other
    letter = latin | other
    starts = letter.copy()
    starts[1:] &= ~letter[:-1]
    word = np.cumsum(starts)  # 0 before the first word; the letters of word k hold k
    words = int(word[-1]) + 1
    has_latin = np.bincount(word, weights=latin, minlength=words) > 0
    others = np.bincount(word, weights=other, minlength=words)
    imitating = np.bincount(word, weights=other & (lookalike[codes] > 0), minlength=words)
    whole = (others > 0) & (imitating == others)
    mixed = has_latin & whole
    near = mixed | (has_latin & (others == 0))
    beside = np.zeros_like(near)
    beside[1:] |= near[:-1]
    beside[:-1] |= near[1:]
    disguised = mixed | (whole & ~has_latin & beside & (mixed.any() | (has_latin.sum() > 4 * (others > 0).sum())))
    return np.asarray(other & disguised[word], dtype=np.bool_)


def canonicalise(text: str) -> Canonical:
    """Canonical form of `text` in linear time: invisible characters dropped, tag characters, full-width, mathematical
    and look-alike letters replaced (each by one ASCII character)."""
    if text.isascii() or not _SPECIAL.search(text):
        return Canonical(text, len(text), None, _NONE_HIDDEN)
    plain, kinds, lookalike = _tables()
    codes = codes_of(text)
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
        # letters of
        # scripts that have no use for them, or in a run of tags.
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
    suspicious[:-1] |= (kind[at] == 2) & latin
    swap = _unmask_lookalikes(out, lookalike)
    suspicious[:-1] |= swap
    out = np.where(swap, lookalike[out], out)
    if len(at) == len(text):
        return Canonical(text_of(out), len(text), None, np.flatnonzero(suspicious))
    return Canonical(text_of(out), len(text), at, np.flatnonzero(suspicious))
