"""No more than so many questions of one document, whatever the policy and however long the plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from selfstudy_guard.errors import InputError
from selfstudy_guard.sampling.policies import LeastCovered, Policy
from selfstudy_guard.sampling.seeded import number_key
from selfstudy_guard.sampling.sheets import Sheet, Streamed

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Capped(Streamed):
    """The first `most` draws that another policy makes of each document alone.

    Documents come up in proportion to what they may give: every prefix of the plan is less than one draw away from
    each document's share, until a document has given all. The plan ends when all have.

    Args:
        base: the policy that orders the draws within a document.
        most: most draws of one document.

    Raises:
        InputError: no policy, one that asks for coverage while it draws, or a number below 1.
    """

    base: Policy
    most: int
    _last: list[tuple[Sheet, int, NDArray[Any], NDArray[Any]]] = field(
        default_factory=list, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if not isinstance(self.base, Policy) or isinstance(self.base, LeastCovered | Capped):
            raise InputError(f"Capped cannot limit {self.base!r}: give a policy whose plan is made at once")
        if type(self.most) is not int or self.most < 1:
            raise InputError(f"Capped(most={self.most!r}): at least 1 question of a document is needed")

    def __call__(self, sheet: Sheet, seed: int, visit: int) -> NDArray[Any]:
        """Times in (0, 1] of draws that a document gives once, and above 1 of those that come again."""
        import numpy as np

        rows, visits = self._draws(sheet, seed)
        share = min(self.most, len(sheet))
        offset = (number_key(seed, "capped", sheet.document_id) >> 11) / (1 << 53)
        times = np.full(len(sheet), np.inf)
        now = np.flatnonzero(visits == visit)
        times[rows[now]] = (now + offset) / max(1, share)
        return times

    def _draws(self, sheet: Sheet, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Rows and visits of the document's draws in their order; the last document's are kept."""
        import numpy as np

        from selfstudy_guard.sampling.last import in_turn

        for known, with_seed, rows, visits in self._last:
            if known is sheet and with_seed == seed:
                return rows, visits
        drawn = [(ref.row, ref.visit) for ref in islice(in_turn(self.base, [sheet], seed), self.most)]
        rows, visits = np.array(drawn, dtype=np.int32).reshape(-1, 2).T
        self._last[:] = [(sheet, seed, rows, visits)]
        return rows, visits

    def __reduce__(self) -> tuple[Any, ...]:
        return Capped, (self.base, self.most)
