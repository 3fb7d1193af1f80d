"""How the library speaks to its user: one logger, and warnings at the line of the user's own code.

The logger `selfstudy_guard` is silent until a program sets handlers. No text of documents, questions or answers is ever
logged above DEBUG.
"""

from __future__ import annotations

import logging
import sys
import warnings

LOG = logging.getLogger("selfstudy_guard")
LOG.addHandler(logging.NullHandler())


def warn_user(message: str, category: type[Warning]) -> None:
    """Warn at the line outside this package that led here."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("selfstudy_guard"):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
