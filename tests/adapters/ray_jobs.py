"""Documents, a job and its essence for the tests of the Ray adapter; also the driver process that such a test kills."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from selfstudy_guard_ray.orders import make_order
from selfstudy_guard_ray.stages import WriteRecords, drop_done
from selfstudy_guard_ray.store import Store
from selfstudy_guard_ray.tables import home_of

from selfstudy_guard.testing import ExtractiveReader


def texts(count=8):
    return [
        f"# Pump {i}\n\nThe pump number {i} was built in {1900 + i} by the firm of Anders Holm. It lifts {i + 3} "
        f"litres of water in one minute.\n\nThe valve of pump {i} closes when the pressure rises above {i + 2} bar. "
        "A red lamp shows that the valve is closed.\n"
        for i in range(count)
    ]


def rows(count=8):
    return [{"text": text, "id": f"pump-{i}", "other": i} for i, text in enumerate(texts(count))]


def job(dataset_rows, out, **options):
    import ray
    from selfstudy_guard_ray import generate_dataset

    arguments = {"model": ExtractiveReader(), "n_per_document": 3, "id_column": "id", "batch_size": 2}
    return generate_dataset(ray.data.from_items(dataset_rows), out=out, **arguments | options)


def kept(out):
    """The rows that count in a job's folder, read without Ray."""
    store = Store(out)
    standing = store.standing()
    return [
        row
        for part in standing.parts
        for row in pq.read_table(store.path("records", part), partitioning=None).to_pylist()
        if (part, home_of(row)) not in standing.dropped
    ]


def stage_by_stage(dataset_rows, out, *, n=3, model=None, governor=None, **options):
    """What `generate_dataset` does, in this process; returns receipts and rows that count."""
    order = make_order(model or ExtractiveReader(), n, seed=0, unit=("text", "id"), **options)
    store, columns = Store(out), ("text", "id")
    store.begin(order.settings.model_dump(mode="json"))
    before = store.standing()
    left = drop_done(pa.Table.from_pylist(dataset_rows), columns=columns, done=before.done(n))
    writer = WriteRecords(
        order, columns=columns, out=str(out), run=before.run + 1, begun=before.open(n), governor=governor
    )

    async def everything():
        return [one for start in range(0, left.num_rows, 2) async for one in writer(left.slice(start, 2))]

    receipts = [row for table in asyncio.run(everything()) for row in table.to_pylist()]
    return receipts, kept(out)


def essence(table):
    """What must be equal between two jobs: everything but times, places, prices and the order."""
    found = []
    for row in table:
        record = json.loads(row["record"]) if row["record"] else {}
        record.pop("created", None)
        record.pop("usage", None)
        found.append((row["document_id"], row["key"] or "", row["status"], json.dumps(record, sort_keys=True)))
    return sorted(found)


class Noting(ExtractiveReader):
    """Writes a line of (time, node, key) for each call to a file of its process, takes its time, and costs money."""

    model = "ExtractiveReader"

    def __init__(self, folder: Path, latency: float = 0.0) -> None:
        super().__init__()
        self.folder, self.latency = folder, latency
        folder.mkdir(exist_ok=True)

    async def acomplete(self, request):
        import ray

        with (self.folder / f"{ray.get_runtime_context().get_worker_id()}.txt").open("a") as notes:
            notes.write(f"{time.time()} {ray.get_runtime_context().get_node_id()} {request.key}\n")
        await asyncio.sleep(self.latency)
        reply = self.complete(request)
        return reply.model_copy(update={"usage": reply.usage.model_copy(update={"cost": reply.usage.tokens / 1e5})})


def notes(folder: Path) -> list[list[str]]:
    """What `Noting` models wrote, by time."""
    lines = [line.split() for file in folder.glob("*.txt") for line in file.read_text("utf-8").splitlines()]
    return sorted(lines, key=lambda line: float(line[0]))


if __name__ == "__main__":  # python ray_jobs.py ADDRESS OUT FOLDER: a driver that is to be killed
    import ray

    ray.init(address=sys.argv[1], log_to_driver=False, configure_logging=False)
    job(rows(16), Path(sys.argv[2]), model=Noting(Path(sys.argv[3]), latency=0.1), concurrency=1)
