"""Public fakes for tests of code that uses this library: models that answer by script, obey, or fail on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfstudy_guard.lazy import lazy_names

if TYPE_CHECKING:
    from selfstudy_guard.testing.batch_server import MessageBatchServer
    from selfstudy_guard.testing.client import ProviderCompleter
    from selfstudy_guard.testing.faulty import FAULTS, FaultyCompleter
    from selfstudy_guard.testing.obedient import ObedientReader, Order
    from selfstudy_guard.testing.provider import FaultyProvider, Received
    from selfstudy_guard.testing.provider_faults import FATAL_FAULTS, PROVIDER_FAULTS
    from selfstudy_guard.testing.reader import ExtractiveReader
    from selfstudy_guard.testing.scripted import ScriptedCompleter, ScriptExhaustedError

_HOME = {
    "FATAL_FAULTS": ".provider_faults",
    "FAULTS": ".faulty",
    "ExtractiveReader": ".reader",
    "FaultyCompleter": ".faulty",
    "FaultyProvider": ".provider",
    "MessageBatchServer": ".batch_server",
    "ObedientReader": ".obedient",
    "Order": ".obedient",
    "PROVIDER_FAULTS": ".provider_faults",
    "ProviderCompleter": ".client",
    "Received": ".provider",
    "ScriptExhaustedError": ".scripted",
    "ScriptedCompleter": ".scripted",
}

__all__ = [
    "FATAL_FAULTS",
    "FAULTS",
    "PROVIDER_FAULTS",
    "ExtractiveReader",
    "FaultyCompleter",
    "FaultyProvider",
    "MessageBatchServer",
    "ObedientReader",
    "Order",
    "ProviderCompleter",
    "Received",
    "ScriptExhaustedError",
    "ScriptedCompleter",
]

__getattr__, __dir__ = lazy_names(__name__, _HOME)
