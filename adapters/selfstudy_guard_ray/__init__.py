"""selfstudy-guard for Ray Data: the same flow as `map_batches` with async actors.

Ray is imported at first use, never by importing this package.
"""

from __future__ import annotations

from typing import Any

import lazy_loader

from selfstudy_guard_ray.host import require

_get, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    if name in __all__:
        require()
    return _get(name)
