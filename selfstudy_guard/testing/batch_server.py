"""A local server that speaks Anthropic's message batches, and fails on purpose: for tests of batch runs.

`with MessageBatchServer() as server:` serves `server.base_url` (`http://127.0.0.1:PORT`) from a thread of its own. It
checks requests as the provider does and answers them as `FaultyProvider` does. It needs nothing but the standard
library, listens on the loopback interface alone, and outlives the runs that use it.
"""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from selfstudy_guard.testing.reader import respond

_CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_WHEN = "2026-01-01T00:00:00Z"
_PAGE = 20


class MessageBatchServer:
    """Serves `/v1/messages`, `/v1/messages/batches` and what lies below it.

    Args:
        key: that requests must carry as `x-api-key`.
        polls: looks at a batch after which it has ended.

    Attributes:
        hits: method and path of every request, oldest first.
        batches: the answers of the API about every batch, by id, oldest first.
        submitted: the rows (`custom_id`, `params`) of every batch, by its id.
        hold: while true, no batch ends.
        fail_next: statuses that the next requests are answered with.
        lose_answer_of_create: the next batch is made, but the connection breaks before the answer.
        break_results: how many of the next streams of results break in the middle.
        twice: whether every result is sent twice, the second time with another text.
        results: by position in the first batch, the `result` in place of a good one; None leaves the row out.
    """

    def __init__(self, *, key: str = "test-key", polls: int = 2) -> None:
        self.key = key
        self.polls = polls
        self.hits: list[str] = []
        self.batches: dict[str, dict[str, Any]] = {}
        self.submitted: dict[str, list[Mapping[str, Any]]] = {}
        self.hold = False
        self.fail_next: deque[int] = deque()
        self.lose_answer_of_create: bool = False
        self.break_results = 0
        self.twice = False
        self.results: dict[int, Mapping[str, Any] | None] = {}
        self._looks: dict[str, int] = {}
        self._mutex = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._http.daemon_threads = True
        self.base_url: str = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> MessageBatchServer:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), name="message-batches", daemon=True).start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def custom_ids(self) -> list[str]:
        """Of every request that came in a batch."""
        return [str(row["custom_id"]) for rows in self.submitted.values() for row in rows]

    def answer(self, method: str, path: str, query: Mapping[str, list[str]], body: bytes) -> tuple[int, Any]:
        """Status and JSON value (or lines) for one request."""
        with self._mutex:
            parts = path.strip("/").split("/")
            if (method, parts) == ("POST", ["v1", "messages"]):
                return 200, _message(json.loads(body))
            if parts[:3] != ["v1", "messages", "batches"]:
                return 404, _error("not_found_error", "no such path")
            if method == "POST" and len(parts) == 3:
                return self._create(json.loads(body))
            if method == "GET" and len(parts) == 3:
                return 200, self._listed(query)
            if method != "GET" or parts[3] not in self.batches:
                return 404, _error("not_found_error", "no such batch")
            if len(parts) == 5 and parts[4] == "results":
                if self.batches[parts[3]]["processing_status"] != "ended":
                    return 404, _error("not_found_error", "no results yet")
                return 200, list(self._lines(parts[3]))
            return 200, self._look(parts[3])

    def _create(self, wanted: Mapping[str, Any]) -> tuple[int, Any]:
        rows = wanted.get("requests") or []
        ids = [str(row.get("custom_id")) for row in rows]
        if not rows or len(set(ids)) != len(ids) or not all(_CUSTOM_ID.fullmatch(name) for name in ids):
            return 400, _error("invalid_request_error", "requests: each needs a custom_id of its own")
        for number, row in enumerate(rows):
            params = row.get("params") or {}
            if not params.get("model") or not params.get("max_tokens") or not params.get("messages"):
                message = f"requests.{number}.params: model, max_tokens and messages are required"
                return 400, _error("invalid_request_error", message)
            if not all(str(text).strip() for text in params.get("stop_sequences") or ()):
                return 400, _error("invalid_request_error", "stop_sequences: each must hold more than white space")
        name = f"msgbatch_{len(self.batches):04}"
        self.submitted[name] = list(rows)
        self.batches[name] = {
            "id": name,
            "type": "message_batch",
            "processing_status": "in_progress",
            "request_counts": {"processing": len(rows), "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0},
            "created_at": _WHEN,
            "expires_at": "2026-01-02T00:00:00Z",
            "ended_at": None,
            "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": None,
        }
        if self.lose_answer_of_create:
            self.lose_answer_of_create = False
            return 0, None
        return 200, self.batches[name]

    def _listed(self, query: Mapping[str, list[str]]) -> dict[str, Any]:
        newest = list(reversed(self.batches.values()))
        after = query.get("after_id", [None])[0]
        begin = [batch["id"] for batch in newest].index(after) + 1 if after in self.batches else 0
        page = newest[begin : begin + _PAGE]
        return {"data": page, "has_more": begin + _PAGE < len(newest)}

    def _look(self, name: str) -> dict[str, Any]:
        batch = self.batches[name]
        if batch["processing_status"] == "in_progress" and not self.hold:
            self._looks[name] = self._looks.get(name, 0) + 1
            if self._looks[name] >= self.polls:
                self.end(name)
        return batch

    def end(self, name: str) -> None:
        """Let a batch end now."""
        counts = {"processing": 0, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}
        for _, result in self._results(name):
            counts[str(result.get("type"))] = counts.get(str(result.get("type")), 0) + 1
        self.batches[name].update(
            processing_status="ended",
            ended_at=_WHEN,
            request_counts=counts,
            results_url=f"{self.base_url}/v1/messages/batches/{name}/results",
        )

    def _results(self, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        first = name == next(iter(self.batches))
        for place, row in enumerate(self.submitted[name]):
            result = self.results.get(place, {}) if first else {}
            if result is not None:
                good = result or {"type": "succeeded", "message": _message(row["params"])}
                yield str(row["custom_id"]), good

    def _lines(self, name: str) -> Iterator[bytes]:
        for custom_id, result in reversed(list(self._results(name))):
            yield json.dumps({"custom_id": custom_id, "result": result}, ensure_ascii=False).encode() + b"\n"
            if self.twice:
                other = {"type": "succeeded", "message": _message({"messages": []}, text="Something else.")}
                yield json.dumps({"custom_id": custom_id, "result": other}).encode() + b"\n"


def _message(params: Mapping[str, Any], text: str | None = None) -> dict[str, Any]:
    system = params.get("system") or []
    messages = [*([{"role": "system", "content": system}] if system else []), *params.get("messages", [])]
    content: dict[str, Any] = {"type": "text", "text": respond(messages) if text is None else text}
    for tool in params.get("tools") or ():  # an answer after a schema, as models without schemas are asked for it
        name = next(iter(tool["input_schema"]["properties"]))
        content = {"type": "tool_use", "id": "toolu_1", "name": tool["name"], "input": {name: content["text"]}}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": str(params.get("model", "")),
        "content": [content],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 100, "output_tokens": 10},
    }


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}}


def _handler_for(server: MessageBatchServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One connection."""

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is logged."""

        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def _serve(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            url = urlsplit(self.path)
            server.hits.append(f"{method} {url.path}")
            if self.headers.get("x-api-key") != server.key:
                return self._send(401, _error("authentication_error", f"invalid {self.headers.get('x-api-key')}"))
            if server.fail_next:
                return self._send(server.fail_next.popleft(), _error("api_error", "a planned fault"))
            status, value = server.answer(method, url.path, parse_qs(url.query), body)
            if status == 0:
                return self._hang_up()
            return self._send(status, value)

        def _send(self, status: int, value: Any) -> None:
            data = b"".join(value) if isinstance(value, list) else json.dumps(value).encode()
            broken = isinstance(value, list) and server.break_results > 0
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            if broken:
                server.break_results -= 1
                self.wfile.write(data[: len(data) // 2])
                return self._hang_up()
            self.wfile.write(data)
            return None

        def _hang_up(self) -> None:
            self.close_connection = True
            self.connection.close()

    return Handler
