"""The pre-answer instruction filter: finds and takes out what addresses a model instead of informing the reader."""

from __future__ import annotations

from selfstudy_guard.instructions.apply import apply_findings
from selfstudy_guard.instructions.filter import InstructionFilter

__all__ = ["InstructionFilter", "apply_findings"]
