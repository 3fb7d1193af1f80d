"""Reading a large JSONL file and a folder of many files: peak memory, and time against a bare loop.

    python benchmarks/reading.py --gigabytes 1 5 --files 100000

Each measurement runs in a process of its own; its peak resident memory is that of the whole process, Python included.
The bare loop parses each line with `json.loads` (or reads each file) and hashes the text with SHA-256, keeping nothing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OURS = """
import resource, sys, time
from selfstudy_guard.documents import read_documents
began = time.process_time()
count = sum(1 for _ in read_documents(sys.argv[1]))
print(count, time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
BARE = """
import hashlib, json, os, resource, sys, time
began = time.process_time()
count = 0
if os.path.isdir(sys.argv[1]):
    for folder, _, names in os.walk(sys.argv[1]):
        for name in names:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                hashlib.sha256(file.read().encode()).digest()
            count += 1
else:
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            hashlib.sha256(json.loads(line)["text"].encode()).digest()
            count += 1
print(count, time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measure(program: str, path: Path) -> tuple[int, float, float]:
    """Documents, CPU seconds and peak resident memory in MB of `program` on `path`."""
    output = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    ).stdout
    count, seconds, peak = output.split()
    return int(count), float(seconds), float(peak)


def write_rows(path: Path, gigabytes: float) -> None:
    """A JSONL file of rows of about 2,000 characters, all different."""
    sentence = "The pump in the cellar holds nine litres of oil, which the caretaker drains in spring. "
    size = int(gigabytes * 2**30)
    with path.open("w", encoding="utf-8") as file:
        written = number = 0
        while written < size:
            written += file.write(json.dumps({"text": f"Row {number}. " + sentence * 23, "page": number}) + "\n")
            number += 1


def write_files(folder: Path, count: int) -> None:
    """Text files in folders of a thousand."""
    for start in range(0, count, 1000):
        part = folder / f"{start // 1000:04}"
        part.mkdir(parents=True)
        for number in range(start, min(start + 1000, count)):
            (part / f"{number}.md").write_text(f"# Page {number}\n\n" + "The pump holds nine litres of oil. " * 20)


def main() -> None:
    """Print one line a measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, nargs="*", default=[0.25, 1])
    parser.add_argument("--files", type=int, nargs="*", default=[10_000, 100_000])
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="reading-"))
    try:
        for what, sizes in (("GB of JSONL", options.gigabytes), ("files", options.files)):
            for size in sizes:
                path = folder / "x.jsonl" if what.startswith("GB") else folder / "files"
                write_rows(path, size) if what.startswith("GB") else write_files(path, size)
                count, seconds, peak = measure(OURS, path)
                bare_count, bare_seconds, bare_peak = measure(BARE, path)
                assert count == bare_count
                sys.stdout.write(
                    f"{size:g} {what}: {count:,} documents, peak {peak:.0f} MB (bare loop {bare_peak:.0f} MB), "
                    f"CPU time {seconds / bare_seconds:.2f} times that of the bare loop\n"
                )
                sys.stdout.flush()
                path.unlink() if path.is_file() else shutil.rmtree(path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
