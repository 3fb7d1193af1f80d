"""What scale costs: Ray workers, merging of coverage, and jobs that are killed.

    python benchmarks/scale.py --documents 200 --workers 1 2 --trackers 20000
    python benchmarks/scale.py --merge 10000000
    python benchmarks/scale.py --standing 10000000

Measurements, each small by default: the same job at different numbers of workers against a bare `map_batches` with the
same model; a worker's own time without Ray, and what its parts weigh on disk; reading and folding the trackers of many
documents; a job whose driver is killed, then started again, against an undisturbed one. With `--merge`, only this:
coverage of so many documents, and with `--standing` the anti-join of so many (see scale_merge.py).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import ray
from scale_merge import merged, resident, standing
from selfstudy_guard_ray import generate_dataset, read_balance
from selfstudy_guard_ray.orders import make_order
from selfstudy_guard_ray.stages import WriteRecords
from selfstudy_guard_ray.store import Store

from selfstudy_guard import CoverageTracker, Document
from selfstudy_guard.coverage.tallies import Tallies
from selfstudy_guard.records import Message, Request
from selfstudy_guard.testing import ExtractiveReader

HERE = Path(__file__).resolve().parent


class SlowReader(ExtractiveReader):
    """Answers after a fixed latency, as a remote model does."""

    def __init__(self, latency: float) -> None:
        super().__init__()
        self._latency = latency

    async def acomplete(self, request: Request) -> Any:
        await asyncio.sleep(self._latency)
        return self.complete(request)


class BareCalls:
    """What people write without us: two calls a question, no plan, no checks, no files."""

    def __init__(self, n: int, latency: float) -> None:
        self._n, self._model = n, SlowReader(latency)
        self._gate = asyncio.Semaphore(8)

    async def _ask(self, text: str, number: int) -> str:
        async with self._gate:
            for purpose in ("question", "answer"):
                message = Message(role="user", content=f"Write a question about this text.\n\n{text}")
                reply = await self._model.acomplete(Request(purpose=purpose, messages=(message,), key=str(number)))
        return reply.text

    async def __call__(self, batch: dict[str, Any]) -> Any:
        asked = [self._ask(text, number) for text in batch["text"] for number in range(self._n)]
        yield {"answer": await asyncio.gather(*asked)}


def corpus(count: int) -> list[dict[str, str]]:
    """Documents of about 1,400 characters with twelve sentences that all differ."""
    parts = ("inlet", "valve", "shaft", "seal", "gauge", "lever")
    rows = []
    for i in range(count):
        body = "\n\n".join(
            f"The {part} of pump {i} was made in {1900 + (i * 7 + j) % 99} by the workshop of number {i + j}. "
            f"It withstands {i % 40 + j + 2} bar, and it is replaced after {100 + 3 * j + i % 17} hours of use."
            for j, part in enumerate(parts)
        )
        rows.append({"id": f"pump-{i}", "text": f"# Pump {i}\n\n{body}\n"})
    return rows


def job(rows: list[dict[str, str]], out: Path, workers: int, n: int, latency: float) -> float:
    dataset = ray.data.from_items(rows).materialize()
    begun = time.monotonic()
    generate_dataset(
        dataset,
        model=SlowReader(latency),
        n_per_document=n,
        out=out,
        id_column="id",
        batch_size=8,
        actors=workers,
        concurrency=8,
    )
    return time.monotonic() - begun


def bare(rows: list[dict[str, str]], workers: int, n: int, latency: float) -> float:
    dataset = ray.data.from_items(rows).materialize()
    begun = time.monotonic()
    dataset.map_batches(
        BareCalls,
        fn_constructor_args=(n, latency),
        batch_size=8,
        compute=ray.data.ActorPoolStrategy(size=workers),
    ).materialize()
    return time.monotonic() - begun


def own_work(rows: list[dict[str, str]], n: int, folder: Path) -> dict[str, float]:
    """CPU time of a worker without Ray and without latency, the fake model included, and what its parts hold."""
    order = make_order(ExtractiveReader(), n, seed=0, unit=("text", "id"))
    store = Store(folder)
    store.begin(order.settings.model_dump(mode="json"))
    writer = WriteRecords(order, columns=("text", "id"), out=str(folder), run=1, begun={})

    async def everything() -> None:
        for start in range(0, len(rows), 32):
            async for _ in writer(pa.Table.from_pylist(rows[start : start + 32])):
                pass

    asyncio.run(everything())
    begun = time.process_time()
    writer._run = 2  # the same parts under other names, now that everything is imported and warm
    asyncio.run(everything())
    seconds = time.process_time() - begun
    balance = read_balance(folder)
    bytes_ = sum(file.stat().st_size for file in folder.rglob("part-00002-*.parquet"))
    coverage = sum(
        len(text.encode())
        for file in (folder / "documents").glob("part-00002-*.parquet")
        for text in pq.read_table(file, columns=["coverage"]).column(0).to_pylist()
    )
    return {
        "questions": balance.planned,
        "cpu_ms_a_question": 1000 * seconds / balance.planned,
        "bytes_on_disk_a_question": bytes_ / balance.planned,
        "tracker_json_bytes_a_document": coverage / len(rows),
        "tokens_a_question": balance.usage.tokens / balance.planned,
        "share_of_tokens_sent": balance.usage.prompt_tokens / balance.usage.tokens,
    }


def trackers(count: int) -> dict[str, float]:
    """Trackers of `count` documents with three questions each, as a job writes them, read and folded in one process."""
    rows = corpus(16)
    texts = []
    for i in range(count):
        row = rows[i % len(rows)]
        if i < len(rows):
            tracker = CoverageTracker([Document(id=row["id"], text=row["text"])])
            for part in ("inlet", "valve", "shaft"):
                tracker.add(
                    f"When was the {part} of pump {i} made?", document_id=row["id"], labels={"style": "factual"}
                )
            texts.append(tracker.to_json())
        else:
            # The same counts under another id: what is measured is reading and adding, not attribution.
            texts.append(texts[i % len(rows)].replace(row["id"], f"pump-{i}"))
    before, begun = resident(), time.process_time()
    total = Tallies()
    for start in range(0, count, 16_384):
        whole = CoverageTracker()
        for text in texts[start : start + 16_384]:
            whole += CoverageTracker.from_json(text)
        total += whole.tallies()
    seconds = time.process_time() - begun
    assert total.sums["documents"] == count
    return {
        "documents": count,
        "json_bytes_a_document": sum(len(text) for text in texts) / count,
        "microseconds_a_document": seconds / count * 1e6,
        "memory_bytes_a_document_of_a_shard": (resident() - before) * 2**20 / min(count, 16_384),
    }


def killed_driver(rows: list[dict[str, str]], folder: Path, n: int) -> dict[str, Any]:
    """Kill the whole job after its first parts, start it again, compare."""
    out = folder / "killed"
    command = [sys.executable, __file__, "--only-job", str(out), "--documents", str(len(rows)), "--questions", str(n)]
    driver = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ.copy())
    until = time.monotonic() + 90
    while len(list((out / "documents").glob("part-*"))) < 3 and time.monotonic() < until and driver.poll() is None:
        time.sleep(0.05)
    driver.kill()
    driver.wait()
    begun = len(list((out / "documents").glob("part-*")))
    job(rows, out, 1, n, 0.0)
    job(rows, folder / "undisturbed", 1, n, 0.0)
    return {
        "parts_before_the_kill": begun,
        "parts_of_an_undisturbed_job": len(list((folder / "undisturbed" / "documents").glob("part-*"))),
        "same_records": essence(out) == essence(folder / "undisturbed"),
        "planned": read_balance(out).planned,
    }


def essence(out: Path) -> list[tuple[str, ...]]:
    """All rows that count, without times and places."""
    from selfstudy_guard_ray import read_records

    columns = ("document_id", "key", "status", "question", "answer")
    return sorted(tuple(str(row[name]) for name in columns) for row in read_records(out).take_all())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--questions", type=int, default=4)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds of the model")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--trackers", type=int, default=20_000, help="documents whose trackers are read and folded")
    parser.add_argument("--merge", type=int, help="documents whose coverage is merged; nothing else is measured then")
    parser.add_argument(
        "--standing", type=int, help="documents that a job goes on after; nothing else is measured then"
    )
    parser.add_argument("--merge-questions", type=int, default=10, help="questions a document of those")
    parser.add_argument("--only-job", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
    folder = Path(tempfile.mkdtemp(prefix="scale-"))
    if given.merge or given.standing:
        try:
            if given.merge:
                print(json.dumps(merged(given.merge, given.merge_questions, folder / "coverage"), indent=1), flush=True)
            else:
                print(json.dumps({"standing": standing(given.standing, folder / "out")}), flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return
    print(json.dumps({"trackers": trackers(given.trackers)}), flush=True)
    print(json.dumps({"own_work": own_work(corpus(200), 10, folder / "own")}), flush=True)
    ray.init(num_cpus=max(given.workers), include_dashboard=False, log_to_driver=False, configure_logging=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    rows = corpus(given.documents)
    try:
        job(rows[:8], folder / "warm", 1, 1, 0.0)
        for workers in given.workers:
            empty = job(rows[:1], folder / f"empty-{workers}", workers, 1, 0.0)
            ours = job(rows, folder / f"out-{workers}", workers, given.questions, given.latency)
            plain = bare(rows, workers, given.questions, given.latency)
            balance = read_balance(folder / f"out-{workers}")
            size = sum(file.stat().st_size for file in (folder / f"out-{workers}").rglob("*.parquet"))
            row = {
                "workers": workers,
                "seconds": ours,
                "seconds_of_one_document": empty,
                "bare_seconds": plain,
                "planned": balance.planned,
                "answered": balance.answered,
                "bytes_on_disk_a_question": size / balance.planned,
                "tokens_a_question": balance.usage.tokens / balance.planned,
            }
            print(json.dumps(row), flush=True)
        print(json.dumps({"killed_driver": killed_driver(rows[:64], folder, given.questions)}), flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def only_job() -> bool:
    """The driver that is to be killed."""
    if "--only-job" not in sys.argv:
        return False
    value = {name: sys.argv[sys.argv.index(name) + 1] for name in ("--only-job", "--documents", "--questions")}
    os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, configure_logging=False)
    job(corpus(int(value["--documents"])), Path(value["--only-job"]), 1, int(value["--questions"]), 0.3)
    return True


if __name__ == "__main__" and not only_job():
    main()
