from .batch_server import MessageBatchServer as MessageBatchServer
from .client import ProviderCompleter as ProviderCompleter
from .faulty import FAULTS as FAULTS, FaultyCompleter as FaultyCompleter
from .obedient import ObedientReader as ObedientReader, Order as Order
from .provider import FaultyProvider as FaultyProvider, Received as Received
from .provider_faults import FATAL_FAULTS as FATAL_FAULTS, PROVIDER_FAULTS as PROVIDER_FAULTS
from .reader import ExtractiveReader as ExtractiveReader
from .scripted import ScriptedCompleter as ScriptedCompleter, ScriptExhaustedError as ScriptExhaustedError
