"""The manual is whole: every error and warning has its line, every command its section, every example its run."""

import importlib
import inspect
import pkgutil
import runpy
from pathlib import Path

import pytest

import selfstudy_guard
from selfstudy_guard import errors
from selfstudy_guard.cli import COMMANDS

ROOT = Path(__file__).parent.parent


def test_every_error_and_warning_has_a_line_with_what_to_do():
    page = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    raised = [
        name
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, Exception) and kind.__module__ == errors.__name__
    ]
    warned = set()
    for found in pkgutil.walk_packages(selfstudy_guard.__path__, "selfstudy_guard."):
        if found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        warned |= {
            n
            for n, k in vars(module).items()
            if inspect.isclass(k) and issubclass(k, Warning) and k.__module__ == found.name
        }
    assert len(raised) > 15
    for name in {*raised, *warned}:
        (line,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
        assert line.count("|") == 4, name
        assert len(line.split("|")[3].strip()) > 10, name


def test_the_page_of_the_command_line_has_every_command_and_option(capsys):
    runpy.run_path(str(ROOT / ".ci" / "manual_pages.py"), run_name="__main__")
    page = capsys.readouterr().out
    for name in COMMANDS:
        assert f"## selfstudy-guard {name}" in page
    assert "`--model`, `-m`" in page
    assert "`--withhold`" in page
    assert "selfstudy-guard generate docs/ -n 40 --out runs/a" in page


def test_every_page_of_the_api_names_something_that_exists():
    for line in (ROOT / "docs" / "api.md").read_text("utf-8").splitlines():
        if line.startswith("::: "):
            path = line.removeprefix("::: ")
            try:
                importlib.import_module(path)
            except ModuleNotFoundError:
                module, _, name = path.rpartition(".")
                assert hasattr(importlib.import_module(module), name), path


@pytest.mark.parametrize("name", ["start.md", "recipes.md", "serve.md"])
def test_commands_of_the_manual_are_commands_with_options_that_exist(name, capsys):
    import shlex

    import typer

    from selfstudy_guard.cli import _others, module_of

    text = (ROOT / "docs" / name).read_text("utf-8")
    lines = [line for line in text.splitlines() if line.startswith("selfstudy-guard ")]
    assert lines
    for line in lines:
        command, *words = shlex.split(line)[1:]
        module = importlib.import_module(module_of(command)) if command in COMMANDS else _others()[command].load()
        known = {flag for one in typer.main.get_command(module.app).params for flag in (*one.opts, *one.secondary_opts)}
        for word in words:
            if word.startswith("-"):
                assert word in known, line


def test_the_notebook_runs_from_top_to_bottom(tmp_path, monkeypatch):
    import json
    import shutil

    pytest.importorskip("pandas")
    shutil.copytree(ROOT / "examples" / "demo", tmp_path / "demo")
    monkeypatch.chdir(tmp_path)
    book = json.loads((ROOT / "examples" / "notebook.ipynb").read_text("utf-8"))
    names: dict[str, object] = {}
    cells = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] for cell in book["cells"] if cell["cell_type"] == "code")
    for cell in cells:
        fake = "import selfstudy_guard.testing.reader as fakes; MODEL = fakes.ExtractiveReader()"
        exec(cell.replace("MODEL = None  # the built-in model", fake), names)  # our own notebook
    assert len((tmp_path / "runs" / "notebook" / "train.jsonl").read_text("utf-8").splitlines()) >= 4


def test_the_container_file_and_the_workflows_name_what_exists():
    import tomllib

    import yaml

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    container = (ROOT / "Containerfile").read_text("utf-8")
    assert '"selfstudy-guard", "serve", "/docs"' in container
    assert "server" in project["project"]["optional-dependencies"]
    for path in (ROOT / ".github").rglob("*.yml"):
        assert yaml.safe_load(path.read_text("utf-8")), path
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in ("demo", "test", "docs", "release-check", "picture"):
        assert f"\n{target}:" in makefile
