"""The whole job: documents in, anchored and filtered question-answer records out, resumable."""

from __future__ import annotations

from selfstudy_guard.generation.entry import agenerate, generate
from selfstudy_guard.generation.given_documents import Documents
from selfstudy_guard.generation.iterating import generate_iter
from selfstudy_guard.generation.job import begin
from selfstudy_guard.generation.preview import EXPECTED_CALLS, Plan, plan

__all__ = ["EXPECTED_CALLS", "Documents", "Plan", "agenerate", "begin", "generate", "generate_iter", "plan"]
