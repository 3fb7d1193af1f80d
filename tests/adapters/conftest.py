"""Settings that must stand before LiteLLM is imported anywhere in the adapter tests."""

from __future__ import annotations

import os

# LiteLLM fetches a price list while it is imported, unless this says otherwise.
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
