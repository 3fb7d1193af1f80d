"""What a question needs of the text that it is to be answered from, where nobody said which target it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.flow.prepared import Prepared
from selfstudy_guard.flow.withholding import Credit
from selfstudy_guard.records import Context, Finding, Span

Edges = NDArray[np.int64]

UNSURE = 4.0
"""Times `withhold`: where a question draws on nothing in particular (a summary, "list everything"), only suspects of
at least this belief are withheld."""
BEST, RELATED = 1.6, 0.8
"""How much more belief (logit) it takes to withhold the target that the question draws on most, and how much more any
target, times its attribution as a share of the best one."""
_LEAST = 0.1
"""Share of the best attribution from which a target counts as related."""


@dataclass(frozen=True)
class Claim:
    """What a question needs of one stretch of a document.

    Attributes:
        keep: what it quotes word for word: stays whatever is believed of it.
        best: the target that it draws on most.
        credits: that target and all others that it has to do with.
        sure: whether the question draws on anything in particular.
        known: whether there is a question at all; without one nothing can be withheld.
    """

    keep: tuple[Span, ...] = ()
    best: tuple[Span, ...] = ()
    credits: tuple[Credit, ...] = ()
    sure: bool = True
    known: bool = False

    @property
    def needed(self) -> tuple[Span, ...]:
        """What the answer needs, as far as the question tells."""
        return (*self.keep, *self.best)

    def quoting(self, windows: Sequence[Context], document_id: str) -> Claim:
        """The same, with what the question quotes word for word of this document."""
        quoted = tuple(Span(start=one.start, end=one.end) for one in windows if one.document_id == document_id)
        return replace(self, keep=(*self.keep, *quoted)) if quoted else self

    def withhold(self, withhold: float | None) -> float | None:
        """The belief from which units are withheld for this question."""
        return withhold if withhold is None or self.sure else min(1.0, UNSURE * withhold)


_NAMED = 2
"""Words of a task that one target has to hold: "Summarise it in three sentences" names nothing of a text in which
something is three metres wide."""


def _asks(question: str) -> bool:
    return question.rstrip().endswith(("?", "？", "؟", ";"))  # the last is a question mark in Greek


def _outside(starts: Edges, ends: Edges, findings: Sequence[Finding]) -> NDArray[np.bool_]:
    """Which targets no finding touches: what is taken out anyway is nothing that a question could draw on."""
    begun = np.array([one.start for one in findings], dtype=np.int64)
    ended = np.array([one.end for one in findings], dtype=np.int64)
    before = np.searchsorted(ended, starts, side="right")  # the first finding that ends behind the target's start
    return np.asarray(before == np.searchsorted(begun, ends, side="left"), dtype=np.bool_)


Stretch = tuple[Prepared, int, int]
"""A document, and where a stretch of it begins and ends (code points)."""


def claims_of(question: str, stretches: Sequence[Stretch]) -> list[Claim]:
    """What a question needs of each of several stretches, which are weighed against each other.

    No target is kept at any price: an order that was written for its document often draws on the words of the question
    more than the sentence that holds the answer does (docs/filter.md).

    Args:
        question: the question to be answered.
        stretches: what the model would be shown, in any order.

    Returns:
        One claim for each stretch.
    """
    scored: list[tuple[float, int, int, int]] = []
    sure = False
    for number, (home, first, last) in enumerate(stretches):
        index = home.index
        starts, ends = (np.array(edge, dtype=np.int64) for edge in home.segmentation.edges)
        open_ = _outside(starts, ends, home.findings)
        scores = np.where(open_, index.scores(question), 0.0)
        if index.knows(scores):
            sure = sure or _asks(question) or index.met(question, scores) >= _NAMED
        seen = (open_ & (starts < last) & (ends > first)).nonzero()[0]
        places = zip(scores[seen].tolist(), starts[seen].tolist(), ends[seen].tolist(), strict=True)
        scored += [(score, number, start, end) for score, start, end in places]
    best = max(scored, key=lambda row: row[0], default=None)
    claims = []
    for number in range(len(stretches)):
        credits = [
            Credit(row[2], row[3], RELATED * row[0] / best[0] + BEST * (row is best))
            for row in scored
            if best is not None and row[1] == number and row[0] > _LEAST * best[0]
        ]
        mine = (Span(start=best[2], end=best[3]),) if best is not None and best[1] == number else ()
        claims.append(Claim((), mine, tuple(credits), sure, known=True))
    return claims
