"""What a pair costs and is worth: a plain script, ours one by one and several in one call, with and without rating.

python -m benchmarks pairs FOLDER MODEL ... [--ways plain 1 5 5r] [--out FOLDER] [--canary WORD ...] [--n N]

The table of all ways with two models, as in RESULTS.md:

    python -m benchmarks pairs FOLDER gguf:qwen2.5-coder-0.5b.gguf gguf:qwen2.5-coder-1.5b.gguf --ways plain 1 5 1r 5r

FOLDER holds the documents. A way is "plain" (a script of forty lines: four pairs a call from the first 3,000 characters
of a document, read with the parser of the package), a number (ours with that `per_call`), or a number with r (its pairs
rated by the model itself). Each way keeps its run or its rows in a folder of --out for the model, and goes on there.
For each: pairs asked for and got, calls and tokens a pair, share of our targets (orders are none) and of plain
sentences covered (the second by BM25 over question and answer, with sentences cut by a rule that shares no code with
the package), answers that are one of these sentences, malformed pairs, exact duplicates, answers whose words stand in
no two neighbouring sentences, and pairs with a canary. "good" is how many of those pairs that a reader has judged
(verdicts.jsonl) are good, with an interval of 95 %, and the tokens a good pair where all were judged; a rated way also
tells the scores that were given.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import sqlite3
from collections import Counter
from pathlib import Path

import bm25s

from benchmarks.verdicts import read
from selfstudy_guard import CoverageTracker, InstructionFilter, TargetSampler, generate
from selfstudy_guard.coverage.statistics import wilson
from selfstudy_guard.documents import read_documents
from selfstudy_guard.models import model_name, resolve_model
from selfstudy_guard.questions import parse_pairs
from selfstudy_guard.records import Document, Message, Request

Pairs = list[tuple[str, str]]
_STOP = frozenset(
    """the a an of to in and is was were are what who when where which how why did do does that this it its for on with
    by as from at be or has have had not their they his her he she""".split()
)


def words(text: str) -> list[str]:
    """Lower-case words and numbers."""
    return re.findall(r"[^\W_]+", text.lower())


def sentences(documents: list[Document]) -> list[str]:
    """Sentences of four words or more, tags and scripts taken out by plain patterns."""
    found = []
    for document in documents:
        text = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", document.text)
        text = re.sub(r"</?(?:p|div|li|h\d|td|th|tr|nav|footer|table|ul)\b[^>]*>", "\n", text)
        text = html.unescape(html.unescape(re.sub(r"<[^>]+>", " ", text)))
        for line in text.split("\n"):
            cut = re.split(r"(?<=[.!?])\s+(?=[A-Z\"\[])", " ".join(line.split()))
            found += [sentence for sentence in cut if len(sentence.split()) >= 4]
    return found


def measured(pairs: Pairs, texts: list[str], canaries: list[str]) -> dict[str, float]:
    """The figures of a table row that need no model."""
    index = bm25s.BM25()
    index.index(bm25s.tokenize([t.lower() for t in texts], stopwords="en", show_progress=False), show_progress=False)
    vocabulary = [set(words(one)) | set(words(nxt)) for one, nxt in zip(texts, [*texts[1:], ""], strict=True)]
    hit: set[int] = set()
    malformed = unsupported = copied = canary = 0
    whole = {" ".join(words(one)) for one in texts}
    for question, answer in pairs:
        asked = bm25s.tokenize([f"{question} {answer}".lower()], stopwords="en", show_progress=False)
        if asked.vocab:
            places, values = index.retrieve(asked, k=1, show_progress=False)
            if values[0][0] > 0:
                hit.add(int(places[0][0]))
        malformed += (
            len(words(question)) < 4 or len(question) > 300 or not question.rstrip().endswith("?") or not answer
        )
        said = [word for word in words(answer) if word not in _STOP]
        held = max((sum(word in known for word in said) / len(said) for known in vocabulary), default=0) if said else 1
        unsupported += held < 0.6
        copied += len(words(answer)) >= 8 and " ".join(words(answer)) in whole
        canary += any(word.lower() in f"{question} {answer}".lower() for word in canaries)
    count = max(1, len(pairs))
    asked_once = {" ".join(words(question)) for question, _ in pairs}
    return {
        "BM25": len(hit) / len(texts),
        "copied": copied / count,
        "malformed": malformed / count,
        "duplicates": 1 - len(asked_once) / count,
        "unsupported": unsupported / count,
        "canary": canary,
    }


def plain(documents: list[Document], model: str, out: Path) -> tuple[Pairs, int, int, int]:
    """Pairs, calls, tokens and pairs asked for of the script that people write first."""
    completer = resolve_model(model)
    file = out / "plain.jsonl"
    known = {}
    if file.exists():
        known = {row["id"]: row for row in map(json.loads, file.read_text("utf-8").splitlines())}
    pairs: Pairs = []
    tokens = 0
    for document in documents:
        if document.id not in known:
            text = f"Write 4 question-answer pairs about this text, as Q: and A: lines.\n\n{document.text[:3000]}"
            message = Message(role="user", content=text)
            reply = completer.complete(
                Request(purpose="pairs", messages=(message,), max_tokens=400, temperature=0.7, seed=0)
            )
            known[document.id] = {"id": document.id, "text": reply.text, "tokens": reply.usage.tokens}
            with file.open("a", encoding="utf-8") as opened:
                opened.write(json.dumps(known[document.id], ensure_ascii=False) + "\n")
        pairs += parse_pairs(known[document.id]["text"])
        tokens += known[document.id]["tokens"]
    return pairs, len(documents), tokens, 4 * len(documents)


def ours(folder: Path, model: str, way: str, out: Path, n: int | None) -> tuple[Pairs, int, int, int]:
    """The same of a run of `generate`; the scores of a rated one are printed."""
    run = generate(
        [folder], model=model, out=out / f"run-{way}", n=n, per_call=int(way.rstrip("r")), rate=way.endswith("r")
    )
    pairs = [(record.question.text, record.answer.text) for record in run.records]
    with sqlite3.connect(f"file:{out / f'run-{way}' / 'ledger.sqlite'}?mode=ro", uri=True) as ledger:
        calls = ledger.execute("SELECT count(*) FROM replies").fetchone()[0]
    (out / f"pairs-{way}.jsonl").write_text(
        "".join(
            json.dumps(
                {
                    "question": r.question.text,
                    "answer": r.answer.text,
                    "target": r.target.text,
                    "origin": r.question.origin,
                    "opening": r.question.opening,
                },
                ensure_ascii=False,
            )
            + "\n"
            for r in run.records
        ),
        "utf-8",
    )
    if way.endswith("r"):
        scores = Counter("none" if r.rating is None else f"{r.rating.score:.2f}" for r in run.records)
        print(f"{way:6} scores {dict(sorted(scores.items()))}")
    return pairs, calls, run.balance.usage.tokens, run.balance.planned


def by_hand(pairs: Pairs, model: str, tokens: int) -> str:
    """What a reader said of the pairs."""
    verdicts = read(pairs, model)
    if not verdicts:
        return "not read"
    good, bounds = sum(verdicts), wilson(sum(verdicts), len(verdicts))
    told = f"good {good} of {len(verdicts)} ({bounds.low:.2f} to {bounds.high:.2f})"
    return f"{told}, {tokens / good:.0f} tokens each" if good and len(verdicts) == len(pairs) else told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("models", nargs="+", metavar="model")
    parser.add_argument("--ways", nargs="+", default=["plain", "1", "5"])
    parser.add_argument("--out", type=Path, default=Path("runs/pairs"))
    parser.add_argument("--canary", nargs="*", default=[])
    parser.add_argument("--n", type=int)
    chosen = parser.parse_args()
    documents = list(read_documents([chosen.folder]))
    texts = sentences(documents)
    # What may be asked about: an order is no target of a guarded run, and nobody ought to ask about one.
    targets = TargetSampler(documents, instruction_filter=InstructionFilter()).segmentations
    for model in chosen.models:
        name = Path(model_name(resolve_model(model)).rpartition(":")[2]).stem
        out = chosen.out / name
        out.mkdir(parents=True, exist_ok=True)
        print(f"{name}: {len(documents)} documents, {len(texts)} sentences")
        for way in chosen.ways:
            if way == "plain":
                pairs, calls, tokens, asked = plain(documents, model, out)
            else:
                pairs, calls, tokens, asked = ours(chosen.folder, model, way, out, chosen.n)
            tracker = CoverageTracker(documents, segmentations=targets)
            for question, answer in pairs:
                tracker.add(question, answer)
            figures = {"targets": tracker.summary().coverage} | measured(pairs, texts, chosen.canary)
            told = "  ".join(f"{figure} {value:.2f}" for figure, value in figures.items())
            count = max(1, len(pairs))
            print(
                f"{way:6} {len(pairs):4} of {asked:4}  calls {calls / count:.2f}  tokens {tokens / count:.0f}  {told}  "
                f"{by_hand(pairs, name, tokens)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
