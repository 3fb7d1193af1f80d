"""A provider of the OpenAI and Anthropic kind in the same process, and a way to serve applications from a thread."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from selfstudy_guard.testing.reader import respond

KEY = "sk-secret-of-the-client"


class Provider:
    """A provider in the same process that keeps every body and header that it gets."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.status = 200
        self.delay = 0.0
        self.reply: str | None = None
        self.most = self.now = 0
        self.app = Starlette(
            routes=[
                Route("/v1/{path:path}", self.answer, methods=["GET", "POST"]),
            ]
        )

    async def answer(self, request: Request) -> Response:
        self.headers.append(dict(request.headers))
        if request.url.path == "/v1/models":
            return JSONResponse({"data": [{"id": "m"}]})
        body = await request.json()
        self.bodies.append({"path": request.url.path, **body})
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(self.delay)
        self.now -= 1
        if self.status != 200:
            return JSONResponse({"error": {"message": "slow down"}}, self.status, {"retry-after": "7"})
        text = self.reply or self.said(body)
        if body.get("stream"):
            return StreamingResponse(self.events(text), media_type="text/event-stream")
        return JSONResponse(self.shaped(request.url.path, text))

    @staticmethod
    def said(body: dict[str, Any]) -> str:
        prompt = body.get("prompt") or body.get("input")
        messages = body.get("messages") or [{"role": "user", "content": prompt}]
        return respond(messages)

    @staticmethod
    def shaped(path: str, text: str) -> dict[str, Any]:
        if path.endswith("/messages"):
            return {"content": [{"type": "text", "text": text}], "stop_reason": "end_turn", "model": "m"}
        if path.endswith("/responses"):
            return {"output": [{"type": "message", "content": [{"type": "output_text", "text": text}]}], "model": "m"}
        if path.endswith("/embeddings"):
            return {"data": [{"embedding": [0.0]}]}
        if path.endswith("/v1/completions"):
            return {"choices": [{"text": text, "finish_reason": "stop"}], "model": "m"}
        return {"choices": [{"message": {"content": text}, "finish_reason": "stop"}], "model": "m"}

    @staticmethod
    async def events(text: str) -> Any:
        for word in text.split(" "):
            yield f"data: {json.dumps({'choices': [{'delta': {'content': word + ' '}}]})}\n\n".encode()
        yield b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'


@contextlib.contextmanager
def served(app: Any) -> Iterator[str]:
    """The address at which an application is served, from a thread."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
