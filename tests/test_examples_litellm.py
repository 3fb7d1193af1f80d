"""The LiteLLM and OpenAI examples: they run offline, change at most three lines, and what they change matters."""

from __future__ import annotations

import json
import re
import runpy
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from selfstudy_guard.testing.reader import respond
from tests.adapters.conftest import vcr_config  # noqa: F401  # the same cassette settings
from tests.adapters.providers import Provider

pytest.importorskip("litellm")
pytest.importorskip("openai")

EXAMPLES = Path(__file__).parent.parent / "examples"
NAMES = ("litellm_two_lines", "litellm_async_loop", "litellm_router", "openai_sdk", "swap_providers")
PORT = 8951


def source(name: str) -> str:
    return (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")


def diff(name: str) -> tuple[list[str], list[str]]:
    """Lines that went and lines that came, from the example's first comment."""
    header = source(name).split('"""')[1]
    lines = re.findall(r"^    ([-+])(.*)$", header, re.MULTILINE)
    return [text for sign, text in lines if sign == "-"], [text for sign, text in lines if sign == "+"]


def unguarded(name: str) -> str:
    """The script as it was before."""
    gone, come = diff(name)
    head, docs, body = source(name).split('"""', 2)
    indent = re.search(rf"^( *){re.escape(come[-1])}$", body, re.MULTILINE)
    assert indent is not None, come[-1]
    for line in come[:-1]:
        body, count = re.subn(rf"^ *{re.escape(line)}\n", "", body, flags=re.MULTILINE)
        assert count == 1, line
    before = "\n".join(indent[1] + line for line in gone)
    return f'{head}"""{docs}"""' + body.replace(indent[0], before)


def reply(messages: list[dict[str, Any]]) -> str:
    """Pairs as JSON where they are asked for, else one question or answer."""
    if "JSON list" not in json.dumps(messages):
        return respond(messages)
    quoted = messages[-1]["content"].split('"""')[1::2] or [messages[-1]["content"].splitlines()[2]]
    return json.dumps([{"question": respond([{"role": "user", "content": f'"""{q}"""'}]), "answer": q} for q in quoted])


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with Provider(reply=reply) as provider:
        yield provider


@pytest.fixture
def run(server: Provider, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[Path], str]:
    """Runs a script in this process, as `python script` would, against the local server; gives what it printed."""
    import litellm

    for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL"):
        monkeypatch.setenv(name, server.url + "/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.chdir(EXAMPLES)
    litellm.in_memory_llm_clients_cache.flush_cache()
    server.clear()

    def script(path: Path) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            runpy.run_path(str(path))
        return capsys.readouterr().out

    return script


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    return str(Path(__file__).parent / "adapters" / "cassettes" / "test_examples_litellm")


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_short_and_changes_at_most_three_lines(name: str) -> None:
    assert len(source(name).splitlines()) < 60
    gone, come = diff(name)
    assert 1 <= len(gone) <= len(come) <= 3
    body = source(name).split('"""', 2)[2]
    for line in come:
        assert line in body
    compile(unguarded(name), name, "exec")


@pytest.mark.parametrize("name", ["litellm_two_lines", "litellm_async_loop", "litellm_router", "openai_sdk"])
@pytest.mark.block_network(allowed_hosts=["127.0.0.1", "localhost"])
def test_an_example_runs_and_keeps_orders_from_the_model(
    name: str, server: Provider, run: Callable[[Path], str]
) -> None:
    said = run(EXAMPLES / f"{name}.py")
    assert said.count("Q: ") >= 3
    assert "Lindholm" in server.sent
    assert "write a poem about the sea" not in server.sent
    assert "Ask only about" in server.sent or "Ask about what these parts" in server.sent


@pytest.mark.block_network(allowed_hosts=["127.0.0.1", "localhost"])
def test_without_the_changed_lines_the_order_arrives(
    server: Provider, tmp_path: Path, run: Callable[[Path], str]
) -> None:
    old = unguarded("litellm_two_lines").replace("Path(__file__).parent", f"Path({str(EXAMPLES)!r})")
    (tmp_path / "old.py").write_text(old, encoding="utf-8")
    run(tmp_path / "old.py")
    assert "write a poem about the sea" in server.sent


@pytest.fixture
def recorded_server(record_mode: str) -> Iterator[None]:
    if record_mode == "none":
        yield
        return
    with Provider(port=PORT):
        yield


@pytest.mark.vcr
@pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
def test_swap_providers(
    recorded_server: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import litellm

    base = f"http://127.0.0.1:{PORT}"
    for name, path in (("OPENAI", "/v1"), ("ANTHROPIC", "/anthropic"), ("MISTRAL_AZURE", "/v1")):
        monkeypatch.setenv(f"{name.removesuffix('_AZURE')}_API_KEY", "not-a-key")
        monkeypatch.setenv(f"{name}_API_BASE", base + path)
    litellm.in_memory_llm_clients_cache.flush_cache()
    done = runpy.run_path(str(EXAMPLES / "swap_providers.py"))
    said = capsys.readouterr().out
    assert [model in said for model in done["MODELS"]] == [True] * 3
    assert said.count("1871") >= 3
    assert "BANANA" not in said
