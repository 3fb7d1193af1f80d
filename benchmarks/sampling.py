"""Planning speed and memory, evenness of plans, speed of segmentation, and the labelled set, on this machine.

    python benchmarks/sampling.py [--targets 50000000] [--quick]

Planning is timed over synthetic sheets of 50 targets (one document each), made on the fly, so that only planning and
the making of its input are measured; peak memory is that of the whole process.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np

from selfstudy_guard.documents import segment
from selfstudy_guard.records import Document
from selfstudy_guard.sampling import PlanPart, Proportional, Sheet, Stratified, StratifiedPart, Tally, Uniform

SIZE = 50
ROWS = np.arange(SIZE, dtype=np.int64)
SECTIONS = [np.sort(np.arange(SIZE) % count) for count in (1, 2, 4, 5, 10)]
TOKENS = (ROWS * 7) % 60 + 8


def sheets(targets: int) -> Iterator[Sheet]:
    """Documents of 50 targets in 1 to 10 sections."""
    for number in range(targets // SIZE):
        yield Sheet(f"corpus/{number:08d}.html", ROWS * 130, SECTIONS[number % 5], TOKENS)


def peak() -> float:
    """Peak memory of the process, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def planning(targets: int, n: int) -> None:
    print(f"planning {n:,} draws out of {targets:,} targets in {targets // SIZE:,} documents, one core:")
    before = time.process_time()
    for _ in sheets(targets):
        pass
    making = time.process_time() - before
    for name, policy in (("uniform", Uniform()), ("tokens", Proportional())):
        before = time.process_time()
        part = PlanPart(n, policy, 1)
        for sheet in sheets(targets):
            part.add(sheet)
        part.refs()
        spent = time.process_time() - before - making
        print(f"  {name:10} {targets / spent:12,.0f} targets/s   peak {peak():.0f} MiB", flush=True)
    before = time.process_time()
    tally = Tally(Stratified())
    for sheet in sheets(targets):
        tally.add(sheet)
    stratified = StratifiedPart(n, tally, 1)
    for sheet in sheets(targets):
        stratified.add(sheet)
    stratified.draws()
    spent = time.process_time() - before - 2 * making
    print(f"  {'stratified':10} {targets / spent:12,.0f} targets/s   peak {peak():.0f} MiB (two passes)", flush=True)


def drawing(targets: int) -> None:
    corpus = list(sheets(targets))
    print(f"drawing every one of {targets:,} targets in order, in memory:")
    for name, policy in (("uniform", Uniform()), ("tokens", Proportional()), ("stratified", Stratified())):
        before = time.process_time()
        made = sum(1 for _ in islice(policy.order(corpus, 1), targets))
        print(f"  {name:10} {made / (time.process_time() - before):12,.0f} draws/s", flush=True)


def evenness() -> None:
    generator = np.random.default_rng(7)
    worst = 0.0
    for trial in range(20):
        corpus = []
        for number in range(30):
            sizes = generator.integers(1, 40, size=generator.integers(1, 9))
            sections = np.repeat(np.arange(len(sizes)), sizes)
            size = len(sections)
            corpus.append(Sheet(f"d{number}", np.arange(size) * 100, sections, np.full(size, 20)))
        at = {sheet.document_id: sheet.sections.tolist() for sheet in corpus}
        total = sum(map(len, corpus))
        shares = Counter((name, section) for name, sections in at.items() for section in sections)
        places = {name: place for place, name in enumerate(shares)}
        share = np.array(list(shares.values())) / total
        made = np.zeros(len(share))
        for k, ref in enumerate(islice(Stratified().order(corpus, trial), total), 1):
            made[places[ref.document_id, at[ref.document_id][ref.row]]] += 1
            worst = max(worst, float(np.abs(made - k * share).max()))
    print(
        f"largest distance of a section from its share, all prefixes of 20 random corpora: {worst:.4f} draws (bound 1)"
    )


def segmentation() -> None:
    sentence = "The gate number {n} of the mill closes at high tide and keeps {n} cubic metres of sea behind the dam. "
    prose = "".join(sentence.format(n=n) + ("\n\n" if n % 5 == 4 else "") for n in range(20_000))
    html = "".join(f"<p>{sentence.format(n=n)}<a href='/{n}'>more on <b>gates</b></a></p>\n" for n in range(12_000))
    print("segmentation:")
    for name, text, media in (
        ("plain", prose, "text/plain"),
        ("markdown", prose, "text/markdown"),
        ("html", html, "text/html"),
        ("wall of 10 MB without a space", "x" * 10_000_000, "text/plain"),
        ("10 MB of words, one paragraph", "the wheel turns " * 625_000, "text/plain"),
        ("comments that never close, 1 MB", "<!--" * 250_000, "text/html"),
        ("tags that never close, 1 MB", "<div><b>" * 125_000, "text/html"),
    ):
        before = time.process_time()
        found = segment(Document(id="d", text=text, media_type=media))
        spent = time.process_time() - before
        print(f"  {name:34} {len(text) / 1e6 / spent:8.2f} MB/s, {len(found.targets):,} targets", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", type=int, default=50_000_000)
    parser.add_argument("--plan", type=int, default=100_000)
    parser.add_argument("--quick", action="store_true", help="one hundredth of the targets")
    arguments = parser.parse_args()
    targets = arguments.targets // (100 if arguments.quick else 1)
    evenness()
    planning(targets, arguments.plan // (10 if arguments.quick else 1))
    drawing(min(targets, 1_000_000))
    segmentation()


if __name__ == "__main__":
    main()
