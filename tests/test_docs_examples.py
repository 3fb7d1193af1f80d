"""Every Python snippet of README, manual and docstrings runs as it stands, on fakes in place of paid models.

A page is read from top to bottom in one namespace, as a reader would type it, in a folder of its own with `docs/`.
What a page takes for granted (its reader's own calls and prompts) stands in `world`. What cannot run here is listed in
`NOT_RUN`, with the reason.
"""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import re
import warnings
from pathlib import Path
from typing import Any

import pytest

import selfstudy_guard
from selfstudy_guard import Document, Guard, generate
from selfstudy_guard.testing import ExtractiveReader
from tests.test_guard import ASK, HARBOUR, TEXT, Model, answer_messages, question_messages, text_of

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]

NOT_RUN = {
    ("docs/scale.md", 0): "needs a Ray cluster; tests/adapters/test_ray.py runs the same calls",
    ("docs/scale.md", 1): "the same",
    ("docs/questions.md", 0): "sixty questions to the built-in model take minutes; examples/demo.py asks it",
    ("docs/testing.md", 2): "listens on the loopback address, which tests may not",
    ("docs/testing.md", 3): "asks LiteLLM's batch client; tests/adapters/test_message_batches.py does",
}


def snippets(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


def runnable(code: str) -> str:
    """The snippet on the extractive reader instead of a paid or absent model, and with fewer questions."""
    reader = '"python:selfstudy_guard.testing:ExtractiveReader"'
    code = re.sub(r'"(?:openai/gpt-4o-mini|gguf:[^"]+)"', reader, code)
    code = code.replace('model_options={"threads": 6}', "").replace("targets(5000)", "targets(5)")
    return re.sub(r"\bn=\d{2,}", "n=4", code)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The folder and the names that a reader of the pages has."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "harbour.txt").write_text(TEXT, encoding="utf-8")
    rows = '{"question": "How long is the eastern pier?", "answer": "340 metres"}\n'
    (tmp_path / "train.jsonl").write_text(rows, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    model = Model()
    return {
        "documents": [Document(id="harbour.txt", text=TEXT)],
        "completion": model,
        "chunks": [TEXT],
        "M": "m",
        "question_messages": question_messages,
        "answer_messages": lambda chunk, q: answer_messages(chunk, text_of(q)),
        "Guard": Guard,
        "generate": generate,
        "sent": model,
    }


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_from_top_to_bottom(page: str, world: dict[str, Any]) -> None:
    granted = _taken_for_granted(page, world)
    names = world | granted
    for number, code in enumerate(snippets(page)):
        if (page, number) in NOT_RUN:
            continue
        if "rows.map(ask)" in code:
            names |= {"ask": granted["ask"], "documents": granted["documents"]}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(runnable(code), f"{page}[{number}]", "exec"), names)  # our own page
    for held in names.values():
        if isinstance(held, Guard):
            held.close()


def _taken_for_granted(page: str, world: dict[str, Any]) -> dict[str, Any]:
    """What single pages need beyond `world`."""
    if page in ("docs/export.md", "docs/report.md", "docs/recipes.md"):
        run = generate(world["documents"], model=ExtractiveReader(), n=3)
        return {"run": run, "guard": Guard(world["documents"])}
    if page not in ("README.md", "docs/adopt.md"):
        return {}
    datasets = pytest.importorskip("datasets")
    openai = pytest.importorskip("openai")
    pytest.importorskip("langchain_core")
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate

    from tests.adapters.test_langchain import PROMPT, Wire

    asking = ChatPromptTemplate.from_template(ASK + "{context}")
    return {
        "OpenAI": lambda: openai.OpenAI(api_key="none"),  # it is wrapped, and asked for nothing
        "guard": Guard([HARBOUR]),
        "prompt": asking,
        "question_prompt": asking,
        "answer_prompt": PROMPT,
        "model": Wire(),
        "parser": StrOutputParser(),
        "documents": datasets.Dataset.from_list([{"id": "a", "text": TEXT}]),
        "ask": lambda row: {"question": f"What is said about {row['target'][:40]}?"},
    }


def test_what_is_not_run_exists_and_says_why() -> None:
    for (page, number), why in NOT_RUN.items():
        assert number < len(snippets(page)), (page, number)
        assert len(why) > 5


def test_readme_whole_job(world: dict[str, Any]) -> None:
    code = next(code for code in snippets("README.md") if "generate(" in code)
    exec(runnable(code), world)
    assert world["run"].balance.answered >= 3
    assert Path("coverage.html").stat().st_size > 10_000
    assert len(Path("train.jsonl").read_text(encoding="utf-8").splitlines()) == world["run"].balance.answered


def test_two_lines_changed(world: dict[str, Any]) -> None:
    (code,) = [code for code in snippets("docs/adopt.md") if "guard.asking(completion)" in code and "for chunk" in code]
    exec(runnable(code), world)
    assert world["guard"].balance.answered == 1
    assert "BANANA" not in world["sent"].last
    world["guard"].close()


@pytest.mark.parametrize("number", range(3))
def test_every_snippet_of_the_readme_runs_alone(number: int, world: dict[str, Any]) -> None:
    names: dict[str, Any] = {}
    exec(runnable(snippets("README.md")[number]), names)  # with nothing but what it imports
    assert names


def test_docstrings_run() -> None:
    """Lines that begin with >>> in any docstring of the package."""
    for found in pkgutil.walk_packages(selfstudy_guard.__path__, "selfstudy_guard."):
        path = Path(found.module_finder.path) / f"{found.name.rpartition('.')[2]}.py"  # type: ignore[union-attr]
        if path.is_file() and ">>>" in path.read_text(encoding="utf-8"):
            assert doctest.testmod(importlib.import_module(found.name)).failed == 0


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.name)
def test_every_example_is_run_by_some_test(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"))
    tests = [one.read_text(encoding="utf-8") for one in (ROOT / "tests").rglob("test_*.py")]
    assert any(path.name in text or f'"{path.stem}"' in text for text in tests), "no test runs it"


def test_every_page_of_the_manual_is_in_its_navigation_and_linked() -> None:
    nav = set(re.findall(r"([\w-]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.M))
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert pages - nav == set()
    assert nav - pages == {"cli.md", "changelog.md", "contributing.md"}  # made by .ci/manual_pages.py
    texts = {page: (ROOT / page).read_text(encoding="utf-8") for page in PAGES}
    for page, text in texts.items():
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", re.sub(r"```.*?```", "", text, flags=re.S)):
            if re.match(r"https?:|mailto:", target) or Path(target).name in ("cli.md", "changelog.md"):
                continue
            assert ((ROOT / page).parent / target).exists(), f"{page} links to {target}"
