from .chains import guard_chain as guard_chain
from .chat import GuardedChatModel as GuardedChatModel
from .completers import LangChainCompleter as LangChainCompleter, langchain_completer as langchain_completer
from .embedded import EmbeddedChatModel as EmbeddedChatModel
from .filters import (
    FilterInstructions as FilterInstructions,
    InstructionFilterCompressor as InstructionFilterCompressor,
    InstructionFilterTransformer as InstructionFilterTransformer,
)
from .guarded import GuardedChain as GuardedChain, GuardedModel as GuardedModel
from .middleware import SelfStudyGuardMiddleware as SelfStudyGuardMiddleware
from .tracking import AnchorQuestions as AnchorQuestions, TrackCoverage as TrackCoverage
