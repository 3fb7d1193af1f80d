"""Middleware that makes synthetic question-answer generation from documents trustworthy.

Public names are imported at first use, so that `import selfstudy_guard` stays cheap.
"""

from __future__ import annotations

import lazy_loader

__version__ = "0.2.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__all__ = sorted([*__all__, "__version__"])
