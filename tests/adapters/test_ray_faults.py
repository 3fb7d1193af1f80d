"""Ray Data on a real local cluster of two nodes: drivers and nodes are lost, limits hold over both nodes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from selfstudy_guard.errors import LedgerLockedError
from selfstudy_guard.records import Usage
from selfstudy_guard.settings import Pacing

pytest.importorskip("ray", reason="Ray is not installed")
pytest.importorskip("ray.data", reason="Ray Data is not installed")
import ray
import selfstudy_guard_ray.job
from ray.cluster_utils import Cluster
from selfstudy_guard_ray import read_balance
from selfstudy_guard_ray.governor import Governor, start_governor

from tests.adapters import ray_jobs
from tests.adapters.ray_jobs import Noting, essence, job, kept, notes, rows, stage_by_stage

# Ray talks to itself over sockets of every kind.
pytestmark = [pytest.mark.block_network(allowed_hosts=[".*"]), pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"num_cpus": 1, "object_store_memory": 100 * 2**20}


@pytest.fixture(scope="module")
def cluster():
    """Two nodes of one CPU each; this process is a driver on the first."""
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    os.environ["RAY_DATA_DISABLE_PROGRESS_BARS"] = "1"
    made = Cluster(initialize_head=True, head_node_args=SMALL | {"include_dashboard": False})
    made.add_node(**SMALL)
    ray.init(address=made.address, log_to_driver=False, configure_logging=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield made
    ray.shutdown()
    made.shutdown()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The rows of a job that nothing happened to."""
    return essence(stage_by_stage(rows(), tmp_path_factory.mktemp("undisturbed") / "out")[1])


def wait_for(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def in_thread(call):
    """Start `call` in a thread; the result is what joining gives, or its error."""
    box = {}

    def body():
        try:
            box["result"] = call()
        except BaseException as error:
            box["error"] = error

    thread = threading.Thread(target=body)
    thread.start()

    def join():
        thread.join(120)
        assert not thread.is_alive()
        if "error" in box:
            raise box["error"]
        return box["result"]

    return join


def test_a_killed_driver_leaves_no_trace_in_the_end(cluster, undisturbed, tmp_path):
    """SIGKILL of the process that drives, with parts written; while it lives nobody else may write to its folder."""
    out, seen = tmp_path / "out", tmp_path / "seen"
    command = [sys.executable, ray_jobs.__file__, cluster.address, str(out), str(seen)]
    driver = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: len(list((out / "documents").glob("part-*"))) >= 1 or driver.poll() is not None)
        assert driver.poll() is None
        with pytest.raises(LedgerLockedError, match="another job writes to"):
            job(rows(16), out)
    finally:
        driver.kill()
        driver.wait()
    done = {row["key"] for row in kept(out)}
    assert 0 < len(done) < 48, "it died in mid-run"
    again = tmp_path / "again"
    job(rows(16), out, model=Noting(again))
    assert essence(kept(out)) == essence(stage_by_stage(rows(16), tmp_path / "undisturbed")[1])
    assert not done & asked(again), "what was written is not asked again"
    assert read_balance(out).closes


def asked(folder):
    return {key.split(":")[0] for _, _, key in notes(folder)}


def test_rates_hold_over_two_workers(cluster, tmp_path):
    job(rows(), tmp_path / "out", model=Noting(tmp_path / "seen"), actors=2, requests_per_minute=1200)
    assert len(kept(tmp_path / "out")) == 24
    calls = notes(tmp_path / "seen")
    assert len({node for _, node, _ in calls}) == 2, "both nodes worked"
    times = [float(moment) for moment, _, _ in calls]
    assert times[-1] - times[0] > 0.9 * 0.05 * (len(times) - 1), "twenty a second, of both together"


def test_a_cost_limit_ends_the_run_and_the_next_call_goes_on(cluster, undisturbed, tmp_path):
    out, two = tmp_path / "out", {"actors": 2, "concurrency": 1}
    with pytest.warns(UserWarning, match=r"the limit of \$0.05 is used up .*the same call goes on later"):
        job(rows(), out, max_cost=0.05, model=Noting(tmp_path / "one"), **two)
    first = kept(out)
    assert all("the limit of $0.05 is used up" in row["detail"] for row in first if row["status"] == "pending")
    balance = read_balance(out)
    assert 0 < balance.answered < 20
    most = max(row["cost"] for row in first if row["cost"])
    assert balance.usage.cost < 0.05 + 2 * most, "passed by what was in flight at most: one request a worker"
    with pytest.warns(UserWarning, match="used up"):
        job(rows(), out, max_cost=0.05, model=Noting(tmp_path / "two"))
    assert notes(tmp_path / "two") == [], "the limit is that of the whole job, earlier calls included"
    job(rows(), out, max_cost=50.0, model=Noting(tmp_path / "three"))
    assert essence(kept(out)) == undisturbed
    done = {row["key"] for row in first if row["status"] in ("answered", "rejected")}
    assert not done & asked(tmp_path / "three")


