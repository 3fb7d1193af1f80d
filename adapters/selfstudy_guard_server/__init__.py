"""selfstudy-guard as an HTTP server: a guarding reverse proxy that any tool uses by one changed base URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfstudy_guard.lazy import lazy_names
from selfstudy_guard_server.host import require

if TYPE_CHECKING:
    from selfstudy_guard_server.app import Limits, make_app
    from selfstudy_guard_server.purposes import Purpose
    from selfstudy_guard_server.upstream import EmbeddedUpstream, HttpUpstream

_HOME = {
    "EmbeddedUpstream": ".upstream",
    "HttpUpstream": ".upstream",
    "Limits": ".app",
    "Purpose": ".purposes",
    "make_app": ".app",
}

__all__ = ["EmbeddedUpstream", "HttpUpstream", "Limits", "Purpose", "make_app"]

__getattr__, __dir__ = lazy_names(__name__, _HOME, require)
