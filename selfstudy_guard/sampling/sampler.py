"""From documents to a plan: which target is asked about next, in which style."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from selfstudy_guard.documents.eligibility.doubts import DOUBT, without_doubtful
from selfstudy_guard.documents.eligibility.repeated import DuplicateFinder
from selfstudy_guard.documents.segmentation import segment
from selfstudy_guard.documents.sizing import Bounds
from selfstudy_guard.errors import InputError
from selfstudy_guard.filter.beliefs import examined_each
from selfstudy_guard.flags import check_flags
from selfstudy_guard.protocols import Finds
from selfstudy_guard.records import Draw, Segmentation, Target
from selfstudy_guard.sampling.budgets import Budget, Questions
from selfstudy_guard.sampling.hops import HopFinder, MultiHop
from selfstudy_guard.sampling.last import in_turn
from selfstudy_guard.sampling.policies import Policy, Weighted, named_policy
from selfstudy_guard.sampling.sheets import Sheet
from selfstudy_guard.sampling.style_balance import StyleBalance


class Draws(Iterator[Draw]):
    """Draws of a plan; when they are used up, `stopped` says why."""

    def __init__(self, draws: Iterator[Draw], check: Callable[[int], str | None]) -> None:
        self._draws = draws
        self._check = check
        self.made: int = 0
        self.stopped: str | None = None

    def __next__(self) -> Draw:
        if self.stopped is None:
            self.stopped = self._check(self.made)
        if self.stopped is not None:
            raise StopIteration
        draw = next(self._draws, None)
        if draw is None:
            self.stopped = "no target may be asked about"
            raise StopIteration
        self.made += 1
        return draw


class TargetSampler:
    """Ties every question to come to a target.

    Args:
        documents: what to ask about: Documents, or paths of files and folders.
        policy: the order of draws: "stratified" (every prefix even over documents, sections and positions), "uniform"
            (every target once, in random order, then again), "tokens" (in proportion to length), or a policy object;
            None takes "stratified", or "uniform" where weights are given.
        seed: same documents and seed, same plan, on every machine.
        styles: question styles; each spreads over the whole of every document.
        instruction_filter: where given, targets that overlap one of its findings are not eligible.
        bounds: smallest and largest target in tokens.
        weights: shorthand for `Weighted`: a function from a target to a number, or a mapping from target ids.
        distinct: whether near-duplicates of targets of earlier documents are left out too; then the order of the
            documents matters.
        hops: ties draws to two or three targets each (`Target.also`).
        doubt: belief of the filter (0 to 1) from which a target is not asked about ("doubtful"); None doubts nothing.
        skip_own_pairs: whether answers to questions that a document asks itself (a FAQ) are left out.

    Raises:
        InputError: an unknown policy, no style, weights for a policy that has none, two documents of one id.
    """

    def __init__(
        self,
        documents: Iterable[Any],
        policy: str | Policy | None = None,
        seed: int = 0,
        *,
        styles: tuple[str, ...] = ("factual",),
        instruction_filter: Finds | None = None,
        bounds: Bounds | None = None,
        weights: Callable[[Target], float] | Mapping[str, float] | None = None,
        hops: MultiHop | None = None,
        distinct: bool = False,
        doubt: float | None = DOUBT,
        skip_own_pairs: bool = False,
    ) -> None:
        check_flags(distinct=distinct, skip_own_pairs=skip_own_pairs)
        if policy is None:
            policy = "stratified" if weights is None else "uniform"
        chosen = named_policy(policy)
        self.policy: Policy = Weighted(weights, chosen) if weights is not None else chosen  # type: ignore[arg-type]
        self.seed = seed
        self.styles: tuple[str, ...] = StyleBalance(
            tuple(styles) if not isinstance(styles, str) else styles, seed
        ).styles
        self.hops = hops
        found: dict[str, Segmentation] = {}
        from selfstudy_guard.documents.readers.reading import coerce_documents

        duplicates = DuplicateFinder() if distinct else None
        given = coerce_documents(documents)
        judged = examined_each(instruction_filter, given) if instruction_filter else ((one, (), ()) for one in given)
        for document, findings, beliefs in judged:
            if document.id in found:
                raise InputError(f"two documents have the id {document.id!r}: ids must be unique")
            pieces = segment(
                document, findings=findings, bounds=bounds, duplicates=duplicates, skip_own_pairs=skip_own_pairs
            )
            found[document.id] = without_doubtful(pieces, beliefs, doubt)
        self.segmentations: Mapping[str, Segmentation] = found

    @property
    def targets(self) -> list[Target]:
        """All eligible targets, by document and text order."""
        return [target for segmentation in self.segmentations.values() for target in segmentation.eligible]

    def plan(self, n: int) -> list[Target]:
        """The targets of the first `n` draws; empty when no target is eligible."""
        return [draw.target for draw in self.draws(n)]

    def draws(self, n: int | None = None, *, budget: Budget | None = None) -> Draws:
        """The plan, drawn as it is needed.

        Args:
            n: how many draws; None leaves it to the budget, or makes one draw a target.
            budget: when to stop instead (`PerTarget`, `PerThousandTokens`, `UntilCoverage`, `Questions`).

        Returns:
            An iterator; its `stopped` says why it ended.

        Raises:
            InputError: both `n` and `budget`.
        """
        if n is not None and budget is not None:
            raise InputError("draws takes n or budget, not both")
        targets = self.targets
        limit = budget if budget is not None else Questions(len(targets) if n is None else n)
        return Draws(self._endless(targets), limit.begin(targets))

    def _endless(self, targets: list[Target]) -> Iterator[Draw]:
        eligible = {name: segmentation.eligible for name, segmentation in self.segmentations.items()}
        sheets = [Sheet.of(segmentation) for segmentation in self.segmentations.values()]
        balance = StyleBalance(self.styles, self.seed)
        finder = HopFinder(self.hops, targets, self.seed) if self.hops is not None else None
        for ref in in_turn(self.policy, sheets, self.seed):
            target = eligible[ref.document_id][ref.row]
            style, number = balance.deal(target, ref.visit)
            if finder is not None:
                target = finder.extended(target, ref.visit)
            yield Draw(target=target, style=style, number=number)
