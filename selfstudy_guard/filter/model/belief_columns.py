"""The dense features of a unit, declared: the names of their columns, and how each is filled.

Training and running read this one list. Its names are saved with the weights and compared when they are read, so that a
column which moved is an error, and not a filter that looks healthy and sees nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.channels import CHANNELS
from selfstudy_guard.filter.model.features import (
    ASK,
    BRACKET,
    COLON,
    CRY,
    DIGIT,
    KINDS,
    LOWER,
    QUOTE,
    STOP,
    SYMBOL,
    UPPER,
    Floats,
    Words,
)
from selfstudy_guard.filter.model.lexicon import CLASSES
from selfstudy_guard.filter.model.sheet import Sheet
from selfstudy_guard.filter.model.surroundings import beside, reach, rest_mean, topic
from selfstudy_guard.filter.model.word_lists import LEXICON_WIDTH, WordIndex

CUES = [list(CLASSES).index(name) for name in ("assistant", "prompt", "answer", "question", "override", "task-verb")]
"""Classes of the words that orders are made of."""
_PLACES = np.arange(3)
_COUNTED = [ASK, CRY, QUOTE, COLON, BRACKET, SYMBOL, DIGIT]
_FINAL = np.array([STOP, ASK, CRY, COLON, QUOTE, BRACKET], dtype=np.uint8)
_INITIAL = np.array([UPPER, LOWER, DIGIT, SYMBOL, QUOTE, BRACKET], dtype=np.uint8)
_FEW = np.float32(1e-6)

_KIND_NAMES = (
    *("space newline punct stop ask cry quote colon comma bracket symbol digit lower upper cyrillic arabic").split(),
    *("indic hangul greek other-letter han kana thai").split(),
)
_NAMED = len(CLASSES)
_COMPARED = (*CLASSES, *_KIND_NAMES, "size", "topical", "topical-near", "topical-beside", "unknown")
"""What is compared with the surroundings: classes, kinds of characters, length, share of the content that the rest of
the window, the units near and those beside share, share of unknown words."""
_WIDE = len(_COMPARED)
_LANGUAGE = np.zeros(_WIDE + LEXICON_WIDTH - _NAMED, dtype=np.float32)
"""Which columns tell the language: scripts, and the function words of each language behind what is compared."""
_LANGUAGE[_NAMED + LOWER : _NAMED + KINDS] = 1
_LANGUAGE[_WIDE:] = 1


class Seen(NamedTuple):
    """What the features of the units of a sheet are made of, one row a unit.

    Attributes:
        sheet, words: the units and their words.
        counts: how many words of each class and each language a unit has.
        opening: the classes of its first three words, with the weights 1, .5 and .5.
        compared: shape (units, columns of `_COMPARED`).
        rest, near: the mean of `compared` over the rest of the window, and over the units before and behind.
        function: share of the function words of each language.
        alike: how much the language of the unit is that of the rest of its window, 0 to 1.
        share: share of its content that the window, the units near and those beside share.
        content: how much content it has.
        stranger: share of unknown words.
    """

    sheet: Sheet
    words: Words
    counts: Floats
    opening: Floats
    compared: Floats
    rest: Floats
    near: Floats
    function: Floats
    alike: Floats
    share: Floats
    content: Floats
    stranger: Floats

    @property
    def parts(self) -> Floats:
        """Share of each kind of character."""
        return self.compared[:, _NAMED : _NAMED + KINDS]

    @property
    def log_size(self) -> Floats:
        """Logarithm of the length in code points."""
        return self.compared[:, _NAMED + KINDS : _NAMED + KINDS + 1]


class Feature(NamedTuple):
    """Neighbouring columns of the inputs: their names, and what writes them (it is given zeros)."""

    columns: tuple[str, ...]
    fill: Callable[[Seen, Floats], None]


def see(sheet: Sheet, words: Words, index: WordIndex, entries: NDArray[np.int32], missing: Floats) -> Seen:
    """Measure what the features are made of.

    Args:
        sheet, words: the units and their words.
        index, entries: the word lists, and the entry of each word.
        missing: per word: 1 where the vocabulary lacks it, else 0.
    """
    count = len(sheet)
    place = index.place[entries]
    words_at_least = np.maximum(words.number.astype(np.float32)[:, None], np.float32(1))
    size = sheet.size.astype(np.float32)[:, None]
    in_lists = (place < len(index.columns) - 1).nonzero()[0]
    cells = index.columns[place[in_lists]] + (words.unit[in_lists] * (LEXICON_WIDTH + 1))[:, None]
    counts = np.bincount(cells.ravel(), minlength=count * (LEXICON_WIDTH + 1)).reshape(count, LEXICON_WIDTH + 1)
    of_classes: Floats = counts[:, :LEXICON_WIDTH].astype(np.float32)
    stranger = np.bincount(words.unit, weights=missing, minlength=count).astype(np.float32)[:, None]
    stranger /= words_at_least
    shared = topic(sheet, words, index.weight[entries])

    base = np.empty((count, len(_LANGUAGE)), dtype=np.float32)
    share, function = base[:, _WIDE - 4 : _WIDE - 1], base[:, _WIDE:]
    np.divide(of_classes[:, :_NAMED], words_at_least, out=base[:, :_NAMED])
    np.divide(words.kinds_per_unit, np.maximum(size, np.float32(1)), out=base[:, _NAMED : _NAMED + KINDS])
    base[:, _NAMED + KINDS : _NAMED + KINDS + 1] = np.log1p(size)
    np.divide(shared[:, :3], np.maximum(shared[:, 3:], _FEW), out=share)
    base[:, _WIDE - 1 : _WIDE] = stranger
    np.divide(of_classes[:, _NAMED:], words_at_least, out=function)
    others = rest_mean(base, np.sqrt(size), sheet)
    language, rest = base * _LANGUAGE, others * _LANGUAGE
    norm = np.sqrt(np.einsum("ij,ij->i", language, language)) * np.sqrt(np.einsum("ij,ij->i", rest, rest))
    alike = np.einsum("ij,ij->i", language, rest) / np.maximum(norm, _FEW)
    compared = base[:, :_WIDE]
    near, _ = beside(compared, sheet)
    near /= reach(sheet)[0]
    opening = _opening(words, place, index.classes)
    content = shared[:, 3:]
    return Seen(
        sheet, words, of_classes, opening, compared, others[:, :_WIDE], near, function, alike, share, content, stranger
    )  # fmt: skip


def _opening(words: Words, place: NDArray[np.int32], classes: Floats) -> Floats:
    at = words.before[:, None] + _PLACES
    at[words.number[:, None] <= _PLACES] = len(place)
    early = classes[np.append(place, -1)[at], :_NAMED]
    out = (early[:, 1] + early[:, 2]) * np.float32(0.5)
    out += early[:, 0]
    return np.asarray(out, dtype=np.float32)


def _named(seen: Seen, out: Floats) -> None:
    out[:] = seen.compared[:, :_NAMED]


def _counts(seen: Seen, out: Floats) -> None:
    np.minimum(seen.counts[:, :_NAMED], np.float32(3), out=out)


def _first_words(seen: Seen, out: Floats) -> None:
    out[:] = seen.opening


def _language(seen: Seen, out: Floats) -> None:
    out[:, :1] = seen.function[:, :1]
    seen.function.max(1, keepdims=True, out=out[:, 1:2])
    out[:, 2] = seen.alike


def _kinds(seen: Seen, out: Floats) -> None:
    out[:] = seen.parts


def _marks(seen: Seen, out: Floats) -> None:
    np.minimum(seen.words.kinds_per_unit[:, _COUNTED], np.float32(4), out=out)


def _lengths(seen: Seen, out: Floats) -> None:
    out[:, :1] = seen.log_size
    np.log1p(seen.words.number, out=out[:, 1], casting="same_kind")
    words_at_least = np.maximum(seen.words.number.astype(np.float32), np.float32(1))
    np.divide(seen.sheet.size.astype(np.float32), words_at_least * np.float32(8), out=out[:, 2])


def _ends(seen: Seen, out: Floats) -> None:
    initial, final = seen.words.ends_per_unit
    out[:, : len(_FINAL)] = final[:, None] == _FINAL
    out[:, len(_FINAL) :] = initial[:, None] == _INITIAL


def _channel(seen: Seen, out: Floats) -> None:
    out[np.arange(len(seen.sheet)), seen.sheet.channel] = 1


def _block(seen: Seen, out: Floats) -> None:
    sheet = seen.sheet
    in_block = sheet.in_run[sheet.run]
    np.log1p(in_block, out=out[:, 0], casting="same_kind")
    out[:, 1] = in_block == 1


def _hidden(seen: Seen, out: Floats) -> None:
    done = 0
    for units, canonical, first, last in seen.sheet.windows:
        if len(canonical.hidden):
            starts, ends = units.start[first:last], units.end[first:last]
            hidden = np.searchsorted(canonical.hidden, ends) - np.searchsorted(canonical.hidden, starts)
            out[done : done + last - first, 0] = np.log1p(hidden.astype(np.float32))
        done += last - first


def _quoted(seen: Seen, out: Floats) -> None:
    out[:, 0] = seen.words.quoted


def _topical(seen: Seen, out: Floats) -> None:
    has = seen.content > 0
    np.multiply(seen.share, has, out=out[:, :3])
    out[:, 3:4] = has
    np.log1p(seen.content, out=out[:, 4:5])


def _stranger(seen: Seen, out: Floats) -> None:
    out[:] = seen.stranger


def _against_rest(seen: Seen, out: Floats) -> None:
    np.subtract(seen.compared, seen.rest, out=out)


def _against_near(seen: Seen, out: Floats) -> None:
    np.subtract(seen.compared, seen.near, out=out)


def _rest(seen: Seen, out: Floats) -> None:
    out[:] = seen.rest[:, : _WIDE - 1]


def _window(seen: Seen, out: Floats) -> None:
    sheet = seen.sheet
    rows = np.empty((len(sheet.windows), 3), dtype=np.float32)
    np.log1p(sheet.units, out=rows[:, 0], casting="same_kind")
    np.log1p(np.add.reduceat(sheet.size, sheet.first), out=rows[:, 1], casting="same_kind")
    rows[:, 2] = sheet.units <= 2
    out[:] = sheet.each(rows)


def _columns(prefix: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix}.{name}" for name in names)


_CLASS_NAMES = tuple(CLASSES)
FEATURES: tuple[Feature, ...] = (
    Feature(_columns("share", _CLASS_NAMES), _named),
    Feature(_columns("count", _CLASS_NAMES), _counts),
    Feature(_columns("opening", _CLASS_NAMES), _first_words),
    Feature(("language.english", "language.any", "language.alike"), _language),
    Feature(_columns("kind", _KIND_NAMES), _kinds),
    Feature(_columns("marks", tuple(_KIND_NAMES[kind] for kind in _COUNTED)), _marks),
    Feature(("length.characters", "length.words", "length.word"), _lengths),
    Feature(
        _columns("final", tuple(_KIND_NAMES[kind] for kind in _FINAL))
        + _columns("initial", tuple(_KIND_NAMES[kind] for kind in _INITIAL)),
        _ends,
    ),
    Feature(_columns("channel", CHANNELS), _channel),
    Feature(("block.units", "block.alone"), _block),
    Feature(("hidden",), _hidden),
    Feature(("quoted",), _quoted),
    Feature(("topical.window", "topical.near", "topical.beside", "content.any", "content.size"), _topical),
    Feature(("unknown",), _stranger),
    Feature(_columns("against-rest", _COMPARED), _against_rest),
    Feature(_columns("against-near", _COMPARED), _against_near),
    Feature(_columns("rest", _COMPARED[:-1]), _rest),
    Feature(("window.units", "window.characters", "window.short"), _window),
)
"""Every dense feature, in the order of the columns."""
DENSE = sum(len(feature.columns) for feature in FEATURES)
"""Number of dense columns."""
OUTPUTS = ("addressed", "meta")
"""Linear scores of a unit: that it addresses a model, and that it speaks of answers, questions, rules or training."""
SURROUNDINGS = (*("own near wide rest block-mean block-peak above-highest above-rest above-near").split(),)
"""How `surroundings.in_context` sets a score beside others."""
INPUTS = (
    *(column for feature in FEATURES for column in feature.columns),
    *(f"score.{place}.{output}" for place in SURROUNDINGS for output in OUTPUTS),
)
"""Names of all inputs of the network."""
