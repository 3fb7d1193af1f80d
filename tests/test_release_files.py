"""Workflow files and the container file name commands and paths that are there."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
pytestmark = pytest.mark.skipif(not WORKFLOWS, reason="needs the repository")
SHELL = {"test"}


def steps(path: Path) -> list[dict[str, object]]:
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


def commands(path: Path) -> list[list[str]]:
    lines = [str(step["run"]) for step in steps(path) if "run" in step]
    return [shlex.split(part) for line in lines for part in re.split(r"&&|\n", line) if part.strip()]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_command_of_a_workflow_is_there(path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    found = commands(path)
    assert found
    for program, *words in found:
        if program == "make":
            assert words[0] in targets, words
        elif program.startswith(".venv/") or program == "python":
            assert words[:2] in (["-m", "build"], ["-m", "pytest"]), words
        elif "/" in program:
            assert (ROOT / program).is_file(), program
        elif program not in SHELL:
            assert (Path(sys.executable).parent / program).exists(), program
        for word in words:
            if word.startswith(".ci/"):
                assert (ROOT / word).is_file(), word


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_more_rights_than_it_needs(path):
    whole = yaml.safe_load(path.read_text("utf-8"))
    assert whole["permissions"] == {"contents": "read"}
    for name, job in whole["jobs"].items():
        rights = job.get("permissions", {})
        assert rights in ({}, {"id-token": "write"}), name
        assert job.get("needs", name) in whole["jobs"]
    assert "secrets." not in path.read_text("utf-8")


def test_a_release_is_checked_as_one_that_is_published():
    said = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    assert "make release-check PUBLISH=1" in said
    assert "$(if $(PUBLISH),--publish)" in (ROOT / "Makefile").read_text("utf-8")


def test_the_container_runs_a_command_that_is_there():
    from selfstudy_guard_server.command import app
    from typer.main import get_command

    text = (ROOT / "Containerfile").read_text("utf-8")
    words = re.findall(r'"([^"]+)"', re.search(r"^ENTRYPOINT (.+)$", text, re.M)[1])
    assert words[:2] == ["selfstudy-guard", "serve"]
    options = {name for one in get_command(app).params for name in one.opts}
    assert {word for word in words if word.startswith("--")} <= options
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    for extra in re.search(r"selfstudy-guard\[([\w,]+)\]", text)[1].split(","):
        assert re.search(rf"^{extra} = \[", project, re.M)
    kept = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert not {"selfstudy_guard", "adapters", "pyproject.toml", "README.md", "LICENSE"} & set(kept)


def test_issue_forms_ask_what_they_mean_to_ask():
    forms = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    bodies = [yaml.safe_load(form.read_text("utf-8")).get("body", []) for form in forms]
    assert sum(map(len, bodies)) >= 5
    for field in (field for body in bodies for field in body):
        # A comma in words without quotes would begin another key.
        assert set(field["attributes"]) <= {"label", "description", "options", "placeholder", "value"}
