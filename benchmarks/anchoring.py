"""Calibration of the anchor check on human questions; no model is needed. Runs of the model: anchoring_run.py.

    python benchmarks/anchoring.py calibration [--lang en de es zh]

XQuAD is found through SELFSTUDY_GUARD_SHARED or the sibling folder ../shared.
"""

from __future__ import annotations

import argparse
import json
import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from selfstudy_guard.coverage import AttributionIndex
from selfstudy_guard.documents import segment
from selfstudy_guard.questions import (
    Prompts,
    check_anchor,
)
from selfstudy_guard.records import Document, Message, Request, Target

ROOT = Path(__file__).resolve().parents[1]
PROMPTS = Prompts.builtin("tiny")


def xquad(language: str) -> Iterator[tuple[Document, list[tuple[str, str, int]]]]:
    """Every article with its human questions: question, answer, offset of the answer."""
    named = os.environ.get("SELFSTUDY_GUARD_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    given = os.environ.get("XQUAD_FOLDER")
    path = (Path(given) if given else folder / "data" / "xquad") / f"xquad.{language}.json"
    for article in json.loads(path.read_text("utf-8"))["data"]:
        text, questions = "", []
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                start = len(text) + qa["answers"][0]["answer_start"]
                questions.append((qa["question"], qa["answers"][0]["text"], start))
            text += paragraph["context"] + "\n\n"
        yield Document(id=article["title"], text=text), questions


def calibration(languages: Sequence[str]) -> None:
    """Human questions on their own sentence, on a random other one and on a neighbour."""
    for language in languages:
        rng = random.Random(0)
        counts = np.zeros((3, 3))
        asked = 0
        for document, questions in xquad(language):
            targets = segment(document).targets
            index = AttributionIndex(targets)
            for question, answer, start in questions:
                own = next((target for target in targets if target.start <= start < target.end), None)
                if own is None or len(targets) < 3:
                    continue
                asked += 1
                beside = targets[own.index + 1 if own.index + 1 < len(targets) else own.index - 1]
                other = rng.choice([target for target in targets if target is not own])
                for row, target in enumerate((own, other, beside)):
                    alone = not check_anchor(question, target, index).accepted
                    pair = not check_anchor(question, target, index, answer=answer).accepted
                    strict = not check_anchor(question, target, index, near=1.0).accepted
                    counts[row] += (alone, alone or pair, strict)
        share = counts / asked
        print(f"{language}: {asked} questions", flush=True)
        for row, where in enumerate(("their own sentence", "a random other sentence", "the next sentence")):
            alone, both, strict = share[row]
            print(
                f"  refused for {where}: {alone:.3f} alone, {both:.3f} alone or with the answer; "
                f"{strict:.3f} alone when the target must be best",
                flush=True,
            )


def unguided(passage: str, seed: int) -> Request:
    """What scripts usually send: a passage, and no word about which part of it to ask about."""
    shots = []
    for example in PROMPTS.answer.examples:
        shots += [
            Message(role="user", content=f"Passage: {example.evidence}\nQuestion:"),
            Message(role="assistant", content=example.question),
        ]
    system = Message(
        role="system", content="You write short questions for an exam. Each question asks for one thing in the passage."
    )
    last = Message(role="user", content=f"Passage: {passage}\nQuestion:")
    return Request(purpose="question", messages=(system, *shots, last), max_tokens=60, temperature=0.8, seed=seed)


def gini(counts: np.ndarray) -> float:
    """Gini coefficient of counts (0 even, 1 all on one)."""
    ordered = np.sort(counts.astype(float))
    n = ordered.size
    return 0.0 if not ordered.sum() else float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * ordered.sum()))


def hits(questions: Sequence[str], targets: Sequence[Target], index: AttributionIndex) -> np.ndarray:
    """How many questions fall on each target, by attribution that does not know the target."""
    place = {(target.start, target.end): i for i, target in enumerate(targets)}
    counts = np.zeros(len(targets), dtype=int)
    for question in questions:
        best = index.attribute(question).targets[:1]
        if best and (best[0].start, best[0].end) in place:
            counts[place[best[0].start, best[0].end]] += 1
    return counts


def best_is(index: AttributionIndex, question: str, target: Target) -> bool:
    """Whether attribution, which does not know the target, puts it first."""
    found = index.attribute(question).targets
    return bool(found) and found[0].span.overlaps(target.span)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("calibration",))
    parser.add_argument("--lang", nargs="+", default=["en", "de", "es", "zh"])
    calibration(parser.parse_args().lang)


if __name__ == "__main__":
    main()
