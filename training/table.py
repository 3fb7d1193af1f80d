"""All units of all rows in arrays: features, hashed n-grams, labels, and how much each counts."""

from __future__ import annotations

import multiprocessing
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from selfstudy_guard.filter.hidden import open_hidden
from selfstudy_guard.filter.model.features import read_words
from selfstudy_guard.filter.model.inputs import GRAMS, gram_ids, measure
from selfstudy_guard.filter.model.scoring import familiarity
from selfstudy_guard.filter.model.sheet import Sheet, Window, sheet_of
from selfstudy_guard.filter.model.surroundings import in_context
from selfstudy_guard.filter.model.weights import Vocabulary
from training.data.__main__ import LIKE_ORDERS
from training.data.surfaces import DISGUISES
from training.filter_rows import Prepared, Row
from training.gather import META

SIDE_BY_SIDE = 150
"""Documents that are measured in one go."""
FOLDS = 4
NATIVE, IN_REGISTER = "gen_native", 2.0
"""Generated sources of orders in the register of their document, and how much more such an order counts: they are what
orders of other people's are most like, and the hardest to tell from what stands round them."""
CALM = 1.6
"""How much more harmless units count that read like orders (see `reads_like_orders`)."""
SUSPICIOUS_FORMS = frozenset(
    {"hidden_css", "chat_template", "fake_dialogue", "fake_boundary", "tool_output", "meta_tag"}
)
DISGUISED_FORMS = frozenset({*DISGUISES, "encoded_native", "hex_rot13_url"})
_TRANSLATED = re.compile(r"^(?:gnomeuserdocs|lo|man|debian|developers|debianfaq|maintguide)_")
"""Genres that are one and the same text in many languages: they are left out together."""


def fold_of(group: str) -> int:
    """Fold of a source or genre; the same in every run."""
    found = _TRANSLATED.match(group)
    return zlib.crc32((found[0] if found else group).encode()) % FOLDS


def reads_like_orders(name: str) -> bool:
    """Whether the harmless text of a genre, or of a source of decoys, has the words of orders."""
    name = name.removeprefix("gen_")
    return name.startswith(("native", "whole", "plea")) or name in LIKE_ORDERS or name == "readme_llm_tools"


def decoy_weight(row: Row) -> float:
    """How much a harmless planted passage counts: less in places where hardly anybody puts harmless text."""
    return 0.25 if row.form in SUSPICIOUS_FORMS else 1.0


def make_vocabulary(rows: Sequence[Prepared], *, most: int = 32_000, groups: int = 4) -> Vocabulary:
    """Words that occur in several genres or sources; a word weighs the more for the topic the rarer it is."""
    seen: dict[int, set[int]] = defaultdict(set)
    documents: dict[int, int] = defaultdict(int)
    for made in rows:
        if made.row.form in DISGUISED_FORMS:
            continue  # reversed or exchanged letters are not words
        group = zlib.crc32((made.row.source or made.row.genre).encode())
        words = read_words(made.units, 0, len(made.units.start))
        for value in np.unique(words.whole).tolist():
            seen[value].add(group)
            documents[value] += 1
    chosen = sorted(
        (value for value in seen if len(seen[value]) >= groups), key=lambda value: (-documents[value], value)
    )[:most]
    hashes = np.array(sorted(chosen), dtype=np.uint64)
    frequency = np.array([documents[value] for value in hashes.tolist()]) / max(1, len(rows))
    weight = np.clip(-np.log(frequency * 8) / 5, 0, 1)
    return Vocabulary(hashes, np.append(weight, 1.0).astype(np.float16).astype(np.float32))


def _sheets(rows: Sequence[Prepared]) -> Iterator[tuple[Sequence[Prepared], Sheet]]:
    for first in range(0, len(rows), SIDE_BY_SIDE):
        chunk = rows[first : first + SIDE_BY_SIDE]
        yield chunk, sheet_of([Window(made.units, made.canonical, 0, len(made.units.start)) for made in chunk])


def _matrix(buckets: NDArray[np.int64], owner: NDArray[np.int64], count: int) -> sparse.csr_matrix:
    """One row a unit: its hashed n-grams over the root of their number."""
    number = np.bincount(owner, minlength=count)
    data = (1 / np.sqrt(np.maximum(number, 1)))[owner].astype(np.float32)
    pointers = np.concatenate([[0], np.cumsum(number)])
    return sparse.csr_matrix((data, buckets.astype(np.int32), pointers), shape=(count, GRAMS))


_GIVEN: list[tuple[Sequence[Prepared], Vocabulary]] = []
"""What the processes of a pool share."""


def _given(rows: Sequence[Prepared], vocabulary: Vocabulary) -> None:
    _GIVEN[:] = [(rows, vocabulary)]


