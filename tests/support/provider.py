"""A provider of the OpenAI and Anthropic kind in the same process, and a way to serve applications from a thread."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from selfstudy_guard.testing.reader import answer_to, look, plain_content, question_about, respond

KEY = "sk-secret-of-the-client"


class Provider:
    """A provider in the same process that keeps every body and header that it gets."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.status = 200
        self.delay = 0.0
        self.reply: Callable[[dict[str, Any]], str] | None = None
        self.most = self.now = 0
        self.app = Starlette(
            routes=[
                Route("/v1/{path:path}", self.answer, methods=["GET", "POST"]),
            ]
        )

    async def answer(self, request: Request) -> Response:
        self.headers.append(dict(request.headers))
        if request.url.path == "/v1/models":
            return JSONResponse(
                {"object": "list", "data": [{"id": "m", "object": "model", "created": 1, "owned_by": "x"}]}
            )
        body = await request.json()
        self.bodies.append({"path": request.url.path, **body})
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(self.delay)
        self.now -= 1
        if self.status != 200:
            return JSONResponse({"error": {"message": "slow down"}}, self.status, {"retry-after": "7"})
        reply = Replied(self.reply(body)) if self.reply is not None else replied(body)
        if body.get("stream"):
            return StreamingResponse(self.events(reply), media_type="text/event-stream")
        return JSONResponse(self.shaped(request.url.path, reply))

    @staticmethod
    def shaped(path: str, reply: Replied) -> dict[str, Any]:
        usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
        if path.endswith("/messages"):
            parts: list[Any] = [{"type": "text", "text": reply.text}]
            if reply.tool:
                parts = [{"type": "tool_use", "id": "t", "name": reply.tool, "input": json.loads(reply.text)}]
            stop = "tool_use" if reply.tool else "end_turn"
            named = {"id": "m", "type": "message", "role": "assistant", "model": "m", "stop_sequence": None}
            return {**named, "content": parts, "stop_reason": stop, "usage": {"input_tokens": 9, "output_tokens": 3}}
        if path.endswith("/responses"):
            said = {"type": "output_text", "text": reply.text, "annotations": []}
            message = {"id": "o", "type": "message", "role": "assistant", "status": "completed", "content": [said]}
            named = {"id": "r", "object": "response", "created_at": 1, "status": "completed", "model": "m", "tools": []}
            return {**named, "output": [message], "parallel_tool_calls": True, "tool_choice": "auto"}
        if path.endswith("/embeddings"):
            return {
                "object": "list",
                "model": "e",
                "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 0.1]}],
            }
        named = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "usage": usage}
        if path.endswith("/v1/completions"):
            return {**named, "choices": [{"index": 0, "text": reply.text, "finish_reason": "stop"}]}
        message = {"role": "assistant", "content": None if reply.tool else reply.text}
        if reply.tool:
            called = {"name": reply.tool, "arguments": reply.text}
            message["tool_calls"] = [{"id": "t", "type": "function", "function": called}]
        stop = "tool_calls" if reply.tool else "stop"
        return {**named, "choices": [{"index": 0, "message": message, "finish_reason": stop}]}

    @staticmethod
    async def events(reply: Replied) -> Any:
        named = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}

        def event(delta: Any, stop: str | None = None) -> bytes:
            choice = {"index": 0, "delta": delta, "finish_reason": stop}
            return f"data: {json.dumps({**named, 'choices': [choice]})}\n\n".encode()

        if reply.tool:
            called = {"name": reply.tool, "arguments": reply.text}
            yield event({"tool_calls": [{"index": 0, "id": "t", "type": "function", "function": called}]})
        else:
            for word in reply.text.split(" "):
                yield event({"content": word + " "})
        yield event({}, "tool_calls" if reply.tool else "stop") + b"data: [DONE]\n\n"


@dataclass(frozen=True)
class Replied:
    """What a model says: text, or the arguments of a tool."""

    text: str
    tool: str = ""


def replied(body: dict[str, Any]) -> Replied:
    """What a well-behaved model says to a request of any of the interfaces: in its schema, or by its tool."""
    said = body.get("prompt") or body.get("input")
    messages = body.get("messages") or (said if isinstance(said, list) else [{"role": "user", "content": said}])
    form = body.get("response_format") or (body.get("text") or {}).get("format") or {}
    schema = (form.get("json_schema") or form).get("schema")
    if schema is not None:
        return Replied(json.dumps(_Filler(messages, schema).value(schema), ensure_ascii=False))
    if body.get("tools") and body.get("tool_choice") not in (None, "auto", "none", {"type": "auto"}):
        tool = body["tools"][0].get("function", body["tools"][0])
        schema = tool.get("parameters") or tool.get("input_schema")
        return Replied(json.dumps(_Filler(messages, schema).value(schema), ensure_ascii=False), tool["name"])
    return Replied(respond(messages))


class _Filler:
    """Fills a JSON schema: questions about the quoted parts, and answers from the text."""

    def __init__(self, messages: list[dict[str, Any]], root: dict[str, Any]) -> None:
        self._root = root
        self._text = "\n".join(plain_content(message.get("content")) for message in messages)
        shown = look(messages)
        self._parts = re.findall(r'"""(.+?)"""|<quoted_part>(.+?)</quoted_part>', self._text, re.DOTALL)
        self._parts = [first or second for first, second in self._parts] or [shown.target or self._text]
        self._question = shown.question
        self._asked = 0

    def value(self, schema: dict[str, Any], name: str = "") -> Any:
        if "$ref" in schema:
            found: Any = self._root
            for key in schema["$ref"].lstrip("#/").split("/"):
                found = found[key]
            return self.value(found, name)
        for key in ("anyOf", "oneOf", "allOf"):
            if key in schema:
                return self.value(schema[key][0], name)
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if kind == "object":
            return {key: self.value(one, key) for key, one in schema.get("properties", {}).items()}
        if kind == "array":
            return [self.value(schema.get("items", {}), name) for _ in self._parts]
        if kind != "string":
            return {"integer": 1, "number": 1.0, "boolean": True}.get(kind)
        if "answer" in name or "response" in name or "output" in name:
            return answer_to(self._question, self._text)
        self._asked += 1
        self._question = question_about(self._parts[(self._asked - 1) % len(self._parts)])
        return self._question


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
