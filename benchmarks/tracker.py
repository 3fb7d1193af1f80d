"""One million records over one million targets: time to fold, merge, write and summarise them, and peak memory.

    python benchmarks/tracker.py [--records 1000000] [--targets 1000000] [--json]

Documents of 200 targets each are made up on the fly, so that the figures are the tracker's own. Records are made
outside the timing; peak memory is that of the whole process and includes the interpreter and numpy.
"""

import argparse
import json
import resource
import time
from collections.abc import Iterator, Mapping

from selfstudy_guard.coverage import CoverageTracker
from selfstudy_guard.records import Answer, Document, Evidence, Footprint, Question, Record, Segmentation, Target

PER_DOCUMENT = 200


def segmentation(name: str) -> Segmentation:
    return Segmentation(
        document_id=name,
        targets=tuple(
            Target(
                document_id=name,
                start=i * 10,
                end=i * 10 + 10,
                text="x" * 10,
                index=i,
                tokens=3,
                section=(str(i // 20),),
            )
            for i in range(PER_DOCUMENT)
        ),
    )


class Lazy(Mapping[str, Segmentation]):
    def __init__(self, n: int) -> None:
        self.n = n

    def __getitem__(self, name: str) -> Segmentation:
        return segmentation(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.startswith("d")

    def __iter__(self) -> Iterator[str]:
        return (f"d{i}" for i in range(self.n))

    def __len__(self) -> int:
        return self.n


def record(number: int, targets: int) -> Record:
    place = number * 2_654_435_761 % targets if number % 3 else number * 40_503 % max(1, targets // 10)
    name, row = f"d{place // PER_DOCUMENT}", place % PER_DOCUMENT
    target = Target(document_id=name, start=row * 10, end=row * 10 + 10, text="x" * 10, index=row)
    return Record(
        key=str(number),
        document_id=name,
        document_digest="",
        target=target,
        style=("factual", "why", "how")[number % 3],
        draw=0,
        question=Question(
            text=f"Which value does field {number} of table {place} hold after start number {number % 977}?"
        ),
        answer=Answer(text="x"),
        evidence=Evidence(document_id=name, start=0, end=2000, text=""),
        footprint=Footprint(targets=(target,), scores=(1.0,)),
        model=("one", "two")[number % 2],
    )


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--targets", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found: dict[str, float] = {"records": args.records, "targets": args.targets, "memory_before_gb": memory()}
    documents = args.targets // PER_DOCUMENT
    begun = time.perf_counter()
    tracker = CoverageTracker(
        (Document(id=f"d{i}", text="x" * 10 * PER_DOCUMENT) for i in range(documents)), segmentations=Lazy(documents)
    )
    found["documents_s"] = time.perf_counter() - begun
    fold = 0.0
    for start in range(0, args.records, 1000):
        batch = [record(number, args.targets) for number in range(start, min(start + 1000, args.records))]
        begun = time.process_time()
        for one in batch:
            tracker.add_record(one)
        fold += time.process_time() - begun
    found["fold_cpu_s"] = fold
    found["fold_us_per_record"] = fold / args.records * 1e6
    found["memory_after_fold_gb"] = memory()
    begun = time.process_time()
    summary = tracker.summary()
    found["summary_cpu_s"] = time.process_time() - begun
    found["coverage"] = summary.coverage
    begun = time.process_time()
    text = tracker.to_json()
    found["to_json_cpu_s"] = time.process_time() - begun
    found["json_mb"] = len(text) / 1e6
    begun = time.process_time()
    again = CoverageTracker.from_json(text)
    found["from_json_cpu_s"] = time.process_time() - begun
    begun = time.process_time()
    both = tracker + again
    found["merge_cpu_s"] = time.process_time() - begun
    found["memory_peak_gb"] = memory()
    assert both.summary().questions == 2 * args.records
    if args.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:24} {value:,.3f}" if isinstance(value, float) else f"{name:24} {value:,}")


if __name__ == "__main__":
    main()
