"""The snippets of the README and of docs/adopt.md run as they stand, on a fake model in place of a paid one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from selfstudy_guard import Document, Guard
from tests.test_guard import ASK, HARBOUR, TEXT, Model, answer_messages, question_messages, text_of

ROOT = Path(__file__).parent.parent


def snippets(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


def runnable(code: str) -> str:
    """The snippet on the extractive reader instead of a paid model, and with fewer questions."""
    code = code.replace('"openai/gpt-4o-mini"', '"python:selfstudy_guard.testing:ExtractiveReader"')
    return code.replace("n=500", "n=4")


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the snippets take for granted."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "harbour.txt").write_text(TEXT, encoding="utf-8")
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
        "sent": model,
    }


def test_readme_whole_job(names: dict[str, Any]) -> None:
    exec(runnable(snippets("README.md")[0]), names)  # our own page
    assert names["run"].balance.answered >= 3
    assert (Path("coverage.html")).stat().st_size > 10_000
    assert len(Path("train.jsonl").read_text(encoding="utf-8").splitlines()) == names["run"].balance.answered


@pytest.mark.parametrize("page", ["README.md", "docs/adopt.md"])
def test_two_lines_changed(page: str, names: dict[str, Any]) -> None:
    (code,) = [code for code in snippets(page) if "guard.asking(completion)" in code and "for chunk" in code]
    exec(runnable(code), names)
    assert names["guard"].balance.answered == 1
    assert "BANANA" not in names["sent"].last
    names["guard"].close()


@pytest.mark.parametrize("page", ["README.md", "docs/adopt.md"])
def test_langchain(page: str, names: dict[str, Any]) -> None:
    pytest.importorskip("langchain_core")
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from selfstudy_guard_langchain import GuardedModel, guard_chain

    from tests.adapters.test_langchain import PROMPT, Wire

    question_prompt = ChatPromptTemplate.from_template(ASK + "{context}")
    with Guard([HARBOUR]) as guard:
        names |= {"guard_chain": guard_chain, "prompt": question_prompt, "model": Wire(), "parser": StrOutputParser()}
        names |= {"guard": guard, "question_prompt": question_prompt, "answer_prompt": PROMPT}
        for code in snippets(page):
            if "guard_chain(" in code or "GuardedModel(" in code:
                exec(code, names)
        chain = names.get("chain") or names["ask"]
        assert isinstance(chain.bound.steps[1], GuardedModel)
        assert chain.invoke({"context": TEXT}).endswith("?")


def test_datasets(names: dict[str, Any]) -> None:
    datasets = pytest.importorskip("datasets")
    (code,) = [code for code in snippets("docs/adopt.md") if "selfstudy_guard_datasets" in code]
    names["documents"] = datasets.Dataset.from_list([{"id": "a", "text": TEXT}])
    names["ask"] = lambda row: {"question": f"What is said about {row['target'][:40]}?"}
    exec(runnable(code), names)
    assert len(names["questions"]) == 4


def test_every_page_of_the_manual_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}
    linked = set(re.findall(r"\(docs/([a-z_]+\.md)\)", readme))
    assert linked <= pages
    for page in sorted(pages - linked):
        others = [path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md") if path.name != page]
        assert any(page in text for text in others), f"{page} is linked from nowhere"
