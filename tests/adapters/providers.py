"""A local server that speaks the formats of OpenAI, Anthropic, Gemini, Mistral and Ollama, whole and streaming.

It answers in the words of what it is shown, and keeps the bytes of every request, so that tests see what was really
sent. Paths: /v1/... (OpenAI, Mistral), /anthropic/v1/messages, /gemini/..., /ollama/api/...; a model whose name holds
`fail-429`, `fail-401`, `fail-500`, `fail-400` or `slow` behaves so.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from selfstudy_guard.testing.reader import respond

FAILURES = {
    "fail-429": (429, "Rate limit reached, please wait.", {"retry-after": "7"}),
    "fail-401": (401, "Incorrect API key provided.", {}),
    "fail-500": (500, "The server had an error.", {}),
    "fail-400": (400, "This model's maximum context length is 10 tokens.", {}),
}
Reply = Callable[[list[dict[str, Any]]], str]


class Provider:
    """The server; use it in `with`. `bodies` holds every request body as bytes, `paths` where it went."""

    def __init__(self, port: int = 0, reply: Reply | None = None, delay: float = 0.0) -> None:
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        self.reply: Reply = reply or respond
        self.delay = delay
        outer = self

        class Handler(_Handler):
            provider = outer

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Provider:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def sent(self) -> str:
        """Everything that reached the server, decoded (JSON escapes resolved)."""
        return "\n".join(json.dumps(json.loads(body), ensure_ascii=False) for body in self.bodies)

    def clear(self) -> None:
        self.bodies.clear()
        self.paths.clear()


class _Handler(BaseHTTPRequestHandler):
    provider: Provider
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._send(200, {"data": [], "object": "list"})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.provider.bodies.append(raw)
        self.provider.paths.append(self.path)
        body = json.loads(raw)
        model = str(body.get("model") or self.path)
        if self.provider.delay:
            time.sleep(self.provider.delay)
        for name, (status, message, headers) in FAILURES.items():
            if name in model:
                kind = "server_error" if status == 500 else "invalid_request_error"
                self._send(status, {"error": {"message": message, "type": kind, "code": None}}, headers)
                return
        path = self.path.split("?")[0]
        if path.endswith("/chat/completions"):
            self._openai(body, model)
        elif path.endswith("/completions"):
            self._text(body, model)
        elif path.endswith("/responses"):
            self._responses(body, model)
        elif path.endswith("/messages"):
            self._anthropic(body, model)
        elif "generateContent" in path.lower().replace("streamg", "g").replace("generatecontent", "generateContent"):
            self._gemini(body, path)
        elif path.endswith("/api/chat"):
            self._ollama(body, model, chat=True)
        elif path.endswith("/api/generate"):
            self._ollama(body, model, chat=False)
        elif path.endswith("/api/show"):
            self._send(200, {"model_info": {}, "template": "", "capabilities": ["completion"]})
        else:
            self._send(404, {"error": {"message": f"no such path: {path}"}})

    # -- formats ------------------------------------------------------------------------------------------------

    def _openai(self, body: dict[str, Any], model: str) -> None:
        text = self.provider.reply(body["messages"])
        head = {"id": "chatcmpl-1", "created": 1700000000, "model": model}
        if not body.get("stream"):
            message = {"role": "assistant", "content": text}
            choices = [
                {"index": n, "message": message, "finish_reason": "stop", "logprobs": None}
                for n in range(body.get("n") or 1)
            ]
            self._send(200, {**head, "object": "chat.completion", "choices": choices, "usage": _usage(body, text)})
            return

        def events() -> Iterator[str]:
            chunk = {**head, "object": "chat.completion.chunk"}
            for piece in _pieces(text):
                yield _data({**chunk, "choices": [{"index": 0, "delta": {"role": "assistant", "content": piece}}]})
            yield _data({**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            yield "data: [DONE]\n\n"

        self._stream(events())

    def _text(self, body: dict[str, Any], model: str) -> None:
        prompts = body["prompt"] if isinstance(body["prompt"], list) else [body["prompt"]]
        texts = [self.provider.reply([{"role": "user", "content": prompt}]) for prompt in prompts]
        head = {"id": "cmpl-1", "object": "text_completion", "created": 1700000000, "model": model}
        if not body.get("stream"):
            choices = [{"index": n, "text": text, "finish_reason": "stop"} for n, text in enumerate(texts)]
            self._send(200, {**head, "choices": choices, "usage": _usage(body, texts[0])})
            return

        def events() -> Iterator[str]:
            for piece in _pieces(texts[0]):
                yield _data({**head, "choices": [{"index": 0, "text": piece, "finish_reason": None}]})
            yield _data({**head, "choices": [{"index": 0, "text": "", "finish_reason": "stop"}]})
            yield "data: [DONE]\n\n"

        self._stream(events())

    def _responses(self, body: dict[str, Any], model: str) -> None:
        given = body["input"]
        messages = [{"role": "user", "content": given}] if isinstance(given, str) else given
        text = self.provider.reply(messages)
        part = {"type": "output_text", "text": text, "annotations": []}
        item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
        usage = {
            "input_tokens": 50,
            "output_tokens": 10,
            "total_tokens": 60,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 0},
        }
        whole = {
            "id": "resp_1",
            "object": "response",
            "created_at": 1700000000,
            "status": "completed",
            "model": model,
            "output": [item],
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "temperature": 1.0,
            "top_p": 1.0,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": {},
            "usage": usage,
        }
        if not body.get("stream"):
            self._send(200, whole)
            return

        def events() -> Iterator[str]:
            yield _event("response.created", {"response": {**whole, "output": [], "status": "in_progress"}})
            for piece in _pieces(text):
                place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
                yield _event("response.output_text.delta", {**place, "delta": piece})
            yield _event("response.completed", {"response": whole})

        self._stream(events())

    def _anthropic(self, body: dict[str, Any], model: str) -> None:
        text = self.provider.reply(body["messages"])
        usage = {"input_tokens": 50, "output_tokens": 10}
        head = {"id": "msg_1", "type": "message", "role": "assistant", "model": model}
        if not body.get("stream"):
            content = [{"type": "text", "text": text}]
            self._send(
                200, {**head, "content": content, "stop_reason": "end_turn", "stop_sequence": None, "usage": usage}
            )
            return

        def events() -> Iterator[str]:
            yield _event("message_start", {"message": {**head, "content": [], "stop_reason": None, "usage": usage}})
            yield _event("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}})
            for piece in _pieces(text):
                yield _event("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": piece}})
            yield _event("content_block_stop", {"index": 0})
            yield _event("message_delta", {"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 10}})
            yield _event("message_stop", {})

        self._stream(events())

    def _gemini(self, body: dict[str, Any], path: str) -> None:
        messages = [
            {"role": "assistant" if turn.get("role") == "model" else "user", "content": turn["parts"]}
            for turn in body["contents"]
        ]
        text = self.provider.reply(messages)
        usage = {"promptTokenCount": 50, "candidatesTokenCount": 10, "totalTokenCount": 60}

        def answer(piece: str, last: bool) -> dict[str, Any]:
            candidate: dict[str, Any] = {"content": {"role": "model", "parts": [{"text": piece}]}, "index": 0}
            if last:
                candidate["finishReason"] = "STOP"
            return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini-local"}

        if "stream" not in path.lower():
            self._send(200, answer(text, True))
            return
        pieces = list(_pieces(text))
        self._stream(_data(answer(piece, n == len(pieces) - 1)) for n, piece in enumerate(pieces))

    def _ollama(self, body: dict[str, Any], model: str, *, chat: bool) -> None:
        messages = body["messages"] if chat else [{"role": "user", "content": body["prompt"]}]
        text = self.provider.reply(messages)

        def line(piece: str, done: bool) -> dict[str, Any]:
            said = {"message": {"role": "assistant", "content": piece}} if chat else {"response": piece}
            end = {"done_reason": "stop", "prompt_eval_count": 50, "eval_count": 10} if done else {}
            return {"model": model, "created_at": "2023-11-14T22:13:20Z", **said, "done": done, **end}

        if body.get("stream") is False:
            self._send(200, line(text, True))
            return
        lines = [line(piece, False) for piece in _pieces(text)] + [line("", True)]
        self._stream((json.dumps(part) + "\n" for part in lines), kind="application/x-ndjson")

    # -- HTTP ---------------------------------------------------------------------------------------------------

    def _send(self, status: int, value: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        raw = json.dumps(value).encode()
        self.send_response(status)
        for name, text in {"content-type": "application/json", **(headers or {})}.items():
            self.send_header(name, text)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _stream(self, events: Iterator[str], kind: str = "text/event-stream") -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for event in events:
            self.wfile.write(event.encode())
            self.wfile.flush()


def _pieces(text: str) -> Iterator[str]:
    for at in range(0, len(text), 12):
        yield text[at : at + 12]


def _data(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value)}\n\n"


def _event(kind: str, value: dict[str, Any]) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **value})}\n\n"


def _usage(body: dict[str, Any], text: str) -> dict[str, Any]:
    sent, said = len(json.dumps(body)) // 4, len(text) // 4 + 1
    details = {"cached_tokens": 16}
    return {
        "prompt_tokens": sent,
        "completion_tokens": said,
        "total_tokens": sent + said,
        "prompt_tokens_details": details,
    }
