"""Is a model fit to rate pairs? Its marks for pairs whose worth is known.

python -m benchmarks rating MODEL [--labelled N] [--pairs FILE WRITER ...] [--out FOLDER]

Two sets. "labelled": right and wrong answers to the same questions (tests/data/answers.jsonl, the half that no rule was
written with, then the later ones), N questions of them, one passage after the other. "pairs": pairs of a run (a file of
benchmarks/pairs.py) with the verdicts of a reader (verdicts.jsonl) on what that model wrote; their passage is the
target. Each is rated by a request of its own, as `generate(rate=MODEL)` does, and marks are kept in --out, where the
command goes on.

For each set: pairs, how many could be rated, and the area under the curve (the chance that a good one is rated above a
bad one, ties by half; .5 is a coin) of the score and of each mark, with an interval of 95 % (questions or pairs drawn
again a thousand times); and what is left of good and bad ones at the least score of one half.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.verdicts import pair_hash, verdicts
from selfstudy_guard.models import model_name, resolve_model
from selfstudy_guard.protocols import Completer
from selfstudy_guard.questions.rating import ASPECTS, parse_rating, request_for
from selfstudy_guard.records import Rating

Row = dict[str, Any]
_ANSWERS = Path(__file__).parents[1] / "tests" / "data" / "answers.jsonl"


def labelled(count: int) -> list[Row]:
    """A right and a wrong row for each of `count` questions, evenly over the file."""
    rows = [json.loads(line) for line in _ANSWERS.read_text("utf-8").splitlines()]
    unseen = [row for row in rows if row["part"] == "report"] + [row for row in rows if row["part"] == "later"]
    chosen = [unseen[place * len(unseen) // count] for place in range(min(count, len(unseen)))]
    return [
        {"set": "labelled", "by": row["question"], "good": side == "right", "evidence": row["evidence"]}
        | {"question": row["question"], "answer": row[side]}
        for row in chosen
        for side in ("right", "wrong")
    ]


def judged(file: Path, writer: str) -> list[Row]:
    """The pairs of a run that a reader has judged."""
    known = verdicts(writer)
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    named = [(pair_hash(row["question"], row["answer"]), row) for row in rows]
    return [
        {"set": f"{writer}, {file.stem}", "by": name, "good": known[name], "evidence": row["target"]}
        | {"question": row["question"], "answer": row["answer"]}
        for name, row in named
        if name in known
    ]


def rated(rows: Sequence[Row], completer: Completer, file: Path) -> list[tuple[Row, Rating | None]]:
    """Each row with its rating; those that are in `file` are not asked for again."""
    rater = model_name(completer)
    known: dict[str, str] = {}
    if file.exists():
        known = {row["id"]: row["reply"] for row in map(json.loads, file.read_text("utf-8").splitlines())}
    found = []
    for row in rows:
        request = request_for(row["evidence"], row["question"], row["answer"], "", structured=True)
        name = hashlib.blake2b(f"{rater}|{request.messages}".encode(), digest_size=8).hexdigest()
        if name not in known:
            known[name] = completer.complete(request).text
            with file.open("a", encoding="utf-8") as opened:
                opened.write(json.dumps({"id": name, "reply": known[name]}, ensure_ascii=False) + "\n")
        found.append((row, parse_rating(known[name], rater)))
    return found


def area(pairs: Sequence[tuple[bool, float]]) -> float | None:
    """The chance that a good one stands above a bad one; None without both."""
    good = [value for is_good, value in pairs if is_good]
    bad = [value for is_good, value in pairs if not is_good]
    if not good or not bad:
        return None
    return sum((g > b) + (g == b) / 2 for g in good for b in bad) / len(good) / len(bad)


def interval(rows: Sequence[tuple[Row, Rating]], mark: Callable[[Rating], float]) -> tuple[float, float]:
    """Bounds of 95 % of the area, by drawing what the rows belong to (their question) with replacement."""
    by: dict[str, list[tuple[bool, float]]] = {}
    for row, rating in rows:
        by.setdefault(row["by"], []).append((row["good"], mark(rating)))
    drawn, names = random.Random(0), sorted(by)
    areas = (area([one for name in drawn.choices(names, k=len(names)) for one in by[name]]) for _ in range(1000))
    found = sorted(one for one in areas if one is not None)
    return found[len(found) // 40], found[-1 - len(found) // 40]


def told(name: str, rows: Sequence[tuple[Row, Rating | None]]) -> str:
    """The lines of one set."""
    held = [(row, rating) for row, rating in rows if rating is not None]
    lines = [f"{name}: {len(rows)} pairs, {sum(row['good'] for row, _ in rows)} good, {len(held)} rated"]
    marks: dict[str, Callable[[Rating], float]] = {"score": lambda rating: rating.score}
    marks |= {aspect: lambda rating, aspect=aspect: getattr(rating, aspect) for aspect in ASPECTS}  # type: ignore[misc]
    for aspect, mark in marks.items():
        value = area([(row["good"], mark(rating)) for row, rating in held])
        if value is not None:
            low, high = interval(held, mark)
            lines.append(f"  {aspect:14} area {value:.2f} ({low:.2f} to {high:.2f})")
    for good, word in ((True, "good"), (False, "bad")):
        scores = [rating.score for row, rating in held if row["good"] is good]
        lines.append(f"  {word} ones with a score of .5 or more: {sum(s >= 0.5 for s in scores)} of {len(scores)}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--labelled", type=int, default=60)
    parser.add_argument("--pairs", nargs=2, action="append", default=[], metavar=("FILE", "WRITER"))
    parser.add_argument("--out", type=Path, default=Path("runs/rating"))
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    completer = resolve_model(chosen.model)
    sets = [labelled(chosen.labelled)] if chosen.labelled else []
    sets += [judged(Path(file), writer) for file, writer in chosen.pairs]
    for rows in sets:
        if rows:
            print(told(rows[0]["set"], rated(rows, completer, chosen.out / "ratings.jsonl")), flush=True)


if __name__ == "__main__":
    main()
