"""Batches through LiteLLM against a local server that speaks OpenAI's files and batches, also across restarts."""

from __future__ import annotations

import json
import threading
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from selfstudy_guard import generate
from selfstudy_guard.errors import AuthenticationError, InputError, ProviderError
from selfstudy_guard.testing.reader import respond
from tests.test_generation import documents  # noqa: F401  # a fixture

pytest.importorskip("litellm")
from selfstudy_guard_litellm import LiteLLMCompleter

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1", "localhost"])
MODEL = "openai/gpt-4o-mini"


class BatchServer:
    """Files and batches in memory; a batch runs for two polls. Outlives the processes that use it."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict] = {}
        self.polls: dict[str, int] = {}
        self.fail_next: list[int] = []
        self.lose_answer_of_create = False
        self.invalid = ""
        self.spoil: dict[int, dict] = {}
        self.expire: set[int] = set()
        self.hits: list[str] = []
        self.key = "test-key"
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def answer(self, value, status=200):
                data = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def handle_one(self, method):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                url = urlsplit(self.path)
                server.hits.append(f"{method} {url.path}")
                if self.headers.get("authorization") != f"Bearer {server.key}":
                    return self.answer({"error": {"message": "wrong key", "code": "invalid_api_key"}}, 401)
                if server.fail_next:
                    return self.answer({"error": {"message": "busy"}}, server.fail_next.pop(0))
                status, value = server.serve(method, url.path, parse_qs(url.query), self.headers, body)
                if status == 0:
                    self.close_connection = True
                    return self.connection.close()
                return self.answer(value, status)

            def do_GET(self):
                self.handle_one("GET")

            def do_POST(self):
                self.handle_one("POST")

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"

    def stop(self):
        self._http.shutdown()
        self._http.server_close()

    def serve(self, method, path, query, headers, body):
        parts = path.strip("/").split("/")[1:]
        if (method, parts) == ("POST", ["files"]):
            return 200, self.upload(headers, body)
        if (method, parts) == ("POST", ["chat", "completions"]):
            return 200, self.reply(json.loads(body))["body"]
        if (method, parts) == ("POST", ["batches"]):
            batch = self.create(json.loads(body))
            if self.lose_answer_of_create:
                self.lose_answer_of_create = False
                return 0, None
            return 200, batch
        if (method, parts) == ("GET", ["batches"]):
            return 200, self.listed(query)
        if method == "GET" and parts[0] == "batches":
            return 200, self.poll(parts[1])
        if method == "GET" and parts[0] == "files":
            return 200, self.files[parts[1]]
        return 404, {"error": {"message": "no such path"}}

    def upload(self, headers, body):
        head = f"Content-Type: {headers['content-type']}\r\n\r\n".encode()
        fields = {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
            for part in BytesParser().parsebytes(head + body).walk()
            if not part.is_multipart()
        }
        assert fields["purpose"] == b"batch"
        name = f"file-{len(self.files)}"
        self.files[name] = fields["file"]
        return {"id": name, "object": "file", "bytes": len(body), "created_at": 1, "filename": "x", "purpose": "batch"}

    def create(self, wanted):
        assert wanted["endpoint"] == "/v1/chat/completions"
        name = f"batch_{len(self.batches)}"
        self.batches[name] = {
            "id": name,
            "object": "batch",
            "endpoint": wanted["endpoint"],
            "input_file_id": wanted["input_file_id"],
            "completion_window": "24h",
            "created_at": len(self.batches),
            "status": "validating",
            "metadata": wanted["metadata"],
        }
        return self.batches[name]

    def listed(self, query):
        newest = list(reversed(self.batches.values()))
        names = [batch["id"] for batch in newest]
        begin = names.index(query["after"][0]) + 1 if "after" in query else 0
        page = newest[begin : begin + 2]  # small pages, so that more than one is asked for
        return {"object": "list", "data": page, "has_more": begin + 2 < len(newest)}

    def poll(self, name):
        batch = self.batches[name]
        self.polls[name] = self.polls.get(name, 0) + 1
        if self.invalid:
            batch["status"] = "failed"
            batch["errors"] = {"object": "list", "data": [{"code": "bad", "message": self.invalid, "line": 1}]}
        elif self.polls[name] < 2:
            batch["status"] = "in_progress"
        elif batch["status"] != "completed":
            self.finish(batch)
        return batch

    def finish(self, batch):
        good, bad = [], []
        lines = [json.loads(line) for line in self.files[batch["input_file_id"]].split(b"\n") if line]
        first = batch["id"] == "batch_0"
        for place, line in enumerate(lines):
            if first and place in self.expire:
                bad.append({"custom_id": line["custom_id"], "response": None, "error": {"code": "batch_expired"}})
            elif first and place in self.spoil:
                bad.append({"custom_id": line["custom_id"], "response": self.spoil[place], "error": None})
            else:
                good.append({"custom_id": line["custom_id"], "response": self.reply(line["body"]), "error": None})
        for kind, rows in (("output_file_id", good), ("error_file_id", bad)):
            if rows:
                name = f"file-{len(self.files)}"
                self.files[name] = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows[::-1])
                batch[kind] = name
        batch["status"] = "completed"
        batch["request_counts"] = {"total": len(lines), "completed": len(good), "failed": len(bad)}

    def reply(self, body):
        text = respond(body["messages"])
        body = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
        }
        return {"status_code": 200, "request_id": "r", "body": body}

    def requests(self):
        inputs = [self.files[batch["input_file_id"]] for batch in self.batches.values()]
        return [json.loads(line) for text in inputs for line in text.split(b"\n") if line]


@pytest.fixture
def server():
    server = BatchServer()
    yield server
    server.stop()


def options(server, **more):
    return {"model": MODEL, "n": 8, "batch": True, "batch_every": 0.0} | {
        "model_options": {"api_base": server.url, "api_key": server.key} | more
    }


def pairs(run):
    return [(record.key, record.question.text, record.answer.text) for record in run.records]


def test_a_batch_run_gives_the_records_of_single_calls(documents, server):  # noqa: F811
    single = generate(documents, **options(server) | {"batch": None})
    server.hits.clear()
    run = generate(documents, **options(server))
    assert pairs(run) == pairs(single)
    assert run.balance.pending == 0
    assert len(run.records) > 0
    assert not any("chat/completions" in hit for hit in server.hits), "nothing went out as a single call"
    assert len(server.batches) <= 6
    bodies = [request["body"] for request in server.requests()]
    assert {body["model"] for body in bodies} == {"gpt-4o-mini"}
    assert all("api_key" not in body and server.key not in json.dumps(body) for body in bodies)


@pytest.mark.parametrize("name", ["temperature", "seed", "max_tokens"])
def test_what_a_model_refuses_in_a_batch_is_left_out_of_the_next(documents, server, name):  # noqa: F811
    answer = server.reply

    def picky(body):
        if name in body:
            error = {"message": f"Unsupported parameter: '{name}' is not supported.", "param": name}
            return {"status_code": 400, "body": {"error": {**error, "code": "unsupported_parameter"}}}
        return answer(body)

    server.reply = picky
    with pytest.warns(UserWarning, match=f"refuses {name}"):
        run = generate(documents, **options(server, temperature=0.3, seed=5, max_tokens=99))
    assert run.records
    assert run.balance.failed == 0
    assert name not in server.requests()[-1]["body"]


def test_batches_are_counted_at_their_own_price(documents, server):  # noqa: F811
    run = generate(documents, **options(server))
    calls = len(server.requests())
    full = calls * (100 * 0.15 + 10 * 0.60) / 1e6  # dollars per million tokens of gpt-4o-mini
    assert run.balance.usage.cost == pytest.approx(full / 2)


def test_a_restart_collects_the_batch_that_is_out(documents, server, tmp_path):  # noqa: F811
    """The first process dies between sending the batch and writing down its id."""

    class DiesAfterSending:
        def __init__(self, inner):
            self.inner = inner

        def submit(self, name, requests):
            self.inner.submit(name, requests)
            raise KeyboardInterrupt

        def __getattr__(self, name):
            return getattr(self.inner, name)

    for number in range(3):  # batches of other runs stand before and after it
        server.create({"endpoint": "/v1/chat/completions", "input_file_id": "other", "metadata": {"name": f"{number}"}})
    server.files["other"] = b""
    completer = LiteLLMCompleter(MODEL, api_base=server.url, api_key=server.key)
    with pytest.raises(KeyboardInterrupt):
        generate(documents, model=completer, n=8, out=tmp_path / "run", batch=DiesAfterSending(completer.batches()))
    for number in range(3, 6):
        server.create({"endpoint": "/v1/chat/completions", "input_file_id": "other", "metadata": {"name": f"{number}"}})
    said: list[str] = []
    completer = LiteLLMCompleter(MODEL, api_base=server.url, api_key=server.key)
    run = generate(
        documents, model=completer, n=8, out=tmp_path / "run", batch=True, batch_every=0.0, notify=said.append
    )
    assert run.balance.pending == 0
    assert run.balance.answered > 0
    assert any("sent before" in line for line in said)
    keys = [request["custom_id"] for request in server.requests()]
    assert len(keys) == len(set(keys)), "no request was paid for twice"


def test_passing_errors_are_tried_again_and_a_lost_answer_makes_no_second_batch(documents, server):  # noqa: F811
    server.fail_next = [500, 429, 503]
    server.lose_answer_of_create = True
    run = generate(documents, **options(server))
    assert run.balance.pending == 0
    keys = [request["custom_id"] for request in server.requests()]
    assert len(keys) == len(set(keys))


def test_errors_inside_a_batch(documents, server):  # noqa: F811
    server.spoil = {
        0: {"status_code": 400, "body": {"error": {"code": "context_length_exceeded"}}},
        1: {"status_code": 500, "body": None},
        2: {"status_code": 200, "body": {"choices": []}},
        3: {"status_code": 200, "body": "no object"},
    }
    server.expire = {4}
    run = generate(documents, **options(server))
    assert run.balance.reasons.get("RequestError") == 1
    assert run.balance.failed == 1
    assert run.balance.pending == 0
    assert len(server.requests()) > 12, "what passes was sent again"


@pytest.mark.parametrize("code", ["content_filter", "ResponsibleAIPolicyViolation"])
def test_a_content_filter_rejects_in_a_batch_as_in_a_single_call(documents, server, code):  # noqa: F811
    server.spoil = {0: {"status_code": 400, "body": {"error": {"code": code}}}}
    run = generate(documents, **options(server))
    assert run.balance.failed == 0, "it is no failure that would be tried again in the next run"
    assert run.balance.pending == 0


@pytest.mark.parametrize("code", ["insufficient_quota", "billing_hard_limit_reached"])
def test_a_used_up_account_ends_a_batch_run(documents, server, code):  # noqa: F811
    server.spoil = {0: {"status_code": 429, "body": {"error": {"code": code}}}}
    with pytest.raises(AuthenticationError):
        generate(documents, **options(server))


def test_a_failed_batch_says_why(documents, server):  # noqa: F811
    server.invalid = "Enqueued token limit reached"
    with pytest.raises(ProviderError, match="Enqueued token limit reached"):
        generate(documents, **options(server))


def test_a_wrong_key_ends_the_run(documents, server):  # noqa: F811
    with pytest.raises(AuthenticationError) as caught:
        generate(documents, **options(server, api_key="sk-wrong-key-123456"))
    assert "sk-wrong-key-123456" not in str(caught.value)


def test_a_provider_without_such_batches_says_so():
    with pytest.raises(InputError, match="leave out the batch option"):
        LiteLLMCompleter("groq/llama-3.1-8b-instant", api_key="x").batches()


def test_a_batch_that_is_too_large_says_so(server, monkeypatch):
    from selfstudy_guard.records import Message, Request

    batches = LiteLLMCompleter(MODEL, api_base=server.url, api_key=server.key).batches()
    monkeypatch.setattr("selfstudy_guard_litellm.batches.MOST_REQUESTS", 2)
    request = Request(purpose="question", messages=(Message(role="user", content="?"),), key="k")
    with pytest.raises(InputError, match="smaller batch_size"):
        batches.submit("name", [request] * 3)
    assert not server.hits


def test_lone_surrogates_and_line_separators_survive(server):
    from selfstudy_guard.records import Message, Reply, Request

    batches = LiteLLMCompleter(MODEL, api_base=server.url, api_key=server.key).batches()
    server.reply = lambda body: (
        BatchServer.reply(server, body | {"messages": [{"role": "user", "content": "a"}]})
        | {
            "body": {
                "id": "1",
                "object": "chat.completion",
                "created": 1,
                "model": "m",
                "choices": [
                    {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "one\u2028two"}}
                ],
            }
        }
    )
    request = Request(purpose="question", messages=(Message(role="user", content="bad \ud83d text"),), key="k")
    batch_id = batches.submit("name", [request])
    while batches.poll(batch_id).status == "running":
        pass
    ((key, reply),) = list(batches.results(batch_id))
    assert key == "k"
    assert isinstance(reply, Reply)
    assert reply.text == "one\u2028two"
