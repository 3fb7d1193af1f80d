"""`generate` from 10,000 to 1,000,000 targets: memory, CPU time a record at 1x, 4x and 16x, ledger, and a profile.

    python -m benchmarks streaming [memory|growth|ledger|profile|all] [--targets 1000000] [--questions 50000] [--json]
    python -m benchmarks streaming whole --targets 100000

Documents are written by templates while they are read, so the corpus is never held; the model is a function in the same
process that answers at once. Every figure comes from a process of its own. `memory` reads, cuts and plans the whole
corpus (one draw for every target) and then generates as many of the planned questions as `--questions` says. `growth`
runs the whole loop to its end at three sizes that differ by four. `ledger` writes records through the ledger alone,
with eight draws in flight and transactions as a run makes them. `profile` shows where the time of a record goes.
`whole` generates one question for every target of one corpus to the end, prints memory, CPU time and ledger at each
tenth of the way, and then makes export, coverage and report of it, each in a process of its own.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import regex

from selfstudy_guard import Document
from selfstudy_guard.errors import CompletionError
from selfstudy_guard.records import Reply, Request, Usage

PER_DOCUMENT = 50
SUBJECTS = "valve pump seal boiler hedge lamp bridge motor filter cable harbour tunnel mill furnace lens".split()
PARTS = "housing spindle lever gasket flange bearing coil nozzle rotor bracket dial spring shaft hinge wheel".split()
VERBS = "carries holds turns lifts cools drains heats closes opens measures records guides feeds blocks joins".split()
SENTENCE = regex.compile(r"The (\w+) (\w+) ([KLMNPR]\d+) (\w+) at")
CODE = regex.compile(r"[KLMNPR]\d+")
USAGE = Usage(prompt_tokens=600, completion_tokens=40, cost=0.0)


def document(number: int) -> Document:
    """One document of `PER_DOCUMENT` sentences in five sections, no two sentences of the corpus alike."""
    rng = random.Random(number)
    lines = [f"# Plant {number}\n"]
    for place in range(PER_DOCUMENT):
        if place % 10 == 0:
            lines.append(f"\n## Hall {place // 10}\n\n")
        subject, part, verb = (rng.choice(kind) for kind in (SUBJECTS, PARTS, VERBS))
        code = f"{rng.choice('KLMNPR')}{number * PER_DOCUMENT + place}"
        lines.append(f"The {subject} {part} {code} {verb} at {rng.randint(10, 999)} bar. ")
    return Document(id=f"plants/{number:07d}.md", text="".join(lines))


def corpus(targets: int) -> Iterator[Document]:
    """Documents of so many targets, one at a time."""
    return (document(number) for number in range(targets // PER_DOCUMENT))


class EnoughError(CompletionError):
    """The model was asked as often as it should be."""

    fatal = True


class Instant:
    """Answers at once from the last message: a question made of the target's words, or its sentence.

    Args:
        most: so many questions are answered; then the run is told to stop.
    """

    model = "instant"
    max_concurrency = 8

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self.calls = 0
        self._mutex = threading.Lock()

    async def acomplete(self, request: Request) -> Reply:
        with self._mutex:
            self.calls += 1
        if self.most is not None and self.calls > self.most:
            raise EnoughError("so many questions were asked for")
        return Reply(text=self.text(request.purpose, request.messages[-1].content), model=self.model, usage=USAGE)

    def text(self, purpose: str, content: str) -> str:
        if purpose == "question":
            found = SENTENCE.findall(content)
            subject, part, code, verb = found[-1] if found else ("valve", "housing", "K0", "carries")
            return f"What does the {subject} {part} {code} {verb.rstrip('s')} at which pressure?"
        code = CODE.findall(content)[-1]
        place = content.find(f" {code} ")
        begin, end = content.rfind("The ", 0, place), content.find(".", place)
        return content[begin : end + 1] if -1 not in (place, begin, end) else "It is not stated."


def peak() -> float:
    """Peak resident memory of this process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def resident() -> float:
    """Resident memory of this process now, MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


class Highest:
    """Told after every outcome; notes the highest memory of the loop alone, twenty times a thousand records."""

    def __init__(self) -> None:
        self.told = 0
        self.highest = 0.0
        self.coverage: float | None = 0.0

    def update(self, balance: Any) -> None:
        self.told += 1
        self.coverage = balance.coverage
        if self.told % 50 == 1:
            self.highest = max(self.highest, resident())


def memory(targets: int, questions: int, folder: Path) -> dict[str, float]:
    """Reads, cuts, plans everything; generates `questions` of it."""
    from selfstudy_guard.generation import begin, generate

    cpu, wall = time.process_time(), time.perf_counter()
    job = begin(corpus(targets), model=Instant(), n=None, out=folder, seed=1, prompts="large", concurrency=8)
    found: dict[str, float] = {
        "targets": job.ledger.count_pieces()[2],
        "planned": job.ledger.balance().planned,
        "plan_cpu_s": time.process_time() - cpu,
        "plan_wall_s": time.perf_counter() - wall,
        "plan_peak_mb": peak(),
    }
    job.ledger.close()
    del job
    # The same call goes on with what was planned, as any resume does.
    watch = Highest()
    cpu, wall = time.process_time(), time.perf_counter()
    model = Instant(questions * 2)
    try:
        run = generate(corpus(targets), model=model, out=folder, seed=1, prompts="large", concurrency=8, progress=watch)
    except EnoughError:
        from selfstudy_guard.generation.run import Run

        run = Run.open(folder)
    balance = run.balance
    return found | {
        "answered": balance.answered,
        "rejected": balance.rejected,
        "pending": balance.pending,
        "coverage": watch.coverage or 0.0,
        "loop_cpu_ms_a_record": (time.process_time() - cpu) * 1e3 / max(1, balance.answered),
        "loop_wall_s": time.perf_counter() - wall,
        "loop_highest_mb": watch.highest,
        "peak_mb": peak(),
        "ledger_mb": sum(path.stat().st_size for path in folder.iterdir()) / 1e6,
    }


def growth(targets: int, folder: Path) -> dict[str, float]:
    """The whole loop to its end: one question for every target."""
    from selfstudy_guard.generation import begin, generate

    cpu = time.process_time()
    begin(corpus(targets), model=Instant(), n=None, out=folder, seed=1, prompts="large").ledger.close()
    prepared = time.process_time() - cpu
    cpu = time.process_time()
    run = generate(corpus(targets), model=Instant(), out=folder, seed=1, prompts="large", concurrency=8)
    spent = time.process_time() - cpu
    balance = run.balance
    return {
        "targets": targets,
        "answered": balance.answered,
        "rejected": balance.rejected,
        "prepare_and_plan_cpu_ms_a_target": prepared * 1e3 / targets,
        "loop_cpu_ms_a_record": spent * 1e3 / max(1, balance.answered),
        "whole_cpu_ms_a_record": (prepared + spent) * 1e3 / max(1, balance.answered),
        "peak_mb": peak(),
    }


class Tenths:
    """Told after every outcome; prints memory, CPU time a record and ledger at each tenth of the way."""

    def __init__(self, planned: int, folder: Path) -> None:
        self._step, self._folder = max(1, planned // 10), folder
        self._told, self._cpu, self._bytes = 0, time.process_time(), size_of(folder)

    def update(self, balance: Any) -> None:
        self._told += 1
        if self._told % self._step:
            return
        cpu, held = time.process_time(), size_of(self._folder)
        row = {
            "outcomes": self._told,
            "answered": balance.answered,
            "resident_mb": resident(),
            "cpu_ms_an_outcome": (cpu - self._cpu) * 1e3 / self._step,
            "ledger_bytes_an_outcome": (held - self._bytes) / self._step,
        }
        print(json.dumps(row), file=sys.stderr, flush=True)
        self._cpu, self._bytes = time.process_time(), held


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder; the log of SQLite, which is folded in from time to time, is not counted."""
    return sum(path.stat().st_size for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm")))


def whole(targets: int, folder: Path) -> dict[str, float]:
    """One question for every target, to the end, with a line at each tenth."""
    from selfstudy_guard.generation import begin, generate

    cpu = time.process_time()
    job = begin(corpus(targets), model=Instant(), n=None, out=folder, seed=1, prompts="large")
    planned = job.ledger.balance().planned
    job.ledger.close()
    del job
    found: dict[str, float] = {
        "targets": targets,
        "planned": planned,
        "prepare_and_plan_cpu_ms_a_target": (time.process_time() - cpu) * 1e3 / targets,
        "prepare_and_plan_peak_mb": peak(),
    }
    wall, cpu = time.perf_counter(), time.process_time()
    watch = Tenths(planned, folder)
    run = generate(corpus(targets), model=Instant(), out=folder, seed=1, prompts="large", concurrency=8, progress=watch)
    balance = run.balance
    return found | {
        "answered": balance.answered,
        "rejected": balance.rejected,
        "failed": balance.failed,
        "pending": balance.pending,
        "loop_cpu_ms_a_record": (time.process_time() - cpu) * 1e3 / max(1, balance.answered),
        "loop_wall_s": time.perf_counter() - wall,
        "peak_mb": peak(),
        "ledger_mb": size_of(folder) / 1e6,
    }


def afterwards(what: int, folder: Path) -> dict[str, float]:
    """Export (0), coverage (1) or report (2) of a run folder."""
    from selfstudy_guard.generation.run import Run

    run = Run.open(folder)
    before, cpu = peak(), time.process_time()
    made = Path(tempfile.mkdtemp(prefix="afterwards-", dir=folder.parent))
    try:
        if what == 0:
            run.export("openai", made / "train.jsonl")
        elif what == 1:
            _ = run.coverage
        else:
            run.report(made / "report.html")
    finally:
        shutil.rmtree(made, ignore_errors=True)
    answered = run.balance.answered
    return {
        "cpu_s": time.process_time() - cpu,
        "cpu_ms_a_record": (time.process_time() - cpu) * 1e3 / max(1, answered),
        "peak_mb": peak(),
        "peak_mb_before": before,
    }


def ledger(records: int, folder: Path) -> dict[str, float]:
    """Two replies, an accepted question and a record, again and again; eight draws in flight."""
    from selfstudy_guard.flow.keys import draw_key
    from selfstudy_guard.ledger import open_ledger
    from selfstudy_guard.records import Answer, Draw, Evidence, Footprint, Question, Record, Target

    store = open_ledger(folder)
    store.begin({})
    target = Target(document_id="plants/0000001.md", start=0, end=80, text="x" * 80, index=3)
    keys = [draw_key("digest", Draw(target=target, number=number)) for number in range(records)]
    wall = time.perf_counter()
    store.plan((key, "0" * 64, Draw(target=target, number=number)) for number, key in enumerate(keys))
    planned = time.perf_counter() - wall
    question = "What does the valve housing K1 carry at which pressure?"
    text = "The valve housing K1 carries the pump lever at 900 bar. "
    evidence = Evidence(document_id=target.document_id, start=0, end=2000, text=text * 35)
    asked = Reply(text=question, usage=USAGE, model="instant")
    told = Reply(text=text, usage=USAGE, model="instant")

    def record(number: int) -> Record:
        return Record(
            key=keys[number],
            document_id=target.document_id,
            document_digest="0" * 64,
            target=target,
            style="factual",
            draw=number,
            question=Question(text=question),
            answer=Answer(text=text),
            evidence=evidence,
            footprint=Footprint(targets=(target,), scores=(1.0,)),
            model="instant",
            usage=USAGE + USAGE,
        )

    made = [record(number) for number in range(records)]
    store.defer()
    cpu, wall = time.process_time(), time.perf_counter()
    for begin in range(0, records, 8):
        page = keys[begin : begin + 8]
        for purpose, reply in (("question", asked), ("answer", told)):
            for key in page:
                store.reply(f"{key}:{purpose}:1")
            with store.together():
                for key in page:
                    store.save_reply(f"{key}:{purpose}:1", key, purpose, reply)
            for number, key in enumerate(page, begin):
                if purpose == "question":
                    store.admit(key, question)
                else:
                    store.finish(made[number])
    store.close()
    return {
        "records": records,
        "draws_planned_per_s": records / planned,
        "records_per_s": records / (time.perf_counter() - wall),
        "records_per_cpu_s": records / (time.process_time() - cpu),
        "bytes_a_record": sum(path.stat().st_size for path in folder.iterdir()) / records,
    }


def profile(targets: int, folder: Path) -> dict[str, float]:
    """Where the time of the loop goes, by module, in per cent."""
    import asyncio

    from selfstudy_guard.engine.drivers import arun
    from selfstudy_guard.generation import begin

    job = begin(corpus(targets), model=Instant(), n=None, out=folder, seed=1, prompts="large")
    watch = cProfile.Profile()
    cpu = time.process_time()
    watch.enable()
    asyncio.run(arun(job.session, job.completer))
    watch.disable()
    spent = time.process_time() - cpu
    answered = job.ledger.balance().answered
    job.ledger.close()
    stats = pstats.Stats(watch)
    shares: dict[str, float] = {}
    for (file, _, name), (_, _, own, _, _) in stats.stats.items():  # type: ignore[attr-defined]  # not in the stubs
        place = Path(file)
        if "selfstudy_guard" in place.parts:
            label = "/".join(place.parts[place.parts.index("selfstudy_guard") :])
        elif "sqlite3" in name or "Connection" in name or "Cursor" in name:
            label = "sqlite3"
        elif "pydantic" in file or "pydantic" in name:
            label = "pydantic"
        elif file == "~":
            label = "built-in functions and methods"
        else:
            label = place.parent.name
        shares[label] = shares.get(label, 0.0) + own
    total = sum(shares.values())
    stats.sort_stats("tottime").stream = sys.stderr  # type: ignore[attr-defined]
    stats.print_stats(25)
    top = sorted(shares.items(), key=lambda item: -item[1])[:14]
    return {"answered": answered, "cpu_ms_a_record_under_the_profiler": spent * 1e3 / max(1, answered)} | {
        label: round(100 * own / total, 1) for label, own in top
    }


def alone(what: str, *arguments: int, folder: Path | None = None) -> dict[str, float]:
    """One measurement in a process and, unless one is given, a folder of its own."""
    own = folder or Path(tempfile.mkdtemp(prefix="streaming-"))
    try:
        done = subprocess.run(
            [sys.executable, __file__, "--alone", what, own, *map(str, arguments)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    finally:
        if folder is None:
            shutil.rmtree(own, ignore_errors=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def shown(what: str, arguments: tuple[int, ...], found: dict[str, float], as_json: bool) -> None:
    if as_json:
        print(json.dumps({"what": what, **found}), flush=True)
        return
    print(what, *(f"{value:,}" for value in arguments))
    for name, value in found.items():
        print(f"  {name:40} {value:,.3f}" if isinstance(value, float) else f"  {name:40} {value:,}", flush=True)


def whole_and_after(targets: int, as_json: bool) -> None:
    """A whole run, and what is made of it."""
    parent = Path(tempfile.mkdtemp(prefix="streaming-"))
    folder = parent / "run"
    folder.mkdir()
    try:
        shown("whole", (targets,), alone("whole", targets, folder=folder), as_json)
        for number, name in enumerate(("export", "coverage", "report")):
            shown(name, (), alone("afterwards", number, folder=folder), as_json)
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def main() -> None:
    if sys.argv[1:2] == ["--alone"]:
        what, folder, numbers = sys.argv[2], Path(sys.argv[3]), [int(one) for one in sys.argv[4:]]
        measures = {"memory": memory, "growth": growth, "ledger": ledger, "profile": profile, "whole": whole}
        measure: Any = (measures | {"afterwards": afterwards})[what]
        print(json.dumps(measure(*numbers, folder)))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = ["memory", "growth", "ledger", "profile", "whole", "all"]
    parser.add_argument("what", nargs="?", default="all", choices=kinds)
    parser.add_argument("--targets", type=int, default=1_000_000, help="of the largest corpus of `memory` and `whole`")
    parser.add_argument("--questions", type=int, default=50_000, help="that `memory` generates at most")
    parser.add_argument("--small", type=int, default=5_000, help="targets of the smallest corpus of `growth`")
    parser.add_argument("--records", type=int, default=50_000, help="of `ledger`")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.what == "whole":
        whole_and_after(given.targets, given.json)
        return
    jobs: list[tuple[str, tuple[int, ...]]] = []
    if given.what in ("memory", "all"):
        sizes = [size for size in (10_000, 100_000, 1_000_000) if size < given.targets] + [given.targets]
        jobs += [("memory", (size, given.questions)) for size in sizes]
    if given.what in ("growth", "all"):
        jobs += [("growth", (given.small * times,)) for times in (1, 4, 16)]
    if given.what in ("ledger", "all"):
        jobs.append(("ledger", (given.records,)))
    if given.what in ("profile", "all"):
        jobs.append(("profile", (2_000,)))
    for what, arguments in jobs:
        shown(what, arguments, alone(what, *arguments), given.json)


if __name__ == "__main__":
    main()
