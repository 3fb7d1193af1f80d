"""What `selfstudy-guard serve` costs: requests a second through it, against the bare upstream in the same run.

    python benchmarks/server_throughput.py [--requests 2048] [--in-flight 64] [--latency 1.0] [--json]

Upstream and server run in processes of their own; the client sends answer requests about pages of ten sentences, each
another page, so that nothing is remembered. The first wave comes at once and waits for itself, so few requests tell of
a start and many of a running server. Both runs share one upstream, which answers after `latency` seconds. The
server's own processor time is that of the second turn (from /proc).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from selfstudy_guard_server import HttpUpstream, make_app
from selfstudy_guard_server.connections import SmallPools
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.speed_loops import documents
from selfstudy_guard import Guard

PAGES = 64


def upstream(port: int, latency: float) -> None:
    """A model that waits and says the same."""

    async def answer(request: Any) -> JSONResponse:
        await request.body()
        await asyncio.sleep(latency)
        message = {"role": "assistant", "content": "It says that the valve opens."}
        return JSONResponse({"choices": [{"message": message, "finish_reason": "stop"}], "model": "m"})

    app = Starlette(routes=[Route("/v1/chat/completions", answer, methods=["POST"])])
    uvicorn.run(app, port=port, log_level="error", timeout_keep_alive=120)


def server(port: int, behind: int, in_flight: int) -> None:
    """The guarding server before it."""
    with Guard(documents(PAGES, 2000), answer_attempts=1) as guard:
        for document in guard.documents:  # what is done once a document is done before the clock starts
            guard.protect(document.text)
        app = make_app(guard, HttpUpstream(f"http://127.0.0.1:{behind}", connections=in_flight), purpose="answer")
        uvicorn.run(app, port=port, log_level="error", timeout_keep_alive=120)


async def measured(port: int, requests: int, in_flight: int) -> float:
    """Requests a second."""
    pages = documents(PAGES, 2000)
    places = asyncio.Semaphore(in_flight)
    transport = SmallPools(in_flight)

    async def one(client: httpx.AsyncClient, number: int) -> None:
        text = pages[number % PAGES].text
        said = f"<text>{text}</text>\n\nQuestion: What is said about the part {number}?"
        async with places:
            done = await client.post(
                "/v1/chat/completions", json={"model": "m", "messages": [{"role": "user", "content": said}]}
            )
            done.raise_for_status()

    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", timeout=120, transport=transport, trust_env=False
    ) as client:
        begun = time.perf_counter()
        await asyncio.gather(*(one(client, number) for number in range(requests)))
        return requests / (time.perf_counter() - begun)


def used(process: multiprocessing.Process) -> float:
    """Processor seconds of a process so far; 0 where the system does not tell (no /proc)."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int) -> None:
    """Return when somebody listens there."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)


def main() -> None:
    """Measure both, turn by turn, and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2048)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    behind, front = free(), free()
    running = [
        multiprocessing.Process(target=upstream, args=(behind, given.latency), daemon=True),
        multiprocessing.Process(target=server, args=(front, behind, given.in_flight), daemon=True),
    ]
    for process in running:
        process.start()
    for port in (behind, front):
        wait_for(port)
    rates: dict[str, list[float]] = {"bare": [], "guarded": []}
    begun = 0.0
    for turn in range(2):
        begun = used(running[1]) if turn else 0.0  # the first turn warms up
        for name, port in (("bare", behind), ("guarded", front)):
            rates[name].append(asyncio.run(measured(port, given.requests, given.in_flight)))
    spent = used(running[1]) - begun
    for process in running:
        process.terminate()
    best = {name: max(found) for name, found in rates.items()}
    figures = {**best, "ratio": best["guarded"] / best["bare"]}
    figures["server's processor time a request, ms"] = 1000 * spent / given.requests
    print(json.dumps(figures) if given.json else "\n".join(f"{name}: {value:.2f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
