from .audit.unguarded import compare_unguarded as compare_unguarded
from .coverage import CoverageTracker as CoverageTracker
from .errors import SelfStudyGuardError as SelfStudyGuardError, UnguardedCallError as UnguardedCallError
from .filter import InstructionFilter as InstructionFilter
from .generation import agenerate as agenerate, generate as generate, generate_iter as generate_iter
from .generation.run import Run as Run
from .guard import Guard as Guard
from .records import (
    Document as Document,
    Evidence as Evidence,
    FilterResult as FilterResult,
    Finding as Finding,
    Footprint as Footprint,
    Record as Record,
    Rejection as Rejection,
    Reply as Reply,
    Request as Request,
    Span as Span,
    Target as Target,
)
from .sampling import TargetSampler as TargetSampler

__version__: str
