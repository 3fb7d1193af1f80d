"""The plan of a run, written to the ledger as a stream: memory grows with the plan, and not with the corpus."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from selfstudy_guard.documents.target_table import KINDS
from selfstudy_guard.flow.keys import draw_key
from selfstudy_guard.ledger import Ledger
from selfstudy_guard.records import Draw, Target
from selfstudy_guard.sampling.corpus_plan import plan_columns
from selfstudy_guard.sampling.plan_arrays import PlanColumns, deal_styles
from selfstudy_guard.sampling.policies import Policy

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE = 8192
"""Draws whose rows are made together."""
_START, _END, _SECTION, _PLACE, _KIND = range(5)


def write_plan(
    ledger: Ledger, policy: Policy, *, n: int, seed: int = 0, styles: tuple[str, ...] = ("factual",), made_by: str = ""
) -> int:
    """Plan the first `n` draws over the documents that were cut; draws that stand in the ledger stay as they are.

    The plan is the one that `TargetSampler` makes of the same documents.

    Args:
        ledger: its documents are cut.
        policy: one that can be planned as a stream; those that ask for realised coverage cannot, and say so.
        n: number of draws, at least 1.
        seed: the plan's seed.
        styles: question styles.
        made_by: what cut the documents; with it an unchanged plan is not made again.

    Returns:
        Number of new draws.

    Raises:
        InputError: the policy needs the whole corpus at once.
    """
    mark = _mark(ledger, policy, n, seed, styles, made_by)
    if ledger.note("plan") == mark:
        return 0

    plan = plan_columns(lambda: (one.table for one in ledger.tables()), policy, n, seed)
    digests, spans = _located(ledger, plan)
    style, number = deal_styles(plan, spans[_SECTION], styles, seed)
    new = ledger.plan_rows(_rows(plan, digests, spans, style, number, styles))
    ledger.set_note("plan", mark)
    return new


def _mark(ledger: Ledger, policy: Policy, n: int, seed: int, styles: tuple[str, ...], made_by: str) -> str:
    """The same for the same plan of the same documents."""
    digest = hashlib.sha256(repr((repr(policy), n, seed, styles, made_by)).encode("utf-8", "surrogatepass"))
    for document in ledger.digests():
        digest.update(repr(document).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _located(ledger: Ledger, plan: PlanColumns) -> tuple[list[str], NDArray[Any]]:
    """Digests of the plan's documents, and where every draw's target lies (shape: 5, draws)."""
    import numpy as np

    order = np.argsort(plan.document, kind="stable")
    begin = np.searchsorted(plan.document[order], np.arange(len(plan.documents) + 1))
    at = {name: place for place, name in enumerate(plan.documents)}
    digests = [""] * len(plan.documents)
    spans = np.zeros((5, len(plan.row)), dtype=np.int32)
    for one in ledger.tables():
        table = one.table
        place = at.get(table.document_id)
        if place is None:
            continue
        digests[place] = one.digest
        draws = order[begin[place] : begin[place + 1]]
        rows = plan.row[draws]
        for column, values in enumerate((table.starts, table.ends, table.sections, table.places, table.kinds)):
            spans[column, draws] = values[rows]
    return digests, spans


def _rows(
    plan: PlanColumns,
    digests: list[str],
    spans: NDArray[Any],
    style: NDArray[Any],
    number: NDArray[Any],
    styles: tuple[str, ...],
) -> Iterator[tuple[str, str, str, int, int, str, int, str]]:
    """The plan as rows of the ledger."""
    for begin in range(0, len(plan.row), _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        columns = (plan.document[part], spans[_START, part], spans[_END, part], spans[_PLACE, part], spans[_KIND, part])
        page = (*columns, style[part], number[part])
        for document, start, end, place, kind, asked, times in zip(*(one.tolist() for one in page), strict=True):
            name, digest, how = plan.documents[document], digests[document], styles[asked]
            target = Target.model_construct(document_id=name, start=start, end=end, text="", also=())
            key = draw_key(digest, Draw.model_construct(target=target, style=how, number=times))
            form = {
                "target": {
                    "document_id": name,
                    "start": start,
                    "end": end,
                    "text": "",
                    "kind": KINDS[kind],
                    "index": place,
                    "also": [],
                },
                "style": how,
                "number": times,
            }
            yield key, name, digest, start, end, how, times, json.dumps(form)
