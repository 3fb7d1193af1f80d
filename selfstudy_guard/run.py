"""The old place of `Run`; kept so that imports of earlier versions work."""

from __future__ import annotations

from selfstudy_guard.generation.run import Run

__all__ = ["Run"]
