"""Middleware that makes synthetic question-answer generation from documents trustworthy.

Public names are imported at first use, so that `import selfstudy_guard` stays cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfstudy_guard.lazy import lazy_names

if TYPE_CHECKING:
    from selfstudy_guard.audit.unguarded import compare_unguarded
    from selfstudy_guard.coverage import CoverageTracker
    from selfstudy_guard.errors import SelfStudyGuardError, UnguardedCallError
    from selfstudy_guard.filter import InstructionFilter
    from selfstudy_guard.generation import agenerate, generate, generate_iter
    from selfstudy_guard.generation.run import Run
    from selfstudy_guard.guard import Guard
    from selfstudy_guard.records import (
        Document,
        Evidence,
        FilterResult,
        Finding,
        Footprint,
        Record,
        Rejection,
        Reply,
        Request,
        Span,
        Target,
    )
    from selfstudy_guard.sampling import TargetSampler

__version__ = "0.2.0"

_HOME = {
    "CoverageTracker": "selfstudy_guard.coverage",
    "Document": "selfstudy_guard.records",
    "Evidence": "selfstudy_guard.records",
    "FilterResult": "selfstudy_guard.records",
    "Finding": "selfstudy_guard.records",
    "Footprint": "selfstudy_guard.records",
    "Guard": "selfstudy_guard.guard",
    "InstructionFilter": "selfstudy_guard.filter",
    "Record": "selfstudy_guard.records",
    "Rejection": "selfstudy_guard.records",
    "Reply": "selfstudy_guard.records",
    "Request": "selfstudy_guard.records",
    "Run": "selfstudy_guard.generation.run",
    "SelfStudyGuardError": "selfstudy_guard.errors",
    "Span": "selfstudy_guard.records",
    "Target": "selfstudy_guard.records",
    "TargetSampler": "selfstudy_guard.sampling",
    "UnguardedCallError": "selfstudy_guard.errors",
    "agenerate": "selfstudy_guard.generation",
    "compare_unguarded": "selfstudy_guard.audit.unguarded",
    "generate": "selfstudy_guard.generation",
    "generate_iter": "selfstudy_guard.generation",
}

__all__ = [
    "CoverageTracker",
    "Document",
    "Evidence",
    "FilterResult",
    "Finding",
    "Footprint",
    "Guard",
    "InstructionFilter",
    "Record",
    "Rejection",
    "Reply",
    "Request",
    "Run",
    "SelfStudyGuardError",
    "Span",
    "Target",
    "TargetSampler",
    "UnguardedCallError",
    "__version__",
    "agenerate",
    "compare_unguarded",
    "generate",
    "generate_iter",
]

__getattr__, __dir__ = lazy_names(__name__, _HOME)
