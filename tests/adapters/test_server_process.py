"""`selfstudy-guard serve` as a process: what was answered survives a kill, and a stop lets requests end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra 'server' is not installed")

import httpx

from selfstudy_guard.ledger import open_ledger
from tests.support.provider import KEY, Provider, served
from tests.test_guard import PLANTED, TEXT, answer_messages, question_messages

pytestmark = [
    pytest.mark.block_network(allowed_hosts=["127.0.0.1"]),
    pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there"),
    pytest.mark.slow,
]

ROOT = Path(__file__).parents[2]


@contextmanager
def process(folder: Path, upstream: str, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server of its own process, once it answers."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "selfstudy_guard", "serve", str(folder / "docs"), "--upstream", upstream]
    command += ["--out", str(folder / "run"), "--port", str(port), *options]
    path = os.pathsep.join([str(ROOT), str(ROOT / "adapters"), os.environ.get("PYTHONPATH", "")])
    running = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stderr=(folder / "log").open("ab"))
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1200):
            assert running.poll() is None, (folder / "log").read_text()
            try:
                httpx.get(f"{address}/healthz", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield running, address
    finally:
        running.kill()
        running.wait()


def pair(address: str, got: list[tuple[str, str]]) -> None:
    """Ask and answer once; what came back whole is noted."""
    with httpx.Client(base_url=address, headers={"authorization": f"Bearer {KEY}"}, trust_env=False) as http:
        try:
            asked = http.post("/v1/chat/completions", json={"model": "ask/m", "messages": question_messages(TEXT)})
            question = asked.json()["choices"][0]["message"]["content"]
            told = http.post(
                "/v1/chat/completions", json={"model": "answer/m", "messages": answer_messages(TEXT, question)}
            )
            got.append((question, told.json()["choices"][0]["message"]["content"]))
        except (httpx.HTTPError, KeyError, ValueError):
            return  # killed on the way


def pairs(address: str, got: list[tuple[str, str]]) -> None:
    for _ in range(3):
        pair(address, got)


def records_in(folder: Path) -> list[Any]:
    with open_ledger(str(folder / "run")) as ledger:
        assert ledger.balance().closes
        return list(ledger.records())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "harbour.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_a_killed_server_loses_no_answered_record_and_the_next_goes_on(folder: Path) -> None:
    provider, got = Provider(), []  # type: ignore[var-annotated]
    provider.delay = 0.02
    with served(provider.app) as upstream:
        for kill_after in (1, 2, 4):
            with process(folder, upstream) as (running, address):
                until = len(got) + kill_after
                threads = [
                    threading.Thread(target=lambda a=address: [pair(a, got) for _ in range(3)]) for _ in range(2)
                ]
                for thread in threads:
                    thread.start()
                deadline = time.monotonic() + 60
                while len(got) < until and any(t.is_alive() for t in threads) and time.monotonic() < deadline:
                    time.sleep(0.005)
                running.send_signal(signal.SIGKILL)
                for thread in threads:
                    thread.join()
            kept = [(record.question.text, record.answer.text) for record in records_in(folder)]
            rejected = {question for question, _ in got} - {question for question, _ in kept}
            accepted = [one for one in got if one[0] not in rejected]
            assert set(accepted) <= set(kept)
            assert len(kept) == len(set(kept))
    assert kept
    assert not any(PLANTED in str(body) for body in provider.bodies)
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert KEY.encode() not in everything


def test_a_stopped_server_ends_the_requests_under_way(folder: Path) -> None:
    provider, got = Provider(), []  # type: ignore[var-annotated]
    with served(provider.app) as upstream, process(folder, upstream) as (running, address):
        pair(address, got)
        provider.delay = 1.0
        thread = threading.Thread(
            target=lambda: got.append(  # type: ignore[func-returns-value]
                httpx.post(
                    f"{address}/v1/chat/completions",
                    json={
                        "model": "answer/m",
                        "messages": answer_messages(TEXT, "How old is the lighthouse at Kalvø?"),
                    },
                    trust_env=False,
                    timeout=30,
                ).status_code
            )
        )
        thread.start()
        time.sleep(0.3)
        running.send_signal(signal.SIGTERM)
        thread.join()
        assert running.wait(30) in (0, -signal.SIGTERM)
        assert got[-1] == 200
    assert len(records_in(folder)) >= 1
