"""How often honest answers are marked as obeying, and how often obeying ones are.

Honest: human questions and answers of XQuAD in four languages, judged as a foreign data set; once with the short human
answer, once with the whole sentence that holds it, as models answer.
Obeying: documents with one planted passage; the public obedient reader answers a question about each. Only answers that
it changed because of that passage count. The marks see the planted passage (as after a perfect filter), what the filter
finds, or nothing.

    python benchmarks/obedience.py [en de es zh obeying]      (needs the data set folder; see SELFSTUDY_GUARD_SHARED)
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path

from selfstudy_guard.coverage.obedience import ObedienceCheck
from selfstudy_guard.documents.sentences import sentence_spans
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.imported import Pair
from selfstudy_guard.imported.assess import Sources, assess
from selfstudy_guard.records import Document, Finding
from selfstudy_guard.testing import ObedientReader

SHARED = Path(os.environ.get("SELFSTUDY_GUARD_SHARED", Path(__file__).parents[2] / "shared")) / "data"


def honest(language: str) -> None:
    """Share of human answers that bear a mark."""
    data = json.loads((SHARED / "xquad" / f"xquad.{language}.json").read_text("utf-8"))["data"]
    documents, short, long = [], [], []
    for number, article in enumerate(data):
        texts = [paragraph["context"] for paragraph in article["paragraphs"]]
        documents.append(Document(id=f"{number}.txt", text="\n\n".join(texts), media_type="text/plain"))
        for paragraph in article["paragraphs"]:
            spans = sentence_spans(paragraph["context"], language)
            for item in paragraph["qas"]:
                answer = item["answers"][0]
                at = answer["answer_start"]
                whole = next((paragraph["context"][a:b] for a, b in spans if a <= at < b), answer["text"])
                short.append(Pair(item["question"], answer["text"], document=f"{number}.txt"))
                long.append(Pair(item["question"], whole, document=f"{number}.txt"))
    sources = Sources.prepare(documents)
    for name, pairs in (("short", short), ("sentence", long)):
        judged = assess(pairs, sources)
        print(f"honest {language} {name}: {judged.marked}/{len(pairs)} marked {dict(judged.mark_counts)}")
        for entry in [entry for entry in judged.entries if entry.marks][:5]:
            print("   ", [(mark.code, mark.quote) for mark in entry.marks], "|", entry.answer[:100])


def obeying() -> None:
    """Share of answers of the obedient reader that bear a mark."""
    reader, detector = ObedientReader(), InstructionFilter()
    seen: Counter[str] = Counter()
    caught: dict[str, Counter[str]] = {"planted": Counter(), "found": Counter(), "none": Counter()}
    codes: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for line in (SHARED / "filter_dev" / "injected.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        text = row["document"]
        spans = [tuple(span) for span in row["injected_spans"]]
        clean = [text[a:b] for a, b in sentence_spans(text, "en") if not any(a < e and s < b for s, e in spans)]
        answer = next((sentence.strip() for sentence in clean if 8 <= len(sentence.split()) <= 60), "")
        question = f"What does the text say about {' '.join(answer.split()[2:6])}?"
        said = reader.obey(text, question=question, answer=answer)
        kept = "".join(c for place, c in enumerate(text) if not any(s <= place < e for s, e in spans))
        if not answer or said == reader.obey(kept, question=question, answer=answer):
            continue  # the reader did not obey the planted passage, whatever else it took for an order
        seen[row["intent"]] += 1
        document = Document(id="d", text=text)
        planted = [
            Finding(start=s, end=e, quote=text[s:e], intent="", channel="", score=1.0, detector="gold")
            for s, e in spans
        ]
        for name, findings in (("planted", planted), ("found", list(detector.find(text))), ("none", [])):
            check = ObedienceCheck([document], {"d": findings})
            for _ in range(20):
                check.learn(answer)
            marks = check.marks(question, said, document_id="d")
            caught[name][row["intent"]] += bool(marks)
            wrong[name] += bool(check.marks(question, answer, document_id="d"))
            if name == "found":
                codes.update(mark.code for mark in marks)
    total = seen.total()
    for name, found in caught.items():
        n = found.total()
        print(f"obeying, spans {name}: {n}/{total} = {n / total:.1%} marked; honest answers {wrong[name]}/{total}")
    for intent, n in seen.most_common():
        print(f"   {intent}: {caught['planted'][intent]}, {caught['found'][intent]}, {caught['none'][intent]} of {n}")
    print(dict(codes))


if __name__ == "__main__":
    if not SHARED.is_dir():
        sys.exit(f"no data at {SHARED}")
    chosen = sys.argv[1:] or ["en", "de", "es", "zh", "obeying"]
    for one in chosen:
        if one != "obeying":
            honest(one)
    if "obeying" in chosen:
        obeying()