def _measured(
    first_row: int,
) -> tuple[NDArray[np.float16], sparse.csr_matrix, NDArray[np.bool_], NDArray[np.bool_]]:
    """Features, n-grams, opened and terse units of the documents from `first_row` on."""
    rows, vocabulary = _GIVEN[0]
    chunk, sheet = next(_sheets(rows[first_row : first_row + SIDE_BY_SIDE]))
    measured = measure(sheet, vocabulary)
    opened = np.zeros(len(sheet), dtype=bool)
    for made, (first, last) in zip(chunk, pairwise(sheet.edges), strict=True):
        strange, coded = measured.strange[first:last], measured.coded[first:last]
        if strange.any() or coded.any() or len(made.canonical.hidden):
            units, canonical = made.units, made.canonical
            open_hidden(
                units, canonical, strange, coded, lambda text: familiarity(text, vocabulary), opened[first:last], {}
            )
    grams = _matrix(*gram_ids(measured.words, vocabulary), len(sheet))
    return measured.features.astype(np.float16), grams, opened, measured.terse & ~opened


class Table:
    """All units of rows, one row each.

    Attributes:
        rows: the documents, cut.
        vocabulary: the words the model knows.
        first: first unit of each document, and the number of units.
        features, grams: dense features in half precision, and n-grams.
        label, planted, beside: units of orders; of anything planted; and those with their two neighbours either way.
        targets: what the two linear scores learn.
        weight: how much each unit counts; nothing where decoding finds it.
        fold: which fold the source (of planted units) or genre of a unit belongs to.
    """

    def __init__(self, rows: list[Prepared], vocabulary: Vocabulary, processes: int = 1) -> None:
        self.rows, self.vocabulary = rows, vocabulary
        self.count = np.array([len(made.units.start) for made in rows])
        self.first = np.concatenate([[0], np.cumsum(self.count)])
        self.document = np.repeat(np.arange(len(rows)), self.count)
        self._measure(processes)
        self.label = np.concatenate([made.label for made in rows])
        self.planted = np.concatenate([made.planted for made in rows])
        size = np.concatenate([made.size for made in rows])
        addressed = np.array([made.row.kind == "addressed" for made in rows])[self.document]
        meta = np.array([made.row.intent in META for made in rows])[self.document]
        self.targets = np.stack([self.label | addressed, self.label & meta], 1)
        carrier = np.array([fold_of(made.row.genre) for made in rows])[self.document]
        source = np.array([fold_of(made.row.source or made.row.genre) for made in rows])[self.document]
        self.fold = np.where(self.planted, source, carrier)
        self._weigh(size)

    def _measure(self, processes: int) -> None:
        features, grams, opened, terse = [], [], [], []
        with multiprocessing.get_context("fork").Pool(processes, _given, (self.rows, self.vocabulary)) as pool:
            for part in pool.imap(_measured, range(0, len(self.rows), SIDE_BY_SIDE)):
                for kept, one in zip((features, grams, opened, terse), part, strict=True):
                    kept.append(one)
        self.features = np.vstack(features)
        self.grams = sparse.vstack(grams, format="csr")
        self.grams.sum_duplicates()
        self.opened = np.concatenate(opened)
        for made, first, last in zip(self.rows, self.first[:-1], self.first[1:], strict=True):
            made.opened = self.opened[first:last]
        for made, part in zip(self.rows, np.split(np.concatenate(terse), self.first[1:-1]), strict=True):
            made.terse = part

    def _weigh(self, size: NDArray[np.int64]) -> None:
        share = np.zeros(len(self.document), dtype=np.float32)
        planted = np.bincount(self.document, weights=self.label, minlength=len(self.rows))
        share[self.label] = 2.5 / np.sqrt(np.maximum(planted[self.document[self.label]], 1))
        negative = ~self.label
        share[negative] = np.clip(np.sqrt(size[negative]) / 12, 0.25, 2)
        # What stands next to a planted passage must be kept: it counts more.
        index = np.flatnonzero(self.planted)
        self.beside = self.planted.copy()
        for step in (-2, -1, 1, 2):
            near = np.clip(index + step, 0, len(self.planted) - 1)
            self.beside[near[self.document[near] == self.document[index]]] = True
        share[self.beside & ~self.planted] *= 3
        decoy = self.planted & ~self.label
        share[decoy] *= np.array([decoy_weight(made.row) for made in self.rows])[self.document[decoy]]
        self.weight = share * ~self.opened
        native = np.array([made.row.source.startswith(NATIVE) for made in self.rows])[self.document]
        self.weight[native & self.label] *= IN_REGISTER
        carrier = np.array([reads_like_orders(made.row.genre) for made in self.rows])[self.document]
        source = np.array([reads_like_orders(made.row.source) for made in self.rows])[self.document]
        self.weight[~self.label & np.where(self.planted, source, carrier)] *= CALM

    def units_of(self, documents: NDArray[np.int64]) -> NDArray[np.int64]:
        """The units of some documents, in order."""
        return np.concatenate([np.arange(self.first[index], self.first[index + 1]) for index in documents.tolist()])

    def contexts(self, documents: NDArray[np.int64], scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Linear scores of the units of some documents beside those of their surroundings."""
        parts, at = [], 0
        for _, sheet in _sheets([self.rows[index] for index in documents.tolist()]):
            parts.append(in_context(scores[at : at + len(sheet)], sheet))
            at += len(sheet)
        return np.vstack(parts)
