"""Kill a run with SIGKILL at random moments, resume it to the end, and look for anything lost or paid for twice.

    python -m tests.harness.kill_resume --kills 30

A `generate()` run in a process of its own asks a local provider that fails on purpose (latency, 429 with retry-after,
500, timeouts, garbage, empty, truncated, resets). After every kill the ledger is read, and so is a copy of its files
from the moment before, as a power cut would have left them: SQLite finds it whole, the balance closes, every record
that was there before is there unchanged, no key is there twice. At the end nothing is pending, and every planned
question has a record or a reason.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from selfstudy_guard.errors import LedgerError
from selfstudy_guard.ledger import open_ledger
from selfstudy_guard.testing import FaultyProvider

FAULTS = (
    "latency",
    "429",
    "429-retry-after",
    "500",
    "503",
    "slow-loris",
    "garbage",
    "empty",
    "truncated-json",
    "length",
    "reset",
    "empty-choices",
)

WORKER = """
import sys
from selfstudy_guard import generate
from selfstudy_guard.testing import ProviderCompleter
folder, url, out, n, concurrency = sys.argv[1:]
generate([folder], model=ProviderCompleter(url, timeout=0.5), n=int(n), out=out, seed=7, concurrency=int(concurrency))
"""

_SUBJECTS = ["boiler", "pump", "valve", "filter", "burner", "chimney", "tank", "sensor", "controller", "radiator"]
_VERBS = ["loses", "needs", "holds", "reaches", "shows", "keeps", "takes", "gives"]
_OBJECTS = ["water", "oil", "heat", "pressure", "soot", "air", "current", "steam"]


@dataclass
class Outcome:
    """What the kills did.

    Attributes:
        kills: how many took place while the run was going on.
        copies: how many copies of the ledger's files, taken at such a moment, were read and found whole.
        moments: answered records at each kill.
        records: of the finished run.
        rejected, failed: of the finished run.
        requests: that reached the provider.
        answered_again: good answers that the provider gave to the very same request more than once.
        seconds: of everything.
        problems: what went wrong; empty is the goal.
    """

    kills: int = 0
    copies: int = 0
    moments: list[int] = field(default_factory=list)
    records: int = 0
    rejected: int = 0
    failed: int = 0
    requests: int = 0
    answered_again: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


def write_corpus(folder: Path, sentences: int, seed: int) -> None:
    """Documents of made-up facts, all different."""
    dice = random.Random(seed)
    folder.mkdir(parents=True)
    for start in range(0, sentences, 25):
        lines = [f"# House {start // 25}\n"]
        for number in range(start, min(start + 25, sentences)):
            name = f"{dice.choice(_SUBJECTS)} {_word(number)}"
            lines.append(
                f"The {name} in room {_word(number + 7919)} {dice.choice(_VERBS)} {dice.randint(2, 990)} units of "
                f"{dice.choice(_OBJECTS)} in the {_word(number + 104729)} season."
            )
        (folder / f"house-{start // 25:04}.md").write_text("\n\n".join(lines) + "\n")


def _word(number: int) -> str:
    digest = hashlib.sha256(str(number).encode()).digest()
    return "".join("bdfgklmnprstvz"[byte % 14] + "aeiou"[byte // 14 % 5] for byte in digest[:4]).capitalize()


def look(run: Path, known: dict[str, str], outcome: Outcome) -> tuple[dict[str, str], int]:
    """The records in the ledger by key and how many draws are pending; notes whatever is wrong."""
    if not (run / "ledger.sqlite").exists():
        return known, -1
    connection = sqlite3.connect(run / "ledger.sqlite")
    try:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            outcome.problems.append("SQLite finds the ledger damaged")
    finally:
        connection.close()
    try:
        with open_ledger(run, readonly=True) as ledger:
            balance = ledger.balance()
            found, count = {}, 0
            for record in ledger.records():  # one at a time: a soak has a hundred thousand
                found[record.key] = hashlib.sha256(record.model_dump_json().encode()).hexdigest()
                count += 1
    except LedgerError as error:
        if known:
            outcome.problems.append(f"the ledger cannot be read: {error}")
        return known, -1  # killed while it was being made
    if not balance.closes:
        outcome.problems.append(f"the balance does not close: {balance}")
    if balance.answered != count or len(found) != count:
        outcome.problems.append(f"{balance.answered} answered, {count} records, {len(found)} keys")
    if sum(balance.reasons.values()) != balance.rejected + balance.failed:
        outcome.problems.append(f"a rejection or failure has no reason: {balance}")
    for key, digest in known.items():
        if found.get(key) != digest:
            outcome.problems.append(f"record {key} was {'changed' if key in found else 'lost'}")
    outcome.records, outcome.rejected, outcome.failed = balance.answered, balance.rejected, balance.failed
    return found, balance.pending


def _copied(run: Path, copy: Path) -> Path | None:
    """The files of the ledger as a power cut would leave them on the disk: without the shared memory of SQLite."""
    if not (run / "ledger.sqlite").exists():
        return None
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for name in ("ledger.sqlite", "ledger.sqlite-wal"):
        if (run / name).exists():
            shutil.copyfile(run / name, copy / name)
    return copy


def kill_and_resume(
    folder: Path, *, kills: int, n: int, seed: int = 0, rate: float = 0.2, concurrency: int = 8, latency: float = 0.02
) -> Outcome:
    """Start the run again and again, kill it at random moments, and let it end at last.

    Args:
        folder: an empty folder to work in.
        kills: how many times to kill.
        n: questions of the run.
        seed: of moments, faults and documents.
        rate: share of requests that meet a fault.
        concurrency: requests in flight.
        latency: seconds of a good answer.
    """
    dice = random.Random(seed)
    outcome = Outcome()
    began = time.monotonic()
    write_corpus(folder / "documents", sentences=n, seed=seed)
    run = folder / "run"
    known: dict[str, str] = {}
    pending = -1
    faults = FAULTS if rate else ()
    with FaultyProvider(
        rate=rate, seed=seed, faults=faults, latency=latency, spike=0.2, stall=1.0, keep=1_000_000
    ) as provider:
        command = [sys.executable, "-c", WORKER, str(folder / "documents"), provider.base_url, str(run), str(n)]
        command.append(str(concurrency))
        while outcome.kills < kills and pending != 0:
            before = provider.total
            worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            if dice.random() < 0.1:  # at any time, also while starting
                time.sleep(dice.uniform(0, 3))
            else:  # some requests on its way; few enough that the run lasts for all the kills
                goal = before + dice.randint(1, max(2, 3 * n // kills))
                while provider.total < goal and worker.poll() is None:
                    time.sleep(0.001)
                time.sleep(dice.uniform(0, 2 * latency + 0.01))
            ended = worker.poll()
            worker.send_signal(signal.SIGSTOP)
            copy = _copied(run, folder / "copy") if ended is None else None
            worker.send_signal(signal.SIGKILL)
            _, errors = worker.communicate()
            if copy is not None:
                look(copy, known, outcome)
                outcome.copies += 1
            if ended is None:
                outcome.kills += 1
            elif ended != 0:
                outcome.problems.append(f"the run ended by itself with {ended}: {errors[-500:]}")
                break
            known, pending = look(run, known, outcome)
            outcome.moments.append(len(known))
        last = subprocess.run(command, capture_output=True, text=True, timeout=600)
        if last.returncode != 0:
            outcome.problems.append(f"the last resume ended with {last.returncode}: {last.stderr[-500:]}")
        known, pending = look(run, known, outcome)
        if pending != 0:
            outcome.problems.append(f"{pending} draws are pending at the end")
        outcome.requests = provider.total
        good = Counter(json.dumps(seen.body, sort_keys=True) for seen in provider.received if seen.fault is None)
        outcome.answered_again = sum(times - 1 for times in good.values())
    if outcome.answered_again > outcome.kills * concurrency:
        outcome.problems.append(f"{outcome.answered_again} answers were paid for twice: more than were in flight")
    outcome.seconds = time.monotonic() - began
    return outcome


def main() -> None:
    """Print the outcome as JSON; exit with 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--n", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=float, default=0.2)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kill-resume-"))
    try:
        outcome = kill_and_resume(folder, kills=options.kills, n=options.n, seed=options.seed, rate=options.rate)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(json.dumps(vars(outcome), indent=2) + "\n")
    sys.exit(1 if outcome.problems else 0)


if __name__ == "__main__":
    main()
