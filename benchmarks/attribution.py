"""Attribution: how often the right target is found, what a call costs, and how the cost grows with the targets.

    python benchmarks/attribution.py XQUAD_FOLDER [--held-out] [--scaling] [--presence]

XQUAD_FOLDER holds files `xquad.<language>.json` (XQuAD, CC BY-SA 4.0; not part of this repository). Each article is one
document, and a sentence-sized target must hold the gold answer.

`--held-out` estimates the weights of the feature groups again on all languages but one, by softmax regression over the
targets of each question, and scores the language left out: what the weights owe to the languages they were fitted on.
`--scaling` times a call on 30 to 30,000 targets of the same sentences; `--presence` asks about other articles;
`--several` joins two questions and their answers; `--corpus` looks for the right document among all paragraphs.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from selfstudy_guard.attribution.index import AttributionIndex
from selfstudy_guard.attribution.terms import parts_of, words
from selfstudy_guard.coverage import CoverageTracker
from selfstudy_guard.documents import segment
from selfstudy_guard.records import Document, Target


def articles(path: Path) -> list[tuple[tuple[Target, ...], list[tuple[str, str, int]]]]:
    """(targets, [(question, answer, place of the answer)]) of every article."""
    found = []
    for article in json.loads(path.read_text("utf-8"))["data"]:
        text, asked = "", []
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                answer = qa["answers"][0]
                asked.append((qa["question"], answer["text"], len(text) + answer["answer_start"]))
            text += paragraph["context"] + "\n\n"
        found.append((segment(Document(id=article["title"], text=text)).targets, asked))
    return found


def holds(target: Target, place: int) -> bool:
    return target.start <= place < target.end


def accuracy(path: Path) -> dict[str, Any]:
    n = both = only = targets = 0
    build = calls = 0.0
    for pieces, asked in articles(path):
        begun = time.process_time()
        index = AttributionIndex(pieces)
        build += time.process_time() - begun
        targets += len(pieces)
        begun = time.process_time()
        found = [(index.attribute(q, a).targets[:1], index.attribute(q).targets[:1]) for q, a, _ in asked]
        calls += time.process_time() - begun
        n += len(asked)
        both += sum(bool(one) and holds(one[0], place) for (one, _), (_, _, place) in zip(found, asked, strict=True))
        only += sum(bool(two) and holds(two[0], place) for (_, two), (_, _, place) in zip(found, asked, strict=True))
    return {
        "questions": n,
        "with_answer": both / n,
        "question_only": only / n,
        "us_per_call": calls / n / 2 * 1e6,
        "build_us_per_target": build / targets * 1e6,
    }


def baseline(path: Path) -> dict[str, Any]:
    """bm25s over the same targets: word tokens, no parts of words, no surroundings."""
    import bm25s

    n = both = only = 0
    calls = 0.0
    for pieces, asked in articles(path):
        retriever = bm25s.BM25()
        retriever.index([words(t.text) or [""] for t in pieces], show_progress=False)
        for question, answer, place in asked:
            begun = time.process_time()
            alone = retriever.get_scores(words(question) or [""])
            with_answer = alone + 100 * np.array([answer in target.text for target in pieces])
            calls += time.process_time() - begun
            n += 1
            only += holds(pieces[int(np.argmax(alone))], place)
            both += holds(pieces[int(np.argmax(with_answer))], place)
    return {"with_answer": both / n, "question_only": only / n, "us_per_call": calls / n * 1e6}


# --- leave one language out ------------------------------------------------------------------------------------------


def group_of(name: str) -> str:
    """The group that shares one weight: word, short word, number, prefix by length, n-gram by length, run by length."""
    kind, rest = name[0], name[1:]
    if kind == "w":
        return "number" if rest.isdigit() else "short" if len(rest) <= 3 else "word"
    return f"{kind}{min(len(rest), 6)}"


def grouped(pieces: tuple[Target, ...], asked: list[tuple[str, str, int]], groups: dict[str, int]) -> list[Any]:
    """For each question the (targets, groups) matrix of what each group adds to each target, and the gold rows."""
    bags = []
    for target in pieces:
        bag: dict[str, int] = {}
        for word in words(target.text):
            for name in parts_of(word):
                bag[name] = bag.get(name, 0) + 1
        bags.append(bag)
    frequency: dict[str, int] = {}
    for bag in bags:
        for name in bag:
            frequency[name] = frequency.get(name, 0) + 1
    rows = []
    for question, _, place in asked:
        gold = [row for row, target in enumerate(pieces) if holds(target, place)]
        if not gold:
            continue
        matrix = np.zeros((len(pieces), len(groups)))
        for word in dict.fromkeys(words(question)):
            parts = parts_of(word)
            sizes: dict[str, int] = {}
            for name in parts:
                sizes[group_of(name)] = sizes.get(group_of(name), 0) + 1
            for name in parts:
                if name not in frequency:
                    continue
                group = group_of(name)
                share = 1.0 / sizes[group] if name[0] == "g" else 1.0
                idf = np.log1p((len(pieces) - frequency[name] + 0.5) / (frequency[name] + 0.5))
                for row, bag in enumerate(bags):
                    if name in bag:
                        matrix[row, groups[group]] += share * idf
        rows.append((matrix, gold[0]))
    return rows


def fit(rows: list[Any], width: int, penalty: float = 0.02) -> np.ndarray:
    """Weights of a softmax over the targets of each question, by gradient descent with momentum."""
    weights, speed = np.full(width, 0.2), np.zeros(width)
    for _ in range(150):
        gradient = 2 * penalty * weights
        for matrix, gold in rows:
            score = matrix @ weights
            chance = np.exp(score - score.max())
            chance /= chance.sum()
            gradient += (chance @ matrix - matrix[gold]) / len(rows)
        speed = 0.9 * speed - 0.05 * gradient
        weights = weights + speed
    return weights


def held_out(paths: list[Path]) -> dict[str, float]:
    data = {path.suffixes[0].lstrip("."): articles(path) for path in paths}
    names = sorted(
        {
            group_of(n)
            for one in data.values()
            for t, asked in one
            for q, _, _ in asked
            for w in words(q)
            for n in parts_of(w)
        }
    )
    groups = {name: place for place, name in enumerate(names)}
    rows = {
        name: [row for pieces, asked in one for row in grouped(pieces, asked, groups)] for name, one in data.items()
    }
    found = {}
    for language, test in rows.items():
        weights = fit([row for other, train in rows.items() if other != language for row in train[::3]], len(groups))
        found[language] = float(np.mean([int(np.argmax(matrix @ weights)) == gold for matrix, gold in test]))
    return found


# --- cost and presence -----------------------------------------------------------------------------------------------


def scaling(path: Path) -> dict[int, float]:
    """Microseconds a call (half of them with the answer) by number of targets."""
    data = articles(path)
    pieces = [target for targets, _ in data for target in targets]
    asked = [(q, a) for _, some in data for q, a, _ in some[::5]]
    found = {}
    for size in (30, 100, 300, 1_000, 3_000, 10_000, 30_000):
        copies = [
            target.model_copy(update={"text": f"{target.text} {n // len(pieces)}"})
            for n, target in ((n, pieces[n % len(pieces)]) for n in range(size))
        ]
        index = AttributionIndex(copies)
        for question, answer in asked[:20]:
            index.attribute(question, answer)
        begun = time.process_time()
        for question, answer in asked:
            index.attribute(question, answer)
            index.attribute(question)
        found[size] = (time.process_time() - begun) / len(asked) / 2 * 1e6
    return found


def presence(path: Path) -> dict[str, float]:
    """Share of questions that get a footprint in their own article, and in another one, with and without the answer."""
    data = articles(path)
    indexes = [AttributionIndex(pieces) for pieces, _ in data]
    seen = {"own, with answer": 0, "own, question only": 0, "other, with answer": 0, "other, question only": 0}
    n = 0
    for place, (_, asked) in enumerate(data):
        own, other = indexes[place], indexes[(place + 17) % len(indexes)]
        for question, answer, _ in asked:
            n += 1
            seen["own, with answer"] += bool(own.attribute(question, answer).targets)
            seen["own, question only"] += bool(own.attribute(question).targets)
            seen["other, with answer"] += bool(other.attribute(question, answer).targets)
            seen["other, question only"] += bool(other.attribute(question).targets)
    return {name: hits / n for name, hits in seen.items()}


def several(path: Path) -> dict[str, float]:
    """Two questions in one, with both answers: is the target of each in the footprint? How wide are single pairs?"""
    rng = np.random.default_rng(0)
    pairs = found = singles = width = 0
    for pieces, asked in articles(path):
        index = AttributionIndex(pieces)
        for question, answer, place in asked:
            singles += 1
            width += len(index.attribute(question, answer).targets)
            other, second, elsewhere = asked[int(rng.integers(len(asked)))]
            if any(holds(target, place) and holds(target, elsewhere) for target in pieces):
                continue
            footprint = index.attribute(f"{question} {other}", f"{answer}. {second}").targets
            pairs += 1
            found += all(any(holds(target, at) for target in footprint) for at in (place, elsewhere))
    return {"both targets found": found / pairs, "targets of a single pair": width / singles}


def corpus(paths: list[Path]) -> dict[str, float]:
    """Every paragraph of every language as a document of its own: is the right one found without naming it?"""
    documents, asked = [], []
    for path in paths:
        for article in json.loads(path.read_text("utf-8"))["data"]:
            for place, paragraph in enumerate(article["paragraphs"]):
                name = f"{path.stem}/{article['title']}/{place}"
                documents.append(Document(id=name, text=paragraph["context"]))
                asked += [(qa["question"], qa["answers"][0]["text"], name) for qa in paragraph["qas"][:1]]
    tracker = CoverageTracker(documents)
    hits = np.zeros(2)
    for question, answer, name in asked:
        for column, given in enumerate((answer, None)):
            found = tracker.attribute(question, given).targets
            hits[column] += bool(found) and found[0].document_id == name
    both, only = (hits / len(asked)).tolist()
    return {"documents": len(documents), "with_answer": both, "question_only": only}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--presence", action="store_true")
    parser.add_argument("--several", action="store_true")
    parser.add_argument("--corpus", action="store_true")
    args = parser.parse_args()
    paths = sorted(args.folder.glob("xquad.*.json"))
    for path in paths:
        print(path.stem, {name: round(value, 4) for name, value in accuracy(path).items()}, flush=True)
        print("   bm25s over the same targets:", {k: round(v, 4) for k, v in baseline(path).items()}, flush=True)
        if args.several:
            print("   two facts in one pair:", {k: round(v, 3) for k, v in several(path).items()}, flush=True)
        if args.presence:
            print("   footprint found:", {name: round(share, 3) for name, share in presence(path).items()}, flush=True)
    if args.corpus:
        print("the right document among all:", {k: round(v, 4) for k, v in corpus(paths).items()}, flush=True)
    if args.held_out:
        print("weights of the other languages, question only:", {k: round(v, 4) for k, v in held_out(paths).items()})
    if args.scaling:
        print("us per call by targets:", {size: round(us) for size, us in scaling(paths[0]).items()})


if __name__ == "__main__":
    main()
