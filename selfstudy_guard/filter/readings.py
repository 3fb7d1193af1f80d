"""Other readings of a unit: titles in sentence case, and words that are run together set apart."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from selfstudy_guard.filter.model.features import substring_hashes
from selfstudy_guard.filter.model.weights import Vocabulary

RUN = re.compile(r"[^\W_\u0e00-\u0eff\u1100-\u11ff\u2e80-\ud7ff\uf900-\uffdc]{24,4000}")
"""A run of letters and digits of scripts that set spaces between words."""
_FEWEST_WORDS = 5
_CAPITALS = 0.8
"""Share of the words of a title that begin with a capital."""
_LONGEST_WORD = 16
_UNKNOWN = 1.1
"""What a letter in no word costs; a word costs a half, a rare one up to one, a short one a little more."""
_KNOWN_SHARE, _LETTERS_PER_WORD = 0.6, 3.0
_LONE = frozenset("aieoyаияоуàáéóyåö")
"""Letters that are words by themselves."""


def in_sentence_case(words: str) -> str | None:
    """A unit whose words begin with capitals, as a sentence; None for any other."""
    initials = [word[0] for word in words.split() if word[0].isalpha()]
    if len(initials) < _FEWEST_WORDS or sum(map(str.isupper, initials)) < _CAPITALS * len(initials):
        return None
    low = words.lower()
    return low[:1].upper() + low[1:] + ("" if low[-1] in ".!?:" else ".")


def set_apart(words: str, vocabulary: Vocabulary) -> str | None:
    """A unit with its runs of letters cut into known words, as a sentence; None where no run is made of words."""
    parts: list[str] = []
    done = 0
    for match in RUN.finditer(words):
        said = _words_of(match.group().lower(), vocabulary)
        if said:
            parts += (words[done : match.start()], " ", said, " ")
            done = match.end()
    if not parts:
        return None
    said = " ".join("".join([*parts, words[done:]]).split())
    return said[:1].upper() + said[1:] + ("" if said[-1] in ".!?:" else ".")


def _words_of(run: str, vocabulary: Vocabulary) -> str:
    """A run cut into the words that leave the fewest letters in no word; empty where those are too many."""
    count = len(run)
    hashes = substring_hashes(run, _LONGEST_WORD)
    index = vocabulary.index
    rows = index.listed[index.entries(hashes.ravel())].reshape(hashes.shape)
    listed = rows < len(vocabulary.hashes)
    cost = [0.0] * (count + 1)
    back = [0] * (count + 1)
    for end in range(1, count + 1):
        cost[end], back[end] = cost[end - 1] + _UNKNOWN, end - 1
        for size in np.flatnonzero(listed[end - 1, :end]).tolist():
            start = end - size - 1
            if size or run[start] in _LONE:
                price = (
                    cost[start] + 0.5 + 0.5 * float(vocabulary.weight[rows[end - 1, size]]) + (0.4 if size < 2 else 0)
                )
                if price < cost[end]:
                    cost[end], back[end] = price, start
    ends = [count]
    while ends[-1]:
        ends.append(back[ends[-1]])
    ends.reverse()
    pieces: list[str] = []
    known = 0
    apart = True
    for start, end in pairwise(ends):
        word = end - start > 1 or run[start] in _LONE
        known += end - start if end - start > 2 else 0
        if apart or word or not pieces:
            pieces.append(run[start:end])
        else:
            pieces[-1] += run[start:end]
        apart = word
    if known < _KNOWN_SHARE * count or count < _LETTERS_PER_WORD * len(pieces):
        return ""
    return " ".join(pieces)
