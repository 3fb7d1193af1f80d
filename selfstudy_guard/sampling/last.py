"""What may be an order is asked about when all else was, whatever the policy: once after every round over the others.

A round is as many draws as there are other targets. Each kind is drawn by the policy as if it stood alone, so the
others keep every property of the plan (an even prefix, for one).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from selfstudy_guard.sampling.capped import Capped
from selfstudy_guard.sampling.plan_arrays import PlanColumns
from selfstudy_guard.sampling.policies import Policy
from selfstudy_guard.sampling.sheets import Ref, Sheet

if TYPE_CHECKING:
    from numpy.typing import NDArray

Planner = Callable[[Callable[[], Iterable[Sheet]], int], PlanColumns]
"""Plans the first draws, so many, over sheets that stream by."""


def in_turn(policy: Policy, sheets: Sequence[Sheet], seed: int) -> Iterator[Ref]:
    """The draws of a policy over all sheets, with what is asked about last in its turn."""
    late = sum(len(sheet.rows(late=True)) for sheet in sheets)
    if not late or isinstance(policy, Capped):  # which asks about it last in each document
        yield from policy.order(sheets, seed)
        return
    turns = []
    for last, size in ((False, sum(map(len, sheets)) - late), (True, late)):
        rows = {sheet.document_id: sheet.rows(late=last).tolist() for sheet in sheets}
        turns.append((policy.order([sheet.part(late=last) for sheet in sheets], seed), rows, size))
    drawn = True
    while drawn:
        drawn = False
        for draws, rows, size in turns:
            for ref in islice(draws, size):
                drawn = True
                yield Ref(ref.document_id, rows[ref.document_id][ref.row], ref.visit)


def columns_in_turn(planned: Planner, sheets: Callable[[], Iterable[Sheet]], n: int) -> PlanColumns:
    """The first `n` draws of `in_turn` over documents that stream by."""
    import numpy as np

    total = late = 0
    for sheet in sheets():
        total, late = total + len(sheet), late + len(sheet.rows(late=True))
    if late in (0, total):
        return planned(sheets, n)
    place = np.arange(n) % total
    is_late = place >= total - late
    parts = []
    for last in (False, True):
        count = int((is_late == last).sum())
        if count:
            part = planned(lambda last=last: (sheet.part(late=last) for sheet in sheets()), count)  # type: ignore[misc]
            parts.append((is_late == last, _whole_rows(part, sheets(), late=last)))
    names = sorted({name for _, part in parts for name in part.documents})
    at = {name: number for number, name in enumerate(names)}
    columns: list[NDArray[Any]] = [np.zeros(n, dtype=np.int32) for _ in range(3)]
    for where, part in parts:
        numbers = np.array([at[name] for name in part.documents], dtype=np.int32)
        for column, values in zip(columns, (numbers[part.document], part.row, part.visit), strict=True):
            column[where] = values
    return PlanColumns(names, *columns)


def _whole_rows(plan: PlanColumns, sheets: Iterable[Sheet], *, late: bool) -> PlanColumns:
    """A plan over parts of sheets with the rows of the whole sheets."""
    import numpy as np

    at = {name: number for number, name in enumerate(plan.documents)}
    order = np.argsort(plan.document, kind="stable")
    begin = np.searchsorted(plan.document[order], np.arange(len(plan.documents) + 1))
    row = plan.row.copy()
    for sheet in sheets:
        number = at.get(sheet.document_id)
        if number is not None:
            draws = order[begin[number] : begin[number + 1]]
            row[draws] = sheet.rows(late=late)[plan.row[draws]]
    return plan._replace(row=row)
