"""What guarding costs: CPU of each wrapper beside the bare call, throughput at 64 calls in flight, and look-up time.

    python benchmarks/guard_overhead.py            # everything, about two minutes
    python benchmarks/guard_overhead.py --no-lookup

CPU: process time of many calls whose model answers at once, guarded and bare, in turns. Throughput: 64 calls in flight
against a local server that takes 50 ms (where LiteLLM's own CPU is the limit) and 1 s, through
LiteLLM. Look-up: 100,000 registered chunks.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import time
import warnings
from typing import Any

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")

from selfstudy_guard.guard import Guard
from selfstudy_guard.guard.locate.shingle_index import DocumentIndex
from selfstudy_guard.records import Document
from selfstudy_guard.testing import FaultyProvider
from selfstudy_guard.testing.reader import respond

SEED = 7


def words(rng: random.Random) -> list[str]:
    return ["".join(rng.choice("abcdefghijklmnoprstuvw") for _ in range(rng.randint(3, 9))) for _ in range(5000)]


def corpus(documents: int, paragraphs: int) -> list[Document]:
    rng = random.Random(SEED)
    vocabulary = words(rng)

    def sentence() -> str:
        return " ".join(rng.choice(vocabulary) for _ in range(rng.randint(8, 18))).capitalize() + "."

    return [
        Document(
            id=f"d{number}.txt",
            text="\n\n".join(" ".join(sentence() for _ in range(8)) for _ in range(paragraphs)),
        )
        for number in range(documents)
    ]


def question_messages(chunk: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": f"Write one question about this text:\n\n{chunk}"}]


def answer_messages(chunk: str, question: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": f"<text>{chunk}</text>\n\nQuestion: {question}"}]


def answered_at_once(model: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
    return {"choices": [{"message": {"content": respond(messages)}, "finish_reason": "stop"}], "model": model}


def first_sight(guard: Guard, documents: list[Document]) -> None:
    """What is computed once a document: pieces, findings, attribution index."""
    ask = guard.asking(answered_at_once)
    for document in documents:
        ask("m", question_messages(document.text.split("\n\n")[0]))


def cpu(calls: int) -> dict[str, float]:
    """Milliseconds of CPU that one guarded call takes beyond the bare one."""
    documents = corpus(20, 10)
    chunks = [chunk for document in documents for chunk in document.text.split("\n\n")]
    guard = Guard(documents)
    ask, answer = guard.asking(answered_at_once), guard.answering(answered_at_once)
    begun = time.process_time()
    first_sight(guard, documents)
    sight = 1000 * (time.process_time() - begun) / len(documents)
    spent = {"asking": 0.0, "answering": 0.0, "bare asking": 0.0, "bare answering": 0.0, "filtering": 0.0}
    filtering = guard.filtering(answered_at_once)

    def timed(name: str, call: Any, *arguments: Any) -> Any:
        begun = time.process_time()
        result = call(*arguments)
        spent[name] += time.process_time() - begun
        return result

    for number in range(calls):
        chunk = chunks[number % len(chunks)]
        timed("bare asking", answered_at_once, "m", question_messages(chunk))
        q = timed("asking", ask, "m", question_messages(chunk))["choices"][0]["message"]["content"]
        timed("bare answering", answered_at_once, "m", answer_messages(chunk, q))
        timed("answering", answer, "m", answer_messages(chunk, q))
        timed("filtering", filtering, "m", question_messages(chunk))
    return {
        "asking": 1000 * (spent["asking"] - spent["bare asking"]) / calls,
        "answering": 1000 * (spent["answering"] - spent["bare answering"]) / calls,
        "filtering": 1000 * (spent["filtering"] - spent["bare asking"]) / calls,
        "once a document of 10 paragraphs": sight,
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


async def throughput(rounds: int, calls: int, in_flight: int, latency: float) -> dict[str, list[float]]:
    """Calls a second: bare and guarded in turns, so that other load on the machine hits both."""
    import litellm
    from selfstudy_guard_litellm import register_guard

    litellm.suppress_debug_info = True
    documents = corpus(20, 10)
    chunks = [chunk for document in documents for chunk in document.text.split("\n\n")]
    rates: dict[str, list[float]] = {"bare": [], "asking": [], "filtering": [], "guard_filter/": []}
    with FaultyProvider(rate=0.0, latency=latency) as provider:
        for number in range(rounds + 1):
            guard = Guard(documents, question_attempts=1)
            register_guard(guard)
            first_sight(guard, documents)
            some = [chunks[(number * calls + at) % len(chunks)] for at in range(calls)]
            model = "openai/gpt-4o-mini"
            for name, call, target in (
                ("bare", litellm.acompletion, model),
                ("asking", guard.asking(litellm.acompletion), model),
                ("filtering", guard.filtering(litellm.acompletion), model),
                ("guard_filter/", litellm.acompletion, "guard_filter/" + model),
            ):
                rate = await flood(call, some, in_flight, provider.base_url, target)
                if number:  # the first round warms up
                    rates[name].append(rate)
    return rates


def lookup(documents: int, paragraphs: int, messages: int) -> dict[str, float]:
    """Milliseconds to find a chunk among `documents * paragraphs` registered ones."""
    rng = random.Random(SEED)
    registered = corpus(documents, paragraphs)
    begun = time.perf_counter()
    index = DocumentIndex(registered)
    built = time.perf_counter() - begun
    seconds = []
    for _ in range(messages):
        document = rng.choice(registered)
        chunk = rng.choice(document.text.split("\n\n"))
        message = question_messages(chunk)[0]["content"]
        begun = time.perf_counter()
        (found,) = index.locate(message)
        seconds.append(time.perf_counter() - begun)
        assert found.document_id == document.id
    return {
        "chunks": documents * paragraphs,
        "megabytes": sum(len(document.text) for document in registered) / 1e6,
        "seconds to build": built,
        "median ms": 1000 * statistics.median(seconds),
        "99th percentile ms": 1000 * statistics.quantiles(seconds, n=100)[98],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-lookup", action="store_true")
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    result: dict[str, Any] = {"CPU beyond the bare call, ms": cpu(options.calls)}
    for latency, calls in ((0.05, 300), (1.0, 192)):
        rates = asyncio.run(throughput(options.rounds, calls, 64, latency))
        bare = rates["bare"]
        result[f"throughput at 64 in flight, provider of {latency * 1000:.0f} ms"] = {
            name: {
                "calls a second": round(statistics.median(values), 1),
                "of bare": round(statistics.median(v / b for v, b in zip(values, bare, strict=True)), 3),
            }
            for name, values in rates.items()
        }
    if not options.no_lookup:
        result["look-up"] = lookup(1000, 100, 1000)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
