"""A long run among faults: kills, a full disk, a clock that jumps; memory and file descriptors are watched.

    python -m tests.harness.soak --requests 200000

A `generate()` run asks a local provider, in a process of its own, of which one request in five fails in every way that
`FaultyProvider` knows. The run is killed five times, once it finds the disk full (a small file system of its own where
that may be mounted, else a limit on the size of files), and once its clock jumps a day forth and back. The checks of
`kill_resume.py` are made after every end, and once a second the worker's resident memory and open files are noted.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from selfstudy_guard.ledger import open_ledger
from tests.harness.kill_resume import Outcome, look, write_corpus

WORKER = """
import resource, sys, time
mode, folder, url, out, n, concurrency, room = sys.argv[1:]
if mode == "file-limit":
    import pathlib
    size = max(file.stat().st_size for file in pathlib.Path(out).glob("ledger.sqlite*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + int(room), resource.RLIM_INFINITY))
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

ROOM = 400_000
"""Bytes that the full disk has left for the run."""


@dataclass(frozen=True)
class Sample:
    """A look at the worker: seconds since its first request, resident MB, open files, requests of the provider."""

    seconds: float
    memory: int
    files: int
    requests: int


class Provider:
    """A `FaultyProvider` in a process of its own."""

    def __init__(self, *, rate: float, seed: int) -> None:
        options = f"--rate {rate} --seed {seed} --spike 0.1 --stall 0.4".split()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "selfstudy_guard.testing", *options], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def counts(self) -> dict[str, object]:
        """Requests, faults by name, and most requests at a time."""
        with urllib.request.urlopen(self.url.removesuffix("/v1") + "/counts", timeout=60) as answer:
            return json.load(answer)

    @property
    def total(self) -> int:
        """Requests that came."""
        return int(self.counts()["total"])  # type: ignore[call-overload]

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait()


@dataclass
class Soak:
    """The programme: what every worker is given, and what was found."""

    folder: Path
    provider: Provider
    n: int
    concurrency: int
    outcome: Outcome = field(default_factory=Outcome)
    known: dict[str, str] = field(default_factory=dict)
    pending: int = -1
    ends: list[str] = field(default_factory=list)
    stretches: list[dict[str, int]] = field(default_factory=list)

    def work(
        self, mode: str, *, until: int | None = None, out: Path | None = None, deadline: float | None = None
    ) -> tuple[int | None, str]:
        """Run a worker to its end, or kill it when the provider counts `until` requests; then look at the ledger.

        After `deadline` (monotonic seconds) it is interrupted as by Ctrl-C, and ends with what is in flight.

        Returns:
            The exit code (None if it was killed) and what it said on stderr.
        """
        run = out or self.folder / "run"
        given = [str(self.folder / "documents"), self.provider.url, str(run), str(self.n), str(self.concurrency)]
        samples: list[Sample] = []
        code: int | None = None
        with tempfile.TemporaryFile("w+") as errors:
            worker = subprocess.Popen(
                [sys.executable, "-c", WORKER, mode, *given, str(ROOM)], stdout=subprocess.DEVNULL, stderr=errors
            )
            began, before = time.monotonic(), self.provider.total
            while (code := worker.poll()) is None:
                total = self.provider.total
                if total == before:
                    began = time.monotonic()
                elif (sample := _look_at(worker.pid, time.monotonic() - began, total)) is not None:
                    samples.append(sample)
                if until is not None and total >= until:
                    worker.send_signal(signal.SIGKILL)
                    worker.wait()
                    break
                if deadline is not None and time.monotonic() > deadline:
                    worker.send_signal(signal.SIGINT)
                    deadline = None
                time.sleep(0.05 if until is not None and until - total < 2000 else 1.0)
            errors.seek(0)
            said = errors.read()
        self.stretches.append(_summary(samples))
        self.known, self.pending = look(run, self.known, self.outcome)
        _say(
            f"{mode}: exit {code}, {len(self.known):,} records, {self.pending:,} pending, {self.provider.total:,} asked"
        )
        return code, said

    def expect(self, what: str, code: int | None, said: str, *allowed: int | None) -> None:
        """Note how a worker ended, and a problem if it should not have ended so."""
        last = said.strip().splitlines()[-1][:200] if said.strip() and code is not None else ""
        self.ends.append(f"{what}: {'killed' if code is None else f'exit {code}'}{f': {last}' if last else ''}")
        if code not in allowed:
            self.outcome.problems.append(f"{what}: exit {code}: {said[-300:]}")

    def full_disk(self) -> None:
        """The disk becomes full; the run ends with one message, and goes on when there is room again."""
        run = self.folder / "run"
        used = sum(file.stat().st_blocks * 512 for file in run.iterdir())
        with _small_disk(self.folder / "disk", used + ROOM) as disk:
            if disk is None:
                code, said = self.work("file-limit")
            else:
                shutil.copytree(run, disk / "run")
                code, said = self.work("full-disk", out=disk / "run")
                shutil.rmtree(run)
                shutil.copytree(disk / "run", run)
        if "LedgerWriteError" not in said:
            self.outcome.problems.append(f"a full disk was not named: {said[-300:]}")
        self.expect("file system full" if disk is not None else "file size limited", code, said, 1)


def soak(
    folder: Path, *, requests: int, kills: int, concurrency: int, rate: float, seed: int, seconds: float
) -> dict[str, object]:
    """The whole programme in an empty folder; what was found, with a list of problems."""
    dice = random.Random(seed)
    n = int(requests / 2.38)  # two calls a record, and what is asked again
    write_corpus(folder / "documents", sentences=n, seed=seed)
    began = time.monotonic()
    provider = Provider(rate=rate, seed=seed)
    job = Soak(folder, provider, n, concurrency)
    try:
        share = requests / 3 / (kills + 1)  # the rest is one undisturbed stretch, for memory
        for number in range(kills):
            code, said = job.work("kill", until=int((number + dice.uniform(0.2, 1)) * share))
            job.expect("kill", code, said, None, 0)
        if job.pending:
            job.full_disk()
            code, said = job.work("clock", until=max(provider.total, int((kills + 1) * share)) + int(share / 4))
            job.expect("clock a day forth, then back, then killed", code, said, None, 0)
        code, said = job.work("rest", deadline=began + seconds)
        job.expect("rest", code, said, 0)
        if job.pending and time.monotonic() < began + seconds:
            job.outcome.problems.append(f"{job.pending} draws are pending at the end")
        counts = provider.counts()
    finally:
        provider.stop()
    with open_ledger(folder / "run", readonly=True) as ledger:
        reasons = dict(ledger.balance().reasons)
    met = counts["met"]
    assert isinstance(met, dict)
    return {
        "planned": n,
        "answered": job.outcome.records,
        "rejected": job.outcome.rejected,
        "failed": job.outcome.failed,
        "pending": job.pending,
        "reasons": reasons,
        "requests": counts["total"],
        "faults": sum(met.values()),
        "faults by name": met,
        "most at a time": counts["peak"],
        "ends": job.ends,
        "last stretch": job.stretches[-1],
        "stretches before": job.stretches[:-1],
        "ledger_mb": sum(file.stat().st_size for file in (folder / "run").iterdir()) // 2**20,
        "seconds": round(time.monotonic() - began),
        "problems": job.outcome.problems,
    }


def _look_at(process: int, seconds: float, requests: int) -> Sample | None:
    try:
        status = Path(f"/proc/{process}/status").read_text()
        memory = int(status.partition("VmRSS:")[2].split()[0]) // 1024
        return Sample(seconds, memory, len(os.listdir(f"/proc/{process}/fd")), requests)  # noqa: PTH208  # names alone
    except (OSError, IndexError, ValueError):
        return None  # it ended meanwhile


def _summary(samples: list[Sample]) -> dict[str, int]:
    if not samples:
        return {}
    quarters = {
        f"{what} at {percent} %": getattr(samples[min(len(samples) - 1, len(samples) * percent // 100)], what)
        for what in ("memory", "files")
        for percent in (5, 25, 50, 75, 100)
    }
    return quarters | {
        "highest memory": max(sample.memory for sample in samples),
        "most files": max(sample.files for sample in samples),
        "requests": samples[-1].requests - samples[0].requests,
        "seconds": round(samples[-1].seconds),
    }


@contextlib.contextmanager
def _small_disk(folder: Path, size: int) -> Iterator[Path | None]:
    """A file system of `size` bytes in memory; None where mounting is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


def main() -> None:
    """Print what was found as JSON; exit with 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--rate", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=86_400, help="after which the last stretch is interrupted")
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