@pytest.fixture
def governors(monkeypatch):
    """The governors that jobs start, as they are started."""
    held = []

    def noted(*arguments, **options):
        held.append(start_governor(*arguments, **options))
        return held[-1]

    monkeypatch.setattr(selfstudy_guard_ray.job, "start_governor", noted)
    return held


def test_a_governor_that_dies_forgets_nothing(cluster, tmp_path, governors):
    """Ray starts it again; what living workers used they say again, and what is on file is read."""
    seen, out = tmp_path / "seen", tmp_path / "out"
    options = {"actors": 2, "concurrency": 1, "max_tokens": 6000, "model": Noting(seen, latency=0.1)}
    running = in_thread(lambda: job(rows(), out, **options))
    for calls in (4, 8, 12):
        wait_for(lambda calls=calls: len(notes(seen)) >= calls)
        ray.kill(governors[0], no_restart=False)
    with pytest.warns(UserWarning, match="6,000 tokens is used up"):
        running()
    found = kept(out)
    open_rows = [row for row in found if row["status"] == "pending"]  # none where it ended between two documents
    assert all("6,000 tokens is used up" in row["detail"] for row in open_rows)
    assert 0 < len(found) - len(open_rows) < 24
    most = max(row["prompt_tokens"] + row["completion_tokens"] for row in found if row["prompt_tokens"])
    assert read_balance(out).usage.tokens < 6000 + 2 * most


def test_without_its_governor_a_job_sends_nothing_more(cluster, tmp_path, governors):
    seen, out = tmp_path / "seen", tmp_path / "out"
    model = Noting(seen, latency=0.1)
    running = in_thread(lambda: job(rows(), out, concurrency=2, max_tokens=10**9, model=model))
    wait_for(lambda: len(notes(seen)) >= 6)
    ray.kill(governors[0])
    with pytest.warns(UserWarning, match="the actor that keeps the limits of the job was lost"):
        running()
    found = kept(out)
    assert any(row["status"] == "pending" and "was lost" in row["detail"] for row in found)
    assert len(asked(seen)) < 24, "most was never asked"


def test_a_lost_node_leaves_no_trace_in_the_end(cluster, undisturbed, tmp_path):
    """The second node dies with its worker in mid-run; the job ends on the first. (The last test of a cluster.)"""
    out, seen = tmp_path / "out", tmp_path / "seen"
    running = in_thread(lambda: job(rows(), out, model=Noting(seen, latency=0.2), actors=2, concurrency=2))
    head = ray.get_runtime_context().get_node_id()
    wait_for(lambda: sum(node != head for _, node, _ in notes(seen)) >= 3)
    (second,) = [node for node in cluster.list_all_nodes() if node.node_id != head]
    cluster.remove_node(second, allow_graceful=False)
    running()
    assert essence(kept(out)) == undisturbed
    assert read_balance(out).closes
    assert sum(node["Alive"] for node in ray.nodes()) == 1


# -- the governor by itself --------------------------------------------------------------------------------------


def test_a_governor_started_again_waits_for_what_was_given_leave(tmp_path):
    file = str(tmp_path / "spent.json")
    first = Governor(Pacing(requests_per_minute=60), None, file, "call")
    delays = [first.book(1, Usage(prompt_tokens=7), "one")[0] for _ in range(6)]
    assert delays == pytest.approx([0, 1, 2, 3, 4, 5], abs=0.5)
    again = Governor(Pacing(requests_per_minute=60), None, file, "call")
    assert again.spent().tokens == 7
    assert again.book(1, Usage(), "two")[0] > 0, "leave that was given before is not given twice"
    other = Governor(Pacing(requests_per_minute=60), Usage(prompt_tokens=1), file, "another call")
    assert other.spent().tokens == 1
    assert other.book(1, Usage(), "two")[0] == pytest.approx(0, abs=0.5)
