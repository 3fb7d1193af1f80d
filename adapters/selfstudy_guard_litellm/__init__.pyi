from .batches import LiteLLMBatches as LiteLLMBatches
from .calls import GuardedLiteLLM as GuardedLiteLLM, GuardedRouter as GuardedRouter
from .completers import LiteLLMCompleter as LiteLLMCompleter, litellm_completer as litellm_completer
from .embedders import LiteLLMEmbedder as LiteLLMEmbedder
from .provider import GuardRefusedError as GuardRefusedError, register_guard as register_guard
from .proxy import SelfStudyGuardrail as SelfStudyGuardrail
