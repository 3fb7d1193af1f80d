"""What a tracker knows at one moment, as plain numbers."""

from __future__ import annotations

from selfstudy_guard.records import Frozen


class CoverageSummary(Frozen):
    """Every figure of the coverage report; shares lie in 0 to 1."""

    questions: int = 0
    targets: int = 0
    eligible: int = 0
    covered: int = 0
    coverage: float = 0.0
    """Share of eligible targets in at least one footprint."""
    token_coverage: float = 0.0
    section_coverage: float = 0.0
    unattributed: int = 0
    """Questions that draw on no target of their document."""
    hijack_rate: float = 0.0
    """Share of questions whose footprint is an artefact."""
    on_target: float | None = None
    """Share of anchored questions whose footprint holds the target that they were anchored to."""
