"""Loops for `python -m benchmarks speed`: a whole run beside a bare loop, and wrapped calls beside bare ones.

Both loops of a run ask a question and then its answer, over the same documents with contexts of 8,000 characters,
against the same in-process provider; the bare one formats two prompts and keeps the replies in a list. Documents are
prepared before the clock starts. Wrapped calls go to a function that answers at once, or through LiteLLM to a local
server.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import re
import statistics
import time
from typing import Any

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")

from selfstudy_guard import Document
from selfstudy_guard.engine.drivers import arun
from selfstudy_guard.generation import begin
from selfstudy_guard.guard import Guard
from selfstudy_guard.guard.locate.shingle_index import DocumentIndex
from selfstudy_guard.records import Reply, Request, Usage
from selfstudy_guard.testing import FaultyProvider
from selfstudy_guard.testing.reader import respond

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
    """Waits, then answers from the last message."""

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
        """A question made of the words of the target, or the pressure that its sentence tells."""
        if purpose == "question":
            found = PATTERN.findall(content, max(0, len(content) - 1500))
            subject, part, code, verb = found[-1] if found else ("valve", "housing", "K0", "carries")
            return f"At which pressure does the {subject} {part} {code} {verb.rstrip('s')} something?"
        # By plain search: a pattern made for each code would cost the guarded loop, whose questions differ, half a
        # millisecond a record, and the bare loop nothing.
        place = content.find(f" {CODE.findall(content, max(0, len(content) - 400))[-1]} ")
        end = content.find(" bar.", place)
        value = content[content.rfind(" ", 0, end) + 1 : end]
        return f"{value} bar" if place >= 0 and end >= 0 else "It is not stated."


USAGE = Usage(prompt_tokens=2000, completion_tokens=40, cost=0.0)
CODE = re.compile(r"[KLMNPR]\d+")
PATTERN = re.compile(r"The (\w+) (\w+) ([KLMNPR]\d+) (\w+) the")


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


def run_beside_bare(records: int, latency: float, concurrency: int) -> dict[str, float]:
    """CPU and wall time a record of `generate` and of the bare loop."""
    docs = documents(max(8, records // 60), 8000)
    provider = Provider(latency)
    cpu, wall = time.process_time(), time.perf_counter()
    asyncio.run(bare(docs, records, concurrency, provider))
    bare_cpu, bare_wall = time.process_time() - cpu, time.perf_counter() - wall
    job = begin(docs, model=provider, n=records, seed=1, window=8000, concurrency=concurrency, prompts="large")
    for document in docs:
        _ = job.parts.prepared.get(document.id).index
    cpu, wall = time.process_time(), time.perf_counter()
    asyncio.run(arun(job.session, provider))
    guard_cpu, guard_wall = time.process_time() - cpu, time.perf_counter() - wall
    answered = max(1, job.ledger.balance().answered)
    job.finished().close()
    return {
        "bare": bare_cpu * 1e3 / records,
        "added": (guard_cpu - bare_cpu) * 1e3 / answered,
        "throughput": answered / guard_wall / (records / bare_wall),
        "calls": provider.calls / answered,
    }


def chunks_of(docs: list[Document]) -> list[str]:
    """The documents in chunks of 2,000 characters, cut at sentences."""
    chunks: list[str] = []
    for document in docs:
        at = 0
        while at < len(document.text):
            cut = document.text.find(". ", at + 1900) + 1 or len(document.text)
            chunks.append(document.text[at:cut].strip())
            at = cut
    return [chunk for chunk in chunks if len(chunk) > 500]


def question_messages(chunk: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": f"Write one question about this text:\n\n{chunk}"}]


def answer_messages(chunk: str, question: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": f"<text>{chunk}</text>\n\nQuestion: {question}"}]


def answered_at_once(model: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
    return {"choices": [{"message": {"content": respond(messages)}, "finish_reason": "stop"}], "model": model}


def first_sight(guard: Guard, docs: list[Document]) -> None:
    """What is computed once a document: pieces, findings, attribution index."""
    ask = guard.asking(answered_at_once)
    for document in docs:
        ask("m", question_messages(document.text[:1500]))


def wrapped(calls: int) -> dict[str, float]:
    """Milliseconds of CPU of a bare call, and what a guarded one takes beyond it: medians over the calls, in turns."""
    docs = documents(20, 8000)
    chunks = chunks_of(docs)
    guard = Guard(docs)
    ask, answer = guard.asking(answered_at_once), guard.answering(answered_at_once)
    filtering = guard.filtering(answered_at_once)
    first_sight(guard, docs)
    spent: dict[str, list[float]] = {}

    def timed(name: str, call: Any, *arguments: Any) -> Any:
        begun = time.process_time()
        result = call(*arguments)
        spent.setdefault(name, []).append(1000 * (time.process_time() - begun))
        return result

    for number in range(calls):
        chunk = chunks[number % len(chunks)]
        timed("bare", answered_at_once, "m", question_messages(chunk))
        q = timed("asking", ask, "m", question_messages(chunk))["choices"][0]["message"]["content"]
        timed("bare answering", answered_at_once, "m", answer_messages(chunk, q))
        timed("answering", answer, "m", answer_messages(chunk, q))
        timed("filtering", filtering, "m", question_messages(chunk))
    half = {name: statistics.median(values) for name, values in spent.items()}
    return {
        "bare": half["bare"],
        "asking": half["asking"] - half["bare"],
        "answering": half["answering"] - half["bare answering"],
        "filtering": half["filtering"] - half["bare"],
    }


async def flood(call: Any, chunks: list[str], in_flight: int, base: str, model: str) -> float:
    """Calls a second with `in_flight` at a time."""
    limit = asyncio.Semaphore(in_flight)

    async def one(chunk: str) -> None:
        async with limit:
            await call(model=model, messages=question_messages(chunk), api_base=base, api_key="none")

    begun = time.perf_counter()
    await asyncio.gather(*(one(chunk) for chunk in chunks))
    return len(chunks) / (time.perf_counter() - begun)


async def through_litellm(rounds: int, calls: int, latency: float = 0.05, in_flight: int = 64) -> dict[str, float]:
    """Calls a second through LiteLLM against a local server, bare, and what share of them each wrapper keeps."""
    import litellm
    from selfstudy_guard_litellm import register_guard

    litellm.suppress_debug_info = True
    docs = documents(20, 8000)
    chunks = chunks_of(docs)
    model = "openai/gpt-4o-mini"
    rates: dict[str, list[float]] = {"bare": [], "asking": [], "filtering": [], "guard_filter/": []}
    with FaultyProvider(rate=0.0, latency=latency) as provider:
        for number in range(rounds + 1):
            guard = Guard(docs, question_attempts=1)
            register_guard(guard)
            first_sight(guard, docs)
            some = [chunks[(number * calls + at) % len(chunks)] for at in range(calls)]
            for name, call, target in (
                ("bare", litellm.acompletion, model),
                ("asking", guard.asking(litellm.acompletion), model),
                ("filtering", guard.filtering(litellm.acompletion), model),
                ("guard_filter/", litellm.acompletion, "guard_filter/" + model),
            ):
                rate = await flood(call, some, in_flight, provider.base_url, target)
                if number:  # the first round warms up
                    rates[name].append(rate)
    return {
        name: statistics.median(v if name == "bare" else v / b for v, b in zip(values, rates["bare"], strict=True))
        for name, values in rates.items()
    }


def lookup(messages: int = 500) -> dict[str, float]:
    """Milliseconds to find a chunk among those of 500 documents, half-way and at the slow end."""
    docs = documents(500, 8000)
    chunks = chunks_of(docs)
    index = DocumentIndex(docs)
    rng, spent = random.Random(7), []
    for _ in range(messages):
        message = question_messages(rng.choice(chunks))[0]["content"]
        begun = time.process_time()
        assert index.locate(message)
        spent.append(1000 * (time.process_time() - begun))
    return {"chunks": len(chunks), "median": statistics.median(spent), "slow": statistics.quantiles(spent, n=100)[98]}
