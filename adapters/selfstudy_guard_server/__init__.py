"""selfstudy-guard as an HTTP server: a guarding reverse proxy that any tool uses by one changed base URL."""

from __future__ import annotations

from typing import Any

import lazy_loader

from selfstudy_guard_server.host import require

_get, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    if name in __all__:
        require()
    return _get(name)
