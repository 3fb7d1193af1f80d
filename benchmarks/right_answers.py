"""Does the guard make answers worse? Right answers from the same evidence under a plain prompt and under our prompts.

python benchmarks/right_answers.py MODEL [--xquad FILE] [--part dev|report] [-n 100]
    [--prompts plain own large FILE.toml] [--out answers.jsonl] [--fail-under -0.02]

Questions with known answers: those of the audit, which ships with the package, and human questions of XQuAD where the
file is given (articles with even numbers are for developing, those with odd ones for reporting). An answer is right
when it holds a known answer as whole words, case, articles and punctuation aside (so a copied sentence may be right by
chance: its share stands beside, and the token F1 of SQuAD). "own" is what the model gets by default, and an answer that
a run would take from the evidence instead is taken here too. Answers go to a file line by line, and a command that is
given again goes on there. With --fail-under, exit code 3 tells that "own" is
right less often than "plain" by more than that (-0.02: two points).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import string
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from selfstudy_guard.audit.pages import shipped_checks, shipped_documents
from selfstudy_guard.documents.sentences import sentence_spans
from selfstudy_guard.models import model_name, resolve_model
from selfstudy_guard.protocols import Completer
from selfstudy_guard.questions import answer_request, check_answer, parse_answer, prompts_for
from selfstudy_guard.questions.answer_forms import trimmed
from selfstudy_guard.questions.choices import closest_sentence
from selfstudy_guard.questions.numbers import SPELT
from selfstudy_guard.records import Message, Request

_PLAIN = "<passage>\n{text}\n</passage>\n\nAnswer the question from the passage.\n\nQuestion: {question}"
"""The plain prompt of the audit."""
_EVIDENCE = 600
"""Most characters of the evidence: the sentence that holds the answer and its neighbours."""

_FIGURES = {
    word: value for word, value in SPELT.items() if value.isdigit() and 1 < int(value) < 100 and word != "twice"
}
Row = dict[str, Any]


def questions(part: str, n: int, xquad: Path | None) -> list[Row]:
    """Questions with their evidence and known answers: those of the audit (when reporting), then of XQuAD."""
    found: list[Row] = []
    if part == "report":
        texts = {document.id: document.text for document in shipped_documents()}
        for check in shipped_checks():
            at = texts[check.document].index(check.evidence)
            evidence = _around(texts[check.document], at, at + len(check.evidence))
            name = "audit:" + hashlib.blake2b(check.question.encode(), digest_size=4).hexdigest()
            found.append({"id": name, "question": check.question, "gold": list(check.accept), "evidence": evidence})
    if xquad is None:
        return found
    rows = []
    for number, article in enumerate(json.loads(xquad.read_text("utf-8"))["data"]):
        if (number % 2 == 0) != (part == "dev"):
            continue
        asked = [(paragraph["context"], one) for paragraph in article["paragraphs"] for one in paragraph["qas"]]
        random.Random(f"right:{number}").shuffle(asked)
        for turn, (context, one) in enumerate(asked):
            gold = one["answers"][0]
            evidence = _around(context, gold["answer_start"], gold["answer_start"] + len(gold["text"]))
            row = {"id": one["id"], "question": one["question"], "gold": [a["text"] for a in one["answers"]]}
            rows.append((turn, number, row | {"evidence": evidence}))
    return found + [row for _, _, row in sorted(rows, key=lambda item: item[:2])[:n]]


def _around(text: str, start: int, end: int) -> str:
    spans = sentence_spans(text, "en")
    low = high = next((i for i, (a, b) in enumerate(spans) if a <= start < b), 0)
    grown = True
    while grown:
        grown = False
        for a, b in ((low - 1, high), (low, high + 1)):
            if a >= 0 and b < len(spans) and spans[b][1] - spans[a][0] <= _EVIDENCE:
                low, high, grown = a, b, True
    return text[spans[low][0] : max(spans[high][1], end)]


def folded(text: str) -> list[str]:
    """The words of an answer as SQuAD compares them, numbers in figures ("eleven" is "11")."""
    text = re.sub(r"(?<=\d),(?=\d)", "", text.lower())
    plain = "".join(" " if c in string.punctuation + "–—’‘“”" else c for c in text)
    return [_FIGURES.get(word, word) for word in plain.split() if word not in ("a", "an", "the")]


def scores(answer: str, row: Row) -> Row:
    """Whether an answer is right, its F1, its words, and whether it is a sentence of the evidence."""
    said = folded(answer)
    best = 0.0
    for known in row["gold"]:
        same = (Counter(said) & Counter(folded(known))).total()
        best = max(best, 2 * same / (len(said) + len(folded(known))) if same else 0.0)
    text = f" {' '.join(said)} "
    return {
        "right": any(f" {' '.join(folded(known))} " in text for known in row["gold"] if folded(known)),
        "f1": best,
        "words": len(said),
        "copied": any(said == folded(row["evidence"][a:b]) for a, b in sentence_spans(row["evidence"], "en")),
    }


def request(name: str, row: Row, model: str) -> Request:
    """The request for one answer under the prompts of that name."""
    if name == "plain":
        text = _PLAIN.replace("{question}", row["question"]).replace("{text}", row["evidence"])
        message = Message(role="user", content=text)
        return Request(purpose="answer", key=row["id"], messages=(message,), max_tokens=160, temperature=0.0, seed=0)
    prompts = prompts_for(None if name == "own" else name, model)
    made = answer_request(row["question"], row["evidence"], prompts=prompts, key=row["id"], seed=0)
    return made.model_copy(update={"temperature": 0.0})


def answered(name: str, row: Row, completer: Completer) -> str:
    """The answer to one question under the prompts of that name."""
    model = model_name(completer)
    reply = completer.complete(request(name, row, model))
    if name == "plain":
        return parse_answer(reply.text)
    prompts = prompts_for(None if name == "own" else name, model)
    form = prompts.answer_form
    text = trimmed(parse_answer(reply.text), row["question"], form)
    if prompts.answer.last_resort == "sentence":
        verdict = check_answer(reply.text, row["question"], row["evidence"], text=text, prompts=prompts, form=form)
        return text if verdict.accepted else closest_sentence(row["evidence"], row["question"]) or text
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--xquad", type=Path)
    parser.add_argument("--part", choices=("dev", "report"), default="report")
    parser.add_argument("--prompts", nargs="+", default=["plain", "own"])
    parser.add_argument("-n", type=int, default=100)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--fail-under", type=float)
    chosen = parser.parse_args()
    rows = questions(chosen.part, chosen.n, chosen.xquad)
    completer = resolve_model(chosen.model)
    name = model_name(completer)
    known: dict[tuple[str, str], Row] = {}
    if chosen.out is not None and chosen.out.exists():
        for line in chosen.out.read_text("utf-8").splitlines():
            one = json.loads(line)
            if one["model"] == name:
                known[one["prompts"], one["id"]] = one
    for row in rows:
        for prompts in chosen.prompts:
            if (prompts, row["id"]) in known:
                continue
            answer = answered(prompts, row, completer)
            one = {"model": name, "prompts": prompts, "id": row["id"], "answer": answer} | scores(answer, row)
            known[prompts, row["id"]] = one
            if chosen.out is not None:
                with chosen.out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(one, ensure_ascii=False) + "\n")
    print(f"{name}, {len(rows)} questions\n{'prompts':12}{'right':>8}{'F1':>8}{'words':>8}{'copied':>8}")
    shares = {}
    for prompts in chosen.prompts:
        made = [known[prompts, row["id"]] for row in rows]
        means = {key: sum(one[key] for one in made) / len(made) for key in ("right", "f1", "words", "copied")}
        shares[prompts] = means["right"]
        print(f"{prompts:12}{means['right']:8.3f}{means['f1']:8.3f}{means['words']:8.1f}{means['copied']:8.2f}")
    if chosen.fail_under is not None and shares["own"] - shares["plain"] < chosen.fail_under:
        print(f"own is {shares['own'] - shares['plain']:+.3f} against plain, the threshold is {chosen.fail_under:+.3f}")
        sys.exit(3)


if __name__ == "__main__":
    main()
