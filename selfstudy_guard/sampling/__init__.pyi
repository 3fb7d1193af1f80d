from .budgets import (
    Budget as Budget,
    PerTarget as PerTarget,
    PerThousandTokens as PerThousandTokens,
    Questions as Questions,
    UntilCoverage as UntilCoverage,
)
from .capped import Capped as Capped
from .corpus_plan import plan_columns as plan_columns
from .even import Stratified as Stratified
from .hops import MultiHop as MultiHop
from .plan_arrays import PlanColumns as PlanColumns
from .policies import (
    LeastCovered as LeastCovered,
    Policy as Policy,
    Proportional as Proportional,
    Uniform as Uniform,
    Weighted as Weighted,
)
from .sampler import Draws as Draws, TargetSampler as TargetSampler
from .sheets import Ref as Ref, Sheet as Sheet
from .stream import PlanPart as PlanPart, StratifiedPart as StratifiedPart, Tally as Tally, plan_refs as plan_refs
