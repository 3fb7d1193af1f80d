"""Settings that must stand before LiteLLM is imported anywhere in the adapter tests."""

from __future__ import annotations

import os
from typing import Any

import pytest

# LiteLLM fetches a price list while it is imported, unless this says otherwise.
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    """How traffic is recorded and matched: no key and no header that changes from run to run is written."""
    return {
        "filter_headers": [
            "authorization",
            "x-api-key",
            "x-goog-api-key",
            "api-key",
            "cookie",
            "user-agent",
            "accept-encoding",
            "x-stainless-arch",
            "x-stainless-async",
            "x-stainless-lang",
            "x-stainless-os",
            "x-stainless-package-version",
            "x-stainless-raw-response",
            "x-stainless-read-timeout",
            "x-stainless-retry-count",
            "x-stainless-runtime",
            "x-stainless-runtime-version",
        ],
        "filter_query_parameters": ["key"],
        "match_on": ["method", "scheme", "host", "port", "path"],
        "decode_compressed_response": True,
        "before_record_response": _without_changing_headers,
    }


def _without_changing_headers(response: dict[str, Any]) -> dict[str, Any]:
    for name in list(response["headers"]):
        if name.lower() in ("date", "server", "set-cookie"):
            del response["headers"][name]
    return response
