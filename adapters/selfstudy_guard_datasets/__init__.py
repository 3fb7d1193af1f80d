"""selfstudy-guard for Hugging Face datasets and data frames: plan, filter and footprint as map functions."""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
