"""What a worker is told, and what it hands back: orders, and results of documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from selfstudy_guard.questions import Prompts
from selfstudy_guard.records import Document, Draw, Record, Rejection
from selfstudy_guard.sampling import Policy
from selfstudy_guard.settings import Pacing, Settings

Outcome = Record | Rejection


@dataclass(frozen=True)
class Order:
    """Everything that a worker needs to know; it travels to the workers by pickle.

    Attributes:
        model, model_options: as for `generate`.
        settings, pacing: of the job; `pacing.concurrency` is that of one worker.
        prompts: the templates.
        n: questions a document; None for one a target.
        policy: in which order the targets of a document are drawn.
    """

    model: Any
    settings: Settings
    pacing: Pacing
    prompts: Prompts
    n: int | None
    policy: Policy
    model_options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ended:
    """One planned question of a document as it stands: its outcome, or why there is none yet."""

    key: str
    draw: Draw
    outcome: Outcome | None
    status: str
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Result:
    """What came of one document.

    Attributes:
        document: the document.
        ended: its planned questions in plan order.
        coverage: JSON of a tracker that has counted its records.
    """

    document: Document
    ended: tuple[Ended, ...]
    coverage: str

    @property
    def finished(self) -> int:
        """Questions that need no further work."""
        return sum(one.outcome is not None for one in self.ended)
