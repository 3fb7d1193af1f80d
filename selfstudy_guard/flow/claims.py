"""What a question needs of the text that it is to be answered from, where nobody said which target it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from selfstudy_guard.flow.prepared import Prepared
from selfstudy_guard.records import Context, Span

UNSURE = 4.0
"""Times `withhold`: where a question draws on nothing in particular (a summary, "list everything"), only suspects of
at least this belief are withheld."""


@dataclass(frozen=True)
class Claim:
    """What a question needs of one stretch of a document.

    Attributes:
        keep: the target that it draws on most; stays whatever is believed of it.
        rather: the next one; stays while little is believed of it.
        sure: whether the question draws on anything in particular.
        known: whether there is a question at all; without one nothing can be withheld.
    """

    keep: tuple[Span, ...] = ()
    rather: tuple[Span, ...] = ()
    sure: bool = True
    known: bool = False

    def quoting(self, windows: Sequence[Context], document_id: str) -> Claim:
        """The same, with what the question quotes word for word of this document."""
        quoted = tuple(Span(start=one.start, end=one.end) for one in windows if one.document_id == document_id)
        return replace(self, keep=(*self.keep, *quoted)) if quoted else self

    def withhold(self, withhold: float | None) -> float | None:
        """The belief from which units are withheld for this question."""
        return withhold if withhold is None or self.sure else min(1.0, UNSURE * withhold)


Stretch = tuple[Prepared, int, int]
"""A document, and where a stretch of it begins and ends (code points)."""


def claims_of(question: str, stretches: Sequence[Stretch]) -> list[Claim]:
    """What a question needs of each of several stretches, which are weighed against each other.

    How many targets are kept was measured on human questions: in paragraphs of Wikipedia the best attributed sentence
    holds the answer of 82 %, one of the best two that of 93 % (docs/filter.md).

    Args:
        question: the question to be answered.
        stretches: what the model would be shown, in any order.

    Returns:
        One claim for each stretch.
    """
    ranked: list[tuple[float, int, Span]] = []
    sure = False
    for number, (home, start, end) in enumerate(stretches):
        index = home.index
        scores = index.scores(question)
        places = [i for i, target in enumerate(index.targets) if target.start < end and target.end > start]
        places.sort(key=lambda i: -scores[i])
        ranked += [(float(scores[i]), number, index.targets[i].span) for i in places[:2]]
        sure = sure or bool(index.attribute(question, top=1).targets)
    ranked.sort(key=lambda row: -row[0])
    claims = []
    for number in range(len(stretches)):
        keep = tuple(span for _, owner, span in ranked[:1] if owner == number)
        rather = tuple(span for _, owner, span in ranked[1:2] if owner == number)
        claims.append(Claim(keep, rather, sure, known=True))
    return claims
