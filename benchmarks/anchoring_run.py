"""The built-in model on fifteen documents: unguided against anchored questions, and markup hijack; resumable.

    python benchmarks/anchoring_run.py --out anchoring.json [--processes 4] [--model FILE.gguf] [--xquad FOLDER]
        [--articles 9] [--only coverage hijack] [--documents NAME ...]
    python benchmarks/anchoring_run.py --out anchoring.json --show

Six documents of examples/pages and the first nine articles of XQuAD (CC BY-SA 4.0, not part of this repository; found
by --xquad, SELFSTUDY_GUARD_SHARED or ../shared). Needs the core and xllamacpp; no network where the model is named.
One process a unit of work (a document in one regime), one thread each; a unit that stands in --out is not run again.

Regimes of `coverage`, each with as many questions as the document has eligible targets:
- unguided: passages in turn, with few-shot examples, no word about which part to ask about;
- plain: the target quoted, the first question taken, unchecked;
- anchored: `generate(until_coverage=1.0)`, that is openings, checks, answers, and further draws of what is uncovered.
Footprints are those of the question alone (for all three), which does not know the target; for the anchored regime also
those of the finished pair. `hijack` plants residue in the articles (anchoring_plants.py) and counts questions about it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from anchoring import ROOT, best_is, gini, hits, unguided, xquad
from anchoring_plants import planted

from selfstudy_guard import generate
from selfstudy_guard.attribution.terms import words
from selfstudy_guard.coverage import AttributionIndex
from selfstudy_guard.documents import mask_artefacts, read_documents, segment
from selfstudy_guard.embedded import embedded_completer, gguf_completer
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.questions import Prompts, parse_question, question_request
from selfstudy_guard.records import Document, Segmentation, Target

DENSITIES = (1, 2, 3)
HIJACK_QUESTIONS = 24
Human = list[tuple[str, str, int]]
Unit = tuple[str, str]


def documents(folder: Path | None, articles: int) -> dict[str, tuple[Document, Human]]:
    """The documents of the examples and of XQuAD, by id."""
    if folder is not None:
        os.environ["XQUAD_FOLDER"] = str(folder)
    found: dict[str, tuple[Document, Human]] = {}
    for page in read_documents([ROOT / "examples" / "pages"]):
        found[page.id] = (page, [])
    if articles:
        for document, human in list(xquad("en"))[:articles]:
            found[document.id] = (document, human)
    return found


def completer(model: str | None) -> Any:
    """The built-in model from its cache, or the file named."""
    return gguf_completer(f"gguf:{model}", threads=1, context_tokens=4096) if model else embedded_completer(threads=1)


def cut(document: Document) -> Segmentation:
    """The targets as `generate` sees them, instruction-like ones left out."""
    return segment(document, findings=InstructionFilter().find(document.text))


def figures(questions: list[str], targets: list[Target], index: AttributionIndex, human: Human) -> dict[str, Any]:
    """Coverage, Gini and covered human questions of questions without their answers."""
    counts = hits(questions, targets, index)
    row: dict[str, Any] = {"questions": len(questions), "covered": float(np.mean(counts > 0)), "gini": gini(counts)}
    places = [place for _, _, at in human for place, t in enumerate(targets) if t.start <= at < t.end]
    if places:
        row["human"] = float(np.mean([counts[place] > 0 for place in places]))
    return row


def bm25_best(question: str, texts: list[list[str]]) -> int:
    """Row of the text that plain BM25 puts first: a judge of the anchor that shares no code with the check."""
    frequency = Counter(word for text in texts for word in set(text))
    mean = sum(map(len, texts)) / len(texts)
    scores = []
    for text in texts:
        counts = Counter(text)
        score = 0.0
        for word in set(words(question)):
            if counts[word]:
                idf = np.log1p((len(texts) - frequency[word] + 0.5) / (frequency[word] + 0.5))
                score += idf * counts[word] * 2.2 / (counts[word] + 1.2 * (0.25 + 0.75 * len(text) / mean))
        scores.append(score)
    return int(np.argmax(scores))


def run_unguided(document: Document, human: Human, model: Any) -> dict[str, Any]:
    cutting = cut(document)
    targets, index = list(cutting.eligible), AttributionIndex(cutting.targets)
    passages = [part for part in document.text.split("\n\n") if len(part.split()) > 8]
    asked = []
    for place in range(len(targets)):
        reply = model.complete(unguided(passages[place % len(passages)][:1500], place))
        asked.append((parse_question(reply.text) or ("",))[0])
    return figures(asked, targets, index, human)


def run_plain(document: Document, human: Human, model: Any) -> dict[str, Any]:
    cutting = cut(document)
    targets, index = list(cutting.eligible), AttributionIndex(cutting.targets)
    prompts, asked = Prompts.builtin("tiny"), []
    for place, target in enumerate(targets):
        shown = mask_artefacts(target.text, cutting.artefacts, start=target.start)
        reply = model.complete(question_request(target, shown, prompts=prompts, key="", seed=place))
        asked.append((parse_question(reply.text) or ("",))[0])
    own = [best_is(index, question, target) for question, target in zip(asked, targets, strict=True)]
    return figures(asked, targets, index, human) | {"own": float(np.mean(own))}


def run_anchored(document: Document, human: Human, model: Any) -> dict[str, Any]:
    begun = time.process_time()
    run = generate([document], model=model, seed=0, until_coverage=1.0)
    seconds = time.process_time() - begun
    cutting = cut(document)
    targets, index = list(cutting.eligible), AttributionIndex(cutting.targets)
    records, rejected = run.records, list(run.iter_rejections())
    first = [r for r in records if r.draw == 0]
    row = figures([record.question.text for record in records], targets, index, human)
    realised: Counter[tuple[int, int]] = Counter()
    for record in records:
        realised.update({(t.start, t.end) for t in record.footprint.targets})
    counts = np.array([realised[t.start, t.end] for t in targets])
    written = [record for record in records if record.question.origin == "model"]
    by_model = {(t.start, t.end) for record in written for t in record.footprint.targets}
    texts = [words(f"{t.lead} {t.text}") for t in targets]
    places = {(t.start, t.end): place for place, t in enumerate(targets)}
    own = [best_is(index, record.question.text, record.target) for record in records]
    own_pair = [bool(r.footprint.targets) and r.footprint.targets[0].span.overlaps(r.target.span) for r in records]
    judged = [bm25_best(r.question.text, texts) == places[r.target.start, r.target.end] for r in records]
    calls = [r.question.attempts + r.answer.attempts for r in records] + [r.attempts for r in rejected]
    asked = [r.question.attempts for r in records] + [r.attempts for r in rejected if r.stage == "question"]
    return row | {
        "targets": len(targets),
        "records": len(records),
        "in_first_round": len(first),
        "covered_pairs": float(np.mean(counts > 0)),
        "gini_pairs": gini(counts),
        "covered_by_model": float(np.mean([(t.start, t.end) in by_model for t in targets])),
        "own": float(np.mean(own)) if own else 0.0,
        "own_pair": float(np.mean(own_pair)) if own_pair else 0.0,
        "own_bm25": float(np.mean(judged)) if judged else 0.0,
        "calls": sum(calls),
        "question_calls": sum(asked),
        "gap": sum(record.question.origin == "gap" for record in records),
        "opened": sum(bool(record.question.opening) for record in records),
        "rejected": dict(Counter(f"{r.stage}: {r.reason}" for r in rejected)),
        "uncovered": [t.text for t, count in zip(targets, counts, strict=True) if not count],
        "cpu_seconds": round(seconds, 1),
        "pairs": [[r.target.text, r.question.text, r.answer.text, r.question.origin] for r in records],
    }


def run_hijack(document: Document, human: Human, model: Any) -> dict[str, Any]:
    """Questions about planted residue: unguided at three densities, anchored and masked at the highest."""
    row: dict[str, Any] = {}
    for density in DENSITIES:
        dirty, spans, chunks = planted(document, density)
        cutting = cut(dirty)
        index = judge_of(dirty, cutting, spans)
        asked = []
        for place in range(HIJACK_QUESTIONS):
            start, end = chunks[place % len(chunks)]
            reply = model.complete(unguided(dirty.text[start:end][:4000], place))
            asked.append((parse_question(reply.text) or ("",))[0])
        row[f"unguided_{density}"] = about_residue(asked, index)
    count = min(HIJACK_QUESTIONS, len(cutting.eligible))
    run = generate([dirty], model=model, seed=0, n=count)
    kept = [record.question.text for record in run.records]
    leaked = sum(any(t.start < end and start < t.end for t in cutting.eligible) for start, end, _ in spans)
    return row | {
        "planted": len(spans),
        "eligible_residue": leaked,
        "share_of_text": sum(end - start for start, end, _ in spans) / len(dirty.text),
        "anchored": about_residue(kept, index),
    }


def judge_of(dirty: Document, cutting: Segmentation, spans: list[tuple[int, int, str]]) -> AttributionIndex:
    """An index that knows what was planted, whatever segmentation thinks of it."""
    clean = [t for t in cutting.targets if not any(t.start < end and start < t.end for start, end, _ in spans)]
    residue = [
        Target(document_id=dirty.id, start=start, end=end, text=dirty.text[start:end], kind="markup", eligible=False)
        for start, end, _ in spans
    ]
    return AttributionIndex(sorted([*clean, *residue], key=lambda t: t.start))


def about_residue(questions: list[str], index: AttributionIndex) -> dict[str, Any]:
    found = [index.attribute(question) for question in questions]
    hijacked = [q for q, footprint in zip(questions, found, strict=True) if footprint.artefact]
    return {"questions": len(questions), "hijacked": len(hijacked), "examples": hijacked[:3]}


REGIMES = {"unguided": run_unguided, "plain": run_plain, "anchored": run_anchored, "hijack": run_hijack}


def work(job: tuple[Unit, Document, Human, str | None]) -> tuple[Unit, dict[str, Any]]:
    """One unit in a process of its own."""
    (name, regime), document, human, model = job
    begun = time.perf_counter()
    row = REGIMES[regime](document, human, completer(model))
    return (name, regime), row | {"seconds": round(time.perf_counter() - begun, 1)}


def show(results: dict[str, dict[str, Any]]) -> None:
    """The tables of benchmarks/RESULTS.md."""
    names = list(dict.fromkeys(key.split("|")[0] for key in results))
    both = [n for n in names if f"{n}|anchored" in results]
    print("| document (targets) | unguided | plain anchor | anchored, question alone | anchored, pair | by the model |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in both:
        line = f"| {name} ({results[f'{name}|anchored']['targets']}) |"
        for regime in ("unguided", "plain", "anchored"):
            row = results.get(f"{name}|{regime}")
            line += " - |" if row is None else f" {row['covered']:.2f} / {row['gini']:.2f}"
            if row is not None:
                line += (f" / {row['human']:.2f}" if "human" in row else "") + " |"
        row = results[f"{name}|anchored"]
        print(line + f" {row['covered_pairs']:.2f} / {row['gini_pairs']:.2f} | {row['covered_by_model']:.2f} |")
    for regime in ("unguided", "plain", "anchored"):
        rows = [results[f"{n}|{regime}"] for n in both if f"{n}|{regime}" in results]
        if rows:
            mean = {
                k: np.mean([r[k] for r in rows if k in r])
                for k in ("covered", "gini", "human", "own")
                if any(k in r for r in rows)
            }
            print(regime, {name: round(float(value), 3) for name, value in mean.items()})
    rows = [results[f"{n}|anchored"] for n in both]
    if rows:
        total = Counter[str]()
        for row in rows:
            total.update({k: row[k] for k in ("targets", "records", "calls", "question_calls", "gap", "opened")})
        reasons = sum((Counter(row["rejected"]) for row in rows), Counter())
        weight = [row["records"] for row in rows]
        print(
            "anchored, all:",
            dict(total),
            "rejected",
            dict(reasons),
            "uncovered",
            sum(len(r["uncovered"]) for r in rows),
        )
        print(
            f"calls a record {total['calls'] / total['records']:.2f}",
            f"question calls {total['question_calls'] / total['records']:.2f}",
        )
        for key in ("own", "own_pair", "own_bm25"):
            print(key, round(float(np.average([row[key] for row in rows], weights=weight)), 4))
        for key in ("covered_pairs", "gini_pairs", "covered_by_model"):
            print(key, round(float(np.mean([row[key] for row in rows])), 4))
    rows = [row for key, row in results.items() if key.endswith("|hijack")]
    for part in (*(f"unguided_{density}" for density in DENSITIES), "anchored"):
        if rows:
            print("hijack", part, sum(r[part]["hijacked"] for r in rows), "of", sum(r[part]["questions"] for r in rows))
    if rows:
        print("planted", sum(r["planted"] for r in rows), "eligible residue", sum(r["eligible_residue"] for r in rows))
        print("share of text", np.mean([r["share_of_text"] for r in rows]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--model", default=os.environ.get("SELFSTUDY_GUARD_MODEL"), help="a .gguf file")
    parser.add_argument("--xquad", type=Path, default=None)
    parser.add_argument("--articles", type=int, default=9)
    parser.add_argument("--documents", nargs="+")
    parser.add_argument("--only", nargs="+", choices=("coverage", "hijack"), default=["coverage", "hijack"])
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    results: dict[str, dict[str, Any]] = json.loads(options.out.read_text("utf-8")) if options.out.exists() else {}
    if options.show:
        show(results)
        return
    known = documents(options.xquad, options.articles)
    chosen = {n: one for n, one in known.items() if not options.documents or n in options.documents}
    jobs = []
    for name, (document, human) in chosen.items():
        regimes = ["anchored", "unguided", "plain"] if "coverage" in options.only else []
        regimes += ["hijack"] if "hijack" in options.only and human else []
        jobs += [((name, regime), document, human, options.model) for regime in regimes]
    jobs = [job for job in jobs if "|".join(job[0]) not in results]
    order = ("hijack", "anchored", "unguided", "plain")
    jobs.sort(
        key=lambda job: (order.index(job[0][1]), -len(job[1].text))
    )  # the longest first: no core waits at the end
    print(f"{len(jobs)} units of work", flush=True)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with multiprocessing.get_context("spawn").Pool(options.processes, maxtasksperchild=1) as pool:
        for unit, row in pool.imap_unordered(work, jobs):
            results["|".join(unit)] = row
            whole = json.dumps(results, ensure_ascii=False, indent=1)
            partial = options.out.with_suffix(".partial")
            partial.write_text(whole, "utf-8")
            partial.replace(options.out)
            told = {
                k: round(v, 3) if isinstance(v, float) else v for k, v in row.items() if k not in ("pairs", "rejected")
            }
            print("|".join(unit), told, flush=True)
    show(results)


if __name__ == "__main__":
    random.seed(0)
    main()
