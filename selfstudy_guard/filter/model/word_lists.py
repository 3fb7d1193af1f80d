"""What the vocabulary and the word lists say of words, looked up by their hashes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.model.features import Floats, Hashes, word_hash
from selfstudy_guard.filter.model.lexicon import CLASSES, FUNCTION_WORDS
from selfstudy_guard.filter.model.sheet import Ints

LEXICON_WIDTH = len(CLASSES) + len(FUNCTION_WORDS)


@lru_cache(maxsize=1)
def _lexicon() -> tuple[Hashes, Floats]:
    """Sorted hashes of all listed words, and the classes of each; the last row stands for words that are not listed."""
    names = [*CLASSES, *FUNCTION_WORDS]
    members: dict[int, set[int]] = {}
    for column, name in enumerate(names):
        listed = CLASSES[name] if name in CLASSES else FUNCTION_WORDS[name]
        for word in listed.split():
            # Scripts without spaces are read character by character, so the characters of a listed word count.
            pieces = [word]
            if any("\u3041" <= char <= "\u9fff" or "\u0e00" <= char < "\u1100" for char in word):
                pieces = [word] if len(word) == 1 else []
            for piece in pieces:
                members.setdefault(word_hash(piece), set()).add(column)
    hashes = np.array(sorted(members), dtype=np.uint64)
    rows = np.zeros((len(hashes) + 1, len(names)), dtype=np.float32)
    for row, value in enumerate(hashes.tolist()):
        rows[row, list(members[value])] = 1.0
    return hashes, rows


def look_up(sorted_hashes: Hashes, hashes: Hashes) -> Ints:
    """Row of each hash, or `len(sorted_hashes)` where it is not listed."""
    if not len(sorted_hashes):
        return np.zeros(len(hashes), dtype=np.int64)
    at = np.searchsorted(sorted_hashes, hashes)
    at[at == len(sorted_hashes)] = 0
    return np.where(sorted_hashes[at] == hashes, at, len(sorted_hashes))


_SLOT_BITS = 17
_SPREAD = np.uint64(0x9FB21C651E98DF25)


class WordIndex:
    """What a vocabulary and the word lists say of a word, found by its hash in a few steps.

    The tables are small, so that they stay in the caches of a processor.

    Attributes:
        listed: row of each entry in the vocabulary, its length for words that only the word lists hold; the last
            entry stands for all other words.
        weight: how much each entry says about a topic.
        place: row of each entry in `classes` and `columns`; the last row stands for words that are not in the lists.
        classes: shape (words of the lists + 1, LEXICON_WIDTH): their classes.
        columns: the same as column numbers, filled up with LEXICON_WIDTH.
    """

    def __init__(self, hashes: Hashes, weight: Floats) -> None:
        self.classes: Floats
        lexicon, self.classes = _lexicon()
        self._hashes = np.append(np.union1d(hashes, lexicon), np.uint64(0))
        self._unknown = len(self._hashes) - 1
        listed, place = look_up(hashes, self._hashes), look_up(lexicon, self._hashes)
        listed[-1], place[-1] = len(hashes), len(lexicon)
        self.listed: NDArray[np.int32] = listed.astype(np.int32)
        self.place: NDArray[np.int32] = place.astype(np.int32)
        self.weight: Floats = weight[listed]
        most = max(1, int(self.classes.sum(1).max()))
        columns = np.where(self.classes > 0, np.arange(LEXICON_WIDTH), LEXICON_WIDTH)
        self.columns: NDArray[np.uint8] = np.sort(columns, axis=1)[:, :most].astype(np.uint8)
        slots = self._slots(self._hashes[:-1])
        order = np.argsort(slots, kind="stable")
        first = np.r_[True, slots[order][1:] != slots[order][:-1]][: len(order)]
        self._slot = np.full(1 << _SLOT_BITS, self._unknown, dtype=np.int32)
        self._slot[slots[order[first]]] = order[first]
        # Entries whose slot is taken are looked for by bisection, and only where a word meets such a slot.
        rest = np.sort(order[~first])
        self._crowded = np.zeros(1 << _SLOT_BITS, dtype=bool)
        self._crowded[slots[rest]] = True
        self._rest, self._rest_hashes = np.append(rest, self._unknown), self._hashes[rest]

    def _slots(self, hashes: Hashes) -> NDArray[np.int64]:
        return ((hashes * _SPREAD) >> np.uint64(64 - _SLOT_BITS)).astype(np.int64)

    def entries(self, hashes: Hashes) -> NDArray[np.int32]:
        """Entry of each word."""
        slots = self._slots(hashes)
        entries = self._slot[slots]
        wrong = (self._hashes[entries] != hashes).nonzero()[0]
        if len(wrong):
            again = wrong[self._crowded[slots[wrong]]]
            entries[wrong] = self._unknown
            if len(again):
                entries[again] = self._rest[look_up(self._rest_hashes, hashes[again])]
        return np.asarray(entries, dtype=np.int32)
