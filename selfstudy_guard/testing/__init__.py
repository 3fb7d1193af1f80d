"""Public fakes for tests of code that uses this library: models that answer by script, obey, or fail on purpose."""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
