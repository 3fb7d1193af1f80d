"""Fuzz what meets hostile input first: reading, segmentation, reply parsing, data-set import.

    python benchmarks/fuzz.py reading --seconds 600

With atheris installed (`pip install atheris`) the fuzzing is guided by coverage; without it, or with `--count`, inputs
are mutations of the seeds drawn from one random seed, the same on every machine. The filter has a fuzzer of its own,
`benchmarks/fuzz_filter.py`. Every target states what must hold for any input; a breach is an exception.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

try:
    import atheris
except ImportError:
    atheris = None

_INSTRUMENTED = __name__ == "__main__" and atheris is not None and "--count" not in sys.argv
with atheris.instrument_imports(include=["selfstudy_guard"]) if _INSTRUMENTED else contextlib.nullcontext():
    from selfstudy_guard.coverage.datasets import read_pairs
    from selfstudy_guard.documents import read_documents, segment
    from selfstudy_guard.errors import InputError
    from selfstudy_guard.questions import parse_answer, parse_pairs, parse_question
    from selfstudy_guard.records import Document

SUFFIXES = (".txt", ".md", ".html", ".rst", ".json", ".jsonl", ".csv", ".tsv", ".parquet", ".pdf", ".docx")
DATA_SUFFIXES = (".json", ".jsonl", ".csv", ".parquet")
MEDIA_TYPES = (None, "text/plain", "text/markdown", "text/html", "text/x-rst", "text/x-source")

_TEXTS = (
    b"The pump holds nine litres of oil. It is drained in spring.",
    b"# Pump\n\n- nine litres\n- of oil\n\n| part | size |\n| --- | --- |\n| pump | 9 |\n\n```python\nx = 1\n```\n",
    b"<!doctype html><html><body><nav>Home</nav><p>The <b>pump</b> holds 9&nbsp;l.</p><!-- x --><table><tr><td>a",
    b"Pump\n====\n\n.. note:: Nine litres.\n\n* one\n* two\n",
    "Grüße, 世界, мир. \u200b\U000e0041\u202e".encode(),
    "Grüße".encode("utf-16"),
    b"caf\xe9 au lait, d\xe9j\xe0 vu",
)
_ROWS = (
    b'{"text": "The pump holds nine litres.", "id": "a", "n": [1, {"m": null}]}\n{"text": "\\ud83d"}\n',
    b'[{"text": "A."}, {"text": "B."}]',
    b'{"version": 1, "data": [{"content": "A."}]}',
    b'text,n\n"A ""quoted"" text, with a comma",1\nB,2\n',
    b'{"messages": [{"role": "user", "content": "Q?"}, {"role": "assistant", "content": "A."}]}\n',
    b'{"conversations": [{"from": "human", "value": "Q?"}, {"from": "gpt", "value": "A."}]}\n',
    b'{"instruction": "Q?", "input": "", "output": "A."}\n',
    b'{"user_input": "Q?", "reference": "A.", "reference_contexts": ["c"]}\n',
)
_REPLIES = (
    b"Here is a question:\n\n1. What holds nine litres?\n2. Why?",
    b'```json\n{"question": "What?", "answer": "That.",}\n```',
    b"<think>hm</think>\nQ: What?\nA: That.",
    b'[{"question": "What?", "answer": "That."}, ["a", "b"]]',
    b"**Question:** What holds?\n**Answer:** The pump.",
)


def read(data: bytes) -> None:
    """Any file gives documents or reasons; ids are printable, texts are not empty, metadata is JSON."""
    path = _FOLDER / f"x{SUFFIXES[data[0] % len(SUFFIXES)] if data else '.txt'}"
    path.write_bytes(data[1:])
    skipped: list[object] = []
    for document in read_documents(path, on_skip=skipped.append):
        assert document.id.isprintable(), document.id
        assert document.text.strip()
        json.dumps(dict(document.metadata))
        assert len(document.digest) == 64
    path.unlink()


def segment_text(data: bytes) -> None:
    """Targets quote the raw text, lie in order, and have a reason unless they are eligible; artefacts are disjoint."""
    text = data[1:].decode("utf-8", "surrogateescape")
    document = Document(id="x", text=text, media_type=MEDIA_TYPES[data[0] % len(MEDIA_TYPES)] if data else None)
    found = segment(document)
    for target in found.targets:
        assert text[target.start : target.end] == target.text
        assert target.start < target.end
        assert target.eligible == (target.reason is None)
    end = 0
    for artefact in found.artefacts:
        assert end <= artefact.start <= artefact.end <= len(text)
        end = artefact.end


def parse(data: bytes) -> None:
    """Any reply gives texts, and never an error."""
    text = data.decode("utf-8", "surrogateescape")
    assert all(isinstance(candidate, str) for candidate in parse_question(text))
    assert isinstance(parse_answer(text), str)
    for question, answer in parse_pairs(text):
        assert isinstance(question, str)
        assert isinstance(answer, str)


def import_data(data: bytes) -> None:
    """Any data set gives pairs of texts, or an `InputError`."""
    path = _FOLDER / f"x{DATA_SUFFIXES[data[0] % len(DATA_SUFFIXES)] if data else '.json'}"
    path.write_bytes(data[1:])
    try:
        for pair in read_pairs([path], on_skip=lambda _: None):
            assert isinstance(pair.question, str)
            assert pair.answer is None or isinstance(pair.answer, str)
    except InputError:
        pass
    path.unlink()


@dataclass(frozen=True)
class Target:
    """What is fuzzed: a function that raises when an invariant breaks, and inputs to begin with."""

    check: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


def _numbered(seeds: tuple[bytes, ...], kinds: int) -> tuple[bytes, ...]:
    return tuple(bytes([kind]) + seed for seed in seeds for kind in range(kinds))


TARGETS = {
    "reading": Target(read, _numbered(_TEXTS + _ROWS, len(SUFFIXES))),
    "segmentation": Target(segment_text, _numbered(_TEXTS, len(MEDIA_TYPES))),
    "replies": Target(parse, _REPLIES + _TEXTS),
    "datasets": Target(import_data, _numbered(_ROWS, len(DATA_SUFFIXES))),
}
_FOLDER = Path(tempfile.gettempdir())


def mutations(seeds: tuple[bytes, ...], seed: int) -> Iterator[bytes]:
    """The seeds, then endless mutations of them."""
    dice = random.Random(seed)
    yield from seeds
    pool = list(seeds)
    while True:
        data = bytearray(dice.choice(pool))
        for _ in range(dice.choice((1, 1, 2, 4, 16))):
            at = dice.randrange(len(data) + 1)
            match dice.randrange(6):
                case 0:
                    data[at:at] = dice.randbytes(dice.choice((1, 2, 8)))
                case 1:
                    del data[at : at + dice.choice((1, 2, 8, 64))]
                case 2 if data:
                    data[min(at, len(data) - 1)] ^= 1 << dice.randrange(8)
                case 3:
                    other = dice.choice(pool)
                    start = dice.randrange(len(other) + 1)
                    data[at:at] = other[start : start + dice.randrange(1, 80)]
                case 4:
                    data[at:at] = bytes(data[at : at + dice.randrange(1, 20)]) * dice.choice((2, 10, 300))
                case 5:
                    data[at:at] = dice.choice((b'"', b"{", b"[", b"<", b"<!--", b"\x00", b"\xff", b"\\u", b"```", b"|"))
        mutated = bytes(data[:20_000])
        if dice.random() < 0.05:
            pool.append(mutated)
        yield mutated


def run(name: str, *, count: int | None = None, seconds: float | None = None, seed: int = 0) -> int:
    """Check mutated inputs until the count or the CPU time is used up; how many there were."""
    global _FOLDER
    target = TARGETS[name]
    until = None if seconds is None else time.process_time() + seconds
    number = 0
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        _FOLDER = Path(folder)
        for data in mutations(target.seeds, seed):
            if number == count or (until is not None and time.process_time() > until):
                break
            try:
                target.check(data)
            except BaseException:
                sys.stderr.write(f"{name}, input {number} of seed {seed}: {data!r}\n")
                raise
            number += 1
    return number


def guided(name: str, seconds: int) -> None:
    """Run atheris; ends the process."""
    global _FOLDER
    _FOLDER = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    corpus = _FOLDER / "corpus"
    corpus.mkdir()
    for number, data in enumerate(TARGETS[name].seeds):
        (corpus / str(number)).write_bytes(data)
    options = [
        f"-max_total_time={seconds}",
        "-max_len=20000",
        "-timeout=30",
        "-rss_limit_mb=3000",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], TARGETS[name].check)
    atheris.Fuzz()


def main() -> None:
    """Fuzz one target."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=int, default=600, help="of CPU time (of the clock, with atheris)")
    parser.add_argument("--count", type=int, help="inputs to check, without atheris")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.count is None and atheris is not None:
        guided(options.target, options.seconds)
        return
    seconds = None if options.count is not None else options.seconds
    checked = run(options.target, count=options.count, seconds=seconds, seed=options.seed)
    sys.stdout.write(f"{options.target}: {checked:,} inputs, no invariant broken\n")


if __name__ == "__main__":
    main()
