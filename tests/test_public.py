"""The public surface: what is exported, what an import costs, and that the built wheel works alone."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import selfstudy_guard

ROOT = Path(__file__).parent.parent

HEAVY = (
    "anthropic bm25s click datasets jinja2 langchain langchain_core litellm matplotlib openai pandas polars pyarrow "
    "ray rich scipy sentencex sklearn tree_sitter typer xllamacpp"
).split()


def test_public_names_are_a_sorted_list_and_all_importable():
    assert selfstudy_guard.__all__ == sorted(selfstudy_guard.__all__)
    for name in selfstudy_guard.__all__:
        assert getattr(selfstudy_guard, name) is not None
    with pytest.raises(AttributeError, match=r"attribute.*nothing"):
        _ = selfstudy_guard.nothing


def test_the_names_of_the_design_are_there():
    from selfstudy_guard import (  # noqa: F401  # the import is the test
        CoverageTracker,
        Document,
        Guard,
        InstructionFilter,
        TargetSampler,
        agenerate,
        generate,
    )

    assert callable(generate), "the function, not a module of the same name"


def loaded_by(statement: str) -> set[str]:
    code = (
        f"import sys\nbefore = set(sys.modules)\n{statement}\n"
        "import json\nprint(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_importing_the_package_loads_nothing_heavy():
    loaded = loaded_by("import selfstudy_guard")
    packages = {name.partition(".")[0] for name in loaded}
    assert not packages & set(HEAVY)
    assert not {name for name in loaded if name.startswith("selfstudy_guard.")}


def test_importing_records_and_the_filter_loads_no_host_and_no_tree_sitter():
    loaded = loaded_by("from selfstudy_guard import Document, InstructionFilter")
    assert not {name.partition(".")[0] for name in loaded} & set(HEAVY)


@pytest.mark.slow
def test_the_wheel_installs_without_extras_and_imports_from_elsewhere(tmp_path):
    """A clean environment with the wheel and the core dependencies; those are borrowed from this environment."""
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "dist"), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    assert wheel.stat().st_size < 12_000_000
    venv.create(tmp_path / "clean", with_pip=True)
    python = tmp_path / "clean" / "bin" / "python"
    subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", str(wheel)],
        check=True,
        capture_output=True,
    )
    borrowed = tmp_path / "borrowed"
    borrowed.mkdir()
    _borrow_core_dependencies(borrowed)
    code = (
        "import selfstudy_guard, selfstudy_guard_litellm, selfstudy_guard_langchain, sys\n"
        "from selfstudy_guard import InstructionFilter, TargetSampler, CoverageTracker, Document\n"
        "assert 'borrowed' not in selfstudy_guard.__file__ and 'clean' in selfstudy_guard.__file__\n"
        "document = Document(id='a', text='The pump has a steel seal. The valve opens at six bar.')\n"
        "print(len(TargetSampler([document]).plan(2)), InstructionFilter().clean(document.text).retention)\n"
        "try:\n"
        "    from selfstudy_guard.models import resolve_model\n"
        "    from selfstudy_guard import Request\n"
        "    resolve_model('openai/gpt-4o-mini').complete(Request(purpose='question', messages=()))\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [str(python), "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(borrowed), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.strip().splitlines()
    assert first == "2 1.0"
    assert 'pip install "selfstudy-guard[litellm]"' in second
    command = subprocess.run(
        [str(tmp_path / "clean" / "bin" / "selfstudy-guard"), "--version"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(borrowed), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert command.stdout.strip() == f"selfstudy-guard {selfstudy_guard.__version__}", command.stderr


def _borrow_core_dependencies(folder: Path) -> None:
    """Links to the installed files of the core dependencies alone, so that no package index is needed."""
    from importlib.metadata import PackageNotFoundError, distribution

    from packaging.requirements import Requirement

    todo, done = ["selfstudy-guard"], set()
    while todo:
        name = todo.pop()
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        for line in found.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                key = requirement.name.lower().replace("_", "-")
                if key not in done:
                    done.add(key)
                    todo.append(key)
    for name in done:
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        for top in {Path(str(file)).parts[0] for file in found.files or () if ".." not in str(file)}:
            source = Path(str(found.locate_file(top)))
            if source.exists() and not (folder / top).exists() and top != "__pycache__":
                (folder / top).symlink_to(source)
