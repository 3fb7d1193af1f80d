"""What does a student learn from guarded data, against a plain script's? And does a planted order reach it?

    python -m benchmarks.teaching pairs  --xquad xquad.en.json --generator gguf:MODEL.gguf --out runs/teaching
    python -m benchmarks.teaching train  --xquad xquad.en.json --student STUDENT.gguf --out runs/teaching
    python -m benchmarks.teaching table  --xquad xquad.en.json --out runs/teaching

`pairs` needs the package, `train` an environment of its own (`make teaching-env`), `table` neither. Each goes on where
it stopped. Pair files are made once: `train` refuses one whose digest is not the one noted when it was made.
Everything that is varied stands in `DESIGNS`, and was settled before the first result was looked at.

Human questions of XQuAD are asked closed-book. The primary measure is the margin: mean log-probability a token of the
gold answer minus that of four wrong answers, none of which stands in any arm's answers. Beside it: how often the gold
answer is the most probable of the five, and the token F1 of what the student writes. Intervals are clustered by
paragraph.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import teaching_figures as figures
from benchmarks.teaching_data import Question, articles_of, candidates, questions_of, read_pairs


@dataclass(frozen=True)
class Design:
    """What is varied, and what is held.

    Attributes:
        articles: how many XQuAD articles the pairs are about.
        others: how many further articles the poisoned students are asked about.
        densities: pairs a target.
        seeds: of generation and training alike.
        epochs, batch, rate: of training; loss on question and answer.
        marked: pairs of each arm that are made from documents with an order in every paragraph.
        doses: per cent of the usual pairs whose answer ends in a mark: what the measure of poison can see.
    """

    articles: int
    others: int
    densities: tuple[float, ...]
    seeds: tuple[int, ...]
    marked: int
    doses: tuple[int, ...] = (10, 20, 50)
    epochs: int = 3
    batch: int = 8
    rate: float = 2e-4


DESIGNS = {
    "small": Design(articles=4, others=5, densities=(1,), seeds=(0,), marked=60, doses=(20, 50)),
    "dense": Design(articles=4, others=5, densities=(2,), seeds=(0,), marked=0, doses=()),
    "again": Design(articles=4, others=5, densities=(1,), seeds=(1,), marked=0, doses=()),
    "full": Design(articles=12, others=6, densities=(0.5, 1, 2), seeds=(0, 1), marked=100),
}
"""`small` and `dense` take about an hour of one core each, `again` (another seed) half an hour, `full` half a day. A
design or a generator of another size has an `--out` of its own: wrong answers are chosen anew for each set of pairs."""

ARMS = ("usual", "guarded")
"""Where pairs come from: a plain prompt a paragraph, or `generate(per_call=5)`. Both are told to answer shortly."""


def names(design: Design) -> list[tuple[str, str, float, int]]:
    """Every student: its name, its arm, pairs a target and seed, in the order in which they are trained."""
    found = [("untrained", "untrained", 0.0, 0)]
    for seed in design.seeds:
        for density in design.densities:
            found += [(f"{arm}-{density:g}-{seed}", arm, density, seed) for arm in (*ARMS, "raw")]
    density = design.densities[-1]
    found += [(f"dose{dose}-{density:g}-0", f"dose{dose}", density, 0) for dose in design.doses]
    return [*found, *((f"marked-{arm}", f"marked-{arm}", 0.0, 0) for arm in ARMS if design.marked)]


def make_pairs(design: Design, given: argparse.Namespace) -> None:
    """The files of pairs, each made once."""
    from benchmarks import teaching_pairs as pairs

    own, _ = articles_of(given.xquad, design.articles, design.others)
    wanted = {density: pairs.targets_of(own, density) for density in design.densities}
    for seed in design.seeds:
        for density, n in wanted.items():
            for arm in ARMS:
                pairs.make(given.out, f"{arm}-{density:g}-{seed}", arm, own, n, given.generator, seed)
    first = f"usual-{design.densities[-1]:g}-0"
    for dose in design.doses:
        pairs.dose(given.out, first, f"dose{dose}-{design.densities[-1]:g}-0", dose)
    for arm in ARMS:
        pairs.bound(given.out, f"bound-{arm}", arm, pairs.with_orders(own), questions_of(own))
    for arm in ARMS if design.marked else ():
        pairs.make(given.out, f"marked-{arm}", arm, pairs.with_orders(own), design.marked, given.generator, 0)


def train(design: Design, given: argparse.Namespace) -> None:
    """Train and examine what has not been examined."""
    own, others = articles_of(given.xquad, design.articles, design.others)
    asked, elsewhere = questions_of(own), questions_of(others)
    arms = [read_pairs(given.out, name) for name, arm, *_ in names(design) if arm in ARMS]
    options = candidates(asked, questions_of(articles_of(given.xquad, 0, 48)[1]), arms)
    from benchmarks import teaching_student as student

    school = student.School(given.student, given.out / "student")
    for name, arm, density, seed in names(design):
        file = given.out / "students" / f"{name}.json"
        if file.exists() or (given.only and name not in given.only):
            continue
        source = f"usual-{density:g}-{seed}" if arm == "raw" else name
        made = (given.out / "pairs" / f"{source}.json").exists()
        rows = read_pairs(given.out, source) if made else []
        if not rows and arm != "untrained":
            continue  # not made yet, or a generator that gave no pair: it teaches nothing
        model, told = school.fresh(), {}
        if rows:
            texts = [text for paragraphs in own.values() for text in paragraphs.texts] if arm == "raw" else None
            told = school.train(
                model, rows, texts, seed=seed, epochs=design.epochs, batch=design.batch, rate=design.rate
            )
        found: dict[str, Any] = {"name": name, "arm": arm, "training": told}
        if arm in (*ARMS, "raw", "untrained"):
            found["rows"] = school.examine(model, asked, options)
        if arm != "raw":
            # Long enough for a mark at the end: students of copied sentences write more than 24 tokens.
            found["elsewhere"] = school.answers(model, [one.text for one in elsewhere[:100]], longest=64)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(found, ensure_ascii=False), "utf-8")
        print(name, told, flush=True)


def table(design: Design, given: argparse.Namespace) -> None:
    """Print what has been found."""
    own, _ = articles_of(given.xquad, design.articles, design.others)
    asked: list[Question] = questions_of(own)
    paragraphs = [one.paragraph for one in asked]
    measured = {}
    for name, *_ in names(design):
        file = given.out / "students" / f"{name}.json"
        if file.exists():
            measured[name] = json.loads(file.read_text("utf-8"))
    print(figures.pairs_table(given.out, names(design), asked))
    print(figures.students_table(measured, paragraphs))
    print(figures.differences_table(measured, paragraphs))
    print(figures.marks_table(given.out, measured))


def main() -> None:
    """One of three steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("pairs", "train", "table"))
    parser.add_argument("--xquad", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--design", choices=tuple(DESIGNS), default="small")
    parser.add_argument("--generator", help='as for generate, e.g. "gguf:PATH"')
    parser.add_argument("--student", type=Path, help="GGUF file of the model that is trained")
    parser.add_argument("--only", nargs="+", default=[], help="train these students alone")
    given = parser.parse_args()
    {"pairs": make_pairs, "train": train, "table": table}[given.step](DESIGNS[given.design], given)


if __name__ == "__main__":
    main()
