"""Which spans may be asked about, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfstudy_guard.lazy import lazy_names

if TYPE_CHECKING:
    from selfstudy_guard.sampling.budgets import Budget, PerTarget, PerThousandTokens, Questions, UntilCoverage
    from selfstudy_guard.sampling.corpus_plan import plan_columns
    from selfstudy_guard.sampling.even import Stratified
    from selfstudy_guard.sampling.hops import MultiHop
    from selfstudy_guard.sampling.plan_arrays import PlanColumns
    from selfstudy_guard.sampling.policies import LeastCovered, Policy, Proportional, Uniform, Weighted
    from selfstudy_guard.sampling.sampler import Draws, TargetSampler
    from selfstudy_guard.sampling.sheets import Ref, Sheet
    from selfstudy_guard.sampling.stream import PlanPart, StratifiedPart, Tally, plan_refs

_HOME = {
    "Budget": ".budgets",
    "Draws": ".sampler",
    "LeastCovered": ".policies",
    "MultiHop": ".hops",
    "PerTarget": ".budgets",
    "PerThousandTokens": ".budgets",
    "PlanColumns": ".plan_arrays",
    "PlanPart": ".stream",
    "Policy": ".policies",
    "Proportional": ".policies",
    "Questions": ".budgets",
    "Ref": ".sheets",
    "Sheet": ".sheets",
    "Stratified": ".even",
    "StratifiedPart": ".stream",
    "Tally": ".stream",
    "TargetSampler": ".sampler",
    "Uniform": ".policies",
    "UntilCoverage": ".budgets",
    "Weighted": ".policies",
    "plan_columns": ".corpus_plan",
    "plan_refs": ".stream",
}

__all__ = [
    "Budget",
    "Draws",
    "LeastCovered",
    "MultiHop",
    "PerTarget",
    "PerThousandTokens",
    "PlanColumns",
    "PlanPart",
    "Policy",
    "Proportional",
    "Questions",
    "Ref",
    "Sheet",
    "Stratified",
    "StratifiedPart",
    "Tally",
    "TargetSampler",
    "Uniform",
    "UntilCoverage",
    "Weighted",
    "plan_columns",
    "plan_refs",
]

__getattr__, __dir__ = lazy_names(__name__, _HOME)
