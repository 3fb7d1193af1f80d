"""Which style a draw asks in: each style gets its share of every section, not of its favourite part."""

from __future__ import annotations

from collections import Counter

from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Target
from selfstudy_guard.sampling.seeded import number_key


class StyleBalance:
    """Deals styles out in turn inside every section, each section beginning with another style.

    A target that comes again is asked in its next style, so that it has been asked in all of them after as many draws.

    Args:
        styles: names, at least one, none twice.
        seed: the plan's seed.
    """

    def __init__(self, styles: tuple[str, ...], seed: int) -> None:
        if isinstance(styles, str) or not styles:
            raise InputError("styles must be a sequence with at least one question style, such as ('factual',)")
        if len(set(styles)) != len(styles):
            raise InputError(f"styles name one twice: {', '.join(styles)}")
        self.styles: tuple[str, ...] = tuple(styles)
        self._seed = seed
        self._dealt: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self._sections: dict[str, dict[tuple[str, ...], int]] = {}
        self._first: dict[tuple[str, int, int], int] = {}

    def deal(self, target: Target, visit: int) -> tuple[str, int]:
        """Style of the draw number `visit` (from 0) of `target`, and how often the pair was drawn before."""
        size = len(self.styles)
        name = (target.document_id, target.start, target.end)
        if name not in self._first:
            place = (target.document_id, target.section)
            self._first[name] = self._offset(*place) + self._dealt[place]
            self._dealt[place] += 1
        return self.styles[(self._first[name] + visit) % size], visit // size

    def _offset(self, document_id: str, section: tuple[str, ...]) -> int:
        known = self._sections.setdefault(document_id, {})
        return number_key(self._seed, "style", document_id) % len(self.styles) + known.setdefault(section, len(known))
