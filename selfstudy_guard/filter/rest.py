"""What is left of a text while findings are taken out of it round by round."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.canonical import MASK
from selfstudy_guard.filter.codes import codes_of
from selfstudy_guard.filter.detection import Hit, Look

_ROUNDS = 6
"""Rounds after which a text that goes on uncovering something new is taken out whole."""


class Rest:
    """A text without what was found so far, and without masked characters.

    Attributes:
        text: what is left.
        places: raw offset of every character of it; None where they are its own.
        hits: what was taken out, in raw offsets.
        capped: whether the cap stopped some.
        look: the last look at what was left.
        open: whether what is left is to be looked at again.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.places: NDArray[np.int64] | None = None
        self.hits: list[Hit] = []
        self.capped = False
        self.look: Look | None = None
        self.open = True
        self._rounds = 0
        if MASK in text:
            self.places = np.flatnonzero(codes_of(text) != ord(MASK))
            self.text = text.replace(MASK, "")

    def take(self, look: Look, fresh: Sequence[Hit], stopped: bool) -> None:
        """Take out what a look at the text that is left found.

        Args:
            look: that look.
            fresh: what it found, sorted and disjoint, in offsets of `text`.
            stopped: whether the cap stopped some.
        """
        self.look = look
        self.capped = self.capped or stopped
        self._rounds += 1
        self.open = bool(fresh) and self._rounds <= _ROUNDS + 1
        if not fresh:
            return
        if self._rounds == _ROUNDS + 1:  # a text built to uncover something new at each step: take the whole stretch
            fresh = [fresh[0].stretched(fresh[0].start, fresh[-1].end)]
        elif self._rounds > _ROUNDS + 1:
            fresh = [fresh[0].stretched(0, len(self.text))]
        self.hits.extend(hit.moved(self.places) for hit in fresh)
        keep = np.ones(len(self.text), dtype=bool)
        parts, done = [], 0
        for hit in fresh:
            keep[hit.start : hit.end] = False
            parts.append(self.text[done : hit.start])
            done = hit.end
        kept = np.flatnonzero(keep)
        self.places = kept if self.places is None else self.places[kept]
        self.text = "".join([*parts, self.text[done:]])
