"""The shape of the package: a name stands once, files say what they are for and stay readable."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from tests.harness.draw_architecture import PICTURE, picture

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "selfstudy_guard"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name not in ("__init__.py", "__main__.py"))

COMMANDS = PACKAGE / "cli"
"""Modules of commands bear the commands' names, which are those of rooms and experiments."""
OLD_PLACES = {PACKAGE / "run.py", PACKAGE / "coverage" / "datasets.py", *(PACKAGE / "instructions").glob("*.py")}
"""Import paths of earlier versions, kept for users."""
LONGEST = 400
LONGER = {
    "records.py": 640,  # the frozen records of the whole package, on one page
}
"""What may be longer; these do not grow further: split them instead."""


def test_a_module_name_stands_once() -> None:
    places = defaultdict(list)
    for path in MODULES:
        if path.parent != COMMANDS and path not in OLD_PLACES:
            places[path.stem].append(path.relative_to(PACKAGE))
    doubled = {name: found for name, found in places.items() if len(found) > 1 and name != "filter"}
    assert not doubled


def test_a_public_class_name_stands_once() -> None:
    places = defaultdict(list)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(PACKAGE)))
    assert not {name: found for name, found in places.items() if len(found) > 1}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_opens_with_what_it_is_for_and_stays_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module opens with what it is for"
    assert text.count("\n") <= LONGER.get(path.relative_to(PACKAGE).as_posix(), LONGEST)


def test_shipped_text_names_no_path_that_a_wheel_lacks() -> None:
    lacking = ("benchmarks/", "training/", "tests/", "python -m benchmarks", "python -m training")
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in [*PACKAGE.rglob("*.py"), *(ROOT / "adapters").rglob("*.py")]
        for name in lacking
        if name in path.read_text(encoding="utf-8")
    ]
    assert not found


UNLAID = {"_MARKS"}
"""Parts of patterns that are long: one set of characters, which nothing can lay out."""
MATCHERS = {"compile", "sub", "match", "search", "fullmatch", "split", "findall", "finditer"}


def _own_text(node: ast.AST) -> int:
    """Code points of a pattern that stand in an expression itself; words that a call joins are a list."""
    if isinstance(node, ast.Constant):
        return len(node.value) if isinstance(node.value, str) else 0
    return 0 if isinstance(node, ast.Call) else sum(map(_own_text, ast.iter_child_nodes(node)))


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_long_pattern_is_verbose_or_built_of_named_parts(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if node.targets[0].id not in UNLAID and not isinstance(node.value, ast.Tuple)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(ast.Name("re" | "regex"), str(name)), [pattern, *_]) if name in MATCHERS:
                flags = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
                named = [
                    parts[part.id] for part in ast.walk(pattern) if isinstance(part, ast.Name) and part.id in parts
                ]
                length = max(map(_own_text, [pattern, *(value for value in named if not isinstance(value, ast.Tuple))]))
                assert length <= 120 or flags & {"X", "VERBOSE"}, f"line {node.lineno}: {length} code points"


def test_the_picture_of_the_architecture_shows_the_code() -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(), "rooms or imports changed: run `make architecture`"
