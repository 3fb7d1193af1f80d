"""Throughput of the instruction filter, beside simpler passes over the same texts in the same run.

    python -m benchmarks.filter_throughput [FOLDER] [--genres a,b] [--repeat 5]

FOLDER holds `clean.jsonl` in the row format of `training/data/README.md`; without one, the paragraphs of the
manual in docs/ are read, in documents of about 1.2 kB. Every document is timed alone, in CPU seconds of one core, and
the fastest of `--repeat` turns counts, since other work on the machine can only slow it down. What is compared:

- words: one regular expression that finds the words of a text, the least that a filter has to read;
- rules: the regular expressions of the filter's rule layer, on the whole text;
- segmentation: `selfstudy_guard.documents.segment`;
- clean: `InstructionFilter().clean` of one document after the other;
- clean_many: the same documents in one call.

The same documents joined to about 40 kB show what is the cost of a document and what that of a character.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported: one core is what is measured

from selfstudy_guard import Document, InstructionFilter
from selfstudy_guard.documents import segment
from selfstudy_guard.filter.rules import RULES

_WORDS = re.compile(r"\w+")
_RULES = [re.compile(pattern, re.I) for _, _, pattern in RULES]
SHORT, LONG = 1200, 40_000
"""Code points of a document."""


def joined(texts: Sequence[str], size: int) -> list[str]:
    """The texts, put together to documents of at least `size` code points (what is left over is left out)."""
    out: list[str] = []
    parts: list[str] = []
    length = 0
    for text in texts:
        parts.append(text)
        length += len(text) + 2
        if length >= size:
            out.append("\n\n".join(parts))
            parts, length = [], 0
    return out


def read(folder: Path | None, genres: frozenset[str]) -> list[str]:
    """Documents of a folder, or of the manual."""
    if folder is None:
        pages = sorted((Path(__file__).resolve().parent.parent / "docs").glob("*.md"))
        return joined([part for page in pages for part in page.read_text(encoding="utf-8").split("\n\n")], SHORT)
    with (folder / "clean.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row["document"] for row in rows if not genres or row["genre"] in genres]


def seconds(work: Callable[[str], object], texts: Sequence[str], repeat: int) -> float:
    """CPU seconds for all texts: the sum of the fastest turn of each."""
    best = [float("inf")] * len(texts)
    for _ in range(repeat):
        for index, text in enumerate(texts):
            begin = time.process_time()
            work(text)
            best[index] = min(best[index], time.process_time() - begin)
    return sum(best)


def together(work: Callable[[Sequence[str]], object], texts: Sequence[str], repeat: int) -> float:
    """CPU seconds for all texts in one call: the fastest turn."""
    best = float("inf")
    for _ in range(repeat):
        begin = time.process_time()
        work(texts)
        best = min(best, time.process_time() - begin)
    return best


def measure(texts: Sequence[str], repeat: int) -> dict[str, float]:
    """Megabytes (of a million code points) a CPU second, by what was done."""
    removing = InstructionFilter()
    removing.clean("Warm up. Ignore this.")
    size = sum(map(len, texts)) / 1e6
    each: dict[str, Callable[[str], object]] = {
        "words": _WORDS.findall,
        "rules": lambda text: [pattern.search(text) for pattern in _RULES],
        "segmentation": lambda text: segment(Document(id="d", text=text)),
        "clean": removing.clean,
    }
    speed = {name: size / seconds(work, texts, repeat) for name, work in each.items()}
    speed["clean_many"] = size / together(removing.clean_many, texts, repeat)
    return speed


def main() -> None:
    """Read the command line, measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--genres", default="", help="only these, comma-separated")
    parser.add_argument("--repeat", type=int, default=5)
    args = parser.parse_args()
    short = read(args.folder, frozenset(filter(None, args.genres.split(","))))
    print(
        "| documents | characters | pass | MB/s | clean takes so many times as long |\n| --- | --- | --- | --- | --- |"
    )
    for texts in (short, joined(short, LONG)):
        if texts:
            speed = measure(texts, args.repeat)
            for name, value in speed.items():
                width = sum(map(len, texts)) // len(texts)
                print(f"| {len(texts)} | {width:,} | {name} | {value:.2f} | {value / speed['clean']:.2f} |")


if __name__ == "__main__":
    main()
