"""The pre-answer instruction filter: finds and takes out what addresses a model instead of informing the reader."""

from __future__ import annotations

from selfstudy_guard.filter.apply import apply_findings
from selfstudy_guard.filter.filter import InstructionFilter

__all__ = ["InstructionFilter", "apply_findings"]
