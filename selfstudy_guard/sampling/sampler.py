"""From documents to a plan: which target is asked about next, in which style."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from selfstudy_guard.documents.segmentation import segment
from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Draw, Segmentation, Target
from selfstudy_guard.sampling.keys import unit_key


class TargetSampler:
    """Ties every question to come to a target.

    Args:
        documents: what to ask about (Documents, or paths).
        policy: the order of draws.
        seed: same seed, same plan, on every machine.
        styles: question styles, spread evenly over the targets.
        instruction_filter: where given, targets that it finds instructions in are not eligible.

    Raises:
        InputError: for an unknown policy, or no style at all.
    """

    def __init__(
        self,
        documents: Iterable[Any],
        policy: str = "uniform",
        seed: int = 0,
        *,
        styles: tuple[str, ...] = ("factual",),
        instruction_filter: Any = None,
    ) -> None:
        if not styles:
            raise InputError("styles is empty: name at least one question style")
        from selfstudy_guard.documents.reading import coerce_documents

        self.seed = seed
        self.styles = tuple(styles)
        self.segmentations: Mapping[str, Segmentation] = {}
        found: dict[str, Segmentation] = {}
        for document in coerce_documents(documents):
            findings = instruction_filter.find(document.text) if instruction_filter is not None else ()
            found[document.id] = segment(document, findings=findings)
        self.segmentations = found

    def plan(self, n: int) -> list[Target]:
        """The targets of the first `n` draws; empty when no target is eligible."""
        return [draw.target for draw in self.draws(n)]

    def draws(self, n: int) -> Iterator[Draw]:
        """The first `n` draws."""
        targets = [target for s in self.segmentations.values() for target in s.eligible]
        if not targets:
            return
        made = 0
        visit = 0
        while True:
            order = sorted(targets, key=lambda t: unit_key(self.seed, t.document_id, t.start, t.end, visit))
            for target in order:
                if made >= n:
                    return
                style = int(unit_key(self.seed, target.document_id, target.start) * len(self.styles)) + visit
                yield Draw(target=target, style=self.styles[style % len(self.styles)], number=visit // len(self.styles))
                made += 1
            visit += 1
