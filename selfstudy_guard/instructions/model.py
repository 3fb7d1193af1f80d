"""The sentence model: scores every unit of a text for how much it addresses a model instead of informing the reader."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.instructions.canonical import Canonical
from selfstudy_guard.instructions.rules import match_rule
from selfstudy_guard.instructions.units import Units


@dataclass(frozen=True)
class Scores:
    """Per unit: belief from 0 to 1, and whether its words are so unknown that it may be a cipher."""

    probability: NDArray[np.float64]
    strange: NDArray[np.bool_]


class SentenceModel:
    """Scores units."""

    threshold = 0.5

    def score(self, units: Units, canonical: Canonical, question: str | None = None) -> Scores:
        """Beliefs for every unit."""
        probability = np.zeros(len(units.start))
        for index, (start, end) in enumerate(zip(units.start, units.end, strict=True)):
            matched = match_rule(units.text[start:end])
            probability[index] = (0.3 if matched[2] else 0.9) if matched else 0.05
        return Scores(probability, np.ones(len(units.start), dtype=bool))


@lru_cache(maxsize=1)
def load_model() -> SentenceModel:
    """The model that ships with the package."""
    return SentenceModel()
