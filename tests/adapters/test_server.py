"""`selfstudy-guard serve`: what goes through is guarded, what passes is named, what cannot be guarded is refused."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra 'server' is not installed")
pytest.importorskip("httpx", reason="the extra 'server' is not installed")

import httpx
from selfstudy_guard_server import HttpUpstream, Limits, make_app
from selfstudy_guard_server.purposes import Purpose
from selfstudy_guard_server.upstream import Pieces
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from selfstudy_guard import Guard
from selfstudy_guard.errors import InputError
from tests.support.provider import KEY, Provider, served
from tests.test_guard import FACTS, HARBOUR, PLANTED, TEXT, answer_messages, question_messages

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def upstream(provider: Provider) -> Iterator[str]:
    with served(provider.app) as address:
        yield address


def client(address: str) -> Any:
    return httpx.Client(base_url=address, headers={"authorization": f"Bearer {KEY}"}, timeout=30, trust_env=False)


BODIES: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"model": "m", "messages": question_messages(TEXT)},
    "/v1/completions": {"model": "m", "prompt": question_messages(TEXT)[1]["content"]},
    "/v1/responses": {"model": "m", "input": question_messages(TEXT)[1]["content"]},
    "/v1/messages": {"model": "m", "max_tokens": 99, "messages": question_messages(TEXT)[1:]},
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("path", BODIES)
def test_every_way_to_a_model_is_guarded(provider: Provider, upstream: str, path: str, stream: bool) -> None:
    with Guard([HARBOUR]) as guard, served(make_app(guard, HttpUpstream(upstream), purpose="ask")) as address:
        body = {**BODIES[path], **({"stream": True} if stream else {})}
        response = client(address).post(path, json=body)
        assert response.status_code == 200, response.text
        assert guard.balance.planned >= 1
    sent = json.dumps(provider.bodies, ensure_ascii=False)
    assert PLANTED not in sent
    assert FACTS[0] in sent
    assert all(body["path"] == path for body in provider.bodies)
    assert all(headers["authorization"] == f"Bearer {KEY}" for headers in provider.headers)


def test_two_requests_make_a_record_and_a_later_server_goes_on(
    provider: Provider, upstream: str, tmp_path: Any
) -> None:
    for number in (1, 2):
        guard = Guard([HARBOUR], out=tmp_path / "run")
        with served(make_app(guard, HttpUpstream(upstream))) as address, client(address) as http:
            asked = http.post("/v1/chat/completions", json={"model": "m", "messages": question_messages(TEXT)}).json()
            question = asked["choices"][0]["message"]["content"]
            http.post("/v1/chat/completions", json={"model": "m", "messages": answer_messages(TEXT, question)})
            assert guard.balance.answered == number
            assert guard.balance.closes
    kept = b"".join(path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file())
    assert KEY.encode() not in kept


def test_purposes_are_told_by_header_by_the_models_name_or_once(provider: Provider, upstream: str) -> None:
    with Guard([HARBOUR]) as guard, served(make_app(guard, HttpUpstream(upstream), purpose="filter")) as address:
        http = client(address)
        messages = question_messages(TEXT)
        http.post("/v1/chat/completions", json={"model": "m", "messages": messages})
        assert guard.balance.planned == 0
        http.post("/v1/chat/completions", json={"model": "ask/org/m", "messages": messages})
        assert guard.balance.planned == 1
        told = {"x-selfstudy-guard-purpose": "generate:2"}
        http.post("/v1/chat/completions", json={"model": "m", "messages": messages}, headers=told)
        assert guard.balance.planned == 3
        wrong = http.post("/v1/chat/completions", json={"model": "m"}, headers={"x-selfstudy-guard-purpose": "guess"})
        assert wrong.status_code == 400
        assert "ask" in wrong.json()["error"]["message"]
    assert {body["model"] for body in provider.bodies} == {"m", "org/m"}
    assert not any("x-selfstudy-guard-purpose" in headers for headers in provider.headers)


@pytest.mark.parametrize("text", ["guess", "generate:0", "ask:3", "generate:x"])
def test_no_such_purpose(text: str) -> None:
    with pytest.raises(InputError, match="is no purpose"):
        Purpose.read(text)


def test_what_cannot_be_guarded_is_refused_and_not_sent(provider: Provider, upstream: str) -> None:
    with Guard([HARBOUR]) as guard, served(make_app(guard, HttpUpstream(upstream))) as address:
        http = client(address)
        other = {"model": "m", "messages": question_messages("A text that nobody has registered anywhere, ever.")}
        image = [{"type": "text", "text": TEXT}, {"type": "image_url", "image_url": {"url": "data:,"}}]
        for path, content in (
            ("/v1/chat/completions", json.dumps(other)),
            ("/v1/chat/completions", json.dumps({"model": "m", "messages": [{"role": "user", "content": image}]})),
            ("/v1/chat/completions", "no json"),
            ("/v1/chat/completions", "[1]"),
            ("/v1/assistants", json.dumps(other)),
            ("/v1/batches", "{}"),
        ):
            refused = http.post(path, content=content)
            assert refused.status_code == 400, path
            assert refused.json()["error"]["message"]
        said = http.post("/v1/chat/completions", json=other).json()["error"]["message"]
        assert "no registered document" in said
        assert "POST /documents" in said
        assert "Guard(" not in said
        assert not provider.bodies
        assert http.get("/v1/models").json()["data"][0]["id"] == "m"
        assert http.post("/v1/embeddings", json={"model": "e", "input": "words"}).status_code == 200


def test_documents_can_be_added_while_it_runs(provider: Provider, upstream: str) -> None:
    text = "The mill at Nordby ground barley from 1790 on. Its wheel was four metres wide and made of oak."
    body = {"model": "m", "messages": question_messages(text)}
    with Guard([HARBOUR]) as guard, served(make_app(guard, HttpUpstream(upstream), purpose="ask")) as address:
        http = client(address)
        assert http.post("/v1/chat/completions", json=body).status_code == 400
        added = http.post("/documents", json={"documents": [{"id": "mill", "text": text}]})
        assert added.json() == {"registered": 1, "documents": 2}
        assert http.post("/v1/chat/completions", json=body).status_code == 200
        assert [row["id"] for row in http.get("/documents").json()["documents"]] == ["harbour.txt", "mill"]
        for wrong in ({"id": "x"}, {"documents": 3}, {"id": "mill", "text": "Another text."}, {"id": 1, "text": "a"}):
            assert http.post("/documents", json=wrong).status_code == 400


def test_faults_of_the_upstream_pass_as_they_are(provider: Provider, upstream: str) -> None:
    provider.status = 429
    with Guard([HARBOUR]) as guard, served(make_app(guard, HttpUpstream(upstream), purpose="ask")) as address:
        response = client(address).post("/v1/chat/completions", json=BODIES["/v1/chat/completions"])
        assert response.status_code == 429
        assert response.json() == {"error": {"message": "slow down"}}
        assert response.headers["retry-after"] == "7"
        assert guard.balance.failed == 1
    with Guard([HARBOUR]) as guard, served(make_app(guard, HttpUpstream("http://127.0.0.1:9"))) as address:
        response = client(address).post("/v1/chat/completions", json=BODIES["/v1/chat/completions"])
        assert response.status_code == 502
        assert "could not be reached" in response.json()["error"]["message"]


def test_limits_hold(provider: Provider, upstream: str) -> None:
    provider.delay = 0.2
    limits = Limits(body=4000, concurrency=2, waiting=2)
    body = {"model": "m", "messages": question_messages(TEXT)}
    with (
        Guard([HARBOUR]) as guard,
        served(make_app(guard, HttpUpstream(upstream), purpose="filter", limits=limits)) as address,
    ):
        large = client(address).post("/v1/chat/completions", content=b"x" * 5000)
        assert large.status_code == 413
        seen: list[int] = []

        def send() -> None:
            seen.append(client(address).post("/v1/chat/completions", json=body).status_code)

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(seen) <= {200, 429}
        assert seen.count(200) >= 4
        assert provider.most <= 2
        assert client(address).get("/healthz").json()["inside"] == 0, "every place was given back"


def test_report_health_and_figures(provider: Provider, upstream: str) -> None:
    with Guard([HARBOUR]) as guard, served(make_app(guard, HttpUpstream(upstream), purpose="ask")) as address:
        http = client(address)
        http.post("/v1/chat/completions", json=BODIES["/v1/chat/completions"])
        page = http.get("/")
        assert page.headers["content-type"].startswith("text/html")
        assert "harbour.txt" in page.text
        figures = http.get("/metrics").text
        assert 'selfstudy_guard_requests_total{path="/v1/chat/completions",status="200"} 1' in figures
        assert 'selfstudy_guard_draws{state="planned"} 1' in figures
        assert KEY not in page.text + figures


def test_a_client_that_leaves_a_stream_gives_its_place_back(provider: Provider, upstream: str) -> None:
    with Guard([HARBOUR]) as guard, served(make_app(guard, HttpUpstream(upstream), purpose="filter")) as address:
        http = client(address)
        body = {"model": "m", "messages": question_messages(TEXT), "stream": True}
        with http.stream("POST", "/v1/chat/completions", json=body) as response:
            next(response.iter_bytes())
        deadline = time.monotonic() + 10
        while http.get("/healthz").json()["inside"] and time.monotonic() < deadline:
            time.sleep(0.05)
        assert http.get("/healthz").json()["inside"] == 0


@pytest.mark.parametrize("started", [False, True])
def test_a_client_that_leaves_before_the_first_piece_gives_its_place_back(started: bool) -> None:
    async def run() -> None:
        closed, asked = [], asyncio.Event()

        async def pieces() -> Any:
            asked.set()
            await asyncio.Event().wait()
            yield b""

        async def aclose() -> None:
            closed.append(True)

        class Stuck:
            async def send(self, *given: Any) -> Pieces:
                return Pieces(pieces(), aclose, {})

        given = json.dumps({"model": "m", "messages": question_messages(TEXT), "stream": True}).encode()
        events: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if not events and started:
                await asked.wait()
            return events.pop() if events else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            await asyncio.sleep(0)

        scope = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1"}
        scope |= {"method": "POST", "path": "/v1/chat/completions", "raw_path": b"", "query_string": b"", "headers": []}
        with Guard([HARBOUR]) as guard:
            app = make_app(guard, Stuck(), purpose="ask", limits=Limits(concurrency=1, waiting=0))  # type: ignore[arg-type]
            for _ in range(2):  # the second is only let in where the first has left
                events.append({"type": "http.request", "body": given, "more_body": False})
                await asyncio.wait_for(app(scope, receive, send), 10)
                events.clear()
            assert closed == [True, True]
            assert guard.balance.closes

    asyncio.run(run())


async def _cut(request: Any) -> Response:
    async def pieces() -> Any:
        yield b'data: {"choices": [{"delta": {"content": "Half a"}}]}\n\n'
        raise ConnectionError("cut")

    return StreamingResponse(pieces(), media_type="text/event-stream")


async def _late(request: Any) -> Response:
    await asyncio.sleep(3)
    return JSONResponse({})


FAULTS: dict[str, tuple[Any, int, str]] = {
    "rate limit": (lambda r: JSONResponse({"error": {"message": "slow"}}, 429, {"retry-after": "7"}), 429, "slow"),
    "server error": (lambda r: JSONResponse({"error": {"message": "oops"}}, 500), 500, "oops"),
    "overloaded": (lambda r: PlainTextResponse("busy", 529), 529, "busy"),
    "wrong key": (lambda r: JSONResponse({"error": {"message": "key"}}, 401), 401, "key"),
    "unknown model": (lambda r: JSONResponse({"error": {"message": "no model"}}, 404), 404, "no model"),
    "error page": (lambda r: PlainTextResponse("<html>bad gateway</html>", 502), 502, "bad gateway"),
    "no JSON": (lambda r: PlainTextResponse("<html>hello</html>"), 502, "something else than a JSON"),
    "half a JSON": (lambda r: PlainTextResponse('{"choices": [{"mess'), 502, "something else than a JSON"),
    "a list": (lambda r: JSONResponse([1]), 502, "something else than a JSON"),
    "empty": (lambda r: PlainTextResponse(""), 502, "something else than a JSON"),
    "too late": (_late, 504, "did not answer in time"),
    "redirect": (lambda r: PlainTextResponse("", 302, {"location": "http://127.0.0.1:9/"}), 502, "something else"),
    "no choices": (lambda r: JSONResponse({"choices": []}), 200, "choices"),
    "another form": (lambda r: JSONResponse({"status": "queued"}), 200, "queued"),
    "null content": (lambda r: JSONResponse({"choices": [{"message": {"content": None}}]}), 200, "null"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_of_the_upstream_passes_and_the_balance_closes(name: str) -> None:
    answer, status, said = FAULTS[name]

    async def respond(request: Any) -> Response:
        made = answer(request)
        return await made if asyncio.iscoroutine(made) else made  # type: ignore[no-any-return]

    app = Starlette(routes=[Route("/v1/{path:path}", respond, methods=["POST"])])
    with (
        served(app) as upstream,
        Guard([HARBOUR], question_attempts=1) as guard,
        served(make_app(guard, HttpUpstream(upstream, timeout=1), purpose="ask")) as address,
    ):
        response = client(address).post("/v1/chat/completions", json=BODIES["/v1/chat/completions"])
        assert response.status_code == status
        assert said in response.text
        assert client(address).get("/healthz").json()["inside"] == 0
        assert guard.balance.closes
        assert guard.balance.answered == 0


def test_a_stream_that_breaks_off_gives_its_place_back_and_is_not_recorded() -> None:
    app = Starlette(routes=[Route("/v1/{path:path}", _cut, methods=["POST"])])
    with (
        served(app) as upstream,
        Guard([HARBOUR]) as guard,
        served(make_app(guard, HttpUpstream(upstream), purpose="ask")) as address,
    ):
        body = {**BODIES["/v1/chat/completions"], "stream": True}
        with contextlib.suppress(httpx.HTTPError):
            assert "Half a" in client(address).post("/v1/chat/completions", json=body).text
        assert client(address).get("/healthz").json()["inside"] == 0
        assert guard.balance.closes
        assert guard.balance.answered == 0
