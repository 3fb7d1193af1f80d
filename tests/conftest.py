"""Order of the tests: files that hold slow ones come first, so that no worker is left alone with them at the end."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort whole files by the markers of slow tests; the order within a file, and among files of a kind, stays."""
    slow = {item.path for item in items if any(item.get_closest_marker(name) for name in ("slow", "embedded"))}
    items.sort(key=lambda item: item.path not in slow)
