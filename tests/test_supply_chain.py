"""What CI installs: all of it locked with hashes, as pyproject.toml wants it, and checked for known weaknesses."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCK = ROOT / ".ci" / "lock.txt"
pytestmark = pytest.mark.skipif(not LOCK.exists(), reason="needs the repository")


@pytest.fixture(scope="module")
def audit():
    spec = importlib.util.spec_from_file_location("audit_dependencies", ROOT / ".ci" / "audit_dependencies.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def locked() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)", LOCK.read_text()):
        found.setdefault(canonicalize_name(name), []).append(version)
    return found


def test_the_lock_holds_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    texts = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    texts += [text for extra in project["project"]["optional-dependencies"].values() for text in extra]
    pins = locked()
    missing = []
    for requirement in map(Requirement, texts):
        name = canonicalize_name(requirement.name)
        if name == "selfstudy-guard":
            continue
        if not any(requirement.specifier.contains(version, prereleases=True) for version in pins.get(name, [])):
            missing.append(f"{requirement} (locked: {', '.join(pins.get(name, [])) or 'not at all'})")
    assert not missing, f"give the command `make lock`: {missing}"


def test_every_locked_package_has_hashes_and_no_host_is_named(audit):
    text = LOCK.read_text()
    assert audit.unlocked(text) == []
    assert audit.unlocked("a==1 \\\n    --hash=sha256:00\nb>=2\nc==3\n") == ["b>=2", "c==3"]
    assert not re.search(r"://|index-url|find-links|trusted-host", text)
    assert len(locked()) > 100


def test_a_file_that_is_not_the_locked_one_stops_the_installation(tmp_path):
    with zipfile.ZipFile(tmp_path / "harmless_name-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("harmless_name.py", "raise SystemExit('owned')\n")
        wheel.writestr(
            "harmless_name-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: harmless-name\nVersion: 1.0\n"
        )
        wheel.writestr("harmless_name-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr("harmless_name-1.0.dist-info/RECORD", "")
    (tmp_path / "lock.txt").write_text(f"harmless-name==1.0 --hash=sha256:{'0' * 64}\n")
    local = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIP_CONFIG_FILE": os.devnull, "PIP_CONSTRAINT": ""}
    done = subprocess.run(
        [str(ROOT / ".ci" / "install"), sys.executable, str(tmp_path / "lock.txt")],
        env={**os.environ, **local},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "may be an attack" in done.stderr
    assert importlib.util.find_spec("harmless_name") is None


SAFE = {"name": "a", "version": "1", "vulns": []}
WEAK = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
UNKNOWN = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (json.dumps({"dependencies": [SAFE]}), 0, "1 of 1 packages looked up, 0 known"),
        (json.dumps({"dependencies": [SAFE, WEAK]}), 1, "b 2: PYSEC-1, repaired in 3"),
        (json.dumps({"dependencies": [SAFE, UNKNOWN]}), 2, "NOT CHECKED: 1 packages"),
        (json.dumps({"dependencies": []}), 2, "NOT CHECKED"),
        ("", 2, "NOT CHECKED"),
        ("Traceback", 2, "NOT CHECKED"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="a script stands in for the tool")
def test_the_audit_says_when_it_could_not_ask(audit, tmp_path, capsys, answer, code, said):
    tool = tmp_path / "pip-audit"
    tool.write_text(f"#!/bin/sh\ncat <<'END'\n{answer}\nEND\necho could not connect >&2\n")
    tool.chmod(0o755)
    lock = tmp_path / "lock.txt"
    lock.write_text("a==1 --hash=sha256:00\n")
    assert audit.main(lock, str(tool)) == code
    assert said in capsys.readouterr().out
    lock.write_text("a==1\n")
    assert audit.main(lock, str(tool)) == 1
