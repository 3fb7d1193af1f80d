"""The old place of `selfstudy_guard.filter.review`; kept so that imports of earlier versions work."""

from __future__ import annotations

from selfstudy_guard.filter.review.review import Review, ReviewRule

__all__ = ["Review", "ReviewRule"]
