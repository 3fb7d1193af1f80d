"""Type checkers accept right uses of the public names and refuse wrong ones (tests/typing)."""

from __future__ import annotations

import re
from pathlib import Path

from mypy import api

FOLDER = Path(__file__).parent / "typing"


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
