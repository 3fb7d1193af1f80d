"""Every line of docs/security.md names a test, and the test is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "security.md"
LINES = [
    [cell.strip() for cell in line.strip().strip("|").split(" | ")]
    for line in PAGE.read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| threat", "| ---"))
]


@cache
def names_in(path: Path) -> frozenset[str]:
    return frozenset(node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if hasattr(node, "name"))


def place_of(word: str) -> tuple[Path, str]:
    *where, name = word.split(".")
    match where:
        case []:
            return TESTS / "test_security.py", f"test_{name}"
        case ["files" | "terminal" as kind]:
            return TESTS / f"test_security_{kind}.py", f"test_{name}"
        case [*folders, module]:
            return TESTS.joinpath(*folders, f"test_{module}.py"), f"test_{name}"


def test_the_page_is_read():
    assert len(LINES) > 35


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_each_threat_is_tried(line):
    assert len(line) == 3, line
    words = re.findall(r"`([^`]+)`", line[2])
    assert words, f"{line[0]}: no test"
    for word in words:
        path, name = place_of(word)
        assert path.exists(), word
        assert name in names_in(path), f"{word}: no {name} in {path.name}"
