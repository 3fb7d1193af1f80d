"""Idempotency keys: the same draw, and the same request of it, have the same name in every process."""

from __future__ import annotations

import hashlib

from selfstudy_guard.records import Draw


def draw_key(document_digest: str, draw: Draw) -> str:
    """Idempotency key of a draw: 32 hex digits of BLAKE2b over document digest, spans, style and number."""
    spans = [(target.document_id, target.start, target.end) for target in draw.target.also]
    text = repr((document_digest, draw.target.start, draw.target.end, spans, draw.style, draw.number))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def request_key(key: str, purpose: str, attempt: int) -> str:
    """Idempotency key of one request of a draw."""
    return f"{key}:{purpose}:{attempt}"
