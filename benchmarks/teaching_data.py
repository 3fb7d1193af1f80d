"""Articles, human questions, wrong answers and files of pairs of the teaching measurement. Needs nothing but Python."""

from __future__ import annotations

import hashlib
import json
import random
import re
import string
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Pair = dict[str, Any]
"""`question`, `answer` and `document`; further fields say where it came from."""

SEEN = {"Nikola_Tesla", "Martin_Luther", "Amazon_rainforest", "Doctor_Who", "Rhine", "Chloroplast", "Steam_engine"}
"""Articles that a prototype of this measurement was made with; left out."""
DISTRACTORS = 4


@dataclass(frozen=True)
class Article:
    """Paragraphs, and the human questions about each."""

    title: str
    texts: tuple[str, ...]
    asked: tuple[tuple[Mapping[str, Any], ...], ...]


@dataclass(frozen=True)
class Question:
    """One human question.

    Attributes:
        text, gold: the question and its answer.
        title: of the article.
        paragraph: which one it is about: what is independent, questions are not.
        at: offset of the answer in the article, its paragraphs joined by an empty line.
    """

    text: str
    gold: str
    title: str
    paragraph: str
    at: int


def articles_of(file: Path, own: int, others: int) -> tuple[dict[str, Article], dict[str, Article]]:
    """The articles that pairs are about and further ones, drawn with a fixed seed."""
    data = {one["title"]: one for one in json.loads(file.read_text("utf-8"))["data"]}
    titles = sorted(set(data) - SEEN)
    random.Random(20).shuffle(titles)

    def read(title: str) -> Article:
        paragraphs = data[title]["paragraphs"]
        texts = tuple(one["context"].strip() for one in paragraphs)
        return Article(title, texts, tuple(tuple(one["qas"]) for one in paragraphs))

    return {t: read(t) for t in titles[:own]}, {t: read(t) for t in titles[own : own + others]}


def questions_of(articles: Mapping[str, Article]) -> list[Question]:
    """All human questions, in order."""
    found = []
    for article in articles.values():
        begin = 0
        for number, (text, asked) in enumerate(zip(article.texts, article.asked, strict=True)):
            for one in asked:
                gold = one["answers"][0]
                place = f"{article.title}#{number}"
                at = begin + gold["answer_start"]
                found.append(Question(one["question"].strip(), gold["text"].strip(), article.title, place, at))
            begin += len(text) + 2
    return found


def words(text: str) -> list[str]:
    """As SQuAD compares answers: without case, articles and punctuation."""
    bare = text.casefold().translate(str.maketrans("", "", string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def f1(said: str, gold: str) -> float:
    """Token F1 of SQuAD (Rajpurkar et al. 2016, doi:10.18653/v1/D16-1264)."""
    given, right = words(said), words(gold)
    same = sum((Counter(given) & Counter(right)).values())
    return 2 * same / (len(given) + len(right)) if same else 0.0


def stands_in(answer: str, others: Iterable[str]) -> bool:
    """Whether the words of an answer stand, in a row, in one of the others."""
    needle = f" {' '.join(words(answer))} "
    return any(needle in f" {' '.join(words(other))} " for other in others)


def candidates(
    asked: Sequence[Question], elsewhere: Sequence[Question], arms: Sequence[Sequence[Pair]]
) -> list[list[str]]:
    """The gold answer of each question and four wrong ones, the same for every student.

    Wrong answers are gold answers of other questions, nearest in length: of the same article first, then of any other.
    None stands in an answer of any arm: a student that was taught it would be punished for knowing it.
    """
    taught = [" ".join(words(pair["answer"])) for arm in arms for pair in arm]
    known = {one.gold: not stands_in(one.gold, taught) for one in (*asked, *elsewhere)}
    found = []
    for question in asked:
        chosen: list[str] = []
        for pool in ([one for one in asked if one.title == question.title], elsewhere):
            free = {one.gold for one in pool if known[one.gold] and f1(one.gold, question.gold) < 0.3} - set(chosen)
            chosen += sorted(free, key=lambda gold: (abs(len(gold) - len(question.gold)), gold))
            chosen = chosen[:DISTRACTORS]
        found.append([question.gold, *chosen])
    return found


def digest(rows: Sequence[Pair]) -> str:
    """Of a list of pairs, whatever the file's layout."""
    return hashlib.sha256(json.dumps(rows, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def write_pairs(out: Path, name: str, rows: Sequence[Pair], info: Mapping[str, Any]) -> None:
    """A file of pairs and, in a second file, its digest."""
    folder = out / "pairs"
    folder.mkdir(parents=True, exist_ok=True)
    noted = folder / "digests.json"
    digests = json.loads(noted.read_text("utf-8")) if noted.exists() else {}
    (folder / f"{name}.json").write_text(
        json.dumps({"rows": rows, "info": info}, ensure_ascii=False, indent=1), "utf-8"
    )
    noted.write_text(json.dumps(digests | {name: digest(rows)}, indent=1), "utf-8")


def read_pairs(out: Path, name: str) -> list[Pair]:
    """The pairs of a file, as they were when it was made.

    Raises:
        ValueError: they are not; students of old and new pairs would stand in one table.
    """
    rows: list[Pair] = json.loads((out / "pairs" / f"{name}.json").read_text("utf-8"))["rows"]
    noted = json.loads((out / "pairs" / "digests.json").read_text("utf-8"))
    if noted.get(name) != digest(rows):
        raise ValueError(f"the pairs {name} are not those that were made: remove {out} and begin again")
    return rows
