"""Finished records as training and evaluation data; provenance goes to a sidecar file, row by row."""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
