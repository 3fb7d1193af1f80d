"""Order of the tests: files that hold slow ones come first, so that no worker is left alone with them at the end."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort whole files by the markers "slow" and "embedded"; the order within a file, and among files of a kind, stays."""
    slow = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("embedded")}
    items.sort(key=lambda item: item.path not in slow)
