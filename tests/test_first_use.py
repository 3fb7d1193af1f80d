"""Start here, as a stranger follows it: every command of docs/start.md in its order, in an empty folder.

Here they run in this environment, on a fake in place of the built-in model, which would take minutes. `make first-use`
runs the same in an empty environment with nothing but what Start here installs, on the built-in model.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXPECTED = {
    "targets": "will be asked about",
    "filter": "findings",
    "generate --dry-run": "expected calls",
    "generate": "answered",
    "status": "taken out",
    "coverage": "",
    "export": "rows in the format openai",
    "compare-unguarded": "with the guard",
}
FAKE = "python:selfstudy_guard.testing:ExtractiveReader"
OTHER = os.environ.get("SELFSTUDY_GUARD_FIRST_USE")
"""Python of an empty environment, if there is one."""


def commands() -> list[list[str]]:
    text = (ROOT / "docs" / "start.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("selfstudy-guard ")]
    return [shlex.split(line)[1:] for line in lines if "openai/" not in line]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = tmp_path_factory.mktemp("first use")
    shutil.copytree(ROOT / "examples" / "demo" / "pages", home / "docs")
    return home


@pytest.mark.timeout(3600 if OTHER else 300)
def test_start_here_command_by_command(folder):
    run = commands()
    assert len(run) == 8
    for words in run:
        name = words[0] + (" --dry-run" if "--dry-run" in words else "")
        more = ["-m", FAKE] if words[0] in ("generate", "compare-unguarded") and not OTHER else []
        ended = subprocess.run(
            [OTHER or sys.executable, "-m", "selfstudy_guard", *words, *more],
            cwd=folder,
            capture_output=True,
            text=True,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH" or not OTHER},
            timeout=900 if OTHER else 300,
        )
        assert ended.returncode == 0, (words, ended.stderr)
        assert EXPECTED[name] in ended.stdout + ended.stderr, (words, ended.stdout)
        assert "Traceback" not in ended.stderr
    assert (folder / "coverage.html").stat().st_size > 10_000
    assert (folder / "data" / "train.jsonl").is_file()
