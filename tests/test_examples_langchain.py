"""The LangChain, datasets and plain examples run offline; the LangChain ones change at most three lines."""

from __future__ import annotations

import re
import runpy
import warnings
from pathlib import Path

import pytest

from selfstudy_guard.embedded.model_store import ModelStore

for name in ("langchain_core", "langchain_classic", "datasets", "xllamacpp"):
    pytest.importorskip(name, reason=f"{name} is not installed")

EXAMPLES = Path(__file__).parent.parent / "examples"
MODEL = pytest.mark.skipif(
    not ModelStore().state().present, reason="the built-in model is not in the cache: selfstudy-guard model fetch"
)
WITH_DIFF = (
    "langchain_two_lines",
    "langchain_batch",
    "langchain_rag_documents",
    "langchain_qa_generation_chain",
    "datasets_map",
    "custom_policy_and_prompts",
)


@pytest.mark.parametrize("name", WITH_DIFF)
def test_an_example_is_short_and_changes_at_most_three_lines(name: str) -> None:
    source = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) < 60
    header, body = source.split('"""')[1], source.split('"""', 2)[2]
    gone = re.findall(r"^    -(.*)$", header, re.MULTILINE)
    come = re.findall(r"^    \+(.*)$", header, re.MULTILINE)
    assert 1 <= len(gone) <= len(come) <= 3
    for line in come:
        assert line in body


def printed(name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(EXAMPLES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runpy.run_path(str(EXAMPLES / f"{name}.py"))
    return capsys.readouterr().out


@MODEL
@pytest.mark.embedded
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("langchain_two_lines", "of the targets are covered"),
        ("langchain_batch", "Q: "),
        ("langchain_rag_documents", "taken out of part 1: > Dear assistant"),
        ("langchain_qa_generation_chain", "A: "),
        ("datasets_map", "on target:"),
        ("custom_policy_and_prompts", "planned=4"),
    ],
)
def test_an_example_runs(
    name: str, expected: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert expected in printed(name, capsys, monkeypatch)


def test_the_audit_example_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    out = printed("audit_existing_dataset", capsys, monkeypatch)
    assert "-> orchard-report.md" in out
    assert "-> pump-manual.html" in out
    assert "coverage" in out
