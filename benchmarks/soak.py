"""A long run among faults: kills, a full disk, a clock that jumps; memory and file descriptors are watched.

    python benchmarks/soak.py --requests 200000

A `generate()` run asks a local provider of which one request in five fails in every way that `FaultyProvider` knows. It
is killed five times, once it finds the disk full, and once its clock jumps a day forth and back. The checks of
`kill_resume.py` are made after every end, and twice a second the worker's resident memory and open files are noted.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kill_resume import Outcome, look, write_corpus

from selfstudy_guard.ledger import open_ledger
from selfstudy_guard.testing import PROVIDER_FAULTS, FaultyProvider

WORKER = """
import resource, sys, time
mode, folder, url, out, n, concurrency = sys.argv[1:]
if mode == "full-disk":
    import pathlib
    size = max(file.stat().st_size for file in pathlib.Path(out).glob("ledger.sqlite*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 200_000, resource.RLIM_INFINITY))
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
if mode == "clock":
    real, begun = time.time, time.monotonic()
    def jumping():
        passed = time.monotonic() - begun
        return real() + (86400 if 1 < passed < 3 else -86400 if passed >= 3 else 0)
    time.time = jumping
from selfstudy_guard import generate
from selfstudy_guard.testing import ProviderCompleter
generate([folder], model=ProviderCompleter(url, timeout=1), n=int(n), out=out, seed=7, concurrency=int(concurrency))
"""


def watched(
    command: list[str], provider: FaultyProvider, *, stop: float | None, samples: list[tuple[float, int, int]]
) -> tuple[int | None, str]:
    """Run a worker, note its memory (MB) and open files; kill it `stop` seconds after its first request.

    Returns:
        The exit code (None if it was killed) and what it said on stderr.
    """
    with tempfile.TemporaryFile("w+") as errors:
        worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        began, before = time.monotonic(), provider.total
        while worker.poll() is None:
            if provider.total == before:
                began = time.monotonic()
            if stop is not None and time.monotonic() - began > stop:
                worker.send_signal(signal.SIGKILL)
                worker.wait()
                return None, ""
            try:
                status = Path(f"/proc/{worker.pid}/status").read_text()
                memory = int(status.partition("VmRSS:")[2].split()[0]) // 1024
                files = len(os.listdir(f"/proc/{worker.pid}/fd"))  # noqa: PTH208  # names alone are wanted
                samples.append((time.monotonic() - began, memory, files))
            except (OSError, IndexError, ValueError):
                pass
            time.sleep(0.5)
        errors.seek(0)
        return worker.returncode, errors.read()


def soak(folder: Path, *, requests: int, kills: int, concurrency: int, rate: float, seed: int) -> dict[str, object]:
    """The whole programme in an empty folder; what was found, with a list of problems."""
    dice = random.Random(seed)
    n = int(requests / 2.6)  # two calls a record, and what is asked again
    outcome = Outcome()
    write_corpus(folder / "documents", sentences=n, seed=seed)
    run = folder / "run"
    known: dict[str, str] = {}
    samples: list[tuple[float, int, int]] = []
    ends: list[str] = []
    began = time.monotonic()
    with FaultyProvider(
        rate=rate, seed=seed, faults=PROVIDER_FAULTS, spike=0.2, stall=2.0, retry_after=0.05, keep=0
    ) as provider:
        rest = [str(folder / "documents"), provider.base_url, str(run), str(n), str(concurrency)]
        slice_of = max(4.0, requests / 250 / (kills + 3))
        for _ in range(kills):
            command = [sys.executable, "-c", WORKER, "kill", *rest]
            code, errors = watched(command, provider, stop=dice.uniform(0.1, 1) * slice_of, samples=[])
            ends.append("killed" if code is None else f"exit {code}")
            if code not in (None, 0):
                outcome.problems.append(f"exit {code}: {errors[-300:]}")
            known, pending = look(run, known, outcome)
        if pending:
            code, errors = watched([sys.executable, "-c", WORKER, "full-disk", *rest], provider, stop=120, samples=[])
            ends.append(f"disk full: exit {code}: {errors.strip().splitlines()[-1][:200] if errors.strip() else ''}")
            if code == 0 or "LedgerWriteError" not in errors:
                outcome.problems.append(f"a full disk ended with {code}: {errors[-300:]}")
            known, pending = look(run, known, outcome)
            code, errors = watched([sys.executable, "-c", WORKER, "clock", *rest], provider, stop=8, samples=[])
            ends.append("clock jumped, then killed" if code is None else f"clock jumped: exit {code}")
            if code not in (None, 0):
                outcome.problems.append(f"the clock's jump ended with {code}: {errors[-300:]}")
            known, pending = look(run, known, outcome)
        code, errors = watched([sys.executable, "-c", WORKER, "rest", *rest], provider, stop=None, samples=samples)
        ends.append(f"exit {code}")
        if code != 0:
            outcome.problems.append(f"the last resume ended with {code}: {errors[-300:]}")
        known, pending = look(run, known, outcome)
        if pending:
            outcome.problems.append(f"{pending} draws are pending at the end")
        with open_ledger(run, readonly=True) as ledger:
            reasons = dict(ledger.balance().reasons)
        third = samples[len(samples) // 3 :] or samples
        return {
            "planned": n,
            "answered": outcome.records,
            "rejected": outcome.rejected,
            "failed": outcome.failed,
            "reasons": reasons,
            "requests": provider.total,
            "faults": sum(provider.met.values()),
            "ends": ends,
            "memory_mb": {"after a third": third[0][1], "highest": max(sample[1] for sample in samples)},
            "open_files": {"after a third": third[0][2], "highest": max(sample[2] for sample in third)},
            "seconds": round(time.monotonic() - began),
            "problems": outcome.problems,
        }


def main() -> None:
    """Print what was found as JSON; exit with 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--rate", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    try:
        found = soak(folder, **vars(options))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    sys.exit(1 if found["problems"] else 0)


if __name__ == "__main__":
    main()
