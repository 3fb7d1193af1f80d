"""Type checkers accept right uses of the public names and refuse wrong ones (tests/typing)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from mypy import api

FOLDER = Path(__file__).parent / "typing"
ROOT = Path(__file__).parent.parent
LEAST = 0.98
"""Share of the public names whose type pyright knows for sure."""


def test_mypy_accepts_right_uses_and_refuses_every_wrong_one() -> None:
    words = [str(FOLDER / "right_uses.py"), str(FOLDER / "wrong_uses.py"), "--strict", "--hide-error-context"]
    output, problems, _ = api.run(words)
    assert not problems, problems
    said = {
        (Path(name).name, int(line)) for name, line in re.findall(r"^(\S+?\.py):(\d+): error", output, re.MULTILINE)
    }
    wrong = {
        ("wrong_uses.py", number)
        for number, line in enumerate((FOLDER / "wrong_uses.py").read_text().splitlines(), 1)
        if "# wrong" in line and not line.startswith('"""')
    }
    assert wrong
    assert said - wrong == set(), output
    assert wrong - said == set(), "lines that mypy accepts"


@pytest.mark.slow
def test_the_types_of_the_public_interface_are_known(tmp_path: Path) -> None:
    """`pyright --verifytypes`, outside the repository: inside it, the folder is not seen as an installed package."""
    pytest.importorskip("basedpyright")
    done = subprocess.run(
        [sys.executable, "-m", "basedpyright", "--verifytypes", "selfstudy_guard", "--ignoreexternal", "--outputjson"],
        cwd=tmp_path,
        env={
            **os.environ,
            "VIRTUAL_ENV": sys.prefix,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'adapters'}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)["typeCompleteness"]
    unknown = [symbol["name"] for symbol in found["symbols"] if symbol["isExported"] and not symbol["isTypeKnown"]]
    assert found["completenessScore"] >= LEAST, unknown
    assert found["exportedSymbolCounts"]["withKnownType"] > 1000, "the package was not found"
