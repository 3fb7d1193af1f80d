"""What the guard costs, part by part, each beside an anchor that does a simpler job on the same texts in the same run.

    python -m benchmarks speed [--quick] [--only segment,filter,...] [--json]

Times are CPU seconds of this process; a part and its anchor take turns, and the median of the rounds counts, so other
work on the machine moves both. Read the ratios. The texts are the project's own manual: documents of about 1.2 kB and
40 kB of plain text, and the same as raw HTML pages with a menu, a script and a footer round the text. Ray has a command
of its own (`python -m benchmarks scale`), since it starts processes.
"""

import argparse
import asyncio
import html
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported: one core is what is measured
os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks.speed_loops import documents, lookup, run_beside_bare, through_litellm, wrapped
from selfstudy_guard import Document, InstructionFilter
from selfstudy_guard.attribution.index import AttributionIndex
from selfstudy_guard.attribution.terms import words
from selfstudy_guard.documents import segment
from selfstudy_guard.filter.rules import RULES

SHORT, LONG = 1200, 40_000
"""Code points of a document."""
_RULES = [rule.pattern for rule in RULES]


class Row(NamedTuple):
    """One line of the table: what was measured, its figure and unit, the anchor and its figure, and the goal."""

    part: str
    figure: float
    unit: str
    anchor: str
    beside: float
    goal: str


def pages(size: int) -> list[str]:
    """Paragraphs of the manual in documents of at least `size` code points; what is left over is left out."""
    made, parts, length = [], [], 0
    for path in sorted((Path(__file__).resolve().parent.parent / "docs").glob("*.md")):
        for paragraph in path.read_text("utf-8").split("\n\n"):
            parts.append(paragraph)
            length += len(paragraph) + 2
            if length >= size:
                made.append("\n\n".join(parts))
                parts, length = [], 0
    return made


def raw_html(text: str) -> str:
    """A page as a site sends it."""
    menu = "".join(f'<li class="nav-item"><a href="/p{n}">Section {n}</a></li>' for n in range(12))
    body = "\n".join(f'<p class="text">{html.escape(part)}</p>' for part in text.split("\n\n"))
    return (
        f'<!DOCTYPE html><html><head><title>Page</title><script>var a={{"b":1}};function f(x){{return x+1}}</script>'
        f"<style>.nav{{margin:0}}</style></head><body><nav><ul>{menu}</ul></nav><main>{body}</main>"
        f"<footer>\u00a9 2026 Example. All rights reserved.</footer></body></html>"
    )


def in_turns(*works: Callable[[], object], rounds: int) -> list[float]:
    """Median CPU seconds of each piece of work, which take turns."""
    spent: list[list[float]] = [[] for _ in works]
    for _ in range(rounds + 1):  # the first round warms up
        for work, times in zip(works, spent, strict=True):
            begun = time.process_time()
            work()
            times.append(time.process_time() - begun)
    return [statistics.median(times[1:]) for times in spent]


def of_segmentation(rounds: int) -> list[Row]:
    from sentencex import segment as sentences

    short, long = pages(SHORT), pages(LONG)
    rows = []
    for name, texts, suffix, goal in (
        ("segment, short plain", short, "txt", "2.5"),
        ("segment, long plain", long, "txt", "4"),
        ("segment, raw HTML", pages(10_000), "html", "4"),
    ):
        raw = [raw_html(text) if suffix == "html" else text for text in texts]
        docs = [Document(id=f"{n}.{suffix}", text=text) for n, text in enumerate(raw)]
        size = sum(map(len, raw)) / 1e6
        ours, anchor = in_turns(
            lambda docs=docs: [segment(one) for one in docs],
            lambda texts=texts: [sentences("en", text) for text in texts],
            rounds=rounds,
        )
        rows.append(Row(name, size / ours, "MB/s", "sentencex", size / anchor, goal))
    return rows


def of_filter(rounds: int) -> list[Row]:
    removing, rows = InstructionFilter(), []
    for name, texts, goal in (("clean_many, 1.2 kB", pages(SHORT), "4"), ("clean_many, 40 kB", pages(LONG), "6")):
        size = sum(map(len, texts)) / 1e6
        ours, single, anchor = in_turns(
            lambda texts=texts: removing.clean_many(texts),
            lambda texts=texts: [removing.clean(text) for text in texts],
            lambda texts=texts: [[rule.search(text) for rule in _RULES] for text in texts],
            rounds=rounds,
        )
        rows.append(Row(name, size / ours, "MB/s", "regex scanner", size / anchor, goal))
        rows.append(Row(name.replace("_many", ""), size / single, "MB/s", "regex scanner", size / anchor, ""))
    for length in (600, SHORT, 4000, 8000):
        texts = pages(length)
        size = sum(map(len, texts)) / 1e6
        ours, single = in_turns(
            lambda texts=texts: removing.examine_many(texts),
            lambda texts=texts: [removing.examine(text) for text in texts],
            rounds=rounds,
        )
        rows.append(Row(f"examine_many, {length:,} characters", size / ours, "MB/s", "one by one", size / single, ""))
    return rows


def of_preparation(rounds: int) -> list[Row]:
    """Segmentation, beliefs and attribution index of one document of 8,000 characters."""
    from sentencex import segment as sentences

    finds, docs = InstructionFilter(), [Document(id=f"{n}.txt", text=text[:8000]) for n, text in enumerate(pages(8000))]

    def prepare() -> None:
        for document in docs:
            result = finds.examine(document.text)
            AttributionIndex(segment(document, findings=result.findings).targets)

    ours, anchor = in_turns(prepare, lambda: [sentences("en", one.text) for one in docs], rounds=rounds)
    return [Row("prepare 8,000 characters", 1e3 * ours / len(docs), "ms", "sentencex", 1e3 * anchor / len(docs), "8")]


