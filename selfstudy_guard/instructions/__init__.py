"""The old place of `selfstudy_guard.filter`; kept so that imports of earlier versions work."""

from __future__ import annotations

from selfstudy_guard.filter import InstructionFilter, apply_findings

__all__ = ["InstructionFilter", "apply_findings"]
