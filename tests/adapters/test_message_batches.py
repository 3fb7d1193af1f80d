"""Anthropic's message batches against a local server that speaks their protocol, also across restarts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from selfstudy_guard import generate
from selfstudy_guard.cli import main
from selfstudy_guard.errors import AuthenticationError, InputError, NoReplyError, ProviderError, RequestError
from selfstudy_guard.records import Message, Reply, Request
from selfstudy_guard.testing import MessageBatchServer
from selfstudy_guard.testing.batch_server import _message
from tests.test_generation import documents  # noqa: F401  # a fixture

pytest.importorskip("litellm")
from selfstudy_guard_litellm import LiteLLMCompleter, message_api, message_batches

from tests.adapters.test_litellm_batches import BatchServer

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1", "localhost"])
MODEL = "anthropic/claude-haiku-4-5"
TEXT = 'Ask about:\n"""The pump holds nine litres of oil."""'
MESSAGES = (Message(role="user", content=TEXT),)
REQUEST = Request(purpose="question", messages=MESSAGES, key="a1:question:1", max_tokens=9, stop=("\n\n",))


@pytest.fixture
def server():
    with MessageBatchServer() as server:
        yield server


def completer(server, **more):
    return LiteLLMCompleter(MODEL, **{"api_base": server.base_url, "api_key": server.key} | more)


def options(server, **more):
    return {"model": completer(server, **more), "n": 8, "batch": True, "batch_every": 0.0}


def pairs(run):
    return [(record.key, record.question.text, record.answer.text) for record in run.records]


class DiesAfterSending:
    """A batch interface whose process ends between sending a batch and writing down its id."""

    def __init__(self, inner):
        self.inner = inner

    def submit(self, name, requests):
        self.inner.submit(name, requests)
        raise KeyboardInterrupt

    def __getattr__(self, name):
        return getattr(self.inner, name)


def dead_run(documents, server, out):  # noqa: F811
    with pytest.raises(KeyboardInterrupt):
        generate(documents, **options(server) | {"batch": DiesAfterSending(completer(server).batches())}, out=out)


def foreign(server, count, mark="0123456789ab"):
    """A batch of somebody else, with as many requests."""
    params = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "x"}]}
    rows = [{"custom_id": f"a{number}_question_1-{mark}", "params": params} for number in range(count)]
    status, batch = server.answer("POST", "/v1/messages/batches", {}, json.dumps({"requests": rows}).encode())
    assert status == 200
    return batch["id"]


def test_a_batch_run_gives_the_records_of_single_calls(documents, server):  # noqa: F811
    single = generate(documents, **options(server) | {"batch": None})
    server.hits.clear()
    run = generate(documents, **options(server))
    assert pairs(run) == pairs(single)
    assert len(run.records) > 0
    assert run.balance.pending == 0
    assert "POST /v1/messages" not in server.hits, "nothing went out as a single call"
    assert len(server.batches) <= 6
    rows = [row for rows in server.submitted.values() for row in rows]
    assert {row["params"]["model"] for row in rows} == {"claude-haiku-4-5"}
    assert server.key not in json.dumps(rows)


def test_batches_cost_half(documents, server):  # noqa: F811
    run = generate(documents, **options(server))
    full = len(server.custom_ids) * (100 * 1.0 + 10 * 5.0) / 1e6  # dollars per million tokens of that model
    assert run.balance.usage.cost == pytest.approx(full / 2)


def test_a_schema_is_answered_by_a_tool_or_by_text(server):
    schema = {"type": "object", "properties": {"question": {"type": "string"}}, "required": ["question"]}
    for model in (MODEL, "anthropic/claude-3-5-haiku-latest"):
        batches = LiteLLMCompleter(model, api_base=server.base_url, api_key=server.key).batches()
        batch_id = batches.submit(
            "selfstudy-guard-1xaaaaaaaaaaaa", [REQUEST.model_copy(update={"response_schema": schema})]
        )
        while batches.poll(batch_id).status == "running":
            pass
        ((key, reply),) = batches.results(batch_id)
        assert key == REQUEST.key
        assert isinstance(reply, Reply)
        assert "?" in reply.text


def test_a_restart_collects_the_batch_that_is_out(documents, server, tmp_path):  # noqa: F811
    """Also when others of the same size stand before and after it, ended and running."""
    before = [foreign(server, 8, mark=f"{number:012x}") for number in range(30)]
    for name in before[:15]:
        server.end(name)
    dead_run(documents, server, tmp_path / "run")
    foreign(server, 8)
    foreign(server, 3)
    server.polls = 3
    said: list[str] = []
    run = generate(documents, **options(server), out=tmp_path / "run", notify=said.append)
    assert any("sent before" in line for line in said)
    assert run.balance.pending == 0
    assert run.balance.answered > 0
    ours = [name for name in server.custom_ids if len(name) > 40]
    keys = [name.rpartition("-")[0] for name in ours]
    assert len(keys) == len(set(keys)), "no request was paid for twice"


def test_a_batch_that_never_arrived_is_sent_again(documents, server, tmp_path):  # noqa: F811
    class Lost(DiesAfterSending):
        def submit(self, name, requests):
            raise KeyboardInterrupt

    batch = Lost(completer(server).batches())
    with pytest.raises(KeyboardInterrupt):
        generate(documents, **options(server) | {"batch": batch}, out=tmp_path / "run")
    run = generate(documents, **options(server), out=tmp_path / "run")
    assert run.balance.pending == 0
    assert len(set(server.custom_ids)) == len(server.custom_ids)


def test_a_lost_answer_makes_no_second_batch(documents, server):  # noqa: F811
    server.fail_next.extend([500, 529, 503])
    server.lose_answer_of_create = True
    run = generate(documents, **options(server))
    assert run.balance.pending == 0
    keys = [name.rpartition("-")[0] for name in server.custom_ids]
    assert len(keys) == len(set(keys))


def test_what_expired_or_passes_goes_out_again_and_the_rest_fails_with_its_reason(documents, server):  # noqa: F811
    server.results = {
        0: {"type": "errored", "error": {"type": "error", "error": {"type": "invalid_request_error", "message": "x"}}},
        1: {"type": "errored", "error": {"type": "error", "error": {"type": "overloaded_error", "message": "x"}}},
        2: {"type": "expired"},
        3: {"type": "canceled"},
        4: None,
        5: {"type": "succeeded", "message": {"content": "no list"}},
        6: {"type": "what is this"},
    }
    run = generate(documents, **options(server))
    assert run.balance.reasons.get("RequestError") == 1
    assert run.balance.failed == 1
    assert run.balance.pending == 0
    second = list(server.submitted.values())[1]
    assert len(second) >= 6, "what passes was sent again, in one batch"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("temperature", "temperature: this parameter is not supported by this model"),
        ("temperature", "`temperature` is not supported for this model."),
        ("top_p", "Unsupported parameter: 'top_p' is not supported with this model."),
    ],
)
def test_what_a_model_refuses_in_a_batch_is_left_out_of_the_next(documents, server, name, message):  # noqa: F811
    error = {"type": "invalid_request_error", "message": message}
    server.results = {key: {"type": "errored", "error": {"type": "error", "error": error}} for key in range(1000)}
    with pytest.warns(UserWarning, match=f"refuses {name}"):
        run = generate(documents, **options(server, **{name: 0.5}))
    first, *later = list(server.submitted.values())
    assert all(name in row["params"] for row in first)
    assert later
    assert not any(name in row["params"] for rows in later for row in rows)
    assert run.balance.failed == 0
    assert run.records


def test_what_passes_teaches_nothing_about_parameters(documents, server):  # noqa: F811
    overloaded = {"type": "overloaded_error", "message": "temperature is not supported while we are overloaded"}
    server.results = {key: {"type": "errored", "error": {"type": "error", "error": overloaded}} for key in range(1000)}
    generate(documents, **options(server, temperature=0.5))
    assert all("temperature" in row["params"] for rows in server.submitted.values() for row in rows)


def test_a_request_that_never_gets_a_result_fails_in_the_end(documents, server):  # noqa: F811
    """Else a run would send, and pay, for ever."""
    server._results = lambda name: iter(())  # type: ignore[method-assign]
    with pytest.raises(NoReplyError, match=r"ended without a result of this request \(3x\)"):
        generate(documents, **options(server) | {"n": 3}, tries=3)
    assert len(server.batches) == 3


def test_results_that_break_off_are_read_again(documents, server):  # noqa: F811
    server.break_results = 2
    run = generate(documents, **options(server))
    assert run.balance.pending == 0
    assert len(set(server.custom_ids)) == len(server.custom_ids)
    server.break_results = 10**6
    with pytest.raises(ProviderError):
        generate(documents, **options(server) | {"n": 2}, tries=2)


def test_two_results_of_one_request_count_once(documents, server):  # noqa: F811
    once = generate(documents, **options(server))
    server.twice = True
    twice = generate(documents, **options(server))
    assert pairs(twice) == pairs(once)
    assert twice.balance.usage == once.balance.usage


def test_a_batch_whose_results_are_gone_ends_the_run_and_the_next_sends_it_again(documents, server, tmp_path):  # noqa: F811
    server.polls = 1
    server.results = {}
    dead_run(documents, server, tmp_path / "run")
    (name,) = server.batches
    server.end(name)

    def archived(what):
        server.batches[name]["archived_at"] = what

    archiving = completer(server).batches()
    mark = archiving.find(f"selfstudy-guard-8x{server.custom_ids[0].rpartition('-')[2]}")
    assert mark is not None
    archived("2026-02-01T00:00:00Z")
    assert archiving.poll(mark).status == "failed"
    run = generate(documents, **options(server), out=tmp_path / "run")
    assert run.balance.pending == 0
    assert archiving.poll("msgbatch_unknown:x").status == "failed"


def test_errors_hold_no_key_and_no_text(documents, server):  # noqa: F811
    wrong = "sk-ant-wrong-key-0123456789"
    with pytest.raises(AuthenticationError) as caught:  # the server's answer quotes the key
        generate(documents, **options(server, api_key=wrong))
    assert wrong not in str(caught.value)
    batches = completer(server).batches()
    secret = "The pump in the cellar holds nine litres of oil."
    server.answer = lambda *_: (400, {"error": {"type": "invalid_request_error", "message": f"bad: {secret}"}})  # type: ignore[method-assign]
    with pytest.raises(RequestError) as refused:
        batches.submit(
            "selfstudy-guard-1xaaaaaaaaaaaa",
            [REQUEST.model_copy(update={"messages": (Message(role="user", content=secret),)})],
        )
    assert "invalid_request_error" in str(refused.value)
    assert "cellar" not in str(refused.value)


@pytest.mark.parametrize("key", ["sk-ant-\nx: y", "sk-ant-é"])
def test_a_key_that_is_none_is_never_quoted(server, key):
    batches = LiteLLMCompleter(MODEL, api_base=server.base_url, api_key=key).batches()
    with pytest.raises(AuthenticationError) as caught:
        batches.submit("selfstudy-guard-1xaaaaaaaaaaaa", [REQUEST])
    assert "sk-ant" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert not server.hits


def test_a_missing_key_says_where_it_belongs(server, monkeypatch):
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(AuthenticationError, match="ANTHROPIC_API_KEY"):
        LiteLLMCompleter(MODEL, api_base=server.base_url).batches().find("selfstudy-guard-1xaaaaaaaaaaaa")


def test_the_key_goes_to_no_other_host(server):
    """Neither a results_url nor a redirect leads it away."""
    with MessageBatchServer(key="other") as elsewhere:
        batches = completer(server).batches()
        batch_id = batches.submit("selfstudy-guard-1xaaaaaaaaaaaa", [REQUEST])
        while batches.poll(batch_id).status == "running":
            pass
        server.batches["msgbatch_0000"]["results_url"] = f"{elsewhere.base_url}/steal"
        assert len(list(batches.results(batch_id))) == 1
        server.fail_next.append(307)
        with pytest.raises(RequestError):
            batches.poll(batch_id)
        assert not elsewhere.hits


def test_what_cannot_be_a_batch_is_refused_before_it_is_sent(server, monkeypatch):
    batches = completer(server).batches()
    with pytest.raises(InputError, match="key of another"):
        batches.submit("selfstudy-guard-2xaaaaaaaaaaaa", [REQUEST, REQUEST])
    with pytest.raises(InputError, match="cannot stand in a message batch"):
        batches.submit("selfstudy-guard-1xaaaaaaaaaaaa", [REQUEST.model_copy(update={"key": "a b:c"})])
    monkeypatch.setattr(message_batches, "MOST_REQUESTS", 1)
    with pytest.raises(InputError, match="smaller batch_size"):
        batches.submit("selfstudy-guard-2xaaaaaaaaaaaa", [REQUEST, REQUEST.model_copy(update={"key": "b"})])
    assert not server.hits


def test_endless_and_broken_results_are_errors_of_their_request(server, monkeypatch):
    batches = completer(server).batches()
    mark = "aaaaaaaaaaaa"
    batch_id = batches.submit(f"selfstudy-guard-1x{mark}", [REQUEST])
    server.end("msgbatch_0000")
    good = {"type": "succeeded", "message": _message({"model": "m"}, text="one\u2028two")}
    lines = [
        json.dumps({"custom_id": f"a_question_1-{mark}", "result": {"x": "y" * 60_000}}),
        "[" * 5_000,
        json.dumps({"custom_id": "b_question_1-bbbbbbbbbbbb", "result": {"type": "expired"}}),
        "",
        json.dumps({"custom_id": f"c_question_1-{mark}", "result": good}, ensure_ascii=False),
    ]
    server._lines = lambda name: iter([line.encode() + b"\n" for line in lines])  # type: ignore[method-assign]
    monkeypatch.setattr(message_api, "LONGEST_LINE", 50_000)
    found = dict(batches.results(batch_id))
    assert set(found) == {"a:question:1", "c:question:1"}
    assert "50,000 bytes" in str(found["a:question:1"])
    assert found["c:question:1"].text == "one\u2028two"


# -- from the shell, for both shapes --------------------------------------------------------------------------------

WORDS = "-n 6 --batch --batch-size 100 --batch-every 0.05 --json"


def words_for(shape, server, folder, monkeypatch):
    model, key, base, url = {
        "anthropic": ("anthropic/claude-haiku-4-5", "ANTHROPIC_API_KEY", "ANTHROPIC_API_BASE", "base_url"),
        "openai": ("openai/gpt-4o-mini", "OPENAI_API_KEY", "OPENAI_BASE_URL", "url"),
    }[shape]
    monkeypatch.setenv(key, server.key)
    monkeypatch.setenv(base, getattr(server, url))
    return ["generate", str(folder / "docs"), "--model", model, "--out", str(folder / "run"), *WORDS.split()]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
@pytest.mark.parametrize("shape", ["anthropic", "openai"])
def test_a_killed_command_goes_on_with_its_batch(shape, documents, tmp_path, monkeypatch, capsys):  # noqa: F811
    (tmp_path / "docs").mkdir()
    for document in documents:
        (tmp_path / "docs" / document.id).write_text(document.text)
    server = MessageBatchServer() if shape == "anthropic" else BatchServer()
    if shape == "anthropic":
        server.__enter__()
    poll = getattr(server, "poll", None)
    try:
        if shape == "anthropic":
            server.hold = True
        else:
            server.poll = lambda name: {**server.batches[name], "status": "in_progress"}
        words = words_for(shape, server, tmp_path, monkeypatch)
        program = [sys.executable, "-c", "from selfstudy_guard.cli import main; main()", *words]
        first = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        until = time.monotonic() + 60
        while sum("batches/" in hit for hit in list(server.hits)) < 2 and time.monotonic() < until:
            assert first.poll() is None, first.communicate()
            time.sleep(0.05)
        first.send_signal(signal.SIGKILL)
        first.communicate()
        assert len(server.batches) == 1
        if shape == "anthropic":
            server.hold = False
        else:
            server.poll = poll
        monkeypatch.setattr(sys, "argv", ["selfstudy-guard", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        printed, said = capsys.readouterr()
        assert ended.value.code == 0, said
        row = json.loads(printed)
        assert (row["planned"], row["pending"]) == (6, 0), said
        assert row["answered"] > 0
        assert "sent before" in said
        ids = server.custom_ids if shape == "anthropic" else [line["custom_id"] for line in server.requests()]
        keys = [name.rpartition("-")[0] or name for name in ids]
        assert len(keys) == len(set(keys)), "no request was paid for twice"
        held = b"".join(path.read_bytes() for path in (tmp_path / "run").iterdir())
        assert server.key.encode() not in held
        assert server.key not in said + printed
    finally:
        server.__exit__(None, None, None) if shape == "anthropic" else server.stop()