def of_attribution(rounds: int) -> list[Row]:
    """A call on 30 targets, half of them with an answer, beside bm25s over the same targets."""
    import bm25s

    docs = documents(6, 3200)
    calls, anchors = [], []
    for document in docs:
        targets = segment(document).targets[:30]
        index, retriever = AttributionIndex(targets), bm25s.BM25()
        retriever.index([words(target.text) or [""] for target in targets], show_progress=False)
        for target in targets:
            told = target.text.split()
            question = f"What does the {' '.join(told[1:4])} do at {told[-2]} bar?"
            calls.append((index, question, target.text))
            anchors.append((retriever, question))
    ours, anchor = in_turns(
        lambda: [(index.attribute(q), index.attribute(q, a)) for index, q, a in calls],
        lambda: [retriever.get_scores(words(q)) for retriever, q in anchors],
        rounds=rounds,
    )
    return [Row("attribute, 30 targets", 5e5 * ours / len(calls), "\u00b5s", "bm25s", 1e6 * anchor / len(calls), "120")]


def of_generate(rounds: int) -> list[Row]:
    runs = [run_beside_bare(100 * rounds, 0.05, 64) for _ in range(3)]
    half = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    return [
        Row("generate, CPU added a record", half["added"], "ms", "bare loop", half["bare"], "0.7"),
        Row("generate, 50 ms and 64 in flight", half["throughput"], "of bare", "bare loop", 1.0, "0.97"),
    ]


def of_guard(rounds: int) -> list[Row]:
    ms, found = wrapped(40 * rounds), lookup()
    rows = [
        Row(f"Guard.{name}, CPU added a call", ms[name], "ms", "bare call", ms["bare"], goal)
        for name, goal in (("asking", ""), ("answering", "1"), ("filtering", ""))
    ]
    name = f"find one of {found['chunks']:.0f} chunks, median"
    return [*rows, Row(name, found["median"], "ms", "99th percentile", found["slow"], "")]


def of_litellm(rounds: int) -> list[Row]:
    if importlib.util.find_spec("litellm") is None:
        return []
    rates = asyncio.run(through_litellm(rounds, 200))
    return [
        Row(f"LiteLLM, {name}", rates[name], "of bare", "bare calls a second", rates["bare"], "0.95")
        for name in rates
        if name != "bare"
    ]


def of_import(rounds: int) -> list[Row]:
    """Fresh processes; the interpreter's own start is left out, but for `--help`, which is a whole process."""
    statements = ["from pydantic import BaseModel", "import selfstudy_guard", "from selfstudy_guard import Document"]
    spent: dict[str, list[float]] = {name: [] for name in [*statements, "help"]}
    for _ in range(rounds + 1):
        for statement in statements:
            code = f"import time; t = time.process_time(); {statement}; print(time.process_time() - t)"
            told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
            spent[statement].append(float(told))
        begun = os.times()
        subprocess.run([sys.executable, "-m", "selfstudy_guard", "--help"], capture_output=True, check=True)
        ended = os.times()
        spent["help"].append(ended.children_user + ended.children_system - begun.children_user - begun.children_system)
    pydantic, package, document, helped = (statistics.median(values[1:]) for values in spent.values())
    return [
        Row("import selfstudy_guard", package / pydantic, "of pydantic", "pydantic, ms", 1e3 * pydantic, "0.15"),
        Row("import Document", document / pydantic, "of pydantic", "pydantic, ms", 1e3 * pydantic, ""),
        Row("selfstudy-guard --help", helped, "s", "pydantic, ms", 1e3 * pydantic, "0.4"),
    ]


PARTS: dict[str, Callable[[int], list[Row]]] = {
    "segment": of_segmentation,
    "filter": of_filter,
    "prepare": of_preparation,
    "attribute": of_attribution,
    "generate": of_generate,
    "guard": of_guard,
    "litellm": of_litellm,
    "import": of_import,
}


def line(row: Row) -> str:
    """One line of the table; of speeds, times and shares the ratio to the anchor says how many times ours takes."""
    ratio = row.beside / row.figure if row.unit == "MB/s" else row.figure / row.beside
    times = f"{ratio:.1f}" if row.unit in ("MB/s", "ms", "\u00b5s") else ""
    return f"| {row.part} | {row.figure:.3g} {row.unit} | {row.goal} | {row.anchor} {row.beside:.3g} | {times} |"


def measured(names: Sequence[str], rounds: int) -> list[Row]:
    """Rows of the parts, printed as they come."""
    rows = []
    for name in names:
        for row in PARTS[name](rounds):
            rows.append(row)
            print(line(row), file=sys.stderr if "--json" in sys.argv else sys.stdout, flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, comma-separated: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="two rounds instead of seven")
    parser.add_argument("--json", action="store_true", help="rows as JSON on stdout, the table on stderr")
    options = parser.parse_args()
    names = options.only.split(",")
    if unknown := set(names) - set(PARTS):
        parser.error(f"unknown parts: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    warnings.simplefilter("ignore")
    print(
        "| part | figure | goal | anchor | times the anchor |\n| --- | --- | --- | --- | --- |",
        file=sys.stderr if options.json else sys.stdout,
    )
    rows = measured(names, 2 if options.quick else 7)
    if options.json:
        print(json.dumps([row._asdict() for row in rows], indent=2))


if __name__ == "__main__":
    main()
