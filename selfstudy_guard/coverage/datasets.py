"""The old place of `selfstudy_guard.imported`; kept so that imports of earlier versions work."""

from __future__ import annotations

from selfstudy_guard.lazy import lazy_names

_HOME = dict.fromkeys(("FORMATS", "Fields", "Pair", "read_pairs"), "selfstudy_guard.imported")

__getattr__, __dir__ = lazy_names(__name__, _HOME)
