"""Plans that need the targets of the whole corpus in memory: multi-hop questions, and policies that look at targets.

Other plans of single targets are written as a stream (`run_plan`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from selfstudy_guard.documents.target_table import TargetTable
from selfstudy_guard.flow.keys import draw_key
from selfstudy_guard.ledger import Ledger
from selfstudy_guard.records import Draw
from selfstudy_guard.sampling.hops import HopFinder, MultiHop
from selfstudy_guard.sampling.last import in_turn
from selfstudy_guard.sampling.policies import Policy
from selfstudy_guard.sampling.style_balance import StyleBalance


def write_hops(
    ledger: Ledger, policy: Policy, hop: MultiHop | None, *, n: int, seed: int, styles: tuple[str, ...]
) -> int:
    """Plan the first `n` draws, each with its further targets; draws that stand in the ledger stay as they are.

    The plan is that of `TargetSampler(..., hops=hop)` over the same documents. A target for which no other one fits is
    asked about alone, and every target where `hop` is None.

    Returns:
        Number of new draws.
    """
    return ledger.plan(_draws(ledger, policy, hop, n, seed, styles))


def _draws(
    ledger: Ledger, policy: Policy, hop: MultiHop | None, n: int, seed: int, styles: tuple[str, ...]
) -> Iterator[tuple[str, str, Draw]]:
    digests = dict(ledger.digests())
    cut = {name: ledger.pieces(name)[2] for name in digests}
    eligible = {name: segmentation.eligible for name, segmentation in cut.items()}
    balance = StyleBalance(styles, seed)
    every = [target for targets in eligible.values() for target in targets]
    finder = HopFinder(hop, every, seed) if hop is not None else None
    sheets = [TargetTable.of(segmentation) for segmentation in cut.values()]
    for ref in islice(in_turn(policy, sheets, seed), n):
        target = eligible[ref.document_id][ref.row]
        style, number = balance.deal(target, ref.visit)
        if finder is not None:
            target = finder.extended(target, ref.visit)
        draw = Draw(target=target, style=style, number=number)
        digest = digests[ref.document_id]
        yield draw_key(digest, draw), digest, draw
