"""What the guard adds to a bare generation loop: CPU time a record, and throughput against a 50 ms provider.

    python benchmarks/overhead.py [--records 2000] [--latency 0.05] [--concurrency 64] [--json]

Both loops ask a question and then its answer, over the same documents with contexts of 8,000 characters, against the
same in-process provider. The bare loop formats two prompts and keeps the replies in a list. CPU is `time.process_time`
over the loop, wall time `time.perf_counter`; documents are prepared (segmented, filtered, indexed) before the clock
starts, and that one-off cost is printed beside it, per document.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import time

import regex

from selfstudy_guard import Document
from selfstudy_guard.engine.drivers import arun
from selfstudy_guard.generation import begin
from selfstudy_guard.records import Reply, Request, Usage

SUBJECTS = "valve pump seal boiler hedge lamp bridge motor filter cable harbour tunnel mill furnace lens".split()
PARTS = "housing spindle lever gasket flange bearing coil nozzle rotor bracket dial spring shaft hinge wheel".split()
VERBS = "carries holds turns lifts cools drains heats closes opens measures records guides feeds blocks joins".split()


def documents(count: int, characters: int) -> list[Document]:
    """Documents of distinct sentences, written by a generator."""
    rng = random.Random(3)
    made = []
    for number in range(count):
        text, serial = f"# Plant {number}\n\n", itertools.count()
        while len(text) < characters:
            words = [rng.choice(kind) for kind in (SUBJECTS, PARTS, VERBS, SUBJECTS, PARTS)]
            code = f"{rng.choice('KLMNPR')}{number}{next(serial)}"
            text += (
                f"The {words[0]} {words[1]} {code} {words[2]} the {words[3]} {words[4]} at {rng.randint(10, 999)} bar. "
            )
            if rng.random() < 0.2:
                text = text.rstrip() + "\n\n"
        made.append(Document(id=f"plant-{number}.md", text=text))
    return made


class Provider:
    """Waits, then answers from the last message: a question made of the target's words, or its sentence."""

    model = "local"

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.calls = 0

    async def acomplete(self, request: Request) -> Reply:
        self.calls += 1
        if self.latency:
            await asyncio.sleep(self.latency)
        return Reply(text=self.text(request.purpose, request.messages[-1].content), model="local", usage=USAGE)

    def text(self, purpose: str, content: str) -> str:
        if purpose == "question":
            found = PATTERN.findall(content)
            subject, part, code, verb = found[-1] if found else ("valve", "housing", "K0", "carries")
            return f"What does the {subject} {part} {code} {verb.rstrip('s')} at which pressure?"
        # By plain search: a pattern made for each code would cost the guarded loop, whose questions differ, half a
        # millisecond a record, and the bare loop nothing.
        code = CODE.findall(content)[-1]
        place = content.find(f" {code} ")
        begin, end = content.rfind("The ", 0, place), content.find(".", place)
        return content[begin : end + 1] if -1 not in (place, begin, end) else "It is not stated."


USAGE = Usage(prompt_tokens=2000, completion_tokens=40, cost=0.0)
CODE = regex.compile(r"[KLMNPR]\d+")
PATTERN = regex.compile(r"The (\w+) (\w+) ([KLMNPR]\d+) (\w+) the")


async def bare(docs: list[Document], records: int, concurrency: int, provider: Provider) -> int:
    """The loop that people write."""
    gate, pairs = asyncio.Semaphore(concurrency), []

    async def one(number: int) -> None:
        document = docs[number % len(docs)]
        chunk = document.text[:8000]
        async with gate:
            await asyncio.sleep(provider.latency)
            question = provider.text("question", f"Write one question about this text.\n\n{chunk}")
            await asyncio.sleep(provider.latency)
            answer = provider.text("answer", f"Answer from the text.\n\n{chunk}\n\nQuestion: {question}")
        pairs.append({"question": question, "answer": answer})

    await asyncio.gather(*(one(number) for number in range(records)))
    return len(pairs)


def measure(records: int, latency: float, concurrency: int, folder: str | None = None) -> dict[str, float]:
    """CPU seconds and wall seconds of both loops."""
    docs = documents(max(8, records // 60), 8000)
    provider = Provider(latency)
    cpu, wall = time.process_time(), time.perf_counter()
    asyncio.run(bare(docs, records, concurrency, provider))
    bare_cpu, bare_wall = time.process_time() - cpu, time.perf_counter() - wall

    cpu = time.process_time()
    job = begin(
        docs,
        model=provider,
        n=records,
        out=folder,
        seed=1,
        window=8000,
        concurrency=concurrency,
        prompts="large",
        answer_form="sentence",  # which is what the provider answers
    )
    for document in docs:
        _ = job.parts.prepared.get(document.id).index
    prepare_cpu = time.process_time() - cpu
    cpu, wall = time.process_time(), time.perf_counter()
    asyncio.run(arun(job.session, provider))
    guard_cpu, guard_wall = time.process_time() - cpu, time.perf_counter() - wall
    balance = job.ledger.balance()
    calls = provider.calls
    run = job.finished()
    run.close()
    return {
        "records": balance.answered,
        "rejected": balance.rejected,
        "calls_per_record": round(calls / max(1, balance.answered), 3),
        "cpu_ms_added_per_record": round((guard_cpu - bare_cpu) * 1e3 / max(1, balance.answered), 3),
        "prepare_cpu_ms_per_document": round(prepare_cpu * 1e3 / len(docs), 1),
        "bare_records_per_s": round(records / bare_wall, 1),
        "guard_records_per_s": round(balance.answered / guard_wall, 1),
        "throughput_ratio": round(balance.answered / guard_wall / (records / bare_wall), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--out", help="run folder; without it the ledger lives in memory")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = measure(arguments.records, arguments.latency, arguments.concurrency, arguments.out)
    print(json.dumps(figures) if arguments.json else "\n".join(f"{k:30} {v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
